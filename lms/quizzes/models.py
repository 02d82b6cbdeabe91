"""A person's tries at a test. The questions live in the edition of the course, not here."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.kernel.clock import now
from lms.kernel.db import Model


class Attempt(Model):
    """One try: its questions are drawn when it starts, graded once from the answers saved."""

    __table_args__ = (
        UniqueConstraint("enrolment_id", "number"),  # a double click cannot start two
        Index(
            "uq_attempt_open",
            "enrolment_id",
            unique=True,
            sqlite_where=text("submitted_at IS NULL"),
            postgresql_where=text("submitted_at IS NULL"),
        ),
        CheckConstraint("score BETWEEN 0 AND 100", name="score_is_percent"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    course_slug: Mapped[str]
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))  # the wording they answered
    number: Mapped[int]  # 1 is the first try
    questions: Mapped[list[str]]  # question slugs in the order drawn
    started_at: Mapped[datetime] = mapped_column(default=now)
    submitted_at: Mapped[datetime | None]
    score: Mapped[int | None]  # percent, rounded down
    passed: Mapped[bool | None]
    voided_at: Mapped[datetime | None]
    why_voided: Mapped[str] = mapped_column(default="")

    answers: Mapped[list["Answer"]] = relationship(lazy="raise_on_sql", order_by="Answer.id")


class Answer(Model):
    """The latest choice at a question. A late, older choice does not replace a newer one: the higher counter wins."""

    __table_args__ = (UniqueConstraint("attempt_id", "question_slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"))
    question_slug: Mapped[str]
    chosen: Mapped[list[str]]
    counter: Mapped[int]  # the client's count of changes to this answer
    client_id: Mapped[str]  # UUID of the event that is kept
    saved_at: Mapped[datetime] = mapped_column(default=now)
