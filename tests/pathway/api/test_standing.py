"""What stands between a caller and people, told to the pages' own service and to nobody else."""

from typing import Any

import pytest
from pathway import numbers
from pathway.application import Pathways

from tests.pathway.api.client import Caller, anybody
from tests.pathway.given import ANNA, SetClock

WEB = "vdab-pathway-web"
ME = "bemiddelaar-01"
REASON = "De eigen bemiddelaar is ziek."


def told(caller: Caller, who: str = ME, **more: object) -> dict[str, Any]:
    answer = caller.signed_in_as(WEB).post("/v1/standing", {"caller_ref": who} | more)
    assert answer.status_code == 200, answer.text
    return answer.json()


def put(counsellor: Caller, kind: str, insz: object, of_whom: str | None = None) -> None:
    body = {"kind": kind, "insz": insz, "motive": "EIGEN_MELDING"}
    administrator = counsellor.signed_in_as("beheerder-01")
    answer = administrator.post("/v1/barriers", body | ({"caller_ref": of_whom} if of_whom else {}))
    assert answer.status_code == 201, answer.text


def references(pathways: Pathways, *numbers_: object) -> list[str]:
    found = pathways.vault.references([str(one) for one in numbers_])
    return [str(found[str(one)]) for one in numbers_]


def test_barriers_are_told_by_rule_as_they_are_for_this_caller(
    counsellor: Caller, pathways: Pathways
) -> None:
    people = [anybody() for _ in range(3)]
    for one in people:
        counsellor.enrolled(one)
    own, relative, confidential = references(pathways, *(one["insz"] for one in people))
    put(counsellor, "EIGEN_DOSSIER", people[0]["insz"], ME)
    put(counsellor, "VERWANT", people[1]["insz"], ME)
    put(counsellor, "VERTROUWELIJK", people[2]["insz"])

    assert told(counsellor) == {
        "barriers": {
            "EIGEN_DOSSIER": [own],
            "VERWANT": [relative],
            "VERTROUWELIJK": [confidential],
        },
        "overridden": [],
    }
    assert told(counsellor, "bemiddelaar-02", caller_kind="BEMIDDELAAR") == {
        "barriers": {"COLLEGA": [own], "VERTROUWELIJK": [confidential]},
        "overridden": [],
    }
    assert told(counsellor, "mlp", caller_kind="SYSTEEM") == {"barriers": {}, "overridden": []}


def test_whom_a_reason_shows_is_told_until_then_under_every_reference(
    counsellor: Caller, pathways: Pathways, clock: SetClock
) -> None:
    other = anybody()
    anna = counsellor.enrolled()
    counsellor.enrolled(other)
    first, counts = references(pathways, ANNA.insz, other["insz"])
    partner = counsellor.signed_in_as("partner-01")
    body = {"pathway_id": str(anna), "reason": REASON, "hours": 2}
    assert partner.post("/v1/overrides", body).status_code == 201

    until = {"until": "2015-10-01T11:00:00Z"}
    assert told(counsellor, "partner-01")["overridden"] == [{"person_ref": first} | until]

    known = pathways.vault.references([ANNA.insz, str(other["insz"])])
    numbers.link(pathways.store, pathways.vault, *known.values(), source="KSZ")
    both = [{"person_ref": one} | until for one in sorted([first, counts])]
    assert told(counsellor, "partner-01")["overridden"] == both
    assert told(counsellor)["overridden"] == []

    clock.forward(hours=2)
    assert told(counsellor, "partner-01")["overridden"] == []


def test_each_request_leaves_a_look_that_says_who_asked_and_before_whom(
    counsellor: Caller,
) -> None:
    told(counsellor)
    told(counsellor, "mlp", caller_kind="SYSTEEM")

    auditor = counsellor.signed_in_as("auditor-01")
    looks = auditor.get("/v1/access", caller=WEB).json()["looks"]

    names = ("about", "endpoint", "role", "purpose", "decision")
    assert [tuple(look[name] for name in names) for look in looks] == [
        (f"aanvrager:{who}", "standing", "READ_SIDE", "RECHTEN", "PERMIT") for who in ("mlp", ME)
    ]
    # Nobody's file was in that list.
    assert auditor.get("/v1/access", caller="auditor-01").json()["looks"] == []


def test_a_standing_that_cannot_be_traced_is_not_told(
    counsellor: Caller, pathways: Pathways
) -> None:
    with pathways.store.connection() as connection:
        connection.execute("drop function pathway.record_looks")

    answer = counsellor.signed_in_as(WEB).post("/v1/standing", {"caller_ref": ME})

    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/not-traced")


@pytest.mark.parametrize(
    "who",
    ["bemiddelaar-01", "teamleider-01", "partner-01", "auditor-01", "beheerder-01", "mlp", "insz"],
)
def test_nobody_else_may_ask(counsellor: Caller, pathways: Pathways, who: str) -> None:
    counsellor.enrolled()
    put(counsellor, "VERTROUWELIJK", ANNA.insz)

    answer = counsellor.signed_in_as(who).post("/v1/standing", {"caller_ref": ME})

    assert answer.status_code == 403
    assert references(pathways, ANNA.insz)[0] not in answer.text


def test_the_pages_own_service_may_ask_nothing_else(counsellor: Caller) -> None:
    pathway = counsellor.enrolled()

    assert counsellor.signed_in_as(WEB).get(f"/v1/pathways/{pathway}").status_code == 403


@pytest.mark.parametrize(
    "body", [{}, {"caller_ref": ""}, {"caller_ref": "b\x00"}, {"caller_ref": ME, "more": 1}]
)
def test_a_question_that_is_none_is_refused(counsellor: Caller, body: dict[str, object]) -> None:
    assert counsellor.signed_in_as(WEB).post("/v1/standing", body).status_code == 422
