"""A test taken: start, twenty answers saved one by one, handed in. Against Moodle's share of its own bare page."""

import uuid
from collections.abc import Callable, Iterator
from urllib.parse import urlencode

from sqlalchemy import select

from bench import load
from bench.crowd import Crowd
from bench.line import Line
from bench.load import Visitor
from bench.pages import HELLO, SECONDS, Against, forever
from bench.site import Pass, Site
from lms.kernel.db import db, reading
from lms.quizzes import actions
from lms.quizzes.models import Attempt
from lms.tracks.course import Quiz
from lms.tracks.models import Enrolment

ATTEMPTS = 96
MOODLE = 259 / 60 / 7_000  # attempts a second for each hello a second (Moodle 4.3 and a bare page, two cores)

Drawn = Callable[[str], list[str]]  # attempt id -> its questions, in order


def lines(site: Site, crowd: Crowd, against: Against) -> Iterator[Line]:
    """Saving one answer, then whole attempts."""
    with site.app.app_context():
        mine = [db.session.get_one(Enrolment, enrolment_id) for _, enrolment_id in crowd.takers[:40]]
        quiz = actions.quiz_of(mine[0].edition_id)
        started = [(attempt.id, attempt.questions) for attempt in map(actions.start, mine)]
        db.session.commit()
    saves = [
        _saving(site.signed_in(account), quiz, *one)
        for (account, _), one in zip(crowd.takers[:40], started, strict=True)
    ]
    browser, (attempt_id, questions) = site.browser(crowd.takers[0][0]), started[0]
    form = {"counter": 1, "chosen": quiz.by_slug[questions[0]].choices[0].slug, "_once": str(uuid.uuid4())}
    with site.counted() as statements:
        browser.post(f"/learn/attempts/{attempt_id}/1", form)
    spare = iter(saves)
    yield against.line("saving one answer", lambda _number: next(spare), None, len(statements))
    takers = crowd.takers[40:]
    for what, with_pages, some in (
        ("an attempt of 20 answers: 22 requests", False, takers[:ATTEMPTS]),
        ("the same, each page opened too: 44 requests", True, takers[ATTEMPTS : 2 * ATTEMPTS]),
    ):
        visitors = [_taking(site.signed_in(a), e, quiz, _drawn(site), with_pages=with_pages) for a, e in some]
        yield _attempts(what, visitors, against)


def _attempts(what: str, visitors: list[Visitor], against: Against) -> Line:
    before = load.drive(against.hello, forever(HELLO), seconds=SECONDS).rate
    run = load.drive(against.ours, iter(visitors), seconds=90, warm=0)
    bare = (before + load.drive(against.hello, forever(HELLO), seconds=SECONDS).rate) / 2
    rate = run.visits / run.seconds
    of_moodle = rate / bare / MOODLE
    raw = f"{60 * rate:,.0f} attempts/min, {run.rate:,.0f} requests/s, hello {bare:,.0f}/s, p95 {run.percentile(0.95):.0f} ms"
    return Line(what, f"{of_moodle:.0f} x Moodle's share", ">= 10 x", of_moodle >= 10, raw)


def _drawn(site: Site) -> Drawn:
    def questions(attempt_id: str) -> list[str]:
        with site.app.app_context(), reading(), db.engine.connect() as connection:
            return connection.scalars(select(Attempt.questions).where(Attempt.id == int(attempt_id))).one()

    return questions


def _saving(who: Pass, quiz: Quiz, attempt_id: int, questions: list[str]) -> Visitor:
    """A test that lies open: one choice after another."""
    counter = 1
    while True:
        for place, slug in enumerate(questions, 1):
            counter += 1
            yield _save(who, f"/learn/attempts/{attempt_id}/{place}", quiz, slug, counter)


def _taking(who: Pass, enrolment_id: int, quiz: Quiz, drawn: Drawn, *, with_pages: bool) -> Visitor:
    """From the first tap to the result, right answers all of them."""
    answer = yield _send(who, f"/learn/{enrolment_id}/attempts")
    base = (answer.header("Location") or "").rpartition("/")[0]
    for place, slug in enumerate(drawn(base.rpartition("/")[2]), 1):
        if with_pages:
            yield load.get(f"{base}/{place}", who.cookie)
        yield _save(who, f"{base}/{place}", quiz, slug, 1)
    if with_pages:
        yield load.get(f"{base}/check", who.cookie)
    yield _send(who, f"{base}/submission")
    if with_pages:
        yield load.get(f"{base}/result", who.cookie)


def _save(who: Pass, path: str, quiz: Quiz, slug: str, counter: int) -> bytes:
    """As the page's script sends it."""
    chosen = [("chosen", choice.slug) for choice in quiz.by_slug[slug].choices if choice.right]
    headers = f"X-CSRFToken: {who.csrf}\r\nX-Once: {uuid.uuid4()}\r\n"
    return load.post(path, who.cookie, urlencode([*chosen, ("counter", counter)]).encode(), headers, "application/json")


def _send(who: Pass, path: str) -> bytes:
    """As a form of a page sends it."""
    return load.post(path, who.cookie, urlencode({"csrf_token": who.csrf, "_once": str(uuid.uuid4())}).encode())
