"""Languages: Vietnamese unless asked, values escaped, and catalogues that cannot fall behind the code unnoticed."""

from datetime import date

import pytest
from flask import Flask, render_template_string, session

from lms.kernel import catalogues, filters, i18n
from lms.kernel.i18n import gettext, lazy_gettext, ngettext, translate_refused
from lms.kernel.refused import Refused


@pytest.fixture
def words():
    """A bare app with languages and one page that says things."""
    app = Flask("words")
    app.secret_key = "only for this test"
    i18n.init(app)
    filters.init(app)

    @app.get("/<language>")
    def page(language):
        session["locale"] = language
        return f"{i18n.locale()} {gettext('This field is required.')}"

    return app


@pytest.fixture
def house(tmp_path):
    """A small tree with one room, as on disk."""
    for folder in ("lms/kernel", "lms/people/translations", "templates/people", "templates/layouts"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "lms/people/rules.py").write_text(
        'from lms.kernel.refused import Refused\n\ndef check(n):\n    raise Refused("Only %(n)s seats " "are left.", n=n)\n',
        "utf-8",
    )
    (tmp_path / "templates/people/show.html").write_text(
        '<h1 title="{{ _("Name") }}">{{ ngettext("%(num)s person", "%(num)s people", 3) }}</h1>', "utf-8"
    )
    return tmp_path


def write(house, *entries, room="people"):
    text = catalogues.HEADER + "\n\n".join(entries) + "\n"
    (house / "lms" / room / "translations").mkdir(exist_ok=True)
    (house / "lms" / room / "translations/vi.po").write_text(text, "utf-8")


SEATS = 'msgid "Only %(n)s seats are left."\nmsgstr "Chỉ còn %(n)s chỗ."'
NAME = 'msgid "Name"\nmsgstr "Tên"'
PEOPLE = 'msgid "%(num)s person"\nmsgid_plural "%(num)s people"\nmsgstr[0] "%(num)s người"'


def test_vietnamese_unless_english_was_asked_for(words):
    vietnamese = gettext("This field is required.")
    client = words.test_client()

    assert client.get("/vi").text == f"vi {vietnamese}"
    assert client.get("/en").text == "en This field is required."
    assert client.get("/xx").text == f"vi {vietnamese}"
    assert vietnamese != "This field is required."


def test_outside_a_request_it_is_vietnamese_and_a_while_of_english_ends(words):
    with words.app_context():
        assert i18n.locale() == "vi"
        with i18n.speaking("en"):
            assert gettext("This field is required.") == "This field is required."
        assert gettext("This field is required.") != "This field is required."
    assert i18n.locale() == "vi"


def test_lazy_words_are_translated_when_shown(words):
    label = lazy_gettext("This field is required.")

    with words.test_request_context():
        session["locale"] = "en"
        assert str(label) == "This field is required."
    with words.test_request_context():
        assert str(label) != "This field is required."


def test_values_in_templates_are_escaped(words):
    with words.test_request_context():
        page = render_template_string(
            "{{ _('For %(name)s: 100 %% of %(unit)s', name=name, unit='<i>') }}", name="<script>"
        )

    assert page == "For &lt;script&gt;: 100 % of &lt;i&gt;"


def test_filters_write_dates_and_numbers_the_vietnamese_way(words):
    with words.test_request_context():
        page = render_template_string(
            "{{ day|date }} {{ day|date_words }} {{ 1234.5|number(1) }} {{ percent(16, 17) }} {{ locale() }}",
            day=date(2026, 1, 5),
        )

    assert page == "05/01/2026 ngày 05 tháng 01 năm 2026 1.234,5 94,1\u00a0% vi"


def test_a_refusal_fills_in_its_values(words):
    with words.app_context():
        said = translate_refused(Refused("Closed on %(day)s with %(n)s of 5 %%.", day=date(2026, 1, 5), n=3))

    assert said == "Closed on 05/01/2026 with 3 of 5 %."
    assert ngettext("%(num)s unknown thing", "%(num)s unknown things", 2) == "2 unknown things"


def test_a_complete_catalogue_has_no_problems(house):
    write(house, SEATS, NAME, PEOPLE)

    assert catalogues.problems(house) == []
    assert catalogues.merged(house).get("Name").string == "Tên"


@pytest.mark.parametrize(
    "entries, problem",
    [
        ((SEATS, NAME), "not in the catalogue"),
        ((SEATS, PEOPLE, NAME.replace("Tên", "")), "untranslated"),
        ((SEATS, PEOPLE, "#, fuzzy\n" + NAME), "fuzzy"),
        ((SEATS, PEOPLE, NAME, NAME.replace("Name", "Nobody says this")), "no longer said"),
        ((SEATS.replace("còn %(n)s", "còn vài"), PEOPLE, NAME), "other %(places)s"),
        ((SEATS, PEOPLE, NAME.replace("Tên", "Tên 5 %")), "a bare percent sign"),
    ],
)
def test_each_kind_of_problem_is_found(house, entries, problem):
    write(house, *entries)

    found = catalogues.problems(house)

    assert len(found) == 1
    assert problem in found[0]


def test_two_wordings_of_one_thing_are_found(house):
    write(house, SEATS, NAME, PEOPLE)
    (house / "templates/layouts/base.html").write_text('{{ _("Name") }}', "utf-8")
    write(house, NAME.replace("Tên", "Họ và tên"), room="kernel")

    assert [line.split(":")[1] for line in catalogues.problems(house)] == [" translated otherwise in kernel"]


def test_templates_belong_to_the_room_with_views_of_that_name(house):
    (house / "templates/sign_in").mkdir()
    (house / "templates/sign_in/show.html").write_text('{{ _("Sign in") }}', "utf-8")
    assert "Sign in" in catalogues.spoken("kernel", house)

    (house / "lms/people/sign_in_views.py").touch()
    assert "Sign in" in catalogues.spoken("people", house)
    assert "Sign in" not in catalogues.spoken("kernel", house)


def test_a_template_that_cannot_be_read_is_an_error(house):
    (house / "templates/people/show.html").write_text("{% if %}", "utf-8")

    with pytest.raises(Exception, match="Expected an expression"):
        catalogues.problems(house)


def test_update_adds_keeps_revives_and_drops(house):
    write(house, SEATS, NAME.replace("Name", "Nobody says this"))

    assert catalogues.update("people", house) == (3, 2)
    written = catalogues.catalogue("people", house)
    assert written.get("Only %(n)s seats are left.").string == "Chỉ còn %(n)s chỗ."
    assert "Nobody says this" in written.obsolete

    (house / "templates/people/new.html").write_text('{{ _("Nobody says this") }}', "utf-8")
    catalogues.update("people", house)
    assert catalogues.catalogue("people", house).get("Nobody says this").string == "Tên"

    (house / "templates/people/new.html").unlink()
    catalogues.update("people", house, drop=True)
    once = (house / "lms/people/translations/vi.po").read_bytes()
    catalogues.update("people", house)
    assert (house / "lms/people/translations/vi.po").read_bytes() == once
    assert b"Nobody" not in once


def test_update_takes_over_what_another_room_already_translated(house):
    (house / "templates/layouts/base.html").write_text('{{ _("Name") }}', "utf-8")
    write(house, NAME, room="kernel")

    catalogues.update("people", house)

    assert catalogues.catalogue("people", house).get("Name").string == "Tên"


@pytest.mark.parametrize(
    "template, bare",
    [
        ("<p>{{ _('Hello') }} &middot; 5 × {{ n }}</p>", []),
        ("<p>Xin chào {{ name }}</p>", ["Xin chào"]),
        ("<p>{% if a %}Save{% endif %}</p>", ["Save"]),
        ('<img alt="A map" class="wide" src="{{ x }}">', ["A map"]),
        ('<a{% if a %} class="on"{% endif %} href="/">{{ _("Go") }}</a>', []),
        ("{# as is: official form #}<p>CỘNG HÒA</p>", []),
        ('<html lang="vi"><button lang="en">English</button> Xin</html>', ["Xin"]),
        ("{% block body_class %}paper {% block paper %}wide{% endblock %}{% endblock %}<p>Xin", ["Xin"]),
        ("<style>p { color: red }{% block style %}.big { top: 0 }{% endblock %}</style>", []),
        ("{% block content %}Xin{% endblock %}", ["Xin"]),
        ("{# Words of a comment #}{% set word = 'code' %}", []),
    ],
)
def test_bare_words_in_templates_are_found(template, bare):
    assert catalogues.bare_text(template) == bare
