"""People are found over HTTP by the first letters of their names, and every hit is traced."""

from datetime import date
from typing import Any

import psycopg
import pytest
from pathway.application import Pathways
from pathway.name_search import index_again, search

from tests.pathway.api.client import COUNSELLOR, ENROL, Caller
from tests.people import invented_insz

OF_ANOTHER_UNIT = {"on": "2015-09-01", "counsellor": "bemiddelaar-04", "unit": "OE-VOORBEELD-ZUID"}


def named(last_name: str, first_name: str, number: int) -> dict[str, object]:
    insz = invented_insz(date(1971, 3, 4), number)
    return ENROL | {"insz": insz, "last_name": last_name, "first_name": first_name}


def found(caller: Caller, name: str) -> list[str]:
    answer = caller.post("/v1/persons/search", {"name": name})
    assert answer.status_code == 200, answer.text
    return [f"{one['first_name']} {one['last_name']}" for one in answer.json()["people"]]


def traced(pathways: Pathways) -> list[tuple[Any, ...]]:
    with pathways.store.connection() as connection:
        rows = connection.execute("select * from pathway.access_row order by id").fetchall()
    return [(r["caller_ref"], r["endpoint"], r["about"], r["decision"]) for r in rows]


@pytest.fixture
def people(counsellor: Caller) -> Caller:
    for number, (last, first) in enumerate(
        [
            ("Vandenverzonnen", "Zoë"),
            ("De Proef", "Zoltan"),
            ("D'Hondtproef", "Élise"),
            ("Li", "Mei"),
        ],
        start=1,
    ):
        counsellor.enrolled(named(last, first, number))
    return counsellor


@pytest.mark.parametrize(
    ("asked", "who"),
    [
        ("zoe", ["Zoë Vandenverzonnen"]),
        ("ZOË van", ["Zoë Vandenverzonnen"]),
        ("vandenverzonnen", ["Zoë Vandenverzonnen"]),
        ("van den verzonnen", []),
        ("vandenverzonden", []),
        ("zol", ["Zoltan De Proef"]),
        ("de pro", ["Zoltan De Proef"]),
        ("proef de", ["Zoltan De Proef"]),
        ("deproef", ["Zoltan De Proef"]),
        ("eli", ["Élise D'Hondtproef"]),
        ("d'hondt", ["Élise D'Hondtproef"]),
        ("hondtp", ["Élise D'Hondtproef"]),
        ("mei li", ["Mei Li"]),
        ("zol hondt", []),
        ("onbestaand", []),
    ],
)
def test_each_word_begins_a_part_of_the_name(people: Caller, asked: str, who: list[str]) -> None:
    assert found(people, asked) == who


@pytest.mark.parametrize("name", ["zo", "li", "de li", "- -", "1234"])
def test_a_search_needs_a_word_of_three_letters(counsellor: Caller, name: str) -> None:
    answer = counsellor.post("/v1/persons/search", {"name": name})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "#/name"


def test_at_most_20_are_told_and_that_there_are_more(counsellor: Caller) -> None:
    for number in range(1, 22):
        counsellor.enrolled(named("Veelvoorkomend", f"Nummer{chr(96 + number)}", number))

    answer = counsellor.post("/v1/persons/search", {"name": "veel"}).json()
    one = counsellor.post("/v1/persons/search", {"name": "veel nummera"}).json()

    assert (len(answer["people"]), answer["more"]) == (20, True)
    assert (len(one["people"]), one["more"]) == (1, False)


def test_every_hit_and_every_search_without_one_leaves_a_row(
    people: Caller, pathways: Pathways
) -> None:
    answer = people.post("/v1/persons/search", {"name": "proef"}).json()
    people.post("/v1/persons/search", {"name": "onbestaand"})

    hits = [one["person_ref"] for one in answer["people"]]
    assert len(hits) == 1
    assert traced(pathways) == [
        (COUNSELLOR, "search_people", hits[0], "PERMIT"),
        (COUNSELLOR, "search_people", None, "DENY"),
    ]


def test_what_cannot_be_traced_is_not_found(people: Caller, pathways: Pathways) -> None:
    with psycopg.connect(pathways.store.database_url, autocommit=True) as connection:
        connection.execute("alter table pathway.access_row rename to access_row_away")

    answer = people.post("/v1/persons/search", {"name": "proef"})

    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/not-traced")
    assert "Proef" not in answer.text


def test_people_from_before_the_index_are_found_after_it_was_made(
    people: Caller, pathways: Pathways
) -> None:
    with pathways.store.connection() as connection:
        connection.execute("delete from vault.name_prefix")
    assert found(people, "proef") == []

    assert index_again(pathways.store, pathways.vault, batch=3) == 4
    assert index_again(pathways.store, pathways.vault) == 4

    assert found(people, "proef") == ["Zoltan De Proef"]


def test_who_was_destroyed_is_not_found(people: Caller, pathways: Pathways) -> None:
    [hit] = search(pathways.store, pathways.vault, "zoltan").people
    with pathways.store.connection() as connection:
        connection.execute("delete from vault.person where person_ref = %s", (hit[0],))

    assert found(people, "zoltan") == []


def test_people_of_another_unit_take_no_place_among_the_twenty(counsellor: Caller) -> None:
    for number in range(1, 23):
        theirs = counsellor.enrolled(named("Veelvoorkomend", "Ander", number))
        counsellor.command(theirs, "assign-counsellor", OF_ANOTHER_UNIT, 1)
    counsellor.enrolled(named("Veelvoorkomend", "Eigen", 50))

    answer = counsellor.post("/v1/persons/search", {"name": "veelvoorkomend"}).json()

    assert [one["first_name"] for one in answer["people"]] == ["Eigen"]
    assert answer["more"] is False
