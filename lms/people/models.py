"""Units, persons and where they work, with both clocks; accounts and how they sign in."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.kernel.clock import now
from lms.kernel.db import CURRENT, STILL, Model, SortKey, TwoClocks
from lms.people.roles import Role

WORK = ("category", "direct_support")  # of a posting: what rules ask for


class Unit(Model):
    """A place in the dated tree. Only its identity is here: names, codes and parents change and are reused."""

    id: Mapped[int] = mapped_column(primary_key=True)
    recorded_at: Mapped[datetime] = mapped_column(default=now)


class UnitVersion(TwoClocks, Model):
    """What a unit was called, and where it stood, during a time."""

    __table_args__ = (
        CheckConstraint("valid_from < valid_to", name="begins_before_it_ends"),
        Index(None, "unit_id", "valid_from"),
        Index(None, "code"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    name: Mapped[str]
    kind: Mapped[str]  # province, district, township, commune, ward, office, agency, facility, organisation
    code: Mapped[str] = mapped_column(default="")
    search_key: Mapped[str]


class Succession(Model):
    """An old unit's people and duties went to a new one, on a day, by a legal basis. Many-to-many."""

    __table_args__ = (UniqueConstraint("old_unit_id", "new_unit_id", "on", "superseded_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    old_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    new_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    on: Mapped[date]
    legal_basis: Mapped[str]
    recorded_at: Mapped[datetime] = mapped_column(default=now)
    recorded_by: Mapped[int | None]
    superseded_at: Mapped[datetime] = mapped_column(default=CURRENT)


class Person(Model):
    """Someone who works, or worked, in a unit. May have no account."""

    __table_args__ = (
        CheckConstraint("sex IN ('female', 'male', '')", name="sex"),
        CheckConstraint("birth_precision IN ('day', 'month', 'year', '')", name="birth_precision"),
        Index(None, "search_key"),
        Index(None, "sort_key"),
        Index("ix_person_by_sex", "id", "sex"),
        Index(None, "phone"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_code: Mapped[str | None] = mapped_column(unique=True)
    full_name: Mapped[str]  # NFC
    search_key: Mapped[str]
    sort_key: Mapped[str] = mapped_column(SortKey)
    sex: Mapped[str] = mapped_column(default="")
    birth: Mapped[date | None]  # a month or a year is kept as its first day
    birth_precision: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    recorded_at: Mapped[datetime] = mapped_column(default=now)
    recorded_by: Mapped[int | None]

    postings: Mapped[list["Posting"]] = relationship(lazy="raise_on_sql", back_populates="person")


class Posting(TwoClocks, Model):
    """A person works at a unit, in a category and position, for a time.

    `category` empty and `direct_support` None mean that nobody has told us yet: unknown is a state of its own.
    """

    __table_args__ = (
        CheckConstraint("valid_from < valid_to", name="begins_before_it_ends"),
        Index(None, "person_id", "valid_from"),
        # All that a count asks of a posting, so that a roster is read from the index alone.
        Index("ix_posting_by_person", "superseded_at", "person_id", "valid_from", "valid_to", "unit_id", *WORK),
        Index("ix_posting_by_unit", "unit_id", "superseded_at", "valid_to", "valid_from", "person_id", *WORK),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    category: Mapped[str] = mapped_column(default="")
    position: Mapped[str] = mapped_column(default="")
    direct_support: Mapped[bool | None]  # trực tiếp thực hiện trợ giúp: a function, not a job title
    because: Mapped[str] = mapped_column(default="")  # roster, reorganisation, correction…

    person: Mapped[Person] = relationship(lazy="raise_on_sql", back_populates="postings")


class Standing(TwoClocks, Model):
    """A dated, reasoned exception to the rule of an indicator for one person: exempt, or on leave."""

    __table_args__ = (
        CheckConstraint("kind IN ('exempt', 'on_leave', 'required')", name="kind"),
        CheckConstraint("valid_from < valid_to", name="begins_before_it_ends"),
        Index(None, "person_id", "indicator_slug"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    indicator_slug: Mapped[str]  # "" for every indicator (long leave)
    kind: Mapped[str]
    reason: Mapped[str]
    evidence: Mapped[str] = mapped_column(default="")


class Reorganisation(Model):
    """Old units gave way to new ones on a day, by one legal basis: one act, previewed, confirmed, and reversed as one."""

    id: Mapped[int] = mapped_column(primary_key=True)
    on: Mapped[date]
    legal_basis: Mapped[str]
    recorded_at: Mapped[datetime] = mapped_column(default=now)
    recorded_by: Mapped[int | None]
    reversed_at: Mapped[datetime | None]
    reversed_by: Mapped[int | None]
    why_reversed: Mapped[str] = mapped_column(default="")

    steps: Mapped[list["ReorganisationStep"]] = relationship(lazy="raise_on_sql", order_by="ReorganisationStep.id")


class ReorganisationStep(Model):
    """One row that a reorganisation superseded (`old_row`), recorded (`new_row`), or replaced by another (both)."""

    __table_args__ = (
        CheckConstraint("kind IN ('unit', 'unit_version', 'succession', 'posting', 'office')", name="kind"),
        Index(None, "reorganisation_id"),
        Index(None, "kind", "new_row"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reorganisation_id: Mapped[int] = mapped_column(ForeignKey("reorganisation.id"))
    kind: Mapped[str]
    old_row: Mapped[int | None]  # id in the table of that kind
    new_row: Mapped[int | None]


class SamePerson(Model):
    """Two records turned out to be one person: facts of `other_id` count as `kept_id`'s. No fact is moved, so it can be undone."""

    __table_args__ = (
        CheckConstraint("kept_id <> other_id", name="two_records"),
        UniqueConstraint("other_id", "superseded_at"),
        Index(None, "kept_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kept_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    other_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    why: Mapped[str] = mapped_column(default="")
    recorded_at: Mapped[datetime] = mapped_column(default=now)
    recorded_by: Mapped[int | None]
    superseded_at: Mapped[datetime] = mapped_column(default=CURRENT)


class CategoryEnd(Model):
    """From `on` there is no such category any more: whoever is still posted in it is not known until somebody tells the new one."""

    __table_args__ = (UniqueConstraint("category", "superseded_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    category: Mapped[str]
    on: Mapped[date]
    legal_basis: Mapped[str]
    recorded_at: Mapped[datetime] = mapped_column(default=now)
    recorded_by: Mapped[int | None]
    superseded_at: Mapped[datetime] = mapped_column(default=CURRENT)


class RosterConfirmation(Model):
    """A focal person says: the list of this unit's people is complete as of that day. `persons` is how many it held."""

    __table_args__ = (Index(None, "unit_id", "superseded_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    complete_on: Mapped[date]
    persons: Mapped[int]
    recorded_at: Mapped[datetime] = mapped_column(default=now)
    recorded_by: Mapped[int | None]
    superseded_at: Mapped[datetime] = mapped_column(default=CURRENT)
    why_superseded: Mapped[str] = mapped_column(default="")


class Reminder(Model):
    """The office reminded a unit, or a person, of something (`about`); shown on their first page, at most once a week."""

    __table_args__ = (
        CheckConstraint("(unit_id IS NULL) <> (person_id IS NULL)", name="of_a_unit_or_a_person"),
        Index(None, "unit_id", "about"),
        Index(None, "person_id", "about"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    about: Mapped[str]  # "roster", or the slug of an indicator
    sent_at: Mapped[datetime] = mapped_column(default=now)
    sent_by: Mapped[int | None]
    answered_at: Mapped[datetime | None]


class Roster(Model):
    """A list of people that a unit sent: staged, looked at, then confirmed in one transaction, or thrown away."""

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    on: Mapped[date]  # the list shows the unit as of this day
    file_name: Mapped[str]
    sha256: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    rows: Mapped[list[Any]]  # what was understood, row by row
    errors: Mapped[list[Any]]
    uploaded_at: Mapped[datetime] = mapped_column(default=now)
    uploaded_by: Mapped[int | None]
    confirmed_at: Mapped[datetime | None]
    discarded_at: Mapped[datetime | None]
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Account(Model):
    """A way in. Most belong to a person; the operator's may not."""

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), unique=True)
    username: Mapped[str] = mapped_column(unique=True)  # folded: lower case, no marks
    password_hash: Mapped[str]
    locale: Mapped[str] = mapped_column(default="vi")
    opened_at: Mapped[datetime] = mapped_column(default=now)
    disabled_at: Mapped[datetime | None]

    person: Mapped[Person | None] = relationship(lazy="raise_on_sql")


class SignIn(Model):
    """One signed-in device. Ended here, it is ended everywhere at once."""

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)  # SHA-256 of the 256-bit token in the cookie
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    started_at: Mapped[datetime] = mapped_column(default=now)
    seen_at: Mapped[datetime] = mapped_column(default=now)
    own_device: Mapped[bool] = mapped_column(default=False)
    device: Mapped[str] = mapped_column(default="")  # a short label, never the whole user agent
    second_factor: Mapped[bool] = mapped_column(default=False)  # proved with two factors, or with a passkey
    fresh_at: Mapped[datetime | None]  # when they last proved who they are; None: at `started_at`
    ended_at: Mapped[datetime | None]


class FailedSignIn(Model):
    """A wrong passphrase: counted per account, never by address alone (a commune shares one)."""

    __table_args__ = (Index(None, "username", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=now)


class RoleGrant(Model):
    """A role over a unit's subtree, for a time."""

    __table_args__ = (
        CheckConstraint("valid_from < valid_to", name="begins_before_it_ends"),
        UniqueConstraint("account_id", "role", "unit_id", "valid_from", "superseded_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    role: Mapped[Role]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    valid_from: Mapped[date]
    valid_to: Mapped[date] = mapped_column(default=STILL)
    lent_by: Mapped[int | None]  # account id of the holder who lent it, until `valid_to` at the latest
    recorded_at: Mapped[datetime] = mapped_column(default=now)
    recorded_by: Mapped[int | None]
    superseded_at: Mapped[datetime] = mapped_column(default=CURRENT)
