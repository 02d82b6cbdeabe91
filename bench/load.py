"""A load client that costs next to nothing: one thread, ready-made requests, answers only split where they must be.

It shares the processors with the server, so it reports its own share of time: a small share means that what was measured is
the server. A visitor is a generator: it yields requests and is given answers, one after the other, on a connection of
its own; every so many requests the connection is made anew, so that the two server processes share the visitors evenly.
"""

import selectors
import socket
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field

AT_ONCE = 8
PER_CONNECTION = 40  # requests
END = b"\r\n\r\n"


@dataclass(frozen=True)
class Answer:
    """What the server said."""

    status: int
    head: bytes
    body: bytes

    def header(self, name: str) -> str | None:
        """A header's value."""
        for line in self.head.split(b"\r\n")[1:]:
            key, _, value = line.partition(b":")
            if key.strip().lower() == name.lower().encode():
                return value.strip().decode()
        return None


Visitor = Generator[bytes, Answer, None]


@dataclass
class Run:
    """What came of it."""

    requests: int = 0
    visits: int = 0  # visitors that came to their end
    seconds: float = 0.0
    client_seconds: float = 0.0  # processor time of this client
    waits: list[float] = field(default_factory=list)
    size: int = 0

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds

    @property
    def client_share(self) -> float:
        """How much of one processor the client took."""
        return self.client_seconds / self.seconds

    def percentile(self, share: float) -> float:
        """Milliseconds that so many of the answers took at the most."""
        return 1000 * sorted(self.waits)[min(len(self.waits) - 1, int(share * len(self.waits)))]


def get(path: str, cookie: str = "") -> bytes:
    """A browser's request."""
    return _request("GET", path, cookie, "", b"", "text/html")


def post(path: str, cookie: str, body: bytes = b"", headers: str = "", accept: str = "text/html") -> bytes:
    """A form, or a script's sending of one."""
    kind = "Content-Type: application/x-www-form-urlencoded\r\n"
    return _request("POST", path, cookie, f"{kind}Content-Length: {len(body)}\r\n{headers}", body, accept)


def _request(method: str, path: str, cookie: str, headers: str, body: bytes, accept: str) -> bytes:
    signed_in = f"Cookie: {cookie}\r\n" if cookie else ""
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: {accept}\r\nAccept-Encoding: gzip, deflate, br\r\n"
    return f"{head}{signed_in}{headers}\r\n".encode() + body


def again(requests: Sequence[bytes]) -> Callable[[int], Visitor]:
    """Visitors that ask for these over and over, each beginning at a place of its own."""

    def visitor(number: int) -> Visitor:
        at = number
        while True:
            yield requests[at % len(requests)]
            at += AT_ONCE

    return visitor


class _Line:
    """One connection with its visitor."""

    def __init__(self, port: int, visitor: Visitor) -> None:
        self.port, self.visitor = port, visitor
        self.socket: socket.socket | None = None
        self.used, self.sent_at, self.got, self.whole = 0, 0.0, b"", 0

    def send(self, request: bytes) -> socket.socket:
        if self.socket is None or self.used >= PER_CONNECTION:
            self.close()
            self.socket = socket.create_connection(("127.0.0.1", self.port))
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.used = 0
        self.used += 1
        self.got, self.whole, self.sent_at = b"", 0, time.perf_counter()
        self.socket.sendall(request)
        return self.socket

    def receive(self) -> Answer | None:
        """The answer, once all of it is here."""
        assert self.socket is not None
        part = self.socket.recv(262_144)
        if not part:
            raise ConnectionError(f"the server hung up after {self.got[:200]!r}")
        self.got += part
        if not self.whole:
            end = self.got.find(END)
            if end < 0:
                return None
            head = self.got[:end].lower()
            at = head.find(b"content-length:")
            if at < 0:
                raise ValueError(f"an answer without its length: {head[:400]!r}")
            self.whole = end + len(END) + int(head[at + 15 :].split(b"\r\n", 1)[0])
        if len(self.got) < self.whole:
            return None
        head, _, body = self.got.partition(END)
        return Answer(int(head[9:12]), head, body)

    def close(self) -> None:
        if self.socket is not None:
            self.socket.close()
            self.socket = None


def drive(port: int, visitors: Iterator[Visitor], *, seconds: float, warm: float = 0.3) -> Run:
    """Eight at once, for so long, or until no visitor is left. An answer of 400 or more stops everything."""
    run, waiting = Run(), selectors.DefaultSelector()
    lines = [_Line(port, visitor) for visitor in (next(visitors, None) for _ in range(AT_ONCE)) if visitor]
    begun = time.perf_counter()
    counting_from, until, client = begun + warm, begun + warm + seconds, time.process_time()
    counting = warm == 0
    for line in lines:
        waiting.register(line.send(next(line.visitor)), selectors.EVENT_READ, line)
    while waiting.get_map():
        for key, _ in waiting.select():
            line: _Line = key.data
            answer = line.receive()
            if answer is None:
                continue
            moment = time.perf_counter()
            if not counting and moment >= counting_from:
                counting, counting_from, client = True, moment, time.process_time()
            elif counting:
                run.requests += 1
                run.waits.append(moment - line.sent_at)
                run.size = len(answer.body)
            if answer.status >= 400:
                raise SystemExit(f"{answer.status} from the server: {answer.head[:300]!r} {answer.body[:300]!r}")
            before = line.socket
            request = _next(line, answer, visitors, run) if moment < until else None
            if request is None:
                waiting.unregister(before)
                line.close()
                continue
            if line.used >= PER_CONNECTION:
                waiting.unregister(before)
                waiting.register(line.send(request), selectors.EVENT_READ, line)
            else:
                line.send(request)
    run.seconds = time.perf_counter() - counting_from
    run.client_seconds = time.process_time() - client
    return run


def _next(line: _Line, answer: Answer, visitors: Iterator[Visitor], run: Run) -> bytes | None:
    """What this visitor sends now; when it is done, the next visitor's first request."""
    try:
        return line.visitor.send(answer)
    except StopIteration:
        run.visits += 1
        line.visitor = next(visitors, None) or _nobody()
        return next(line.visitor, None)


def _nobody() -> Visitor:
    yield from ()
