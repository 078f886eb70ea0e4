"""What time alone brings about is told once, on its own day, and changes nothing."""

from datetime import timedelta

import pytest
from pathway.domain import refusals
from pathway.domain.catalogue import PathwayFact
from pathway.domain.closing import PathwayClosed
from pathway.domain.codes import AnnulmentReason, ExitType, InterruptionReason, Proof, Scheme
from pathway.domain.corrections import AnnulPathway, AnnulRegistration, CorrectData
from pathway.domain.course import ModuleExtended, ModuleInterrupted
from pathway.domain.deadlines import AnnounceDeadlines, DeadlineReached, announced_from
from pathway.domain.employment import EmploymentChecked, EmploymentEnded
from pathway.domain.referral import ReferralConfirmed, ReferredToProvider
from pathway.domain.work_codes import Checkpoint, DeadlineKind, JobEndReason

from tests.pathway.domain.kit import (
    EMPLOYER,
    GUIDE,
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
)

STAGE = stage_started(1, "2015-03-02", "2015-05-29")
PAUSES = ModuleInterrupted(
    occurred_on=day("2015-05-20"), module_id=module_id(1), reason=InterruptionReason.OVERMACHT
)
WAITS_FOR_A_HIRE = given(
    enrolled(), ibo_started(1, "2015-01-01", "2015-06-30"), ibo_completed(1, "2015-06-30")
)


def reached(kind: DeadlineKind, on: str, **about: object) -> DeadlineReached:
    return DeadlineReached.model_validate(
        {"occurred_on": day(on), "deadline": kind, **about}, strict=True
    )


def told_on(on: str, before: Given) -> list[PathwayFact]:
    return before.when(AnnounceDeadlines(on=day(on)), today=day(on))


PAST_ITS_END = reached(DeadlineKind.MODULE_EINDE, "2015-05-29", module_id=module_id(1))


def test_a_planned_end_is_told_when_its_day_is_over_and_only_once() -> None:
    before = given(enrolled(), STAGE)

    assert announced_from(before.pathway) == day("2015-05-30")
    assert told_on("2015-05-29", before) == []
    assert told_on("2015-05-30", before) == [PAST_ITS_END]
    after = given(*before.facts, PAST_ITS_END)
    assert told_on("2015-05-31", after) == []
    assert announced_from(after.pathway) is None


def test_a_scheduler_that_stood_still_tells_it_later_with_its_own_day() -> None:
    assert told_on("2016-02-01", given(enrolled(), STAGE)) == [PAST_ITS_END]


@pytest.mark.parametrize("fact", [stopped(1, "2015-05-20"), PAUSES], ids=["ended", "pauses"])
def test_what_ended_or_pauses_passes_no_planned_end(fact: PathwayFact) -> None:
    assert told_on("2015-06-30", given(enrolled(), STAGE, fact)) == []


def test_an_extension_afterwards_moves_the_deadline_and_leaves_what_was_told() -> None:
    extended = ModuleExtended.model_validate(
        {
            "occurred_on": day("2015-06-03"),
            "module_id": module_id(1),
            "planned_until": day("2015-06-26"),
            "motive": "ANDERE",
        }
    )
    after = given(enrolled(), STAGE, PAST_ITS_END, extended)

    assert told_on("2015-06-26", after) == []
    [again] = told_on("2015-06-27", after)
    assert again == PAST_ITS_END.model_copy(update={"occurred_on": day("2015-06-26")})


def test_a_hire_that_is_due_after_an_ibo_is_told_when_nobody_hired() -> None:
    due = reached(DeadlineKind.AANWERVING, "2015-07-07", module_id=module_id(1))

    assert told_on("2015-07-07", WAITS_FOR_A_HIRE) == []
    assert told_on("2015-07-08", WAITS_FOR_A_HIRE) == [due]
    assert told_on("2015-07-08", given(*WAITS_FOR_A_HIRE.facts, hired("2015-07-06"))) == []


def test_the_clock_of_a_definitive_referral_runs_out() -> None:
    waits = ReferredToProvider(
        occurred_on=day("2015-07-01"), provider=GUIDE, scheme=Scheme.IWPL_TENDER
    )
    definitive = ReferralConfirmed(occurred_on=day("2015-07-06"), provider=GUIDE)
    before = given(enrolled(), assigned("2014-02-03"), waits, definitive)
    assert before.pathway.referral
    until = before.pathway.referral.until
    assert until is not None

    assert told_on("2019-12-31", given(enrolled(), waits)) == []
    assert told_on(str(until), before) == []
    [told] = told_on(str(until + timedelta(days=1)), before)
    assert told == reached(DeadlineKind.TOELEIDING, str(until), provider=GUIDE)
    assert told_on(str(until + timedelta(days=1)), given(*before.facts, closed("2015-12-01"))) == [
        reached(DeadlineKind.MEETPUNT, "2016-01-01", checkpoint=Checkpoint.ONE),
        reached(DeadlineKind.MEETPUNT, "2016-03-01", checkpoint=Checkpoint.THREE),
        reached(DeadlineKind.MEETPUNT, "2016-06-01", checkpoint=Checkpoint.SIX),
    ]


def test_each_checkpoint_is_told_on_the_first_day_that_work_can_be_checked() -> None:
    left = given(enrolled(), assigned("2014-02-03"), hired("2015-03-02"), closed("2015-03-09"))
    checked = EmploymentChecked(
        occurred_on=day("2015-04-02"),
        checkpoint=Checkpoint.ONE,
        in_work=True,
        source=Proof.DIMONA,
    )
    one = reached(DeadlineKind.MEETPUNT, "2015-04-02", checkpoint=Checkpoint.ONE)
    three = reached(DeadlineKind.MEETPUNT, "2015-06-02", checkpoint=Checkpoint.THREE)

    assert told_on("2015-04-01", left) == []
    assert told_on("2015-04-02", left) == [one]
    assert told_on("2015-06-02", left) == [one, three]
    assert told_on("2015-06-02", given(*left.facts, checked)) == [three]


@pytest.mark.parametrize("exit_type", [ExitType.OVERLIJDEN, ExitType.PENSIOEN])
def test_whoever_died_or_retired_is_not_asked_about_work(exit_type: ExitType) -> None:
    left = PathwayClosed(occurred_on=day("2015-03-09"), exit_type=exit_type)

    assert announced_from(given(enrolled(), left).pathway) is None


def test_a_check_after_an_earlier_way_out_says_nothing_of_this_one() -> None:
    ended = EmploymentEnded(
        occurred_on=day("2015-05-04"),
        employer=EMPLOYER,
        reason=JobEndReason.EINDE_CONTRACT,
        returns_to_guidance=True,
    )
    checked = EmploymentChecked(
        occurred_on=day("2015-04-02"),
        checkpoint=Checkpoint.ONE,
        in_work=True,
        source=Proof.DIMONA,
    )
    twice = given(
        enrolled(), assigned("2014-02-03"), hired("2015-03-02"), checked, ended, hired("2015-06-01")
    )

    [told] = told_on("2015-07-01", twice)

    assert told == reached(DeadlineKind.MEETPUNT, "2015-07-01", checkpoint=Checkpoint.ONE)


def test_an_annulled_pathway_has_no_deadlines() -> None:
    before = given(enrolled(), STAGE)
    [annulled] = before.when(
        AnnulPathway(on=day("2015-03-09"), reason=AnnulmentReason.VERKEERDE_PERSOON)
    )

    assert announced_from(given(*before.facts, annulled).pathway) is None


def test_it_changes_nothing_but_that_it_was_told() -> None:
    before = given(enrolled(), STAGE)
    after = given(*before.facts, PAST_ITS_END).pathway

    assert after.but(announced=()) == before.pathway


def test_it_closes_no_door_to_what_is_registered_late() -> None:
    after = given(enrolled(), STAGE, PAST_ITS_END)
    late = stopped(1, "2015-04-30")

    assert not given(*after.facts, late).pathway.running()


@pytest.mark.parametrize("amend", ["correct", "annul"])
def test_it_is_not_corrected_itself(amend: str) -> None:
    before = given(enrolled(), STAGE, PAST_ITS_END)
    commands = {
        "correct": CorrectData.model_validate(
            {"on": day("2015-05-28"), "fact_id": fact_id(3), "reason": "INVOERFOUT"}
        ),
        "annul": AnnulRegistration(
            on=day("2015-06-01"), fact_id=fact_id(3), reason=AnnulmentReason.ANDERE
        ),
    }

    with pytest.raises(refusals.NotCorrectable, match="days of the pathway"):
        before.when(commands[amend])
