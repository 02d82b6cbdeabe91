"""What browsers load: small, in order, named by its content, kept for ever, and sent compressed."""

import gzip
import re
from pathlib import Path

import pytest
from flask import Flask

from lms.kernel import assets
from tests.world import Client

MOST = {"main.css": 9_000, "main.js": 5_000, "quiet.css": 4_000, "quiet.js": 2_048}  # bytes, gzipped


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A small `static` folder."""
    for name, text in {
        "css/reset/a.css": "* { margin: 0; }",
        "css/components/b.css": "/* a comment */ .b > a:hover , .c { color : red; }",
        "css/components/a.css": ".a { color: blue; }",
        "js/behaviours/show.js": "/** Says what it does. */\nexport function attach(element) {\n  // why\n  element.hidden = false; /* why */\n}\n",
        "icons/dot.svg": "<svg/>",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def test_layers_in_order_files_by_name(sources: Path) -> None:
    css = assets.stylesheet(sources / "css", ("reset", "components"))

    assert css == (
        "@layer reset,components;@layer reset{*{margin: 0}}"
        "@layer components{.a{color: blue}.b > a:hover,.c{color : red}}"
    )


def test_a_behaviour_is_bundled_under_its_name(sources: Path) -> None:
    js = assets.script(sources / "js" / "behaviours")

    assert (
        '"show": (() => {\nfunction attach(element) {\nelement.hidden = false; /* why */\n}\nreturn attach;\n})()' in js
    )
    assert "Says what" not in js


def test_the_name_is_the_content() -> None:
    one, other = assets.Asset("main.css", b"a"), assets.Asset("main.css", b"b")

    assert re.fullmatch(r"main\.[0-9a-f]{12}\.css", one.file_name)
    assert one.file_name != other.file_name
    assert one.file_name == assets.Asset("main.css", b"a").file_name


@pytest.mark.parametrize("name", MOST)
def test_bundles_stay_small(name: str) -> None:
    content = next(asset.content for asset in assets.bundled() if asset.name == name)

    assert 200 < len(gzip.compress(content, 9)) <= MOST[name]


@pytest.mark.parametrize("path", sorted((assets.STATIC / "js").rglob("*.js")), ids=lambda path: path.stem)
def test_a_behaviour_says_its_contract_and_is_short(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert text.startswith("/**")
    assert text.count("export ") == 1
    assert "export function attach(element) {" in text
    assert "import " not in text.replace("* ", "")
    assert len(re.sub(r"/\*\*.*?\*/", "", text, flags=re.DOTALL).splitlines()) <= 76


def test_served_for_ever_and_compressed(app: Flask, client: Client) -> None:
    address = app.jinja_env.globals["asset"]("main.css")
    with client.raw(address, headers={"Accept-Encoding": "br, gzip"}) as answer:
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == 'text/css; charset="utf-8"'
        assert answer.headers["Content-Encoding"] == "br"
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "Set-Cookie" not in answer.headers
    with client.raw(address, headers={"Accept-Encoding": "identity"}) as answer:
        assert answer.data.startswith(b"@layer")


def test_only_what_we_made_is_served(app: Flask, client: Client) -> None:
    (app.config["DATA_DIR"] / "static" / "secret.txt").write_text("no")

    for address in ("/static/secret.txt", "/static/../lms.sqlite", "/static/main.css"):
        assert client.raw(address).status_code == 404


def test_a_second_start_writes_nothing_new(tmp_path: Path) -> None:
    assets.write(assets.bundled(), tmp_path)
    before = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    assets.write(assets.bundled(), tmp_path)

    assert {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == before
    assert len(before) == 3 * len(assets.bundled())
