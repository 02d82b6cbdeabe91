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
from lms.kernel.said import Said
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
) -> Iterator[Said]:
    """Everything in which the course falls short, in words. `files`: path -> text of its folder, to say on which line."""
    ended = [law for law in laws if law.ended_on <= today]
    for lesson in course.lessons:
        for fault in (*_of_lesson(lesson), *_stale(texts_of(lesson), ended)):
            yield Said("%(where)s: %(what)s", where=lesson.slug, what=fault)
        for one in _too_long(sentences(lesson.html)):
            yield Said("%(where)s: %(what)s", where=_place(one, lesson, files), what=_is_long(one))
    yield from _of_questions(course, track)
    if track and len(course.lessons) < track.least_lessons:
        yield Said("%(n)s lessons: the track asks for %(least)s", n=len(course.lessons), least=track.least_lessons)
    if "class" in course.parts and not course.guide:
        yield Said("no guide.md: expected a trainer's guide beside course.toml, because there is a class")
    for question in course.quiz.questions if course.quiz else ():
        true = [text for choice in question.choices for text in (choice.right and choice.text, choice.reason) if text]
        for fault in _stale((question.text, question.source, *true), ended):
            yield Said("%(where)s: %(what)s", where=question.slug, what=fault)
    for fault in _stale([plain(course.guide)], ended):
        yield Said("%(where)s: %(what)s", where="guide.md", what=fault)
    if size(course) > COURSE_SIZE:
        yield Said("%(size)s bytes as it travels: expected %(most)s at most", size=size(course), most=COURSE_SIZE)


def _of_lesson(lesson: Lesson) -> Iterator[Said]:
    least, most = MINUTES
    if not least <= lesson.minutes <= most:
        yield Said("%(n)s minutes: expected %(least)s to %(most)s", n=lesson.minutes, least=least, most=most)
    words = plain(lesson.html).split()
    if not PACE[0] <= len(words) / lesson.minutes <= PACE[1]:
        yield Said(
            "%(n)s words in %(minutes)s minutes: expected %(least)s to %(most)s a minute",
            n=len(words),
            minutes=lesson.minutes,
            least=PACE[0],
            most=PACE[1],
        )
    if not prose.checks(lesson.html):
        yield Said(
            "no check: expected %(asked)s and %(answered)s somewhere in the text",
            asked=prose.ASKED,
            answered=prose.ANSWERED,
        )
    if not lesson.remember:
        yield Said("nothing to remember: expected two to four lines")
    if (weight := len(gzip.compress(lesson.html.encode()))) > LESSON_SIZE:
        yield Said("%(size)s bytes as it travels: expected %(most)s at most", size=weight, most=LESSON_SIZE)
    lengths = [len(one.split()) for one in sentences(lesson.html)]
    if lengths and sum(lengths) / len(lengths) > AVERAGE:
        yield Said(
            "sentences of %(n)s words on average: expected %(most)s at most",
            n=round(sum(lengths) / len(lengths)),
            most=AVERAGE,
        )


def _too_long(texts: Iterable[str]) -> list[str]:
    return [one for one in texts if len(one.split()) > LONGEST]


def _is_long(sentence: str) -> str:
    words = sentence.split()
    return Said(
        "a sentence of %(n)s words (“%(words)s …”): expected %(most)s at most",
        n=len(words),
        words=" ".join(words[:8]),
        most=LONGEST,
    )


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


def _of_questions(course: Course, track: TrackShape | None) -> Iterator[Said]:
    questions = course.quiz.questions if course.quiz else ()
    if track and len(questions) < track.least_questions:
        yield Said("%(n)s questions: the track asks for %(least)s", n=len(questions), least=track.least_questions)
    if not course.quiz:
        return
    aims = Counter(question.aim for question in questions)
    for lesson in course.lessons:
        if aims[lesson.slug] < QUESTIONS:
            yield Said(
                "%(where)s: %(n)s questions about its aim: expected %(least)s at least",
                where=lesson.slug,
                n=aims[lesson.slug],
                least=QUESTIONS,
            )
    for question in questions:
        for one in _too_long(
            _SENTENCE.split("\n".join((question.text, *(choice.reason for choice in question.choices))))
        ):
            yield Said("%(where)s: %(what)s", where=question.slug, what=_is_long(one))
    single = [question.choices for question in questions if question.kind == "one"]
    first = sum(choices[0].right for choices in single)
    longest = sum(max(choices, key=lambda one: len(one.text)).right for choices in single)
    for told, fault in (
        (
            first,
            Said(
                "the right choice is the first in %(n)s of %(of)s questions: expected half of them at most",
                n=first,
                of=len(single),
            ),
        ),
        (
            longest,
            Said(
                "the right choice is the longest in %(n)s of %(of)s questions: expected half of them at most",
                n=longest,
                of=len(single),
            ),
        ),
    ):
        if told * TOLD > len(single):
            yield fault
    yield from _of_bank(course.quiz)


def _of_bank(quiz: Quiz) -> Iterator[Said]:
    """The questions beside each other."""
    questions = quiz.questions
    try:
        parallel.two(quiz, quiz.title)
    except Refused as refused:
        yield Said("no papers for before and after a class: %(why)s", why=Said(refused.message, **refused.values))
    situations = sum(question.situation for question in questions)
    if situations * SITUATIONS < len(questions):
        yield Said(
            "%(n)s situations in %(of)s questions: expected one in %(least)s at least",
            n=situations,
            of=len(questions),
            least=SITUATIONS,
        )


def _stale(texts: Iterable[str], ended: list[EndedLaw]) -> Iterator[Said]:
    """Sentences that name an ended law as if it still held: neither what took its place nor that it ended stands beside it."""
    for text in texts:
        for one in _SENTENCE.split(text):
            for law in ended:
                if law.number in one and law.instead not in one and not _SAID_SO.search(one):
                    yield Said(
                        "“%(law)s” ended on %(day)s: expected %(instead)s, or that it was replaced",
                        law=law.number,
                        day=f"{law.ended_on:%d/%m/%Y}",
                        instead=law.instead,
                    )


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
