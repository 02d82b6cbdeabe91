"""The README's pictures, taken from the demo world in a real browser: `make screenshots`.

Builds the demo world in a temporary folder, serves it on a free port of the loopback, signs in as each desk and takes every
picture twice, as a phone (360×640) and as an office computer (1366×768) shows it. `--whole` takes the whole page instead of its first screen,
`--into FOLDER` puts the pictures elsewhere, words choose pictures by name.
"""

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from lms.people.roster.template import workbook

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "screenshots"
SIZES = {"phone": (360, 640), "desk": (1366, 768)}
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-component-update",
)
GUNICORN = ("--worker-class", "gthread", "--threads", "4", "--no-control-socket", "--log-level", "warning")
COLOURS = 64  # a page has few; a quarter of the bytes
COMMUNE = "Xã Bình Lư"

# Invented people, for the list that a focal person sends: new ones, one without a name, one with an impossible birthday.
LIST = [
    {"full_name": "Vàng Thị Mẩy Lan", "birth": "05/03/1991", "category": "công chức", "position": "Văn hoá - xã hội"},
    {"full_name": "Lò Văn Tướng", "birth": "12/11/1984", "category": "viên chức", "direct_support": "x"},
    {"full_name": "Sùng A Chú", "birth": "31/02/1990", "category": "công chức"},
    {"full_name": "", "birth": "1988", "category": "nhân viên"},
    {"full_name": "Tẩn Mỹ Dao", "birth": "1995", "category": "cộng tác viên", "phone": "0912000111"},
]


@dataclass(frozen=True)
class Picture:
    """What a page is called here, who looks at it, how they get there, and what they have scrolled to."""

    name: str
    desk: str  # user name; empty: a stranger
    way: Callable[["Walk"], None]
    at: str = ""  # empty: the top


@dataclass
class Walk:
    """A browser of one desk, on its way to a page."""

    page: Page
    files: Path

    def open(self, address: str) -> None:
        self.page.goto(address)

    def follow(self, selector: str) -> None:
        """Go where the first such link or button leads."""
        with self.page.expect_navigation():
            self.page.locator(selector).first.click()

    def course(self) -> None:
        self.open("/learn/")
        self.follow("main a[href^='/learn/']")

    def lesson(self) -> None:
        self.course()
        self.follow(".tasks li:nth-child(2) a")

    def check(self) -> None:
        """An inline check, its answer opened."""
        self.lesson()
        self.page.locator(".check summary").first.click()

    def case(self) -> None:
        """A branching case: one way tried, then another."""
        self.course()
        self.open(f"{self.page.url}/bao-tin-o-dau")
        self.page.locator(".case > details > summary").nth(0).click()
        self.page.locator(".case > details > summary").nth(1).click()

    def handout(self) -> None:
        self.course()
        self.follow("main a[href$='/handout']")

    def quiet_page(self) -> None:
        self.open("/c/1")
        self.follow("main a.button")

    def question(self) -> None:
        """Read what is left to read of the next course, begin its test, choose an answer."""
        self.open("/")
        self.follow("main a.button[href^='/learn/']")
        course = "/".join(self.page.url.split("/")[:5])
        self.open(course)
        for link in [link.get_attribute("href") or "" for link in self.page.locator(".task-name a").all()]:
            self.open(link)
            if self.page.locator("main form[action$='/reading'] button").count():
                self.follow("main form[action$='/reading'] button")
        self.open(f"{course}/test")
        self.follow("main form[action$='/attempts'] button")
        self.page.locator("main input[type=radio], main input[type=checkbox]").first.check()
        self.page.wait_for_timeout(1000)  # until the receipt is there

    def result(self) -> None:
        self.course()
        self.open(f"{self.page.url}/test")
        self.follow("main a[href$='/result']")

    def roll(self) -> None:
        self.open("/")
        self.follow("main a[href$='/roll']")

    def sheet(self) -> None:
        self.open("/")
        self.follow("main .card a[href^='/classes/']")
        self.follow("main a[href$='/sheet']")

    def roster(self) -> None:
        self.open("/people/rosters")
        self.page.locator("input[type=file]").set_input_files(
            {"name": "danh-sach-binh-lu.xlsx", "mimeType": "application/octet-stream", "buffer": roster_file()}
        )
        self.follow("main form button[type=submit], main form button:not([type])")
        self.page.wait_for_url("**/people/rosters/*")  # not a refusal

    def unit(self) -> None:
        self.open("/coverage/")
        self.follow("main a[href*='/coverage/units/']")

    def people(self) -> None:
        self.unit()
        self.follow("main a[href*='/coverage/people']")

    def public_check(self) -> None:
        self.open("/certificates/")
        self.follow("main table a[href^='/certificates/']")
        self.follow("main a[href*='/check/']")

    def certificate(self) -> None:
        """The PDF's page, as a picture that the browser then shows."""
        self.open("/certificates/")
        address = self.page.locator("main a[href$='.pdf']").first.get_attribute("href") or ""
        pdf = self.files / "certificate.pdf"
        pdf.write_bytes(self.page.context.request.get(address).body())
        subprocess.run(["pdftoppm", "-png", "-r", "64", "-f", "1", "-singlefile", pdf, pdf.with_suffix("")], check=True)


def at(address: str) -> Callable[[Walk], None]:
    """A page that has an address of its own."""
    return lambda walk: walk.open(address)


CERTIFICATE = "certificate"
ALBUM = (
    Picture("sign-in", "", at("/sign-in")),
    Picture("learner-home", "hocvien", at("/")),
    Picture("course", "hocvien", Walk.course),
    Picture("lesson", "hocvien", Walk.lesson),
    Picture("inline-check", "hocvien", Walk.check, at=".check"),
    Picture("case", "hocvien", Walk.case, at="p:has(+ .case)"),
    Picture("question", "daumoi2", Walk.question),
    Picture("result", "hocvien2", Walk.result),
    Picture("completed-home", "hocvien2", at("/")),
    Picture("handout", "hocvien2", Walk.handout),
    Picture("trainer-home", "giangvien", at("/")),
    Picture("roll", "giangvien", Walk.roll),
    Picture("sheet", "giangvien", Walk.sheet),
    Picture("focal-home", "daumoi", at("/")),
    Picture("roster-preview", "daumoi", Walk.roster),
    Picture("office-home", "coquan", at("/")),
    Picture("coverage", "coquan", at("/coverage/")),
    Picture("coverage-unit", "coquan", Walk.unit),
    Picture("coverage-people", "coquan", Walk.people),
    Picture("coverage-trend", "coquan", at("/coverage/trend")),
    Picture("coverage-places", "coquan", at("/coverage/?indicator=moi-xa-co-nguoi")),
    Picture("coverage-years", "coquan", at("/coverage/years?plan=tam-duong-2021-2025")),
    Picture("coverage-alerts", "coquan", at("/coverage/alerts")),
    Picture("report", "coquan", at("/reports/")),
    Picture(CERTIFICATE, "hocvien2", Walk.certificate),
    Picture("check", "hocvien2", Walk.public_check),
    Picture("quiet-front", "", at("/c/")),
    Picture("quiet-gate", "", at("/c/1")),
    Picture("quiet-page", "", Walk.quiet_page),
)


@dataclass
class Studio:
    """Where the world is served, and the browsers that are open, one for each desk."""

    url: str
    phrases: dict[str, str]
    browser: Browser
    files: Path
    walks: dict[str, Walk] = field(default_factory=dict)

    def walk_of(self, desk: str) -> Walk:
        if desk not in self.walks:
            width, height = SIZES["desk"]
            context = self.browser.new_context(
                base_url=self.url,
                viewport={"width": width, "height": height},
                locale="vi-VN",
                timezone_id="Asia/Ho_Chi_Minh",
                reduced_motion="reduce",
            )
            context.set_default_timeout(10_000)
            walk = Walk(context.new_page(), self.files)
            if desk:
                walk.open("/sign-in")
                walk.page.locator("#username").fill(desk)
                walk.page.locator("#passphrase").fill(self.phrases[desk])
                walk.follow("main form button[type=submit], main form button:not([type])")
            self.walks[desk] = walk
        return self.walks[desk]

    def take(self, picture: Picture, into: Path, *, whole: bool) -> None:
        walk = self.walk_of(picture.desk)
        picture.way(walk)
        if picture.name == CERTIFICATE:
            save((self.files / "certificate.png").read_bytes(), into / "certificate.png")
            return
        for size, (width, height) in SIZES.items():
            walk.page.set_viewport_size({"width": width, "height": height})
            walk.page.evaluate("scrollTo(0, 0)")
            if picture.at:
                walk.page.locator(picture.at).first.evaluate("one => scrollTo(0, one.getBoundingClientRect().top - 24)")
            save(walk.page.screenshot(full_page=whole, animations="disabled"), into / f"{picture.name}-{size}.png")


def save(png: bytes, file: Path) -> None:
    """Keep the picture, in few colours."""
    with Image.open(BytesIO(png)) as image:
        image.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(file, optimize=True)


def roster_file() -> bytes:
    """A list of people as a unit would send it: our template, filled in."""
    return workbook([COMMUNE], people=[{"unit": COMMUNE, **person} for person in LIST])


def flask(*words: str, env: dict[str, str]) -> str:
    command = [sys.executable, "-m", "flask", "--app", "wsgi", *words]
    return subprocess.run(command, cwd=ROOT, env=env, check=True, text=True, stdout=subprocess.PIPE).stdout


@contextmanager
def served(env: dict[str, str]) -> Iterator[str]:
    """The app under gunicorn; yields its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", f"127.0.0.1:{port}", *GUNICORN],
        cwd=ROOT,
        env=env,
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/health")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(60)


def wait_for(address: str) -> None:
    for _tenth in range(1200):
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except OSError:  # not there yet
            time.sleep(0.1)
        else:
            return
    raise SystemExit(f"Nothing answered at {address}.")


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    words.add_argument("names", nargs="*", help="only these pictures")
    words.add_argument("--whole", action="store_true", help="the whole page, not its first screen")
    words.add_argument("--into", type=Path, default=PICTURES)
    asked = words.parse_args()
    asked.into.mkdir(parents=True, exist_ok=True)
    failed = []
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, "DATA_DIR": folder, "SECOND_FACTOR": "offered"}
        flask("db", "upgrade", env=env)
        phrases = {line[:12].strip(): line[12:41].strip() for line in flask("demo", env=env).splitlines()}
        chromium = (
            os.environ.get("CHROMIUM") or subprocess.check_output(ROOT / "scripts/chromium.sh", text=True).strip()
        )
        with served(env) as url, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
            studio = Studio(url, phrases, browser, Path(folder))
            for picture in ALBUM:
                if asked.names and picture.name not in asked.names:
                    continue
                try:
                    studio.take(picture, asked.into, whole=asked.whole)
                except Exception as error:  # one page that is out of reach does not hide the others
                    failed.append(f"{picture.name}: {str(error).splitlines()[0]}")
            browser.close()
    taken = sum(file.stat().st_size for file in asked.into.glob("*.png"))
    print(f"{len(list(asked.into.glob('*.png')))} pictures in {asked.into}, {taken / 1e6:.1f} MB.")
    if failed:
        raise SystemExit("Not taken:\n" + "\n".join(failed))


if __name__ == "__main__":
    main()
