"""The events that coverage rests on, as plain values with both clocks. Pure."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from lms.kernel.spans import BEGINNING, CURRENT, STILL


@dataclass(frozen=True, kw_only=True)
class Row:
    """Something on record. `id`: the order in which rows were recorded."""

    id: int
    recorded_at: datetime
    superseded_at: datetime = CURRENT

    def held(self, known_at: datetime | None) -> bool:
        """Whether we held it to be true at that moment (None: now)."""
        if known_at is None:
            return self.superseded_at == CURRENT
        return self.recorded_at <= known_at < self.superseded_at


@dataclass(frozen=True, kw_only=True)
class Dated(Row):
    """Something that was true from a day up to, and without, another."""

    valid_from: date = BEGINNING
    valid_to: date = STILL

    def true(self, on: date) -> bool:
        return self.valid_from <= on < self.valid_to


@dataclass(frozen=True, kw_only=True)
class VersionEvent(Dated):
    unit: int
    parent: int | None


@dataclass(frozen=True, kw_only=True)
class SuccessionEvent(Row):
    old: int
    new: int
    on: date


@dataclass(frozen=True, kw_only=True)
class PostingEvent(Dated):
    person: int
    unit: int
    category: str
    direct_support: bool | None


@dataclass(frozen=True, kw_only=True)
class ExceptionEvent(Dated):
    person: int
    indicator: str  # "" for every one
    kind: str  # exempt, on_leave, required


@dataclass(frozen=True, kw_only=True)
class CompletionEvent(Row):
    person: int
    course: str
    on: date
    grade: str


@dataclass(frozen=True, kw_only=True)
class RuleEvent(Row):
    indicator: str
    rule: dict[str, Any] = field(hash=False)


@dataclass(frozen=True, kw_only=True)
class CategoryEndEvent(Row):
    category: str
    on: date


@dataclass(frozen=True, kw_only=True)
class SameEvent(Row):
    kept: int
    other: int


@dataclass(frozen=True)
class Events:
    """Everything that was ever put on record about a plan's people; `sexes` has no clocks."""

    starts_on: date
    ends_on: date  # the plan's last day
    scope_unit: int
    versions: tuple[VersionEvent, ...] = ()
    successions: tuple[SuccessionEvent, ...] = ()
    postings: tuple[PostingEvent, ...] = ()
    exceptions: tuple[ExceptionEvent, ...] = ()
    completions: tuple[CompletionEvent, ...] = ()
    rules: tuple[RuleEvent, ...] = ()
    category_ends: tuple[CategoryEndEvent, ...] = ()
    same: tuple[SameEvent, ...] = ()
    sexes: dict[int, str] = field(default_factory=dict)
