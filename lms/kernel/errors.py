"""What someone reads when something does not go through: a sentence, what to do, and never a stack trace."""

import logging
import secrets
from typing import Any

from flask import Flask, jsonify, render_template, request
from sqlalchemy.exc import IntegrityError, OperationalError
from werkzeug.exceptions import HTTPException

from lms.kernel.db import db
from lms.kernel.i18n import gettext as _
from lms.kernel.i18n import translate_refused
from lms.kernel.refused import Refused

log = logging.getLogger(__name__)

Answer = tuple[Any, int] | tuple[Any, int, dict[str, str]]


def wants_json() -> bool:
    """A script asked, not a person."""
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


def refused(error: Refused) -> Answer:
    """The sentence on a page of its own; a room may answer with the form instead."""
    db.session.rollback()
    why = translate_refused(error)
    if wants_json():
        return jsonify(error=why), 409
    return render_template("errors/refused.html", why=why), 409


def _already(error: IntegrityError) -> Answer:
    """A constraint behind an "only once" spoke: someone was faster, or the same thing was sent twice."""
    db.session.rollback()
    log.warning("constraint: %s", type(error.orig).__name__, exc_info=error)
    why = _("This was already recorded a moment ago. Go back and load the page again to see how it stands.")
    if wants_json():
        return jsonify(error=why), 409
    return render_template("errors/refused.html", why=why), 409


def _busy(error: OperationalError) -> Answer:
    db.session.rollback()
    log.error("database: %s", error.orig)
    if wants_json():
        return (
            jsonify(error=_("The server is busy. Nothing was lost; try again in a moment.")),
            503,
            {"Retry-After": "5"},
        )
    return render_template("errors/busy.html"), 503, {"Retry-After": "5"}


def _http(error: HTTPException) -> Any:
    db.session.rollback()
    code = error.code or 500
    if code < 400:
        return error
    if wants_json():
        return jsonify(error=error.name), code
    known = {404: "missing", 405: "missing", 413: "too_large", 429: "slow_down"}
    if code in known:
        return render_template(f"errors/{known[code]}.html"), 404 if code == 405 else code
    return render_template("errors/http.html", code=code), code


def _broken(error: Exception) -> Answer:
    db.session.rollback()
    number = secrets.token_hex(4)
    log.error("error %s at %s %s", number, request.method, request.endpoint, exc_info=error)
    if wants_json():
        return jsonify(error=_("Something broke on our side. Nothing half-done was kept."), id=number), 500
    return render_template("errors/broken.html", number=number), 500


def init(app: Flask) -> None:
    app.register_error_handler(Refused, refused)
    app.register_error_handler(IntegrityError, _already)
    app.register_error_handler(OperationalError, _busy)
    app.register_error_handler(HTTPException, _http)
    if not app.config["RAISE_ERRORS"]:
        app.register_error_handler(Exception, _broken)
