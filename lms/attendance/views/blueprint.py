"""Where the pages of classes live."""

from flask import Blueprint

from lms.people.roles import Role

bp = Blueprint("attendance", __name__, url_prefix="/classes")

HOSTS = (Role.FOCAL, Role.OFFICE)
LEADERS = (Role.TRAINER, Role.FOCAL, Role.OFFICE)
