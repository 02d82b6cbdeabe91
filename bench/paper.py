"""A certificate as PDF against a bare page of the same renderer: the same fonts, as many words, nothing else."""

import re
from collections.abc import Iterator
from html import escape

from weasyprint import HTML

from bench.crowd import Crowd
from bench.line import Line, side_by_side, times
from bench.site import Site
from lms.certificates import paper, queries
from lms.kernel.db import db, reading

ROUNDS = 15
BARE = """<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>Trang</title>
<style>@page {{ size: A4 landscape }} html {{ font: 14pt "Liberation Serif" }}</style></head>
<body><p>{}</p><p><b>{}</b></p><p><i>{}</i></p></body></html>"""


def lines(site: Site, crowd: Crowd) -> Iterator[Line]:
    """One certificate; the words of the bare page are the certificate's own, in the same three faces."""
    with site.app.test_request_context("/"), reading():
        row = queries.by_ids([crowd.certificate_id])[0]
        page = next(paper.pages_of([row]))
        words = re.sub(r"<(style|script).*?</\1>|<[^>]+>", " ", page, flags=re.DOTALL).split()
        third = len(words) // 3
        bare = BARE.format(*(escape(" ".join(words[at * third : (at + 1) * third])) for at in range(3)))
        paper.file_of(row)  # remembers the file's hash; afterwards it is only looked up
        db.session.rollback()
        ours, theirs = side_by_side(lambda: paper.file_of(row), lambda: HTML(string=bare).write_pdf(), ROUNDS)
    yield times("a certificate as PDF", ours, theirs, 1.5, f"{ours:.0f} ms, bare WeasyPrint page {theirs:.0f} ms")
