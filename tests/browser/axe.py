"""axe-core, asked about the page that is open: WCAG 2.2 A and AA, target size included."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.sync_api import Page

TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice")
OPTIONS = {
    "runOnly": {"type": "tag", "values": list(TAGS)},
    "rules": {"target-size": {"enabled": True}},  # off by default in axe
    "resultTypes": ["violations"],
}


@cache
def _source() -> str:
    folder = Path(str(axe_playwright_python.__file__)).parent
    return (folder / "axe.min.js").read_text(encoding="utf-8")


def findings(page: Page) -> list[str]:
    """What axe finds, one line each. It is put in by the browser's own debugging door, which no CSP closes."""
    page.evaluate(_source())
    result: dict[str, Any] = page.evaluate("options => axe.run(document, options)", OPTIONS)
    found = []
    for violation in result["violations"]:
        for node in violation["nodes"]:
            target = json.dumps(node["target"], ensure_ascii=False)
            found.append(f"{violation['id']} ({violation['impact']}) {target}: {node['html'][:160]}")
    return found


def runs_out(page: Page) -> bool:
    """Whether the page has to be scrolled sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))
