"""Requests as their person and as the office sees them; who has read which notice."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import aliased

from lms.kernel.access import missing
from lms.kernel.clock import today
from lms.kernel.db import db
from lms.kernel.settings import setting
from lms.people.models import Account, Person
from lms.people.queries import persons_of_units, records_of, unit_scope
from lms.people.rights import office, rules
from lms.people.rights.models import DataAnswer, DataRequest, NoticeRead
from lms.people.roles import Role
from lms.people.sign_in import Viewer

NOTICE = "/notice"


@dataclass(frozen=True)
class AnswerLine:
    answer: DataAnswer
    by: str


@dataclass(frozen=True)
class RequestLine:
    """A request with all answers, first to last, and how it stands today."""

    row: DataRequest
    person: Person
    answers: tuple[AnswerLine, ...]
    state: str

    @property
    def is_open(self) -> bool:
        return self.state not in rules.OVER


def requests_of(person_id: int | None) -> list[RequestLine]:
    """What this person asked, under any of their records, newest first."""
    query = _with_person().where(DataRequest.person_id.in_(records_of(person_id)))
    return lines(db.session.execute(query.order_by(DataRequest.id.desc())))


def own_request(viewer: Viewer, request_id: int) -> RequestLine:
    """That request of the viewer; anybody else's is not there."""
    return next((one for one in requests_of(viewer.person_id) if one.row.id == request_id), None) or missing()


def inbox(viewer: Viewer) -> Select[*tuple[Any, ...]]:
    """(request, person) of whoever the viewer's office answers for: open ones first, the first due on top."""
    return _answered_for(viewer).order_by(_over(), DataRequest.due_on, DataRequest.id)


def find(viewer: Viewer, request_id: int) -> RequestLine:
    """That request, if the viewer's office answers for its person; else 404."""
    found = lines(db.session.execute(_answered_for(viewer).where(DataRequest.id == request_id)))
    return found[0] if found else missing()


def count_open(viewer: Viewer) -> int:
    """How many wait for their first answer, or for more."""
    return sum(one.is_open for one in lines(db.session.execute(_answered_for(viewer).where(~_over()))))


def state_of(request_id: int) -> str:
    """How it stands."""
    return lines(db.session.execute(_with_person().where(DataRequest.id == request_id)))[0].state


def lines(rows: Iterable[Any]) -> list[RequestLine]:
    """With their answers. One more statement, however many."""
    found = [(row[0], row[1]) for row in rows]
    writer = aliased(Person)
    told: dict[int, list[AnswerLine]] = {}
    if found:
        answers = db.session.execute(
            select(DataAnswer, writer.full_name, Account.username)
            .outerjoin(Account, Account.id == DataAnswer.answered_by)
            .outerjoin(writer, writer.id == Account.person_id)
            .where(DataAnswer.request_id.in_([row.id for row, _person in found]))
            .order_by(DataAnswer.id)
        )
        for answer, name, username in answers:
            told.setdefault(answer.request_id, []).append(AnswerLine(answer, name or username or ""))
    return [
        RequestLine(row, person, tuple(told.get(row.id, ())), _state(row, told.get(row.id, ())))
        for row, person in found
    ]


def _state(row: DataRequest, answers: Sequence[AnswerLine]) -> str:
    outcomes = [one.answer.outcome for one in answers]
    return rules.state(outcomes, withdrawn=row.withdrawn_at is not None, due=row.due_on, today=today())


def _with_person() -> Select[*tuple[Any, ...]]:
    return select(DataRequest, Person).join(Person, Person.id == DataRequest.person_id)


def _answered_for(viewer: Viewer) -> Select[*tuple[Any, ...]]:
    return _with_person().where(persons_of_units(unit_scope(viewer, Role.OFFICE)))


def _over() -> Any:
    closed = exists().where(DataAnswer.request_id == DataRequest.id, DataAnswer.outcome.in_(("done", "refused")))
    return closed | DataRequest.withdrawn_at.is_not(None)


def notices_read(account_id: int) -> Sequence[NoticeRead]:
    """Which wordings this account's holder said they have read, newest first."""
    held = select(NoticeRead).where(NoticeRead.account_id == account_id).order_by(NoticeRead.id.desc())
    return db.session.scalars(held).all()


def by_way_of_notice(account_id: int, onward: str) -> str:
    """Where somebody who just signed in goes: on, or first to the notice that they have not read in its present wording."""
    if setting("notice") == "off":
        return onward
    version = office.notice().version
    held = select(NoticeRead.id).where(NoticeRead.account_id == account_id, NoticeRead.version == version)
    return onward if db.session.scalar(held) else f"{NOTICE}?{urlencode({'next': onward})}"
