"""`GET /v1/caseload`: whose pathways, which of them, in which order, and what needs attention."""

from collections.abc import Callable, Sequence

import pytest
from starlette.testclient import TestClient

from tests.projections.history import BAKERY, History, named
from tests.projections.web.conftest import As
from tests.projections.web.given import COLLEAGUE, ELSEWHERE, LEADER, MINE, NORTH, SOUTH, everyone

PEOPLE = ("anna", "bram", "cora", "dirk", "els", "fons")


@pytest.fixture(scope="module")
def as_(lasting: Callable[[Sequence[History]], As]) -> As:
    return lasting(everyone())


def found(client: TestClient, **asked: object) -> list[str]:
    """The names that tests know the pathways by, in the order of the answer."""
    answer = client.get("/v1/caseload", params=asked)
    assert answer.status_code == 200, answer.text
    names = {str(named(f"pathway {name}")): name for name in PEOPLE}
    return [names[item["pathway_id"]] for item in answer.json()["items"]]


def test_a_counsellor_sees_their_own_pathways_first_enrolled_first(as_: As) -> None:
    assert found(as_(MINE)) == ["fons", "bram", "anna"]


def test_a_team_leader_sees_those_of_the_unit(as_: As) -> None:
    assert found(as_(LEADER)) == ["fons", "bram", "cora", "anna"]


def test_a_colleagues_pathways_are_seen_and_another_units_are_not(as_: As) -> None:
    assert found(as_(MINE), counsellor=COLLEAGUE) == ["cora"]
    assert found(as_(MINE), counsellor=ELSEWHERE) == []
    assert found(as_(MINE), person_ref=str(named("person dirk"))) == []


def test_what_nobody_guides_yet_is_seen_by_every_unit(as_: As) -> None:
    assert found(as_(MINE), unassigned=True) == ["els"]
    assert found(as_(ELSEWHERE), unassigned=True) == ["els"]


@pytest.mark.parametrize(
    ("asked", "those"),
    [
        ({"unit": NORTH}, ["fons", "bram", "cora", "anna"]),
        ({"closed": "false"}, ["bram", "anna"]),
        ({"closed": "true"}, ["fons"]),
        ({"status": "AFGESLOTEN"}, ["fons"]),
        ({"status": ["AFGESLOTEN", "IN_BEGELEIDING"]}, ["fons", "bram", "anna"]),
        ({"running_kind": "IBO"}, ["anna"]),
        ({"organisation": BAKERY}, ["bram", "anna"]),
        ({"planned_end_until": "2015-09-30"}, ["bram"]),
        ({"planned_end_from": "2015-10-01"}, ["anna"]),
        ({"enrolled_from": "2015-02-02", "enrolled_until": "2015-05-31"}, ["bram"]),
        ({"sort": "next_planned_end"}, ["bram", "anna", "fons"]),
        ({"sort": "last_fact_on", "descending": "true"}, ["fons", "anna", "bram"]),
        ({"person_ref": str(named("person cora"))}, ["cora"]),
    ],
)
def test_parameters_narrow_and_order(as_: As, asked: dict[str, object], those: list[str]) -> None:
    assert found(as_(MINE), **asked) == those


def test_pages_follow_each_other_without_gaps_or_repeats(as_: As) -> None:
    client, cursor, pages = as_(MINE), None, []
    while True:
        asked = {"unit": NORTH, "limit": 1} | ({"cursor": cursor} if cursor else {})
        answer = client.get("/v1/caseload", params=asked).json()
        pages += [item["enrolled_on"] for item in answer["items"]]
        cursor = answer["next_cursor"]
        if cursor is None:
            break

    assert pages == ["2014-01-06", "2015-02-02", "2015-05-04", "2015-06-01"]


def test_it_says_why_someone_should_look(as_: As) -> None:
    items = as_(MINE).get("/v1/caseload", params={"sort": "next_planned_end"}).json()["items"]

    assert [item["attention"] for item in items] == [
        ["MODULE_OVERDUE"],
        ["CONTRACT_NOT_SIGNED", "MODULE_ENDS"],
        ["CHECK_DUE"],
    ]


def test_counters_count_what_the_question_lets_through(as_: As) -> None:
    counters = as_(MINE).get("/v1/caseload", params={"unit": NORTH}).json()["counters"]

    assert counters == {
        "open": 3,
        "closed": 1,
        "unassigned": 0,
        "without_module": 1,
        "ends_soon": 1,
        "overdue": 1,
        "waiting": 0,
        "by_status": {"IN_BEGELEIDING": 3, "AFGESLOTEN": 1},
    }


def test_the_answer_says_what_was_asked_and_up_to_when_it_is_complete(as_: As) -> None:
    answer = as_(MINE).get("/v1/caseload").json()

    assert answer["asked"]["counsellor"] == MINE
    assert answer["today"] == "2015-10-01"
    assert answer["freshness"]["newest_position"] > 0


def test_another_unit_is_refused(as_: As) -> None:
    answer = as_(MINE).get("/v1/caseload", params={"unit": SOUTH})

    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/not-allowed")


@pytest.mark.parametrize(
    "wrong",
    [
        {"closed": "perhaps"},
        {"status": "WEG"},
        {"limit": "0"},
        {"limit": "201"},
        {"sort": "name"},
        {"counsellor": "a\0b"},
        {"planned_end_from": "1577836800"},
        {"planned_end_from": "31/12/2015"},
        {"person_ref": "anna"},
        {"organisation": "0999"},
        {"mistyped": "true"},
        {"after": "anna:1"},
        {"cursor": "not-a-cursor"},
        {"cursor": "é"},
    ],
)
def test_what_cannot_be_understood_is_told(as_: As, wrong: dict[str, str]) -> None:
    answer = as_(MINE).get("/v1/caseload", params=wrong)

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
