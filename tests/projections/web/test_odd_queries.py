"""Every page takes whatever stands in its address, and shows what it can."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from urllib.parse import urlencode

import pytest
from embedded import issuer_users
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from projections.acting import Offered
from starlette.testclient import TestClient

from tests.fuzzing import NAMES, ODD
from tests.projections.conftest import Worker
from tests.projections.history import named
from tests.projections.web.given import AUDITOR, MINE, everyone
from tests.projections.web.served_pages import InventedCommands, sign_in

PARTNER, WITHOUT_UNIT = "partner-01", "bemiddelaar-03"
ALONE = ("until", "show", "cursor")
IDS = (str(named("pathway dirk")), f"{named('pathway dirk')}:1")


@pytest.fixture(autouse=True)
def _everyone(counsellor: Worker, reporting: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("projections.web_reading.SECONDS_TO_WAIT", 0.0)
    # The write side answers, and has nothing to offer.
    day = date(2015, 10, 1)
    nothing = Offered(version=1, today=day, fresh_from=day, commands=[])
    monkeypatch.setattr(InventedCommands, "offered", lambda *_, **__: nothing)
    nowhere = replace(issuer_users.PEOPLE[WITHOUT_UNIT], unit="")
    monkeypatch.setitem(issuer_users.PEOPLE, WITHOUT_UNIT, nowhere)
    counsellor.put(*everyone())
    reporting.put(*everyone())


def pages(app: FastAPI) -> Iterator[str]:
    for route in iter_route_contexts(app.routes):
        if (route.name or "").startswith(("page_", "sign_in_")):
            yield str(route.path).replace("{pathway_id}", str(named("pathway anna")))


@pytest.mark.parametrize("who", [MINE, WITHOUT_UNIT, PARTNER, AUDITOR])
def test_no_page_breaks_on_what_stands_in_its_address(
    app: FastAPI, browser: TestClient, who: str
) -> None:
    sign_in(browser, who)
    # What signing in sets on its way out is not what these pages are asked with.
    browser.follow_redirects = False

    for place, path in enumerate(pages(app)):
        # Who may not open a page is refused before anything of the address is read.
        refused = browser.get(path).status_code == 403
        # Every third odd value, another third at the next page.
        for number, odd in enumerate((ODD[0],) if refused else (*IDS, *ODD[place % 3 :: 3])):
            # One name at a time for a few: most say no more than all of them together.
            alone = ALONE if number < len(IDS) + 2 else ()
            for asked in (NAMES, *((name,) for name in alone)):
                answer = browser.get(path, params=dict.fromkeys(asked, odd))
                assert answer.status_code < 500, (path, asked, odd)


def test_who_has_no_unit_is_shown_their_own(browser: TestClient) -> None:
    page = sign_in(browser, WITHOUT_UNIT, "/caseload?show=unit").text

    assert re.search(r'value="mine"[^>]*(selected|checked)', page)


def test_a_moment_that_no_clock_shows_is_passed_over(browser: TestClient) -> None:
    opened = {"opened": str(named("pathway dirk")), "until": "9999-12-31T23:59:59Z"}

    answer = sign_in(browser, MINE, f"/override?{urlencode(opened)}")

    assert answer.status_code == 200
    assert "Het dossier is voor u open" not in answer.text
