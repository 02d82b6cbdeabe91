"""The server under test: gunicorn exactly as `make run` starts it, for the app and for the bare page alike."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from lms.config import ROOT

WORKERS, THREADS = 2, 4  # scripts/run.sh
PATIENCE = 60  # seconds for a server to start, and to stop
ENOUGH = 40  # quick answers in a row: both processes are awake


@contextmanager
def served(target: str, env: Mapping[str, str], log: Path, workers: int = WORKERS) -> Iterator[int]:
    """`module:app` behind gunicorn on a free loopback port, until the block ends."""
    port = _free_port()
    command = [sys.executable, "-m", "gunicorn", target, "--bind", f"127.0.0.1:{port}", "--workers", str(workers)]
    command += ["--worker-class", "gthread", "--threads", str(THREADS), "--timeout", "60", "--log-level", "warning"]
    with log.open("wb") as out:
        server = subprocess.Popen(
            [*command, "--no-control-socket"], cwd=ROOT, env=dict(env), stdout=out, stderr=subprocess.STDOUT
        )
        try:
            _wait(port, server, log)
            _warm(port)
            yield port
        finally:
            server.terminate()
            try:
                server.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _warm(port: int) -> None:
    """Until both processes have loaded the app and answer at once: the first one to wake takes what it can."""
    quick = 0
    until = time.monotonic() + PATIENCE
    while quick < ENOUGH and time.monotonic() < until:
        begun = time.monotonic()
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as line:
            line.sendall(b"GET /help HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            while line.recv(65_536):
                pass
        quick = quick + 1 if time.monotonic() - begun < 0.5 else 0


def _free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


def _wait(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if server.poll() is not None:
            break
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"The server did not start: {log.read_text(errors='replace')[-2000:]}")
