"""Every unsafe request proves that it comes from one of our own pages."""

from flask import Flask, Response, render_template
from flask_wtf.csrf import CSRFError, CSRFProtect


def init(app: Flask) -> None:
    """Check the token on every unsafe method; forms carry `csrf_token`, scripts send `X-CSRFToken`."""
    app.config["WTF_CSRF_TIME_LIMIT"] = None  # as long as the sign-in: a learner may think for an hour over a page
    app.config["WTF_CSRF_SSL_STRICT"] = (
        False  # we send no referrer (Referrer-Policy: no-referrer), so none can be asked for
    )
    CSRFProtect(app)
    app.register_error_handler(CSRFError, _stale_page)


def _stale_page(_error: CSRFError) -> Response:
    return Response(render_template("errors/stale.html"), status=400)
