"""A learner's page over a weak network, in a real browser: when the first words stand there, and when everything answers to a tap."""

import os
import shutil
from collections.abc import Iterator, Mapping
from statistics import median
from urllib.parse import urlsplit

from playwright.sync_api import Browser, sync_playwright

from bench.crowd import Crowd
from bench.line import Line
from bench.pages import Against
from bench.site import Site

BITS, LATENCY = 400_000, 400  # a second; ms for each answer
ROUNDS = 5
FIRST_WORDS, USABLE = 1500, 2500  # ms
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync")
WHEN = """async () => {
  const loaded = performance.getEntriesByType("navigation")[0].domContentLoadedEventEnd;
  const painted = new Promise((done) => new PerformanceObserver((list) =>
    list.getEntriesByName("first-contentful-paint").forEach((one) => done(one.startTime)))
    .observe({ type: "paint", buffered: true }));
  return [await painted, loaded];
}"""


def lines(site: Site, crowd: Crowd, against: Against) -> Iterator[Line]:
    """Each time with nothing kept from before."""
    account, enrolment = crowd.readers[0]
    name, _, value = site.signed_in(account).cookie.partition("=")
    cookies = {name: value}
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if path is None:
        raise SystemExit("No Chromium: apt install chromium, or set CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        for what, address, kept in (
            ("first page of a learner", "/", cookies),
            ("course page", f"/learn/{enrolment}", cookies),
            ("lesson page", f"/learn/{enrolment}/vi-sao-xay-ra", cookies),
            ("a quiet page, at its gate", "/c/1", {}),
            ("a quiet page", "/c/1", {"g": "1"}),
        ):
            url = f"http://127.0.0.1:{against.ours}{address}"
            seen = [visit(browser, url, kept) for _ in range(ROUNDS)]
            for which, at, most in (("first words", 0, FIRST_WORDS), ("usable", 1, USABLE)):
                took = median(one[at] for one in seen)
                yield Line(
                    f"400 kbit/s, 400 ms: {what}, {which}",
                    f"{took / 1000:.2f} s",
                    f"<= {most / 1000:g} s",
                    took <= most,
                    f"{ROUNDS} visits, none kept: {min(one[at] for one in seen):.0f} to {max(one[at] for one in seen):.0f} ms",
                )
        browser.close()


def visit(browser: Browser, url: str, cookies: Mapping[str, str]) -> tuple[float, float]:
    """With nothing kept but cookies: milliseconds to the first words, and until every script has run."""
    context = browser.new_context(viewport={"width": 360, "height": 640}, locale="vi-VN")
    domain = str(urlsplit(url).hostname)
    context.add_cookies([{"name": n, "value": v, "domain": domain, "path": "/"} for n, v in cookies.items()])
    page = context.new_page()
    network = {"offline": False, "latency": LATENCY, "downloadThroughput": BITS / 8, "uploadThroughput": BITS / 8}
    context.new_cdp_session(page).send("Network.emulateNetworkConditions", network)
    answer = page.goto(url)
    if answer is None or answer.status != 200 or urlsplit(page.url).path != urlsplit(url).path:
        raise SystemExit(f"{url} led to {page.url}")
    words, usable = page.evaluate(WHEN)
    context.close()
    return float(words), float(usable)
