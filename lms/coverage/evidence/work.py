"""Draw a sample, and make its bundle beside the pages."""

import secrets
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from lms.coverage import filters, frozen_rules, listing
from lms.coverage.evidence import bundle, drawing, gathering
from lms.coverage.listing import Wanted
from lms.coverage.question import Question, ask, chosen, plans
from lms.kernel import audit, jobs
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.i18n import N_, speaking
from lms.kernel.jobs import Job, Progress
from lms.kernel.refused import Refused
from lms.people.queries import account_scope
from lms.people.roles import Role

SAMPLE = "coverage.sample"


def draw(question: Question, i: int, wanted: Wanted, kept: dict[str, str], *, n: int, seed: int | None, by: int) -> Job:
    """Draw n people from the figure, keep which, and ask for their bundle. `kept`: the filters of the address."""
    if not 1 <= n <= drawing.MOST:
        raise Refused("Between 1 and %(most)s people can be drawn at once.", most=drawing.MOST)
    seed = secrets.randbelow(drawing.LARGEST_SEED) + 1 if seed is None else seed
    moment = now()
    question = replace(question, known_at=question.known_at or moment - frozen_rules.EVE)
    from_all = [row[0].id for row in db.session.execute(listing.listed(question, i, wanted))]
    persons = drawing.drawn(from_all, n, seed)
    if not persons:
        raise Refused("Nobody stands behind this figure, so nobody can be drawn.")
    known_at = question.known_at or moment
    args = {
        "plan": question.plan.slug,
        "indicator": question.ruled[i].indicator.slug,
        "as_of": question.as_of.isoformat(),
        "known_at": known_at.isoformat(),
        "tree_at": question.tree_at.isoformat(),
        "kept": {name: kept[name] for name in filters.NAMES if name in kept},
        "units": sorted(question.units),
        "persons": persons,
        "seed": seed,
        "of": len(from_all),
        "drawn_at": moment.isoformat(),
    }
    job = jobs.start(SAMPLE, args, by=by)
    facts = {name: args[name] for name in ("plan", "indicator", "as_of", "known_at", "kept", "persons", "seed", "of")}
    audit.record("coverage.sample_drawn", "job", job.id, by=by, **facts)
    return job


@jobs.kind(SAMPLE)
def sample(job: Progress, **args: Any) -> dict[str, Any]:
    """The bundle of those who were drawn, as known at the moment of the draw and within the units of who drew."""
    if not frozenset(args["units"]) <= account_scope(job.job.requested_by, Role.OFFICE):
        raise Refused("You no longer answer for all the units of this draw. Draw again.")
    question, i = _asked_then(args)
    persons, scope = args["persons"], frozenset(args["units"])
    with speaking("vi"):
        head = {
            **gathering.asked(question, i, listing.courses_of(question)),
            "seed": args["seed"],
            "drawn": len(persons),
            "of": args["of"],
            "drawn_at": args["drawn_at"],
            "filters": args["kept"],
        }
        found = gathering.gathered(question, i, persons, scope)
    total = len(found) + 1
    content = bundle.bundle(
        head, found, lambda done: job.at(done, total, N_("Gathering the evidence of %(n)s people"), n=len(found))
    )
    job.file(f"rut-mau-{args['indicator']}-{args['seed']}.zip", "application/zip", content)
    job.at(total, total, N_("Evidence of %(n)s people, drawn with seed %(seed)s."), n=len(found), seed=args["seed"])
    return {"persons": len(found), "seed": args["seed"]}


def _asked_then(args: dict[str, Any]) -> tuple[Question, int]:
    known_at = datetime.fromisoformat(args["known_at"])
    planned = chosen(plans(known_at), args["plan"], date.fromisoformat(args["as_of"]))
    kept = args["kept"]
    question = ask(
        planned,
        as_of=date.fromisoformat(args["as_of"]),
        known_at=known_at,
        tree_at=date.fromisoformat(args["tree_at"]),
        units=frozenset(args["units"]),
        grade=kept.get("grade"),
        sex=filters.sex(kept.get("sex")),
    )
    i = question.of(args["indicator"])
    if i is None:
        raise Refused("The plan of this period is not on record any more.")
    return filters.narrowed(question, kept, listing.courses_of(question)), i
