"""Before any other code of ours runs, all that could say who is asking is taken from the request.

What is not there cannot be read, logged or counted: no address, no browser's name, no cookie but the constant gate, so no signed-in
official's session either. With hosts of their own (`CONFIDENTIAL_HOST`) the pages answer there only, and nothing else does: one
host for all shelves, or one for each, in the order of `SHELVES`.
"""

from collections.abc import Callable, Iterable
from typing import Any

from lms.confidential.shelves import SHELVES, Shelf, shelf_of

Environ = dict[str, Any]
Wsgi = Callable[[Environ, Any], Iterable[bytes]]

WHO = (
    "REMOTE_PORT", "REMOTE_USER", "HTTP_AUTHORIZATION", "HTTP_USER_AGENT", "HTTP_REFERER", "HTTP_FORWARDED",
    "HTTP_X_FORWARDED_FOR", "HTTP_X_REAL_IP", "HTTP_VIA", "HTTP_FROM", "HTTP_ACCEPT_LANGUAGE", "werkzeug.proxy_fix.orig",
)  # fmt: skip
NOWHERE = "/-"  # an address of nothing; a shelf has its own


class Quiet:
    """WSGI middleware around the app."""

    def __init__(self, app: Wsgi, *, https: bool, hosts: Iterable[str] = ()) -> None:
        self.app, self.https, names = app, https, [host.lower() for host in hosts]
        shelves = list(SHELVES.values())
        self.hosts = (
            dict.fromkeys(names, shelves) if len(names) < 2 else {h: [s] for h, s in zip(names, shelves, strict=True)}
        )

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        path = environ["PATH_INFO"] = self._led(environ, environ.get("PATH_INFO", ""))
        shelf = shelf_of(path)
        if shelf is not None:
            for name in WHO:
                environ.pop(name, None)
            environ["REMOTE_ADDR"] = "-"  # a server's own log finds nobody either
            open_gate = f"{shelf.gate_cookie(self.https)}=1"
            given = {part.strip() for part in environ.pop("HTTP_COOKIE", "").split(";")}
            if open_gate in given:
                environ["HTTP_COOKIE"] = open_gate
        return self.app(environ, start_response)

    def _led(self, environ: Environ, path: str) -> str:
        """Where the address leads on this host."""
        if not self.hosts:
            return path
        mine: list[Shelf] = self.hosts.get(environ.get("HTTP_HOST", "").partition(":")[0].lower(), [])
        shelf = shelf_of(path)
        if not mine:
            return path if shelf is None else NOWHERE
        if shelf in mine or path.startswith("/static/"):
            return path
        return mine[0].front if path == "/" else f"{mine[0].front}-"
