"""Recording one completion, to the commit: in a country of a thousand people and in one of a million."""

from collections.abc import Callable, Iterator

from sqlalchemy import exists, select

from bench.line import Line, side_by_side, times
from bench.million.world import World
from lms.kernel.clock import today
from lms.kernel.db import db
from lms.tracks import actions, editions
from lms.tracks.models import Completion, Enrolment

ROUNDS = 60


def lines(small: World, large: World) -> Iterator[Line]:
    """The last part of a course, of another person each time."""
    ours, few = side_by_side(_recording(large), _recording(small), ROUNDS)
    said = f"{ours:.1f} ms at {large.people:,}, {few:.1f} ms at {small.people:,}: last part, completion, audit trail, commit"
    yield times("recording one completion, a million beside a thousand", ours, few, 1.5, said)


def _recording(world: World) -> Callable[[], object]:
    with world.site.app.app_context():
        done = exists().where(Completion.enrolment_id == Enrolment.id)
        waiting = iter(
            db.session.scalars(select(Enrolment.id).where(~done).order_by(Enrolment.id).limit(ROUNDS + 1)).all()
        )

    def record() -> None:
        with world.site.app.app_context():
            enrolment = db.session.get_one(Enrolment, next(waiting))
            parts = editions.wording(enrolment.edition_id).parts
            for part in parts:
                completion = actions.finish_part(enrolment, part, on=today(), evidence={"bench": 1})
            assert completion is not None
            db.session.commit()

    return record
