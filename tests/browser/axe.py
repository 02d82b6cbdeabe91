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

# What has to have an edge of its own, since its ground is taken away; returns those that have none.
EDGELESS = """() => [...document.querySelectorAll(".button, .badge, select, textarea, input:not([type=hidden]), .choice label")]
  .filter((one) => one.getClientRects().length && !one.closest(".hidden"))
  .filter((one) => !["radio", "checkbox"].includes(one.type))
  .filter((one) => { const s = getComputedStyle(one); return s.borderStyle === "none" || parseFloat(s.borderWidth) < 1; })
  .map((one) => one.outerHTML.slice(0, 120))"""


@cache
def _source() -> str:
    folder = Path(str(axe_playwright_python.__file__)).parent
    return (folder / "axe.min.js").read_text(encoding="utf-8")


def findings(page: Page) -> list[str]:
    """What axe finds, one line each. It is put in by the browser's own debugging door, which no CSP closes."""
    if not page.evaluate("'axe' in window"):
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


def edgeless(page: Page) -> list[str]:
    """What loses its shape in forced colours: it has a ground and no edge."""
    found: list[str] = page.evaluate(EDGELESS)
    return found
