"""The quiet pages of a shelf: the front, the gate, a page, the way out. GET only; no session, no token, nothing stored."""

from flask import Blueprint, current_app, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lms.confidential.pages import library
from lms.confidential.shelves import SHELVES
from lms.kernel.access import open_door
from lms.kernel.clock import today
from lms.kernel.i18n import speaking

bp = Blueprint("confidential", __name__)
ON = f"/<any({', '.join(SHELVES)}):shelf>"


@bp.get(f"{ON}/")
@open_door
def front(shelf):
    """What is there to read."""
    return answer(shelf, "front", page=library(shelf).front, pages=library(shelf).pages.values())


@bp.get(f"{ON}/<name>")
@open_door
def show(shelf, name):
    """A page, once the gate is open; before that the gate, at the same address."""
    page = library(shelf).pages.get(name)
    if page is None:
        return answer(shelf, "missing", 404)
    if request.cookies.get(gate(shelf)) != "1":
        before = library(shelf).gate
        offered = library(shelf).pages.get(before.first) if before.first != name else None
        return answer(shelf, "gate", page=before, to=page, offered=offered)
    return answer(shelf, "show", page=page)


@bp.get(f"{ON}/<name>/tiep")
@open_door
def go_on(shelf, name):
    """Open the gate. The cookie is the same for everyone, says nothing, and ends with the browser.

    A browser that keeps none meets the gate again: an address that opened by itself would open for Back too. The gate says so.
    """
    if name not in library(shelf).pages:
        return answer(shelf, "missing", 404)
    reply = redirect(url_for(".show", shelf=shelf, name=name), 303)
    reply.set_cookie(gate(shelf), "1", secure=current_app.config["HTTPS"], httponly=True, samesite="Lax")
    return unkept(reply)


@bp.get(f"{ON}/<path:_anything>")
@open_door
def nowhere(shelf, _anything):
    """Nothing is there, said as quietly as the rest."""
    return answer(shelf, "missing", 404)


@open_door
def leave(shelf):
    """Close the gate, and go somewhere else. Only the gate's cookie goes: a trainer's unsent roll stays on the device."""
    reply = redirect(current_app.config["SETTINGS"].exit_to, 303)
    reply.delete_cookie(gate(shelf), secure=current_app.config["HTTPS"], httponly=True, samesite="Lax")
    return unkept(reply)


for _shelf in SHELVES.values():
    bp.add_url_rule(_shelf.way_out, "leave", leave, methods=["GET"], defaults={"shelf": _shelf.name})


def gate(shelf: str) -> str:
    return SHELVES[shelf].gate_cookie(current_app.config["HTTPS"])


def answer(shelf: str, template: str, status: int = 200, **values: object) -> Response:
    """The page, in Vietnamese, with whom to call; never kept by a browser, never found by a search."""
    numbers = library(shelf).numbers_on(today())
    with speaking("vi"):
        html = render_template(
            f"confidential/{template}.html", shelf=shelf, way_out=SHELVES[shelf].way_out, numbers=numbers, **values
        )
    return unkept(make_response(html, status))


def unkept(reply: Response) -> Response:
    reply.headers["Cache-Control"] = "no-store"
    reply.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return reply
