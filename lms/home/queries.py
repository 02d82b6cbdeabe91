"""What someone's first page shows: for each desk they sit at, the one thing to do now."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from lms.attendance import queries as classes
from lms.attendance.queries import ClassLine
from lms.certificates import queries as certificates
from lms.certificates.queries import Row as CertificateRow
from lms.coverage.alerts import open_alerts
from lms.coverage.places import Places, places
from lms.coverage.queries import Coverage, coverages
from lms.coverage.question import ask, chosen, plans
from lms.home.gatherings.hosts import may_hold
from lms.home.reminding import reminded_of
from lms.kernel.clock import today
from lms.kernel.db import db
from lms.people import upkeep_queries
from lms.people.queries import unit_scope
from lms.people.rights import queries as rights
from lms.people.roles import Role
from lms.people.sign_in import Viewer
from lms.people.upkeep_queries import Unconfirmed
from lms.tracks import binding, draft_queries, outside_queries
from lms.tracks import queries as tracks
from lms.tracks.binding import Binding
from lms.tracks.models import Plan
from lms.tracks.queries import Learning

NEXT_CLASSES = 4
LATEST_CERTIFICATES = 3


@dataclass(frozen=True)
class Desk:
    """Everything one first page may need; what a viewer has no business with is empty."""

    day: date
    learning: Sequence[Learning] = ()
    classes: Sequence[ClassLine] = ()  # those the viewer sits in or leads, today's first
    certificates: Sequence[CertificateRow] = ()
    plan: Plan | None = None
    coverage: Sequence[Coverage] = field(default=())
    reminded_on: date | None = None  # of a course still to be completed
    bound_by: Binding | None = None  # what makes the plan ask for the first of them
    lists: Sequence[Unconfirmed] = ()  # of the units whose focal person the viewer is
    unconfirmed: int = 0  # lists of all units the office answers for
    alerts: int = 0  # places with too few trained people
    requests: int = 0  # about personal data, not closed
    papers: int = 0  # about training elsewhere, waiting for the office
    keeps_courses: bool = False
    holds_groups: bool = False

    def places(self, found: Coverage) -> Places | None:
        """Of an indicator of places: which have enough trained people."""
        return places(found)

    @property
    def to_learn(self) -> list[Learning]:
        """Courses not completed, the most urgent first."""
        return [one for one in self.learning if one.progress.completed_on is None]

    @property
    def completed(self) -> list[Learning]:
        """Each completed course once, as it was completed last; its `before` has the days of earlier cycles."""
        done = sorted(
            (one for one in self.learning if one.progress.completed_on), key=lambda one: str(one.progress.completed_on)
        )
        last = {one.enrolment.course_slug: one for one in done}
        return [one for one in self.learning if last.get(one.enrolment.course_slug) is one]

    @property
    def asked_lists(self) -> list[Unconfirmed]:
        """The lists that the office has reminded of."""
        return [one for one in self.lists if one.reminded_at]

    @property
    def led(self) -> list[ClassLine]:
        return [one for one in self.classes if one.led]

    @property
    def attended(self) -> list[ClassLine]:
        return [one for one in self.classes if one.mine and not one.led]


def desk(viewer: Viewer) -> Desk:
    """The first page of this viewer."""
    plan, figures = _coverage(viewer) if viewer.holds(Role.FOCAL, Role.OFFICE) else (None, [])
    learning = tracks.my_enrolments(viewer) if viewer.person_id else []
    office = unit_scope(viewer, Role.OFFICE) if viewer.holds(Role.OFFICE) else frozenset()
    to_learn = [one for one in learning if one.progress.completed_on is None]
    waiting = [one.course.slug for one in to_learn]
    asks = to_learn[0].indicator if to_learn else None
    return Desk(
        day=today(),
        learning=learning,
        reminded_on=reminded_of(viewer, waiting) if waiting else None,
        bound_by=binding.binding(viewer, asks.id) if asks else None,
        lists=upkeep_queries.unconfirmed(viewer, Role.FOCAL) if viewer.holds(Role.FOCAL) else (),
        unconfirmed=upkeep_queries.unconfirmed_count(viewer, Role.OFFICE) if office else 0,
        alerts=len(open_alerts(office)) if office else 0,
        requests=rights.count_open(viewer) if office else 0,
        papers=outside_queries.count_waiting(office) if office else 0,
        keeps_courses=draft_queries.keeps_courses(office),
        holds_groups=may_hold(viewer),
        classes=_classes(viewer),
        certificates=certificates.own(viewer)[:LATEST_CERTIFICATES] if viewer.person_id else [],
        plan=plan,
        coverage=figures,
    )


def _coverage(viewer: Viewer) -> tuple[Plan | None, list[Coverage]]:
    """Both indicators of the plan in force, over the units the viewer answers for."""
    found = plans()
    if not found:
        return None, []
    planned = chosen(found, None, today())
    return planned.plan, coverages(ask(planned, granted=viewer.units(Role.FOCAL, Role.OFFICE)))


def _classes(viewer: Viewer) -> list[ClassLine]:
    rows = db.session.scalars(classes.running(viewer).limit(3 * NEXT_CLASSES)).all()
    return [line for line in classes.lines(viewer, rows) if line.mine or line.led][:NEXT_CLASSES]
