"""Where a stranger asks whether a certificate is real. Open to anyone, says one thing, and no more than the paper does."""

import re
from datetime import timedelta

from flask import Blueprint, Response, abort, render_template, request

from lms.certificates import queries, rules
from lms.certificates.forms import CheckForm
from lms.certificates.pace import Pace
from lms.kernel.access import open_door

bp = Blueprint("check", __name__, url_prefix="/check")

TOKEN = re.compile(r"[0-9a-f]{32}")
ADDRESSES = Pace(600, timedelta(minutes=10))  # of one address: a whole commune may share it
GUESSES = Pace(10, timedelta(minutes=10))  # at the year of birth of one certificate


@bp.get("")
@open_door
def form():
    """Check by what is printed on the paper."""
    return render_template("certificates/check_form.html", form=CheckForm())


@bp.post("")
@open_door
def by_number():
    """Number and name together; whatever is wrong, the answer is the same."""
    typed = CheckForm.filled(request.form)
    if not typed.validate():
        return render_template("certificates/check_form.html", form=typed), 422
    number = rules.read_number(typed.number.data)
    row = queries.by_number(*number) if number and GUESSES.allows(str(number)) else None
    if row is None or not rules.same_name(typed.name.data, row.facts["full_name"]):
        return _answer(None)
    return _answer(row, known=True)


@bp.get("/<token>")
@open_door
def show(token):
    """What the QR code leads to. An address that is no token and one of no certificate read alike."""
    row = queries.by_token(token) if TOKEN.fullmatch(token) else None
    typed = request.args.get("known", "")[:60]
    if row is None or not typed:
        return _answer(row)
    return _answer(row, known=GUESSES.allows(token) and _knows(typed, row), tried=True)


@bp.before_request
def keep_pace():
    """Generous for an office, too slow for a search through all numbers."""
    if not ADDRESSES.allows(request.remote_addr or ""):
        abort(429)


@bp.after_request
def quietly(response: Response) -> Response:
    """Not for search engines, nor for a cache."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Cache-Control"] = "no-store"
    return response


def _knows(typed, row):
    one = row.certificate
    return rules.knows(typed, number=(one.number, one.year, one.series), birth=row.facts["birth"])


def _answer(row, *, known=False, tried=False):
    if row is None:
        return render_template("certificates/check.html", row=None, nowhere=True), 404
    name = row.facts["full_name"] if known else rules.masked(row.facts["full_name"])
    return render_template("certificates/check.html", row=row, name=name, known=known, tried=tried)
