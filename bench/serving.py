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


@contextmanager
def served(target: str, env: Mapping[str, str], log: Path) -> Iterator[int]:
    """`module:app` behind gunicorn on a free loopback port, until the block ends."""
    port = _free_port()
    command = [sys.executable, "-m", "gunicorn", target, "--bind", f"127.0.0.1:{port}", "--workers", str(WORKERS)]
    command += ["--worker-class", "gthread", "--threads", str(THREADS), "--timeout", "60", "--log-level", "warning"]
    with log.open("wb") as out:
        server = subprocess.Popen(
            [*command, "--no-control-socket"], cwd=ROOT, env=dict(env), stdout=out, stderr=subprocess.STDOUT
        )
        try:
            _wait(port, server, log)
            yield port
        finally:
            server.terminate()
            try:
                server.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


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
