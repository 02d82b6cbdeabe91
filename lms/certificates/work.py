"""Work beside the pages: what is due is issued each minute, and the papers of a whole class become one file."""

import hashlib
from collections.abc import Iterator
from typing import Any

from lms.certificates import actions, paper, queries
from lms.certificates.queries import Row
from lms.kernel import jobs, pdf
from lms.kernel.clock import today
from lms.kernel.db import db, reading
from lms.kernel.i18n import N_
from lms.kernel.jobs import Progress
from lms.kernel.refused import Refused
from lms.tracks.models import Completion

CLASS_PDF = "certificates.class_pdf"


@jobs.every(1)
def issue_due() -> None:
    """Each minute: whoever completed a course has a certificate. Looking costs one statement and no lock."""
    with reading():
        waiting = db.session.scalar(queries.due(today()).with_only_columns(Completion.id).limit(1))
        db.session.rollback()
    if waiting is not None:
        actions.issue_due()


@jobs.kind(CLASS_PDF)
def class_pdf(job: Progress, class_id: int, certificate_ids: list[int]) -> dict[str, Any]:
    """One file of a class's certificates, a page for each that still holds, in number order. The ids were found through
    the viewer who asked."""
    rows = [row for row in queries.by_ids(certificate_ids) if row.holds]
    if not rows:
        raise Refused("No certificate of this class can be printed yet.")
    content = pdf.from_pages(_told(job, rows))
    actions.keep_hash([row.certificate.id for row in rows], hashlib.sha256(content).hexdigest())
    job.file(f"giay-chung-nhan-lop-{class_id}.pdf", "application/pdf", content)
    job.at(len(rows), len(rows), N_("%(n)s certificates, one to a page."), n=len(rows))
    return {"pages": len(rows)}


def _told(job: Progress, rows: list[Row]) -> Iterator[str]:
    """The pages, saying after each how far it is."""
    for done, page in enumerate(paper.pages_of(rows)):
        job.at(done, len(rows), N_("Laying out the certificates"))
        yield page
