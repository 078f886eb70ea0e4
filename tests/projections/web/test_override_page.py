"""The page on which a refusal is lifted with a reason: what it asks, hands on and says."""

import re
from datetime import UTC, date, datetime
from html import unescape
from urllib.parse import unquote_plus

import pytest
from httpx2 import Response
from plumbing.row_rights import Standing
from projections.overrides import NotOpened, Opened, Refused
from starlette.testclient import TestClient

from tests.people import invented_insz
from tests.projections.conftest import Worker
from tests.projections.history import named
from tests.projections.web.given import AUDITOR, ELSEWHERE, MINE, OFFICER, everyone
from tests.projections.web.served_pages import InventedOverrides, InventedStandings, sign_in

DIRK = named("pathway dirk")
WHY = "Mijn collega is ziek en het gesprek is vandaag."
FORM = {"about": str(DIRK), "reason": WHY, "hours": "4"}
UNTIL = datetime(2015, 10, 1, 13, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _everyone(counsellor: Worker) -> None:
    counsellor.put(*everyone())


def text(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split())


def token(page: str) -> str:
    return re.findall(r'name="csrf_token" value="([0-9a-f]{64})"', page)[0]


def sent(browser: TestClient, who: str = MINE, **changed: str) -> Response:
    """The form's answer to somebody who signed in, opened it and filled it in."""
    page = sign_in(browser, who, "/override").text
    return browser.post("/override", data={**FORM, **changed, "csrf_token": token(page)})


def test_from_a_pathway_that_is_not_shown_one_click_leads_to_the_form(browser: TestClient) -> None:
    refused = sign_in(browser, MINE, f"/pathways/{DIRK}").text
    [link] = re.findall(r'href="(/override[^"]*)"', refused)
    page = browser.get(unescape(link)).text

    assert link == f"/override?pathway_id={DIRK}"
    assert re.search(rf'name="about"[^>]*value="{DIRK}"', page)
    assert 'href="/override"' in browser.get("/caseload").text


def test_a_reason_is_handed_on_and_what_it_opens_is_told(
    browser: TestClient, overrides: InventedOverrides, standings: InventedStandings
) -> None:
    overrides.answer = Opened(pathways=[DIRK], until=UNTIL)

    answer = sent(browser, reason=f"{WHY}\r\nVandaag.")

    [given] = overrides.given
    assert (given.pathway_id, given.insz, given.hours) == (DIRK, None, 4)
    assert given.reason == f"{WHY}\nVandaag."
    assert "Het dossier is voor u open tot 01/10/2015 15:00. Uw reden is bewaard." in text(
        answer.text
    )
    assert f'href="/pathways/{DIRK}"' in answer.text
    standings.known = {MINE: Standing(overridden=[named("person dirk")])}
    assert browser.get(f"/pathways/{DIRK}").status_code == 200


def test_an_insz_is_handed_on_and_stands_in_no_address_and_on_no_page(
    browser: TestClient, overrides: InventedOverrides
) -> None:
    plain = invented_insz(date(1984, 5, 17), 998)
    number = f"{plain[:6]}-{plain[6:9]}.{plain[9:]}"

    answer = sent(browser, about=f" {number} ")

    assert (overrides.given[0].insz == number, overrides.given[0].pathway_id) == (True, None)
    assert str(answer.url).partition("?")[0].endswith("/override")
    for told in (answer.text, unquote_plus(str(answer.url))):
        assert (number in told, plain in told, WHY in told) == (False, False, False)
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("why", "status", "said"),
    [
        (NotOpened.NOBODY, 404, "Er is niemand van wie het dossier met een reden opengaat."),
        (NotOpened.SEEN_ALREADY, 409, "U ziet dit dossier al: er is geen reden nodig."),
        (NotOpened.NOT_ALLOWED, 403, "U mag geen dossiers openen met een reden."),
        (NotOpened.AWAY, 503, "Het is niet zeker dat het dossier open is"),
    ],
)
def test_what_is_not_opened_is_said_and_nothing_kept_of_the_reason(
    browser: TestClient, overrides: InventedOverrides, why: NotOpened, status: int, said: str
) -> None:
    overrides.answer = Refused(why)

    answer = sent(browser, hours="8")

    assert (answer.status_code, said in answer.text) == (status, True)
    assert "></textarea>" in answer.text
    assert '<option value="8" selected>' in answer.text


@pytest.mark.parametrize("why", NotOpened)
def test_the_page_that_shows_is_never_the_one_that_was_sent_to(
    browser: TestClient, overrides: InventedOverrides, why: NotOpened
) -> None:
    overrides.answer = Refused(why, frozenset({"insz"}))

    # A browser keeps what was sent to the page that it shows, number and reason, in its profile.
    assert [one.status_code for one in sent(browser).history] == [303]


def test_an_address_that_tells_what_no_form_does_gives_the_empty_form(browser: TestClient) -> None:
    sign_in(browser, MINE, "/override")

    for odd in ("why=x", "until=tomorrow", "opened=x&until=2015-10-01T13:00Z", "hours=x"):
        page = browser.get(f"/override?{odd}")
        assert (page.status_code, "<textarea" in page.text) == (200, True)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"about": "  "}, "about"),
        ({"about": "1" * 41}, "about"),
        ({"reason": "  "}, "reason"),
        ({"reason": "Daarom."}, "reason"),
        ({"reason": "x" * 1001}, "reason"),
        ({"hours": ""}, "hours"),
        ({"hours": "0"}, "hours"),
        ({"hours": "25"}, "hours"),
        ({"hours": "altijd"}, "hours"),
    ],
)
def test_a_field_that_is_not_filled_in_is_marked_and_nothing_handed_on(
    browser: TestClient, overrides: InventedOverrides, changed: dict[str, str], field: str
) -> None:
    answer = sent(browser, **changed)

    marked = re.findall(
        r'<(?:input|textarea|select) id="(\w+)"[^>]*aria-invalid="true"', answer.text
    )
    assert (answer.status_code, marked, overrides.given) == (422, [field], [])


def test_a_number_that_the_write_side_does_not_know_for_one_is_marked(
    browser: TestClient, overrides: InventedOverrides
) -> None:
    overrides.answer = Refused(NotOpened.NOT_UNDERSTOOD, frozenset({"insz"}))

    answer = sent(browser, about="12345678901")

    assert answer.status_code == 422
    assert "Dit is geen rijksregisternummer en geen trajectnummer." in answer.text


def test_a_form_of_another_site_hands_nothing_on(
    browser: TestClient, overrides: InventedOverrides
) -> None:
    sign_in(browser, MINE, "/override")

    answer = browser.post("/override", data={**FORM, "csrf_token": "0" * 64})

    assert (answer.status_code, overrides.given) == (403, [])
    assert "Dit formulier is verouderd" in answer.text


@pytest.mark.parametrize(
    ("who", "status"),
    [(MINE, 200), (ELSEWHERE, 200), ("partner-01", 200), (AUDITOR, 403), (OFFICER, 403)],
)
def test_it_is_for_those_who_work_with_people(browser: TestClient, who: str, status: int) -> None:
    assert sign_in(browser, who, "/override").status_code == status


def test_an_auditor_is_led_to_no_form_that_is_not_theirs(browser: TestClient) -> None:
    refused = sign_in(browser, AUDITOR, f"/pathways/{named('pathway nobody')}")

    assert (refused.status_code, "/override" in refused.text) == (404, False)


def test_it_speaks_english_too(browser: TestClient, overrides: InventedOverrides) -> None:
    sign_in(browser, MINE, "/override")

    page = browser.get("/override?lang=en").text
    answer = browser.post("/override", data={**FORM, "csrf_token": token(page)})

    assert "<h1>Open a file with a reason</h1>" in page
    assert "There is nobody whose file a reason opens." in answer.text
