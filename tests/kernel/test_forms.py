"""Forms: what was typed is kept, what is wrong is said in words, and nothing that arrives breaks a page."""

from datetime import date
from io import BytesIO

import pytest
from flask import Flask, session
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import FileStorage, MultiDict

from lms.kernel import forms, i18n
from lms.kernel.refused import Refused


class Everything(forms.Form):
    """One field of each kind."""

    name = forms.TextField("Họ và tên", max_length=30)
    note = forms.LongTextField("Ghi chú", optional=True, max_length=100)
    born = forms.ViDateField("Ngày sinh", latest=date(2020, 1, 1), optional=True)
    seats = forms.WholeNumberField("CHỖ ngồi", at_least=1, at_most=200_000, optional=True)
    unit = forms.ChoiceField("Đơn vị", coerce=int, choices=forms.choices_of([(1, "Bản Bo"), (2, "Tả Lèng")], empty="—"))
    topics = forms.ChoicesField("Chuyên đề", choices=forms.choices_of([("a", "Một"), ("b", "Hai")]), optional=True)
    secret = forms.PasswordField("Mật khẩu", optional=True)
    paper = forms.FileField("Tệp", endings=(".xlsx", ".csv"), most_bytes=100, optional=True)
    mail = forms.TextField("Thư", [forms.validators.Length(min=5)], optional=True)


RIGHT = {"name": "Tẩn Thị Mỷ", "unit": "2"}


@pytest.fixture(autouse=True)
def vietnamese():
    """Every form is read in Vietnamese, inside a request."""
    app = Flask("forms")
    app.secret_key = "only for this test"
    i18n.init(app)
    with app.test_request_context():
        yield


def sent(**values):
    return Everything.filled(MultiDict({**RIGHT, **values}))


def test_a_right_form_gives_clean_values():
    form = sent(
        name="  Ta\u0302\u0309n\u00a0 Thị\u200b Mỷ ",
        born="5.1.1990",
        seats="1.200",
        topics=["b", "a", "b"],
        note="một\r\n\r\n hai ",
    )

    assert form.validate(), form.errors
    assert form.data | {"paper": None} == {
        "name": "Tẩn Thị Mỷ",
        "note": "một\n\nhai",
        "born": date(1990, 1, 5),
        "seats": 1200,
        "unit": 2,
        "topics": ["b", "a"],
        "secret": "",
        "paper": None,
        "mail": "",
    }


def test_what_is_missing_is_named():
    form = Everything.filled(MultiDict())

    assert not form.validate()
    assert form.errors == {"name": ["Hãy nhập họ và tên."], "unit": ["Hãy chọn đơn vị."]}
    assert form.name.flags.required
    assert not form.note.flags.required


def test_in_english_too():
    session["locale"] = "en"
    form = sent(name="")

    assert not form.validate()
    assert form.errors == {"name": ["Please enter họ và tên."]}


@pytest.mark.parametrize(
    "field, typed, sentence",
    [
        ("name", "a" * 31, "Dài quá: chỗ này chỉ ghi được tối đa 30 ký tự."),
        ("name", "An\0", "Có ký tự không đọc được. Hãy xóa đi rồi gõ lại."),
        ("name", "An\ud800", "Có ký tự không đọc được. Hãy xóa đi rồi gõ lại."),
        ("name", "x" * 1_000_000, "Dài quá: chỗ này chỉ ghi được tối đa 30 ký tự."),
        ("born", "31/02/1990", "Ngày không đọc được. Hãy ghi ngày/tháng/năm, ví dụ 05/01/2026."),
        ("born", "5/1/90", "Ngày không đọc được. Hãy ghi ngày/tháng/năm, ví dụ 05/01/2026."),
        ("born", "01/01/2021", "Ngày phải từ 01/01/1900 đến 01/01/2020."),
        ("seats", "12,5", "Hãy ghi một số nguyên bằng chữ số, ví dụ 12."),
        ("seats", "0", "Số phải từ 1 đến 200.000."),
        ("seats", "9" * 39, "Số phải từ 1 đến 200.000."),
        ("seats", "9" * 100_000, "Hãy ghi một số nguyên bằng chữ số, ví dụ 12."),
        ("unit", "3", "Hãy chọn trong danh sách."),
        ("unit", "1 OR 1=1", "Hãy chọn trong danh sách."),
        ("unit", "9" * 5_000, "Hãy chọn trong danh sách."),
        ("topics", ["a", "z"], "Hãy chọn trong danh sách."),
        ("secret", "x" * 1025, "Dài quá: chỗ này chỉ ghi được tối đa 1.024 ký tự."),
        ("mail", "abc", "Hãy nhập ít nhất 5 ký tự."),
    ],
)
def test_each_mistake_has_one_sentence(field, typed, sentence):
    form = sent(**{field: typed})

    assert not form.validate()
    assert form.errors == {field: [sentence]}
    str(form[field]()).encode()  # it can be shown again


def test_a_mistake_is_shown_as_it_was_typed():
    form = sent(born="31/02/1990", seats="mười hai", name="N" * 40)
    form.validate()

    assert 'value="31/02/1990"' in form.born()
    assert 'value="mười hai"' in form.seats()
    assert "N" * 40 in form.name()


def test_known_values_are_shown():
    form = Everything(data={"name": "Lò Văn An", "born": date(1990, 1, 5), "seats": 1200, "unit": 2, "topics": ["b"]})

    assert 'value="05/01/1990"' in form.born()
    assert 'value="1200"' in form.seats()
    assert '<option selected value="2">' in form.unit()
    assert [choice.value for choice in form.topics.iter_choices() if choice.selected] == ["b"]


def test_the_same_name_twice_counts_once():
    form = Everything.filled(
        MultiDict([("name", "An"), ("name", "Bình"), ("unit", "1"), ("unit", "2"), ("born", "x"), ("born", "5/1/1990")])
    )

    assert not form.validate()
    assert (form.name.data, form.unit.data) == ("An", 1)
    assert list(form.errors) == ["born"]


def test_a_refusal_stands_on_top_and_keeps_what_was_typed():
    form = sent()
    assert form.validate()

    forms.refuse(form, Refused("Only %(n)s <b>.", n=2))

    assert form.form_errors == ["Only 2 <b>."]
    assert form.name.data == "Tẩn Thị Mỷ"


def upload(name, content=b"x", field="paper"):
    return Everything.filled(MultiDict(RIGHT), MultiDict({field: FileStorage(BytesIO(content), filename=name)}))


def test_files():
    right = upload("Danh sách.XLSX", b"abc")
    assert right.validate(), right.errors
    assert right.paper.data.read() == b"abc"
    assert upload("").paper.data is None
    for form, sentence in [
        (upload("a.exe"), "Không dùng được loại tệp này. Hãy chọn một trong các loại: .xlsx, .csv."),
        (upload("a.csv", b"x" * 101), "Tệp quá lớn: tối đa 0 MB."),
    ]:
        assert not form.validate()
        assert form.errors == {"paper": [sentence]}


def test_a_text_where_a_file_belongs_is_no_file_and_a_file_where_text_belongs_no_text():
    assert sent(paper="a.csv").paper.data is None
    form = upload("a.csv", field="note")
    form.validate()
    assert form.note.data == ""


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(list(Everything()._fields)), st.lists(st.text(), max_size=3)))
def test_nothing_that_arrives_breaks_a_form(values):
    form = Everything.filled(MultiDict(values))

    form.validate()

    for field in form:
        str(field()).encode()
    for sentences in form.errors.values():
        assert all(isinstance(sentence, str) and sentence.endswith(".") for sentence in sentences)
