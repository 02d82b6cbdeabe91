"""The paper: its words to the letter, one page, our fonts alone, the same bytes every time, nothing fetched or run."""

import hashlib
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import func, select

from lms.certificates import rules
from lms.certificates.models import Certificate, CertificateFile
from lms.certificates.paper import born
from lms.kernel.db import db
from lms.people import actions as people
from tests.certificates.conftest import READ, Earned
from tests.certificates.test_register import revoke
from tests.world import TODAY, World

pytestmark = pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler-utils is not installed")

LONG = "Nguyễn Phương Hoàng Thị Thuỳ Dương Khánh Quỳnh Trang Bảo Ngọc"
HOSTILE = [
    "</style><script>alert(1)</script>",
    '<img src="file:///etc/passwd">',
    '<link rel="attachment" href="file:///etc/passwd">',
    "{{ 7 * 7 }}",
]


def asked(tool: str, content: bytes, folder: Path, *options: str) -> str:
    """What a tool of poppler says of the file."""
    path = folder / "paper.pdf"
    path.write_bytes(content)
    command = [tool, *options, str(path), *(["-"] if tool == "pdftotext" else [])]
    return subprocess.run(command, capture_output=True, check=True, encoding="utf-8").stdout


def pages_of(content: bytes, folder: Path) -> int:
    return int(re.search(r"Pages:\s+(\d+)", asked("pdfinfo", content, folder))[1])


def paper_of(world: World, certificate_id: int) -> bytes:
    answer = world.client("dung").raw(f"/certificates/{certificate_id}.pdf")
    assert answer.status_code == 200
    return answer.data


def of_someone(world: World, earned: Earned, name: str) -> bytes:
    """The paper of a person with this name on it, however it came there (an old import, another system)."""
    with world.doing():
        person = people.add_person("Vàng Thị Mẫu", sex="female")
        people.post_person(person.id, world.units["binh_lu"], position=name[:60], valid_from=TODAY)
    certificate = earned.certificate(person.id)
    with world.doing():
        row = db.session.get_one(Certificate, certificate)
        row.facts = {**row.facts, "full_name": name}
    return paper_of(world, certificate)


def test_every_word_is_there_to_the_letter(world: World, earned: Earned, tmp_path: Path) -> None:
    text = " ".join(asked("pdftotext", paper_of(world, earned.certificate("lan")), tmp_path).split())

    for words in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "ỦY BAN NHÂN DÂN XÃ BÌNH MẪU",
        "GIẤY CHỨNG NHẬN",
        "Chứng nhận Bà",
        "Vàng Thị Lan",
        "Sinh năm 1990",
        "Công chức Văn hóa - Xã hội, Xã Bình Mẫu",
        READ.title,
        "Hoàn thành ngày 23 tháng 11 năm 2026",
        "8 tiết",
        "Số vào sổ: 001/2026/GCN-BLG",
        "Bình Mẫu, ngày ……… tháng ……… năm 2026",
    ):
        assert words in text, words


def test_one_page_our_fonts_and_its_title(world: World, earned: Earned, tmp_path: Path) -> None:
    content = paper_of(world, earned.certificate("lan"))
    fonts = [line.split()[0] for line in asked("pdffonts", content, tmp_path).splitlines()[2:]]
    said = asked("pdfinfo", content, tmp_path)

    assert pages_of(content, tmp_path) == 1
    assert fonts
    assert all("Liberation-Serif" in font for font in fonts), fonts
    assert re.search(r"Page size:\s+841.\d+ x 595.\d+ pts \(A4\)", said)
    assert "GIẤY CHỨNG NHẬN 001/2026/GCN-BLG" in said
    assert re.search(r"Tagged:\s+yes", said)


def test_a_long_name_in_a_long_course_fits_on_one_page(world: World, earned: Earned, tmp_path: Path) -> None:
    certificate = earned.certificate("lan")
    course = "Kiến thức, kỹ năng dành cho người cung cấp dịch vụ " * 4
    with world.doing():
        row = db.session.get_one(Certificate, certificate)
        row.facts = {
            **row.facts,
            "full_name": LONG,
            "course": course.strip(),
            "class_from": "2026-11-05",
            "class_to": "2026-11-07",
            "class_place": "Hội trường Ủy ban nhân dân xã Bình Mẫu, số 170 đường Mẫu Nguyên Giáp",
        }
    content = paper_of(world, certificate)
    lines = asked("pdftotext", content, tmp_path, "-layout").splitlines()

    assert pages_of(content, tmp_path) == 1
    assert any(LONG in line for line in lines)  # on one line
    ends = dict(boxes(content, tmp_path))
    assert ends["Nguyên"] < ends["THỦ"] - 14  # what is said ends above where one signs


def boxes(content: bytes, folder: Path) -> list[tuple[str, float]]:
    """Each word with how far down the page it ends, in points."""
    page = asked("pdftotext", content, folder, "-bbox")
    return [(found[2], float(found[1])) for found in re.finditer(r'yMax="([\d.]+)">([^<]*)<', page)]


def test_the_same_certificate_gives_the_same_bytes(world: World, earned: Earned) -> None:
    certificate = earned.certificate("lan")
    first, second = paper_of(world, certificate), paper_of(world, certificate)

    assert first == second
    with world.app.app_context():
        kept = db.session.scalars(select(CertificateFile)).one()
        assert kept.sha256 == hashlib.sha256(first).hexdigest()


@pytest.mark.parametrize(
    "name", [*HOSTILE, "A" * 10_000, "\u202eLan", "Lan 👩🏽‍🏫", "e" + "\u0301" * 500, "Đặng Thị Ửng"]
)
def test_a_hostile_name_is_only_ink(world: World, earned: Earned, tmp_path: Path, name: str) -> None:
    content = of_someone(world, earned, name)
    text = asked("pdftotext", content, tmp_path)

    assert pages_of(content, tmp_path) == 1
    assert "root:" not in text
    assert b"/EmbeddedFile" not in content
    if name in HOSTILE or name.startswith("Đ"):
        assert name in " ".join(text.split())


def test_what_does_not_hold_is_not_printed(world: World, earned: Earned) -> None:
    certificate = earned.certificate("lan")
    revoke(world, certificate)

    assert world.client("dung").raw(f"/certificates/{certificate}.pdf").status_code == 409
    with world.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(CertificateFile)) == 0


@pytest.mark.parametrize(
    ("birth", "precision", "words"),
    [
        ("1990-05-03", "day", "Sinh ngày 03 tháng 5 năm 1990"),
        ("1990-02-01", "month", "Sinh tháng 02 năm 1990"),
        ("1990-01-01", "year", "Sinh năm 1990"),
        (None, "", ""),
    ],
)
def test_a_birth_is_as_exact_as_it_is_known(birth: str | None, precision: str, words: str) -> None:
    assert born(birth, precision) == words


def check(world: World, path: Path) -> tuple[int, str]:
    result = world.app.test_cli_runner().invoke(args=["certificates", "check", str(path)])
    return result.exit_code, result.output


def test_the_command_knows_our_file_and_no_other(world: World, earned: Earned, tmp_path: Path) -> None:
    certificate = earned.certificate("lan")
    content = paper_of(world, certificate)
    ours, tampered = tmp_path / "ours.pdf", tmp_path / "tampered.pdf"
    ours.write_bytes(content)
    tampered.write_bytes(content[:-20] + b" " + content[-20:])

    assert check(world, ours) == (0, "Ours: 001/2026/GCN-BLG, issued 2026-11-23: valid.\n")
    assert check(world, tampered) == (
        1,
        "Not ours: this file was not made here, or was changed after it was made.\n",
    )
    revoke(world, certificate)
    assert check(world, ours) == (0, "Ours: 001/2026/GCN-BLG, issued 2026-11-23: revoked.\n")


def test_the_command_issues_what_is_due(world: World, earned: Earned) -> None:
    for person in earned.crowd(3):
        earned.complete(person)
    runner = world.app.test_cli_runner()

    assert runner.invoke(args=["certificates", "issue-due"]).output == "3 issued.\n"
    assert runner.invoke(args=["certificates", "issue-due"]).output == "0 issued.\n"


def test_issuers_by_place_and_time() -> None:
    district, commune = rules.Place("district", "Huyện Mẫu"), rules.Place("commune", "Xã Mẫu")

    def issuer(scope, offices, governed):
        return rules.issuer_of(
            plan_issuer="Ủy ban nhân dân huyện Mẫu", scope=scope, offices=offices, governed_by=governed, site="Mẫu"
        )

    assert issuer(district, ["Phòng Mẫu"], [commune]) == rules.Issuer("Ủy ban nhân dân huyện Mẫu", "Phòng Mẫu", "Mẫu")
    assert issuer(None, [], [rules.Place("office", "Phòng Văn hoá"), commune]).name == "Ủy ban nhân dân xã Mẫu"
    assert issuer(None, [], []).name == "Ủy ban nhân dân huyện Mẫu"
