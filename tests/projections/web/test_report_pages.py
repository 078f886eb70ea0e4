"""The pages of reports that are a table: counted figures in both languages, each with its definition."""

from datetime import date
from html import unescape
from itertools import product

import pytest
from projections.reporting.web_figures import PAGES
from projections.words import DASH
from starlette.testclient import TestClient

from schemas.codes import Checkpoint, ExitType
from tests.projections.conftest import Worker
from tests.projections.history import History
from tests.projections.web.given import AUDITOR, ELSEWHERE, MINE, NORTH, OFFICER, SOUTH
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
    page = sign_in(browser, AUDITOR, address).text

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

    page = sign_in(browser, AUDITOR, "/reports/hire-obligations?from=2013-01-01").text

    assert [row.replace(DASH, "-") for row in rows(page)][:3] == [
        "0400.000.148 4 4 1 1 1 1",
        "0400.000.148: geen aanwerving - - - 0 1 -",
        "0400.000.148: orderboek - - - 1 0 -",
    ]


def test_each_page_spells_out_what_it_counts_and_leads_to_the_others(browser: TestClient) -> None:
    index = sign_in(browser, AUDITOR, "/reports").text

    for page, language in product(PAGES, ("nl", "en")):
        answer = browser.get(f"{page.address}?lang={language}")

        assert answer.status_code == 200
        assert answer.text.count("<dt>") >= 2
        assert all(f'href="{other.address}"' in answer.text for other in PAGES)
        assert f'href="{page.address}" aria-current="page"' in answer.text
        assert f'href="{page.address}"' in index


@pytest.mark.parametrize(
    ("address", "told", "drawn"),
    [
        (
            "/reports/time-to-work?since=end&from=2014-01-01&until=2014-12-31",
            ["IBO 2 - - -", "IBO: 3 maanden - 2 1 50 %", "IBO: 6 maanden - 2 1 50 %"],
            '"shape":"curves"',
        ),
        (
            "/reports/outcomes",
            ["bij de uitstroom 3 0 0 0 0 1 2", "1 maand 3 0 0 0 0 0 3", "3 maanden 3 0 0 0 0 0 3"],
            '"shape":"stacked"',
        ),
        ("/reports/providers", ["VDAB, of promotor van WEP+ 3 3 2 3 1 1 67 %"], '"shape":"bars"'),
        ("/reports/inflow?by=year", ["2014 7 7", "Totaal 7 7"], '"labels":["2014"]'),
    ],
    ids=("time to work", "outcomes", "providers", "inflow"),
)
def test_a_report_has_a_picture_of_what_its_table_tells(
    browser: TestClient, address: str, told: list[str], drawn: str
) -> None:
    page = sign_in(browser, AUDITOR, address).text

    assert [row.replace(DASH, "-") for row in rows(page)][: len(told)] == told
    assert drawn in unescape(page)
    assert 'src="/static/charts.js?v=' in page


def test_the_end_of_wep_plus_is_told_week_by_week(browser: TestClient, reporting: Worker) -> None:
    wep = History("wep").enrolled(date(2014, 11, 3))
    wep.work_experience("w", date(2014, 12, 1), date(2015, 9, 30))
    reporting.put(wep.migrated(date(2015, 7, 1), "w").hired(date(2015, 7, 8)))

    page = sign_in(browser, AUDITOR, "/reports/transition").text
    weeks = {row.split(" ", 1)[0]: row.split(" ", 1)[1] for row in rows(page)}

    # In a module on the last day of the week, ended, to a tender, a subsidy, anything else; hired.
    assert weeks["2015-W26"] == "1 0 0 0 0 0"
    assert weeks["2015-W27"].split()[1:] == ["1", "0", "1", "0", "0"]
    assert weeks["2015-W28"] == "0 0 0 0 0 1"
    assert "2015-W41" not in weeks


def test_who_may_see_no_person_reads_rounded_figures(browser: TestClient) -> None:
    page = sign_in(browser, OFFICER, "/reports/inflow?by=year").text

    assert rows(page) == ["2014 5 5", "Totaal 5 5"]
    assert "elk aantal is een veelvoud van vijf" in text(page)


def test_what_a_form_asks_wrongly_is_told_and_the_page_shown(browser: TestClient) -> None:
    page = text(sign_in(browser, AUDITOR, "/reports/exits?by=reason&months=2").text)

    assert "Niet begrepen, en daarom niet gebruikt: groeperen per, werk na." in page


def test_a_day_of_then_is_asked_by_the_form(browser: TestClient) -> None:
    sign_in(browser, AUDITOR, "/reports/flow")

    then = browser.get("/reports/stock?as_of=2014-02-10&known_at=2014-12-31T12:00").text
    now = browser.get("/reports/stock?as_of=2014-02-10").text

    # All of it was recorded in 2015.
    assert "zoals bekend op 31/12/2014 12:00" in text(then)
    assert (rows(then)[-1], rows(now)[-1]) == ("Totaal 0 0 0", "Totaal 7 7 2")


def test_the_flow_can_be_grouped_by_who_guided(browser: TestClient) -> None:
    page = sign_in(browser, AUDITOR, "/reports/flow?from=2014-01-01&until=2014-12-31&by=provider")

    assert "VDAB, of promotor van WEP+" in text(page.text)
