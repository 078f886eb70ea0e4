"""How a page is looked at: by axe, by its width, by what it weighs, and by a picture for people."""

import os
import re
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

PICTURES = Path(__file__).parents[2] / ".build" / "screenshots"
MOST_BYTES = 300_000
"""What a first look at a page may bring over the line, all its parts together."""

ALL = bool(os.environ.get("SCREENSHOTS"))
"""Whether people are going to look at pictures: then of everything, at each width."""

_WEIGHT = """
    performance.getEntriesByType('navigation').concat(performance.getEntriesByType('resource'))
        .reduce((bytes, part) => bytes + part.transferSize, 0)
"""
_WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def is_for_everyone_and_fits(page: Page) -> None:
    # Of a page that is still coming, axe misses what did not come yet.
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    found = Axe().run(page).response["violations"]
    told = [(one["id"], [node["target"] for node in one["nodes"]]) for one in found]
    assert told == [], (page.url, told)
    fits(page)


def fits(page: Page) -> None:
    assert page.evaluate(_WIDER) <= 0, page.url


def weight(page: Page) -> int:
    """Bytes that came over the line for what stands there, headers included."""
    return int(page.evaluate(_WEIGHT))


def picture(page: Page, of: str) -> None:
    """Keep what is seen, whole, under a name that tells who saw which page how wide: for `make screenshots`."""
    if not ALL:
        return
    width = (page.viewport_size or {"width": 0})["width"]
    name = re.sub(r"[^a-z0-9]+", "-", of.lower()).strip("-")[:80]
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}-{width}.png", full_page=True)


def widths() -> tuple[int, ...]:
    """A desk and a phone; for `make screenshots` a large screen too."""
    return (1280, 360, 1920) if ALL else (1280, 360)
