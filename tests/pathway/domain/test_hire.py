"""Being hired in the NEC, during a module or not."""

import pytest
from pathway.domain import refusals
from pathway.domain.codes import ContractKind, ModuleStatus, PathwayStatus, Proof, StopReason
from pathway.domain.work import Hire

from tests.pathway.domain.kit import (
    EMPLOYER,
    OTHER_EMPLOYER,
    PROMOTOR,
    day,
    enrolled,
    given,
    hired,
    i_started,
    ibo_completed,
    ibo_started,
    module_id,
    stage_started,
    stopped,
    w_started,
)

PATHWAY = given(enrolled())
IN_IBO = given(enrolled(), ibo_started(1, "2015-01-01", "2015-06-30"))


def hire(on: str, employer: str = EMPLOYER, **more: object) -> Hire:
    told = {"contract": ContractKind.ONBEPAALDE_DUUR, "hours_per_week": "38", "proof": Proof.DIMONA}
    return Hire.model_validate({"on": day(on), "employer": employer, **told, **more})


def test_a_person_is_hired() -> None:
    assert PATHWAY.when(hire("2015-03-02")) == [hired("2015-03-02")]


def test_a_hire_ends_the_module_that_runs_the_day_before() -> None:
    facts = IN_IBO.when(hire("2015-03-02"))

    assert facts == [
        stopped(1, "2015-03-01", StopReason.WERK_ZELFDE_WERKGEVER),
        hired("2015-03-02"),
    ]


def test_a_hire_elsewhere_ends_it_too_and_says_so() -> None:
    facts = IN_IBO.when(hire("2015-03-02", OTHER_EMPLOYER))

    assert facts == [
        stopped(1, "2015-03-01", StopReason.WERK_ANDERE_WERKGEVER),
        hired("2015-03-02", OTHER_EMPLOYER),
    ]


def test_a_hire_ends_every_module_that_runs() -> None:
    facts = given(enrolled(), w_started(1), i_started(2)).when(hire("2015-03-02", PROMOTOR))

    assert facts == [
        stopped(1, "2015-03-01", StopReason.WERK_ZELFDE_WERKGEVER),
        stopped(2, "2015-03-01", StopReason.WERK_ZELFDE_WERKGEVER),
        hired("2015-03-02", PROMOTOR),
    ]


def test_after_a_hire_no_module_runs_and_aftercare_begins() -> None:
    after = given(*IN_IBO.facts, *IN_IBO.when(hire("2015-03-02"))).pathway

    assert after.running() == ()
    assert after.modules[0].status == ModuleStatus.STOPGEZET
    assert after.status == PathwayStatus.NAZORG


def test_a_module_that_ended_the_day_before_is_left_alone() -> None:
    ended = given(*IN_IBO.facts, ibo_completed(1, "2015-06-30"))

    assert ended.when(hire("2015-07-01")) == [hired("2015-07-01")]


def test_a_late_hire_leaves_modules_that_started_after_it_alone() -> None:
    assert IN_IBO.when(hire("2014-12-01")) == [hired("2014-12-01")]


def test_a_late_hire_during_a_module_that_ended_later_is_refused_and_the_module_named() -> None:
    ended = given(*IN_IBO.facts, ibo_completed(1, "2015-06-30"))

    with pytest.raises(refusals.ModuleEnded, match=r"IBO at .* ran until 2015-06-30") as refused:
        ended.when(hire("2015-06-29"))

    assert refused.value.field == "on"


def test_a_second_hire_cannot_end_a_module_told_late_past_the_first() -> None:
    late = given(enrolled(), hired("2015-03-02"), ibo_started(1, "2015-01-01", "2015-06-30"))

    with pytest.raises(refusals.ModuleEnded, match=r"hired by .* on 2015-03-02") as refused:
        late.when(hire("2015-05-04", OTHER_EMPLOYER))

    assert refused.value.field == "on"


def test_a_hire_may_begin_on_the_last_day_of_a_module_that_has_ended() -> None:
    ended = given(*IN_IBO.facts, ibo_completed(1, "2015-06-30"))

    assert ended.when(hire("2015-06-30")) == [hired("2015-06-30")]


def test_a_hire_on_the_first_day_of_a_running_module_is_refused() -> None:
    with pytest.raises(refusals.EndBeforeStart, match="started on 2015-01-01"):
        IN_IBO.when(hire("2015-01-01"))


def test_a_module_of_one_day_can_come_before_a_hire() -> None:
    assert IN_IBO.when(hire("2015-01-02"))[0] == stopped(
        1, "2015-01-01", StopReason.WERK_ZELFDE_WERKGEVER
    )


def test_a_module_past_its_plan_ends_the_day_before_the_hire() -> None:
    assert IN_IBO.when(hire("2015-09-01"))[0] == stopped(
        1, "2015-08-31", StopReason.WERK_ZELFDE_WERKGEVER
    )


def test_a_module_past_its_plan_cannot_end_so_late_that_the_week_is_too_full() -> None:
    pathway = given(*IN_IBO.facts, stage_started(2, "2015-07-01", "2015-12-31"))

    with pytest.raises(refusals.TooManyHours):
        pathway.when(hire("2015-09-01"))


def test_a_module_of_wep_plus_ends_with_its_measure_at_the_latest() -> None:
    facts = given(enrolled(), w_started(1)).when(hire("2016-01-04"))

    assert facts[0] == stopped(1, "2015-09-30", StopReason.WERK_ANDERE_WERKGEVER)


def test_the_same_hire_told_twice_changes_nothing() -> None:
    assert given(enrolled(), hired("2015-03-02")).when(hire("2015-03-02")) == []


def test_a_second_job_is_another_hire() -> None:
    pathway = given(enrolled(), hired("2015-03-02"))

    assert pathway.when(hire("2015-03-02", OTHER_EMPLOYER)) == [hired("2015-03-02", OTHER_EMPLOYER)]


def test_a_contract_ends_not_before_it_starts() -> None:
    with pytest.raises(refusals.EndBeforeStart) as refused:
        PATHWAY.when(hire("2015-03-02", until="2015-03-01"))

    assert refused.value.field == "until"


def test_a_hire_names_the_module_that_led_to_it() -> None:
    ended = given(*IN_IBO.facts, ibo_completed(1, "2015-06-30"))

    (fact,) = ended.when(hire("2015-07-01", linked_module_id=module_id(1)))

    assert fact == hired("2015-07-01").model_copy(update={"linked_module_id": module_id(1)})


def test_the_module_that_led_to_a_hire_is_one_of_this_pathway() -> None:
    with pytest.raises(refusals.UnknownModule) as refused:
        PATHWAY.when(hire("2015-07-01", linked_module_id=module_id(1)))

    assert refused.value.field == "linked_module_id"
