"""Every component with real values, on one page. Tests open it; `python -m tests.kernel.gallery` serves it to look at."""

import sys
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path

from flask import Blueprint, Flask, Response, jsonify, render_template_string, request
from markupsafe import Markup

from lms import create_app
from lms.config import Config
from lms.kernel.access import open_door
from lms.kernel.forms import (
    BooleanField,
    ChoiceField,
    ChoicesField,
    FileField,
    Form,
    LongTextField,
    PasswordField,
    TextField,
    ViDateField,
    choices_of,
)
from lms.kernel.paging import Page

PAGES = Path(__file__).parent / "gallery"
UNITS = ((1, "Xã Bản Bo"), (2, "Xã Khun Há"), (3, "Thị trấn Tam Đường"))
PEOPLE = (
    {"name": "Lò Thị Ửng", "unit": "Xã Bản Bo", "on": date(2025, 3, 5), "score": 92, "state": ("Đã xong", "good")},
    {"name": "Giàng A Sềnh", "unit": "Xã Khun Há", "on": date(2025, 3, 5), "score": 76, "state": ("Chưa đạt", "bad")},
    {
        "name": "Nguyễn Thị Mỹ Nghĩa",
        "unit": "Thị trấn Tam Đường",
        "on": None,
        "score": None,
        "state": ("Đang học", "wait"),
    },
)
GROWTH = (
    (
        "Phòng ngừa và ứng phó",
        (
            (date(2022, 6, 1), 12.5),
            (date(2023, 1, 1), 38.0),
            (date(2024, 1, 1), 61.2),
            (date(2025, 1, 1), 88.4),
            (date(2025, 6, 30), 94.1),
        ),
    ),
    (
        "Tư vấn, hỗ trợ",
        ((date(2023, 1, 1), 10.0), (date(2024, 1, 1), 45.0), (date(2025, 1, 1), 70.0), (date(2025, 6, 30), 81.8)),
    ),
)
BARS = (("Xã Khun Há", 31, 43, "#"), ("Xã Bản Bo", 52, 60, "#"), ("Thị trấn Tam Đường", 61, 61, None))
HELP = (
    {
        "name": "Đầu mối đơn vị (số minh hoạ)",
        "number": "0213 000 0001",
        "note": "Giờ hành chính",
        "checked_on": date(2026, 1, 5),
    },
    {"name": "Tổng đài minh hoạ", "number": "1900 0000", "note": None, "checked_on": None},
)


class PersonForm(Form):  # type: ignore[misc]  # WTForms ships no types
    """One of every field."""

    name = TextField("Họ và tên")
    born = ViDateField("Ngày sinh")
    unit = ChoiceField("Đơn vị", choices=choices_of(UNITS, empty="Chọn đơn vị"))
    kind = ChoiceField("Nhóm", choices=choices_of([("cb", "Cán bộ"), ("cc", "Công chức"), ("vc", "Viên chức")]))
    duties = ChoicesField("Nhiệm vụ", choices=choices_of([("a", "Tiếp nhận"), ("b", "Tư vấn")]))
    note = LongTextField("Ghi chú", optional=True)
    file = FileField("Danh sách", endings=(".xlsx",), optional=True)
    secret = PasswordField("Mật khẩu")
    own = BooleanField("Đây là điện thoại của tôi")


def gallery(app: Flask) -> Flask:
    """The same app with the gallery's pages in it."""
    bp = Blueprint("gallery", __name__, url_prefix="/gallery")

    @bp.get("/<name>")
    @open_door
    def show(name: str) -> str:
        form = PersonForm(name="Lò Thị Ửng")
        if name == "wrong":
            form.validate()
        return render_template_string(
            (PAGES / f"{name}.html").read_text(encoding="utf-8"),
            form=form,
            people=PEOPLE,
            growth=GROWTH,
            bars=BARS,
            numbers=HELP,
            page=Page(rows=list(PEOPLE), page=2, pages=25, total=1234, per_page=50),
            at=datetime(2026, 1, 5, 3, 30, tzinfo=UTC),
            lesson=Markup(
                "<h2>Bạo lực trên cơ sở giới</h2><p>Ệ Ử Ỗ Ẫ Ỡ – Luật số 13/2022/QH15.</p><blockquote><p>Chị D. kể…</p></blockquote><table><tr><th>a</th></tr></table>"
            ),
        )

    @bp.post("/answers/<int:question>")
    @open_door
    def answer(question: int) -> Response:
        app.extensions["gallery.answers"].append((question, request.form.getlist("kind")))
        return jsonify(saved_at="2026-01-05T03:30:00Z", receipt="Đã lưu 10:30")

    @bp.get("/fragment")
    @open_door
    def fragment() -> str:
        app.extensions["gallery.looks"] += 1
        return "<p data-finished>Xong</p>" if app.extensions["gallery.looks"] > 1 else "<p>Đang làm</p>"

    app.extensions["gallery.answers"], app.extensions["gallery.looks"] = [], 0
    app.register_blueprint(bp)
    return app


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        config = Config(
            database_url=f"sqlite:///{folder}/lms.sqlite",
            data_dir=Path(folder),
            secret_key="t" * 43,
            audit_key="a" * 43,
        )
        gallery(create_app(config)).run(port=int(sys.argv[1]))
