"""Sentences that were filled in before anybody knew in which language they are read."""

from flask import Flask, render_template_string

from lms.kernel.i18n import gettext, speaking, translate_refused
from lms.kernel.refused import Refused
from lms.kernel.said import Said

INNER = Said("HTML is not shown (“%(html)s”): expected Markdown only", html="<script>")
OUTER = Said("%(where)s: %(what)s", where="01-mot.md", what=INNER)


def test_it_is_text_wherever_text_is_wanted() -> None:
    assert OUTER == "01-mot.md: HTML is not shown (“<script>”): expected Markdown only"


def test_it_is_said_in_the_readers_language_with_all_that_is_in_it(app: Flask) -> None:
    refused = Refused("“%(path)s”, line %(line)s: %(what)s", path="a.md", line=3, what=INNER)
    with app.test_request_context():
        assert gettext(OUTER) == "01-mot.md: không hiển thị HTML (“<script>”): chỉ dùng Markdown"
        assert translate_refused(refused) == "“a.md”, dòng 3: không hiển thị HTML (“<script>”): chỉ dùng Markdown"
        with speaking("en"):
            assert gettext(OUTER) == OUTER


def test_a_page_escapes_what_was_filled_in(app: Flask) -> None:
    with app.test_request_context():
        shown = render_template_string("{{ _(said) }} / {{ _('%(what)s', what=said) }}", said=OUTER)

    assert shown == " / ".join(["01-mot.md: không hiển thị HTML (“&lt;script&gt;”): chỉ dùng Markdown"] * 2)
