"""A name as people write it into a list, and as it is kept: one spelling, no titles, capitals only where a name has them. Pure."""

import re
from dataclasses import dataclass

from lms.kernel.vietnamese import tidy

_TITLES = re.compile(
    r"^(?:\(?(?:[đd]\s?[./]?\s?c|đồng chí|ông\s?[/,(]\s?bà\)?|ông|bà|ô(?=\.)|b(?=\.)|anh\s?/\s?chị|anh|chị|cô|thầy|mrs?(?=[. ])|ms(?=[. ])"
    r"|gs|pgs|ts|ths|thạc s[ĩỹ]|tiến s[ĩỹ]|bs|bsck[i1]{1,2}|ck\s?[i1]{1,2}(?=[. ])|bác s[ĩỹ]|y s[ĩỹ]|dược s[ĩỹ]|cn|cử nhân|ks|kỹ sư|ys|đd|luật sư"
    r"|(?:đại|thượng|trung|thiếu) (?:úy|uý|tá))\)?(?:\s*[.:]\s*|\s+|(?<=c)(?=\w)))+",
    re.IGNORECASE,
)
_BEHIND = re.compile(
    r"\s*(?:\(([^)]*)\)|\[([^\]]*)\]|[–-]\s+(.*)|,\s*(.*)|;\s*(.*)|[/:]\s*([A-ZĐ][\w &.-]{0,40})|[*]+)\s*$"
)
_POSITION = re.compile(r"(?:\s+(?:[BCDĐGHKLMNPQRSTVX]{2,7}|UBND))+$")  # Lò Văn Ơn PCT UBND: words no name is made of
_HER, _HIM = (
    re.compile(r"^\(?(?:bà|chị|cô|b\.|ms|mrs)\b|^b\.", re.IGNORECASE),
    re.compile(r"^\(?(?:ông|anh|thầy|mr)\b(?!\s?[/,(])|^ô\.", re.IGNORECASE),
)
_NUMBERED = re.compile(r"^(?:\d{1,4}\s?[.)]\s*|\d{1,3}\s+|[-–•+*]\s+)(?=[^\W\d_])")


@dataclass(frozen=True, slots=True)
class Name:
    """A name, and what was done to it: `why` holds slugs; `sex` when a title says it."""

    full: str
    why: tuple[str, ...] = ()
    sex: str = ""


def read_name(text: str) -> Name:
    """Whether it is a name at all is for `rules.check_name` to say."""
    bare, why = _NUMBERED.sub("", tidy(text).lstrip("'`´’ ")), list[str]()
    sex = ""
    if (found := _TITLES.match(bare)) and _whole(rest := bare[found.end() :], found[0]):
        sex = "female" if _HER.match(bare) else "male" if _HIM.match(bare) else ""
        bare, why = rest, ["title"]
    while (found := _BEHIND.search(bare)) is not None and found.start() > 0:
        bare = bare[: found.start()]
        why.append("behind")
    if (found := _POSITION.search(bare)) is not None and " " in bare[: found.start()]:
        bare = bare[: found.start()]
        why.append("behind")
    bare = bare.strip(" .:")
    if (spelled := _spelled(bare)) != bare:
        why.append("capitals")
    return Name(spelled, tuple(dict.fromkeys(why)), sex)


def _whole(rest: str, title: str) -> bool:
    """“Bà Lò Thị Lan” loses its title; “Anh Tú”, “Cô Lan” and “Ông Thị Mỷ” may be somebody called so: a title needs a family and a given
    name after it."""
    sure = re.match(r"[đd]\s?[./]?\s?c\b|đồng chí", title, re.IGNORECASE) is not None or any(
        sign in title for sign in ".:/)"
    )
    family, *others = rest.split() or [""]
    return sure or (bool(others) and family.casefold() not in ("thị", "văn"))


def _spelled(name: str) -> str:
    """LÒ VĂN ƠN and lò văn ơn become Lò Văn Ơn; a word in capitals or small letters amid others too."""
    return " ".join(_word(word) for word in name.split())


def _word(word: str) -> str:
    """Capitals inside a word are slips (NGuyễn), or what an old font leaves of capitals (TủA)."""
    parts = re.split(r"([-'’])", word)  # H'Mông, Ma-ri-a
    if any(part[1:] != part[1:].lower() for part in parts) or word.islower():
        return "".join(part.capitalize() for part in parts)
    return word
