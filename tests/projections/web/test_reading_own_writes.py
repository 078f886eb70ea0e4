"""`?after=PATHWAY:VERSION`: who wrote a fact can read it back, or is told how far behind it is."""

import threading
import time
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from projections import web_reading

from tests.projections.conftest import Worker
from tests.projections.history import History, broken, named, record
from tests.projections.web.conftest import As, Looks
from tests.projections.web.given import ELSEWHERE, MINE, NORTH, OFFICER


def gerda() -> History:
    return History("gerda").enrolled(date(2015, 9, 1)).assigned(date(2015, 9, 2), MINE, NORTH)


def test_it_waits_for_what_comes_in_time(as_: As, counsellor: Worker) -> None:
    history = gerda()
    later = threading.Timer(0.3, lambda: counsellor.put(history))
    later.start()

    answer = as_(MINE).get("/v1/caseload", params={"after": f"{history.pathway_id}:2"})
    later.join()

    assert [item["version"] for item in answer.json()["items"]] == [2]


def test_what_is_there_already_is_answered_at_once(as_: As, counsellor: Worker) -> None:
    history = gerda()
    counsellor.put(history)
    path = f"/v1/pathways/{history.pathway_id}/timeline"

    assert as_(MINE).get(path, params={"after": f"{history.pathway_id}:2"}).status_code == 200
    assert as_(MINE).get(path, params={"after": f"{history.pathway_id}:1"}).status_code == 200


def test_what_does_not_come_is_told_with_how_far_behind_it_is(
    as_: As, counsellor: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_reading, "SECONDS_TO_WAIT", 0.05)
    history = gerda()
    counsellor.put(history)
    counsellor.connection.execute(
        "update partition_progress set complete_until = %s", [datetime(2015, 10, 1, 8, tzinfo=UTC)]
    )

    answer = as_(MINE).get("/v1/caseload", params={"after": f"{history.pathway_id}:5"})

    assert answer.status_code == 409
    assert answer.headers["retry-after"] == "1"
    told = answer.json()
    assert told["type"] == "/problems/read-model-behind"
    assert told["read_model"] == "counsellor"
    assert (told["version"], told["wanted_version"], told["behind"]) == (2, 5, 3)
    assert told["complete_until"] == "2015-10-01T08:00:00+00:00"


def test_a_parked_pathway_is_not_waited_for(as_: As, counsellor: Worker) -> None:
    history = gerda()
    history.values[1] = broken(history.values[1])
    counsellor.apply(*(record(history, v, v - 1) for v in (1, 2)))
    began = time.monotonic()

    answer = as_(MINE).get("/v1/caseload", params={"after": f"{history.pathway_id}:2"})

    assert time.monotonic() - began < web_reading.SECONDS_TO_WAIT
    assert (answer.status_code, answer.json()["parked"]) == (409, True)
    assert "retry-after" not in answer.headers


def test_reports_wait_for_their_own_read_model(
    as_: As, counsellor: Worker, reporting: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_reading, "SECONDS_TO_WAIT", 0.05)
    history = gerda()
    asked = {"from": "2015-01-01", "until": "2015-12-31", "after": f"{history.pathway_id}:2"}
    counsellor.put(history)

    assert as_(MINE).get("/v1/reports/inflow", params=asked).status_code == 409
    reporting.put(history)
    assert as_(MINE).get("/v1/reports/inflow", params=asked).json()["total"]["persons"] == 1


def test_whose_pathway_it_is_has_to_be_known_before_a_report_tells_how_far_it_is(
    as_: As, reporting: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_reading, "SECONDS_TO_WAIT", 0.05)
    history = gerda()
    reporting.put(history)
    asked = {"from": "2015-01-01", "until": "2015-12-31", "after": f"{history.pathway_id}:1"}

    for who in (MINE, ELSEWHERE, OFFICER):
        answer = as_(who).get("/v1/reports/inflow", params=asked)
        assert (answer.status_code, answer.json()["version"]) == (409, 0)


@pytest.mark.parametrize("version", [1, 2, 5])
def test_how_far_another_units_pathway_is_is_told_to_nobody_else(
    as_: As,
    counsellor: Worker,
    reporting: Worker,
    monkeypatch: pytest.MonkeyPatch,
    version: int,
) -> None:
    monkeypatch.setattr(web_reading, "SECONDS_TO_WAIT", 0.05)
    history, nobody = gerda(), named("pathway nobody")
    for worker in (counsellor, reporting):
        worker.put(history)

    def told(who: str, path: str, pathway: UUID) -> tuple[object, ...]:
        asked = {"from": "2015-01-01", "until": "2015-12-31"} if "reports" in path else {}
        answer = as_(who).get(path, params={**asked, "after": f"{pathway}:{version}"})
        return answer.status_code, {**answer.json(), "correlation_id": ""}

    flow, caseload = "/v1/reports/flow", "/v1/caseload"
    for who, path in ((OFFICER, flow), (ELSEWHERE, flow), (ELSEWHERE, caseload)):
        assert told(who, path, history.pathway_id) == told(who, path, nobody)
        assert told(who, path, nobody)[0] == 409
    timeline = [f"/v1/pathways/{one}/timeline" for one in (history.pathway_id, nobody)]
    for path in timeline:
        assert told(ELSEWHERE, path, history.pathway_id) == told(ELSEWHERE, path, nobody)

    assert [told(ELSEWHERE, path, nobody)[0] for path in timeline] == [409, 409]


@pytest.mark.parametrize("version", [1, 5])
def test_to_wait_for_what_one_may_not_see_is_a_denied_look(
    as_: As, counsellor: Worker, looks: Looks, monkeypatch: pytest.MonkeyPatch, version: int
) -> None:
    monkeypatch.setattr(web_reading, "SECONDS_TO_WAIT", 0.05)
    history = gerda()
    counsellor.put(history)
    timeline = f"/v1/pathways/{history.pathway_id}/timeline"

    for path in ("/v1/caseload", timeline):
        as_(ELSEWHERE).get(path, params={"after": f"{history.pathway_id}:{version}"})
    as_(ELSEWHERE).get(timeline, params={"after": f"{named('pathway nobody')}:1"})

    gerda_denied = str(named("person gerda")), "BEGELEIDING", "DENY"
    assert [(who, about, *rest) for who, about, _, *rest in looks()] == [
        (ELSEWHERE, *gerda_denied)
    ] * 3


def test_those_who_wait_keep_nobody_from_reading(as_: As, counsellor: Worker) -> None:
    counsellor.put(gerda())
    late = {"after": f"{gerda().pathway_id}:9"}
    waiting = [
        threading.Thread(target=lambda: as_(MINE).get("/v1/caseload", params=late))
        for _ in range(15)
    ]
    for each in waiting:
        each.start()

    answer = as_(MINE).get("/v1/caseload")
    still_waiting = any(each.is_alive() for each in waiting)
    for each in waiting:
        each.join()

    assert answer.status_code == 200
    assert still_waiting
