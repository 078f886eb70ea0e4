"""Two bis numbers turn out to be one person, over HTTP: merged in one commit, undone by one command."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from pathway.application import Pathways
from pathway.scheduler import Due, announce
from pathway.store import Store

from tests.pathway.api.client import (
    ASSIGN,
    AUDITOR,
    LEADER,
    OTHER_EMPLOYER,
    START_IBO,
    SYSTEM,
    Caller,
    anybody,
)
from tests.pathway.given import SetClock

MERGE = {"on": "2015-10-01", "reason": "TWEE_NUMMERS", "authority": "KSZ-7"}
REVERT = {"on": "2015-10-01", "reason": "INVOERFOUT"}
HALF_IBO = START_IBO | {"hours_per_week": 19, "employer": OTHER_EMPLOYER}


@pytest.fixture
def leader(counsellor: Caller) -> Caller:
    return counsellor.signed_in_as(LEADER)


@pytest.fixture
def administrator(counsellor: Caller) -> Caller:
    return counsellor.signed_in_as("beheerder-01")


class Twice:
    """One person under two numbers, each with an open pathway of three facts."""

    def __init__(self, counsellor: Caller, hours: int = 19) -> None:
        self.survivor_body, self.absorbed_body = anybody(), anybody()
        self.survivor = _in_ibo(counsellor, self.survivor_body, START_IBO | {"hours_per_week": 19})
        self.absorbed = _in_ibo(
            counsellor, self.absorbed_body, HALF_IBO | {"hours_per_week": hours}
        )

    def is_one(self, administrator: Caller) -> "Twice":
        """The absorbed one's number was replaced by the survivor's."""
        answer = administrator.post(
            "/v1/persons/replace-number",
            {"insz": self.absorbed_body["insz"], "replaced_by": self.survivor_body["insz"]}
            | {"since": "2015-09-15", "source": "KSZ"},
        )
        assert answer.status_code == 200, answer.text
        assert set(answer.json()["open_pathways"]) == {str(self.survivor), str(self.absorbed)}
        return self


def _in_ibo(counsellor: Caller, body: dict[str, object], ibo: dict[str, Any]) -> UUID:
    pathway = counsellor.enrolled(body)
    counsellor.command(pathway, "assign-counsellor", ASSIGN, 1)
    answer = counsellor.command(pathway, "start-ibo", ibo, 2)
    assert answer.status_code == 200, answer.text
    return pathway


def state(caller: Caller, pathway: UUID, **asked: object) -> dict[str, Any]:
    return caller.get(f"/v1/pathways/{pathway}", **asked).json()["state"]


def merged(caller: Caller, twice: Twice, version: int = 3, **more: object) -> Any:
    body = MERGE | {"absorbed": str(twice.absorbed)} | more
    return caller.command(twice.survivor, "merge-pathways", body, version)


def reserved(store: Store) -> set[UUID]:
    with store.connection() as connection:
        rows = connection.execute("select pathway_id from pathway.open_pathway").fetchall()
    return {row["pathway_id"] for row in rows}


def test_one_person_goes_on_in_one_pathway_that_has_everything(
    counsellor: Caller, leader: Caller, administrator: Caller, pathways: Pathways
) -> None:
    twice = Twice(counsellor).is_one(administrator)

    answer = merged(leader, twice)

    assert answer.status_code == 200, answer.text
    assert [fact["kind"] for fact in answer.json()["facts"]] == ["PathwaysMerged"]
    modules = state(leader, twice.survivor)["modules"]
    assert {module["organisation"] for module in modules} == {
        START_IBO["employer"],
        OTHER_EMPLOYER,
    }
    there = state(leader, twice.absorbed)
    assert (there["status"], there["merged_into"]) == ("SAMENGEVOEGD", str(twice.survivor))
    assert (there["modules"], reserved(pathways.store)) == ([], {twice.survivor})


def test_nobody_is_enrolled_beside_the_survivor_and_the_pointer_takes_nothing(
    counsellor: Caller, leader: Caller, administrator: Caller
) -> None:
    twice = Twice(counsellor).is_one(administrator)
    merged(leader, twice)

    for body in (twice.survivor_body, twice.absorbed_body):
        assert counsellor.enrol(body).json()["type"] in (
            "/problems/already-open",
            "/problems/insz-cancelled",
        )
    late = counsellor.command(twice.absorbed, "assign-counsellor", ASSIGN, 5)
    assert late.json()["type"] == "/problems/pathway-merged"
    assert str(twice.survivor) in late.json()["detail"]


def test_both_facts_are_recorded_in_one_commit_and_told_to_others_without_the_authority(
    counsellor: Caller, leader: Caller, administrator: Caller, pathways: Pathways
) -> None:
    twice = Twice(counsellor).is_one(administrator)
    merged(leader, twice)

    one, other = pathways.store.log()[-2:]
    assert (one.fact.name, other.fact.name) == ("PathwaysMerged", "PathwayAbsorbed")
    assert (one.command_id, one.recorded_at) == (other.command_id, other.recorded_at)
    system = counsellor.signed_in_as(SYSTEM)
    told = system.get(f"/v1/pathways/{twice.survivor}/history").json()["events"][-1]
    assert told["type"] == "be.vdab.pathway.pathways-merged.v1"
    assert [event["data"]["employer"] for event in told["data"]["events"]] == [OTHER_EMPLOYER]
    assert "authority" not in told["data"]
    assert state(system, twice.absorbed)["merged_into"] == str(twice.survivor)


def test_two_people_are_not_merged(counsellor: Caller, leader: Caller) -> None:
    twice = Twice(counsellor)

    answer = merged(leader, twice)

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/not-one-person")
    assert answer.json()["errors"][0]["pointer"] == "#/absorbed"
    assert state(leader, twice.absorbed)["status"] == "IN_BEGELEIDING"


def test_what_cannot_have_been_together_is_refused_and_nothing_is_recorded(
    counsellor: Caller, leader: Caller, administrator: Caller, pathways: Pathways
) -> None:
    twice = Twice(counsellor, hours=38).is_one(administrator)
    before = pathways.store.position()

    answer = merged(leader, twice)

    assert answer.json()["type"] == "/problems/history-impossible"
    assert "57" in answer.json()["detail"]
    assert (pathways.store.position(), len(reserved(pathways.store))) == (before, 2)


def test_a_counsellor_may_not_merge_and_an_unseen_pathway_is_told_as_unknown(
    counsellor: Caller, leader: Caller, administrator: Caller, pathways: Pathways
) -> None:
    twice = Twice(counsellor).is_one(administrator)
    elsewhere = ASSIGN | {"unit": "OE-ANDERS", "counsellor": "b-9"}
    counsellor.command(twice.absorbed, "assign-counsellor", elsewhere, 4)

    assert merged(counsellor, twice).status_code == 403
    unseen, unknown = merged(leader, twice), merged(leader, twice, absorbed=str(uuid4()))
    assert (unseen.status_code, unseen.json()["detail"]) == (404, unknown.json()["detail"])
    assert unseen.json()["errors"][0]["pointer"] == "#/absorbed"
    assert merged(administrator, twice).status_code == 200
    with pathways.store.connection() as connection:
        rows = connection.execute(
            "select about, rule from pathway.access_row"
            " where endpoint = 'merge_pathways' and decision = 'DENY' order by id"
        ).fetchall()
    assert [row["rule"] for row in rows][:2] == ["EINDPUNT", "VAN_ANDEREN"]


def test_a_merge_is_undone_by_one_command_and_each_is_reserved_again(
    counsellor: Caller,
    leader: Caller,
    administrator: Caller,
    pathways: Pathways,
    clock: SetClock,
) -> None:
    twice = Twice(counsellor).is_one(administrator)
    before = [state(leader, one) for one in (twice.survivor, twice.absorbed)]
    merged(leader, twice)
    known = clock.now.isoformat().replace("+00:00", "Z")
    clock.forward(hours=1)

    body = REVERT | {"absorbed": str(twice.absorbed)}
    answer = leader.command(twice.survivor, "revert-merge", body, 4)

    assert answer.status_code == 200, answer.text
    assert [state(leader, one) for one in (twice.survivor, twice.absorbed)] == before
    assert reserved(pathways.store) == {twice.survivor, twice.absorbed}
    then = state(leader, twice.absorbed, known_at=known)
    assert then["status"] == "SAMENGEVOEGD"
    again = leader.command(twice.survivor, "revert-merge", body, 5)
    assert again.json()["facts"] == []


def test_a_pathway_is_not_merged_into_itself_nor_parted_from_what_it_never_took_in(
    counsellor: Caller, leader: Caller, administrator: Caller
) -> None:
    twice = Twice(counsellor).is_one(administrator)

    itself = merged(leader, twice, absorbed=str(twice.survivor))
    never = leader.command(
        twice.survivor, "revert-merge", REVERT | {"absorbed": str(twice.absorbed)}, 3
    )

    assert (itself.status_code, itself.json()["type"]) == (409, "/problems/not-mergeable")
    assert (never.status_code, never.json()["type"]) == (409, "/problems/never-merged")


def test_a_merge_on_which_something_rests_is_not_undone(
    counsellor: Caller, leader: Caller, administrator: Caller
) -> None:
    twice = Twice(counsellor).is_one(administrator)
    merged(leader, twice)
    module = next(
        one for one in state(leader, twice.survivor)["modules"]
        if one["organisation"] == OTHER_EMPLOYER
    )  # fmt: skip
    stop = {"on": "2015-09-30", "module_id": module["module_id"], "reason": "OVERMACHT"}
    assert counsellor.command(twice.survivor, "stop-module", stop, 4).status_code == 200

    body = REVERT | {"absorbed": str(twice.absorbed)}
    answer = leader.command(twice.survivor, "revert-merge", body, 5)

    assert answer.json()["type"] == "/problems/merge-in-use"
    assert "ModuleStopped of 2015-09-30" in answer.json()["detail"]


def test_somebody_else_opened_a_pathway_meanwhile_so_the_merge_stays(
    counsellor: Caller, leader: Caller, administrator: Caller
) -> None:
    twice = Twice(counsellor).is_one(administrator)
    for pathway, version in ((twice.absorbed, 4), (twice.survivor, 3)):
        [module] = state(leader, pathway)["modules"]
        stop = {"on": "2015-09-30", "module_id": module["module_id"], "reason": "OVERMACHT"}
        counsellor.command(pathway, "stop-module", stop, version)
    merged(leader, twice, version=4)
    closing = {"on": "2015-09-30", "exit_type": "UITSCHRIJVING"}
    assert counsellor.command(twice.survivor, "close", closing, 5).status_code == 200
    assert counsellor.enrol(twice.survivor_body | {"on": "2015-09-30"}).status_code == 201

    body = REVERT | {"absorbed": str(twice.absorbed)}
    answer = leader.command(twice.survivor, "revert-merge", body, 6)

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/already-open")


def test_the_answer_is_the_same_when_the_command_is_repeated(
    counsellor: Caller, leader: Caller, administrator: Caller, pathways: Pathways
) -> None:
    twice = Twice(counsellor).is_one(administrator)
    body = MERGE | {"absorbed": str(twice.absorbed)}

    first, again = (
        leader.command(twice.survivor, "merge-pathways", body, 3, key="once") for _ in range(2)
    )

    assert (first.json(), first.status_code) == (again.json(), 200)
    assert len(pathways.store.load(twice.absorbed)) == 5


def test_the_version_is_that_of_the_survivor(
    counsellor: Caller, leader: Caller, administrator: Caller
) -> None:
    twice = Twice(counsellor).is_one(administrator)

    assert merged(leader, twice, version=2).status_code == 412
    assert merged(leader, twice, version=3).status_code == 200


def test_a_replaced_number_is_told_by_the_open_pathways_of_the_person_without_the_number(
    counsellor: Caller, administrator: Caller, pathways: Pathways
) -> None:
    twice = Twice(counsellor).is_one(administrator)

    told = pathways.store.load(twice.absorbed)[-1]

    assert told.fact.name == "PersonIdentifierReplaced"
    assert told.fact.occurred_on.isoformat() == "2015-09-15"
    assert told.actor.ref == "beheerder-01"
    assert len(pathways.store.load(twice.survivor)) == 3, "whose number was not replaced"
    text = counsellor.signed_in_as(AUDITOR).get(f"/v1/pathways/{twice.absorbed}/history").text
    assert str(twice.absorbed_body["insz"]) not in text
    assert str(twice.survivor_body["insz"]) not in text


def test_a_number_that_was_replaced_before_is_told_once(
    counsellor: Caller, administrator: Caller, pathways: Pathways
) -> None:
    twice = Twice(counsellor).is_one(administrator)
    position = pathways.store.position()

    twice.is_one(administrator)

    assert pathways.store.position() == position


def test_a_refused_replacement_is_told_by_no_pathway(
    counsellor: Caller, administrator: Caller, pathways: Pathways
) -> None:
    twice = Twice(counsellor)
    cancel = {"insz": twice.survivor_body["insz"], "since": "2015-09-01", "source": "KSZ"}
    administrator.post("/v1/persons/cancel-number", cancel)
    position = pathways.store.position()

    answer = administrator.post(
        "/v1/persons/replace-number",
        {"insz": twice.absorbed_body["insz"], "replaced_by": twice.survivor_body["insz"]}
        | {"since": "2015-09-15", "source": "KSZ"},
    )

    assert answer.status_code == 409
    assert pathways.store.position() == position


def test_a_deadline_that_was_told_since_keeps_no_merge(
    counsellor: Caller, leader: Caller, administrator: Caller, store: Store
) -> None:
    twice = Twice(counsellor).is_one(administrator)
    merged(leader, twice)
    assert announce(store, Due(twice.survivor, date(2016, 6, 1)), date(2016, 6, 1)) == 2

    body = REVERT | {"absorbed": str(twice.absorbed)}
    answer = leader.command(twice.survivor, "revert-merge", body, 4)

    assert answer.status_code == 200, answer.text
    assert len(state(leader, twice.survivor)["modules"]) == 1
