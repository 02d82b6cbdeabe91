"""The Flask application: one transaction per request, committed once, in one place."""

from collections.abc import Callable
from typing import Any

from flask import Flask, Response, request
from flask.wrappers import Request
from werkzeug.routing import IntegerConverter

from lms.kernel import once
from lms.kernel.db import db, reading
from lms.kernel.jinja import Pages

LARGEST_ID = 2**31 - 1  # of an integer column on PostgreSQL


class LimitedRequest(Request):
    """Bounds on what a form may hold; files have their own, smaller bounds where they are read."""

    max_form_memory_size = 1_000_000
    max_form_parts = 5_000

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.mimetype != "multipart/form-data":  # elsewhere Werkzeug reads all that came, whatever the form may hold
            self.max_content_length = self.max_form_memory_size


class Number(IntegerConverter):
    """An id in an address. One that no column could hold leads nowhere, as any other id of nothing."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"max": LARGEST_ID, **kwargs})


class App(Flask):
    """A request that may change something is answered below 400 and committed, or rolled back. Nothing between."""

    request_class = LimitedRequest
    jinja_environment = Pages

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.url_map.converters["int"] = Number

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """No view and no hook of ours is a coroutine: nothing to ask, sixteen times a request."""
        return func

    def full_dispatch_request(self, *args: Any) -> Response:
        """A request that only reads takes no write lock, from its first look-up on."""
        if request.method in once.SAFE:
            with reading():
                return super().full_dispatch_request(*args)
        return super().full_dispatch_request(*args)

    def dispatch_request(self, *args: Any) -> Any:
        """Route the request; commit here, where an error of the commit still finds its error page."""
        if request.method in once.SAFE:
            return super().dispatch_request(*args)
        answer: Response | None = once.claim() if request.endpoint else None
        if answer is None:
            answer = self.make_response(super().dispatch_request(*args))
            if answer.status_code < 400:
                once.keep(answer)
        if answer.status_code < 400:
            db.session.commit()
        else:
            db.session.rollback()
        return answer
