"""Each form that says what is wrong says it in one way (TRUST 54): a summary that takes the focus, the same words beside the field, “Lỗi:” first."""

import re
from collections.abc import Iterator

import pytest
from werkzeug.datastructures import MultiDict

from tests.doors import Row, Snapshot, knock
from tests.house import House, at
from tests.test_doors import POSTS, house, kept, owner_of  # noqa: F401 – fixtures
from tests.world import TODAY

BY_SCRIPT = {"factors.add_passkey", "coverage.move_people"}  # what a device answers; a button that says where to
NONSENSE = "\u202e²" * 400  # no number, no date, no code, and longer than most fields take


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with at(TODAY):
        yield


def faults(html: str) -> list[str]:
    """What is not as it should be on a page that says what is wrong."""
    found = []
    summary = re.search(r'<div class="summary"([^>]*)>(.*?)</div>', html, re.DOTALL)
    if not summary:  # what no one types was refused: a page that says so, with nothing to correct
        return ["no summary"] if re.search(r'aria-invalid|class="error"', html) else []
    found += [] if re.search(r"<title>\s*Lỗi: ", html) else ["the title does not begin with “Lỗi: ”"]
    found += (
        [] if "autofocus" in summary[1] and 'tabindex="-1"' in summary[1] else ["the summary does not take the focus"]
    )
    found += [] if html.index('class="summary"') < html.index("<h1") else ["the summary comes after the heading"]
    hidden = {
        name
        for tag in re.findall(r'<input[^>]*type="hidden"[^>]*>', html)
        for name in re.findall(r'\b(?:name|id)="([^"]+)"', tag)
    }
    for target, words in re.findall(r'<a href="#([^"]+)">(.*?)</a>', summary[2], re.DOTALL):
        there = html.count(f'id="{target}"')
        if target in hidden:
            continue  # nobody types it
        if there != 1:
            found.append(f"the summary leads to #{target}, which is there {there} times")
        if html.count(words.strip()) < 2:
            found.append(f"not beside the field: {words.strip()}")
    return found


@pytest.mark.parametrize("row", [row for row in POSTS if row.endpoint not in BY_SCRIPT], ids=str)
def test_what_is_wrong_is_said_in_one_way(house: House, kept: Snapshot, row: Row) -> None:  # noqa: F811
    fields = row.fields(house)
    wrong = [MultiDict(), MultiDict((name, "") for name in fields), MultiDict((name, NONSENSE) for name in fields)]
    said = {}
    for typed in wrong:
        answer = knock(house, owner_of(row), row, typed)
        kept.put_back()
        if answer.status_code in {409, 422} and "html" in answer.content_type:
            said[str(list(typed)[:3])] = faults(answer.get_data(as_text=True))

    assert {typed: found for typed, found in said.items() if found} == {}
