"""Where a key stands in a TOML text, so that a fault can name its line. Pure."""

import re

KEY = r"\s*{}\s*=|\[+{}\]"  # the key itself, or the table of that name


def line_of(text: str, loc: tuple[str | int, ...]) -> int:
    """The line of a TOML text on which that key stands; the nearest table above it when the key is missing."""
    lines = text.splitlines()
    start, end, tables = 0, len(lines), ""
    steps = list(loc)
    while len(steps) > 1:
        name, *rest = steps
        tables = f"{tables}.{name}" if tables else str(name)
        many = isinstance(rest[0], int)
        header = f"[[{tables}]]" if many else f"[{tables}]"
        heads = [at for at in range(start, end) if lines[at].split("#")[0].strip() == header]
        wanted = int(rest[0]) if many else 0
        if wanted >= len(heads):
            break
        start = heads[wanted]
        end = heads[wanted + 1] if wanted + 1 < len(heads) else end
        steps = rest[1:] if many else rest
    for at in range(start, end):
        if steps and re.match(KEY.format(re.escape(str(steps[0])), re.escape(f"{tables}.{steps[0]}")), lines[at]):
            return at + 1
    return start + 1
