"""Everything that is held about one person, in words: one section for each kind of row, whichever room it lies in.

`TABLES` names every table that a section reads and `NOT_SHOWN` every other one with a key to a person or an account, with the
reason; a test holds both against the schema, so that a new table cannot be forgotten.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, inspect, or_, select

from lms.attendance.models import ClassTrainer, Mark, Seat
from lms.certificates.models import Certificate
from lms.home.rights import words
from lms.home.rights.names import Names
from lms.kernel.audit import AuditEntry
from lms.kernel.clock import HERE
from lms.kernel.db import CURRENT, STILL, Model, db
from lms.kernel.i18n import gettext as _
from lms.kernel.jobs import Job
from lms.kernel.vietnamese import short_date
from lms.people.door_models import HalfSignIn, KnownDevice, SlipCode
from lms.people.factors.models import CodeApp, FactorEvent, FactorLoss, LinkCode, OidcIdentity, Passkey, RecoveryCode
from lms.people.models import Account, FailedSignIn, Person, Posting, Reminder, RoleGrant, SamePerson, SignIn, Standing
from lms.people.queries import records_of
from lms.people.rights.models import DataAnswer, DataRequest, NoticeRead
from lms.people.roster.models import RosterStep
from lms.people.throttle import account_key
from lms.quizzes.models import Answer, Attempt
from lms.tracks.models import Completion, Enrolment, LessonRead, OutsideTraining, PartDone


@dataclass(frozen=True)
class Whose:
    """One person: all their records, and all their accounts."""

    persons: frozenset[int]
    accounts: frozenset[int]


@dataclass(frozen=True)
class Section:
    """Rows of one kind. `columns`: name in the file -> words on the page; `rows`: in words, column by column."""

    name: str
    title: str
    columns: Mapping[str, str]
    rows: Sequence[Sequence[str]]


ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d")  # as JSON keeps a day
Where = Callable[[Whose], ColumnElement[bool]]


@dataclass(frozen=True)
class Kind:
    """How a table is told: its rows of this person, and which columns."""

    model: type[Model]
    where: Where
    columns: tuple[str, ...]


def whose(person_id: int | None, account_id: int) -> Whose:
    """Everything that is this person: found through their sign-in, never typed."""
    persons = frozenset(db.session.scalars(records_of(person_id))) - {0}
    mine = select(Account.id).where(or_(Account.id == account_id, Account.person_id.in_(persons)))
    return Whose(persons, frozenset(db.session.scalars(mine)))


def held(about: Whose) -> list[Section]:
    """All sections that hold something."""
    names = Names(about.persons)
    found = []
    for kind in KINDS:
        query = select(*(getattr(kind.model, name) for name in kind.columns)).where(kind.where(about))
        rows = db.session.execute(query.order_by(*inspect(kind.model).primary_key)).all()
        if rows:
            table = kind.model.__tablename__
            told = [[_said(name, value, names) for name, value in zip(kind.columns, row, strict=True)] for row in rows]
            found.append(Section(table, words.title(table), {one: words.column(one) for one in kind.columns}, told))
    return found


def _said(name: str, value: Any, names: Names) -> str:
    """One value as people read it."""
    if value is None or value == "":
        return "–"
    if (named := names.of(name, value)) is not None:
        return named
    if isinstance(value, datetime):
        here = value.astimezone(HERE)
        only_a_day = (here.hour, here.minute, here.second) == (0, 0, 0)  # what is left of it after its time
        return _("still") if value == CURRENT else here.strftime("%d/%m/%Y" if only_a_day else "%d/%m/%Y %H:%M")
    if isinstance(value, date):
        return _("still") if value == STILL else short_date(value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Mapping):
        return "; ".join(f"{words.key(key)}: {_said(key, one, names)}" for key, one in sorted(value.items()))
    if isinstance(value, list | tuple):
        return ", ".join(_said("", one, names) for one in value)
    if isinstance(value, str) and ISO_DAY.fullmatch(value):
        return short_date(date.fromisoformat(value))
    return words.value(name, str(value))


def _of_person(model: Any) -> Where:
    return lambda about: model.person_id.in_(about.persons)


def _of_account(model: Any) -> Where:
    return lambda about: model.account_id.in_(about.accounts)


def _enrolled(model: Any) -> Where:
    return lambda about: model.enrolment_id.in_(select(Enrolment.id).where(Enrolment.person_id.in_(about.persons)))


def _answers(about: Whose) -> ColumnElement[bool]:
    return Answer.attempt_id.in_(select(Attempt.id).where(Attempt.person_id.in_(about.persons)))


def _office_answers(about: Whose) -> ColumnElement[bool]:
    return DataAnswer.request_id.in_(select(DataRequest.id).where(DataRequest.person_id.in_(about.persons)))


def _trail(about: Whose) -> ColumnElement[bool]:
    """What they did, and what was done to their record or their account."""
    return or_(
        AuditEntry.account_id.in_(about.accounts),
        (AuditEntry.object_kind == "person") & AuditEntry.object_id.in_([str(one) for one in about.persons]),
        (AuditEntry.object_kind == "account") & AuditEntry.object_id.in_([str(one) for one in about.accounts]),
    )


SPAN = ("valid_from", "valid_to", "recorded_at", "superseded_at")
KINDS: tuple[Kind, ...] = (
    Kind(
        Person,
        lambda about: Person.id.in_(about.persons),
        ("full_name", "staff_code", "sex", "birth", "birth_precision", "phone", "recorded_at"),
    ),
    Kind(Posting, _of_person(Posting), ("unit_id", "category", "position", "direct_support", *SPAN, "because")),
    Kind(Standing, _of_person(Standing), ("kind", "indicator_slug", "reason", "evidence", *SPAN)),
    Kind(
        SamePerson,
        lambda about: SamePerson.kept_id.in_(about.persons) | SamePerson.other_id.in_(about.persons),
        ("why", "recorded_at", "superseded_at"),
    ),
    Kind(RosterStep, _of_person(RosterStep), ("made", "before", "after", "undone_at")),
    Kind(Enrolment, _of_person(Enrolment), ("course_slug", "cycle", "enrolled_at", "due_on")),
    Kind(LessonRead, _enrolled(LessonRead), ("lesson_slug", "read_at")),
    Kind(PartDone, _enrolled(PartDone), ("part", "on", "recorded_at", "superseded_at", "why_superseded")),
    Kind(Attempt, _of_person(Attempt), ("course_slug", "number", "started_at", "submitted_at", "score", "passed")),
    Kind(Answer, _answers, ("question_slug", "chosen", "saved_at")),
    Kind(Completion, _of_person(Completion), ("course_slug", "cycle", "completed_on", "grade", "superseded_at")),
    Kind(
        OutsideTraining,
        _of_person(OutsideTraining),
        ("title", "organiser", "held_on", "document", "file_name", "state", "why"),
    ),
    Kind(Seat, _of_person(Seat), ("class_id", "taken_at", "left_at")),
    Kind(Mark, _of_person(Mark), ("session_id", "state", "correction", "marked_at")),
    Kind(ClassTrainer, _of_person(ClassTrainer), ("class_id",)),
    Kind(Certificate, _of_person(Certificate), ("series", "number", "year", "version", "issued_on", "facts")),
    Kind(Reminder, _of_person(Reminder), ("about", "sent_at", "answered_at")),
    Kind(Account, lambda about: Account.id.in_(about.accounts), ("username", "locale", "opened_at", "disabled_at")),
    Kind(RoleGrant, _of_account(RoleGrant), ("role", "unit_id", *SPAN)),
    Kind(SignIn, _of_account(SignIn), ("device", "own_device", "started_at", "seen_at", "ended_at")),
    Kind(HalfSignIn, _of_account(HalfSignIn), ("waits_for", "started_at", "ended_at")),
    Kind(FailedSignIn, lambda about: FailedSignIn.username.in_(map(account_key, about.accounts)), ("at",)),
    Kind(KnownDevice, _of_account(KnownDevice), ("known_since", "seen_at")),
    Kind(SlipCode, _of_account(SlipCode), ("made_at", "expires_at", "ended_at", "why_ended")),
    Kind(CodeApp, _of_account(CodeApp), ("set_up_at", "superseded_at")),
    Kind(Passkey, _of_account(Passkey), ("name", "made_at", "used_at", "ended_at")),
    Kind(RecoveryCode, _of_account(RecoveryCode), ("number", "made_at", "used_at", "superseded_at")),
    Kind(FactorLoss, _of_account(FactorLoss), ("asked_at", "confirmed_at", "withdrawn_at")),
    Kind(FactorEvent, _of_account(FactorEvent), ("kind", "at", "read_at")),
    Kind(OidcIdentity, _of_account(OidcIdentity), ("issuer", "subject", "linked_at", "superseded_at")),
    Kind(LinkCode, _of_account(LinkCode), ("made_at", "expires_at", "used_at")),
    Kind(NoticeRead, _of_account(NoticeRead), ("version", "read_at")),
    Kind(DataRequest, _of_person(DataRequest), ("kind", "words", "made_at", "due_on", "withdrawn_at")),
    Kind(DataAnswer, _office_answers, ("outcome", "words", "answered_at")),
    Kind(Job, lambda about: Job.requested_by.in_(about.accounts), ("kind", "state", "created_at", "finished_at")),
    Kind(AuditEntry, _trail, ("at", "action", "object_kind", "object_id")),
)
TABLES: frozenset[str] = frozenset(kind.model.__tablename__ for kind in KINDS)
NOT_SHOWN = {
    "once": "ids of forms that were sent, kept for a week; nothing that was typed",
}


def as_json(sections: Iterable[Section]) -> dict[str, list[dict[str, str]]]:
    """For a machine: table -> rows, each a column -> value."""
    return {one.name: [dict(zip(one.columns, row, strict=True)) for row in one.rows] for one in sections}
