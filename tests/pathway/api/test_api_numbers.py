"""Numbers over HTTP: INSZ to reference and back for a purpose, and what becomes of a number."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from pathway.application import Pathways

from tests.pathway.api.client import ENROL, Caller
from tests.pathway.given import ANNA, BRAM
from tests.people import invented_insz

NEW = invented_insz(date(1980, 5, 17), 44)
NEWER = invented_insz(date(1980, 5, 17), 46)
NOBODY = invented_insz(date(1990, 2, 3), 17)
BRAMS = ENROL | BRAM.model_dump()
WHEN = {"since": "2015-06-01", "source": "KSZ"}
CLOSING = {"on": "2015-09-01", "exit_type": "UITSCHRIJVING"}
PURPOSE = "UITKERING_CONTROLE"


@pytest.fixture
def administrator(counsellor: Caller) -> Caller:
    return counsellor.signed_in_as("beheerder-01")


@pytest.fixture
def system(counsellor: Caller) -> Caller:
    return counsellor.signed_in_as("insz")


def person_of(pathways: Pathways, pathway: UUID) -> str:
    return str(pathways.standing(pathway).pathway.person_ref)


def looked_up(counsellor: Caller, insz: str) -> dict[str, Any]:
    return counsellor.post("/v1/persons/look-up", {"insz": insz}).json()


def replaced(caller: Caller, old: str, new: str) -> Any:
    return caller.post("/v1/persons/replace-number", {"insz": old, "replaced_by": new, **WHEN})


def cancelled(caller: Caller, insz: str) -> Any:
    return caller.post("/v1/persons/cancel-number", {"insz": insz, **WHEN})


def traced(pathways: Pathways, endpoint: str) -> list[tuple[str | None, str, str]]:
    with pathways.store.connection() as connection:
        rows = connection.execute(
            "select * from pathway.access_row where endpoint = %s order by id", (endpoint,)
        ).fetchall()
    return [(row["about"], row["decision"], row["purpose"]) for row in rows]


def test_an_entitled_system_gets_references_for_numbers_and_numbers_for_references(
    counsellor: Caller, system: Caller, pathways: Pathways
) -> None:
    anna, bram = (person_of(pathways, counsellor.enrolled(who)) for who in (ENROL, BRAMS))
    nobody = str(uuid4())

    references = system.post(
        "/v1/persons/references",
        {"purpose": PURPOSE, "numbers": [ANNA.insz, NOBODY, BRAM.insz, ANNA.insz]},
    ).json()
    numbers = system.post(
        "/v1/persons/numbers", {"purpose": PURPOSE, "references": [bram, nobody, anna]}
    ).json()

    assert references["references"] == [
        {"insz": ANNA.insz, "person_ref": anna, "status": "CURRENT"},
        {"insz": BRAM.insz, "person_ref": bram, "status": "CURRENT"},
    ]
    assert numbers["numbers"] == [
        {"person_ref": bram, "counts": bram, "insz": BRAM.insz, "status": "CURRENT"},
        {"person_ref": anna, "counts": anna, "insz": ANNA.insz, "status": "CURRENT"},
    ]
    assert set(traced(pathways, "person_references")) == {
        (None, "DENY", PURPOSE),
        (anna, "PERMIT", PURPOSE),
        (bram, "PERMIT", PURPOSE),
    }
    assert traced(pathways, "person_numbers") == [
        (nobody, "DENY", PURPOSE),
        (bram, "PERMIT", PURPOSE),
        (anna, "PERMIT", PURPOSE),
    ]


@pytest.mark.parametrize("purpose", [None, "", "x", "met kleine letters", "INSZ_84051799897"])
def test_without_a_purpose_that_is_a_code_nothing_is_told(
    system: Caller, purpose: str | None
) -> None:
    stated = {"purpose": purpose} if purpose is not None else {}

    answers = [
        system.post("/v1/persons/references", {**stated, "numbers": [ANNA.insz]}),
        system.post("/v1/persons/numbers", {**stated, "references": [str(uuid4())]}),
    ]

    assert [answer.status_code for answer in answers] == [422, 422]


@pytest.mark.parametrize("count", [0, 1001])
def test_a_batch_holds_at_most_1000(system: Caller, count: int) -> None:
    batches = {"numbers": [ANNA.insz] * count, "references": [str(uuid4())] * count}

    assert {
        system.post(f"/v1/persons/{door}", {"purpose": PURPOSE, batch: batches[batch]}).status_code
        for door, batch in (("references", "numbers"), ("numbers", "references"))
    } == {422}


def test_a_replaced_number_finds_the_person_still(
    counsellor: Caller, administrator: Caller, system: Caller, pathways: Pathways
) -> None:
    anna = person_of(pathways, counsellor.enrolled())

    answer = replaced(administrator, ANNA.insz, NEW)
    again = replaced(administrator, ANNA.insz, NEW)

    assert answer.status_code == 200
    assert answer.json() == again.json()
    old, new = looked_up(counsellor, ANNA.insz), looked_up(counsellor, NEW)
    assert (old["person_ref"], old["number"]) == (anna, "REPLACED")
    assert (new["person_ref"], new["number"]) == (anna, "CURRENT")
    numbers = system.post("/v1/persons/numbers", {"purpose": PURPOSE, "references": [anna]}).json()
    assert [one["insz"] for one in numbers["numbers"]] == [NEW]
    assert counsellor.enrol(ENROL | {"insz": NEW}).json()["type"] == "/problems/already-open"
    assert pathways.vault.people([UUID(anna)])[UUID(anna)].insz == NEW
    assert traced(pathways, "replace_number")[0] == (anna, "PERMIT", "BEHEER")


def test_a_number_replaced_twice_leads_from_the_first_to_the_last(
    counsellor: Caller, administrator: Caller, pathways: Pathways
) -> None:
    anna = person_of(pathways, counsellor.enrolled())
    replaced(administrator, ANNA.insz, NEW)

    assert replaced(administrator, NEW, NEWER).status_code == 200

    assert {looked_up(counsellor, one)["person_ref"] for one in (ANNA.insz, NEW, NEWER)} == {anna}
    assert replaced(administrator, ANNA.insz, NEWER).status_code == 200
    assert replaced(administrator, NEWER, ANNA.insz).status_code == 409
    assert replaced(administrator, ANNA.insz, NOBODY).status_code == 409


def test_a_cancelled_number_finds_the_person_and_enrols_nobody(
    counsellor: Caller, administrator: Caller, pathways: Pathways
) -> None:
    pathway = counsellor.enrolled()
    counsellor.command(pathway, "close", CLOSING, 1)

    assert cancelled(administrator, ANNA.insz).status_code == 200
    assert cancelled(administrator, ANNA.insz).status_code == 200

    refused = counsellor.enrol(ENROL | {"on": "2015-09-15"})
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/insz-cancelled")
    assert refused.json()["errors"][0]["pointer"] == "#/insz"
    found = looked_up(counsellor, ANNA.insz)
    assert (found["person_ref"], found["number"]) == (person_of(pathways, pathway), "CANCELLED")


def test_a_cancelled_number_that_is_replaced_after_all_enrols_under_the_new_one(
    counsellor: Caller, administrator: Caller
) -> None:
    counsellor.command(counsellor.enrolled(), "close", CLOSING, 1)
    cancelled(administrator, ANNA.insz)

    replaced(administrator, ANNA.insz, NEW)

    assert counsellor.enrol(ENROL | {"insz": NEW, "on": "2015-09-15"}).status_code == 201


def test_what_does_not_fit_is_refused_without_a_number_in_the_answer(
    counsellor: Caller, administrator: Caller
) -> None:
    counsellor.enrolled()
    replaced(administrator, ANNA.insz, NEW)

    answers = [
        replaced(administrator, NOBODY, NEW),
        replaced(administrator, NEW, NEW),
        cancelled(administrator, NOBODY),
        cancelled(administrator, ANNA.insz),
        administrator.post(
            "/v1/persons/link",
            {"person_ref": str(uuid4()), "same_as": str(uuid4()), "source": "KSZ"},
        ),
    ]

    for answer in answers:
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/number-refused")
        assert not any(number in answer.text for number in (ANNA.insz, NEW, NOBODY))


def test_two_references_that_are_one_person_are_found_as_the_one_that_counts(
    counsellor: Caller, administrator: Caller, system: Caller, pathways: Pathways
) -> None:
    first, second = counsellor.enrolled(), counsellor.enrolled(BRAMS)
    anna, bram = person_of(pathways, first), person_of(pathways, second)

    answer = replaced(administrator, ANNA.insz, BRAM.insz)

    assert answer.json() == {
        "person_ref": bram,
        "also": [anna],
        "open_pathways": [str(second), str(first)],
    }
    for insz in (ANNA.insz, BRAM.insz):
        found = looked_up(counsellor, insz)
        assert (found["person_ref"], found["also"]) == (bram, [anna])
        assert {one["pathway_id"] for one in found["pathways"]} == {str(first), str(second)}
    for name in ("Anna Testers", "Bram"):
        people = counsellor.post("/v1/persons/search", {"name": name}).json()["people"]
        assert [one["person_ref"] for one in people] == [bram]
    numbers = system.post("/v1/persons/numbers", {"purpose": PURPOSE, "references": [anna]}).json()
    assert [(one["counts"], one["insz"]) for one in numbers["numbers"]] == [(bram, BRAM.insz)]


def test_a_person_with_two_references_is_enrolled_once(
    counsellor: Caller, administrator: Caller, pathways: Pathways
) -> None:
    first, second = counsellor.enrolled(), counsellor.enrolled(BRAMS)
    counsellor.command(second, "close", CLOSING, 1)
    link = {
        "person_ref": person_of(pathways, first),
        "same_as": person_of(pathways, second),
        "source": "DOSSIER",
    }
    assert administrator.post("/v1/persons/link", link).status_code == 200
    assert administrator.post("/v1/persons/link", link).status_code == 200

    refused = counsellor.enrol(BRAMS | {"on": "2015-03-01"})

    assert refused.json()["type"] == "/problems/already-open"
    assert str(first) in refused.text


def test_links_stay_one_step_long(
    counsellor: Caller, administrator: Caller, pathways: Pathways
) -> None:
    third = ENROL | {"insz": NEW}
    one, two, three = (
        person_of(pathways, counsellor.enrolled(who)) for who in (ENROL, BRAMS, third)
    )

    for person, counts in ((one, two), (two, three), (three, one)):
        administrator.post(
            "/v1/persons/link", {"person_ref": person, "same_as": counts, "source": "KSZ"}
        )

    found = looked_up(counsellor, ANNA.insz)
    assert (found["person_ref"], set(found["also"])) == (three, {one, two})
