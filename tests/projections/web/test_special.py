"""Characteristics of a special category: told by who reports, counted in no small cell, erased for good."""

from datetime import date
from uuid import UUID

import psycopg
import pytest
from projections import schema
from projections.reporting import REPORTING

from schemas.codes import AgeGroup, Gender
from schemas.events import ParticipantCharacteristicsRecorded
from tests.projections.conftest import Worker
from tests.projections.history import History, named
from tests.projections.web.conftest import As, Looks
from tests.projections.web.given import AUDITOR, LEADER, MINE, OFFICER

TELL, ERASE = "/v1/special-characteristics", "/v1/special-characteristics/erase"
REPORT, YEAR = "/v1/reports/special", {"from": "2014-01-01", "until": "2014-12-31"}
WOMEN, MEN = [f"woman {n}" for n in range(8)], [f"man {n}" for n in range(6)]


def person(name: str) -> str:
    return str(named(f"person {name}"))


def entered(name: str, gender: Gender) -> History:
    history = History(name).enrolled(date(2014, 3, 3))
    told = {"commune": None, "unemployed_since": None, "education": None}
    told |= {"age_group": AgeGroup.FROM_25, "gender": gender}
    return history.tell(ParticipantCharacteristicsRecorded, date(2014, 3, 3), **told)


@pytest.fixture(autouse=True)
def _people(reporting: Worker) -> None:
    reporting.put(*(entered(name, Gender.VROUW) for name in WOMEN))
    reporting.put(*(entered(name, Gender.MAN) for name in MEN))


def tell(as_: As, *names: str, who: str = OFFICER, **told: bool):
    people = [{"person_ref": person(name), **told} for name in names]
    return as_(who).post(TELL, json={"purpose": "ESF", "people": people})


def counted(as_: As, by: str = "disability", **asked: str) -> dict[str, tuple]:
    answer = as_(OFFICER).get(REPORT, params=YEAR | {"by": by} | asked)
    assert answer.status_code == 200, answer.text
    report = answer.json()
    rows = [*report["rows"], report["total"]]
    return {row["group"]: (row["persons"], row["by_gender"]) for row in rows}


def test_who_enrolled_is_counted_by_what_was_told_and_by_gender(as_: As) -> None:
    assert tell(as_, *WOMEN, disability=True).status_code == 204
    assert tell(as_, *MEN, disability=False, migration_background=True).status_code == 204

    assert counted(as_) == {
        "JA": (8, {"M": 0, "V": 8}),
        "NEE": (6, {"M": 6, "V": 0}),
        None: (14, {"M": 6, "V": 8}),
    }
    assert counted(as_, "migration_background") == {
        "JA": (6, {"M": 6, "V": 0}),
        "ONBEKEND": (8, {"M": 0, "V": 8}),
        None: (14, {"M": 6, "V": 8}),
    }
    assert set(counted(as_, "other_disadvantage")) == {"ONBEKEND", None}


def test_a_few_persons_are_not_told_nor_what_would_give_them_away(as_: As) -> None:
    tell(as_, "woman 0", "woman 1", disability=True)

    told = counted(as_)

    assert told["JA"] == (None, {"M": None, "V": None})
    assert told["ONBEKEND"][0] is None
    assert told[None] == (14, {"M": 6, "V": 8})


def test_what_is_told_anew_takes_the_place_of_what_was(as_: As) -> None:
    tell(as_, *WOMEN, disability=True, migration_background=True)

    tell(as_, *WOMEN, disability=False)

    assert counted(as_)["NEE"] == (8, {"M": 0, "V": 8})
    assert set(counted(as_, "migration_background")) == {"ONBEKEND", None}


def test_what_is_erased_is_not_there_any_more(as_: As, reporting: Worker) -> None:
    tell(as_, *WOMEN, disability=True)

    answer = as_(OFFICER).post(ERASE, json={"references": [person(name) for name in WOMEN]})

    assert (answer.status_code, answer.text) == (204, "")
    assert set(counted(as_)) == {"ONBEKEND", None}
    assert reporting.rows("select count(*) from projections.special_characteristic") == [(0,)]


def test_it_outlives_a_read_model_and_is_made_again_by_none(
    as_: As, reporting: Worker, read_models: str
) -> None:
    tell(as_, *WOMEN, disability=True)
    held = reporting.rows("select * from projections.special_characteristic order by 1")

    schema.migrate(read_models, [REPORTING], frozenset({"reporting"}))

    assert reporting.rows("select count(*) from reporting.inflow") == [(0,)]
    assert reporting.rows("select * from projections.special_characteristic order by 1") == held
    assert [row[4:7] for row in held] == [("ESF", OFFICER, "OVO000083")] * 8
    assert not {"disability", "migration_background"} & {
        column for table in REPORTING.tables for column in reporting.columns(table)
    }


def test_of_each_person_it_leaves_a_look_that_says_for_what(as_: As, looks: Looks) -> None:
    tell(as_, "woman 0", "woman 1", disability=True)
    as_(OFFICER).post(ERASE, json={"references": [person("woman 0")]})
    counted(as_)

    assert looks() == [
        (OFFICER, person("woman 0"), "tell_special", "ESF", "PERMIT"),
        (OFFICER, person("woman 1"), "tell_special", "ESF", "PERMIT"),
        (OFFICER, person("woman 0"), "erase_special", "WISSING", "PERMIT"),
    ]


def test_what_cannot_be_traced_is_neither_kept_nor_erased(
    as_: As, reporting: Worker, read_models: str
) -> None:
    tell(as_, *WOMEN, disability=True)
    with psycopg.connect(read_models) as connection:
        connection.execute("alter table projections.access_row rename to away")

    told = tell(as_, *MEN, disability=True)
    erased = as_(OFFICER).post(ERASE, json={"references": [person(name) for name in WOMEN]})

    assert {told.status_code, erased.status_code} == {503}
    assert told.json()["type"] == "/problems/not-traced"
    assert reporting.rows("select count(*) from projections.special_characteristic") == [(8,)]


@pytest.mark.parametrize("who", [MINE, LEADER, AUDITOR])
def test_nobody_else_tells_erases_or_counts_them(as_: As, who: str, reporting: Worker) -> None:
    told = tell(as_, "woman 0", who=who, disability=True)
    erased = as_(who).post(ERASE, json={"references": [person("woman 0")]})

    assert {
        told.status_code,
        erased.status_code,
        as_(who).get(REPORT, params=YEAR).status_code,
    } == {403}
    assert reporting.rows("select count(*) from projections.special_characteristic") == [(0,)]


def test_who_is_nobody_is_answered_as_anybody_and_counted_nowhere(as_: As) -> None:
    assert tell(as_, "nobody", disability=True).status_code == 204
    assert set(counted(as_)) == {"ONBEKEND", None}


@pytest.mark.parametrize(
    "wrong",
    [
        {"people": []},
        {"purpose": "NIEUWSGIERIG"},
        {"people": [{"person_ref": str(UUID(int=1))}] * 2},
        {"people": [{"person_ref": str(UUID(int=1)), "detention": True}]},
    ],
)
def test_what_is_told_wrongly_is_refused_whole(
    as_: As, wrong: dict[str, object], reporting: Worker
) -> None:
    right = {"purpose": "ESF", "people": [{"person_ref": person("woman 0"), "disability": True}]}

    answer = as_(OFFICER).post(TELL, json=right | wrong)

    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid-request")
    assert reporting.rows("select count(*) from projections.special_characteristic") == [(0,)]


def test_inflow_is_as_known_then_and_the_characteristic_as_held_now(as_: As) -> None:
    tell(as_, *WOMEN, disability=True)

    # All of them were recorded in January 2015.
    assert set(counted(as_, known_at="2014-12-31T00:00:00Z")) == {None}
    assert counted(as_, known_at="2015-02-01T00:00:00Z") == counted(as_)
