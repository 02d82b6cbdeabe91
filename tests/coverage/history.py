"""Small random histories of units, postings, exceptions, completions and corrections; and the slow, obvious count over them.

The count here shares no code with `lms/coverage`: it goes through every person and every row, one at a time.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from lms.kernel.spans import BEGINNING, CURRENT, STILL

STARTS, ENDS = date(2025, 1, 1), date(2025, 12, 31)
MERGER = date(2025, 7, 1)
DAYS = (date(2025, 1, 1), date(2025, 3, 1), date(2025, 6, 30), MERGER, date(2025, 7, 2), date(2025, 11, 1))
MOMENTS = tuple(datetime(2025, 12, day, tzinfo=UTC) for day in (1, 2, 3))
CATEGORIES = ("", "công chức", "viên chức", "thành viên mô hình")
RULES: tuple[dict[str, Any], ...] = (
    {"categories": ["công chức", "viên chức"], "direct_support": False, "courses": ["a"], "courses_needed": "all"},
    {"categories": [], "direct_support": True, "courses": ["a", "b"], "courses_needed": "all"},
    {"categories": ["công chức"], "direct_support": False, "courses": ["a", "b"], "courses_needed": "any"},
    {
        "categories": ["công chức", ""],
        "direct_support": False,
        "courses": ["b"],
        "courses_needed": "all",
        "once": "year",
    },
)
# Units by name. Before the merger: three communes under a district; on the day of it, north and middle go to one new
# commune under the province; south is split between that one and another.
UNITS = ("province", "district", "north", "middle", "south", "new", "other")
TREE = {
    "province": [(None, BEGINNING, STILL)],
    "district": [("province", BEGINNING, MERGER)],
    "north": [("district", BEGINNING, MERGER)],
    "middle": [("district", BEGINNING, MERGER)],
    "south": [("district", BEGINNING, MERGER)],
    "new": [("province", MERGER, STILL)],
    "other": [("province", MERGER, STILL)],
}
HOPS = [
    ("north", "new", MERGER),
    ("middle", "new", MERGER),
    ("south", "new", MERGER),
    ("south", "other", MERGER),
]


@dataclass(frozen=True)
class Row:
    """A posting, exception or completion, with when we held it to be true."""

    person: int
    recorded_at: datetime
    superseded_at: datetime
    facts: dict[str, Any] = field(hash=False)

    def held(self, known_at: datetime | None) -> bool:
        if known_at is None:
            return self.superseded_at == CURRENT
        return self.recorded_at <= known_at < self.superseded_at

    def true(self, on: date) -> bool:
        return bool(self.facts["valid_from"] <= on < self.facts["valid_to"])


@dataclass(frozen=True)
class History:
    postings: list[Row]
    exceptions: list[Row]
    completions: list[Row]
    rules: tuple[dict[str, Any], ...]
    as_of: date
    tree_at: date
    known_at: datetime | None


@st.composite
def clocks(draw: st.DrawFn) -> tuple[datetime, datetime]:
    recorded, superseded = sorted(
        draw(st.lists(st.sampled_from((*MOMENTS, CURRENT)), min_size=2, max_size=2, unique=True))
    )
    return recorded, draw(st.sampled_from((superseded, CURRENT)))


@st.composite
def spans(draw: st.DrawFn) -> dict[str, date]:
    start, end = sorted(draw(st.lists(st.sampled_from((BEGINNING, *DAYS, STILL)), min_size=2, max_size=2, unique=True)))
    return {"valid_from": start, "valid_to": end}


@st.composite
def rows(draw: st.DrawFn, **facts: st.SearchStrategy[Any]) -> Row:
    span = draw(spans())
    return Row(draw(st.integers(0, 4)), *draw(clocks()), {**span, **{name: draw(one) for name, one in facts.items()}})


@st.composite
def completed(draw: st.DrawFn) -> Row:
    facts = {"course": draw(st.sampled_from(("a", "b"))), "on": draw(st.sampled_from((date(2024, 12, 31), *DAYS)))}
    return Row(draw(st.integers(0, 4)), *draw(clocks()), facts)


@st.composite
def histories(draw: st.DrawFn) -> History:
    postings = rows(
        unit=st.sampled_from(UNITS),
        category=st.sampled_from(CATEGORIES),
        direct=st.sampled_from((None, True, False)),
    )
    exceptions = rows(
        kind=st.sampled_from(("exempt", "on_leave", "required")), indicator=st.sampled_from(("", "i0", "i1"))
    )
    made = draw(st.lists(completed(), max_size=8))
    return History(
        draw(st.lists(postings, min_size=1, max_size=12)),
        draw(st.lists(exceptions, max_size=4)),
        list({(one.person, one.facts["course"], one.superseded_at): one for one in made}.values()),
        (draw(st.sampled_from(RULES)), draw(st.sampled_from(RULES))),
        draw(st.sampled_from(DAYS)),
        draw(st.sampled_from(DAYS)),
        draw(st.sampled_from((None, *MOMENTS))),
    )


# ── The slow, obvious count ──────────────────────────────────────────────────────────────────────


def stands(unit: str, on: date) -> bool:
    return any(start <= on < end for _, start, end in TREE[unit])


def above(unit: str, on: date) -> list[str]:
    found: list[str] = []
    while unit and stands(unit, on):
        found.append(unit)
        unit = next(parent for parent, start, end in TREE[unit] if start <= on < end) or ""
    return found


def counts_at(history: History, person: int, unit: str) -> str | None:
    """Under which unit of the asked tree this person's posting at `unit` counts; None when nobody can say."""

    def was_at(place: str, on: date) -> bool:
        return any(
            row.person == person and row.held(history.known_at) and row.facts["unit"] == place and row.true(on)
            for row in history.postings
        )

    came_from = sorted(
        old
        for old, new, on in HOPS
        if new == unit
        and history.tree_at < on <= history.as_of
        and stands(old, history.tree_at)
        and was_at(old, on - timedelta(days=1))
    )
    if stands(unit, history.tree_at):
        return _first(came_from) or unit
    then = _first([one for one in UNITS if stands(one, history.tree_at) and was_at(one, history.tree_at)])
    goes_to = [new for old, new, on in HOPS if old == unit and on <= history.tree_at and stands(new, history.tree_at)]
    if len(goes_to) == 1:
        return goes_to[0]
    if goes_to:
        return _first([one for one in goes_to if was_at(one, MERGER)]) or then
    return _first(came_from) or then


def _first(units: list[str]) -> str | None:
    """Several are equally near in these histories: the one that entered the register first."""
    return min(units, key=UNITS.index) if units else None


def stands_where(history: History, i: int, posting: Row) -> str:
    rule = history.rules[i]
    kinds = {
        row.facts["kind"]
        for row in history.exceptions
        if row.person == posting.person
        and row.held(history.known_at)
        and row.true(history.as_of)
        and row.facts["indicator"] in ("", f"i{i}")
    }
    category, direct = posting.facts["category"], posting.facts["direct"]
    if rule["direct_support"]:
        told, bound = direct is not None, direct is True
    else:
        told, bound = category != "", category in rule["categories"]
    if "on_leave" in kinds and (bound or not told or False):
        return "on_leave"
    if "on_leave" in kinds:
        return "exempt"  # outside the rule, on leave or not
    if "exempt" in kinds:
        return "exempt"
    if "required" not in kinds:
        if not told:
            return "unknown"
        if not bound:
            return "exempt"
    return "done" if is_done(history, rule, posting.person) else "not_done"


def is_done(history: History, rule: dict[str, Any], person: int) -> bool:
    last = min(history.as_of, ENDS)
    have = {
        row.facts["course"]
        for row in history.completions
        if row.person == person and row.held(history.known_at) and STARTS <= row.facts["on"] <= last
    }
    if rule["courses_needed"] == "any":
        return any(course in have for course in rule["courses"])
    return all(course in have for course in rule["courses"])


ORDER = ("exempt", "unknown", "on_leave", "not_done", "done")


def counted(history: History, i: int) -> dict[str | None, dict[str, int]]:
    """Persons by where they stand: for each unit with all below it, for None (cannot be restated), and for "all"."""
    where: dict[str | None, dict[int, list[str]]] = {}
    for posting in history.postings:
        if not posting.held(history.known_at) or not posting.true(history.as_of):
            continue
        unit = counts_at(history, posting.person, posting.facts["unit"])
        keys = ["all", *(above(unit, history.tree_at) if unit else [None])]
        for key in keys:
            where.setdefault(key, {}).setdefault(posting.person, []).append(stands_where(history, i, posting))
    figures: dict[str | None, dict[str, int]] = {}
    for key, persons in where.items():
        figures[key] = dict.fromkeys(ORDER, 0)
        for states in persons.values():
            figures[key][max(states, key=ORDER.index)] += 1
    return figures
