"""The office's pages of courses: a pack in, words changed, looked at by a second person, published; who is in the middle stays there."""

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from lms.certificates import actions as certificates
from lms.certificates.models import Certificate
from lms.kernel.clock import at_hour, frozen, today
from lms.kernel.db import db
from lms.people import actions as people
from lms.people.roles import Role
from lms.tracks import actions, content, editions, packs, publishing
from lms.tracks.models import Completion, Edition, Enrolment
from tests.tracks.sample import COURSE, FILES, plan_over
from tests.world import TODAY, Client, World

LESSON_ONLY = COURSE.replace('"lessons", "test"', '"lessons"')


@pytest.fixture
def office(world: World, folder: Path) -> Iterator[World]:
    """World with the small course published from files, the plan over the province, and a second person of the office."""
    (folder / "1" / "chung" / "02-hai.md").write_text(FILES["02-hai.md"], encoding="utf-8")
    (folder / "1" / "chung" / "course.toml").write_text(LESSON_ONLY, encoding="utf-8")
    (folder / "1" / "chung" / "quiz.toml").unlink()
    with frozen(at_hour(TODAY)):
        with world.doing():
            publishing.publish_courses(content.read(folder))
            plan_over(world.units["province"])
            second = people.add_person("Lò Thị Hai")
            account, _phrase = people.open_account(second, username="hai", passphrase="bon tu cua hai day")
            people.grant_role(account.id, Role.OFFICE, world.units["province"])
            world.accounts["hai"] = account.id
        yield world


def draft_of(client: Client, world: World) -> str:
    """The address of a draft begun from the edition of today."""
    with world.app.app_context():
        edition_id = editions.current("chung").id
    client.post(f"/courses/editions/{edition_id}/drafts")
    return f"/courses/drafts/{newest_draft(world)}"


def newest_draft(world: World) -> int:
    with world.app.app_context():
        return int(db.session.execute(db.text("SELECT max(id) FROM course_draft")).scalar_one())


def version(client: Client, draft: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', client.get(draft))
    assert found
    return found.group(1)


def step(client: Client, draft: str, name: str, status: int = 200, **fields: Any) -> str:
    return client.post(f"{draft}/{name}", {"version": version(client, draft), **fields}, status)


def lesson(client: Client, draft: str, path: str = "02-hai.md", status: int = 200, **fields: Any) -> str:
    page = client.get(f"{draft}/lessons/{path}")
    given = {"title": "Bài hai", "aim": "Biết hai", "minutes": "3", "body": "Chữ của bài hai.", "sources": "Luật mẫu"}
    seen = re.search(r'name="version" value="(\d+)"', page)
    assert seen
    return client.post(f"{draft}/lessons/{path}", {**given, "version": seen.group(1), **fields}, status)


def test_edited_reviewed_published_and_who_is_in_the_middle_keeps_their_words(office: World) -> None:
    with office.doing():
        lan = actions.enrol(office.persons["lan"], "chung", on=today())
        actions.read_lesson(lan, "mot")
        actions.enrol(office.persons["pao"], "chung", on=today())
        lan_id = lan.id
    dung, hai, learner = office.client("dung"), office.client("hai"), office.client("lan")
    draft = draft_of(dung, office)

    assert "Chưa có gì thay đổi" in dung.get(draft)
    assert "chỉ dùng Markdown" in lesson(dung, draft, body="Chữ <b>mới</b>")
    assert "<ins>" in lesson(dung, draft, body="Chữ mới của bài hai.")
    assert "Chữ mới" in dung.get(f"{draft}/preview/hai")
    assert "Đang chờ đồng nghiệp duyệt" in step(dung, draft, "ask")
    assert "không tự duyệt" in step(dung, draft, "approve", 409).lower()
    assert "người thứ hai" in step(dung, draft, "publish", 409)
    step(hai, draft, "approve", words="Đọc rồi, đúng.")
    page = hai.get(draft)
    assert "Đọc rồi, đúng." in page
    assert "1 người đang học dở" in page
    assert "chưa đạt" in step(dung, draft, "publish", 409)  # the course is small
    assert "bản 2" in step(dung, draft, "publish", falling_short="y")

    assert "Chữ mới" not in learner.get(f"/learn/{lan_id}/hai")
    learner.post(f"/learn/{lan_id}/hai/reading")
    with office.doing():
        done = db.session.scalars(select(Completion).where(Completion.person_id == office.persons["lan"])).one()
        assert db.session.get_one(Edition, done.edition_id).number == 1
        certificate_id = certificates.issue(done).id
        pao = db.session.scalars(select(Enrolment).where(Enrolment.person_id == office.persons["pao"])).one()
        assert db.session.get_one(Edition, pao.edition_id).number == 2
        assert db.session.get_one(Certificate, certificate_id).facts["edition"] == 1
    assert re.search(r"<dt>Bản</dt>\s*<dd>1</dd>", learner.get(f"/certificates/{certificate_id}"))
    assert "Chữ mới" in office.client("pao").get(f"/learn/{pao.id}/hai")


def test_what_is_wrong_is_said_beside_what_was_typed(office: World) -> None:
    dung, draft = office.client("dung"), ""
    draft = draft_of(dung, office)

    assert "Chữ giữ lại" in lesson(dung, draft, status=422, title="", body="Chữ giữ lại")
    said = lesson(dung, draft, body="![Hình](pictures/khong-co.svg)")
    assert "02-hai.md" in said
    assert "pictures/khong-co.svg" in said
    page = dung.get(f"{draft}/lessons/02-hai.md")
    assert "pictures/khong-co.svg" in page
    assert "<h1>Bài: Bài hai</h1>" in page
    assert "02-hai.md" in step(dung, draft, "ask", 409)


def test_two_who_edit_at_once_lose_nothing(office: World) -> None:
    dung, hai = office.client("dung"), office.client("hai")
    draft = draft_of(dung, office)
    seen = version(hai, draft)
    lesson(dung, draft, body="Chữ của Dũng")

    given = {"title": "Bài hai", "aim": "Biết", "minutes": "3", "body": "Chữ của Hai", "sources": "Luật mẫu"}
    page = hai.post(f"{draft}/lessons/02-hai.md", {**given, "version": seen}, 409)

    assert "Chữ của Dũng" in page
    assert "Chữ của Hai" in page
    again = re.search(r'name="version" value="(\d+)"', page)
    assert again
    hai.post(f"{draft}/lessons/02-hai.md", {**given, "version": again.group(1)})
    assert "Chữ của Hai" in hai.get(f"{draft}/lessons/02-hai.md")


def test_a_pack_comes_in_is_compared_and_goes_out_again(office: World) -> None:
    dung = office.client("dung")
    with office.app.app_context():
        edition_id = editions.current("chung").id
    pack = dung.raw(f"/courses/editions/{edition_id}/pack").get_data()
    slug, files = packs.unpacked(pack)
    assert (slug, "02-hai.md" in files) == ("chung", True)
    changed = packs.packed("chung", {**files, "glossary.md": "# Từ ngữ\n\n- **Nhà tạm lánh**: nơi ở an toàn.\n"})

    page = send(dung, changed)
    assert "Nhà tạm lánh" in page
    step(dung, f"/courses/drafts/{newest_draft(office)}", "throw_away")
    with office.app.app_context():
        assert editions.current("chung").number == 1


def test_a_question_is_added_and_taken_out(office: World) -> None:
    dung = office.client("dung")
    send(dung, packs.packed("moi", {**FILES, "course.toml": COURSE.replace('"chung"', '"moi"')}))
    draft = f"/courses/drafts/{newest_draft(office)}"
    given = {"text": "Gọi ai?", "kind": "one", "aim": "mot", "difficulty": "1", "source": "Luật mẫu"}
    given |= {"choice-0-text": "Công an", "choice-0-right": "y", "choice-0-reason": "Vì ở gần."}
    given |= {"choice-1-text": "Không ai", "choice-1-reason": "Không bỏ mặc."}

    page = dung.post(f"{draft}/questions/+", {**given, "version": version(dung, draft)})
    assert "Gọi ai?" in page
    assert "Vì ở gần." in dung.get(f"{draft}/questions/cau-2")
    dung.post(f"{draft}/questions/cau-2/removals", {"version": version(dung, draft)})
    assert "Gọi ai?" not in dung.get(draft)


@pytest.mark.parametrize("harm", ["outside", "no zip", "script"])
def test_a_hostile_pack_is_refused_in_words(office: World, harm: str) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path, text in FILES.items():
            archive.writestr(f"chung/{path}", text)
        if harm == "outside":
            archive.writestr("../../ngoai.md", "x")
        if harm == "script":
            archive.writestr("chung/pictures/a.svg", "<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>")
    page = send(office.client("dung"), b"abc" if harm == "no zip" else out.getvalue(), 409)
    assert {"outside": "trỏ ra ngoài", "no zip": "zip", "script": "a.svg"}[harm] in page


def send(client: Client, data: bytes, status: int = 200) -> str:
    return client.post("/courses/packs", {"pack": (io.BytesIO(data), "khoa.zip")}, status)
