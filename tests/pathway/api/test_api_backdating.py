"""Registering late over HTTP: a warning by itself, a refusal where the operator wants one."""

from uuid import UUID

import pytest
from embedded.issuer import DemoIssuer
from fastapi import FastAPI
from pathway.answering import Answers, Pool
from pathway.api import create_app
from pathway.application import Pathways
from pathway.backdating import Backdating, limits_of
from pathway.domain.codes import Channel
from pathway.settings import PathwaySettings

from tests.pathway.api.client import ASSIGN, AUDITOR, ENROL, LEADER, Caller, anybody, tokens_of
from tests.pathway.api.conftest import SCHEMAS
from tests.pathway.given import SetClock, enrolment, said

FRESH, LATE, OLD = "2015-09-24", "2015-09-23", "2015-08-01"
"""The last free day of 1 October, the day before it, and one beyond the limit."""


@pytest.fixture
def held(pathways: Pathways, pool: Pool, issuer: DemoIssuer, clock: SetClock) -> Caller:
    """A counsellor where the limits are enforced."""
    answers = Answers(pool, pathways.vault.keyed_hash, clock)
    limits = Backdating(enforced=True)
    app = create_app(pathways, answers, tokens_of(issuer), SCHEMAS, backdating=limits)
    return Caller(app, issuer)


def warnings_of(caller: Caller, pathway: UUID) -> list[list[str]]:
    history = caller.get(f"/v1/pathways/{pathway}/history").json()["facts"]
    return [fact["warnings"] for fact in history]


@pytest.mark.parametrize(("day", "told"), [(FRESH, []), (LATE, ["backdated"])])
def test_a_late_day_is_accepted_with_a_warning_that_stays_with_the_fact(
    counsellor: Caller, day: str, told: list[str]
) -> None:
    answer = counsellor.enrol(anybody() | {"on": day, "characteristics": {"gender": "V"}})

    assert (answer.status_code, answer.json()["warnings"]) == (201, told)
    assert warnings_of(counsellor, UUID(answer.json()["pathway_id"])) == [told, told]


def test_by_itself_nothing_is_refused_however_long_ago(counsellor: Caller) -> None:
    pathway = counsellor.enrolled(anybody() | {"on": "2009-01-05"})

    answer = counsellor.command(pathway, "assign-counsellor", ASSIGN | {"on": "2010-02-01"}, 1)

    assert (answer.status_code, answer.json()["warnings"]) == (200, ["backdated"])


def test_where_it_is_enforced_a_counsellor_is_told_who_may(held: Caller) -> None:
    body = anybody() | {"on": OLD}

    answer = held.enrol(body, key="old")

    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/backdated-too-far")
    assert "team leader" in answer.json()["detail"]
    assert answer.json()["errors"][0]["pointer"] == "#/on"
    assert held.post("/v1/persons/look-up", {"insz": body["insz"]}).status_code == 404
    # The auditor sees that it was tried, and the key may be used for the mended request.
    refused = held.signed_in_as(AUDITOR).get("/v1/refused").json()
    assert "backdated-too-far" in str(refused)
    assert held.enrol(body | {"on": LATE}, key="old").json()["warnings"] == ["backdated"]


def test_where_it_is_enforced_a_team_leader_registers_it(held: Caller) -> None:
    pathway = held.enrolled(anybody() | {"on": LATE})
    leader = held.signed_in_as(LEADER)

    assert leader.enrolled(anybody() | {"on": OLD})
    answer = leader.command(pathway, "assign-counsellor", ASSIGN | {"on": LATE}, 1)
    assert (answer.status_code, answer.json()["warnings"]) == (200, ["backdated"])


def test_where_it_is_enforced_an_old_fact_is_corrected_by_a_team_leader(held: Caller) -> None:
    leader = held.signed_in_as(LEADER)
    pathway = leader.enrolled(anybody() | {"on": OLD})
    [fact] = leader.get(f"/v1/pathways/{pathway}/history").json()["facts"]
    body = {
        "on": OLD,
        "fact_id": fact["fact_id"],
        "changes": {"channel": "ONLINE"},
        "reason": "INVOERFOUT",
    }

    refused = held.command(pathway, "correct", body, 1)

    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/backdated-too-far")
    assert leader.command(pathway, "correct", body, 1).json()["warnings"] == ["backdated"]


def test_a_new_day_of_a_correction_counts_as_well_as_the_old_one(held: Caller) -> None:
    leader = held.signed_in_as(LEADER)
    pathway = leader.enrolled(anybody() | {"on": OLD})
    [fact] = leader.get(f"/v1/pathways/{pathway}/history").json()["facts"]
    body = {"on": FRESH, "fact_id": fact["fact_id"], "reason": "INVOERFOUT"}

    assert held.command(pathway, "correct", body, 1).json()["type"].endswith("backdated-too-far")


def test_what_is_wrong_by_the_rules_is_told_before_whose_right_it_is(held: Caller) -> None:
    pathway = held.enrolled(anybody() | {"on": LATE})

    answer = held.command(pathway, "assign-counsellor", ASSIGN | {"on": OLD}, 1)

    assert answer.json()["type"] == "/problems/before-enrolment"


def test_imports_and_simulations_are_not_held_to_it(pathways: Pathways) -> None:
    done = pathways.enrol(enrolment(), said())

    assert done.warnings == ()
    assert enrolment().channel is Channel.LOKET


def test_the_settings_say_what_the_limits_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATHWAY_DATABASE_URL", "postgresql://somebody@db.example/pathway")

    assert limits_of(PathwaySettings()) == Backdating()  # pyright: ignore[reportCallIssue]

    monkeypatch.setenv("BACKDATING_FREE_DAYS", "1")
    monkeypatch.setenv("BACKDATING_LIMIT_DAYS", "30")
    monkeypatch.setenv("BACKDATING_ENFORCED", "true")
    assert limits_of(PathwaySettings()) == Backdating(1, 30, enforced=True)  # pyright: ignore[reportCallIssue]


def test_the_way_out_is_documented_with_each_command(app: FastAPI) -> None:
    paths = app.openapi()["paths"]

    for address in ("/v1/pathways", "/v1/pathways/{pathway_id}/correct"):
        assert "backdated-too-far" in str(paths[address]["post"]["responses"]["403"])
    assert ENROL["on"] == "2015-01-05"
