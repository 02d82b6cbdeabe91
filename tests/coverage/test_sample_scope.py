"""Whoever lost the office between the draw and the work gets no bundle."""

import pytest
from sqlalchemy import select

from lms.kernel import jobs
from lms.kernel.clock import frozen
from lms.kernel.db import db
from lms.kernel.jobs import Job, JobFile
from lms.people import actions as people
from lms.people.models import Account
from lms.people.queries import grants_of
from tests.coverage.conftest import NOW, Register


@pytest.mark.parametrize("lost", ["nothing", "role", "account"])
def test_the_work_asks_again_whose_units_they_are(register: Register, lost: str) -> None:
    account = register.accounts["lan"]
    register.client("lan").post("/coverage/sample?indicator=tap-huan&as_of=31/10/2025", {"n": "5", "seed": "7"})
    with register.doing(), frozen(NOW):
        if lost == "role":
            for grant in grants_of(account):
                people.end_role(grant, on=NOW.date())
        elif lost == "account":
            people.disable_account(db.session.get_one(Account, account))
    with register.app.app_context(), frozen(NOW):
        jobs.work_off()
        job = db.session.scalars(select(Job)).one()
        assert job.state == ("done" if lost == "nothing" else "failed")
        assert (db.session.scalar(select(JobFile.id)) is None) == (lost != "nothing")
