"""What browsers load: our CSS layers and JS behaviours, bundled at start-up into files whose name is their content.

No build step and no dependency: `static/css/<layer>/*.css` go into cascade layers in order, each
`static/js/behaviours/<name>.js` with its `attach(element)` into one script that attaches it wherever the page says
`data-behaviour="<name>"`. A bundle's name carries its hash, so browsers keep it for ever; it is compressed once.
"""

import gzip
import hashlib
import re
import tempfile
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import brotli
from flask import Flask
from whitenoise import WhiteNoise

from lms.kernel import faces

STATIC = Path(__file__).resolve().parents[2] / "static"
PREFIX = "/static/"
LAYERS = ("reset", "tokens", "base", "layout", "components", "pages")
QUIET_LAYERS = ("reset", "tokens", "base", "quiet")

PRESSED: dict[str, Callable[[bytes], bytes]] = {  # by ending; each content once in a process
    "": bytes,
    ".gz": cache(lambda content: gzip.compress(content, 9, mtime=0)),
    ".br": cache(brotli.compress),
}

_CSS_NOISE = re.compile(r"/\*.*?\*/", re.DOTALL)
_JS_COMMENT = re.compile(r"^\s*/\*\*.*?\*/\s*$|^[ \t]*//[^\n]*$", re.DOTALL | re.MULTILINE)
_FINGERPRINTED = re.compile(r"\.[0-9a-f]{12}\.")
_LOADER = """\
const wake = (root) => {
  for (const element of root.querySelectorAll("[data-behaviour]")) {
    for (const name of element.dataset.behaviour.split(" ")) {
      if (!behaviours[name] || element.awake?.has(name)) continue;
      (element.awake ||= new Set()).add(name);
      behaviours[name](element);
    }
  }
};
document.addEventListener("fragment", (event) => wake(event.target));
wake(document);
"""


@dataclass(frozen=True)
class Asset:
    """One file as it is served: `main.css` becomes `main.0123456789ab.css`."""

    name: str
    content: bytes

    @property
    def file_name(self) -> str:
        """The name with the fingerprint of the content in it."""
        stem, dot, ending = self.name.rpartition(".")
        return f"{stem}.{hashlib.sha256(self.content).hexdigest()[:12]}{dot}{ending}"


@cache
def bundled(static: Path = STATIC) -> tuple[Asset, ...]:
    """Everything that is served, made from the sources in `static`."""
    bundles = (
        Asset("main.css", stylesheet(static / "css", LAYERS).encode()),
        Asset("quiet.css", stylesheet(static / "css", QUIET_LAYERS).encode()),
        Asset("main.js", script(static / "js" / "behaviours").encode()),
        Asset("quiet.js", script(static / "js" / "quiet").encode()),
    )
    return bundles + tuple(Asset(path.name, path.read_bytes()) for path in sorted((static / "icons").iterdir()))


def stylesheet(folder: Path, layers: tuple[str, ...]) -> str:
    """One style sheet: the layers in their order, each with its files in the order of their names."""
    parts = [f"@layer {','.join(layers)};"]
    for layer in layers:
        rules = "".join(_tight(path.read_text(encoding="utf-8")) for path in sorted((folder / layer).glob("*.css")))
        parts.append(f"@layer {layer}{{{rules}}}")
    return "".join(parts)


def script(folder: Path) -> str:
    """One script: every behaviour in a function of its own, then what attaches them. Runs deferred, touches no global."""
    parts = []
    for path in sorted(folder.glob("*.js")):
        body = _JS_COMMENT.sub("", path.read_text(encoding="utf-8")).replace(
            "export function attach", "function attach"
        )
        lines = "\n".join(line.strip() for line in body.splitlines() if line.strip())
        parts.append(f'"{path.stem}": (() => {{\n{lines}\nreturn attach;\n}})(),')
    return "(() => {\nconst behaviours = {\n" + "\n".join(parts) + "\n};\n" + _LOADER + "})();\n"


def write(assets: tuple[Asset, ...], folder: Path) -> None:
    """Put the files there, each with its compressed twins. What is there already is right: its name is its content."""
    folder.mkdir(parents=True, exist_ok=True)
    for asset in assets:
        for ending, pressed in PRESSED.items():
            target = folder / (asset.file_name + ending)
            if not target.exists():
                _put(target, pressed(asset.content))


def _put(target: Path, content: bytes) -> None:
    """Whole or not at all, however many processes start at once."""
    with tempfile.NamedTemporaryFile(dir=target.parent, prefix=".new-", delete=False) as new:
        new.write(content)
    Path(new.name).chmod(0o644)
    Path(new.name).replace(target)


def _tight(css: str) -> str:
    """The same rules without comments and without spaces that mean nothing."""
    css = re.sub(r"\s+", " ", _CSS_NOISE.sub("", css))
    return re.sub(r" ?([{};,]) ?", r"\1", css).replace(";}", "}").strip()


def init(app: Flask) -> None:
    """`asset("main.css")` in templates, and the files served with a year's cache before any of our code runs."""
    assets = bundled()
    folder = app.config["DATA_DIR"] / "static"
    write(assets, folder)
    addresses = {asset.name: PREFIX + asset.file_name for asset in assets}
    app.jinja_env.globals["asset"] = addresses.__getitem__
    faces.init(app)
    served = WhiteNoise(
        app.wsgi_app,
        max_age=3600,
        allow_all_origins=False,
        immutable_file_test=lambda _path, url: bool(_FINGERPRINTED.search(url)),
        add_headers_function=_headers,
    )
    for asset in assets:
        served.add_file_to_dictionary(PREFIX + asset.file_name, str(folder / asset.file_name))
    app.wsgi_app = served  # type: ignore[method-assign]  # Flask's documented place for WSGI middleware


def _headers(headers: MutableMapping[str, str], _path: str, _url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
