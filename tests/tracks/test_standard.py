"""What a course falls short of is said in words; what we ship falls short of nothing."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from flask import Flask

from lms.tracks import content, standard
from lms.tracks.course import Course, Lesson, Question
from lms.tracks.library import files_in
from lms.tracks.shapes import EndedLaw, TrackShape

TODAY = date(2026, 11, 24)
LAW = EndedLaw(number="144/2021", ended_on=date(2025, 12, 15), instead="282/2025", source="x")
CHECK = '<div class="check"><p>Hỏi?</p></div>'


def said(course: Course, track: TrackShape | None = None, on: date = TODAY) -> str:
    return "\n".join(standard.shortfalls(course, track, [LAW], on))


@pytest.fixture(scope="module")
def shipped() -> content.Library:
    return content.read()


@pytest.fixture
def sound(shipped: content.Library) -> Course:
    return next(course for course in shipped.courses if course.slug == "tu-van-tham-van")


def with_first(course: Course, **changes: object) -> Course:
    first = replace(course.lessons[0], **changes)  # type: ignore[arg-type]
    return replace(course, lessons=(first, *course.lessons[1:]))


def with_questions(course: Course, *questions: Question) -> Course:
    assert course.quiz
    return replace(course, quiz=replace(course.quiz, questions=questions))


def test_what_we_ship_is_as_asked(shipped: content.Library) -> None:
    assert shipped.plan
    tracks = {track.slug: track for track in shipped.plan.tracks}
    least = {slug: (track.least_lessons, track.least_questions) for slug, track in tracks.items() if slug != "5"}

    assert least == {"1": (10, 60), "2": (12, 60), "3": (14, 60), "4": (6, 40)}
    assert sorted((course.track, course.hours) for course in shipped.courses) == [
        ("1", 8), ("2", 16), ("3", 32), ("4", 6), ("4", 6), ("4", 6), ("4", 6),
    ]  # fmt: skip
    for course in shipped.courses:
        assert list(standard.shortfalls(course, tracks[course.track], shipped.laws, TODAY)) == []
        assert "<table>" in course.guide


def long(lesson: Lesson) -> str:
    return lesson.html + f"<p>{'dài ' * 30}dài.</p>"


def test_a_lesson_that_falls_short(sound: Course) -> None:
    first = sound.lessons[0]
    assert said(sound) == ""
    assert "8 minutes: expected 3 to 7" in said(with_first(sound, minutes=8))
    assert "words in 7 minutes" in said(with_first(sound, minutes=7, html=CHECK))
    assert "no check" in said(with_first(sound, html=first.html.replace("check", "")))
    assert "a sentence of 31 words (“dài dài" in said(with_first(sound, html=long(first)))
    assert "nothing to remember" in said(with_first(sound, remember=()))
    noise = "".join(f"<p>{number:x}.</p>" for number in range(70_000, 72_500))
    assert "bytes as it travels" in said(with_first(sound, html=first.html + noise))


def test_questions_that_fall_short(sound: Course) -> None:
    assert sound.quiz
    questions = sound.quiz.questions
    aim = sound.lessons[3].slug
    plain = [replace(one, situation=False) for one in questions]

    about = [one for one in questions if one.aim == aim]
    others = [one for one in questions if one.aim != aim]
    assert f"{aim}: 0 questions about its aim: expected 4" in said(with_questions(sound, *others))
    assert f"{aim}: 3 questions about its aim: expected 4" in said(with_questions(sound, *others, *about[:3]))
    lengthy = replace(questions[0], text=f"Ngắn. {'dài ' * 31}")
    assert f"{lengthy.slug}: a sentence of 31 words" in said(with_questions(sound, lengthy, *questions[1:]))
    single = [replace(one, choices=tuple(sorted(one.choices, key=lambda c: not c.right))) for one in questions]
    ones, n, lessons = sum(one.kind == "one" for one in questions), len(questions), len(sound.lessons)
    first = f"the right choice is the first in {ones} of {ones} questions: expected half"
    assert first in said(with_questions(sound, *single))
    assert f"0 situations in {n} questions: expected one in 3" in said(with_questions(sound, *plain))
    track = TrackShape(
        slug="4",
        title="x",
        short_title="x",
        audience="x",
        source="x",
        least_lessons=lessons + 1,
        least_questions=n + 1,
    )
    assert f"{lessons} lessons: the track asks for {lessons + 1}" in said(sound, track)
    assert f"{n} questions: the track asks for {n + 1}" in said(sound, track)
    assert "no guide.md" in said(replace(sound, guide=""))


def test_a_long_sentence_is_found_in_its_file(folder: Path) -> None:
    path = folder / "1" / "chung" / "01-mot.md"
    path.write_text(path.read_text(encoding="utf-8") + f"\nNgắn. Khoản 1 **dài** {'dài ' * 30}dài.\n", encoding="utf-8")
    library = content.read(folder)
    number = len(path.read_text(encoding="utf-8").splitlines())
    said = list(standard.shortfalls(library.courses[0], None, (), TODAY, files_in(path.parent)))
    assert (
        f"01-mot.md:{number}: a sentence of 34 words (“Khoản 1 dài dài dài dài dài dài …”): expected 30 at most" in said
    )


@pytest.mark.parametrize(
    "words, stale",
    [
        ("Mức phạt theo Nghị định 144/2021/NĐ-CP.", True),
        ("Nghị định 282/2025/NĐ-CP thay Nghị định 144/2021/NĐ-CP.", False),
        ("Nghị định 144/2021 đã hết hiệu lực.", False),
        ("Dùng Nghị định 282/2025. Phạt theo 144/2021.", True),
    ],
)
def test_a_law_that_has_ended_is_not_named_as_if_it_held(sound: Course, words: str, stale: bool) -> None:
    assert sound.quiz
    first, *others = sound.quiz.questions
    for course in (
        with_first(sound, html=f"{sound.lessons[0].html}<p>{words}</p>"),
        with_first(sound, sources=(words,)),
        replace(sound, guide=f"<p>{words}</p><table></table>"),
        with_questions(sound, replace(first, source=words), *others),
    ):
        assert ("“144/2021” ended on 15/12/2025: expected 282/2025" in said(course)) == stale
        assert said(course, on=date(2025, 12, 14)) == ""


def test_the_command_prints_the_table_and_refuses_what_falls_short(app: Flask, folder: Path) -> None:
    sound = app.test_cli_runner().invoke(args=["courses", "check"])
    assert sound.exit_code == 0
    for words in ("situations", "Nothing is wrong."):
        assert words in sound.output
    assert re.search(r"^3 +giang-vien-nguon +32 +\d+ +\d+ +\d+ % ", sound.output, re.MULTILINE)

    short = app.test_cli_runner().invoke(args=["courses", "check", str(folder)])
    assert short.exit_code == 1
    assert "chung: mot: no check" in short.output
