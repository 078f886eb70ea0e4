"""Parked pathways over REST and as pages: who may see and ask what, and that the pages only ask."""

import re
from datetime import UTC, datetime
from html import unescape

import pytest
from plumbing.row_rights import Rule, Standing
from projections import parked_requests, parking
from projections.healing import Retried, RowChange
from projections.parked_requests import Done, Outcome
from projections.parking import GiveUp, NewParking, Reason
from starlette.testclient import TestClient

from tests.projections.conftest import Worker
from tests.projections.history import named
from tests.projections.web.conftest import NOW, As, Looks
from tests.projections.web.given import AUDITOR, LEADER, MINE, anna
from tests.projections.web.served_pages import InventedStandings, sign_in

OPERATOR, ADMINISTRATOR = "operator-01", "beheerder-01"
ANNA = named("pathway anna")
AT = datetime(2015, 10, 1, 8, 30, tzinfo=UTC)
PATH = f"/v1/parked/counsellor/{ANNA}"
PAGE = f"/operations/parked/counsellor/{ANNA}"
WHY = "Geschreven door een test, zie ticket 12."
ROW = {"pathway_id": str(ANNA), "status": "IN_BEGELEIDING"}

NOBODY = "0199f1c7-5f0e-7c55-8d0a-3f2b1c9d7e11"


def text(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split())


@pytest.fixture(autouse=True)
def parked(counsellor: Worker, monkeypatch: pytest.MonkeyPatch) -> Worker:
    """Anna's pathway, which waits from its third fact on; nobody is there to do what is asked."""
    monkeypatch.setattr("projections.web_parked.SECONDS_TO_WAIT", 0.0)
    counsellor.put(anna())
    new = NewParking(ANNA, 3, 0, 7, Reason.FAILED, "KeyError in fold, projection.py:118")
    parking.park(counsellor.connection, "counsellor", [new], AT)
    return counsellor


def is_done(worker: Worker, outcome: Outcome = Outcome.APPLIED) -> None:
    """What the consumer would note of the oldest request, with one row that goes."""
    with worker.connection.transaction():
        request = parked_requests.waiting(worker.connection, "counsellor")
        assert request is not None
        [waits] = parking.parked(worker.connection, "counsellor", ANNA)
        retried = Retried(waits, 2, (RowChange("caseload", ROW, None),), None)
        parked_requests.note(worker.connection, request, Done(outcome, NOW, retried))


@pytest.mark.parametrize("who", [OPERATOR, ADMINISTRATOR])
def test_the_list_tells_who_waits_and_why_and_leaves_a_look(
    as_: As, looks: Looks, who: str
) -> None:
    answer = as_(who).get("/v1/parked").json()

    assert answer["total"] == 1
    [waits] = answer["parked"]
    assert (waits["read_model"], waits["pathway_id"]) == ("counsellor", str(ANNA))
    assert (waits["reason"], waits["from_version"]) == ("FAILED", 3)
    [look] = looks()
    assert look[1:] == (str(named("person anna")), "parked_pathways", "BEHEER", "PERMIT")


@pytest.mark.parametrize("who", [MINE, LEADER, AUDITOR])
def test_it_is_for_nobody_else(as_: As, who: str) -> None:
    asked = {"asked": "RETRY"}

    assert as_(who).get("/v1/parked").status_code == 403
    assert as_(who).get(PATH).status_code == 403
    assert as_(who).post(f"{PATH}/requests", json=asked).status_code == 403


def test_a_request_is_written_down_with_who_asked_and_told_with_its_outcome(
    as_: As, parked: Worker, looks: Looks
) -> None:
    operator = as_(OPERATOR)

    asked = operator.post(f"{PATH}/requests", json={"asked": "PREVIEW"})
    again = operator.post(f"{PATH}/requests", json={"asked": "PREVIEW"})
    is_done(parked)
    [told] = operator.get(PATH).json()["requests"]

    assert (asked.status_code, asked.json()["outcome"]) == (202, None)
    assert again.json()["request_id"] == asked.json()["request_id"] == told["request_id"]
    assert (told["asked_by"], told["outcome"], told["events"]) == (OPERATOR, "APPLIED", 2)
    assert told["row_counts"] == {"caseload": {"come": 0, "go": 1}}
    assert {endpoint for _, _, endpoint, _, _ in looks()} == {"ask_of_parked", "parked_pathway"}
    assert parking.parked(parked.connection) != []


@pytest.mark.parametrize(
    "body",
    [
        {"asked": "GIVE_UP"},
        {"asked": "GIVE_UP", "reason": "kort"},
        {"asked": "RETRY", "reason": WHY},
        {"asked": "FORGET"},
        {},
    ],
)
def test_giving_up_wants_a_reason_and_nothing_else_takes_one(
    as_: As, parked: Worker, body: dict[str, str]
) -> None:
    answer = as_(OPERATOR).post(f"{PATH}/requests", json=body)

    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid-request")
    assert parked_requests.of_pathway(parked.connection, "counsellor", ANNA) == []


@pytest.mark.parametrize("path", [f"/v1/parked/counsellor/{NOBODY}", f"/v1/parked/nothing/{ANNA}"])
def test_what_does_not_wait_is_told_so_and_traced(as_: As, looks: Looks, path: str) -> None:
    answers = [
        as_(OPERATOR).get(path),
        as_(OPERATOR).post(f"{path}/requests", json={"asked": "RETRY"}),
    ]

    assert {(one.status_code, one.json()["type"]) for one in answers} == {
        (404, "/problems/not-parked")
    }
    assert [decision for *_, decision in looks()] == ["DENY", "DENY"]


def test_the_rows_of_a_preview_are_for_who_may_see_the_pathway(
    as_: As, parked: Worker, standings: InventedStandings
) -> None:
    assert as_(ADMINISTRATOR).get(f"{PATH}/changes").json() == {"changes": None}
    as_(OPERATOR).post(f"{PATH}/requests", json={"asked": "PREVIEW"})
    is_done(parked)

    told = as_(ADMINISTRATOR).get(f"{PATH}/changes").json()
    refused = as_(OPERATOR).get(f"{PATH}/changes")
    standings.known = {ADMINISTRATOR: Standing(barriers={Rule.RELATIVE: [named("person anna")]})}
    hidden = as_(ADMINISTRATOR).get(f"{PATH}/changes")

    assert told == {"changes": [{"table": "caseload", "before": ROW, "after": None}]}
    assert (refused.status_code, hidden.status_code) == (403, 404)
    assert "IN_BEGELEIDING" not in as_(OPERATOR).get(PATH).text


def test_the_page_of_operations_says_how_far_and_who_waits(browser: TestClient) -> None:
    sign_in(browser, OPERATOR, "/operations")

    page = browser.get("/").text

    assert "<h1>Werking</h1>" in page
    assert "1 traject staat stil" in text(page)
    assert f'href="{PAGE}"' in page
    assert 'href="/operations/where"' in page
    assert "de rijen waren niet te maken (FAILED)" in text(page)
    assert "1 traject wacht op een operator en is niet volledig." in text(page)


def test_what_was_given_up_waits_for_nobody_and_is_still_said_not_to_be_whole(
    browser: TestClient, parked: Worker
) -> None:
    parking.give_up(parked.connection, "counsellor", ANNA, GiveUp(WHY, OPERATOR, AT))

    page = text(sign_in(browser, OPERATOR, "/operations").text)
    one = text(browser.get(PAGE).text)

    assert "wacht op een operator" not in page
    assert "1 traject wordt niet meer bijgewerkt, zoals een operator besliste" in page
    assert f"Opgegeven op 01/10/2015 10:30 door {OPERATOR}: {WHY}" in one


def token(page: str) -> str:
    return re.findall(r'name="csrf_token" value="([0-9a-f]{64})"', page)[0]


def test_a_form_asks_and_the_page_tells_what_came_of_it(
    browser: TestClient, parked: Worker
) -> None:
    page = sign_in(browser, OPERATOR, PAGE).text
    ours = {"csrf_token": token(page)}

    asked = browser.post(PAGE, data={**ours, "asked": "RETRY"})
    is_done(parked)
    answer = text(browser.get(PAGE).text)

    assert [one.status_code for one in asked.history] == [303]
    assert "nog niet gedaan" in text(asked.text)
    assert "opnieuw proberen bijgewerkt, 2 feiten, caseload +0" in answer


def test_giving_up_by_the_page_wants_a_reason(browser: TestClient, parked: Worker) -> None:
    ours = {"csrf_token": token(sign_in(browser, OPERATOR, PAGE).text), "asked": "GIVE_UP"}

    without = browser.post(PAGE, data={**ours, "reason": "  "})
    browser.post(PAGE, data={**ours, "reason": f" {WHY}\r\nEcht."})

    assert (without.status_code, 'aria-invalid="true"' in without.text) == (422, True)
    [request] = parked_requests.of_pathway(parked.connection, "counsellor", ANNA)
    assert (request.asked, request.reason) == ("GIVE_UP", f"{WHY}\nEcht.")


def test_a_form_of_another_site_asks_nothing(browser: TestClient, parked: Worker) -> None:
    sign_in(browser, OPERATOR, PAGE)

    answer = browser.post(PAGE, data={"csrf_token": "0" * 64, "asked": "RETRY"})

    assert answer.status_code == 403
    assert parked_requests.of_pathway(parked.connection, "counsellor", ANNA) == []


def test_a_pathway_that_went_on_says_so(browser: TestClient, parked: Worker) -> None:
    page = sign_in(browser, OPERATOR, PAGE).text
    browser.post(PAGE, data={"csrf_token": token(page), "asked": "RETRY"})
    is_done(parked)
    parking.unpark(parked.connection, "counsellor", ANNA)

    page = browser.get(PAGE)

    assert "Dit traject wacht niet meer" in page.text
    assert "<textarea" not in page.text
    refused = browser.post(PAGE, data={"csrf_token": token(page.text), "asked": "RETRY"})
    assert (refused.status_code, "Dit traject wacht niet" in refused.text) == (404, True)


@pytest.mark.parametrize("who", [MINE, AUDITOR])
def test_the_menu_leads_there_only_who_may(browser: TestClient, who: str) -> None:
    page = sign_in(browser, who, "/pathways").text

    assert 'href="/operations"' not in page
    assert browser.get("/operations").status_code == 403
