"""Every page by the Tab key alone: all that can be used is reached, in the order of reading, and seen."""

from collections.abc import Callable
from itertools import pairwise
from typing import TypedDict

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched
from tests.browser.test_every_page import ANNA, BRAM, DIRK, YEAR

WALKS = {
    "Bea Voorbeeld": (
        *("/caseload", "/caseload?show=unit&state=all", f"/pathways/{ANNA}"),
        *(f"/pathways/{ANNA}/difference", f"/override?pathway_id={DIRK}"),
        *(f"/reports/flow?{YEAR}", f"/reports/exits?{YEAR}", "/reports", "/published", "/enrol"),
    ),
    "Olga Fictief": (
        *("/operations", f"/operations/parked/reporting/{BRAM}"),
        f"/operations/where?fact={ANNA}:1",
    ),
}
MOST_STOPS = 400
_NOW = """
    () => {
        const all = [...document.querySelectorAll("*")], here = document.activeElement;
        if (!here || here === document.body) return null;
        const style = getComputedStyle(here), box = here.getBoundingClientRect();
        return {
            what: here.outerHTML.slice(0, 120),
            place: all.indexOf(here),
            seen: box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.left < innerWidth,
            outlined: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
        };
    }
"""
_USABLE = """
    [...document.querySelectorAll("a[href], button, input, select, textarea, summary")].filter(
        one => one.type !== "hidden" && !one.disabled && one.tabIndex >= 0 && one.checkVisibility()
    ).map(one => [...document.querySelectorAll("*")].indexOf(one))
"""


class Stop(TypedDict):
    """Where the Tab key led: which element of the page it is, and how it looks."""

    what: str
    place: int
    seen: bool
    outlined: bool


@pytest.mark.parametrize("who", WALKS)
def test_everything_is_reached_in_order_and_seen(
    watched: Callable[[int], Watched], who: str
) -> None:
    visit = watched(1280)
    first, *others = WALKS[who]
    walks = {first: walked(visit.sign_in(who, first))}
    usable = {first: set(visit.page.evaluate(_USABLE))}
    for path in others:
        walks[path] = walked(visit.open(path))
        usable[path] = set(visit.page.evaluate(_USABLE))

    for path, stops in walks.items():
        assert [one["what"] for one in stops if not (one["seen"] and one["outlined"])] == [], path
        back = [b["what"] for a, b in pairwise(stops) if b["place"] < a["place"]]
        assert back == [], path
        assert usable[path] - {one["place"] for one in stops} == set(), path


def walked(page: Page) -> list[Stop]:
    """Each stop of the Tab key, from the top of the page until it leaves it."""
    stops: list[Stop] = []
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        stop: Stop | None = page.evaluate(_NOW)
        if stop is None or (stops and stop["place"] == stops[0]["place"]):
            return stops
        # A field of a day has stops of its own: day, month, year, calendar.
        if not stops or stop["place"] != stops[-1]["place"]:
            stops.append(stop)
    raise AssertionError(f"the Tab key does not leave {page.url}")


def test_a_slider_keeps_the_focus_while_it_moves_through_time(
    watched: Callable[[int], Watched],
) -> None:
    page = watched(1280).sign_in("Bea Voorbeeld", f"/pathways/{ANNA}")
    slider = page.get_by_role("slider")
    slider.focus()

    with page.expect_response("**step=*"):
        page.keyboard.press("ArrowLeft")

    page.wait_for_url("**as_of=*")
    expect(slider).to_be_focused()
