"""Served as `make run` serves it: not a line about these pages in anything the server writes."""

import os
import re
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from flask import Flask

ROOT = Path(__file__).resolve().parents[2]
ADDRESSES = (
    "/c/",
    "/c/1",
    "/c/1/tiep",
    "/c/99",
    "/c/no/where",
    "/c/%00",
    "/c",
    "/c/../thoat",
    "/k/",
    "/k/11/tiep",
    "/k",
)


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


def command(port: int) -> list[str]:
    """What scripts/run.sh starts, on this port."""
    text = (ROOT / "scripts" / "run.sh").read_text(encoding="utf-8").replace("\\\n", " ")
    found = re.search(r"^\.venv/bin/(gunicorn .*) &$", text, re.MULTILINE)
    assert found, "scripts/run.sh starts gunicorn"
    line = found[1].replace('"$bind:$port"', f"127.0.0.1:{port}").replace('"${WORKERS:-2}"', "1")
    return [str(ROOT / ".venv" / "bin" / "gunicorn"), *line.split()[1:]]


def test_nothing_is_written_down(tmp_path: Path) -> None:
    port = free_port()
    wanted = command(port)
    if not Path(wanted[0]).exists():
        pytest.skip("no .venv/bin/gunicorn here")
    said = tmp_path / "said.txt"
    env = {**os.environ, "DATA_DIR": str(tmp_path / "data"), "EXIT_TO": f"http://127.0.0.1:{port}/static/none"}
    with said.open("w") as out:
        server = subprocess.Popen(wanted, cwd=ROOT, env=env, stdout=out, stderr=out)
        try:
            for address in (*ADDRESSES, "/thoat", "/roi"):
                visit(f"http://127.0.0.1:{port}{address}")
        finally:
            server.terminate()
            server.wait(20)
    kept = said.read_text() + " ".join(
        path.read_bytes().decode("latin-1")
        for path in (tmp_path / "data").rglob("*")
        if path.is_file() and "static" not in path.parts
    )

    assert not re.search(r"TestPhone|203\.0\.113|/thoat|/c/|/roi|/k/", kept)


def test_the_web_server_in_front_writes_nothing_either(app: Flask) -> None:
    """The nginx of docs/operate.md: no address that a visit asks for is one that it logs, the style and script of these pages included."""
    text = (ROOT / "docs" / "operate.md").read_text(encoding="utf-8")
    quiet = [line.split()[0] for line in re.findall(r"^    (\S+ +0);$", text, re.MULTILINE)]
    client, asked = (
        app.test_client(),
        {*(one for one in ADDRESSES if ".." not in one and "%" not in one), "/thoat", "/roi"},
    )
    for address in tuple(asked):
        asked |= set(re.findall(r'(?:href|src)="(/static/[^"]+)"', client.get(address).get_data(as_text=True)))

    assert len([one for one in asked if one.startswith("/static/")]) == 3
    for address in asked:
        assert any(re.search(one[1:], address) if one[0] == "~" else one == address for one in quiet), address


def visit(url: str) -> None:
    """Ask, once the server answers; whatever it answers."""
    asked = urllib.request.Request(url, headers={"User-Agent": "TestPhone/1.0", "X-Forwarded-For": "203.0.113.9"})
    for _try in range(100):
        try:
            urllib.request.urlopen(asked, timeout=20).close()
        except urllib.error.HTTPError as answer:
            answer.close()
        except OSError:  # not up yet, or slow
            time.sleep(0.2)  # between two tries at a server in another process; nothing there tells when it is up
            continue
        return
    raise AssertionError("the server never answered")
