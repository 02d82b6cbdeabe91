"""The rooms, as the front door knows them: their pages, their commands, and the menu."""

from click import Command
from flask import Blueprint, request
from flask_login import current_user

from lms.attendance import models as attendance
from lms.attendance.views import bp as attendance_pages
from lms.certificates import models as certificates
from lms.certificates.cli import cli as certificate_commands
from lms.certificates.views import check_pages, register_pages
from lms.confidential import models as confidential
from lms.confidential.views import bp as confidential_pages
from lms.coverage import models as coverage
from lms.coverage.cli import cli as coverage_commands
from lms.coverage.views import bp as coverage_pages
from lms.home.cli import demo
from lms.home.gatherings.views import bp as gathering_pages
from lms.home.reorganisation.views import bp as reorganising_pages
from lms.home.rights.views import bp as rights_pages
from lms.home.views import bp as home_pages
from lms.kernel.cli import COMMANDS as KERNEL_COMMANDS
from lms.kernel.i18n import _l
from lms.kernel.pages import bp as kernel_pages
from lms.people import door_models as front_door
from lms.people import models as people
from lms.people.cli import cli as people_commands
from lms.people.factors import models as factors
from lms.people.factors.views import bp as factor_pages
from lms.people.oidc_views import bp as oidc_pages
from lms.people.rights import models as rights
from lms.people.roles import Role
from lms.people.roster import models as rosters
from lms.people.sign_in_views import bp as sign_in_pages
from lms.people.slip_views import bp as slip_pages
from lms.people.views import bp as people_pages
from lms.quizzes import models as quizzes
from lms.quizzes.views import bp as quizzes_pages
from lms.reports.views import bp as reports_pages
from lms.tracks import models as tracks
from lms.tracks.cli import cli as courses
from lms.tracks.views import bp as tracks_pages
from lms.tracks.views import draft_pages, outside_pages

MODELS = (
    people,
    front_door,
    factors,
    rights,
    rosters,
    tracks,
    quizzes,
    attendance,
    certificates,
    coverage,
    confidential,
)  # every table, whoever needs it first
BLUEPRINTS: tuple[Blueprint, ...] = (
    kernel_pages,
    sign_in_pages,
    slip_pages,
    factor_pages,
    oidc_pages,
    people_pages,
    home_pages,
    rights_pages,
    gathering_pages,
    reorganising_pages,
    tracks_pages,
    outside_pages,
    draft_pages,
    quizzes_pages,
    attendance_pages,
    register_pages,
    check_pages,
    confidential_pages,
    coverage_pages,
    reports_pages,
)
COMMANDS: tuple[Command, ...] = (
    *KERNEL_COMMANDS,
    demo,
    people_commands,
    courses,
    certificate_commands,
    coverage_commands,
)

# room, address, words, who (empty: anyone signed in)
MENU: tuple[tuple[str, str, object, frozenset[Role]], ...] = (
    ("tracks", "/learn/", _l("My courses"), frozenset({Role.LEARNER})),
    ("people", "/people/", _l("Staff"), frozenset({Role.FOCAL, Role.OFFICE, Role.ADMIN})),
    ("attendance", "/classes/", _l("Classes"), frozenset()),
    ("certificates", "/certificates/", _l("Certificates"), frozenset({Role.LEARNER, Role.FOCAL, Role.OFFICE})),
    ("coverage", "/coverage/", _l("Coverage"), frozenset({Role.FOCAL, Role.OFFICE})),
    ("reports", "/reports/", _l("Yearly report"), frozenset({Role.FOCAL, Role.OFFICE})),
)


def menu() -> list[tuple[str, object, bool]]:
    """(address, words, whether we are there) for whoever looks."""
    if not current_user.is_authenticated:
        return []
    here, roles = (request.endpoint or "").split(".")[0], current_user.roles
    return [
        (address, words, room == here) for room, address, words, who in MENU if not who or not who.isdisjoint(roles)
    ]
