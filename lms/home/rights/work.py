"""Beside the pages: all that is held about somebody becomes one file; what is no longer kept is taken away each hour."""

import io
import json
import zipfile
from typing import Any

from lms.home.rights import held
from lms.kernel import audit, jobs, pdf
from lms.kernel.clock import now, today
from lms.kernel.i18n import N_
from lms.kernel.jobs import Progress
from lms.kernel.vietnamese import short_date

HELD = "people.held"
NAME = "du-lieu-cua-toi"


@jobs.kind(HELD)
def held_file(job: Progress, person_id: int | None, account_id: int) -> dict[str, Any]:
    """A .zip of one JSON file for a machine and one HTML page to read. Whose it is was said by the sign-in that asked."""
    sections = held.held(held.whose(person_id, account_id))
    page = pdf.paper().get_template("home/rights/file.html").render(sections=sections, made_on=short_date(today()))
    said = {"made_at": now().isoformat(), "held": held.as_json(sections)}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(f"{NAME}.json", json.dumps(said, ensure_ascii=False, indent=1))
        packed.writestr(f"{NAME}.html", page)
    job.file(f"{NAME}.zip", "application/zip", out.getvalue())
    audit.record("rights.exported", "account", account_id, by=account_id, rows=sum(len(one.rows) for one in sections))
    job.at(1, 1, N_("Everything that is held about you, as a page to read and as a file for machines."))
    return {"sections": len(sections)}
