"""Handing people over by the page: who, what would come of it, step by step, and what came of each."""

import re
from collections.abc import Callable, Iterator
from html import unescape
from uuid import UUID

import httpx2
import pytest
from projections.counsellor import hand_over_pages

from tests.projections.web.both_sides import BothSides, both_sides
from tests.projections.web.served_pages import sign_in
from tests.projections.web.test_pages import text
from tests.projections.web.test_registering import enrolled, send

THEIRS = "?show=unit&counsellor=bemiddelaar-01"
PAGE = f"/caseload/hand-over{THEIRS}"
TERMS = {"counsellor": "bemiddelaar-02", "unit": "", "on": "2015-09-28", "reason": "HERVERDELING"}


@pytest.fixture
def browser(new_database: Callable[..., str]) -> Iterator[tuple[httpx2.Client, BothSides]]:
    headers = {"Accept": "text/html"}
    with (
        both_sides(new_database) as sides,
        httpx2.Client(
            base_url=sides.address, headers=headers, follow_redirects=True, timeout=60
        ) as browser,
    ):
        sign_in(browser, "teamleider-01")
        yield browser, sides


def guided(browser: httpx2.Client, number: int, on: str) -> str:
    path = enrolled(browser, number)
    told = {"counsellor": "bemiddelaar-01", "unit": "OE-VOORBEELD-NOORD"}
    send(browser, f"{path}/register/assign-counsellor", **told, on=on)
    return path.rpartition("/")[2]


def fields(page: str) -> dict[str, list[str]]:
    """The hidden fields of the page's form that hands over."""
    form = page.partition('method="post" action="/caseload/hand-over')[2].partition("</form>")[0]
    told: dict[str, list[str]] = {}
    for name, value in re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form):
        told.setdefault(name, []).append(value)
    return told


def test_people_are_handed_over_after_a_preview_step_by_step_and_once(
    browser: tuple[httpx2.Client, BothSides], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hand_over_pages, "AT_ONCE", 2)
    pages, sides = browser
    people = [guided(pages, number, "2015-09-01") for number in (1, 2)]
    late = guided(pages, 3, "2015-09-29")
    overview = unescape(pages.get(f"/caseload{THEIRS}").text)
    assert f'href="/caseload/hand-over{THEIRS}"' in overview

    chosen = pages.get(PAGE).text
    none = pages.post(PAGE, data={**fields(chosen), **TERMS, "do": "PREVIEW"})
    assert none.status_code == 422
    assert "vink minstens één traject aan" in none.text
    ticked = {"pathway": [*people, late], "do": "PREVIEW"}
    seen = pages.post(PAGE, data={**fields(chosen), **TERMS, **ticked}).text

    assert "Dit wordt overgedragen: 2. Met een waarschuwing: 0. Wordt geweigerd: 1." in text(seen)
    assert "Geweigerd. Op die dag begeleidt niemand." in text(seen)
    step = pages.post(PAGE, data=fields(seen)).text
    assert "2 van 3 trajecten bekeken." in text(step)
    done = pages.post(PAGE, data=fields(step))
    again = pages.post(PAGE, data=fields(step))

    for answer in (done, again):
        assert "Overgedragen: 2. Niet overgedragen: 1." in text(answer.text)
        assert "Geweigerd. Op die dag begeleidt niemand." in text(answer.text)
    versions = [len(sides.commands.store.load(one)) for one in map(UUID, [*people, late])]
    assert versions == [3, 3, 2]


def test_what_the_write_side_does_not_take_stands_at_its_field(
    browser: tuple[httpx2.Client, BothSides],
) -> None:
    pages, _ = browser
    one = guided(pages, 1, "2015-09-01")
    form = fields(pages.get(PAGE).text)
    told = TERMS | {"counsellor": "geen referentie!"}

    wrong = pages.post(PAGE, data={**form, **told, "pathway": [one], "do": "PREVIEW"})

    assert wrong.status_code == 422
    [field] = re.findall(r'<input id="counsellor"[^>]*>', wrong.text)
    assert 'aria-invalid="true"' in field
    assert f'value="{one}" checked' in wrong.text
