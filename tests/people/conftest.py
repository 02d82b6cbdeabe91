"""What the tests of this room share: spreadsheets made on the spot, and more people. All invented."""

import io
from collections.abc import Callable, Sequence
from datetime import date

import pytest
import xlsxwriter
from argon2 import PasswordHasher

from lms.kernel import passwords
from lms.people import actions
from lms.people.roster.columns import HEADINGS

TODAY = date(2026, 11, 23)
HEAD = list(HEADINGS.values())
FIELDS = list(HEADINGS)


def sheet(*rows: Sequence[str], head: Sequence[str] = HEAD, name: str = "Danh sách") -> bytes:
    """An .xlsx with this header and these rows, every cell a string."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    page = book.add_worksheet(name)
    for number, row in enumerate([head, *rows]):
        for column, cell in enumerate(row):
            page.write_string(number, column, cell)
    book.close()
    return out.getvalue()


def row(**given: str) -> list[str]:
    """A row of the template by field name."""
    return [given.get(field, "") for field in FIELDS]


@pytest.fixture
def quick(monkeypatch):
    """A hash that takes no time: how strong it is, is tried elsewhere (tests/kernel/test_passwords.py)."""
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def send(world):
    """Send a list from the browser of somebody; gives the preview's HTML."""

    def _send(client, content: bytes, unit: str = "binh_lu", on: str = "01/11/2026", status: int = 200) -> str:
        data = {"file": (io.BytesIO(content), "danh-sach.xlsx"), "unit": str(world.units[unit]), "on": on}
        return client.post("/people/rosters", data, status=status)

    return _send


@pytest.fixture
def crowd(world) -> Callable[[int], None]:
    """So many more people at Bình Mẫu."""

    def _crowd(count: int) -> None:
        with world.doing():
            for number in range(count):
                person = actions.add_person(f"Lù Thị Đông {'abcdefghijklmnopqrstuvwxyz'[number % 26]}")
                actions.post_person(
                    person.id, world.units["binh_lu"], category="viên chức", valid_from=date(2026, 2, 1)
                )

    return _crowd


@pytest.fixture
def newcomer(world):
    """Somebody of Bình Mẫu without an account."""
    with world.doing():
        person = actions.add_person("Sùng Thị Dở")
        actions.post_person(person.id, world.units["binh_lu"], valid_from=date(2026, 1, 5))
        return person.id
