"""From a figure to the pathways behind it: those that the caller may see, and a look at each."""

import pytest
from starlette.testclient import TestClient

from tests.projections.conftest import Worker
from tests.projections.history import named
from tests.projections.web.conftest import Looks
from tests.projections.web.given import AUDITOR, MINE, OFFICER, everyone
from tests.projections.web.served_pages import InventedNames, sign_in
from tests.projections.web.test_pages import rows, text

OPEN = "/reports/stock/pathways?by=status&group=IN_BEGELEIDING"


@pytest.fixture(autouse=True)
def _people(counsellor: Worker, reporting: Worker, names: InventedNames) -> None:
    for worker in (counsellor, reporting):
        worker.put(*everyone())
    names.known[named("person anna")] = "Testers, Anna"


def test_a_group_leads_to_its_pathways_that_the_caller_may_see(
    browser: TestClient, looks: Looks
) -> None:
    report = sign_in(browser, MINE, "/reports/stock").text

    page = browser.get(OPEN).text

    assert 'href="/reports/stock/pathways?by=status&amp;group=IN_BEGELEIDING"' in report
    # Dirk is another unit's.
    assert next(row.split(" In begeleiding")[0] for row in rows(page)) == (
        f"P-{named('person bram').hex[-8:].upper()}"
    )
    assert "Testers, Anna" in page
    assert "3 trajecten die u mag zien, tellen mee in dit cijfer" in text(page)
    seen = {about for _, about, endpoint, _, _ in looks() if endpoint == "page_behind"}
    assert seen == {str(named(f"person {name}")) for name in ("anna", "bram", "cora")}


def test_a_figure_of_then_leads_to_the_pathways_of_then(browser: TestClient) -> None:
    sign_in(browser, AUDITOR, "/reports/stock")

    page = browser.get("/reports/stock/pathways?by=status&as_of=2014-06-30").text

    assert f"P-{named('person fons').hex[-8:].upper()}" in page
    assert len(rows(page)) == 1


def test_each_kind_of_fact_leads_to_its_pathways(browser: TestClient) -> None:
    sign_in(browser, AUDITOR, "/reports")
    of_2015 = "from=2015-01-01&until=2015-12-31"
    expected = {
        f"inflow/pathways?by=month&group=2015-05&{of_2015}": 2,
        f"modules/pathways?by=kind&group=STAGE&{of_2015}": 1,
        f"exits/pathways?by=year&{of_2015}": 1,
        "ibo/pathways?by=month": 1,
        "retention/pathways?by=province": 1,
        f"durations/pathways?by=measure&group=ONBEKEND&{of_2015}": 2,
        f"time-to-work/pathways?group=ZONDER_MODULE&{of_2015}": 2,
        "flow/pathways?by=kind&group=IBO&measure=IBO&from=2014-01-01&until=2014-12-31": 1,
        "flow/pathways?by=kind&measure=STAGE&from=2014-01-01&until=2014-12-31": 0,
        "counsellors/pathways?by=unit&group=ONBEKEND": 1,
    }

    found = {one: len(rows(browser.get(f"/reports/{one}").text)) for one in expected}

    assert found == expected


def test_who_sees_no_person_is_led_nowhere(browser: TestClient) -> None:
    page = sign_in(browser, OFFICER, "/reports/stock").text

    assert "/pathways?" not in page
    assert browser.get(OPEN).status_code == 403


def test_what_leads_nowhere_is_said_to_be_nowhere(browser: TestClient) -> None:
    sign_in(browser, AUDITOR, "/reports")

    for report in ("outcomes", "nothing", "retention"):
        assert browser.get(f"/reports/{report}/pathways").status_code == 404


def test_nothing_that_may_be_seen_says_what_to_do(browser: TestClient) -> None:
    page = sign_in(browser, MINE, "/reports/stock/pathways?by=status&group=NAZORG").text

    assert "mag u er geen zien" in text(page)
