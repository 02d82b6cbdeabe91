"""The world the tests share, and the browser they open its pages with."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field, fields, replace
from datetime import date
from html.parser import HTMLParser
from typing import Any, Self

from flask import Flask
from flask_migrate import upgrade
from werkzeug.test import TestResponse

from lms.kernel.clock import at_hour, frozen
from lms.kernel.db import db
from lms.people import actions as people
from lms.people import sign_in
from lms.people.models import Account
from lms.people.roles import Role

TODAY = date(2026, 11, 23)


def migrated(app: Flask) -> None:
    """Bring an empty database to the newest schema."""
    with app.app_context():
        upgrade(directory=app.extensions["migrate"].directory)


@dataclass
class World:
    """Ids of a few units, persons and accounts; every test may rely on them.

    Units: province > (binh_lu, khun_ha); persons: lan (công chức, binh_lu, direct support), pao (công chức, khun_ha),
    hoa (trainer, binh_lu), my (focal of binh_lu), dung (office over the province), quan (admin over the province).
    """

    app: Flask
    units: dict[str, int] = field(default_factory=dict)
    persons: dict[str, int] = field(default_factory=dict)
    accounts: dict[str, int] = field(default_factory=dict)

    def on(self, app: Flask) -> Self:
        """The same people on another app, whose database is a copy of this one's."""
        own = {one.name: deepcopy(getattr(self, one.name)) for one in fields(self) if one.name != "app"}
        return replace(self, app=app, **own)

    def client(self, who: str | None = None) -> "Client":
        """A browser, signed in as that person (through a real sign-in row)."""
        client = Client(self.app)
        if who:
            client.sign_in(self.accounts[who])
        return client

    @contextmanager
    def doing(self) -> Iterator[None]:
        """Inside, actions run; at the end they are committed. Nothing stays open."""
        with self.app.app_context():
            yield
            db.session.commit()


PEOPLE = (
    # key, full name, sex, birth year, unit, category, position, direct support, role
    ("lan", "Vàng Thị Lan", "female", 1990, "binh_lu", "công chức", "Công chức Văn hóa - Xã hội", True, None),
    ("pao", "Giàng A Páo", "male", 1985, "khun_ha", "công chức", "Công chức Tư pháp - Hộ tịch", False, None),
    ("hoa", "Đặng Thị Hoa", "female", 1980, "binh_lu", "viên chức", "Giảng viên", False, Role.TRAINER),
    ("my", "Tẩn Thị Mỷ", "female", 1988, "binh_lu", "công chức", "Công chức Văn phòng", False, Role.FOCAL),
    ("dung", "Lò Văn Dũng", "male", 1979, "province", "công chức", "Chuyên viên", False, Role.OFFICE),
    ("quan", "Nguyễn Văn Quân", "male", 1982, "province", "công chức", "Quản trị", False, Role.ADMIN),
)


def world_of(app: Flask) -> World:
    world = World(app)
    with app.app_context(), frozen(at_hour(date(2026, 1, 5))):
        world.units["province"] = people.add_unit("Tỉnh Mẫu", "province", code="T99").id
        for key, name, code in (("binh_lu", "Xã Bình Mẫu", "T9901"), ("khun_ha", "Xã Khun Mẫu", "T9902")):
            world.units[key] = people.add_unit(name, "commune", parent_id=world.units["province"], code=code).id
        for key, name, sex, year, unit, category, position, direct, role in PEOPLE:
            person = people.add_person(name, sex=sex, birth=date(year, 1, 1), birth_precision="year")
            people.post_person(
                person.id,
                world.units[unit],
                category=category,
                position=position,
                direct_support=direct,
                valid_from=date(2026, 1, 1),
            )
            account, _phrase = people.open_account(person, username=key, passphrase=f"bon tu cua {key} day")
            if role:
                people.grant_role(account.id, role, world.units[unit])
            world.persons[key], world.accounts[key] = person.id, account.id
        db.session.commit()
    return world


class Page(HTMLParser):
    """A page read as the house rules read it."""

    VOID = frozenset({"input", "meta", "link", "br", "hr", "img", "col", "wbr", "source"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.h1: list[str] = []
        self.title = ""
        self.faults: list[str] = []
        self.labelled: set[str] = set()
        self.inputs: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.forms: list[dict[str, Any]] = []
        self._open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in self.VOID:
            self._open.append(tag)
        if given.get("id"):
            self.ids.append(str(given["id"]))
        if tag == "h1":
            self.h1.append("")
        self._inline(tag, given)
        if tag == "label" and given.get("for"):
            self.labelled.add(str(given["for"]))
        if tag == "form":
            self.forms.append(
                {"method": (given.get("method") or "get").lower(), "action": given.get("action"), "fields": {}}
            )
        if tag == "input" and self.forms and "form" in self._open and given.get("type") == "hidden":
            self.forms[-1]["fields"][given.get("name")] = given.get("value") or ""
        if tag in {"input", "select", "textarea"} and given.get("type") not in {"hidden", "submit", "button"}:
            self.inputs.append((tag, given))
            if "label" in self._open and given.get("id"):
                self.labelled.add(str(given["id"]))

    def _inline(self, tag: str, given: dict[str, str | None]) -> None:
        if tag == "style" or "style" in given or any(name.startswith("on") for name in given):
            self.faults.append(f"inline style or handler on <{tag}>")
        if tag == "script" and not given.get("src"):
            self.faults.append("inline script")

    def handle_endtag(self, tag: str) -> None:
        while self._open:
            if self._open.pop() == tag:
                break

    def handle_data(self, data: str) -> None:
        if "h1" in self._open and self.h1:
            self.h1[-1] += data
        elif "title" in self._open and "svg" not in self._open:
            self.title += data
        if not {"script", "style"} & set(self._open):
            self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.words)).strip()

    def check(self) -> None:
        """Raise on a broken house rule."""
        heading = re.sub(r"\s+", " ", self.h1[0]).strip() if self.h1 else ""
        title = re.sub(r"\s+", " ", self.title).strip()
        assert len(self.h1) == 1, f"{len(self.h1)} h1 on the page titled {title!r}"
        assert title.removeprefix("Lỗi: ").removeprefix("Error: ").startswith(heading), (
            f"{title!r} does not start with {heading!r}"
        )
        double = {one for one in self.ids if self.ids.count(one) > 1}
        assert not double, f"ids twice: {double}"
        assert not self.faults, self.faults
        bare = [
            given for _tag, given in self.inputs if given.get("id") not in self.labelled and not given.get("aria-label")
        ]
        assert not bare, f"inputs without a label: {bare}"
        bare_forms = [
            one["action"]
            for one in self.forms
            if one["method"] == "post" and not {"csrf_token", "_once"} <= set(one["fields"])
        ]
        assert not bare_forms, f"unsafe forms without a token or an id of their own: {bare_forms}"
        assert not re.search(r"\bNone\b", self.text), "the word None is on the page"
        assert not re.search(r"\b9999\b", self.text), "an open end shows as a year"


class Client:
    """A browser without script: follows redirects, carries tokens, checks each page it opens."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.http = app.test_client()
        self.page: Page | None = None

    def sign_in(self, account_id: int) -> None:
        with self.app.app_context():
            token = sign_in.start(db.session.get_one(Account, account_id), own_device=True)
            db.session.commit()
        with self.http.session_transaction() as cookie:
            cookie["_user_id"], cookie["_fresh"] = token, True

    def get(self, url: str, status: int = 200, **kwargs: Any) -> str:
        """The page's HTML, after redirects; checked."""
        return self._read(self.http.get(url, follow_redirects=True, **kwargs), status)

    def raw(self, url: str, method: str = "GET", **kwargs: Any) -> TestResponse:
        """The bare answer, no redirects followed, nothing checked."""
        return self.http.open(url, method=method, **kwargs)

    def post(self, url: str, data: dict[str, Any] | None = None, status: int = 200, **kwargs: Any) -> str:
        """Send a form with a valid token (and `_once` if given in data), follow the redirect, check the page."""
        token = self.token()
        return self._read(
            self.http.post(url, data={"csrf_token": token, **(data or {})}, follow_redirects=True, **kwargs), status
        )

    def token(self) -> str:
        """A CSRF token, taken from a page that everyone can open, as a browser would."""
        html = self.http.get("/privacy").get_data(as_text=True)
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', html)
        assert found, "no form with a token on the page"
        return found.group(1)

    def _read(self, answer: TestResponse, status: int) -> str:
        html = answer.get_data(as_text=True)
        assert answer.status_code == status, f"{answer.status_code} instead of {status}: {html[:2000]}"
        if answer.mimetype == "text/html":
            self.page = Page(html)
            if "<html" in html:
                self.page.check()
        return html
