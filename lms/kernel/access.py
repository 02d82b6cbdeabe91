"""Doors. Every view wears one; a view without a door answers 500, so that forgetting one is never an opening.

A door says who may knock. What they then see is decided by how the room finds it (its `visible_*` selects): what is
not theirs is not there, and both answers are the same 404.
"""

from collections.abc import Callable
from typing import Any, NoReturn

from flask import Flask, abort, current_app, redirect, request, url_for
from flask_login import current_user
from werkzeug.exceptions import Forbidden
from werkzeug.wrappers import Response

View = Callable[..., Any]
MANY = 50  # persons in one file


def open_door(view: View) -> View:
    """Anyone, signed in or not."""
    view.door = "open"  # type: ignore[attr-defined]  # a mark on the function, read by `guard`
    return view


def door(*roles: Any) -> Callable[[View], View]:
    """Someone signed in who holds one of these roles; with none named, anyone signed in."""

    def mark(view: View) -> View:
        view.door = frozenset(roles)  # type: ignore[attr-defined]  # a mark on the function, read by `guard`
        return view

    return mark


def fresh(view: View) -> View:
    """A sensitive act: whoever has not just proved who they are is asked again first, and nothing typed is lost.

    Below `@door`. For acts that are sensitive only sometimes: `ask_who()` in the view.
    """
    view.fresh = True  # type: ignore[attr-defined]  # a mark on the function, read by `guard`
    return view


class NotFresh(Forbidden):
    """Asked before a sensitive act: who are you, again? The front door answers it (`people.sign_in_views`)."""


def ask_who() -> None:
    """Go on if the viewer has just proved who they are; else ask them now and come back here (ASVS 7.5.1)."""
    if not current_user.is_fresh:
        raise NotFresh


def ask_who_for(people: int) -> None:
    """The same before more than 50 persons leave in one file."""
    if people > MANY:
        ask_who()


def missing() -> NoReturn:
    """Not there, or not theirs: the same answer."""
    abort(404)


def guard() -> Response | None:
    """Before each request: is there a door, and does it open?"""
    if request.endpoint is None:
        return None  # no such address: the 404 follows by itself
    if "\x00" in request.path or b"%00" in request.query_string:
        missing()  # no database column holds a NUL, so nothing can be there
    allowed = getattr(current_app.view_functions[request.endpoint], "door", None)
    if allowed is None:
        raise RuntimeError(f"{request.endpoint} has no door")
    if allowed == "open":
        return None
    if not current_user.is_authenticated:
        here = request.full_path.rstrip("?") if request.method in {"GET", "HEAD"} else None
        return redirect(url_for("sign_in.show", next=here), 303)
    if allowed and not current_user.holds(*allowed):
        missing()
    if getattr(current_app.view_functions[request.endpoint], "fresh", False):
        ask_who()
    return None


def local_path(address: str | None) -> str | None:
    """The address if it is a plain path on this site, else None (no `//host`, `/\\host`, control characters)."""
    if not address or not address.startswith("/") or address[1:2] in {"/", "\\"}:
        return None
    if any(ord(letter) < 0x21 or letter == "\\" for letter in address):
        return None
    return address


def init(app: Flask) -> None:
    app.before_request(guard)
