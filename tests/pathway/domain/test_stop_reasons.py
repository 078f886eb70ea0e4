"""Why a module stops: which reasons a form takes, by the days on which it was open."""

from datetime import date

import pytest
from pathway.domain import report_refusals
from pathway.domain.catalogue import PathwayFact
from pathway.domain.codes import CorrectionReason, IboVariant, StageKind, StoppedBy, StopReason
from pathway.domain.corrections import CorrectData
from pathway.domain.modules import ModuleStopped, StopModule

from tests.pathway.domain.kit import (
    Given,
    day,
    enrolled,
    fact_id,
    given,
    ibo_started,
    module_id,
    stage_started,
    stopped,
    w_started,
)
from tests.pathway.domain.test_referral import confirmed, referred

TODAY = date(2024, 1, 15)
MEASURE = StopReason.EINDE_MAATREGEL


def ibo(on: str, until: str, variant: IboVariant = IboVariant.IBO) -> PathwayFact:
    return ibo_started(1, on, until).model_copy(update={"variant": variant})


def stage(kind: StageKind, on: str, until: str) -> PathwayFact:
    return stage_started(1, on, until).model_copy(update={"stage": kind})


def stop(on: str, reason: StopReason = MEASURE, by: StoppedBy | None = None) -> StopModule:
    return StopModule(on=day(on), module_id=module_id(1), reason=reason, stopped_by=by)


def stops(told: Given, command: StopModule) -> tuple[str, ...]:
    """The warnings with which it stops."""
    (fact,) = told.when(command, TODAY)
    assert isinstance(fact, ModuleStopped)
    return fact.warnings(told.pathway)


@pytest.mark.parametrize(
    ("start", "on"),
    [
        (ibo("2015-01-01", "2015-06-30"), "2015-03-31"),
        (ibo("2018-05-01", "2018-10-31"), "2018-08-31"),
        (stage(StageKind.OS, "2015-03-02", "2015-03-27"), "2015-03-20"),
        (stage(StageKind.WES, "2022-11-01", "2023-04-30"), "2022-12-31"),
        (stage(StageKind.IS, "2018-07-02", "2018-09-28"), "2018-08-30"),
    ],
    ids=["IBO", "IBO reformed", "OS", "WES without a minimum", "a day before the end of IS"],
)
def test_no_measure_ended_while_its_form_goes_on(start: PathwayFact, on: str) -> None:
    with pytest.raises(report_refusals.ReasonNotAllowed, match=f"goes on after {on}") as refused:
        given(enrolled(), start).when(stop(on), TODAY)

    assert refused.value.field == "reason"


@pytest.mark.parametrize(
    ("start", "on"),
    [
        (stage(StageKind.IS, "2018-07-02", "2018-09-28"), "2018-08-31"),
        (stage(StageKind.IS, "2018-07-02", "2018-09-28"), "2018-09-14"),
        (stage(StageKind.AS, "2022-11-02", "2023-03-31"), "2022-12-31"),
        (w_started(1), "2015-03-31"),
    ],
    ids=["IS", "IS later", "AS", "WEP+, with its project"],
)
def test_a_module_ends_with_its_measure(start: PathwayFact, on: str) -> None:
    assert stops(given(enrolled(), start), stop(on)) == ()


def test_where_no_source_tells_when_a_form_ended_its_end_only_warns() -> None:
    curative = given(enrolled(), ibo("2018-03-01", "2018-12-31", IboVariant.C_IBO))

    assert stops(curative, stop("2018-05-31")) == ("rule-uncertain",)
    assert stops(curative, stop("2018-08-31")) == ()


def test_a_module_of_who_is_guided_by_another_organisation_ends_with_the_measure_of_that() -> None:
    guided = (referred("2016-01-11"), confirmed("2016-02-01"), ibo("2016-03-01", "2016-08-26"))

    assert stops(given(enrolled(), *guided), stop("2016-06-30")) == ()
    with pytest.raises(report_refusals.ReasonNotAllowed):
        given(enrolled(), guided[0], guided[2]).when(stop("2016-06-30"), TODAY)


ACTIVATION = given(enrolled(), stage(StageKind.AS, "2018-01-15", "2018-07-13"))
FOR_VDAB = {
    *(StopReason.WERK_ZELFDE_WERKGEVER, StopReason.WERK_ANDERE_WERKGEVER),
    *(StopReason.NIET_OPGEDAAGD, StopReason.TEKORTKOMING_CURSIST),
    *(StopReason.TEKORTKOMING_WERKGEVER, StopReason.DOEL_BEREIKT, StopReason.DOEL_NIET_HAALBAAR),
}


@pytest.mark.parametrize("reason", sorted(FOR_VDAB))
def test_vdab_stops_an_activation_stage_for_four_things(reason: StopReason) -> None:
    assert stops(ACTIVATION, stop("2018-03-30", reason, StoppedBy.VDAB)) == ()


@pytest.mark.parametrize("reason", sorted(set(StopReason) - FOR_VDAB - {MEASURE}))
def test_for_others_only_others_stop_it_and_the_refusal_does_not_name_the_form(
    reason: StopReason,
) -> None:
    with pytest.raises(report_refusals.ReasonNotAllowed) as refused:
        ACTIVATION.when(stop("2018-03-30", reason, StoppedBy.VDAB), TODAY)

    assert refused.value.message == (
        "VDAB does not stop this form for that reason. Give the reason of its decision, or who else "
        "stopped it."
    )
    assert stops(ACTIVATION, stop("2018-03-30", reason, StoppedBy.CURSIST)) == ()
    assert stops(ACTIVATION, stop("2018-03-30", reason)) == ()


def test_vdab_stops_any_other_form_for_any_reason() -> None:
    other = given(enrolled(), stage(StageKind.OS, "2018-01-15", "2018-07-13"))

    assert stops(other, stop("2018-03-30", StopReason.ZIEKTE, StoppedBy.VDAB)) == ()


def test_the_row_that_judged_a_reason_is_kept_with_it_once() -> None:
    late = given(enrolled(), ibo("2017-12-01", "2018-02-28", IboVariant.C_IBO))
    (fact,) = late.when(stop("2018-03-30"), TODAY)

    assert fact.judged_by(late.pathway) == ("c-ibo/2012", "full-week-38/2003")
    assert fact.warnings(late.pathway) == ("ended-after-plan", "rule-uncertain")


def test_a_stop_is_not_corrected_to_a_reason_that_its_form_does_not_take() -> None:
    told = given(enrolled(), ibo("2015-01-01", "2015-06-30"), stopped(1, "2015-03-31"))

    with pytest.raises(report_refusals.ReasonNotAllowed):
        told.when(correct(changes={"reason": "EINDE_MAATREGEL"}))


def test_what_stopped_so_before_stays_and_can_be_corrected() -> None:
    told = given(enrolled(), ibo("2015-01-01", "2015-06-30"), stopped(1, "2015-03-31", MEASURE))

    assert told.when(correct("2015-03-30"))


def correct(on: str = "2015-03-31", **more: object) -> CorrectData:
    reason = CorrectionReason.INVOERFOUT
    return CorrectData.model_validate(
        {"on": day(on), "fact_id": fact_id(3), "reason": reason, **more}
    )


def test_an_ibo_that_stops_for_an_economic_reason_warns_without_its_decision() -> None:
    economic = stop("2015-03-31", StopReason.ECONOMISCHE_REDEN_WERKGEVER)
    running = given(enrolled(), ibo("2015-01-05", "2015-06-30"))

    assert stops(running, economic) == ("decision-missing",)
    decided = economic.model_copy(update={"decision_ref": "BESL-2015-0007"})
    assert stops(running, decided) == ()


def test_a_stage_stops_for_an_economic_reason_by_itself() -> None:
    running = given(enrolled(), stage(StageKind.OS, "2015-03-02", "2015-03-27"))

    assert stops(running, stop("2015-03-20", StopReason.ECONOMISCHE_REDEN_WERKGEVER)) == ()
