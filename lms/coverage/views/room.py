"""The blueprint that all pages of coverage hang on, and how their address is read."""

from dataclasses import dataclass, field, replace

from flask import Blueprint, render_template, request, url_for
from flask_login import current_user

from lms.coverage import breakdowns, filters, listing, moments, sheet, words
from lms.coverage.filters import Filter
from lms.coverage.queries import Coverage, coverages
from lms.coverage.question import Planned, Question, Ruled, ask, chosen, plans
from lms.kernel.access import missing
from lms.kernel.clock import today
from lms.kernel.db import db
from lms.kernel.errors import refused, wants_json
from lms.kernel.i18n import translate_refused
from lms.kernel.refused import Refused
from lms.people.roles import Role
from lms.tracks.course import Course

bp = Blueprint("coverage", __name__, url_prefix="/coverage")
KEPT = (
    "plan",
    "indicator",
    "as_of",
    "known_at",
    "tree_at",
    *filters.NAMES,
)  # what every link on these pages carries on
DESKS = (Role.FOCAL, Role.OFFICE)


def carried() -> dict[str, str]:
    """What the address asks, unread: for pages that only hand it on."""
    return {name: request.args[name] for name in KEPT if request.args.get(name, "").strip()}


ASKING = frozenset(f"coverage.{name}" for name in ("index", "unit", "people", "over_time", "by_year"))


@bp.errorhandler(Refused)
def not_counted(error: Refused):
    """What cannot be counted is said above the form, with all that was typed."""
    if request.endpoint not in ASKING or wants_json():
        return refused(error)
    db.session.rollback()
    page = {
        "why": translate_refused(error),
        "plan_choices": [(one.plan.slug, one.plan.title) for one in plans()],
        "kept": carried(),
        "words": words,
    }
    return render_template("coverage/not_counted.html", **page), 409


@dataclass(frozen=True)
class Asked:
    """What the address asks, and what belongs on every page that answers it."""

    plans: list[Planned]
    question: Question
    i: int
    kept: dict[str, str]
    courses: dict[str, Course] = field(default_factory=dict)
    tracks: list[str] = field(default_factory=list)  # of the courses that the indicator asks for

    @property
    def reminding(self) -> dict[str, str]:
        """Where the people of a list can be reminded and called: only as things stand today."""
        if self.question.as_of != today() or self.question.known_at is not None:
            return {}
        return {"preview": url_for("home.preview_reminders"), "calls": url_for("home.call_list")}

    @property
    def filters(self) -> list[Filter]:
        """Those that are on."""
        return [Filter(name, self.kept[name]) for name in filters.NAMES if name in self.kept]

    def without(self, *names: str) -> dict[str, str]:
        """What links carry on when these filters are off."""
        return {name: value for name, value in self.kept.items() if name not in names}

    @property
    def one(self) -> Ruled:
        """The indicator in question."""
        return self.question.ruled[self.i]

    def page(self, template: str, **values):
        return render_template(
            template,
            asked=self,
            question=self.question,
            kept=self.kept,
            words=words,
            sheet_columns=sheet.columns,
            place_columns=sheet.place_columns,
            **values,
        )


def read(roles: tuple[Role, ...] = DESKS) -> Asked:
    """The address, understood, for whoever holds one of these roles; a day that cannot be counted is refused in words."""
    kept = carried()
    known_at = moments.moment(kept.get("known_at"))
    every = plans(known_at)
    as_of = moments.day(kept.get("as_of"))
    planned = chosen(every, kept.get("plan"), as_of or today())
    question = ask(
        planned,
        as_of=as_of,
        known_at=known_at,
        tree_at=moments.day(kept.get("tree_at")),
        granted=frozenset(current_user.units(*roles)),
        grade=kept.get("grade"),
        sex=filters.sex(kept.get("sex")),
    )
    found = question.of(kept["indicator"]) if "indicator" in kept else 0
    i = missing() if found is None else found
    courses = listing.courses_of(question)
    tracks = filters.tracks_of(question.ruled[i], courses)
    narrowed = filters.narrowed(question, kept, courses)
    filters.check_asks(narrowed.ruled[i], kept)
    return Asked(every, narrowed, i, kept, courses, tracks)


def figures(asked: Asked, unit_id: int | None) -> Coverage:
    """The indicator asked for; a unit that is not in that day's tree, or not theirs, is not there."""
    if unit_id is not None and unit_id not in asked.question.tree:
        missing()
    deep, only = asked.one.indicator.kind == "places", replace(asked.question, ruled=(asked.one,))
    at_once = replace(only, ruled=(asked.one, *breakdowns.alone(asked.one)))
    found, *each = coverages(at_once, unit_id, deep=deep, sexes=True)
    return replace(found, question=only, each=tuple(each))


def number(name: str) -> int | None:
    """A whole number in the address; what is none is not there."""
    text = request.args.get(name, "")
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else missing()
