"""Before any other code of ours runs, all that could say who is asking is taken from the request.

What is not there cannot be read, logged or counted: no address, no browser's name, no cookie but the constant gate, so no signed-in
official's session either. With a host of its own (`CONFIDENTIAL_HOST`) the pages answer there only, and nothing else does.
"""

from collections.abc import Callable, Iterable
from typing import Any

Environ = dict[str, Any]
Wsgi = Callable[[Environ, Any], Iterable[bytes]]

WHO = (
    "REMOTE_PORT", "REMOTE_USER", "HTTP_AUTHORIZATION", "HTTP_USER_AGENT", "HTTP_REFERER", "HTTP_FORWARDED",
    "HTTP_X_FORWARDED_FOR", "HTTP_X_REAL_IP", "HTTP_VIA", "HTTP_FROM", "HTTP_ACCEPT_LANGUAGE", "werkzeug.proxy_fix.orig",
)  # fmt: skip
NOWHERE, QUIET_NOWHERE = "/-", "/c/-"  # addresses of nothing, here and among the quiet pages


def gate_cookie(https: bool) -> str:
    """The name of the constant cookie that opens the gate."""
    return "__Host-g" if https else "g"


def is_quiet(path: str) -> bool:
    """Whether the address is one of these pages'."""
    return path in {"/c", "/thoat"} or path.startswith("/c/")


class Quiet:
    """WSGI middleware around the app."""

    def __init__(self, app: Wsgi, *, https: bool, host: str | None) -> None:
        self.app, self.gate, self.host = app, gate_cookie(https), (host or "").lower()

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        path = environ["PATH_INFO"] = self._led(environ, environ.get("PATH_INFO", ""))
        if is_quiet(path):
            for name in WHO:
                environ.pop(name, None)
            environ["REMOTE_ADDR"] = "-"  # a server's own log finds nobody either
            open_gate = f"{self.gate}=1"
            given = {part.strip() for part in environ.pop("HTTP_COOKIE", "").split(";")}
            if open_gate in given:
                environ["HTTP_COOKIE"] = open_gate
        return self.app(environ, start_response)

    def _led(self, environ: Environ, path: str) -> str:
        """Where the address leads on this host."""
        if not self.host:
            return path
        there = environ.get("HTTP_HOST", "").partition(":")[0].lower() == self.host
        if not there:
            return NOWHERE if is_quiet(path) else path
        if is_quiet(path) or path.startswith("/static/"):
            return path
        return "/c/" if path == "/" else QUIET_NOWHERE
