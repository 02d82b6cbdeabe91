"""A course as plain values: what `courses/` holds, what an edition keeps, what pages and rules read. Pure."""

import hashlib
import json
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, Literal

Kind = Literal["one", "several", "true_false"]
PARTS = ("lessons", "test", "class")
OPTIONAL = frozenset({"glossary", "pictures", "after", "best_after", "in_order"})
CONFIDENTIAL = "5"  # the track that knows no persons


@dataclass(frozen=True)
class Choice:
    """One thing to tick. The reason is shown after submission, for right and wrong ones alike."""

    slug: str
    text: str
    right: bool
    reason: str


@dataclass(frozen=True)
class Question:
    """A question with its aim (the slug of the lesson it tests)."""

    slug: str
    kind: Kind
    aim: str
    text: str
    difficulty: int
    situation: bool
    source: str
    choices: tuple[Choice, ...]

    @property
    def correct(self) -> frozenset[str]:
        return frozenset(choice.slug for choice in self.choices if choice.right)


@dataclass(frozen=True)
class Quiz:
    """The final test. `draw` questions are drawn for each attempt (0: all); `max_tries` 0 is without limit."""

    title: str
    pass_mark: int
    draw: int
    max_tries: int
    retry_hours: int
    questions: tuple[Question, ...]

    @cached_property
    def by_slug(self) -> dict[str, Question]:
        return {question.slug: question for question in self.questions}


@dataclass(frozen=True)
class Lesson:
    """One aim, three to seven minutes. `html` was made from the Markdown body and cleaned when the edition was published."""

    slug: str
    title: str
    minutes: int
    aim: str
    html: str
    sources: tuple[str, ...]
    remember: tuple[str, ...] = ()
    warning: str = ""
    law_dates: tuple[str, ...] = ()


@dataclass(frozen=True)
class Picture:
    """A drawing as it is served (`tracks.pictures`), with its size in pixels. Its address changes when it does."""

    name: str  # nam-viec.svg
    svg: str
    width: int
    height: int

    @cached_property
    def file_name(self) -> str:
        return f"{self.name.removesuffix('.svg')}.{hashlib.sha256(self.svg.encode()).hexdigest()[:12]}.svg"


@dataclass(frozen=True)
class Sound:
    """A lesson read aloud in one language (`tracks.sounds`). Beside the course, not in its wording."""

    lesson: str  # its slug
    language: str  # hmn
    kind: str  # mp3
    content: bytes

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True)
class Course:
    """A course in one wording."""

    slug: str
    track: str
    title: str
    summary: str
    hours: int  # tiết of 45 minutes
    parts: tuple[str, ...]
    class_min_share: int  # percent of planned hours
    certificate: bool
    audience: str
    lessons: tuple[Lesson, ...]
    quiz: Quiz | None
    guide: str = ""  # for the trainer of its class: clean HTML; no learner's page shows it
    glossary: str = ""  # clean HTML, for the handout
    pictures: tuple[Picture, ...] = ()  # those its lessons show
    after: tuple[str, ...] = ()  # courses to be completed before this one is begun
    best_after: tuple[str, ...] = ()  # courses that are better completed first; nobody is held up
    in_order: bool = False  # a lesson opens when all before it are read

    @cached_property
    def by_slug(self) -> dict[str, Lesson]:
        return {lesson.slug: lesson for lesson in self.lessons}

    @property
    def minutes(self) -> int:
        """Reading time of all lessons."""
        return sum(lesson.minutes for lesson in self.lessons)

    @cached_property
    def sources(self) -> tuple[str, ...]:
        """What the lessons rest on, each named once."""
        return tuple(dict.fromkeys(source for lesson in self.lessons for source in lesson.sources))

    def as_content(self) -> dict[str, Any]:
        """Plain JSON, as an edition keeps it. What a course does not have stays out, so that a new key makes no new edition."""
        content = asdict(self)
        return {name: value for name, value in content.items() if value or name not in OPTIONAL}

    @classmethod
    def from_content(cls, content: dict[str, Any]) -> "Course":
        """The course an edition kept. Unknown keys of a newer version are an error, not ignored."""
        quiz = content["quiz"]
        return cls(
            **{
                **content,
                "parts": tuple(content["parts"]),
                "pictures": tuple(Picture(**one) for one in content.get("pictures", ())),
                "after": tuple(content.get("after", ())),
                "best_after": tuple(content.get("best_after", ())),
                "lessons": tuple(
                    Lesson(**{**lesson, **{name: tuple(lesson[name]) for name in ("sources", "remember", "law_dates")}})
                    for lesson in content["lessons"]
                ),
                "quiz": quiz and Quiz(**{**quiz, "questions": tuple(_question(one) for one in quiz["questions"])}),
            }
        )


def _question(content: dict[str, Any]) -> Question:
    return Question(**{**content, "choices": tuple(Choice(**choice) for choice in content["choices"])})


def digest(content: dict[str, Any]) -> str:
    """SHA-256 of a course's content: the same words, the same digest."""
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
