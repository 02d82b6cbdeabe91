"""Paper: no name makes the renderer fetch anything, every Vietnamese letter prints in our fonts, same values same bytes."""

import os
import subprocess
import sys
import threading
import unicodedata
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import DictLoader
from pypdf import PdfReader

from lms.kernel import pdf

ROOT = Path(__file__).resolve().parents[2]
LAYOUT = (ROOT / "templates/layouts/document.html").read_text("utf-8")
NAMED = """{% extends "layouts/document.html" %}
{% block title %}Giấy chứng nhận{% endblock %}
{% block content %}<h1>GIẤY CHỨNG NHẬN</h1><p>{{ name|printed_name }}</p><p>{{ name }}</p>{% endblock %}"""
LETTERS = [
    base + mark + tone
    for base, mark in [(v, "") for v in "aeiouy"]
    + [("a", "\u0306"), ("a", "\u0302"), ("e", "\u0302"), ("o", "\u0302"), ("o", "\u031b"), ("u", "\u031b")]
    for tone in ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
]
ACCENTED = sorted({unicodedata.normalize("NFC", x) for x in LETTERS} - set("aeiouy") | {"đ"})
ALPHABET = [*ACCENTED, *(letter.upper() for letter in ACCENTED)]


@pytest.fixture
def press():
    """An app with the house's document layout and one template that prints a name."""
    app = Flask("press")
    app.jinja_loader = DictLoader({"layouts/document.html": LAYOUT, "named.html": NAMED})
    with app.app_context():
        yield app


@pytest.fixture
def trap():
    """A server on this machine that counts who comes by."""
    hits = []

    class Counting(BaseHTTPRequestHandler):
        def do_GET(self):
            hits.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"caught")

        def log_message(self, *args):
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Counting)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", hits
    server.shutdown()
    server.server_close()


def words_of(content):
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)


def fonts_of(content, folder):
    (folder / "page.pdf").write_bytes(content)
    listed = subprocess.run(["pdffonts", folder / "page.pdf"], capture_output=True, text=True, check=True).stdout
    return {line.split()[0].split("+")[-1] for line in listed.splitlines()[2:]}


def traps(url, secret):
    return [
        f"</style><style>@import url({url}/css); body {{ background: url({url}/bg) }}",
        f'<link rel="stylesheet" href="{url}/sheet">',
        f'<link rel=attachment href="{secret.as_uri()}">',
        f'<a rel=attachment href="{secret.as_uri()}">x</a>',
        f'<img src="{url}/img">',
        f'<img src="{secret.as_uri()}">',
        f'<object data="{url}/object"></object><embed src="{url}/embed"><iframe src="{url}/frame"></iframe>',
        f"<base href='{url}/'><img src='relative'>",
        f"<svg xmlns='http://www.w3.org/2000/svg'><image href='{url}/svg'/></svg>",
        f"<style>@font-face {{ font-family: x; src: url({url}/font) }} p {{ font-family: x }}</style>",
    ]


def test_names_with_markup_are_only_text(press, trap, tmp_path):
    url, hits = trap
    secret = tmp_path / "secret.txt"
    secret.write_text("what nobody may read")

    for name in traps(url, secret):
        content = pdf.render("named.html", name=name)

        assert "".join(words_of(content).split()).count("".join(pdf.printed_name(name).split())) >= 1
        assert not PdfReader(BytesIO(content)).attachments
    assert hits == []


def test_even_without_escaping_nothing_is_fetched(trap, tmp_path):
    url, hits = trap
    secret = tmp_path / "secret.txt"
    secret.write_text("what nobody may read")
    stopped = 0

    for name in traps(url, secret):
        page = LAYOUT.replace("{% block content %}", name).replace("{% block style %}", "")
        try:
            content = pdf.from_html(page)
        except pdf.Unfetchable:
            stopped += 1
        else:
            assert not PdfReader(BytesIO(content)).attachments
            assert b"what nobody may read" not in content
            assert "what nobody may read" not in words_of(content)
    assert hits == []
    assert stopped >= 6  # most stop the render; what is left is never looked at by the renderer


def test_the_trap_itself_works(trap):
    """The same page with the renderer's own fetcher is caught: the test above can fail."""
    url, hits = trap

    pdf.HTML(string=f'<img src="{url}/img">').write_pdf()

    assert hits == ["/img"]


@pytest.mark.parametrize(
    "name, shown",
    [
        ("Đặng Thị Ửng", "Đặng Thị Ửng"),
        (unicodedata.normalize("NFD", "Đặng Thị Ửng"), "Đặng Thị Ửng"),
        ("x" * 10_000, "x" * 50),
        ("Lò\u202eVăn\u2066 An\u200b", "LòVăn An"),
        ("A" + "\u0301" * 500 + "n", "Á"),
        ("Lò 🌾An", "Lò An"),
        ("Lò\0\x07 \ud800An", "Lò An"),
        ("", "GIẤY CHỨNG NHẬN"),
    ],
)
def test_strange_names_print(press, name, shown):
    content = pdf.render("named.html", name=name)

    assert shown in unicodedata.normalize("NFC", words_of(content))
    assert len(PdfReader(BytesIO(content)).pages) <= 5


def test_names_are_cut_at_120_letters_and_towers_at_three_marks(press):
    assert pdf.printed_name("x" * 121) == "x" * 119 + "…"
    assert pdf.printed_name("x" * 120) == "x" * 120
    assert pdf.visible("e" + "\u0302" * 500) == "ê" + "\u0302" * 3


def test_every_vietnamese_letter_prints_in_our_fonts_and_reads_back(press, tmp_path):
    assert len(ALPHABET) == 134
    press.jinja_loader.mapping["letters.html"] = NAMED.replace(
        "<p>{{ name }}</p>",
        "{% for family in ('Serif', 'Sans') %}{% for letter in name.split() %}<p class='{{ family }}'>{{ letter }}</p>{% endfor %}{% endfor %}",
    ).replace(
        "{% block content %}",
        "{% block style %}.Sans { font-family: 'Liberation Sans' }{% endblock %}{% block content %}",
    )

    content = pdf.render("letters.html", name=" ".join(ALPHABET))

    read = [line for line in words_of(content).split() if line in set(ALPHABET)]
    assert sorted(set(read)) == sorted(ALPHABET)
    assert fonts_of(content, tmp_path) == {"Liberation-Serif", "Liberation-Serif-Bold", "Liberation-Sans"}


def test_a_document_says_its_language_and_title_and_is_tagged(press):
    reader = PdfReader(BytesIO(pdf.render("named.html", name="Lò Văn An")))

    assert reader.root_object["/Lang"] == "vi"
    assert reader.metadata.title == "Giấy chứng nhận"
    assert reader.metadata.author is None
    assert reader.metadata.creation_date is None
    assert reader.root_object["/MarkInfo"]["/Marked"]


def test_the_same_values_give_the_same_bytes_in_any_process(press):
    program = (
        "import sys, hashlib; from lms.kernel import pdf; "
        "print(hashlib.sha256(pdf.from_html('<html lang=vi><title>A</title><h1>Đặng</h1><p>Ửng <i>x</i> <b>y</b>')).hexdigest())"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }

    assert len(seen) == 1
    assert pdf.render("named.html", name="An") == pdf.render("named.html", name="An")
    assert pdf.render("named.html", name="An") != pdf.render("named.html", name="Ân")
