"""The pages of reports that are a table: counted figures in both languages, each with its definition."""

from datetime import date

import pytest
from projections.reporting.web_figures import PAGES, ReportPage
from projections.words import DASH
from starlette.testclient import TestClient

from schemas.codes import Checkpoint, ExitType
from tests.projections.conftest import Worker
from tests.projections.history import History
from tests.projections.web.given import ELSEWHERE, MINE, NORTH, OFFICER, SOUTH
from tests.projections.web.served_pages import sign_in
from tests.projections.web.test_pages import rows, text

CLOSED_ON = date(2014, 5, 5)


@pytest.fixture(autouse=True)
def _people(reporting: Worker) -> None:
    checked = History("checked").enrolled(date(2014, 1, 6)).closed(CLOSED_ON)
    reporting.put(
        checked.checked(date(2014, 11, 20), Checkpoint.SIX, since=CLOSED_ON),
        History("not checked").enrolled(date(2014, 1, 6)).closed(CLOSED_ON),
        History("pensioned").enrolled(date(2014, 1, 6)).closed(CLOSED_ON, ExitType.PENSIOEN),
        History("mine").enrolled(date(2014, 1, 6)).assigned(date(2014, 1, 6), MINE, NORTH),
        History("theirs").enrolled(date(2014, 1, 6)).assigned(date(2014, 1, 6), ELSEWHERE, SOUTH),
        History("stopped")
        .enrolled(date(2014, 1, 6))
        .ibo("i", date(2014, 2, 3), date(2014, 7, 31))
        .stopped("i", date(2014, 3, 3)),
        History("done")
        .enrolled(date(2014, 1, 6))
        .ibo("i", date(2014, 2, 3), date(2014, 5, 30))
        .completed("i", date(2014, 5, 30), hire_due_by=date(2014, 6, 6))
        .hired(date(2014, 6, 2)),
    )


@pytest.mark.parametrize(
    ("address", "told"),
    [
        (
            "/reports/counsellors?as_of=2014-06-30",
            [
                f"{NORTH} 0 1 1 1 1 0 1 1",
                f"{SOUTH} 0 1 1 1 1 0 1 1",
                "Onbekend 0 0 0 1 0 2 - -",
                "Totaal 0 2 2 1 2 2 1 1",
            ],
        ),
        (
            "/reports/exits?by=year",
            [
                "2014 3 3 - 3 3 1 1 100 % 67 %",
                "2014: pensioen 1 1 33 % 1 1 0 0 - 100 %",
                "2014: werk in loondienst in het NEC 2 2 67 % 2 2 1 1 100 % 50 %",
            ],
        ),
        (
            "/reports/stops",
            ["IBO 2 1 0 50 % - -", "IBO: niet opgedaagd - - - - 1 50 %"],
        ),
        (
            "/reports/ibo",
            ["0400.000.148 1 1 100 % 1 0 0 - 100 %", "Totaal 1 1 100 % 1 0 0 - 100 %"],
        ),
        (
            "/reports/hire-obligations",
            ["0400.000.148 1 1 1 0 0 0", "Totaal 1 1 1 0 0 0"],
        ),
        (
            "/reports/retention",
            ["IBO 1 1 1 0 0 - 0 - 100 %", "Totaal 1 1 1 0 0 - 0 - 100 %"],
        ),
    ],
)
def test_a_report_tells_its_figures_in_a_table(
    browser: TestClient, address: str, told: list[str]
) -> None:
    page = sign_in(browser, OFFICER, address).text

    assert [row.replace(DASH, "-") for row in rows(page)][: len(told)] == told


def test_obligations_to_hire_are_told_with_what_was_decided_by_motive(
    browser: TestClient, reporting: Worker
) -> None:
    def owed(name: str) -> History:
        history = History(name).enrolled(date(2013, 1, 7))
        history.ibo("i", date(2013, 2, 4), date(2013, 5, 31))
        return history.completed("i", date(2013, 5, 31), hire_due_by=date(2013, 6, 7))

    reporting.put(
        owed("waived").waived("i", date(2013, 6, 10)),
        owed("breached").breached("i", date(2013, 6, 11)),
        owed("overdue"),
    )

    page = sign_in(browser, OFFICER, "/reports/hire-obligations?from=2013-01-01").text

    assert [row.replace(DASH, "-") for row in rows(page)][:3] == [
        "0400.000.148 4 4 1 1 1 1",
        "0400.000.148: geen aanwerving - - - 0 1 -",
        "0400.000.148: orderboek - - - 1 0 -",
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
@pytest.mark.parametrize("language", ["nl", "en"])
def test_each_page_spells_out_what_it_counts_and_leads_to_the_others(
    browser: TestClient, page: ReportPage, language: str
) -> None:
    sign_in(browser, OFFICER, "/reports/flow")

    answer = browser.get(f"{page.address}?lang={language}")

    assert answer.status_code == 200
    assert answer.text.count("<dt>") >= 2
    assert all(f'href="{other.address}"' in answer.text for other in PAGES)
    assert f'href="{page.address}" aria-current="page"' in answer.text


def test_what_a_form_asks_wrongly_is_told_and_the_page_shown(browser: TestClient) -> None:
    page = text(sign_in(browser, OFFICER, "/reports/exits?by=reason&months=2").text)

    assert "Niet begrepen, en daarom niet gebruikt: groeperen per, werk na." in page


def test_a_day_of_then_is_asked_by_the_form(browser: TestClient) -> None:
    sign_in(browser, OFFICER, "/reports/flow")

    then = browser.get("/reports/stock?as_of=2014-02-10&known_at=2014-12-31T12:00").text
    now = browser.get("/reports/stock?as_of=2014-02-10").text

    # All of it was recorded in 2015.
    assert "zoals bekend op 31/12/2014 12:00" in text(then)
    assert (rows(then)[-1], rows(now)[-1]) == ("Totaal 0 0 0", "Totaal 7 7 2")


def test_the_flow_can_be_grouped_by_who_guided(browser: TestClient) -> None:
    page = sign_in(browser, OFFICER, "/reports/flow?from=2014-01-01&until=2014-12-31&by=provider")

    assert "VDAB, of promotor van WEP+" in text(page.text)
