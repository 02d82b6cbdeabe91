"""What is done to the register: a number is given, a certificate revoked or issued again.

Numbers are drawn from a counter row in the transaction that writes the certificate: on PostgreSQL its lock, on SQLite the
transaction that began IMMEDIATE makes others wait. A rollback gives the number back, so the register has no gap.
"""

import secrets
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select, update

from lms.certificates import queries, rules, snapshot
from lms.certificates.models import Certificate, CertificateFile, RegisterCounter, Revocation
from lms.kernel import audit
from lms.kernel.clock import now, today
from lms.kernel.db import CURRENT, db, insert_new
from lms.kernel.settings import setting
from lms.kernel.vietnamese import tidy
from lms.tracks import editions
from lms.tracks.models import Completion

BATCH = 500  # certificates of one transaction of the chore


def issue(completion: Completion, *, by: int | None = None, on: date | None = None) -> Certificate:
    """The certificate of a completion: a new one, or the newest that it has already. Raises `Refused` if none is earned."""
    on = on or today()
    _lock(on.year)
    db.session.refresh(completion, ["superseded_at"])
    return newest_of(completion.id) or _issue_all([completion], on, by)[0]


def issue_due(
    *, by: int | None = None, on: date | None = None, limit: int = BATCH, units: frozenset[int] | None = None
) -> int:
    """Everyone who completed a course and has no certificate yet gets one, oldest completion first; with `units`, only
    their people. Returns how many. One statement when there is nothing to do."""
    on = on or today()
    due = queries.due(on, units).limit(limit)
    if db.session.scalar(due.with_only_columns(Completion.id)) is None:
        return 0
    _lock(on.year)
    rows = db.session.scalars(due).all()  # read again: whoever held the lock may have issued some
    return len(_issue_all(rows, on, by)) if rows else 0


def revoke(certificate: Certificate, *, reason: str, decision: str = "", by: int | None = None) -> Revocation:
    """It no longer holds, and why. Its number stays used; `decision` is the number of the office's decision, if any."""
    _lock(certificate.year)
    rules.check_may_revoke(queries.state_of(certificate), reason)
    row = Revocation(
        certificate_id=certificate.id,
        reason=tidy(reason),
        decision=tidy(decision),
        revoked_at=now(),
        revoked_by=by,
    )
    db.session.add(row)
    db.session.flush()
    audit.record("certificate.revoked", "certificate", certificate.id, by=by)
    return row


def reissue(certificate: Certificate, *, by: int | None = None, on: date | None = None) -> Certificate:
    """After a correction of the register of persons: a new version, with a number of its own. The old one shows "replaced"."""
    on = on or today()
    _lock(certificate.year, on.year)
    completion = db.session.get_one(Completion, certificate.completion_id)
    facts = snapshot.facts_of([completion], on, site())[completion.id]
    rules.check_may_reissue(queries.state_of(certificate), certificate.facts, facts)
    again = _write(completion, facts, certificate.version + 1, _draw(on.year, 1)[0], on, by)
    db.session.flush()
    audit.record(
        "certificate.reissued", "certificate", again.id, by=by, replaces=certificate.id, number=numbered(again)
    )
    return again


def newest_of(completion_id: int) -> Certificate | None:
    """The newest version of the certificate of a completion."""
    return db.session.scalar(
        select(Certificate)
        .where(Certificate.completion_id == completion_id)
        .order_by(Certificate.version.desc())
        .limit(1)
    )


def keep_hash(certificate_ids: Iterable[int], sha256: str) -> None:
    """Remember that we made this file of these certificates."""
    for certificate_id in certificate_ids:
        insert_new(CertificateFile, certificate_id=certificate_id, sha256=sha256, made_at=now())


def numbered(certificate: Certificate) -> str:
    """001/2026/GCN-BLG."""
    return rules.register_number(certificate.number, certificate.year, certificate.series)


def series() -> str:
    """The series of this installation's register (setting CERTIFICATE_SERIES)."""
    return setting("certificate_series")


def site() -> str:
    """The name of this installation (setting SITE_NAME)."""
    return setting("site_name")


def _issue_all(completions: Sequence[Completion], on: date, by: int | None) -> list[Certificate]:
    for completion in completions:
        rules.check_may_issue(
            holds=completion.superseded_at == CURRENT,
            gives_certificate=rules.gives_certificate(editions.wording(completion.edition_id)),
            outside=any("outside" in part for part in completion.evidence.values()),
            completed_on=completion.completed_on,
            on=on,
        )
    facts = snapshot.facts_of(completions, on, site())
    numbers = _draw(on.year, len(completions))
    made = [
        _write(completion, facts[completion.id], 1, number, on, by)
        for completion, number in zip(completions, numbers, strict=True)
    ]
    db.session.flush()
    for certificate in made:
        audit.record("certificate.issued", "certificate", certificate.id, by=by, number=numbered(certificate))
    return made


def _write(
    completion: Completion, facts: dict[str, Any], version: int, number: int, on: date, by: int | None
) -> Certificate:
    certificate = Certificate(
        completion_id=completion.id,
        version=version,
        person_id=completion.person_id,
        course_slug=completion.course_slug,
        series=series(),
        year=on.year,
        number=number,
        token=secrets.token_hex(16),
        facts=facts,
        issued_on=on,
        issued_at=now(),
        issued_by=by,
    )
    db.session.add(certificate)
    return certificate


def _lock(*years: int) -> None:
    """Nobody else draws, revokes or issues again in this series and these years until our transaction ends."""
    for year in sorted(set(years)):
        insert_new(RegisterCounter, series=series(), year=year, last=0)
        db.session.execute(select(RegisterCounter.last).where(_counter(year)).with_for_update())


def _draw(year: int, count: int) -> range:
    """The next numbers of this series and year. The lock is held."""
    drawn = (
        update(RegisterCounter)
        .where(_counter(year))
        .values(last=RegisterCounter.last + count)
        .returning(RegisterCounter.last)
        .execution_options(synchronize_session=False)
    )
    last = db.session.execute(drawn).scalar_one()
    return range(last - count + 1, last + 1)


def _counter(year: int) -> Any:
    return (RegisterCounter.series == series()) & (RegisterCounter.year == year)
