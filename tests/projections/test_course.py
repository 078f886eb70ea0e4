"""A pathway as bars over time, and by which fact each value stands as it does."""

from datetime import date

from projections.counsellor.course import Lane, set_by, spells
from projections.counsellor.examples import timeline_example
from projections.counsellor.glance import WIDE, drawing, standing_sentence
from projections.projection import Event
from projections.words import words

import schemas
from schemas.codes import ModuleKind, ModuleStatus
from schemas.events import ModulePlanned
from tests.projections.history import BAKERY, GARDEN, History, named

TODAY = date(2015, 10, 1)


def events(history: History) -> list[Event]:
    return [schemas.parse(value) for value in history.values]


def long_life() -> History:
    history = History("gust").enrolled(date(2014, 1, 6)).assigned(date(2014, 1, 8), "u1", "OE-1")
    history.ibo("a", date(2014, 2, 3), date(2014, 6, 27)).completed("a", date(2014, 6, 27))
    history.suspended(date(2014, 7, 1)).resumed(date(2014, 8, 1))
    history.hired(date(2014, 9, 1)).job_ended(date(2015, 2, 27)).hired(date(2015, 3, 2), GARDEN)
    return history


def test_what_lasted_stands_in_a_lane_of_its_own_with_the_fact_that_began_it() -> None:
    told = [
        (s.lane, s.organisation, s.first_day, s.last_day, s.version)
        for s in spells(events(long_life()))
    ]

    assert told == [
        (Lane.IBO, BAKERY, date(2014, 2, 3), date(2014, 6, 27), 3),
        (Lane.SUSPENSION, None, date(2014, 7, 1), date(2014, 7, 31), 5),
        (Lane.WORK, BAKERY, date(2014, 9, 1), date(2015, 2, 27), 7),
        (Lane.WORK, GARDEN, date(2015, 3, 2), None, 9),
    ]


def test_an_ibo_whose_contract_was_signed_before_it_begins_with_the_fact_that_started_it() -> None:
    history = History("gust").enrolled(date(2015, 6, 1))
    history.ibo("a", date(2015, 7, 1), date(2015, 12, 31)).signed("a", date(2015, 6, 29))

    (ibo,) = spells(sorted(events(history), key=lambda event: event.occurredon))

    assert (ibo.first_day, ibo.version) == (date(2015, 7, 1), 2)


def test_what_was_planned_first_begins_with_the_fact_that_started_it() -> None:
    history = History("gust").enrolled(date(2015, 6, 1))
    history.tell(
        ModulePlanned,
        date(2015, 6, 2),
        module_id=named(f"{history.pathway_id} module a"),
        module_kind=ModuleKind.STAGE,
        module_status=ModuleStatus.GEPLAND,
        planned_from=date(2015, 7, 1),
        planned_until=date(2015, 7, 31),
        hours_per_week=38.0,
        organisation=BAKERY,
    )
    planned = spells(events(history))

    started = spells(events(history.stage("a", date(2015, 7, 1), date(2015, 7, 31))))

    assert [(one.planned, one.version) for one in (*planned, *started)] == [(True, 2), (False, 3)]


def test_a_value_stands_by_the_newest_fact_that_told_it() -> None:
    history = long_life().transferred(date(2015, 4, 1), "u1", "u2")

    by = set_by(events(history))

    assert (by["enrolled_on"], by["counsellor"], by["last_hired_on"], by["status"]) == (1, 10, 9, 7)


def test_a_bar_runs_to_the_day_of_the_page_and_its_plan_goes_on_after_it() -> None:
    history = (
        History("gust").enrolled(date(2015, 6, 1)).ibo("a", date(2015, 7, 1), date(2015, 12, 31))
    )
    pathway = timeline_example().pathway.model_copy(update={"enrolled_on": date(2015, 6, 1)})

    made = drawing(pathway, spells(events(history)), TODAY, words("nl"))

    assert made is not None
    [(_, [bar])] = made.lanes
    assert bar.x < made.at <= bar.x + bar.width + 5
    assert bar.plan_x == bar.x + bar.width
    assert bar.plan_x + bar.plan_width == WIDE
    assert bar.text == "IBO bij 0400.000.148, sinds 01/07/2015, gepland tot en met 31/12/2015"


def test_where_somebody_stands_is_one_sentence_in_either_language() -> None:
    answer = timeline_example()

    told = [standing_sentence(answer.pathway, answer.spells, words(one)) for one in ("nl", "en")]

    assert told == [
        "In begeleiding: IBO bij 0400.000.148, sinds 01/09/2015, gepland tot en met 09/10/2015.",
        "In guidance: IBO at 0400.000.148, since 01/09/2015, planned until 09/10/2015.",
    ]
