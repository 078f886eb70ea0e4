"""Every page, as each who may see it: for everyone, in both languages, on a desk and on a phone."""

from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect
from projections.web_rights import RIGHTS

from tests.browser.conftest import Watched
from tests.browser.looking import (
    ALL,
    MOST_BYTES,
    fits,
    is_for_everyone_and_fits,
    picture,
    weight,
    widths,
)
from tests.projections.history import named

ANNA, BRAM, DIRK = (named(f"pathway {one}") for one in ("anna", "bram", "dirk"))
YEAR = "from=2014-01-01&until=2014-12-31"
START = {"": "page_start", "nowhere": None}
CASELOAD = {
    "caseload": "page_caseload",
    "caseload?show=unit&state=all&sort=status": "page_caseload",
    "caseload/hand-over?show=mine": "page_hand_over",
    f"pathways/{ANNA}": "page_timeline",
    f"pathways/{ANNA}?as_of=2015-08-15": "page_timeline",
    f"pathways/{ANNA}/difference": "page_difference",
    f"pathways/{DIRK}": "page_timeline",
    f"override?pathway_id={DIRK}": "page_override",
    f"reports/flow/pathways?{YEAR}": "page_behind",
    "enrol": "page_enrol",
    f"pathways/{ANNA}/notes": "page_notes",
}
REPORTS = {
    f"reports/{name}?{YEAR}": f"page_{name.replace('-', '_')}"
    for name in (
        *("flow", "time-to-work", "outcomes", "exits", "stops", "providers", "outflow"),
        *("afterwards", "ibo", "hire-obligations", "retention", "work-floors", "transition"),
        *("counsellors", "inflow", "stock", "reach", "modules", "durations", "exceptions"),
    )
}
OPERATIONS = {
    "operations": "page_operations",
    "operations?"
    + urlencode(
        {"killed": "pathway publisher", "at": "2015-10-01T08:00Z", "proven": 3}
    ): "page_operations",
    f"operations/parked/reporting/{BRAM}": "page_parked",
    f"operations/parked/reporting/{DIRK}?wrong=reason": "page_parked",
}
WHERE = {
    f"operations/where?fact={ANNA}:1": "page_where",
    "operations/where?fact=nobody": "page_where",
}
WHO = {
    "Bea Voorbeeld": {**START, **CASELOAD},
    "Rik Denkbeeld": {
        "published": "page_published_list",
        "sheets": "page_sheets",
        "reports": "page_reports",
        f"reports/special?{YEAR}&of=exits": "page_special",
        **REPORTS,
    },
    "An Bedacht": {
        "": "page_start",
        "pathways?pathway_id=x": "page_open_timeline",
        f"pathways/{ANNA}": "page_timeline",
        f"access?about={named('person anna')}": "page_access",
        **WHERE,
    },
    "Olga Fictief": {**OPERATIONS, **WHERE},
    "Hugo Proefmans": {"operations": "page_operations"},
    "Piet Verzonnen": {"caseload": "page_caseload"},
}
"""Each of one role, and the pages that are looked at as theirs. A new page is one line above."""
ELSEWHERE = {
    "page_running": "a part of the page of operations, which is looked at there",
    **dict.fromkeys(
        ("page_published", "page_published_again", "page_sheet", "page_sheet_again"),
        "what the reporter makes in a month is looked at there",
    ),
    **dict.fromkeys(
        ("page_commands", "page_command"),
        "they ask the write side, with which somebody is registered elsewhere",
    ),
    **dict.fromkeys(
        ("page_download_published", "page_download_report", "page_download_caseload"),
        "a file and no page",
    ),
}
WIDTH = {"nl": widths()[0], "en": widths()[1]}
LOOKS = [("nl", width) for width in widths()] + ([("en", WIDTH["en"])] if ALL else [])
AXE = LOOKS if ALL else LOOKS[:1]
"""A test run has axe look at a desk and asks of a phone whether it fits; `make screenshots` does all."""
NOTHING_THERE = "the server responded with a status of"
"""What a browser says of a page that is told as missing, or as not understood."""


def test_every_page_is_looked_at() -> None:
    looked_at = {name for pages in WHO.values() for name in pages.values() if name}

    assert {name for name in RIGHTS if name.startswith("page_")} - set(ELSEWHERE) == looked_at


@pytest.mark.parametrize("who", WHO)
def test_pages_are_for_everyone_and_fit_their_screen(
    watched: Callable[[int], Watched], who: str
) -> None:
    visit = watched(WIDTH["nl"])
    closed = (path for path, name in WHO[who].items() if name not in (None, "page_start"))
    visit.sign_in(who, f"/{next(closed)}")

    # Reports are made by one template: a test run looks at every third of them.
    alike = () if ALL else [path for n, path in enumerate(REPORTS) if n % 3]
    for path in WHO[who].keys() - alike:
        for language, width in LOOKS:
            look(visit, who, path, language, width)

    assert [one for one in visit.complaints if NOTHING_THERE not in one] == []


def look(visit: Watched, who: str, path: str, language: str, width: int) -> None:
    page = visit.page
    page.set_viewport_size({"width": width, "height": 900})
    sign = "&" if "?" in path else "?"
    answer = page.goto(f"{visit.address}/{path}{sign}lang={language}")

    assert answer is not None
    assert answer.status in {200, 404, 422}, path
    if (language, width) in AXE:
        is_for_everyone_and_fits(page)
    else:
        fits(page)
    picture(page, f"{who.split(maxsplit=1)[0]} {language} {path or 'start'}")


@pytest.mark.parametrize("path", ["/caseload", f"/pathways/{ANNA}"])
def test_a_first_look_at_a_page_is_light(watched: Callable[[int], Watched], path: str) -> None:
    page = watched(WIDTH["nl"]).sign_in("Bea Voorbeeld", path)

    assert 0 < weight(page) < MOST_BYTES
    page.context.clear_cookies()


def test_pages_at_four_hundred_percent(watched: Callable[[int], Watched]) -> None:
    visit = watched(320)
    visit.sign_in("Olga Fictief", "/operations")
    fits(visit.page)
    visit.page.context.clear_cookies()
    visit.sign_in("Bea Voorbeeld", "/caseload")
    fits(visit.page)
    for path in (f"/pathways/{ANNA}", f"/override?pathway_id={DIRK}"):
        fits(visit.open(path))


def test_on_paper_a_pathway_has_nothing_to_press(watched: Callable[[int], Watched]) -> None:
    page = watched(WIDTH["nl"]).sign_in("Bea Voorbeeld", f"/pathways/{ANNA}")

    page.emulate_media(media="print")

    for role in ("button", "navigation"):
        assert [one for one in page.get_by_role(role).all() if one.is_visible()] == []
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    fits(page)
    picture(page, "paper pathway nl")
