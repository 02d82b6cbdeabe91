"""The first page of each desk, help, and what we keep about people."""

from flask import render_template
from flask_login import current_user

from lms.coverage import words
from lms.home import queries
from lms.home.views.room import bp
from lms.kernel.access import door, open_door
from lms.kernel.clock import today
from lms.tracks import content
from lms.tracks.views import place


@bp.get("/")
@door()
def index():
    """What now? One answer for each desk this person sits at."""
    return render_template("home/index.html", desk=queries.desk(current_user), place=place, words=words)


@bp.get("/help")
@open_door
def help_page():
    """Whom to call, and how to get back in."""
    return render_template("home/help_page.html", numbers=content.help_numbers(today()))


@bp.get("/privacy")
@open_door
def privacy():
    """What we keep about someone, why, for how long, and whom to ask."""
    return render_template("home/privacy.html")
