"""Characteristics of a special category: told by who reports, counted in no small cell, erased for good."""

import re
from datetime import date
from html import unescape
from urllib.parse import urlencode
from uuid import UUID

import psycopg
import pytest
from projections import schema
from projections.reporting import REPORTING
from starlette.testclient import TestClient

from schemas.codes import AgeGroup, Checkpoint, ExitType, Gender
from schemas.events import ParticipantCharacteristicsRecorded
from tests.projections.conftest import Worker
from tests.projections.history import History, named
from tests.projections.web.conftest import As, Looks
from tests.projections.web.given import AUDITOR, LEADER, MINE, OFFICER
from tests.projections.web.served_pages import sign_in

TELL, ERASE = "/v1/special-characteristics", "/v1/special-characteristics/erase"
REPORT, YEAR = "/v1/reports/special", {"from": "2014-01-01", "until": "2014-12-31"}
WOMEN, MEN = [f"woman {n}" for n in range(8)], [f"man {n}" for n in range(6)]


def person(name: str) -> str:
    return str(named(f"person {name}"))


def entered(
    name: str, gender: Gender, on: date = date(2014, 3, 3), person_name: str | None = None
) -> History:
    history = History(name, person_name).enrolled(on)
    told = {"commune": None, "unemployed_since": None, "education": None}
    told |= {"age_group": AgeGroup.FROM_25, "gender": gender}
    return history.tell(ParticipantCharacteristicsRecorded, on, **told)


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


ENDED, LEFT = date(2013, 5, 31), date(2013, 6, 3)
THAT_YEAR = {"from": "2013-01-01", "until": "2013-12-31"}
WORK, PENSION = ExitType.WERK_NEC_LOONTREKKEND, ExitType.PENSIOEN


def followed(name: str, gender: Gender, *, stops: bool = False) -> History:
    """An IBO of 2013 that ended on 31 May."""
    history = entered(name, gender, date(2013, 1, 7)).ibo("i", date(2013, 2, 4), ENDED)
    return history.stopped("i", ENDED) if stops else history.completed("i", ENDED)


def left(history: History, *, works: bool | None) -> History:
    """Out on 3 June, into work or into pension, and checked six months later where it was told."""
    history.closed(LEFT, PENSION if works is None else WORK)
    if works is None:
        return history
    return history.checked(date(2013, 12, 10), Checkpoint.SIX, since=LEFT, works=works)


def results(as_: As, of: str, **asked: str) -> dict[tuple[str | None, str], tuple]:
    """Persons of each group and outcome, in all and of each gender."""
    params = THAT_YEAR | {"of": of} | asked
    answer = as_(OFFICER).get(REPORT, params=params)
    assert answer.status_code == 200, answer.text
    report = answer.json()
    return {
        (row["group"], each["outcome"]): (each["persons"], *each["by_gender"].values())
        for row in (*report["rows"], report["total"])
        for each in row["outcomes"]
    }


@pytest.fixture
def _left(as_: As, reporting: Worker) -> None:
    """With a disability: 12 women, 7 of them completed and work. Without: 5 men and 6 women."""
    with_, without = [f"with {n}" for n in range(12)], [f"without {n}" for n in range(11)]
    for n, name in enumerate(with_):
        reporting.put(left(followed(name, Gender.VROUW, stops=n >= 7), works=n < 7 or None))
    for n, name in enumerate(without):
        gender = Gender.MAN if n < 5 else Gender.VROUW
        reporting.put(left(followed(name, gender), works=n >= 5))
    tell(as_, *with_, disability=True)
    tell(as_, *without, disability=False)


@pytest.mark.usefixtures("_left")
def test_how_modules_ended_is_told_by_characteristic_and_gender(as_: As) -> None:
    told = results(as_, "modules")

    # Persons, men, women.
    assert told == {
        ("JA", "COMPLETED"): (7, 0, 7),
        ("JA", "STOPPED_EARLY"): (5, 0, 5),
        ("NEE", "COMPLETED"): (11, 5, 6),
        ("NEE", "STOPPED_EARLY"): (0, 0, 0),
        (None, "COMPLETED"): (18, 5, 13),
        (None, "STOPPED_EARLY"): (5, 0, 5),
    }


@pytest.mark.usefixtures("_left")
def test_exits_by_type_and_work_six_months_later_are_told_the_same_way(as_: As) -> None:
    exits, later = results(as_, "exits"), results(as_, "afterwards")

    assert exits["JA", "WERK_NEC_LOONTREKKEND"] == (7, 0, 7)
    assert exits["JA", "PENSIOEN"] == (5, 0, 5)
    assert exits["NEE", "WERK_NEC_LOONTREKKEND"] == (11, 5, 6)
    assert {key: told for key, told in later.items() if key[0]} == {
        ("JA", "IN_WORK"): (7, 0, 7),
        ("JA", "NOT_IN_WORK"): (0, 0, 0),
        ("JA", "NOT_MEASURED"): (5, 0, 5),
        ("NEE", "IN_WORK"): (6, 0, 6),
        ("NEE", "NOT_IN_WORK"): (5, 5, 0),
        ("NEE", "NOT_MEASURED"): (0, 0, 0),
    }
    three = results(as_, "afterwards", months="3")
    assert three["JA", "NOT_MEASURED"] == (12, 0, 12)
    soon = results(as_, "afterwards", as_of="2013-12-03")
    assert set(soon) == {(group, "NOT_PASSED") for group in ("JA", "NEE", None)}


@pytest.mark.usefixtures("_left")
def test_work_after_a_module_is_told_the_same_way(as_: As, reporting: Worker) -> None:
    for n in range(6):
        found = followed(f"found {n}", Gender.VROUW)
        reporting.put(found.hired(date(2013, 11, 30)))
    tell(as_, *(f"found {n}" for n in range(6)), disability=True)

    six, three = results(as_, "flow"), results(as_, "flow", months="3")

    # 30 November is six months after 31 May.
    assert (six["JA", "IN_NEC"], six["JA", "NOT_IN_NEC"]) == ((6, 0, 6), (12, 0, 12))
    assert three["JA", "NOT_IN_NEC"] == (18, 0, 18)
    assert results(as_, "flow", as_of="2013-10-01")["JA", "NOT_PASSED"] == (18, 0, 18)


@pytest.mark.usefixtures("_left")
def test_a_few_with_one_outcome_are_not_told_nor_what_would_give_them_away(
    as_: As, reporting: Worker
) -> None:
    for n in range(2):
        reporting.put(followed(f"stops {n}", Gender.VROUW, stops=True))
    tell(as_, "stops 0", "stops 1", disability=False)

    told = results(as_, "modules")

    # Two women without a disability stopped; of men nothing is a few.
    assert told["NEE", "STOPPED_EARLY"] == (None, 0, None)
    assert told["NEE", "COMPLETED"] == (None, 5, None)
    assert (told["JA", "COMPLETED"], told["JA", "STOPPED_EARLY"]) == (
        (None, 0, None),
        (None, 0, None),
    )
    assert told[None, "STOPPED_EARLY"] == (7, 0, 7)


@pytest.mark.usefixtures("_left")
def test_each_person_counts_once_with_what_happened_last(as_: As, reporting: Worker) -> None:
    again = entered("again", Gender.VROUW, date(2013, 7, 1), person_name="with 0")
    again.stage("s", date(2013, 8, 1), date(2013, 9, 30)).stopped("s", date(2013, 9, 2))
    reporting.put(again)

    told = results(as_, "modules")

    assert (told["JA", "COMPLETED"], told["JA", "STOPPED_EARLY"]) == ((6, 0, 6), (6, 0, 6))
    assert results(as_, "modules", as_of="2013-09-01")["JA", "COMPLETED"] == (7, 0, 7)


@pytest.mark.usefixtures("_left")
@pytest.mark.parametrize("by", ["age_group", "education", "unemployment", "category"])
def test_what_is_known_at_entry_is_told_by_gender_in_the_same_way(as_: As, by: str) -> None:
    told = results(as_, "modules", by=by)

    label = {"age_group": "25-49"}.get(by, "ONBEKEND")
    assert told[label, "COMPLETED"] == (18, 5, 13)


def test_nobody_else_is_told_results(as_: As) -> None:
    for of in ("modules", "flow", "exits", "afterwards"):
        for who in (MINE, LEADER, AUDITOR):
            answer = as_(who).get(REPORT, params=THAT_YEAR | {"of": of})
            assert answer.status_code == 403
    assert as_(OFFICER).get(REPORT, params=THAT_YEAR | {"of": "stops"}).status_code == 422


def test_the_page_tells_the_same_to_who_reports_and_to_nobody_else(
    as_: As, browser: TestClient
) -> None:
    tell(as_, *WOMEN, disability=True)
    tell(as_, *MEN, disability=False)

    page = sign_in(browser, OFFICER, f"/reports/special?{urlencode(YEAR)}")

    assert page.status_code == 200
    cells = " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).split())
    women, men = (counted(as_)[group][0] for group in ("JA", "NEE"))
    assert f"ja {women} 0 {women} nee {men} {men} 0" in cells
    assert as_(LEADER).get("/v1/reports/special", params=YEAR).status_code == 403
