"""Pages under the server, each against the bare page under the same server, in turns."""

from collections.abc import Callable, Iterator
from statistics import median

from bench import load
from bench.crowd import Crowd
from bench.line import Line, share_of
from bench.load import Visitor
from bench.site import Site

ROUNDS, SECONDS = 3, 2.0
HELLO = load.again([load.get("/")])


def forever(visitor: Callable[[int], Visitor]) -> Iterator[Visitor]:
    """As many such visitors as are asked for."""
    number = 0
    while True:
        yield visitor(number)
        number += 1


class Against:
    """Rates beside those of the bare page, measured moments apart."""

    def __init__(self, ours: int, hello: int) -> None:
        self.ours, self.hello = ours, hello

    def pair(self, visitor: Callable[[int], Visitor]) -> tuple[list[load.Run], list[load.Run]]:
        """Rounds of ours and of the bare page."""
        runs: tuple[list[load.Run], list[load.Run]] = ([], [])
        for _ in range(ROUNDS):
            runs[1].append(load.drive(self.hello, forever(HELLO), seconds=SECONDS))
            runs[0].append(load.drive(self.ours, forever(visitor), seconds=SECONDS))
        return runs

    def line(
        self, what: str, visitor: Callable[[int], Visitor], least: int | None, statements: int | None = None
    ) -> Line:
        """The median rate against the bare page's median rate."""
        ours, hello = self.pair(visitor)
        rate, bare = median(run.rate for run in ours), median(run.rate for run in hello)
        waited = median(run.percentile(0.95) for run in ours)
        raw = f"{rate:,.0f}/s, hello {bare:,.0f}/s, p95 {waited:.0f} ms, {ours[-1].size:,} bytes"
        return share_of(what, rate, bare, least, raw if statements is None else f"{raw}, {statements} SQL statements")


def lines(site: Site, crowd: Crowd, against: Against) -> Iterator[Line]:
    """The pages people open most."""
    readers = [(site.signed_in(account), enrolment) for account, enrolment in crowd.readers[:120]]
    lesson = "vi-sao-xay-ra"
    for what, path, least in (
        ("course page, signed in", "/learn/{}", 10),
        (f"lesson page ({lesson})", f"/learn/{{}}/{lesson}", 10),
        ("first page of a learner", "/", None),
    ):
        requests = [load.get(path.format(enrolment), who.cookie) for who, enrolment in readers]
        account, enrolment = crowd.readers[0]
        browser = site.browser(account)
        browser.get(path.format(enrolment))
        with site.counted() as statements:
            browser.get(path.format(enrolment))
        if least:
            asked = len(statements)
            yield Line(f"SQL statements: {what}", str(asked), "<= 6", asked <= 6, "who is there, which course, how far")
        yield against.line(what, load.again(requests), least, len(statements))


def client_is_light(against: Against) -> Line:
    """What the client itself takes while it drives the bare page."""
    run = load.drive(against.hello, forever(HELLO), seconds=SECONDS)
    share = run.client_share
    return Line(
        "the load client, at the bare page",
        f"{100 * share:.0f} % of one processor",
        "<= 25 %",
        share <= 0.25,
        f"hello {run.rate:,.0f}/s, p95 {run.percentile(0.95):.1f} ms, {load.AT_ONCE} at once",
    )
