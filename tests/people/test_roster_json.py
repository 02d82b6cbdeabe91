"""`people import --dry-run --json`: what was understood of a list, in a register with units and in one without."""

import json

import pytest
from sqlalchemy import func, select

from lms.kernel.audit import AuditEntry
from lms.kernel.db import db
from lms.people.models import Person, Roster, UnitVersion
from tests.people.reading import xlsx

HEAD = ["STT", "Họ và tên", "Giới tính", "Ngày sinh", "Chức vụ", "Đơn vị", "Điện thoại"]
ROWS = [
    ["(Kèm theo Công văn ngày 24/10/2024)"],
    HEAD,
    [1, "LÒ THỊ HOA", "Nữ", "5/3/1988", "CC VH-XH", "Xã Giang Ma", 987000001],
    [2, "Lò Thị Hoa", "Nữ", "05/03/1988", "CC VH-XH", "nt", "0987000001"],
    [3, "Lò Thị Hoa", "Nữ", "1988", "Giáo viên", "nt", ""],
    [4, "Tẩn A Sếnh", "Nam", "31/02/1985", "Giáo viên", "nt", "091"],
    [5, "Tẩn A Xa", "Nam", "02/1985", "Giáo viên", "Phòng Không Có", ""],
]


@pytest.fixture
def printed(app, tmp_path):
    def _printed(rows, *more):
        file = tmp_path / "ds.xlsx"
        file.write_bytes(xlsx(("Giang Ma", rows)))
        result = app.test_cli_runner().invoke(args=["people", "import", str(file), "--dry-run", "--json", *more])
        assert result.exit_code == 0, result.output
        return json.loads(result.output)

    return _printed


def held(app):
    with app.app_context():
        return [
            db.session.scalar(select(func.count()).select_from(kind))
            for kind in (UnitVersion, Person, Roster, AuditEntry)
        ]


def test_an_empty_register_borrows_the_units_and_gives_them_back(app, printed):
    before = held(app)
    said = printed(ROWS)

    assert said["units"] == "courses/units"
    assert held(app) == before
    only = said["rows"][0]
    assert len(said["rows"]) == 1
    expected = {
        "full_name": "Lò Thị Hoa", "sex": "female", "birth": "1988-03-05", "precision": "day", "position": "CC VH-XH",
        "category": "công chức", "direct_support": None, "phone": "0987000001", "ethnicity": None, "unit": "Xã Giang Ma",
        "sheet": "Giang Ma", "row": 3,
    }  # fmt: skip
    assert {key: only[key] for key in expected} == expected
    assert [(one["row"], one["column"], one["cause"], one["kind"]) for one in said["errors"]] == [
        (4, "", "twice", "refused"),
        (5, "", "perhaps_twice", "asked"),
        (6, "G", "phone_unreadable", "refused"),
        (6, "D", "birth_unreadable", "refused"),
        (7, "F", "unit_unknown", "asked"),
    ]
    assert [row["row"] for row in said["held_rows"]] == [4, 5, 7]
    assert (said["sheets"][0]["on"], said["sheets"][0]["why_on"]) == ("2024-10-24", "title")
    assert (said["counts"]["rows"], said["new"], said["dry_run"]) == (5, 1, True)


def test_names_are_those_of_the_day_that_is_given(printed, world):
    head = [HEAD[1], HEAD[3], HEAD[5]]
    said = printed([head, ["Lò Thị Mới", "1988", "Xã Bình Mẫu"]], "--on", "2026-11-01")
    assert (said["units"], said["rows"][0]["unit_id"]) == ("register", world.units["binh_lu"])
    assert said["sheets"][0]["why_on"] == "given"

    said = printed([head, ["Lò Thị Mới", "1988", ""], ["Lò Thị Nữa", "1988", "Xã Lạ"]])
    assert [one["cause"] for one in said["errors"]] == ["unit_missing", "unit_unknown"]
    said = printed([head, ["Lò Thị Mới", "1988", ""]], "--unit", "T9901")
    assert (said["errors"], said["rows"][0]["unit_id"]) == ([], world.units["binh_lu"])
