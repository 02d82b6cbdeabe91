"""The plan as data; courses as published; who is enrolled, what they have done, when they completed."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.kernel.clock import now
from lms.kernel.db import CURRENT, Model, TwoClocks
from lms.people.models import Person


class Plan(Model):
    """A plan with its period. Another one stands beside it; none is edited into the next."""

    __table_args__ = (CheckConstraint("starts_on <= ends_on", name="begins_before_it_ends"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    issuer: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]  # inclusive: the last day of the period
    scope_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    report_due: Mapped[str] = mapped_column(default="12-01")  # month-day, each year
    fictitious: Mapped[bool] = mapped_column(default=False)  # an invented plan of the demo world; every page says so

    indicators: Mapped[list["Indicator"]] = relationship(lazy="raise_on_sql", order_by="Indicator.place")


class ReceivingOffice(TwoClocks, Model):
    """Which unit receives the plan's reports, during a time: a role that passes on, not a name."""

    __table_args__ = (
        CheckConstraint("valid_from < valid_to", name="begins_before_it_ends"),
        Index(None, "plan_id", "valid_from"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    because: Mapped[str] = mapped_column(default="")


class Indicator(Model):
    """A target of the plan: so many percent of a population trained, or so many trained people in each place."""

    __table_args__ = (UniqueConstraint("plan_id", "slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    slug: Mapped[str]
    place: Mapped[int]  # order in the plan
    title: Mapped[str]  # the plan's words
    short_title: Mapped[str]
    target: Mapped[int] = mapped_column(default=100)  # percent
    kind: Mapped[str] = mapped_column(default="share", server_default="share")  # share of persons; places with enough


class IndicatorRule(Model):
    """Who an indicator counts and what counts as trained, as the office set it. A new rule supersedes the old one.

    `rule`: {"reading": "wide", "categories": [...], "direct_support": false, "courses": [...], "courses_needed": "all",
    "once": "period", …}; all its keys: `tracks.rules.PopulationRule`.
    """

    __table_args__ = (UniqueConstraint("indicator_id", "superseded_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    indicator_id: Mapped[int] = mapped_column(ForeignKey("indicator.id"))
    rule: Mapped[dict[str, Any]]
    why: Mapped[str] = mapped_column(default="")
    recorded_at: Mapped[datetime] = mapped_column(default=now)
    recorded_by: Mapped[int | None]
    superseded_at: Mapped[datetime] = mapped_column(default=CURRENT)


class Edition(Model):
    """A published wording of a course. Immutable; old ones stay readable."""

    __table_args__ = (
        UniqueConstraint("course_slug", "number"),
        UniqueConstraint("course_slug", "content_hash"),
        CheckConstraint("origin IN ('files', 'office')", name="origin"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    course_slug: Mapped[str]
    number: Mapped[int]
    content_hash: Mapped[str]  # of words that came back after others: with .number behind it, since one stands once
    content: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    files: Mapped[dict[str, Any] | None] = mapped_column(deferred=True)  # path in the course's folder -> its text
    origin: Mapped[str] = mapped_column(default="files", server_default="files")  # courses/, or a draft of the office
    published_at: Mapped[datetime] = mapped_column(default=now)

    @property
    def sha256(self) -> str:
        """Of the words alone (`course.digest`)."""
        return self.content_hash.partition(".")[0]


class Recording(Model):
    """A lesson read aloud in one language. No part of an edition: a voice may come later, or be recorded anew, without new words."""

    __table_args__ = (UniqueConstraint("course_slug", "lesson_slug", "language"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_slug: Mapped[str]
    lesson_slug: Mapped[str]
    language: Mapped[str]  # `tracks.sounds.LANGUAGES`
    kind: Mapped[str]  # mp3, m4a, ogg
    sha256: Mapped[str]
    words: Mapped[str]  # SHA-256 of the words that it reads (`tracks.sounds.words_of`)
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    kept_at: Mapped[datetime] = mapped_column(default=now)


class CourseDraft(Model):
    """A course being changed by the office: the files of its folder, until they become an edition or are thrown away.

    open → (asked → approved →) published | thrown_away; `version` goes up with each change, so that two people who edit at once notice.
    """

    __table_args__ = (
        CheckConstraint("state IN ('open', 'asked', 'approved', 'published', 'thrown_away')", name="state"),
        Index(None, "course_slug"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    course_slug: Mapped[str]
    based_on_id: Mapped[int | None] = mapped_column(ForeignKey("edition.id"))  # None: a new course
    files: Mapped[dict[str, Any]] = mapped_column(deferred=True)  # path in the course's folder -> its text
    state: Mapped[str] = mapped_column(default="open")
    version: Mapped[int] = mapped_column(default=1)
    made_at: Mapped[datetime] = mapped_column(default=now)
    made_by: Mapped[int | None]
    changed_at: Mapped[datetime] = mapped_column(default=now)
    changed_by: Mapped[int | None]
    hands: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")  # accounts of all who changed it
    reviewed_at: Mapped[datetime | None]
    reviewed_by: Mapped[int | None]
    review: Mapped[str] = mapped_column(default="")  # what the second person said
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[int | None]
    edition_id: Mapped[int | None] = mapped_column(ForeignKey("edition.id"))  # once published


class Enrolment(Model):
    """A person takes a course, in the edition that was current when they began."""

    __table_args__ = (UniqueConstraint("person_id", "course_slug", "cycle"), Index(None, "course_slug"))

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    course_slug: Mapped[str]
    cycle: Mapped[str]  # "2021-2025": the period, or the year, that this training counts for
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    indicator_id: Mapped[int | None] = mapped_column(
        ForeignKey("indicator.id")
    )  # the rule that asks for it; None = own wish
    enrolled_at: Mapped[datetime] = mapped_column(default=now)
    due_on: Mapped[date | None]

    person: Mapped[Person] = relationship(lazy="raise_on_sql")


class DueDay(Model):
    """By when the people of a unit complete a course, as its office or focal person set it; without one, by the plan's own day."""

    __table_args__ = (UniqueConstraint("unit_id", "course_slug", "superseded_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    course_slug: Mapped[str]
    due_on: Mapped[date]
    recorded_at: Mapped[datetime] = mapped_column(default=now)
    recorded_by: Mapped[int | None]
    superseded_at: Mapped[datetime] = mapped_column(default=CURRENT)


class LessonRead(Model):
    """A lesson was read to its end."""

    __table_args__ = (UniqueConstraint("enrolment_id", "lesson_slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    lesson_slug: Mapped[str]
    read_at: Mapped[datetime] = mapped_column(default=now)


class PartDone(Model):
    """A part of a course (lessons, test, class) was done. Retracted, never deleted, when what it rested on is corrected."""

    __table_args__ = (UniqueConstraint("enrolment_id", "part", "superseded_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    part: Mapped[str]
    on: Mapped[date]
    evidence: Mapped[dict[str, Any]]  # ids: {"attempt": 12}, {"class": 3}
    recorded_at: Mapped[datetime] = mapped_column(default=now)
    recorded_by: Mapped[int | None]
    superseded_at: Mapped[datetime] = mapped_column(default=CURRENT)
    why_superseded: Mapped[str] = mapped_column(default="")


class Completion(Model):
    """All parts of a course are done: the fact that coverage and certificates rest on."""

    __table_args__ = (
        UniqueConstraint("person_id", "course_slug", "cycle", "superseded_at"),  # one that holds
        Index("ix_completion_by_course", "course_slug", "superseded_at", "person_id", "completed_on", "grade"),
        Index(None, "enrolment_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    course_slug: Mapped[str]
    cycle: Mapped[str]
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    completed_on: Mapped[date]
    grade: Mapped[str] = mapped_column(default="claim", server_default="claim")  # tracks.rules.GRADES: how well proved
    evidence: Mapped[dict[str, Any]]  # part -> its evidence
    recorded_at: Mapped[datetime] = mapped_column(default=now)
    recorded_by: Mapped[int | None]
    superseded_at: Mapped[datetime] = mapped_column(default=CURRENT)
    why_superseded: Mapped[str] = mapped_column(default="")

    person: Mapped[Person] = relationship(lazy="raise_on_sql")


class OutsideTraining(Model):
    """Training taken elsewhere (a province class, before this system): claimed on a paper, then approved or refused by the office."""

    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'approved', 'refused', 'withdrawn')", name="state"),
        Index(None, "person_id", "course_slug"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    course_slug: Mapped[str]  # what it is claimed to stand for
    title: Mapped[str]  # as the paper names it
    organiser: Mapped[str]
    held_on: Mapped[date]  # last day
    document: Mapped[str] = mapped_column(default="")  # number and date of the paper; empty: a claim without proof
    file_name: Mapped[str] = mapped_column(default="")
    sha256: Mapped[str] = mapped_column(default="")
    file: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    state: Mapped[str] = mapped_column(default="waiting")
    recorded_at: Mapped[datetime] = mapped_column(default=now)
    recorded_by: Mapped[int | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None]
    why: Mapped[str] = mapped_column(default="")
    enrolment_id: Mapped[int | None] = mapped_column(ForeignKey("enrolment.id"))  # once approved

    person: Mapped[Person] = relationship(lazy="raise_on_sql")
