"""Drafts: made, edited, compared, reviewed by somebody else, published; nothing broken or unseen ever becomes an edition."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select

from lms.config import Config
from lms.kernel.audit import AuditEntry
from lms.kernel.clock import today
from lms.kernel.db import db
from lms.kernel.refused import Refused
from lms.people import actions as people
from lms.tracks import (
    actions,
    checking,
    content,
    differences,
    draft_queries,
    drafts,
    editing,
    editions,
    packs,
    publishing,
)
from lms.tracks.course import Choice
from lms.tracks.library import files_in
from lms.tracks.models import CourseDraft, Edition, Enrolment
from tests.pace import assert_grows_evenly
from tests.test_at_once import count, in_turn
from tests.tracks.sample import FILES, LESSON, QUIZ, a_course
from tests.tracks.test_pictures import SOUND
from tests.world import World


@contextmanager
def reviewing(world: World, wanted: str) -> Iterator[None]:
    kept: Config = world.app.config["SETTINGS"]
    world.app.config["SETTINGS"] = replace(kept, course_review=wanted)
    yield
    world.app.config["SETTINGS"] = kept


@pytest.fixture
def office(world: World, folder: Path) -> Iterator[World]:
    """World with the small course published from files, and with nobody's review required."""
    (folder / "1" / "chung" / "02-hai.md").write_text(FILES["02-hai.md"], encoding="utf-8")
    with world.doing():
        publishing.publish_courses(content.read(folder))
    with reviewing(world, "off"):
        yield world


def begun(world: World, **files: str) -> CourseDraft:
    """A draft of the edition of today by the office, with these files of another wording."""
    draft = drafts.draft_from_edition(editions.current("chung").id, by=world.accounts["dung"])
    for path, text in files.items():
        change(world, draft, path, text)
    return draft


def change(world: World, draft: CourseDraft, path: str, text: str | None, who: str = "dung") -> None:
    drafts.change_file(draft, path, text, seen_version=draft.version, by=world.accounts[who])


def published(world: World, draft: CourseDraft, who: str = "dung") -> Edition:
    return drafts.publish(draft, seen_version=draft.version, by=world.accounts[who], falling_short=True)


OTHER = LESSON.replace("Chữ ở đây", "Chữ khác ở đây")


def test_a_pack_becomes_a_draft_and_the_draft_an_edition_that_goes_out_as_a_pack(office: World) -> None:
    pack = packs.packed("chung", {**FILES, "01-mot.md": OTHER})
    with office.doing():
        lan = actions.enrol(office.persons["lan"], "chung", on=today())
        actions.enrol(office.persons["pao"], "chung", on=today())
        actions.read_lesson(lan, "mot")
        draft = drafts.draft_from_pack(pack, by=office.accounts["dung"])
        assert [one.id for one in draft_queries.open_drafts()] == [draft.id]
        edition = published(office, draft)

    with office.doing():
        assert (edition.number, edition.origin) == (2, "office")
        assert packs.packed("chung", db.session.get_one(Edition, edition.id).files or {}) == pack
        held = {row.person_id: editions.named(row.edition_id).number for row in db.session.scalars(select(Enrolment))}
        assert held == {office.persons["lan"]: 1, office.persons["pao"]: 2}  # who is in the middle keeps their words
        assert draft_queries.open_drafts() == []
        assert [(one.number, one.kept) for one in draft_queries.editions_of("chung")] == [(2, True), (1, True)]
        told = db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.seq.desc()).limit(2)).all()
        assert set(told) == {"course.published", "draft.made"}


def test_a_broken_draft_names_file_and_line_and_the_edition_of_today_stays(office: World) -> None:
    with office.doing():
        draft = begun(office, **{"01-mot.md": LESSON.replace("minutes = 5", "minutes = fünf")})

        said = drafts.checked(draft)

        assert [(one.path, one.line) for one in said.faults] == [("01-mot.md", 4)]
        assert drafts.difference(draft) is None
        with pytest.raises(Refused, match=r"01-mot.md, line 4: not TOML"):
            published(office, draft)
        assert editions.current("chung").number == 1


def test_a_draft_asks_only_for_courses_there_are(office: World) -> None:
    with office.doing():
        editions.publish(a_course("khac", after=("chung",)))
        draft = begun(office, **{"course.toml": FILES["course.toml"] + 'after = ["nao-do"]\n'})
        assert [(one.path, one.line) for one in drafts.checked(draft).faults] == [("course.toml", 8)]

        change(office, draft, "course.toml", FILES["course.toml"] + 'after = ["khac"]\n')

        assert "circle" in drafts.checked(draft).faults[0].message


def test_two_people_who_edit_at_once_notice(office: World) -> None:
    with office.doing():
        draft = begun(office)
        seen = draft.version
        change(office, draft, "01-mot.md", OTHER)

        with pytest.raises(Refused, match="Lò Văn Dũng changed this draft at") as refused:
            drafts.change_file(draft, "01-mot.md", LESSON, seen_version=seen, by=office.accounts["quan"])
        assert "while you had it open" in str(refused.value)
        with pytest.raises(Refused, match="changed this draft"):
            drafts.publish(draft, seen_version=seen, by=office.accounts["dung"])
        assert draft.files["01-mot.md"] == OTHER
        change(office, draft, "01-mot.md", OTHER)  # the same words change nothing
        assert (draft.version, draft.hands) == (seen + 1, [office.accounts["dung"]])


def test_somebody_else_reviews_exactly_what_is_published(office: World) -> None:
    dung, quan, hoa = (office.accounts[who] for who in ("dung", "quan", "hoa"))
    with office.doing(), reviewing(office, "required"):
        draft = begun(office, **{"01-mot.md": OTHER})
        change(office, draft, "quiz.toml", QUIZ.replace("Câu hỏi?", "Câu nào?"), who="hoa")
        with pytest.raises(Refused, match="has to approve"):
            published(office, draft)
        with pytest.raises(Refused, match="Nobody has asked"):
            drafts.approve(draft, words="", seen_version=draft.version, by=quan)
        drafts.ask_review(draft, seen_version=draft.version, by=dung)
        for one in (dung, hoa):
            with pytest.raises(Refused, match="Nobody reviews what they changed themselves"):
                drafts.approve(draft, words="Tốt.", seen_version=draft.version, by=one)
        drafts.approve(draft, words="Tốt.", seen_version=draft.version, by=quan)

        change(office, draft, "01-mot.md", LESSON)  # whatever was approved, it was not this

        assert (draft.state, draft.reviewed_by, draft.review) == ("open", None, "")
        with pytest.raises(Refused, match="has to approve"):
            published(office, draft)
        drafts.ask_review(draft, seen_version=draft.version, by=dung)
        with pytest.raises(Refused, match="Say what has to change"):
            drafts.send_back(draft, words=" ", seen_version=draft.version, by=quan)
        drafts.send_back(draft, words="Thiếu nguồn.", seen_version=draft.version, by=quan)
        assert (draft.state, draft.review) == ("open", "Thiếu nguồn.")
        drafts.ask_review(draft, seen_version=draft.version, by=dung)
        drafts.approve(draft, words="Được.", seen_version=draft.version, by=quan)
        assert published(office, draft).number == 2
        with pytest.raises(Refused, match="published or thrown away already"):
            drafts.throw_away(draft, seen_version=draft.version, by=dung)


def test_one_person_with_two_records_does_not_review_themselves(office: World) -> None:
    with office.doing():
        people.same_person(office.persons["dung"], office.persons["quan"], why="Một người")
        draft = begun(office, **{"01-mot.md": OTHER})
        drafts.ask_review(draft, seen_version=draft.version, by=office.accounts["dung"])

        with pytest.raises(Refused, match="Nobody reviews"):
            drafts.approve(draft, words="", seen_version=draft.version, by=office.accounts["quan"])


def test_an_edition_published_meanwhile_is_not_undone(office: World) -> None:
    with office.doing():
        slow = begun(office, **{"01-mot.md": OTHER})
        published(office, begun(office, **{"02-hai.md": FILES["02-hai.md"].replace("Chữ", "Nhiều chữ")}))
        assert drafts.stale(slow)
        with pytest.raises(Refused, match="Edition 2 was published since this draft was begun"):
            published(office, slow)

        assert drafts.rest_on_current(slow, seen_version=slow.version, by=office.accounts["dung"]) == ()

        difference = drafts.difference(slow)
        assert difference
        assert [one.slug for one in difference.lessons] == ["mot"]  # the other one's change is in it
        assert published(office, slow).number == 3


@pytest.mark.parametrize("draft_again", [True, False])
def test_published_at_the_same_moment_the_second_is_told(office: World, draft_again: bool) -> None:
    with office.doing():
        one = begun(office, **{"01-mot.md": OTHER})
        two = one if draft_again else begun(office, **{"02-hai.md": FILES["02-hai.md"].replace("Chữ", "Nhiều chữ")})
        ids = one.id, two.id

    def publish(draft_id: int) -> Edition:
        return published(office, db.session.get_one(CourseDraft, draft_id))

    told = in_turn(office.app, lambda: publish(ids[0]), lambda: publish(ids[1]))

    assert isinstance(told, Refused)
    assert str(told).startswith("This draft was published" if draft_again else "Edition 2 was published")
    assert count(office.app, Edition) == 2


def test_what_two_drafts_both_changed_is_named(office: World) -> None:
    with office.doing():
        slow = begun(office, **{"01-mot.md": OTHER})
        published(office, begun(office, **{"01-mot.md": LESSON.replace("Chữ", "Nhiều chữ")}))

        assert drafts.rest_on_current(slow, seen_version=slow.version, by=office.accounts["dung"]) == ("01-mot.md",)
        assert slow.files["01-mot.md"] == OTHER


def test_what_the_office_published_stays_until_the_files_say_something_else(office: World, folder: Path) -> None:
    on_disk = folder / "1" / "chung" / "01-mot.md"
    with office.doing():
        published(office, begun(office, **{"01-mot.md": OTHER}))
        published(office, begun(office, **{"01-mot.md": LESSON.replace("Chữ", "Nhiều chữ")}))

    for words, number in (
        (LESSON, 3),  # what they said before
        (OTHER, 3),  # what the office published and changed again
        (LESSON.replace("Chữ", "Ít chữ"), 4),  # something else
        (LESSON, 5),  # and back again
    ):
        on_disk.write_text(words, encoding="utf-8")
        for _time in range(2):
            with office.doing():
                publishing.publish_courses(content.read(folder))
                assert editions.current("chung").number == number


def test_an_older_edition_comes_back_through_a_draft(office: World) -> None:
    with office.doing():
        first = editions.current("chung").id
        published(office, begun(office, **{"01-mot.md": OTHER}))
        draft = drafts.draft_from_edition(first, by=office.accounts["dung"])

        edition = published(office, draft)

        assert (edition.number, edition.sha256) == (3, editions.named(first).sha256)
        with pytest.raises(Refused, match="nothing to publish"):
            published(office, drafts.draft_from_edition(edition.id, by=office.accounts["dung"]))


def test_files_are_filled_into_editions_published_before(world: World, folder: Path) -> None:
    library = content.read(folder)
    with world.doing():
        editions.publish(library.courses[0])
        with pytest.raises(Refused, match="files of edition 1 were not kept"):
            drafts.draft_from_edition(editions.current("chung").id, by=world.accounts["dung"])
        assert [one.kept for one in draft_queries.editions_of("chung")] == [False]

    with world.doing():
        assert publishing.publish_courses(library) == []

    with world.doing():
        assert editions.current("chung").files == files_in(folder / "1" / "chung")


def test_one_lesson_is_changed_and_the_rest_of_its_file_stays(office: World) -> None:
    commented = LESSON.replace("minutes = 5", "minutes = 5  # đọc thử: 5 phút").replace("# A", "A")
    with office.doing():
        draft = begun(office, **{"01-mot.md": commented})
        lesson = drafts.lesson_of(draft, "01-mot.md")
        asked = replace(lesson, title='Bài "một"\nhai dòng', remember=("Một.", "", "Hai."), body="Chữ mới.\r\n")

        drafts.change_lesson(draft, "01-mot.md", asked, seen_version=draft.version, by=office.accounts["dung"])

        assert "minutes = 5  # đọc thử: 5 phút" in draft.files["01-mot.md"]
        kept = drafts.lesson_of(draft, "01-mot.md")
        assert kept == replace(asked, remember=("Một.", "Hai."), body="Chữ mới.")
        with pytest.raises(LookupError):
            drafts.lesson_of(draft, "quiz.toml")


def test_one_question_is_changed_added_removed(office: World) -> None:
    by = office.accounts["dung"]
    with office.doing():
        draft = begun(office, **{"quiz.toml": "# Đề của năm 2026\n" + QUIZ})
        question = drafts.question_of(draft, "cau-1")
        three = (*question.choices, Choice("c", "Ba", True, "Vì cũng thế."))
        drafts.change_question(draft, "cau-1", replace(question, choices=three), seen_version=draft.version, by=by)
        drafts.change_question(draft, None, replace(question, slug="cau-2"), seen_version=draft.version, by=by)

        assert drafts.questions_of(draft) == (replace(question, choices=three), replace(question, slug="cau-2"))
        assert draft.files["quiz.toml"].startswith("# Đề của năm 2026\n" + QUIZ.rstrip())
        drafts.remove_question(draft, "cau-1", seen_version=draft.version, by=by)
        assert [one.slug for one in drafts.questions_of(draft)] == ["cau-2"]
        with pytest.raises(LookupError):
            drafts.remove_question(draft, "cau-1", seen_version=draft.version, by=by)


def test_every_lesson_and_question_of_ours_can_be_taken_apart_and_put_together() -> None:
    for folder in sorted(path.parent for path in content.FOLDER.glob("[1-4]/*/course.toml")):
        files = files_in(folder)
        for path, text in files.items():
            if path[0].isdigit():
                assert editing.with_lesson(text, editing.lesson_of(text)) == text, path
        questions = editing.questions_of(files["quiz.toml"])
        assert editing.with_question(files["quiz.toml"], questions[0].slug, questions[0]) == files["quiz.toml"]


def test_a_picture_that_could_do_something_does_not_come_into_a_draft(office: World) -> None:
    with office.doing():
        draft = begun(office)
        for path, text, words in (
            ("pictures/a.svg", SOUND.replace("<text x=", "<script>x</script><text x="), "line 5: <script>"),
            ("../a.md", "x", "is no file of a course"),
            ("01-mot.md", "x\0", "no text"),
        ):
            with pytest.raises(Refused, match=words):
                change(office, draft, path, text)
        assert draft.version == 1


def test_the_difference_can_be_read() -> None:
    before = checking.checked("chung", FILES).course
    after = checking.checked(
        "chung",
        {
            "01-hai.md": FILES["02-hai.md"],
            "02-mot.md": LESSON.replace("Chữ ở đây", "Nhiều chữ hơn ở đây").replace("minutes = 5", "minutes = 6"),
            "03-ba.md": LESSON.replace('"mot"', '"ba"').replace("hai](hai", "một](mot"),
            "course.toml": FILES["course.toml"].replace("hours = 8", "hours = 9"),
            "quiz.toml": QUIZ.replace("right = true", "right = x")
            .replace("right = false", "right = true")
            .replace("right = x", "right = false"),
        },
    ).course
    assert before
    assert after
    found = differences.between(before, after)

    assert [(one.name, one.before, one.after) for one in found.facts] == [("hours", "8", "9")]
    assert [(one.kind, one.slug, one.before, one.after) for one in found.lessons if one.kind == "added"] == [
        ("added", "ba", 0, 3)
    ]
    changed = next(one for one in found.lessons if one.slug == "mot")
    assert [(one.name, one.before, one.after) for one in changed.facts] == [("minutes", "5", "6")]
    [paragraph] = changed.paragraphs
    assert [(one.kind, one.text) for one in paragraph.segments] == [
        ("removed", "Chữ"), ("added", "Nhiều chữ hơn"), ("same", "ở đây, và bài hai."),
    ]  # fmt: skip
    assert sum(one.moved for one in found.lessons) == 1
    [question] = found.questions
    assert (question.right_changed, question.right_before, question.right_after) == (True, ("Một",), ("Hai",))
    assert found.questions[0].kind == "changed"
    back = differences.between(after, before)
    assert [one.slug for one in back.lessons if one.kind == "removed"] == ["ba"]
    assert differences.between(after, after).empty


def test_what_is_made_to_take_long_is_compared_in_no_time() -> None:
    def compared(many: int) -> int:
        return len(differences.paragraphs(["a b"] * many, ["b a", "c"] * (many // 2)))

    assert compared(20_000) == 30_000
    assert len(differences.paragraphs(["x y " * 50_000], ["y x " * 50_000])) == 2
    assert_grows_evenly(compared, 20_000)
    assert_grows_evenly(lambda many: differences.paragraphs(["x y " * many], ["y x " * many]), 200_000)


def test_thrown_away_it_changes_nothing(office: World) -> None:
    with office.doing():
        draft = begun(office, **{"01-mot.md": OTHER})
        drafts.throw_away(draft, seen_version=draft.version, by=office.accounts["dung"])

        assert db.session.scalar(select(func.count()).select_from(Edition)) == 1
        assert [one.state for one in draft_queries.drafts_of("chung")] == ["thrown_away"]
        with pytest.raises(Refused, match="thrown away already"):
            published(office, draft)
