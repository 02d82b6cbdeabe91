"""Records that may be, or were found to be, one person. Through the units the viewer answers for as an office."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import aliased

from lms.kernel.access import missing
from lms.kernel.db import CURRENT, db
from lms.kernel.vietnamese import search_key
from lms.people import account_queries, queries, register_queries, rules
from lms.people.models import Account, Person, SamePerson
from lms.people.register_queries import PostingLine
from lms.people.roles import Role
from lms.people.sign_in import Viewer

MOST = 20  # records offered at once


@dataclass(frozen=True)
class SameLine:
    """One decision that a record is the same person as another; `other` is None when the viewer may not see that record."""

    row: SamePerson
    other: Person | None
    counts_here: bool  # the facts of the other count as this record's
    may_undo: bool
    by: str


@dataclass(frozen=True)
class Record:
    """A record beside another."""

    person: Person
    birth: str
    lines: Sequence[PostingLine]
    account: Account | None


def are_one(first: int, second: int) -> bool:
    """Whether two records are, or turned out to be, one person's."""
    held = select(SamePerson.other_id, SamePerson.kept_id).where(SamePerson.superseded_at == CURRENT)
    leads: dict[int, int] = dict(db.session.execute(held).all())

    def kept(record: int) -> int:
        while record in leads:  # no circles: `actions.same_person` refuses them
            record = leads[record]
        return record

    return kept(first) == kept(second)


def signs_in_as_one_of(account_id: int, others: Iterable[int]) -> bool:
    """Whether the account is of the same person as one of the others."""
    person = select(Account.person_id).where(Account.person_id.is_not(None))
    mine = db.session.scalar(person.where(Account.id == account_id))
    theirs = db.session.scalars(person.where(Account.id.in_(others))).all()
    return mine is not None and any(one is not None and are_one(mine, one) for one in theirs)


def _answered_for(viewer: Viewer) -> Select[Person]:
    return select(Person).where(queries.persons_of_units(queries.unit_scope(viewer, Role.OFFICE)))


def office_person(viewer: Viewer, person_id: int) -> Person:
    """That person, if the viewer's office answers for a unit they work or worked in; else 404."""
    found: Person | None = db.session.scalar(_answered_for(viewer).where(Person.id == person_id))
    return found or missing()


def others_like(viewer: Viewer, person: Person, words: str) -> list[Person]:
    """Records found by these words; without words those of the same name. Never the record itself."""
    wanted = search_key(words) or person.search_key
    query = _answered_for(viewer).where(Person.id != person.id)
    for word in wanted.split():
        query = query.where(or_(Person.search_key.contains(word, autoescape=True), Person.staff_code == words.strip()))
    return list(db.session.scalars(query.order_by(Person.sort_key, Person.birth, Person.id).limit(MOST)))


def record(viewer: Viewer, person: Person) -> Record:
    """What tells two persons of one name apart."""
    return Record(
        person,
        rules.birth_words(person.birth, person.birth_precision),
        register_queries.posting_lines(viewer, person.id, history=False),
        account_queries.accounts_of([person]).get(person.id),
    )


def same_lines(viewer: Viewer, person_id: int) -> list[SameLine]:
    """The decisions about this record that hold."""
    writer = aliased(Person)
    rows = db.session.execute(
        select(SamePerson, writer.full_name, Account.username)
        .outerjoin(Account, Account.id == SamePerson.recorded_by)
        .outerjoin(writer, writer.id == Account.person_id)
        .where(
            or_(SamePerson.kept_id == person_id, SamePerson.other_id == person_id), SamePerson.superseded_at == CURRENT
        )
        .order_by(SamePerson.id)
    ).all()
    if not rows:
        return []
    ids = {row.SamePerson.kept_id for row in rows} | {row.SamePerson.other_id for row in rows}
    seen = {one.id: one for one in db.session.scalars(queries.visible_persons(viewer).where(Person.id.in_(ids)))}
    mine = set(db.session.scalars(_answered_for(viewer).with_only_columns(Person.id).where(Person.id.in_(ids))))
    return [
        SameLine(
            row.SamePerson,
            seen.get(row.SamePerson.other_id if row.SamePerson.kept_id == person_id else row.SamePerson.kept_id),
            row.SamePerson.kept_id == person_id,
            {row.SamePerson.kept_id, row.SamePerson.other_id} <= mine,
            row.full_name or row.username or "",
        )
        for row in rows
    ]


def held_same(viewer: Viewer, person_id: int, row_id: int) -> SamePerson:
    """That decision about this record, if it holds and the viewer answers for both records; else 404."""
    for line in same_lines(viewer, person_id):
        if line.row.id == row_id and line.may_undo:
            return line.row
    return missing()
