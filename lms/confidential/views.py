"""The quiet pages: the front, the gate, a page, the way out. GET only; no session, no token, nothing stored."""

from flask import Blueprint, current_app, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lms.confidential.pages import library
from lms.confidential.quiet import gate_cookie
from lms.kernel.access import open_door
from lms.kernel.clock import today
from lms.kernel.i18n import speaking

bp = Blueprint("confidential", __name__)


@bp.get("/c/")
@open_door
def front():
    """What is there to read."""
    return answer("front", page=library().front, pages=library().pages.values())


@bp.get("/c/<name>")
@open_door
def show(name):
    """A page, once the gate is open; before that the gate, at the same address."""
    page = library().pages.get(name)
    if page is None:
        return answer("missing", 404)
    if request.cookies.get(gate()) != "1":
        return answer("gate", page=library().gate, to=page)
    return answer("show", page=page)


@bp.get("/c/<name>/tiep")
@open_door
def go_on(name):
    """Open the gate. The cookie is the same for everyone, says nothing, and ends with the browser."""
    if name not in library().pages:
        return answer("missing", 404)
    reply = redirect(url_for(".show", name=name), 303)
    reply.set_cookie(gate(), "1", secure=current_app.config["HTTPS"], httponly=True, samesite="Lax")
    return unkept(reply)


@bp.get("/c/<path:_anything>")
@open_door
def nowhere(_anything):
    """Nothing is there, said as quietly as the rest."""
    return answer("missing", 404)


@bp.get("/thoat")
@open_door
def leave():
    """Close the gate, and go somewhere else. Only the gate's cookie goes: a trainer's unsent roll stays on the device."""
    reply = redirect(current_app.config["SETTINGS"].exit_to, 303)
    reply.delete_cookie(gate(), secure=current_app.config["HTTPS"], httponly=True, samesite="Lax")
    return unkept(reply)


def gate() -> str:
    return gate_cookie(current_app.config["HTTPS"])


def answer(template: str, status: int = 200, **values: object) -> Response:
    """The page, in Vietnamese, with whom to call; never kept by a browser, never found by a search."""
    with speaking("vi"):
        html = render_template(f"confidential/{template}.html", numbers=library().numbers_on(today()), **values)
    return unkept(make_response(html, status))


def unkept(reply: Response) -> Response:
    reply.headers["Cache-Control"] = "no-store"
    reply.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return reply
