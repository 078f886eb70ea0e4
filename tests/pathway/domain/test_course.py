"""Modules that are planned, pause, go on, and are planned anew; guidance that waits and comes back."""

from decimal import Decimal
from typing import Any

import pytest
from pathway.domain import refusals
from pathway.domain.closing import Close, Reopen
from pathway.domain.codes import (
    ExitType,
    IboVariant,
    InterruptionReason,
    ModuleKind,
    ModuleStatus,
    NotStartedReason,
    PathwayStatus,
    PlanMotive,
    ReopeningReason,
    StageKind,
    StopReason,
    SuspensionReason,
)
from pathway.domain.corrections import AnnulModule, AnnulRegistration
from pathway.domain.course import (
    ChangeIntensity,
    ExtendModule,
    InterruptModule,
    ModuleInterrupted,
    ModuleResumed,
    ResumeModule,
    ShortenModule,
)
from pathway.domain.ibo import CompleteIbo, IboStarted, StartIbo
from pathway.domain.modules import StopModule
from pathway.domain.planning import DropPlannedModule, ModulePlanned, PlanModule
from pathway.domain.state import Module
from pathway.domain.suspension import PathwayResumed, PathwaySuspended, Resume, Suspend
from pathway.domain.work import Hire

from tests.pathway.domain.kit import (
    EMPLOYER,
    NEW,
    OTHER_EMPLOYER,
    PROMOTOR,
    Given,
    assigned,
    closed,
    day,
    enrolled,
    fact_id,
    given,
    hired,
    ibo_completed,
    ibo_started,
    module_id,
    stage_started,
    stopped,
    w_started,
)

IBO = ibo_started(1, "2015-01-05", "2015-06-26")
RUNNING = given(enrolled(), assigned("2014-01-10"), IBO)
ONE = {"module_id": module_id(1)}
BECAUSE = {"motive": PlanMotive.INHALEN_AFWEZIGHEID}


def plan(on: str = "2015-01-05", start: str = "2015-02-02", **told: Any) -> PlanModule:
    ibo = {"module_kind": ModuleKind.IBO, "organisation": EMPLOYER, "hours_per_week": 38}
    until = {"planned_until": "2015-07-31"}
    return PlanModule.model_validate({"on": on, "planned_from": start, **ibo, **until, **told})


def interrupt(on: str) -> InterruptModule:
    return InterruptModule(on=day(on), **ONE, reason=InterruptionReason.COLLECTIEVE_SLUITING)


def resume(on: str, until: str | None = None) -> ResumeModule:
    return ResumeModule(on=day(on), **ONE, planned_until=day(until) if until else None)


def extend(until: str, on: str = "2015-05-04") -> ExtendModule:
    return ExtendModule(on=day(on), **ONE, planned_until=day(until), **BECAUSE)


def shorten(until: str, on: str = "2015-05-04") -> ShortenModule:
    return ShortenModule(on=day(on), **ONE, planned_until=day(until), **BECAUSE)


def after(before: Given, *commands: Any) -> Given:
    facts = before.facts
    for command in commands:
        facts = (*facts, *Given(facts).when(command))
    return Given(facts)


def the_module(of: Given) -> Module:
    module = of.pathway.module(module_id(1))
    assert module is not None
    return module


class TestPlanned:
    PLANNED = given(
        enrolled(),
        ModulePlanned(
            occurred_on=day("2015-01-05"),
            module_id=module_id(1),
            module_kind=ModuleKind.IBO,
            organisation=EMPLOYER,
            planned_from=day("2015-02-02"),
            planned_until=day("2015-07-31"),
            hours_per_week=Decimal(38),
        ),
    )

    def start(self, **told: Any) -> StartIbo:
        ibo = {"on": "2015-02-03", "planned_until": "2015-07-31", "hours_per_week": 38}
        own = {"employer": EMPLOYER, "planned_module_id": module_id(1)}
        return StartIbo.model_validate({**ibo, **own, **told})

    def test_it_is_on_record_and_has_not_started(self) -> None:
        (planned,) = given(enrolled()).when(plan())

        pathway = given(enrolled(), planned).pathway
        assert planned.module_id == NEW
        assert pathway.modules[0].status == ModuleStatus.GEPLAND
        assert pathway.status == PathwayStatus.INGESCHREVEN
        assert pathway.running() == ()

    def test_it_takes_its_hours_already(self) -> None:
        with pytest.raises(refusals.TooManyHours):
            self.PLANNED.when(plan(start="2015-03-02"))

    def test_it_is_judged_by_the_rules_of_its_first_day(self) -> None:
        with pytest.raises(refusals.TooLong):
            given(enrolled()).when(plan(planned_until="2016-02-01"))
        with pytest.raises(refusals.InstrumentNotOpen):
            given(enrolled()).when(plan(variant=IboVariant.K_IBO))
        wep_plus = {"module_kind": ModuleKind.WEP_WERKERVARING, "organisation": PROMOTOR}
        with pytest.raises(refusals.InflowClosed):
            given(enrolled()).when(plan("2015-03-02", "2015-04-01", **wep_plus))

    def test_a_plan_lies_ahead_and_ends_after_it_begins(self) -> None:
        with pytest.raises(refusals.PlanInThePast):
            given(enrolled()).when(plan("2015-02-03"))
        with pytest.raises(refusals.EndBeforeStart):
            given(enrolled()).when(plan(planned_until="2015-02-01"))

    @pytest.mark.parametrize(
        "told",
        [
            {"stage": StageKind.OS},
            {"module_kind": ModuleKind.STAGE},
            {"module_kind": ModuleKind.STAGE, "stage": "OS", "variant": "IBO"},
            {"module_kind": ModuleKind.WEP_INSCHAKELING, "variant": "IBO"},
        ],
    )
    def test_a_form_goes_with_its_own_kind(self, told: dict[str, Any]) -> None:
        with pytest.raises(refusals.WrongForm):
            given(enrolled()).when(plan(**told))

    def test_it_starts_under_its_own_id(self) -> None:
        (started,) = self.PLANNED.when(self.start())

        assert isinstance(started, IboStarted)
        pathway = given(*self.PLANNED.facts, started).pathway
        (module,) = pathway.modules
        assert (module.status, module.started_on) == (ModuleStatus.LOPEND, day("2015-02-03"))
        assert pathway.status == PathwayStatus.IN_BEGELEIDING

    def test_it_did_not_start_before_the_day_of_its_plan(self) -> None:
        early = self.start(on="2015-01-04", planned_until="2015-06-30")

        with pytest.raises(refusals.Collides, match="began before 2015-01-05, the day of its plan"):
            self.PLANNED.when(early)

    def test_only_what_was_planned_starts_so(self) -> None:
        with pytest.raises(refusals.UnknownModule) as refused:
            self.PLANNED.when(self.start(planned_module_id=module_id(5)))
        assert refused.value.field == "planned_module_id"
        with pytest.raises(refusals.NotInThisStatus):
            RUNNING.when(self.start())

    def test_what_does_not_take_place_frees_its_hours_and_is_no_stop(self) -> None:
        drop = DropPlannedModule(on=day("2015-02-02"), **ONE, reason=NotStartedReason.GEEN_PLAATS)

        dropped = after(self.PLANNED, drop)

        assert the_module(dropped).status == ModuleStatus.NIET_GESTART
        assert dropped.when(plan("2015-02-02", "2015-02-03"))
        assert dropped.when(drop) == []

    def test_it_can_be_annulled_and_closes_nothing_before(self) -> None:
        with pytest.raises(refusals.ModuleRunning, match="is planned from"):
            self.PLANNED.when(Close(on=day("2015-06-01"), exit_type=ExitType.UITSCHRIJVING))
        annulled = after(self.PLANNED, AnnulModule(on=day("2015-02-02"), **ONE, reason="DUBBEL"))

        assert annulled.pathway.modules == ()
        assert [m.module_id for m in annulled.pathway.annulled] == [module_id(1)]
        with pytest.raises(refusals.NotCorrectable, match="annul-module"):
            self.PLANNED.when(
                AnnulRegistration(on=day("2015-02-02"), fact_id=fact_id(2), reason="DUBBEL")
            )

    def test_once_started_it_is_annulled_whole(self) -> None:
        started = after(self.PLANNED, self.start())

        annulled = after(started, AnnulModule(on=day("2015-03-02"), **ONE, reason="DUBBEL"))

        assert annulled.pathway.modules == ()
        assert len(annulled.pathway.annulled) == 1


class TestPauses:
    def test_the_end_moves_by_the_pause(self) -> None:
        resumed = after(RUNNING, interrupt("2015-03-02"), resume("2015-03-16"))

        module = the_module(resumed)
        assert module.status == ModuleStatus.LOPEND
        assert module.planned_until == day("2015-07-10")
        assert module.paused_days == 14

    def test_a_pause_does_not_count_in_the_length(self) -> None:
        full = given(enrolled(), ibo_started(1, "2015-01-05", "2015-07-03"))

        resumed = after(full, interrupt("2015-03-02"), resume("2015-03-16"))

        assert the_module(resumed).planned_until == day("2015-07-17")
        with pytest.raises(refusals.TooLong):
            after(full, interrupt("2015-03-02"), resume("2015-03-16", "2015-07-24"))

    def test_wep_plus_ends_with_its_measure_whatever_the_pause(self) -> None:
        given_w = given(enrolled(), w_started(1))

        resumed = after(given_w, interrupt("2015-03-02"), resume("2015-03-16"))

        assert the_module(resumed).planned_until == day("2015-09-30")
        with pytest.raises(refusals.EndAfterMeasure):
            after(given_w, interrupt("2015-03-02"), resume("2015-03-16", "2015-10-01"))

    def test_a_module_that_pauses_can_be_stopped_and_its_last_pause_counts(self) -> None:
        stop = StopModule(on=day("2015-03-15"), **ONE, reason=StopReason.ONDERLING_AKKOORD)

        stopped_ = after(RUNNING, interrupt("2015-03-02"), stop)

        module = the_module(stopped_)
        assert (module.status, module.interrupted_on) == (ModuleStatus.STOPGEZET, None)
        assert module.paused_days == 14

    def test_nothing_pauses_before_it_starts_or_goes_on_after_its_end(self) -> None:
        with pytest.raises(refusals.EndBeforeStart):
            RUNNING.when(interrupt("2015-01-04"))
        paused = after(RUNNING, interrupt("2015-03-02"))
        with pytest.raises(refusals.EndBeforeStart):
            paused.when(resume("2015-07-06", "2015-07-05"))
        with pytest.raises(refusals.NotInThisStatus):
            RUNNING.when(resume("2015-03-16"))

    def test_a_pause_that_is_told_late_is_folded_in_at_its_own_day(self) -> None:
        later = given(*RUNNING.facts, ibo_completed(1, "2015-06-26"))

        (late,) = later.when(interrupt("2015-03-02"))

        assert isinstance(late, ModuleInterrupted)
        assert the_module(given(*later.facts, late)).status == ModuleStatus.VOLTOOID
        with pytest.raises(refusals.ModuleEnded):
            later.when(StopModule(on=day("2015-06-29"), **ONE, reason=StopReason.OVERMACHT))

    def test_what_a_late_fact_makes_impossible_is_named(self) -> None:
        paused = after(RUNNING, interrupt("2015-03-02"), resume("2015-03-16"))

        with pytest.raises(refusals.Collides, match="ModuleInterrupted of 2015-03-02"):
            paused.when(interrupt("2015-02-16"))


class TestPlannedAnew:
    def test_an_ibo_is_extended_up_to_the_hard_maximum(self) -> None:
        extended = after(RUNNING, extend("2015-07-05"))

        assert the_module(extended).planned_until == day("2015-07-05")
        with pytest.raises(refusals.TooLong):
            RUNNING.when(extend("2015-07-06"))

    def test_past_the_soft_maximum_there_is_a_warning(self) -> None:
        young = given(enrolled(), ibo_started(1, "2019-01-07", "2019-05-31"))
        today = day("2019-06-03")

        (soft,) = young.when(extend("2019-06-30", "2019-05-06"), today)

        assert soft.warnings(young.pathway) == ("soft-maximum-passed",)
        assert "ibo/2018" in soft.judged_by(young.pathway)

    def test_what_its_form_never_allows_to_extend_is_refused(self) -> None:
        activation = stage_started(1, "2017-05-02", "2017-07-28").model_copy(
            update={"stage": StageKind.AS}
        )

        with pytest.raises(refusals.NotExtendable):
            given(enrolled(), activation).when(
                extend("2017-08-25", "2017-06-01"), day("2017-09-01")
            )

    def test_it_is_shortened_but_not_below_the_minimum_of_its_form(self) -> None:
        assert the_module(after(RUNNING, shorten("2015-06-12"))).planned_until == day("2015-06-12")
        with pytest.raises(refusals.TooShort):
            RUNNING.when(shorten("2015-01-16", "2015-01-12"))

    def test_longer_is_longer_and_shorter_is_shorter(self) -> None:
        with pytest.raises(refusals.PlanUnchanged):
            RUNNING.when(extend("2015-06-25"))
        with pytest.raises(refusals.PlanUnchanged):
            RUNNING.when(shorten("2015-06-29"))
        with pytest.raises(refusals.PlanUnchanged):
            given(enrolled(), stage_started(1, "2015-05-04", "2015-05-29")).when(
                shorten("2015-05-03")
            )

    @pytest.mark.parametrize("command", [extend("2015-06-26"), shorten("2015-06-26")])
    def test_the_plan_that_stands_is_nothing_new(self, command: Any) -> None:
        assert RUNNING.when(command) == []

    def test_other_hours_count_from_their_day(self) -> None:
        half = ChangeIntensity(on=day("2015-03-02"), **ONE, hours_per_week=Decimal(19), **BECAUSE)

        changed = after(RUNNING, half)

        module = the_module(changed)
        assert [module.hours_on(day(on)) for on in ("2015-03-01", "2015-03-02")] == [38, 19]
        stage = stage_started(2, "2015-03-02", "2015-03-27", 19)
        stage.fits(changed.pathway)
        with pytest.raises(refusals.TooManyHours):
            stage_started(2, "2015-03-01", "2015-03-27", 19).fits(changed.pathway)
        assert module.hours_per_week == Decimal(19)
        assert changed.when(half) == []

    def test_hours_that_were_told_late_of_a_module_that_is_over_are_told_once(self) -> None:
        half = ChangeIntensity(on=day("2015-03-02"), **ONE, hours_per_week=Decimal(19), **BECAUSE)
        over = given(*RUNNING.facts, ibo_completed(1, "2015-05-29"))

        changed = after(over, half)

        assert len(changed.facts) == len(over.facts) + 1
        assert changed.when(half) == []

    def test_fewer_hours_than_its_form_asks_and_more_than_a_week_are_refused(self) -> None:
        few = ChangeIntensity(on=day("2015-03-02"), **ONE, hours_per_week=Decimal(17), **BECAUSE)
        with pytest.raises(refusals.TooFewHours):
            RUNNING.when(few)
        two = given(
            enrolled(),
            ibo_started(1, "2015-01-05", "2015-06-26", 19),
            stage_started(2, "2015-01-05", "2015-01-30", 19),
        )
        with pytest.raises(refusals.TooManyHours):
            two.when(
                ChangeIntensity(on=day("2015-01-12"), **ONE, hours_per_week=Decimal(30), **BECAUSE)
            )


class TestEndedLate:
    @pytest.mark.parametrize(
        ("on", "warned"),
        [
            ("2015-06-26", ()),
            ("2015-07-03", ("ended-after-plan",)),
            ("2015-07-31", ("ended-after-plan", "hard-maximum-passed")),
        ],
    )
    def test_what_has_happened_is_told_with_a_warning(
        self, on: str, warned: tuple[str, ...]
    ) -> None:
        (ended,) = RUNNING.when(CompleteIbo(on=day(on), **ONE))

        assert ended.warnings(RUNNING.pathway) == warned


class TestGuidanceWaits:
    SUSPEND = Suspend(
        on=day("2015-03-02"), reason=SuspensionReason.ZIEKTE, expected_until=day("2015-04-30")
    )

    def test_modules_pause_with_it_and_go_on_with_it(self) -> None:
        facts = RUNNING.when(self.SUSPEND)
        assert [type(fact) for fact in facts] == [ModuleInterrupted, PathwaySuspended]
        suspended = given(*RUNNING.facts, *facts)
        assert suspended.pathway.status == PathwayStatus.GESCHORST

        went_on = suspended.when(Resume(on=day("2015-03-16")))

        assert [type(fact) for fact in went_on] == [PathwayResumed, ModuleResumed]
        resumed = given(*suspended.facts, *went_on)
        assert resumed.pathway.status == PathwayStatus.IN_BEGELEIDING
        assert resumed.pathway.suspension is None
        assert the_module(resumed).planned_until == day("2015-07-10")

    def test_a_pause_that_began_before_stays(self) -> None:
        suspended = after(RUNNING, interrupt("2015-02-02"), self.SUSPEND)

        resumed = after(suspended, Resume(on=day("2015-03-16")))

        assert the_module(resumed).status == ModuleStatus.ONDERBROKEN

    def test_nothing_starts_while_it_waits(self) -> None:
        suspended = after(given(enrolled(), assigned("2014-01-10")), self.SUSPEND)

        with pytest.raises(refusals.NotInThisStatus, match="PathwayResumed"):
            suspended.when(
                StartIbo(
                    on=day("2015-03-16"),
                    planned_until=day("2015-06-26"),
                    hours_per_week=Decimal(38),
                    employer=EMPLOYER,
                )
            )

    def test_a_hire_ends_it_with_its_modules(self) -> None:
        suspended = after(RUNNING, self.SUSPEND)
        hire = Hire(
            on=day("2015-03-16"),
            employer=OTHER_EMPLOYER,
            contract="ONBEPAALDE_DUUR",
            hours_per_week=Decimal(38),
            proof="DIMONA",
        )

        pathway = after(suspended, hire).pathway

        assert pathway.status == PathwayStatus.NAZORG
        assert pathway.suspension is None
        assert the_module(after(suspended, hire)).status == ModuleStatus.STOPGEZET

    def test_it_is_expected_to_end_after_it_begins(self) -> None:
        with pytest.raises(refusals.EndBeforeStart):
            RUNNING.when(self.SUSPEND.model_copy(update={"expected_until": day("2015-03-01")}))


class TestReopened:
    CLOSED = given(
        enrolled(), assigned("2014-01-10"), IBO, stopped(1, "2015-02-27"), closed("2015-03-02")
    )

    def reopen(self, on: str) -> Reopen:
        return Reopen(on=day(on), reason=ReopeningReason.WERK_GING_NIET_DOOR)

    def test_it_goes_on_as_if_it_had_not_been_closed(self) -> None:
        pathway = after(self.CLOSED, self.reopen("2015-03-16")).pathway

        assert pathway.status == PathwayStatus.IN_BEGELEIDING
        assert (pathway.closed_on, pathway.exit_type) == (None, None)
        assert pathway.open

    def test_it_can_close_and_open_again(self) -> None:
        again = after(
            self.CLOSED,
            self.reopen("2015-03-16"),
            Close(on=day("2015-04-01"), exit_type=ExitType.PENSIOEN),
            self.reopen("2015-04-02"),
        )

        assert again.pathway.open

    def test_not_longer_than_ninety_days_after(self) -> None:
        assert self.CLOSED.when(self.reopen("2015-05-31"))
        with pytest.raises(refusals.TooLateToReopen):
            self.CLOSED.when(self.reopen("2015-06-01"))

    def test_only_what_is_closed_is_opened_again_and_not_before(self) -> None:
        with pytest.raises(refusals.NotInThisStatus):
            RUNNING.when(self.reopen("2015-03-16"))
        with pytest.raises(refusals.NotInThisStatus):
            self.CLOSED.when(self.reopen("2015-03-01"))

    def test_who_was_never_guided_is_enrolled_again(self) -> None:
        never = given(enrolled(), closed("2015-03-02"))

        assert after(never, self.reopen("2015-03-16")).pathway.status == PathwayStatus.INGESCHREVEN

    def test_nothing_else_follows_on_a_closed_pathway(self) -> None:
        with pytest.raises(refusals.Closed, match="reopen"):
            self.CLOSED.when(interrupt("2015-02-16"))


def test_a_hire_does_not_end_what_was_only_planned() -> None:
    planned = TestPlanned.PLANNED

    pathway = given(*planned.facts, hired("2015-02-16")).pathway

    assert pathway.status == PathwayStatus.NAZORG
    assert the_module(given(*planned.facts, hired("2015-02-16"))).status == ModuleStatus.GEPLAND
