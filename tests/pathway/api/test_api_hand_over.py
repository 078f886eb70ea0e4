"""A caseload handed over over HTTP: a preview, each decided by itself and once, within what may be seen."""

from typing import Any
from uuid import UUID, uuid4

from pathway.application import Pathways

from tests.pathway.api.client import ASSIGN, LEADER, Caller, anybody

HAND_OVER = {
    "from_counsellor": "bemiddelaar-01",
    "counsellor": "bemiddelaar-02",
    "on": "2015-09-28",
    "reason": "HERVERDELING",
}


def guided(caller: Caller, **told: object) -> UUID:
    pathway_id = caller.enrolled(anybody())
    caller.command(pathway_id, "assign-counsellor", ASSIGN | told, 1)
    return pathway_id


def handed_over(
    caller: Caller, *pathways: UUID, key: str = "hand-1", preview: bool = False, **told: str
) -> dict[str, Any]:
    body = HAND_OVER | {"pathways": [str(one) for one in pathways], "preview": preview} | told
    answer = caller.post("/v1/hand-overs", body, idempotency_key=key)
    assert answer.status_code == 200, answer.text
    return answer.json()


def outcomes(answer: dict[str, Any]) -> list[tuple[str, str | None]]:
    return [(one["outcome"], one["rule"]) for one in answer["pathways"]]


def test_each_is_told_beforehand_and_recorded_once(counsellor: Caller, pathways: Pathways) -> None:
    leader = counsellor.signed_in_as(LEADER)
    one, later = guided(counsellor), guided(counsellor, on="2015-09-29")
    others = guided(counsellor, counsellor="bemiddelaar-03")

    seen = handed_over(leader, one, later, others, preview=True)
    untouched = pathways.standing(one).version
    first = handed_over(leader, one, later, others)
    again = handed_over(leader, one, later, others)

    refused = [("refused", "not-assigned"), ("refused", "another-guides")]
    assert outcomes(seen) == outcomes(first) == [("accepted", None), *refused]
    assert outcomes(again) == [("already", None), *refused]
    assert (untouched, pathways.standing(one).version) == (2, 3)
    assert pathways.standing(one).pathway.counsellor == "bemiddelaar-02"
    kept = counsellor.signed_in_as("auditor-01").get("/v1/refused").json()["refused"]
    assert [(k["pathway_id"], k["rule"], k["correlation_id"]) for k in kept] == [
        (str(later), "not-assigned", first["correlation_id"])
    ]


def test_what_was_handed_back_is_handed_over_again_under_another_key(
    counsellor: Caller, pathways: Pathways
) -> None:
    one = guided(counsellor)
    handed_over(counsellor, one)
    back = {"from_counsellor": "bemiddelaar-02", "counsellor": "bemiddelaar-01"}
    handed_over(counsellor, one, key="hand-1", preview=False, **back)

    answer = handed_over(counsellor, one, key="hand-2")

    assert outcomes(answer) == [("accepted", None)]
    assert pathways.standing(one).pathway.counsellor == "bemiddelaar-02"


def test_a_day_long_past_is_warned_of_as_in_a_command_of_one(counsellor: Caller) -> None:
    one = guided(counsellor)

    seen = handed_over(counsellor, one, on="2015-08-03", preview=True)
    handed_over(counsellor, one, on="2015-08-03")

    assert seen["warned"] == 1
    assert seen["pathways"][0]["warnings"] == ["backdated"]
    history = counsellor.get(f"/v1/pathways/{one}/history").json()["facts"]
    assert history[-1]["warnings"] == ["backdated"]


def test_who_may_not_be_seen_is_told_of_as_nobody_and_every_look_is_traced(
    counsellor: Caller, pathways: Pathways
) -> None:
    hidden = guided(counsellor, counsellor="bemiddelaar-09", unit="OE-ELDERS")
    person = pathways.standing(hidden).pathway.person_ref
    nobody = uuid4()

    answer = handed_over(counsellor, hidden, nobody, from_counsellor="bemiddelaar-09")

    assert outcomes(answer) == [("refused", "unknown-pathway")] * 2
    with pathways.store.connection() as connection:
        looks = connection.execute(
            "select about, decision from pathway.access_row where endpoint = 'hand_over'"
        ).fetchall()
    assert {(str(one["about"]), one["decision"]) for one in looks} == {
        (str(person), "DENY"),
        (str(nobody), "DENY"),
    }


def test_to_the_same_counsellor_is_no_hand_over(counsellor: Caller) -> None:
    body = HAND_OVER | {"counsellor": "bemiddelaar-01", "pathways": [str(uuid4())]}

    answer = counsellor.post("/v1/hand-overs", body, idempotency_key="hand-1")

    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid-request")
