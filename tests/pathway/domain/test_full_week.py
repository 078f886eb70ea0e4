"""Modules side by side take at most 38 hours a week together."""

import pytest
from pathway.domain import refusals
from pathway.domain.catalogue import PathwayFact
from pathway.domain.codes import StageKind
from pathway.domain.ibo import CompleteIbo, StartIbo
from pathway.domain.modules import StartModule
from pathway.domain.stage import StartStage
from pathway.domain.wep_plus import CompleteModule, StartInsertionModule, StartWorkExperienceModule

from tests.pathway.domain.kit import (
    HOST,
    NEW,
    OTHER_EMPLOYER,
    PROMOTOR,
    day,
    enrolled,
    given,
    i_started,
    ibo_completed,
    ibo_started,
    module_id,
    stage_started,
    w_started,
)

ENROLLED = enrolled("2014-01-06")


def stage(on: str, until: str, hours: str) -> StartStage:
    return StartStage(
        on=day(on), planned_until=day(until), hours_per_week=hours, stage=StageKind.OS, host=HOST
    )


def w(
    on: str = "2014-10-15", hours: str = "38", project: str | None = "WEP-2014-0001"
) -> StartModule:
    return StartWorkExperienceModule(
        on=day(on),
        planned_until=day("2015-09-30"),
        hours_per_week=hours,
        promotor=PROMOTOR,
        project=project,
    )


def i(
    on: str = "2014-10-15", hours: str = "38", project: str | None = "WEP-2014-0001"
) -> StartModule:
    return StartInsertionModule.model_validate(w(on, hours, project).model_dump())


def accepted(command: StartModule, *history: PathwayFact) -> bool:
    """Whether the module starts beside this history."""
    try:
        facts = given(ENROLLED, *history).when(command)
    except refusals.TooManyHours:
        return False
    return [getattr(fact, "module_id", None) for fact in facts] == [NEW]


def test_two_modules_that_fill_the_week_start_side_by_side() -> None:
    assert accepted(
        stage("2015-02-01", "2015-04-30", "19"), ibo_started(1, "2015-01-01", "2015-06-30", 19)
    )


def test_a_quarter_of_an_hour_too_many_is_refused_and_the_other_module_named() -> None:
    with pytest.raises(refusals.TooManyHours, match="IBO from 2015-01-01 to 2015-06-30") as refused:
        given(ENROLLED, ibo_started(1, "2015-01-01", "2015-06-30", 19)).when(
            stage("2015-02-01", "2015-04-30", "19.25")
        )

    assert "From 2015-02-01 on the modules would take 38.25 hours" in refused.value.message
    assert refused.value.field == "hours_per_week"


@pytest.mark.parametrize(
    ("on", "until", "fits"),
    [
        ("2014-11-01", "2014-12-31", True),
        ("2014-11-01", "2015-01-01", False),
        ("2015-01-01", "2015-01-31", False),
        ("2015-06-30", "2015-09-30", False),
        ("2015-07-01", "2015-09-30", True),
        ("2014-11-01", "2015-09-30", False),
    ],
    ids=["before", "its first day", "beside", "its last day", "after", "around"],
)
def test_a_module_takes_its_hours_from_its_first_day_to_its_last(
    on: str, until: str, fits: bool
) -> None:
    assert accepted(stage(on, until, "38"), ibo_started(1, "2015-01-01", "2015-06-30")) is fits


def test_a_module_that_ended_early_leaves_its_hours() -> None:
    history = [ibo_started(1, "2015-01-01", "2015-06-30"), ibo_completed(1, "2015-03-15")]

    assert accepted(stage("2015-03-16", "2015-06-30", "38"), *history)
    assert not accepted(stage("2015-03-15", "2015-06-30", "38"), *history)


def test_a_late_start_is_judged_on_its_own_days() -> None:
    later = ibo_started(1, "2015-06-01", "2015-08-31")

    assert accepted(stage("2015-02-01", "2015-05-31", "38"), later)
    assert not accepted(stage("2015-02-01", "2015-06-01", "38"), later)


def test_the_busiest_week_counts_and_not_the_sum_of_all() -> None:
    history = [
        ibo_started(1, "2015-01-01", "2015-01-31", 19),
        stage_started(2, "2015-03-01", "2015-03-31", 19),
    ]

    assert accepted(stage("2015-01-15", "2015-03-15", "19"), *history)


def test_three_modules_are_added_up_where_all_three_meet() -> None:
    history = [
        ibo_started(1, "2015-01-01", "2015-02-28", 15),
        stage_started(2, "2015-02-15", "2015-03-31", 15),
    ]

    with pytest.raises(refusals.TooManyHours, match=r"From 2015-02-15 on .* 40 hours"):
        given(ENROLLED, *history).when(stage("2015-01-15", "2015-03-15", "10"))


def test_w_and_i_of_one_project_count_once() -> None:
    assert accepted(i(), w_started(1))
    assert accepted(w(), i_started(1))


def test_w_and_i_of_different_projects_do_not() -> None:
    assert not accepted(i(project="WEP-2014-0002"), w_started(1))


def test_without_a_project_number_the_promotor_tells_the_project() -> None:
    assert accepted(i(project=None), w_started(1, project=None))


def test_two_modules_of_one_kind_in_one_project_count_twice() -> None:
    assert not accepted(w(), w_started(1))


def test_the_longer_week_of_the_two_is_what_counts() -> None:
    history = [w_started(1, hours=19), stage_started(2, "2014-11-01", "2015-01-31", 19)]

    assert accepted(i(hours="19"), *history)
    assert not accepted(i(hours="20"), *history)


def test_an_ibo_beside_a_full_wep_plus_week_is_refused() -> None:
    ibo = StartIbo(
        on=day("2015-09-01"),
        planned_until=day("2015-12-31"),
        hours_per_week="19",
        employer=OTHER_EMPLOYER,
    )

    assert not accepted(ibo, w_started(1), i_started(2))


def test_a_module_cannot_end_so_late_that_it_meets_the_next_one() -> None:
    pathway = given(
        ENROLLED,
        ibo_started(1, "2015-01-01", "2015-03-31"),
        stage_started(2, "2015-04-01", "2015-06-30"),
    )

    assert pathway.when(CompleteIbo(on=day("2015-03-31"), module_id=module_id(1)))
    with pytest.raises(refusals.TooManyHours, match="STAGE from 2015-04-01") as refused:
        pathway.when(CompleteIbo(on=day("2015-04-01"), module_id=module_id(1)))

    assert refused.value.field == "on"


def test_a_module_of_wep_plus_can_end_late_beside_the_other_of_its_project() -> None:
    pathway = given(ENROLLED, w_started(1, until="2015-03-31"), i_started(2))

    assert pathway.when(CompleteModule(on=day("2015-04-30"), module_id=module_id(1)))


@pytest.mark.parametrize("hours", ["0", "-1", "38.01", "38.001"])
def test_hours_are_above_zero_and_at_most_38(hours: str) -> None:
    with pytest.raises(ValueError, match="hours_per_week"):
        stage("2015-01-01", "2015-02-01", hours)


@pytest.mark.parametrize(
    ("first", "second", "together"),
    [
        ("WEP-2014-0001", None, True),
        (None, "WEP-2014-0001", True),
        (None, None, True),
        ("WEP-2014-0001", "WEP-2014-0002", False),
    ],
)
def test_without_its_number_a_project_is_known_by_its_promotor(
    first: str | None, second: str | None, together: bool
) -> None:
    assert accepted(i(project=second), w_started(1, project=first)) is together
