"""What a course has to be before people are asked to spend their time on it. Looked at by `courses check`; pages never ask. Pure.

The minima of lessons and questions stand with each track in plan.toml; which texts of law have ended stands in laws.toml.
"""

import gzip
import html
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from types import MappingProxyType

from lms.kernel import prose
from lms.kernel.refused import Refused
from lms.tracks import parallel
from lms.tracks.course import Course, Lesson, Quiz
from lms.tracks.shapes import EndedLaw, TrackShape

MINUTES = (3, 7)  # of a lesson
PACE = (
    60,
    180,
)  # words (syllables) a minute: slower is padded, faster is not read on a phone, by many in their second language
LONGEST, AVERAGE = 30, 12  # words (syllables) of a sentence
LESSON_SIZE, COURSE_SIZE = 4_000, 400_000  # bytes, compressed
SITUATIONS = 3  # one question in so many, at least
QUESTIONS = 4  # about each aim: enough for two papers that share none
TOLD = 2  # in not more than one question of so many is the right choice the first, or the longest

_BLOCK = re.compile(r"</(?:p|li|td|th|h\d|summary)>")
_TAG = re.compile(r"<[^>]+>")
_SENTENCE = re.compile(r"(?<=[.!?…:;])[”\")]*\s+|\n")
_MARKUP = re.compile(r"\]\([^)]*\)|[*_`>#[|]")
_SAID_SO = re.compile(r"thay|hết hiệu lực|mức cũ|văn bản cũ|luật cũ|không dùng", re.IGNORECASE)


def shortfalls(
    course: Course,
    track: TrackShape | None,
    laws: Iterable[EndedLaw],
    today: date,
    files: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[str]:
    """Everything in which the course falls short, in words. `files`: path -> text of its folder, to say on which line."""
    ended = [law for law in laws if law.ended_on <= today]
    for lesson in course.lessons:
        for fault in (*_of_lesson(lesson), *_stale(texts_of(lesson), ended)):
            yield f"{lesson.slug}: {fault}"
        for one in _too_long(sentences(lesson.html)):
            yield f"{_place(one, lesson, files)}: {_is_long(one)}"
    yield from _of_questions(course, track)
    if track and len(course.lessons) < track.least_lessons:
        yield f"{len(course.lessons)} lessons: the track asks for {track.least_lessons}"
    if "class" in course.parts and not course.guide:
        yield "no guide.md: expected a trainer's guide beside course.toml, because there is a class"
    for question in course.quiz.questions if course.quiz else ():
        true = [text for choice in question.choices for text in (choice.right and choice.text, choice.reason) if text]
        for fault in _stale((question.text, question.source, *true), ended):
            yield f"{question.slug}: {fault}"
    for fault in _stale([plain(course.guide)], ended):
        yield f"guide: {fault}"
    if size(course) > COURSE_SIZE:
        yield f"{size(course)} bytes as it travels: expected {COURSE_SIZE} at most"


def _of_lesson(lesson: Lesson) -> Iterator[str]:
    least, most = MINUTES
    if not least <= lesson.minutes <= most:
        yield f"{lesson.minutes} minutes: expected {least} to {most}"
    words = plain(lesson.html).split()
    if not PACE[0] <= len(words) / lesson.minutes <= PACE[1]:
        yield f"{len(words)} words in {lesson.minutes} minutes: expected {PACE[0]} to {PACE[1]} a minute"
    if not prose.checks(lesson.html):
        yield f"no check: expected {prose.ASKED} and {prose.ANSWERED} somewhere in the text"
    if not lesson.remember:
        yield "nothing to remember: expected two to four lines"
    if (weight := len(gzip.compress(lesson.html.encode()))) > LESSON_SIZE:
        yield f"{weight} bytes as it travels: expected {LESSON_SIZE} at most"
    lengths = [len(one.split()) for one in sentences(lesson.html)]
    if lengths and sum(lengths) / len(lengths) > AVERAGE:
        yield f"sentences of {sum(lengths) / len(lengths):.0f} words on average: expected {AVERAGE} at most"


def _too_long(texts: Iterable[str]) -> list[str]:
    return [one for one in texts if len(one.split()) > LONGEST]


def _is_long(sentence: str) -> str:
    words = sentence.split()
    return f"a sentence of {len(words)} words (“{' '.join(words[:8])} …”): expected {LONGEST} at most"


def _place(sentence: str, lesson: Lesson, files: Mapping[str, str]) -> str:
    """File and line on which the sentence begins, or the lesson alone where the file is not at hand."""
    begins = " ".join(sentence.split()[:4])
    for name, text in files.items():
        if f'slug = "{lesson.slug}"' in text:
            body = text.rfind("\n+++") + 4  # after the keys, whose title may begin alike
            first = text.count("\n", 0, body) + 1
            for number, line in enumerate(text[body:].splitlines(), start=first):
                if begins in " ".join(_MARKUP.sub("", line).split()):
                    return f"{name}:{number}"
    return lesson.slug


def _of_questions(course: Course, track: TrackShape | None) -> Iterator[str]:
    questions = course.quiz.questions if course.quiz else ()
    if track and len(questions) < track.least_questions:
        yield f"{len(questions)} questions: the track asks for {track.least_questions}"
    if not course.quiz:
        return
    aims = Counter(question.aim for question in questions)
    for lesson in course.lessons:
        if aims[lesson.slug] < QUESTIONS:
            yield f"{lesson.slug}: {aims[lesson.slug] or 'no'} questions about its aim: expected {QUESTIONS} at least"
    for question in questions:
        for one in _too_long(
            _SENTENCE.split("\n".join((question.text, *(choice.reason for choice in question.choices))))
        ):
            yield f"{question.slug}: {_is_long(one)}"
    single = [question.choices for question in questions if question.kind == "one"]
    for told, what in (
        (sum(choices[0].right for choices in single), "the first"),
        (sum(max(choices, key=lambda one: len(one.text)).right for choices in single), "the longest"),
    ):
        if told * TOLD > len(single):
            yield f"the right choice is {what} in {told} of {len(single)} questions: expected half of them at most"
    yield from _of_bank(course.quiz)


def _of_bank(quiz: Quiz) -> Iterator[str]:
    """The questions beside each other."""
    questions = quiz.questions
    try:
        parallel.two(quiz, quiz.title)
    except Refused as refused:
        yield f"no papers for before and after a class: {refused}"
    situations = sum(question.situation for question in questions)
    if situations * SITUATIONS < len(questions):
        yield f"{situations} situations in {len(questions)} questions: expected one in {SITUATIONS} at least"


def _stale(texts: Iterable[str], ended: list[EndedLaw]) -> Iterator[str]:
    """Sentences that name an ended law as if it still held: neither what took its place nor that it ended stands beside it."""
    for text in texts:
        for one in _SENTENCE.split(text):
            for law in ended:
                if law.number in one and law.instead not in one and not _SAID_SO.search(one):
                    yield f"“{law.number}” ended on {law.ended_on:%d/%m/%Y}: expected {law.instead}, or that it was replaced"


def texts_of(lesson: Lesson) -> tuple[str, ...]:
    return (lesson.title, lesson.aim, lesson.warning, *lesson.remember, *lesson.sources, plain(lesson.html))


def plain(markup: str) -> str:
    """The words of our HTML; each block on its line."""
    return html.unescape(_TAG.sub("", _BLOCK.sub("\n", markup)))


def sentences(markup: str) -> list[str]:
    return [one for one in _SENTENCE.split(plain(markup)) if one.strip()]


def size(course: Course) -> int:
    """Bytes of the whole course as it would travel."""
    return len(gzip.compress(json.dumps(course.as_content(), ensure_ascii=False).encode()))
