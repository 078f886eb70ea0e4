"""After an IBO the employer hires: by when, whether it did, and what was decided where it did not."""

from datetime import date

import pytest
from pathway.domain import refusals
from pathway.domain.catalogue import PathwayFact
from pathway.domain.codes import ContractKind, Evaluation, PlanMotive
from pathway.domain.consistency import consistent
from pathway.domain.corrections import AnnulModule
from pathway.domain.course import ModuleIntensityChanged
from pathway.domain.ibo import IboCompleted
from pathway.domain.obligation import (
    HireObligationBreached,
    HireObligationWaived,
    RecordHireBreach,
    WaiveHireObligation,
)
from pathway.domain.state import Pathway
from pathway.domain.work_codes import BreachMotive, ObligationStatus, WaiverMotive

from tests.pathway.domain.kit import (
    EMPLOYER,
    OTHER_EMPLOYER,
    day,
    enrolled,
    given,
    hired,
    ibo_completed,
    ibo_started,
    module_id,
    stage_started,
    stopped,
)
from tests.pathway.domain.test_hire import hire

STARTED = ibo_started(1, "2015-01-01", "2015-06-30")
DONE = given(enrolled(), STARTED, ibo_completed(1, "2015-06-30"))
DUE = day("2015-07-07")
FIXED = {"contract": ContractKind.BEPAALDE_DUUR, "until": "2015-12-31"}


def waive(on: str = "2015-07-13", number: int = 1) -> WaiveHireObligation:
    return WaiveHireObligation(
        on=day(on),
        module_id=module_id(number),
        motive=WaiverMotive.HERSTRUCTURERING,
        decision_ref="BESL-1",
    )


def breach(on: str = "2015-07-13", until: str | None = None) -> RecordHireBreach:
    return RecordHireBreach(
        on=day(on),
        module_id=module_id(1),
        motive=BreachMotive.GEEN_AANWERVING,
        decision_ref="BESL-2",
        sanction_until=day(until) if until else None,
    )


WAIVED = HireObligationWaived.model_validate(waive().told())
BREACHED = HireObligationBreached.model_validate(breach().told())


def obligation(pathway: Pathway) -> tuple[date, ObligationStatus, date | None] | None:
    return next(((o.due_by, o.status, o.hired_on) for o in pathway.obligations), None)


def protected(pathway: Pathway) -> list[date | None]:
    return [pathway.protected_until(job) for job in pathway.hires]


def linked(on: str, employer: str = EMPLOYER) -> PathwayFact:
    return hired(on, employer).model_copy(update={"linked_module_id": module_id(1)})


def test_after_an_ibo_the_employer_hires_within_a_week_or_by_the_day_agreed() -> None:
    agreed = ibo_completed(1, "2015-06-30").model_copy(update={"hire_due_by": day("2015-09-01")})

    assert obligation(DONE.pathway) == (DUE, ObligationStatus.OPEN, None)
    assert obligation(given(enrolled(), STARTED, agreed).pathway) == (
        day("2015-09-01"),
        ObligationStatus.OPEN,
        None,
    )


def test_who_did_not_succeed_need_not_be_hired() -> None:
    failed = IboCompleted(
        occurred_on=day("2015-06-30"), module_id=module_id(1), evaluation=Evaluation.ONGUNSTIG
    )

    assert obligation(given(enrolled(), STARTED, failed).pathway) is None


def test_an_ibo_that_stopped_obliges_nobody() -> None:
    assert obligation(given(enrolled(), STARTED, stopped(1, "2015-03-31")).pathway) is None


@pytest.mark.parametrize(
    ("fact", "met"),
    [
        pytest.param(hired("2015-07-01"), True, id="the same employer in time"),
        pytest.param(hired("2015-07-07"), True, id="on the last day"),
        pytest.param(hired("2015-07-08"), False, id="too late, and not told to follow it"),
        pytest.param(linked("2015-08-03"), True, id="too late, and told to follow it"),
        pytest.param(hired("2015-07-01", OTHER_EMPLOYER), False, id="another employer"),
        pytest.param(linked("2015-07-01", OTHER_EMPLOYER), False, id="another employer, linked"),
        pytest.param(hired("2014-12-01"), False, id="before the IBO"),
        pytest.param(
            hired("2015-07-01").model_copy(update={"contract": ContractKind.INTERIM}),
            False,
            id="through an agency",
        ),
    ],
)
def test_who_meets_the_obligation_protects_as_long_as_the_ibo_lasted(
    fact: PathwayFact, *, met: bool
) -> None:
    pathway = given(*DONE.facts, fact).pathway

    status = ObligationStatus.NAGEKOMEN if met else ObligationStatus.OPEN
    assert obligation(pathway) == (DUE, status, fact.occurred_on if met else None)
    lasted = day("2015-06-30") - day("2015-01-01")
    assert protected(pathway) == [fact.occurred_on + lasted if met else None]


def test_a_hire_that_ended_the_ibo_is_protected_as_long_as_that_lasted() -> None:
    running = given(enrolled(), STARTED)
    facts = running.when(hire("2015-03-02", linked_module_id=module_id(1)))

    # From 1 January to 1 March: sixty days.
    assert protected(given(*running.facts, *facts).pathway) == [day("2015-04-30")]


def test_the_obligation_is_waived() -> None:
    assert DONE.when(waive()) == [WAIVED]

    after = given(*DONE.facts, WAIVED).pathway
    assert obligation(after) == (DUE, ObligationStatus.VRIJGESTELD, None)


def test_a_breach_is_recorded_with_what_follows_for_the_employer() -> None:
    (fact,) = DONE.when(breach(until="2017-07-12"))

    (found,) = given(*DONE.facts, fact).pathway.obligations
    assert found.status == ObligationStatus.GESCHONDEN
    assert found.decision is not None
    assert (found.decision.decision_ref, found.decision.sanction_until) == (
        "BESL-2",
        day("2017-07-12"),
    )


def test_an_exclusion_ends_not_before_its_decision() -> None:
    with pytest.raises(refusals.EndBeforeStart) as refused:
        DONE.when(breach(until="2015-07-12"))

    assert refused.value.field == "sanction_until"


@pytest.mark.parametrize("command", [waive(), breach()], ids=["waived", "breached"])
@pytest.mark.parametrize(
    "facts",
    [
        pytest.param([STARTED], id="runs"),
        pytest.param([STARTED, stopped(1, "2015-03-31")], id="stopped"),
        pytest.param([stage_started(1, "2015-01-05", "2015-01-30")], id="stage"),
    ],
)
def test_only_a_completed_ibo_has_an_obligation_to_decide_about(
    facts: list[PathwayFact], command: WaiveHireObligation | RecordHireBreach
) -> None:
    with pytest.raises(refusals.NoHireObligation):
        given(enrolled(), *facts).when(command)


def test_only_a_module_of_the_pathway() -> None:
    with pytest.raises(refusals.UnknownModule):
        DONE.when(waive(number=2))


@pytest.mark.parametrize(
    ("before", "same", "other"),
    [(WAIVED, waive(), breach()), (BREACHED, breach(), waive())],
    ids=["waived", "breached"],
)
def test_it_is_decided_once(
    before: PathwayFact,
    same: WaiveHireObligation | RecordHireBreach,
    other: WaiveHireObligation | RecordHireBreach,
) -> None:
    told = given(*DONE.facts, before)

    assert told.when(same) == []
    for command in (other, same.model_copy(update={"decision_ref": "BESL-3"})):
        with pytest.raises(refusals.HireObligationSettled, match="2015-07-13"):
            told.when(command)


@pytest.mark.parametrize("command", [waive(), breach()], ids=["waived", "breached"])
def test_nothing_is_decided_about_an_obligation_that_was_met(
    command: WaiveHireObligation | RecordHireBreach,
) -> None:
    with pytest.raises(refusals.HireObligationSettled, match="hired the person on 2015-07-01"):
        given(*DONE.facts, hired("2015-07-01")).when(command)


def test_a_hire_told_late_does_not_meet_what_was_found_breached() -> None:
    with pytest.raises(refusals.HireObligationSettled) as refused:
        given(*DONE.facts, BREACHED).when(hire("2015-07-01"))

    assert refused.value.field == "on"


def test_a_hire_after_the_decision_stands_beside_it() -> None:
    told = given(*DONE.facts, BREACHED)
    facts = told.when(hire("2015-08-03", linked_module_id=module_id(1)))
    after = given(*told.facts, *facts)

    assert obligation(after.pathway) == (DUE, ObligationStatus.GESCHONDEN, day("2015-08-03"))
    consistent(after.told)


def test_an_annulled_ibo_takes_its_obligation_along() -> None:
    annul = AnnulModule.model_validate(
        {"on": day("2015-08-03"), "module_id": module_id(1), "reason": "TEST"}
    )
    told = given(*DONE.facts, WAIVED)

    assert given(*told.facts, *told.when(annul)).pathway.obligations == ()


@pytest.mark.parametrize(
    ("on", "more", "warned"),
    [
        ("2015-07-01", FIXED, True),
        ("2015-07-01", {**FIXED, "approval_ref": "GOEDK-1"}, False),
        ("2015-07-01", {}, False),
        ("2015-08-03", FIXED, False),
    ],
    ids=["fixed", "approved", "open-ended", "not after the IBO"],
)
def test_a_fixed_term_after_an_ibo_without_approval_warns(
    on: str, more: dict[str, object], *, warned: bool
) -> None:
    (fact,) = DONE.when(hire(on, **more))

    assert fact.warnings(DONE.pathway) == (("fixed-term-without-approval",) if warned else ())


def test_a_fixed_term_that_ends_a_running_ibo_warns_too() -> None:
    running = given(enrolled(), STARTED)
    *_, fact = running.when(hire("2015-03-02", **FIXED))

    assert fact.warnings(running.pathway) == ("fixed-term-without-approval",)


@pytest.mark.parametrize(
    ("on", "hours", "warned"),
    [("2015-07-01", 30, True), ("2015-07-01", 38, False), ("2015-08-03", 30, False)],
    ids=["fewer", "as many", "not after the IBO"],
)
def test_a_hire_for_fewer_hours_than_the_ibo_before_it_warns(
    on: str, hours: int, *, warned: bool
) -> None:
    (fact,) = DONE.when(hire(on, hours_per_week=hours))

    assert fact.warnings(DONE.pathway) == (("fewer-hours-than-ibo",) if warned else ())


def test_the_hours_of_an_ibo_are_those_of_its_last_days() -> None:
    fewer = ModuleIntensityChanged(
        occurred_on=day("2015-05-04"),
        module_id=module_id(1),
        hours_per_week=20,
        motive=PlanMotive.VRAAG_CURSIST,
    )
    done = given(enrolled(), STARTED, fewer, ibo_completed(1, "2015-06-30"))
    (fact,) = done.when(hire("2015-07-01", hours_per_week=20))

    assert fact.warnings(done.pathway) == ()


def test_a_hire_that_ends_a_running_ibo_is_compared_with_it_too() -> None:
    running = given(enrolled(), STARTED)
    *_, fact = running.when(hire("2015-03-02", hours_per_week=19))

    assert fact.warnings(running.pathway) == ("fewer-hours-than-ibo",)


def test_temp_work_there_is_not_the_hire_that_was_agreed_and_is_not_compared() -> None:
    (fact,) = DONE.when(hire("2015-07-01", hours_per_week=19, contract=ContractKind.INTERIM))

    assert fact.warnings(DONE.pathway) == ()
