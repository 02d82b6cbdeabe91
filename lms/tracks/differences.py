"""What is another between two wordings of a course, for people to read: plain values, no HTML. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from difflib import SequenceMatcher
from typing import Any, Literal

from lms.tracks.course import Course, Lesson, Question, Quiz
from lms.tracks.standard import plain

Kind = Literal["same", "added", "removed"]
Change = Literal["added", "removed", "changed"]
APART = frozenset(
    {"slug", "lessons", "quiz", "guide", "glossary", "pictures", "html", "questions", "text", "choices"}
)  # fields compared word by word or one by one
Code = tuple[Literal["replace", "delete", "insert", "equal"], int, int, int, int]
MOST_COMPARED = 2_000_000  # pairs of words or paragraphs; the longest guide of ours has 300 paragraphs
ALIKE = 0.4  # share of words: below it a paragraph was not changed but another put in its place


@dataclass(frozen=True)
class Segment:
    """Words of a paragraph, as they stay, come or go."""

    kind: Kind
    text: str


@dataclass(frozen=True)
class Paragraph:
    """A paragraph that came, went or changed; only these are listed."""

    kind: Change
    segments: tuple[Segment, ...]


@dataclass(frozen=True)
class Fact:
    """A key of the course, the test, a lesson or a question, before and after; "" where there was none. Lists are lines."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class LessonChange:
    """A lesson that came, went, changed or stands elsewhere (`moved`). Places count from 1; 0: not there."""

    kind: Change
    slug: str
    title: str
    before: int
    after: int
    moved: bool = False
    facts: tuple[Fact, ...] = ()
    paragraphs: tuple[Paragraph, ...] = ()


@dataclass(frozen=True)
class QuestionChange:
    """A question that came, went or changed. The right answers as texts; `right_changed`: whoever knew it before is wrong now."""

    kind: Change
    slug: str
    text: str
    right_before: tuple[str, ...]
    right_after: tuple[str, ...]
    right_changed: bool = False
    facts: tuple[Fact, ...] = ()
    paragraphs: tuple[Paragraph, ...] = ()  # its text, its choices with their reasons


@dataclass(frozen=True)
class Difference:
    """Everything that is another. `new`: there is no edition yet, so all of it is."""

    new: bool
    facts: tuple[Fact, ...]
    quiz_facts: tuple[Fact, ...]
    lessons: tuple[LessonChange, ...]
    questions: tuple[QuestionChange, ...]
    guide: tuple[Paragraph, ...]
    glossary: tuple[Paragraph, ...]
    pictures: tuple[tuple[Change, str], ...]  # (what, file name)

    @property
    def empty(self) -> bool:
        """The same words."""
        parts = (self.facts, self.quiz_facts, self.lessons, self.questions, self.guide, self.glossary, self.pictures)
        return not self.new and not any(parts)


def between(before: Course | None, after: Course) -> Difference:
    """From the one to the other; None: from nothing."""
    quizzes = before and before.quiz, after.quiz
    return Difference(
        new=before is None,
        facts=_facts(before, after, Course),
        quiz_facts=_facts(*quizzes, Quiz),
        lessons=tuple(_lessons(before.lessons if before else (), after.lessons)),
        questions=tuple(_questions(*(quiz.questions if quiz else () for quiz in quizzes))),
        guide=paragraphs(_lines(before.guide if before else ""), _lines(after.guide)),
        glossary=paragraphs(_lines(before.glossary if before else ""), _lines(after.glossary)),
        pictures=tuple(_pictures(before, after)),
    )


def paragraphs(before: Sequence[str], after: Sequence[str]) -> tuple[Paragraph, ...]:
    """Paragraph by paragraph what came, went, changed."""
    found: list[Paragraph] = []
    for tag, i, j, k, m in _codes(before, after):
        if tag == "equal":
            continue
        old, new = list(before[i:j]), list(after[k:m])
        while old and new:
            if _alike(old[0].split(), new[0].split()) >= ALIKE:
                found.append(Paragraph("changed", tuple(_segments(old.pop(0), new.pop(0)))))
            elif len(old) >= len(new):
                found.append(_whole("removed", old.pop(0)))
            else:
                found.append(_whole("added", new.pop(0)))
        found += [_whole("removed", one) for one in old] + [_whole("added", one) for one in new]
    return tuple(found)


def _codes(before: Sequence[str], after: Sequence[str]) -> list[Code]:
    """As difflib says it; what is too long to be compared is said to be another altogether."""
    if len(before) * len(after) > MOST_COMPARED:
        return [("replace", 0, len(before), 0, len(after))]
    return SequenceMatcher(None, before, after, autojunk=False).get_opcodes()


def _alike(before: Sequence[str], after: Sequence[str]) -> float:
    """The share of words that stay."""
    stay = sum(j - i for tag, i, j, *_ in _codes(before, after) if tag == "equal")
    return 2 * stay / (len(before) + len(after))


def _whole(kind: Literal["added", "removed"], text: str) -> Paragraph:
    return Paragraph(kind, (Segment(kind, text),))


def _segments(before: str, after: str) -> Iterator[Segment]:
    """Words that stay, go, come, in the order they are read. One word that stays between two that do not goes with them."""
    old, new = before.split(), after.split()
    gone: list[str] = []
    come: list[str] = []
    codes = _codes(old, new)
    for place, (tag, i, j, k, m) in enumerate(codes):
        if tag == "equal" and (j - i > 1 or place in {0, len(codes) - 1}):
            yield from _flushed(gone, come)
            yield Segment("same", " ".join(old[i:j]))
        else:
            gone += old[i:j]
            come += new[k:m]
    yield from _flushed(gone, come)


def _flushed(gone: list[str], come: list[str]) -> Iterator[Segment]:
    if gone:
        yield Segment("removed", " ".join(gone))
    if come:
        yield Segment("added", " ".join(come))
    gone.clear()
    come.clear()


def _lessons(before: Sequence[Lesson], after: Sequence[Lesson]) -> Iterator[LessonChange]:
    old, new = {one.slug: (place, one) for place, one in enumerate(before, 1)}, {one.slug for one in after}
    stayed = [one.slug for one in before if one.slug in new]
    now = [one.slug for one in after if one.slug in old]
    matcher = SequenceMatcher(None, stayed, now, autojunk=False)
    still = {slug for block in matcher.get_matching_blocks() for slug in stayed[block.a : block.a + block.size]}
    for place, lesson in enumerate(after, 1):
        was_at, was = old.get(lesson.slug, (0, None))
        facts = _facts(was, lesson, Lesson)
        words = paragraphs(_lines(was.html if was else ""), _lines(lesson.html))
        moved = was is not None and lesson.slug not in still
        if facts or words or moved:
            kind: Change = "changed" if was else "added"
            yield LessonChange(kind, lesson.slug, lesson.title, was_at, place, moved, facts, words)
    for place, lesson in enumerate(before, 1):
        if lesson.slug not in new:
            yield LessonChange("removed", lesson.slug, lesson.title, place, 0)


def _questions(before: Sequence[Question], after: Sequence[Question]) -> Iterator[QuestionChange]:
    old, new = {one.slug: one for one in before}, {one.slug for one in after}
    for question in after:
        was = old.get(question.slug)
        if was == question:
            continue
        kind: Change = "changed" if was else "added"
        facts = _facts(was, question, Question)
        words = paragraphs(_asked(was) if was else (), _asked(question))
        right = _right(was) if was else (), _right(question)
        wrong = {choice.text for choice in was.choices if not choice.right} if was else set()
        changed = was is not None and (was.correct != question.correct or bool(wrong & set(right[1])))
        yield QuestionChange(kind, question.slug, question.text, *right, changed, facts, words)
    for question in before:
        if question.slug not in new:
            yield QuestionChange("removed", question.slug, question.text, _right(question), ())


def _asked(question: Question) -> tuple[str, ...]:
    return (question.text, *(line for choice in question.choices for line in (choice.text, choice.reason)))


def _right(question: Question) -> tuple[str, ...]:
    return tuple(choice.text for choice in question.choices if choice.right)


def _pictures(before: Course | None, after: Course) -> Iterator[tuple[Change, str]]:
    old, new = ({one.name: one for one in course.pictures} if course else {} for course in (before, after))
    for name in sorted({*old, *new}):
        if old.get(name) != new.get(name):
            yield ("changed" if name in old and name in new else "added" if name in new else "removed"), name


def _facts(before: Any, after: Any, of: type) -> tuple[Fact, ...]:
    """Every field that is not looked at by itself, so that a new one cannot change unseen."""
    pairs = ((one.name, _said(before, one.name), _said(after, one.name)) for one in fields(of) if one.name not in APART)
    return tuple(Fact(*one) for one in pairs if one[1] != one[2])


def _said(of: Any, name: str) -> str:
    value = getattr(of, name) if of is not None else ""
    return "\n".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _lines(markup: str) -> list[str]:
    return [line.strip() for line in plain(markup).split("\n") if line.strip()]
