"""How large the letters are and on which ground: kept by the browser, there at the first paint, never on the confidential pages."""

import re
from pathlib import Path

import pytest

from tests.world import Client

TOKENS = Path(__file__).resolve().parents[2] / "static/css/tokens/tokens.css"


def html_tag(page: str) -> str:
    found = re.search(r"<html[^>]*>", page)
    assert found
    return found.group()


def test_it_is_kept_by_the_browser_and_leads_back(client: Client) -> None:
    assert html_tag(client.get("/help")) == '<html lang="vi">'

    client.post("/look", {"letters": "large", "ground": "night", "next": "/help"})
    page = client.get("/help")

    assert html_tag(page) == '<html lang="vi" data-letters="large" data-ground="night">'
    assert '<meta name="color-scheme" content="dark">' in page
    client.post("/look", {"letters": "normal", "ground": "device", "next": "/help"})
    assert html_tag(client.get("/help")) == '<html lang="vi">'


@pytest.mark.parametrize("next_page", ["https://example.org/", "//example.org"])
def test_it_leads_nowhere_else(client: Client, next_page: str) -> None:
    sent = {"letters": "large", "ground": "day", "next": next_page, "csrf_token": client.token()}
    assert client.raw("/look", "POST", data=sent).headers["Location"] == "/"


def test_what_is_not_on_the_list_changes_nothing(client: Client) -> None:
    client.post("/look", {"letters": '"><b>', "ground": "night"}, 422)
    client.http.set_cookie("look", '"><b>.night')
    assert html_tag(client.get("/help")) == '<html lang="vi">'


def test_the_confidential_pages_know_nothing_of_it(client: Client) -> None:
    client.post("/look", {"letters": "largest", "ground": "night"})
    assert html_tag(client.raw("/c/").get_data(as_text=True)) == '<html lang="vi">'


def test_the_night_that_is_chosen_is_the_night_of_the_device() -> None:
    said = TOKENS.read_text(encoding="utf-8")
    device = said.split(":root:not([data-ground=day]) {")[1].split("}")[0]
    chosen = said.split(":root[data-ground=night] {")[1].split("}")[0]
    assert device.split() == chosen.replace("color-scheme: dark;", "").split()
