"""Modules from their start to their end."""

import pytest
from pathway.domain import refusals
from pathway.domain.codes import IboVariant, ModuleStatus, StageKind, StopReason
from pathway.domain.ibo import CompleteIbo, IboStarted, StartIbo
from pathway.domain.modules import EndModule, StopModule
from pathway.domain.stage import CompleteStage, StageCompleted, StageStarted, StartStage
from pathway.domain.wep_plus import (
    CompleteModule,
    InsertionModuleStarted,
    StartInsertionModule,
    StartWorkExperienceModule,
    WorkExperienceModuleStarted,
)

from tests.pathway.domain.kit import (
    EMPLOYER,
    HOST,
    NEW,
    PROMOTOR,
    completed,
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
RUNNING = given(enrolled(), ibo_started(1, "2015-01-01", "2015-06-30"))


def complete(on: str, number: int = 1) -> CompleteIbo:
    return CompleteIbo(on=day(on), module_id=module_id(number))


def stop(on: str, reason: StopReason = StopReason.OPLEIDING, number: int = 1) -> StopModule:
    return StopModule(on=day(on), module_id=module_id(number), reason=reason)


def test_an_ibo_starts_with_all_that_is_told_of_it() -> None:
    facts = PATHWAY.when(
        StartIbo(
            on=day("2015-01-01"),
            planned_until=day("2015-06-30"),
            hours_per_week="38",
            variant=IboVariant.C_IBO,
            employer=EMPLOYER,
            occupation="F160201",
        )
    )

    assert facts == [
        IboStarted(
            occurred_on=day("2015-01-01"),
            module_id=NEW,
            planned_until=day("2015-06-30"),
            hours_per_week="38",
            variant=IboVariant.C_IBO,
            employer=EMPLOYER,
            occupation="F160201",
        )
    ]


def test_a_stage_starts() -> None:
    told = {"planned_until": "2015-02-27", "hours_per_week": "30.4", "stage": "BVS", "host": HOST}

    facts = PATHWAY.when(StartStage.model_validate({"on": "2015-02-02", **told}))

    assert facts == [
        StageStarted.model_validate({"occurred_on": "2015-02-02", "module_id": NEW, **told})
    ]


@pytest.mark.parametrize(
    ("command", "fact"),
    [
        (StartWorkExperienceModule, WorkExperienceModuleStarted),
        (StartInsertionModule, InsertionModuleStarted),
    ],
)
def test_a_module_of_wep_plus_starts(
    command: type[StartWorkExperienceModule | StartInsertionModule],
    fact: type[WorkExperienceModuleStarted | InsertionModuleStarted],
) -> None:
    told = {
        "planned_until": "2015-09-30",
        "hours_per_week": "38",
        "promotor": PROMOTOR,
        "project": "WEP-2014-0001",
        "work_floor": HOST,
        "aftercare_premium": True,
    }

    facts = PATHWAY.when(command.model_validate({"on": "2014-10-15", **told}))

    assert facts == [fact.model_validate({"occurred_on": "2014-10-15", "module_id": NEW, **told})]


def test_a_module_may_last_one_day_but_not_less() -> None:
    def stage(until: str) -> StartStage:
        return StartStage(
            on=day("2015-02-02"),
            planned_until=day(until),
            hours_per_week="8",
            stage=StageKind.KOS,
            host=HOST,
        )

    assert PATHWAY.when(stage("2015-02-02"))
    with pytest.raises(refusals.EndBeforeStart) as refused:
        PATHWAY.when(stage("2015-02-01"))

    assert refused.value.field == "planned_until"


@pytest.mark.parametrize("on", ["2015-01-01", "2015-03-31", "2015-06-30", "2015-07-31"])
def test_an_ibo_is_completed_on_any_day_from_its_start(on: str) -> None:
    assert RUNNING.when(complete(on)) == [ibo_completed(1, on)]


def test_a_stage_is_completed() -> None:
    running = given(enrolled(), stage_started(1, "2015-01-01", "2015-01-31"))

    facts = running.when(CompleteStage(on=day("2015-01-30"), module_id=module_id(1)))

    assert facts == [StageCompleted(occurred_on=day("2015-01-30"), module_id=module_id(1))]


@pytest.mark.parametrize("started", [w_started(1), i_started(1)], ids=["W", "I"])
def test_a_module_of_wep_plus_is_completed(started: WorkExperienceModuleStarted) -> None:
    facts = given(enrolled(), started).when(
        CompleteModule(on=day("2015-09-30"), module_id=module_id(1))
    )

    assert facts == [completed(1, "2015-09-30")]


@pytest.mark.parametrize(
    "started",
    [ibo_started(1, "2015-01-01", "2015-06-30"), stage_started(1, "2015-01-01", "2015-06-30")],
    ids=["IBO", "stage"],
)
def test_any_module_can_be_stopped_for_a_reason(started: IboStarted) -> None:
    facts = given(enrolled(), started).when(stop("2015-02-01", StopReason.ZIEKTE))

    assert facts == [stopped(1, "2015-02-01", StopReason.ZIEKTE)]


@pytest.mark.parametrize(
    ("command", "kinds"),
    [
        (CompleteStage(on=day("2015-02-01"), module_id=module_id(1)), "STAGE"),
        (CompleteModule(on=day("2015-02-01"), module_id=module_id(1)), "WEP_INSCHAKELING"),
    ],
)
def test_a_module_is_completed_by_the_command_of_its_kind(command: EndModule, kinds: str) -> None:
    with pytest.raises(refusals.WrongModuleKind, match=f"of kind IBO; .*{kinds}"):
        RUNNING.when(command)


def test_a_module_ends_not_before_its_start() -> None:
    with pytest.raises(refusals.EndBeforeStart, match="started on 2015-01-01"):
        RUNNING.when(complete("2014-12-31"))


def test_only_a_module_of_this_pathway_can_end() -> None:
    with pytest.raises(refusals.UnknownModule) as refused:
        RUNNING.when(complete("2015-02-01", number=2))

    assert refused.value.field == "module_id"


def test_the_same_end_told_twice_changes_nothing() -> None:
    ended = given(*RUNNING.facts, ibo_completed(1, "2015-06-30"))
    halted = given(*RUNNING.facts, stopped(1, "2015-06-30"))

    assert ended.when(complete("2015-06-30")) == []
    assert halted.when(stop("2015-06-30")) == []


@pytest.mark.parametrize(
    "command",
    [complete("2015-06-29"), stop("2015-06-30"), stop("2015-07-31")],
    ids=["another day", "another way", "both"],
)
def test_another_end_of_a_module_that_ended_is_refused(command: EndModule) -> None:
    ended = given(*RUNNING.facts, ibo_completed(1, "2015-06-30"))

    with pytest.raises(refusals.ModuleEnded, match=r"ended on 2015-06-30 \(VOLTOOID\)"):
        ended.when(command)


def test_a_module_that_was_stopped_for_another_reason_stays_so() -> None:
    halted = given(*RUNNING.facts, stopped(1, "2015-06-30", StopReason.OPLEIDING))

    with pytest.raises(refusals.ModuleEnded):
        halted.when(stop("2015-06-30", StopReason.VERHUIZING))


def test_a_start_and_an_end_told_late_are_put_in_their_place() -> None:
    told = given(enrolled(), ibo_started(2, "2015-07-01", "2015-12-31"))
    started = ibo_started(1, "2015-01-01", "2015-06-30")
    late = given(*told.facts, started, *given(*told.facts, started).when(complete("2015-06-30")))

    assert [(m.module_id, m.status) for m in late.pathway.modules] == [
        (module_id(1), ModuleStatus.VOLTOOID),
        (module_id(2), ModuleStatus.LOPEND),
    ]


def test_a_module_told_late_ends_before_a_hire_that_came_while_it_ran() -> None:
    late = given(enrolled(), hired("2015-06-01"), ibo_started(1, "2015-01-01", "2015-06-30"))

    assert late.when(complete("2015-05-31")) == [ibo_completed(1, "2015-05-31")]
    with pytest.raises(refusals.ModuleEnded, match=r"hired by .* on 2015-06-01"):
        late.when(complete("2015-06-02"))
