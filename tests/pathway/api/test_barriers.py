"""Barriers over HTTP: administrators set, list and end them; every person in an answer is traced."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from embedded.issuer_users import PEOPLE
from pathway.application import Pathways

from tests.pathway.api.client import Caller, anybody
from tests.pathway.given import ANNA, SetClock

OWN_FILE = {"kind": "EIGEN_DOSSIER", "caller_ref": "bemiddelaar-01", "motive": "EIGEN_MELDING"}


@pytest.fixture
def administrator(counsellor: Caller) -> Caller:
    return counsellor.signed_in_as("beheerder-01")


def reference(pathways: Pathways, insz: object = ANNA.insz) -> UUID:
    return pathways.vault.references([str(insz)])[str(insz)]


def put(administrator: Caller, **told: object) -> dict[str, Any]:
    answer = administrator.post("/v1/barriers", OWN_FILE | {"insz": ANNA.insz} | told)
    assert answer.status_code in {200, 201}, answer.text
    return answer.json()


def looks(pathways: Pathways) -> list[tuple[str, str, str, str]]:
    with pathways.store.connection() as connection:
        rows = connection.execute("select * from pathway.access_row order by id").fetchall()
    return [
        (row["endpoint"], row["about"], row["decision"], row["purpose"])
        for row in rows
        if "barrier" in row["endpoint"]
    ]


def test_a_barrier_is_told_by_reference_and_traced(
    counsellor: Caller, administrator: Caller, pathways: Pathways
) -> None:
    counsellor.enrolled()

    answer = administrator.post("/v1/barriers", OWN_FILE | {"insz": ANNA.insz})

    person = str(reference(pathways))
    assert answer.status_code == 201
    assert answer.json() | {"barrier_id": ""} == OWN_FILE | {
        "barrier_id": "",
        "person_ref": person,
        "set_at": "2015-10-01T09:00:00Z",
        "set_by": "beheerder-01",
        "ended_at": None,
        "ended_by": None,
    }
    assert ANNA.insz not in answer.text
    assert looks(pathways) == [("set_barrier", person, "PERMIT", "BEHEER")]


def test_the_same_barrier_again_is_the_one_there_is(
    counsellor: Caller, administrator: Caller, pathways: Pathways
) -> None:
    counsellor.enrolled()
    first = put(administrator)

    again = administrator.post(
        "/v1/barriers", OWN_FILE | {"person_ref": str(reference(pathways)), "motive": "ANDERS"}
    )

    assert (again.status_code, again.json()) == (200, first)


def test_after_a_barrier_the_person_is_there_for_the_caller_no_more(
    counsellor: Caller, administrator: Caller
) -> None:
    pathway = counsellor.enrolled()
    assert counsellor.get(f"/v1/pathways/{pathway}").status_code == 200

    barrier = put(administrator)
    hidden = counsellor.get(f"/v1/pathways/{pathway}").status_code
    administrator.post(f"/v1/barriers/{barrier['barrier_id']}/end", None)

    assert hidden == 404
    assert counsellor.get(f"/v1/pathways/{pathway}").status_code == 200


def test_barriers_that_stand_are_listed_page_by_page_and_ended_ones_when_asked_for(
    counsellor: Caller, administrator: Caller, pathways: Pathways, clock: SetClock
) -> None:
    others = anybody()
    counsellor.enrolled()
    counsellor.enrolled(others)
    first = put(administrator)
    second = put(administrator, insz=others["insz"], caller_ref="bemiddelaar-02")
    clock.forward(hours=1)

    newest = administrator.get("/v1/barriers", limit=1).json()
    older = administrator.get("/v1/barriers", limit=1, cursor=newest["next_cursor"]).json()
    of_one = administrator.get("/v1/barriers", caller="bemiddelaar-01").json()
    ended = administrator.post(f"/v1/barriers/{first['barrier_id']}/end", None).json()

    assert (newest["barriers"], older) == ([second], {"barriers": [first], "next_cursor": None})
    assert of_one["barriers"] == [first]
    assert ended == first | {"ended_at": "2015-10-01T10:00:00Z", "ended_by": "beheerder-01"}
    assert administrator.get("/v1/barriers").json()["barriers"] == [second]
    assert administrator.get("/v1/barriers", ended=True).json()["barriers"] == [second, ended]
    anna, other = str(reference(pathways)), str(reference(pathways, others["insz"]))
    told = [(endpoint, about) for endpoint, about, *_ in looks(pathways)[2:]]
    assert told[:5] == [
        ("barriers", other),
        ("barriers", anna),
        ("barriers", anna),
        ("end_barrier", anna),
        ("barriers", other),
    ]
    assert sorted(told[5:]) == sorted([("barriers", anna), ("barriers", other)])


def test_nobody_ends_a_barrier_before_themselves(
    counsellor: Caller, administrator: Caller, pathways: Pathways
) -> None:
    counsellor.enrolled()
    barrier = put(administrator, caller_ref="beheerder-01")

    answer = administrator.post(f"/v1/barriers/{barrier['barrier_id']}/end", None)

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/own-barrier")
    assert administrator.get("/v1/barriers").json()["barriers"] == [barrier]
    assert ("end_barrier", str(reference(pathways)), "DENY", "BEHEER") in looks(pathways)


@pytest.mark.parametrize("kind", ["EIGEN_DOSSIER", "VERWANT"])
def test_an_administrators_own_or_a_relatives_file_is_as_nobodys_where_they_set_barriers(
    counsellor: Caller, administrator: Caller, pathways: Pathways, kind: str
) -> None:
    counsellor.enrolled()
    person, confidential = str(reference(pathways)), {"kind": "VERTROUWELIJK", "caller_ref": None}
    put(administrator, kind=kind, caller_ref="beheerder-01")
    stands = {k: v for k, v in (OWN_FILE | confidential).items() if v}

    by_number = administrator.post("/v1/barriers", stands | {"insz": ANNA.insz})
    nobody = administrator.post("/v1/barriers", stands | {"insz": str(anybody()["insz"])})
    by_reference = administrator.post("/v1/barriers", stands | {"person_ref": person})

    told = [one.json() | {"correlation_id": ""} for one in (by_number, nobody, by_reference)]
    assert told[0] == told[1] == told[2]
    assert by_number.status_code == 404
    assert looks(pathways)[1:] == [
        ("set_barrier", person, "DENY", "BEHEER"),
        ("set_barrier", None, "DENY", "BEHEER"),
        ("set_barrier", person, "DENY", "BEHEER"),
    ]


def test_unknown_people_and_barriers_are_told_and_traced(
    administrator: Caller, pathways: Pathways
) -> None:
    nowhere = str(uuid4())

    answers = [
        administrator.post("/v1/barriers", OWN_FILE | {"insz": ANNA.insz}),
        administrator.post("/v1/barriers", OWN_FILE | {"person_ref": nowhere}),
        administrator.post(f"/v1/barriers/{nowhere}/end", None),
    ]

    assert [(one.status_code, one.json()["type"]) for one in answers] == [
        (404, "/problems/unknown-person"),
        (404, "/problems/unknown-person"),
        (404, "/problems/unknown-barrier"),
    ]
    assert looks(pathways) == [
        ("set_barrier", None, "DENY", "BEHEER"),
        ("set_barrier", nowhere, "DENY", "BEHEER"),
        ("end_barrier", None, "DENY", "BEHEER"),
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"insz": None},
        {"person_ref": str(uuid4())},
        {"caller_ref": None},
        {"kind": "VERTROUWELIJK"},
        {"kind": "COLLEGA"},
        {"motive": "zus van de buurman"},
        {"motive": "R84051799897"},
        {"caller_ref": ANNA.insz},
        {"caller_ref": "Anna Testers"},
        {"caller_ref": ""},
    ],
)
def test_a_barrier_that_is_none_is_refused_and_nothing_of_it_told(
    administrator: Caller, wrong: dict[str, object]
) -> None:
    body = OWN_FILE | {"insz": ANNA.insz} | wrong

    answer = administrator.post("/v1/barriers", {k: v for k, v in body.items() if v is not None})

    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid-request")
    assert ANNA.insz not in answer.text


def test_what_cannot_be_traced_is_not_set(
    counsellor: Caller, administrator: Caller, pathways: Pathways
) -> None:
    counsellor.enrolled()
    with pathways.store.connection() as connection:
        connection.execute("drop function pathway.record_looks")

    answer = administrator.post("/v1/barriers", OWN_FILE | {"insz": ANNA.insz})

    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/not-traced")
    with pathways.store.connection() as connection:
        assert connection.execute("select from pathway.barrier").fetchall() == []


def test_who_guides_beside_being_administrator_ends_no_barrier(
    counsellor: Caller, pathways: Pathways
) -> None:
    pathway = counsellor.enrolled()
    person = str(pathways.standing(pathway).pathway.person_ref)
    admin = counsellor.signed_in_as("beheerder-01")
    confidential = {"kind": "VERTROUWELIJK", "person_ref": person, "motive": "AANVRAAG"}
    barrier = admin.post("/v1/barriers", confidential).json()["barrier_id"]
    rights = ["VdabTraject-Bemiddelaar:OVO000083", "VdabTraject-Beheerder:OVO000083"]
    claims = PEOPLE["bemiddelaar-02"].claims() | {"vdab_traject_rol_3d": rights}
    both = counsellor.signed_in_as("beheerder-01")
    both.http.headers["Authorization"] = (
        f"Bearer {counsellor.issuer.token_for(claims, 'vdab-pathway')}"
    )

    refused = both.http.post(f"/v1/barriers/{barrier}/end")

    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/own-barrier")
    assert admin.http.post(f"/v1/barriers/{barrier}/end").status_code == 200
