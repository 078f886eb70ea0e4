"""Corrections and annulments over HTTP; what was known before them can still be asked."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from tests.pathway.api.client import ASSIGN, AUDITOR, LEADER, START_IBO, Caller, anybody
from tests.pathway.given import SetClock

LATER = datetime(2015, 11, 2, 9, tzinfo=UTC)


def fact_id(caller: Caller, pathway: UUID, version: int) -> str:
    history = caller.get(f"/v1/pathways/{pathway}/history").json()["facts"]
    return history[version - 1]["fact_id"]


def in_ibo(counsellor: Caller, body: dict[str, Any] | None = None) -> UUID:
    """A pathway of three facts, the last of them the start of an IBO."""
    pathway = counsellor.enrolled(body or anybody())
    counsellor.command(pathway, "assign-counsellor", ASSIGN, 1)
    assert counsellor.command(pathway, "start-ibo", START_IBO, 2).status_code == 200
    return pathway


def correction(caller: Caller, pathway: UUID, **changes: Any) -> dict[str, Any]:
    return {
        "on": "2015-09-01",
        "fact_id": fact_id(caller, pathway, 3),
        "changes": changes,
        "reason": "INVOERFOUT",
        "authority": "MAIL-7",
    }


def test_a_corrected_fact_counts_and_what_was_known_before_can_still_be_asked(
    counsellor: Caller, clock: SetClock
) -> None:
    pathway = in_ibo(counsellor)
    clock.now = LATER
    body = correction(counsellor, pathway, planned_until="2015-12-31")

    answer = counsellor.command(pathway, "correct", body, 3)

    assert answer.json()["facts"] == [{"kind": "DataCorrected", "version": 4, "module_id": None}]
    address = f"/v1/pathways/{pathway}"
    [now] = counsellor.get(address).json()["state"]["modules"]
    [then] = counsellor.get(address, known_at="2015-10-02T00:00:00Z").json()["state"]["modules"]
    assert (now["planned_until"], then["planned_until"]) == ("2015-12-31", "2016-02-29")
    history = counsellor.get(f"{address}/history").json()["facts"]
    assert history[2]["fact"]["planned_until"] == "2016-02-29"
    assert history[3]["fact"]["becomes"]["planned_until"] == "2015-12-31"
    assert (history[3]["fact"]["reason"], history[3]["fact"]["authority"]) == (
        "INVOERFOUT",
        "MAIL-7",
    )


def test_an_impossible_correction_is_refused_with_what_it_collides_with(
    counsellor: Caller,
) -> None:
    pathway = in_ibo(counsellor)
    body = correction(counsellor, pathway) | {"on": "2014-01-05"}

    answer = counsellor.command(pathway, "correct", body, 3)

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/history-impossible")
    assert "IboStarted of 2014-01-05" in answer.json()["detail"]
    assert counsellor.get(f"/v1/pathways/{pathway}").headers["etag"] == '"3"'


@pytest.mark.parametrize(
    ("changes", "status", "slug"),
    [
        ({"employer": "84051799897"}, 422, "not-correctable"),
        ({"planned_until": "1425081600"}, 422, "not-correctable"),
        ({"module_id": "01931f0a-7c1e-7bb2-9d0e-6a1f5f0c2b3d"}, 422, "not-correctable"),
        ({"planned_until": {"a": ["deep"]}}, 422, "not-correctable"),
    ],
    ids=str,
)
def test_what_the_fact_does_not_take_is_refused_without_repeating_it(
    counsellor: Caller, changes: dict[str, Any], status: int, slug: str
) -> None:
    pathway = in_ibo(counsellor)

    answer = counsellor.command(pathway, "correct", correction(counsellor, pathway, **changes), 3)

    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{slug}")
    assert "84051799897" not in answer.text
    assert answer.json()["errors"][0]["pointer"] == "#/changes"


def test_an_annulled_pathway_leaves_room_for_another(counsellor: Caller, clock: SetClock) -> None:
    body = anybody()
    pathway = in_ibo(counsellor, body)
    annul = {"on": "2015-10-01", "reason": "VERKEERDE_PERSOON"}

    assert counsellor.command(pathway, "annul-pathway", annul, 3).status_code == 403
    leader = counsellor.signed_in_as(LEADER)
    assert leader.command(pathway, "annul-pathway", annul, 3).status_code == 200

    state = leader.get(f"/v1/pathways/{pathway}").json()["state"]
    assert (state["status"], state["modules"]) == ("GEANNULEERD", [])
    assert [module["kind"] for module in state["annulled"]] == ["IBO"]
    later = leader.command(pathway, "assign-counsellor", ASSIGN, 4)
    assert (later.status_code, later.json()["type"]) == (409, "/problems/pathway-annulled")
    assert counsellor.enrol(body).status_code == 201


def test_an_annulled_closing_opens_the_pathway_again_and_it_is_the_persons_only_one(
    counsellor: Caller,
) -> None:
    body = anybody()
    pathway = counsellor.enrolled(body)
    counsellor.command(pathway, "assign-counsellor", ASSIGN, 1)
    close = {"on": "2015-09-30", "exit_type": "UITSCHRIJVING"}
    counsellor.command(pathway, "close", close, 2)
    annul = {
        "on": "2015-10-01",
        "fact_id": fact_id(counsellor, pathway, 3),
        "reason": "DUBBEL",
    }

    assert counsellor.command(pathway, "annul-registration", annul, 3).status_code == 200

    state = counsellor.get(f"/v1/pathways/{pathway}").json()["state"]
    assert (state["status"], state["closed_on"]) == ("IN_BEGELEIDING", None)
    assert counsellor.enrol(body).json()["type"] == "/problems/already-open"
    again = counsellor.command(pathway, "close", close, 4)
    assert again.status_code == 200
    assert counsellor.enrol(body | {"on": "2015-10-01"}).status_code == 201


def test_two_pathways_of_a_person_cannot_become_open_on_one_day(counsellor: Caller) -> None:
    body = anybody()
    first = counsellor.enrolled(body)
    counsellor.command(first, "assign-counsellor", ASSIGN, 1)
    counsellor.command(first, "close", {"on": "2015-09-10", "exit_type": "UITSCHRIJVING"}, 2)
    second = counsellor.enrolled(body | {"on": "2015-09-20"})
    annul = {"on": "2015-10-01", "fact_id": fact_id(counsellor, first, 3), "reason": "TEST"}
    earlier = {
        "on": "2015-09-01",
        "fact_id": fact_id(counsellor, second, 1),
        "reason": "LAAT_GEMELD",
    }

    refused = [
        counsellor.command(first, "annul-registration", annul, 3),
        counsellor.command(second, "correct", earlier, 1),
    ]

    assert [answer.json()["type"] for answer in refused] == ["/problems/already-open"] * 2
    moved = counsellor.command(second, "correct", earlier | {"on": "2015-09-10"}, 1)
    assert moved.status_code == 200


def test_a_module_is_annulled_with_its_facts(counsellor: Caller) -> None:
    pathway = in_ibo(counsellor)
    [module] = counsellor.get(f"/v1/pathways/{pathway}").json()["state"]["modules"]
    annul = {
        "on": "2015-10-01",
        "module_id": module["module_id"],
        "reason": "VERKEERD_INSTRUMENT",
    }

    first = counsellor.command(pathway, "annul-module", annul, 3)
    again = counsellor.command(pathway, "annul-module", annul, 4)

    assert [fact["kind"] for fact in first.json()["facts"]] == ["ModuleAnnulled"]
    assert again.json()["facts"] == []
    auditor = counsellor.signed_in_as(AUDITOR)
    assert auditor.get(f"/v1/pathways/{pathway}").json()["state"]["modules"] == []
