"""A period is frozen, a posting is corrected afterwards, and the page of corrections shows what that changes: at a phone's size, with axe."""

from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page
from sqlalchemy import func, select

from lms.coverage import freezing_queries, listing
from lms.coverage.models import FrozenPeriod
from lms.coverage.question import ask, chosen, plans
from lms.home.demo.crowd import FIRST_PLAN
from lms.kernel.clock import today
from lms.kernel.db import CURRENT, STILL, db
from lms.people.models import Person, Posting
from lms.people.queries import unit_called
from tests.browser.axe import findings, runs_out
from tests.browser.conftest import PageAt, Served

COMMUNE = "Xã Bình Lư"
LEFT = timedelta(days=40)  # so long ago somebody left, and nobody said


def press(page: Page, action: str) -> None:
    """Send the form with that address; a question asked before is answered yes."""
    page.once("dialog", lambda dialog: dialog.accept())
    page.locator(f"form[method=post][action$='{action}'] button").last.click()


def fine(page: Page, javascript: bool = True) -> Page:
    """Nothing is wrong with the page for those who hear it (axe needs script), and it fits a phone."""
    page.wait_for_load_state()
    assert not javascript or findings(page) == []
    assert not runs_out(page)
    return page


def frozen_figures(page: Page, url: str, javascript: bool = True) -> list[str]:
    """What the page of a frozen period says, cell by cell; it says too that asking again gives the same."""
    page.goto(url)
    assert "tính lại: khớp" in fine(page, javascript).inner_text("main")
    return page.locator("main table td, main table th").all_inner_texts()


def counted(server: Served) -> dict[str, Any]:
    """Someone of the commune who is missing, and works there alone: person, posting, name."""
    several = select(Posting.person_id).where(Posting.superseded_at == CURRENT, Posting.valid_to == STILL)
    elsewhere = several.group_by(Posting.person_id).having(func.count() > 1)
    with server.doing():
        commune = unit_called(COMMUNE, today())
        question = ask(chosen(plans(), None, today()))
        missing = listing.listed(question, 0, listing.Wanted(under=commune, own=True, state="not_done")).subquery()
        row = db.session.execute(
            select(Posting.id, Person.id.label("person"), Person.full_name)
            .join(Person, Person.id == Posting.person_id)
            .where(
                Posting.unit_id == commune,
                Posting.superseded_at == CURRENT,
                Posting.valid_to == STILL,
                Posting.valid_from < today() - LEFT,
                Person.id.in_(select(missing.c.id)),
                Person.full_name.not_in(server.names.values()),
                Person.id.not_in(elsewhere),
            )
            .order_by(Posting.id)
        ).first()
        assert row is not None
        return {"posting": row.id, "person": row.person, "name": row.full_name}


def row_of(page: Page, caption: str, name: str) -> list[str]:
    """The cells of a row of the table with that caption."""
    rows = page.locator("table", has=page.locator("caption", has_text=caption)).locator("tbody tr").all()
    cells = [row.locator("th, td").all_inner_texts() for row in rows]
    return next(one for one in cells if one[0] == name)


@pytest.mark.parametrize("javascript", [True, False])
def test_a_correction_after_the_freezing(server: Served, signed_in: PageAt, javascript: bool) -> None:
    office = signed_in("coquan", 360, 640, javascript=javascript)
    office.goto("/coverage/frozen")
    office.locator("main a.button", has_text="Chốt số liệu").click()
    fine(office, javascript)
    office.fill("#title", "Số liệu thử")
    press(office, "/coverage/frozen")
    office.wait_for_url("**/coverage/frozen/*")
    url = office.url
    before = frozen_figures(office, url, javascript)
    office.goto(f"{url}/since")
    assert "Không có đính chính nào" in fine(office, javascript).inner_text("main")

    one = counted(server)
    office.goto(f"/people/{one['person']}/postings/{one['posting']}")
    office.locator("summary", has_text="Kết thúc").click()
    office.fill("#end-on", (today() - LEFT).strftime("%d/%m/%Y"))
    office.locator("#because").last.fill("Đơn vị báo muộn")
    press(office, "/ends")
    office.wait_for_url(f"**/people/{one['person']}")

    office.goto(url)
    office.locator("main a.button", has_text="Đính chính từ khi chốt").click()
    told = fine(office, javascript).inner_text("main")
    assert one["name"] in told
    assert "Đơn vị báo muộn" in told
    assert server.names["coquan"] in told
    then, now = row_of(office, "Đơn vị có chênh lệch: Cán bộ được tập huấn", COMMUNE)[1:3]
    assert then != now
    assert int(now.split("/")[1].split()[0]) == int(then.split("/")[1].split()[0]) - 1
    assert frozen_figures(office, url, javascript) == before
    assert server.app.test_cli_runner().invoke(args=["coverage", "frozen"]).exit_code == 0


@pytest.mark.parametrize("size", [(360, 640), (1366, 768)])
def test_the_demo_s_frozen_year(server: Served, signed_in: PageAt, size: tuple[int, int]) -> None:
    with server.doing():
        period = db.session.scalars(select(FrozenPeriod).order_by(FrozenPeriod.id)).first()
        assert period is not None
        assert period.as_of == date(2025, 11, 25)
        kept = period.figures["indicators"][0]["totals"]
        again = freezing_queries.now(period)["indicators"][0]["totals"]
        assert period.figures["plan"]["slug"] == FIRST_PLAN
    office = signed_in("coquan", *size)
    cells = frozen_figures(office, f"/coverage/frozen/{period.id}")
    assert [str(kept["required"]), str(kept["done"]), str(kept["not_done"])] == _after(cells, "Cộng")
    office.goto(f"/coverage/frozen/{period.id}/since")
    told = fine(office).inner_text("main")
    assert "2 đính chính" in told
    assert "chữ ký không phải của học viên" in told
    assert "Đã nghỉ việc từ 01/10/2025" in told
    then, now = row_of(office, "Số liệu lúc chốt và bây giờ", "Cán bộ được tập huấn")[1:3]
    assert then.startswith(f"{kept['done']}/{kept['required']} ")
    assert now.startswith(f"{again['done']}/{again['required']} ")
    assert (again["done"], again["required"]) == (kept["done"] - 2, kept["required"] - 1)

    focal = signed_in("daumoi2", *size)  # of another commune: they see that something was corrected, not of whom
    focal.goto(f"/coverage/frozen/{period.id}/since")
    told = fine(focal).inner_text("main")
    assert "Ngoài phạm vi của anh/chị: 2." in told
    assert "chữ ký" not in told


def _after(cells: list[str], name: str) -> list[str]:
    place = cells.index(name)
    return cells[place + 1 : place + 4]
