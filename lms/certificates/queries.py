"""What is in the register and who may see it: lists, look-ups, papers and exports all go through `visible_certificates`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, exists, false, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from lms.attendance.models import ClassTrainer, Seat
from lms.certificates import rules
from lms.certificates.models import Certificate, CertificateFile, Revocation
from lms.certificates.rules import CONFIDENTIAL, State
from lms.kernel.access import missing
from lms.kernel.clock import local
from lms.kernel.db import CURRENT, db
from lms.people.models import Person, Posting
from lms.people.queries import records_of, unit_scope
from lms.people.roles import Role
from lms.people.sign_in import Viewer
from lms.tracks import editions
from lms.tracks.course import PARTS
from lms.tracks.models import Completion, Edition

later = aliased(Certificate)  # the version that replaced one


@dataclass(frozen=True)
class Sight:
    """Whose certificates a viewer sees. Found once for a page."""

    person_id: int
    teaches: bool
    answers: frozenset[int]  # units they are focal person of or answer for
    keeps: frozenset[int]  # units whose register they keep: issue, revoke, issue again


@dataclass(frozen=True)
class Row:
    """A certificate as the register shows it: its state, who replaced it, why it was taken back."""

    certificate: Certificate
    state: State
    revocation: Revocation | None
    replaced_by: Certificate | None
    replaces: Certificate | None
    why_lapsed: str

    @property
    def facts(self) -> dict[str, Any]:
        return self.certificate.facts

    @property
    def holds(self) -> bool:
        return self.state is State.VALID

    @property
    def number(self) -> str:
        return rules.register_number(self.certificate.number, self.certificate.year, self.certificate.series)

    @property
    def replaced_by_number(self) -> str:
        other = self.replaced_by
        return rules.register_number(other.number, other.year, other.series) if other else ""

    @property
    def replaces_number(self) -> str:
        other = self.replaces
        return rules.register_number(other.number, other.year, other.series) if other else ""

    @property
    def revoked_on(self) -> date | None:
        return local(self.revocation.revoked_at).date() if self.revocation else None

    def day(self, name: str) -> date | None:
        """A date of the snapshot."""
        return date.fromisoformat(self.facts[name]) if self.facts[name] else None


@dataclass(frozen=True)
class Candidate:
    """A completion that has no certificate yet, with what it rests on."""

    completion: Completion
    person: Person
    course: str


def sight(viewer: Viewer) -> Sight:
    """What this viewer sees. A learner's costs nothing to find."""
    keeps = unit_scope(viewer, Role.OFFICE) if viewer.holds(Role.OFFICE) else frozenset()
    answers = keeps | unit_scope(viewer, Role.FOCAL) if viewer.holds(Role.FOCAL) else keeps
    return Sight(viewer.person_id or 0, viewer.holds(Role.TRAINER), answers, keeps)


def visible_certificates(viewer: Viewer, seen: Sight | None = None) -> Select[Certificate]:
    """Their own; those of whoever works or worked in a unit they are focal person of or answer for; and those earned in
    the classes they teach."""
    seen = seen or sight(viewer)
    whose = [Certificate.person_id.in_(records_of(seen.person_id)), _of_units(Certificate.person_id, seen.answers)]
    if seen.teaches:
        taught = (
            select(Seat.person_id)
            .join(ClassTrainer, ClassTrainer.class_id == Seat.class_id)
            .where(
                ClassTrainer.person_id == seen.person_id,
                Seat.left_at == CURRENT,
                Seat.class_id == Certificate.facts["class_id"].as_integer(),
            )
            .correlate(Certificate)
        )
        whose.append(Certificate.person_id.in_(taught))
    return select(Certificate).where(or_(*whose))


def register(seen: Sight, year: int | None = None) -> Select[Any]:
    """Rows of the register that the viewer answers for, in number order, voids among them."""
    found = _rows(select(Certificate).where(_of_units(Certificate.person_id, seen.answers)))
    if year is not None:
        found = found.where(Certificate.year == year)
    return found.order_by(Certificate.series, Certificate.year.desc(), Certificate.number)


def years(seen: Sight) -> list[int]:
    """The years that have rows, newest first."""
    held = select(Certificate.year).where(_of_units(Certificate.person_id, seen.answers)).distinct()
    return sorted(db.session.scalars(held), reverse=True)


def own(viewer: Viewer) -> list[Row]:
    """The viewer's own certificates, newest first."""
    return rows_from(db.session.execute(_OWN, {"person_id": viewer.person_id or 0}).all())


def find(viewer: Viewer, certificate_id: int) -> tuple[Row, bool]:
    """That certificate, and whether this viewer keeps its register; if they may not see it, the same 404 as for none."""
    seen = sight(viewer)
    kept = _of_units(Certificate.person_id, seen.keeps).label("kept")
    wanted = visible_certificates(viewer, seen).where(Certificate.id == certificate_id)
    found = db.session.execute(_rows(wanted).add_columns(kept)).first() or missing()
    return rows_from([found[:-1]])[0], bool(found[-1])


def kept(viewer: Viewer, certificate_id: int) -> Row:
    """That certificate, if it is this viewer's office that keeps the register for it."""
    row, keeps = find(viewer, certificate_id)
    return row if keeps else missing()


def versions(completion_id: int) -> list[Row]:
    """Every version of one certificate, first to last."""
    held = select(Certificate).where(Certificate.completion_id == completion_id)
    return rows_of(_rows(held).order_by(Certificate.version))


def lapsed(seen: Sight) -> list[Row]:
    """Those whose completion was retracted and that the office has not revoked yet."""
    held = _rows(select(Certificate).where(_of_units(Certificate.person_id, seen.keeps))).where(
        Completion.superseded_at != CURRENT, Revocation.id.is_(None), later.id.is_(None)
    )
    return rows_of(held.order_by(Certificate.year, Certificate.number))


def of_class(viewer: Viewer, class_id: int) -> list[Row]:
    """The certificates earned in a class that the viewer may see, by number."""
    held = visible_certificates(viewer).where(Certificate.facts["class_id"].as_integer() == class_id)
    return rows_of(_rows(held).order_by(Certificate.year, Certificate.number))


def due(on: date, units: frozenset[int] | None = None) -> Select[Completion]:
    """Completions that stood on that day, of courses that give a certificate, and have none; oldest first. With `units`,
    those of their people."""
    giving = select(Edition.id).where(
        Edition.content["certificate"].as_boolean(), Edition.content["track"].as_string() != CONFIDENTIAL
    )
    found = select(Completion).where(
        Completion.superseded_at == CURRENT,
        Completion.completed_on <= on,
        Completion.edition_id.in_(giving),
        *(Completion.evidence[part]["outside"].as_integer().is_(None) for part in PARTS),  # its paper is another's
        ~exists().where(Certificate.completion_id == Completion.id),
    )
    if units is not None:
        found = found.where(_of_units(Completion.person_id, units))
    return found.order_by(Completion.completed_on, Completion.id)


def candidates(seen: Sight, on: date, limit: int = 50) -> list[Candidate]:
    """Who has earned a certificate and has none yet, with the evidence, for the office that will issue it."""
    waiting = due(on, seen.keeps).join(Person, Person.id == Completion.person_id).add_columns(Person).limit(limit)
    rows: list[Any] = list(db.session.execute(waiting))
    return [Candidate(one, person, editions.wording(one.edition_id).title) for one, person in rows]


def count_due(seen: Sight, on: date) -> int:
    """How many are waiting."""
    waiting = due(on, seen.keeps).order_by(None).with_only_columns(Completion.id).subquery()
    return db.session.scalar(select(func.count()).select_from(waiting)) or 0


def by_token(token: str) -> Row | None:
    """The certificate behind the address on a QR code; for anyone who has it."""
    found = rows_of(_rows(select(Certificate).where(Certificate.token == token)))
    return found[0] if found else None


def by_number(number: int, year: int, series: str) -> Row | None:
    """The certificate with this register number; the caller must also know whose it is."""
    held = select(Certificate).where(
        Certificate.number == number, Certificate.year == year, func.upper(Certificate.series) == series.upper()
    )
    found = rows_of(_rows(held))
    return found[0] if found else None


def by_hash(sha256: str) -> list[Row]:
    """The certificates that a file with this SHA-256 holds, if we made it."""
    ours = select(CertificateFile.certificate_id).where(CertificateFile.sha256 == sha256)
    return rows_of(
        _rows(select(Certificate).where(Certificate.id.in_(ours))).order_by(Certificate.year, Certificate.number)
    )


def by_ids(ids: Sequence[int]) -> list[Row]:
    """These certificates by number; whoever asks has found the ids through a viewer."""
    held = select(Certificate).where(Certificate.id.in_(ids))
    return rows_of(_rows(held).order_by(Certificate.year, Certificate.number))


def hash_is_known(certificate_id: int, sha256: str) -> bool:
    """Whether this file of this certificate is remembered already."""
    kept = select(CertificateFile.id).where(
        CertificateFile.certificate_id == certificate_id, CertificateFile.sha256 == sha256
    )
    return db.session.scalar(kept) is not None


def state_of(certificate: Certificate) -> State:
    """What is true of it now, read afresh."""
    return rows_of(_rows(select(Certificate).where(Certificate.id == certificate.id)))[0].state


def rows_of(found: Select[Any]) -> list[Row]:
    """The rows of a select made by `_rows` (the register, a class, one certificate)."""
    return rows_from(db.session.execute(found).all())


def rows_from(found: Iterable[Any]) -> list[Row]:
    """The same from rows that were fetched already (a page of them)."""
    return [
        Row(
            one,
            rules.state(revoked=revocation is not None, replaced=after is not None, lapsed=superseded_at != CURRENT),
            revocation,
            after,
            before,
            why,
        )
        for one, revocation, after, before, superseded_at, why in found
    ]


def _rows(found: Select[Certificate]) -> Select[Any]:
    before = aliased(Certificate)
    return (
        found.add_columns(Revocation, later, before, Completion.superseded_at, Completion.why_superseded)
        .join(Completion, Completion.id == Certificate.completion_id)
        .outerjoin(Revocation, Revocation.certificate_id == Certificate.id)
        .outerjoin(
            later, (later.completion_id == Certificate.completion_id) & (later.version == Certificate.version + 1)
        )
        .outerjoin(
            before, (before.completion_id == Certificate.completion_id) & (before.version == Certificate.version - 1)
        )
    )


_OWN = (  # built once, because every learner's first page asks it
    _rows(select(Certificate).where(Certificate.person_id.in_(records_of(bindparam("person_id"))))).order_by(
        Certificate.issued_on.desc(), Certificate.id.desc()
    )
)


def _of_units(person_id: InstrumentedAttribute[int], scope: frozenset[int]) -> ColumnElement[bool]:
    """Whoever works or worked in one of these units."""
    if not scope:
        return false()
    return person_id.in_(select(Posting.person_id).where(Posting.unit_id.in_(scope), Posting.superseded_at == CURRENT))
