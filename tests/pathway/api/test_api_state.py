"""A pathway's state and history over HTTP."""

import json
from uuid import UUID, uuid4

import pytest
from pathway.application import Pathways

import schemas
from schemas.events import PathwayState
from tests.pathway.api.client import (
    ASSIGN,
    AUDITOR,
    EMPLOYER,
    ENROL,
    LEADER,
    START_IBO,
    SYSTEM,
    Caller,
    anybody,
)
from tests.pathway.given import SetClock


def stopped_ibo(counsellor: Caller) -> UUID:
    """A pathway of four facts, the last of them special-category data."""
    pathway = counsellor.enrolled(anybody())
    counsellor.command(pathway, "assign-counsellor", ASSIGN, 1)
    started = counsellor.command(pathway, "start-ibo", START_IBO, 2).json()
    stop = {
        "on": "2015-09-20",
        "module_id": started["facts"][0]["module_id"],
        "reason": "ZIEKTE",
    }
    assert counsellor.command(pathway, "stop-module", stop, 3).status_code == 200
    return pathway


def test_the_state_is_told_with_its_version(counsellor: Caller) -> None:
    pathway = stopped_ibo(counsellor)

    answer = counsellor.get(f"/v1/pathways/{pathway}")

    told = answer.json()
    assert answer.headers["etag"] == '"4"'
    assert answer.headers["cache-control"] == "no-store"
    assert (told["version"], told["as_of"], told["known_at"]) == (4, "2015-10-01", None)
    assert told["state"]["status"] == "IN_BEGELEIDING"
    assert told["state"]["counsellor"] == "bemiddelaar-01"
    [module] = told["state"]["modules"]
    assert (module["status"], module["last_day"], module["reason"]) == (
        "STOPGEZET",
        "2015-09-20",
        "ZIEKTE",
    )
    assert module["hours_per_week"] == 38


def test_a_hire_is_told_in_full(counsellor: Caller) -> None:
    pathway = counsellor.enrolled()
    hire = {
        "on": "2015-09-02",
        "employer": EMPLOYER,
        "contract": "INTERIM",
        "until": "2015-12-31",
        "hours_per_week": 30.4,
        "proof": "DMFA",
    }
    counsellor.command(pathway, "hire", hire, 1)

    [told] = counsellor.get(f"/v1/pathways/{pathway}").json()["state"]["hires"]

    assert told["started_on"] == "2015-09-02"
    assert (told["until"], told["hours_per_week"], told["proof"]) == ("2015-12-31", 30.4, "DMFA")


def test_the_state_at_a_version(counsellor: Caller) -> None:
    pathway = stopped_ibo(counsellor)

    answer = counsellor.get(f"/v1/pathways/{pathway}", version=3)

    assert (answer.json()["version"], answer.headers["etag"]) == (3, '"3"')
    assert answer.json()["state"]["modules"][0]["status"] == "LOPEND"


def test_the_state_as_of_a_day_as_known_at_a_moment(counsellor: Caller, clock: SetClock) -> None:
    pathway = counsellor.enrolled()
    started = counsellor.command(pathway, "start-ibo", START_IBO, 1).json()
    module = {"module_id": started["facts"][0]["module_id"]}
    known = clock().isoformat()
    clock.forward(days=60)
    stop = {"on": "2015-09-15", "reason": "OVERMACHT", **module}
    counsellor.command(pathway, "stop-module", stop, 2)
    address = f"/v1/pathways/{pathway}"

    then = counsellor.get(address, as_of="2015-09-20", known_at=known).json()
    now = counsellor.get(address, as_of="2015-09-20").json()
    before = counsellor.get(address, as_of="2015-08-31").json()

    assert [m["status"] for m in then["state"]["modules"]] == ["LOPEND"]
    assert then["version"] == 2
    assert [m["status"] for m in now["state"]["modules"]] == ["STOPGEZET"]
    assert (before["state"]["status"], before["state"]["modules"]) == ("INGESCHREVEN", [])


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        ({"version": 5}, "unknown-version"),
        ({"version": 999_999_999}, "unknown-version"),
        ({"as_of": "2015-01-04"}, "unknown-pathway"),
        ({"known_at": "2015-09-30T00:00:00Z"}, "unknown-pathway"),
    ],
)
def test_what_was_not_there_is_not_found(
    lasting: Caller, asked: dict[str, object], problem: str
) -> None:
    pathway = stopped_ibo(lasting)

    answer = lasting.get(f"/v1/pathways/{pathway}", **asked)

    assert (answer.status_code, answer.json()["type"]) == (404, f"/problems/{problem}")


@pytest.mark.parametrize(
    "asked",
    [
        {"version": 0},
        {"version": -1},
        {"version": "x"},
        {"version": 10**30},
        {"as_of": "0"},
        {"as_of": "2015-9-1"},
        {"as_of": "2015-02-30"},
        {"as_of": "2015-09-20T00:00:00Z"},
        {"known_at": "2015-09-20"},
        {"known_at": "2015-09-20T09:00:00"},
        {"known_at": "0001-01-01T00:00:00+14:00"},
        {"known_at": "9999-12-31T23:59:59-14:00"},
        {"known_at": "2015-09-20T09:00:00 02:00"},
        {"known_at": "1420416000"},
        {"asof": "2015-09-20"},
    ],
    ids=str,
)
def test_a_question_that_cannot_be_read_is_refused(
    lasting: Caller, asked: dict[str, object]
) -> None:
    answer = lasting.get(f"/v1/pathways/{uuid4()}", **asked)

    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid-request")
    [name] = asked
    assert answer.json()["errors"][0]["parameter"] == f"query {name}"


def test_the_history_tells_both_clocks_who_and_the_chain(
    counsellor: Caller, pathways: Pathways, clock: SetClock
) -> None:
    pathway = stopped_ibo(counsellor)

    told = counsellor.get(f"/v1/pathways/{pathway}/history").json()

    facts = told["facts"]
    assert told["next_cursor"] is None
    assert [f["version"] for f in facts] == [1, 2, 3, 4]
    last = facts[-1]
    assert last["fact"]["kind"] == "ModuleStopped"
    assert last["fact"]["occurred_on"] == "2015-09-20"
    assert last["fact"]["reason"] == "ZIEKTE"
    assert last["recorded_at"] == "2015-10-01T09:00:00Z"
    assert last["actor"]["ref"] == "bemiddelaar-01"
    assert last["prev_hash"] == facts[2]["hash"]
    assert facts[2]["rules"] == ["ibo/until-2018", "full-week-38/2003"]
    assert isinstance(last["position"], str)
    assert "salt" not in str(told)
    assert last["hash"] == pathways.store.load(pathway)[-1].hash


def test_the_history_is_read_page_by_page(counsellor: Caller) -> None:
    pathway = stopped_ibo(counsellor)
    address = f"/v1/pathways/{pathway}/history"

    first = counsellor.get(address, limit=3).json()
    second = counsellor.get(address, limit=3, cursor=first["next_cursor"]).json()
    past = counsellor.get(address, cursor="4").json()

    assert [f["version"] for f in (*first["facts"], *second["facts"])] == [1, 2, 3, 4]
    assert second["next_cursor"] is None
    assert (past["facts"], past["next_cursor"]) == ([], None)


@pytest.mark.parametrize("asked", [{"limit": 0}, {"limit": 201}, {"cursor": "x"}, {"page": 2}])
def test_a_page_that_cannot_be_is_refused(lasting: Caller, asked: dict[str, object]) -> None:
    answer = lasting.get(f"/v1/pathways/{uuid4()}/history", **asked)

    assert answer.status_code == 422


def test_the_history_of_no_pathway_is_not_found(counsellor: Caller) -> None:
    answer = counsellor.get(f"/v1/pathways/{uuid4()}/history")

    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/unknown-pathway")


def test_a_consuming_system_gets_what_is_published_and_no_more(counsellor: Caller) -> None:
    pathway = stopped_ibo(counsellor)
    system = counsellor.signed_in_as(SYSTEM)

    state = system.get(f"/v1/pathways/{pathway}")
    history = system.get(f"/v1/pathways/{pathway}/history", limit=3)
    rest = system.get(
        f"/v1/pathways/{pathway}/history", cursor=history.json()["next_cursor"]
    ).json()

    PathwayState.model_validate(state.json()["state"])
    assert state.headers["etag"] == '"4"'
    assert "ZIEKTE" not in state.text + history.text + str(rest)
    [last] = rest["events"]
    assert last["type"] == "be.vdab.pathway.module-stopped.v1"
    assert last["data"]["reason"] == "ANDERE"
    assert last["dataschema"] == "http://127.0.0.1:8401/schemas/module-stopped.v1.json"
    assert schemas.parse(json.dumps(last).encode()).streamversion == 4


def test_who_guides_and_who_audits_sees_all(counsellor: Caller) -> None:
    pathway = stopped_ibo(counsellor)
    for who in (LEADER, AUDITOR):
        state = counsellor.signed_in_as(who).get(f"/v1/pathways/{pathway}").json()

        assert state["state"]["modules"][0]["reason"] == "ZIEKTE"


def test_nothing_of_who_it_is_about_is_in_state_or_history(counsellor: Caller) -> None:
    pathway = stopped_ibo(counsellor)
    for address in (f"/v1/pathways/{pathway}", f"/v1/pathways/{pathway}/history"):
        told = counsellor.get(address).text

        assert str(ENROL["insz"]) not in told
        assert str(ENROL["last_name"]) not in told


def test_the_schemas_of_events_are_served_to_everyone(counsellor: Caller) -> None:
    del counsellor.http.headers["Authorization"]

    answer = counsellor.get("/schemas/ibo-started.v1.json")

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/schema+json")
    assert answer.json()["$schema"]
    for name in ("nothing", "..%2f__init__", "%00", "../json/ibo-started.v1"):
        assert counsellor.get(f"/schemas/{name}.json").status_code == 404


def test_the_documentation_asks_nothing_of_other_sites(counsellor: Caller) -> None:
    del counsellor.http.headers["Authorization"]

    page = counsellor.get("/docs")

    assert page.status_code == 200
    assert "src=" not in page.text
    assert "POST /v1/pathways/{pathway_id}/start-ibo" in page.text
    assert "For: COUNSELLOR, TEAM_LEADER" in page.text
    assert counsellor.get("/openapi.json").json()["openapi"].startswith("3.1")


def test_the_state_tells_what_became_of_work_after_an_ibo(counsellor: Caller) -> None:
    pathway = counsellor.enrolled()
    ibo = {"on": "2015-03-02", "planned_until": "2015-08-28", "hours_per_week": 38}
    started = counsellor.command(pathway, "start-ibo", ibo | {"employer": EMPLOYER}, 1).json()
    module = {"module_id": started["facts"][0]["module_id"]}
    hire = {"employer": EMPLOYER, "contract": "ONBEPAALDE_DUUR", "hours_per_week": 38}
    lost = {"employer": EMPLOYER, "reason": "DRINGENDE_REDEN"}
    warned = []
    for version, (command, body) in enumerate(
        [
            ("sign-ibo-contract", {"on": "2015-02-26", "party": "VDAB"} | module),
            ("complete-ibo", {"on": "2015-05-28"} | module),
            ("hire", {"on": "2015-06-01", "proof": "DIMONA"} | hire),
            ("end-employment", {"on": "2015-07-03"} | lost),
            ("close", {"on": "2015-07-06", "exit_type": "UITSCHRIJVING"}),
        ],
        start=2,
    ):
        done = counsellor.command(pathway, command, body, version)
        assert done.status_code == 200, done.text
        warned += done.json()["warnings"]

    # Who guided does not see it any more; the system that passes on what employers declare does.
    found = {"on": "2015-09-02", "checkpoint": "3M", "in_work": False, "source": "DMFA"}
    assert counsellor.command(pathway, "check-employment", found, 7).status_code == 404
    system = counsellor.signed_in_as("insz")
    assert system.command(pathway, "check-employment", found, 7).status_code == 200

    auditor = counsellor.signed_in_as("auditor-01")
    state = auditor.get(f"/v1/pathways/{pathway}").json()["state"]
    assert started["warnings"] == ["contract-not-signed", "backdated"]
    assert set(warned) == {"ended-inside-protection", "backdated"}
    (job,), (obligation,), (check,) = state["hires"], state["obligations"], state["checks"]
    assert (job["ended_on"], job["end_reason"]) == ("2015-07-03", "DRINGENDE_REDEN")
    # 2 March to 28 May is 88 days.
    assert job["protected_until"] == "2015-08-27"
    assert (obligation["due_by"], obligation["status"]) == ("2015-06-04", "NAGEKOMEN")
    assert (check["checkpoint"], check["in_work"], check["counts"]) == ("3M", False, True)
    assert [one["party"] for one in state["signatures"]] == ["VDAB"]
    assert (state["status"], state["closed_on"]) == ("AFGESLOTEN", "2015-07-06")
