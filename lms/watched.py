"""Which looks leave an entry in the audit trail: one table, so that whoever decides about it reads it in one place.

What is not here: one's own record; lists on the screen of the people one is in charge of (a file of them is here); figures without persons,
but for those of the groups: whoever looks at them is known to a second office.
`tests/test_traces.py` holds the table complete: each page about one person, and each file, is in it or named there with its reason.
"""

from collections.abc import Mapping

from lms.kernel.watching import Look, exported, seen

PERSON = seen("person", "person_id")

LOOKS: Mapping[str, Look] = {
    "people.show": PERSON,
    "people.facts": PERSON,
    "people.posting": PERSON,
    "people.change": PERSON,
    "people.correction": PERSON,
    "home.standing": PERSON,
    "home.exception": PERSON,
    "home.same": PERSON,
    "outside.person": PERSON,
    "coverage.why": PERSON,
    "outside.show": seen("outside_training", "outside_id"),
    "outside.paper": exported("outside_training", "outside_id"),
    "people.account": seen("account", "account_id"),
    "factors.of_account": seen("account", "account_id"),
    "rights.one": seen("data_request", "request_id"),
    "certificates.show": seen("certificate", "certificate_id"),
    "certificates.file": exported("certificate", "certificate_id"),
    "certificates.register_xlsx": exported("register", "year"),
    "attendance.sheet": exported("class", "class_id"),
    "attendance.sheet_pdf": exported("class", "class_id"),
    "coverage.download": exported("unit", "unit"),
    "coverage.people_sheet": exported("unit", "unit"),
    "coverage.frozen_download": exported("frozen_period", "period_id"),
    "coverage.frozen_paper": exported("frozen_period", "period_id"),
    "coverage.invitees": exported("proposal", "proposal_id"),
    "coverage.invitees_pdf": exported("proposal", "proposal_id"),
    "people.unit_people": exported("unit", "unit"),
    "people.bad_rows": exported("roster", "roster_id"),
    "people.unit_calls": exported("call_list"),
    "reports.download": exported("unit", "unit"),
    "reports.paper": exported("unit", "unit"),
    "gatherings.figures": seen("group_quarter"),
    "kernel.job_file": exported("job", "job_id"),
}
