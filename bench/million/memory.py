"""What a process of the web server holds after the screens and lists were opened, in countries of several sizes."""

from collections.abc import Iterable, Iterator
from http.client import HTTPConnection
from pathlib import Path

from bench.line import Line
from bench.million.world import COMMUNE, PROVINCE, World
from bench.serving import served

PATHS = (
    "/coverage/",
    f"/coverage/units/{PROVINCE}",
    f"/coverage/units/{COMMUNE}",
    "/coverage/people",
    f"/coverage/people?unit={COMMUNE}",
    "/people/",
)
MOST = 1.25


def lines(folder: Path, worlds: Iterable[World]) -> Iterator[Line]:
    """One process, each page three times; the largest beside the smallest."""
    held = [(world.people, _held(folder, world)) for world in worlds]
    (_, least), (_, most) = held[0], held[-1]
    said = ", ".join(f"{size:.0f} MB at {people:,}" for people, size in held)
    yield Line("memory of a web process", f"{most / least:.2f} x", f"<= {MOST:g} x", most <= MOST * least, said)


def _held(folder: Path, world: World) -> float:
    cookie = world.site.signed_in(world.desks["country"]).cookie
    with served("wsgi:app", world.site.env, folder / f"{world.people}.log", workers=1) as port:
        for path in PATHS * 3:
            _open(port, path, cookie)
        return _resident(port)


def _open(port: int, path: str, cookie: str) -> None:
    line = HTTPConnection("127.0.0.1", port, timeout=120)
    line.request("GET", path, headers={"Cookie": cookie})
    answer = line.getresponse()
    answer.read()
    line.close()
    if answer.status != 200:
        raise SystemExit(f"{path}: {answer.status}")


def _resident(port: int) -> float:
    """Megabytes of the process that answers at this port: the child of the one that was started."""
    sizes: dict[int, tuple[int, float]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and f"127.0.0.1:{port}".encode() in _read(folder / "cmdline"):
            facts = dict(row.split(":", 1) for row in _read(folder / "status").decode().splitlines() if ":" in row)
            sizes[int(folder.name)] = int(facts["PPid"]), int(facts["VmRSS"].split()[0]) / 1000
    return sum(size for parent, size in sizes.values() if parent in sizes)


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""
