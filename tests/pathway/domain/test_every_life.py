"""What holds for every life that the commands let through, however odd."""

from datetime import date
from itertools import count, pairwise
from random import Random
from uuid import UUID

from hypothesis import event, given, strategies as st
from pathway.domain import rules
from pathway.domain.catalogue import FACTS, PathwayFact
from pathway.domain.closing import PathwayClosed
from pathway.domain.codes import Channel, CorrectionReason, PathwayStatus
from pathway.domain.commands import Command, Moment
from pathway.domain.consistency import consistent
from pathway.domain.corrections import CorrectData, DataCorrected, ModuleAnnulled
from pathway.domain.deadlines import AnnounceDeadlines, pending
from pathway.domain.enrolment import Enrolled
from pathway.domain.facts import Amendment, Told, fold, standing, state_of
from pathway.domain.modules import ModuleFact, StartModule
from pathway.domain.planning import PlanModule
from pathway.domain.refusals import Refused
from pathway.domain.state import Pathway

from tests.pathway.domain.invented import (
    FIRST_DAY,
    MODULE_IDS,
    TODAY,
    aimed,
    commands,
    corrections,
    course_of,
    facts,
    in_an_ibo,
    started,
)
from tests.pathway.domain.kit import ANNA, assigned, fact_id
from tests.pathway.domain.weeks import fullest_week

ENROLLED = Enrolled(occurred_on=FIRST_DAY, person_ref=ANNA, category=None, channel=Channel.LOKET)
LIVES = st.lists(commands(), min_size=4, max_size=25)


def with_ids(told: list[PathwayFact]) -> list[Told]:
    return [Told(fact_id(at), fact) for at, fact in enumerate(told, start=1)]


def in_order(told: list[PathwayFact]) -> Pathway:
    pathway = state_of(with_ids(told))
    assert pathway is not None
    return pathway


def lived(life: list[Command]) -> list[PathwayFact]:
    """The facts of a life in the order of their recording: what is refused does not happen."""
    ids = count(1)
    told: list[PathwayFact] = [ENROLLED]
    for command in life:
        try:
            moment = Moment(TODAY, lambda: UUID(int=next(ids)), with_ids(told))
            told += aimed(command, moment.told).decide(in_order(told), moment)
        except Refused as refused:
            event(refused.rule)
    return told


@given(st.lists(facts(), max_size=20))
def test_no_facts_at_all_make_the_fold_fail(told: list[PathwayFact]) -> None:
    assert fold([ENROLLED, *told]) is not None
    assert fold(told) is None or any(isinstance(fact, Enrolled) for fact in told)


@given(LIVES, st.sampled_from([date(2015, 7, 1), TODAY]))
def test_deadlines_told_at_any_moment_change_nothing_of_a_life(
    life: list[Command], today: date
) -> None:
    plain, announced = lived(life), told_by_time(life, today)

    assert [one.fact for one in announced if not one.fact.announces] == plain
    pathway = state_of(announced)
    assert pathway
    event(f"deadlines: {len(pathway.announced)}")
    assert pathway.but(announced=()) == in_order(plain)
    assert not any(one.announced_from <= today for one in pending(pathway))
    assert len(pathway.announced) == len(set(pathway.announced))
    assert state_of(announced, TODAY) == pathway


def told_by_time(life: list[Command], today: date) -> list[Told]:
    """The same life with the scheduler at work after each command; its facts have ids of their own."""
    ids, versions, nights = count(1), count(2), count(1000)
    told = [Told(fact_id(1), ENROLLED)]
    for command in life:
        asked = aimed(command, told)
        for one, told_ids in ((asked, versions), (AnnounceDeadlines(on=today), nights)):
            pathway = state_of(told)
            if told_ids is nights and (not pathway or pathway.void):
                continue
            try:
                decided = one.decide(pathway, Moment(TODAY, lambda: UUID(int=next(ids)), told))
            except Refused:
                continue
            told += [Told(fact_id(next(told_ids)), fact) for fact in decided]
    return told


@given(LIVES)
def test_a_fact_is_judged_by_rows_of_what_it_says_that_rules_it(life: list[Command]) -> None:
    told = lived(life)

    for at, fact in enumerate(told):
        rows = map(rules.TABLE.row, fact.judged_by(in_order(told[:at]) if at else None))
        assert {row.instrument for row in rows} <= set(fact.ruled_by), fact.name


@given(LIVES)
def test_no_week_passes_38_hours(life: list[Command]) -> None:
    assert fullest_week(with_ids(lived(life))) <= rules.FULL_WEEK_HOURS


@given(LIVES)
def test_every_fact_is_of_the_time_between_enrolment_and_today(life: list[Command]) -> None:
    assert all(FIRST_DAY <= fact.occurred_on <= TODAY for fact in lived(life))


@given(LIVES)
def test_modules_end_after_they_start_and_wep_plus_with_its_measure(life: list[Command]) -> None:
    for module in in_order(lived(life)).modules:
        assert module.started_on <= module.through
        if module.kind.wep_plus:
            assert module.started_on <= date(2015, 3, 31)
            assert module.through <= date(2015, 9, 30)


@given(LIVES)
def test_no_module_that_ended_ran_through_a_hire(life: list[Command]) -> None:
    pathway = in_order(lived(life))

    for module in pathway.modules:
        for hire in pathway.hires:
            if module.ended and module.started_on < hire.started_on:
                assert module.through <= hire.started_on


@given(in_an_ibo())
def test_nobody_is_absent_from_what_does_not_run_nor_twice_on_one_day(life: list[Command]) -> None:
    pathway = in_order(lived(life))

    for module in pathway.modules:
        absences = [one for one in pathway.absences if one.module_id == module.module_id]
        event(f"{len(absences)} absences")
        assert all(module.started_on <= one.since <= one.last_day for one in absences)
        assert all(one.since <= (module.last_day or TODAY) for one in absences)
        assert all(one.last_day < other.since for one, other in pairwise(absences))


@given(LIVES)
def test_a_closed_pathway_has_nothing_that_runs_and_nothing_after_it(life: list[Command]) -> None:
    told = lived(life)
    pathway = in_order(told)

    if pathway.status == PathwayStatus.AFGESLOTEN:
        stands = standing(with_ids(told)).values()
        assert any(isinstance(fact, PathwayClosed) for fact in stands)
        assert pathway.running() == ()
        assert pathway.closed_on == pathway.closable_from


@given(LIVES)
def test_the_state_as_of_an_earlier_day_holds_no_later_one(life: list[Command]) -> None:
    told = with_ids(lived(life))
    stands = [fact for fact in standing(told).values() if fact.counts]

    for day in {fact.occurred_on for fact in stands}:
        then = state_of(told, day)
        if then is None:
            assert all(day < fact.occurred_on for fact in stands if isinstance(fact, Enrolled))
            continue
        assert then.last_fact_on == max(f.occurred_on for f in stands if f.occurred_on <= day)
        now = state_of(told)
        assert {m.module_id for m in then.modules if m.ran} == {
            m.module_id for m in now.modules if m.ran and m.started_on <= day
        }


@given(LIVES)
def test_the_state_as_of_today_is_the_current_one(life: list[Command]) -> None:
    told = with_ids(lived(life))

    assert state_of(told, TODAY) == state_of(told)


@given(LIVES)
def test_whatever_is_amended_the_history_stays_possible(life: list[Command]) -> None:
    facts = lived(life)

    for known in range(1, len(facts) + 1):
        if isinstance(facts[known - 1], Amendment):
            consistent(with_ids(facts[:known]))


@given(LIVES)
def test_asking_twice_changes_nothing_the_second_time(life: list[Command]) -> None:
    told = lived(life)

    def moment(facts: list[PathwayFact]) -> Moment:
        return Moment(TODAY, lambda: UUID(int=99), with_ids(facts))

    for command in life:
        if isinstance(command, StartModule | PlanModule):
            continue  # A second module of the same kind is a module of its own.
        try:
            first = command.decide(in_order(told), moment(told))
        except Refused:
            continue
        try:
            twice = [*told, *first]
            assert command.decide(in_order(twice), moment(twice)) == []
        except Refused as refused:
            event(f"again: {refused.rule}")


@given(LIVES, st.data())
def test_a_correction_of_a_correction_equals_correcting_once(
    life: list[Command], data: st.DataObject
) -> None:
    told = with_ids(lived(life))
    stand = [one for one in standing(told).items() if type(one[1]) in FACTS]
    wrong_id, wrong = data.draw(st.sampled_from(stand))
    at_once = CorrectData(on=wrong.occurred_on, fact_id=wrong_id, reason=CorrectionReason.ANDERE)
    again_and_again = told
    for _ in range(4):
        correction = data.draw(corrections(wrong_id, standing(again_and_again)[wrong_id]))
        corrected = asked(again_and_again, correction)
        if len(corrected) > len(again_and_again):
            changes = {**at_once.changes, **correction.changes}
            at_once = correction.model_copy(update={"changes": changes})
            again_and_again = corrected
    event(f"{len(again_and_again) - len(told)} corrections")

    right = standing(again_and_again)[wrong_id]
    from_the_start = [
        Told(wrong_id, right) if one.fact_id == wrong_id else one
        for one in told
        if not (isinstance(one.fact, DataCorrected) and one.fact.target == wrong_id)
    ]
    assert state_of(asked(told, at_once)) == state_of(again_and_again)
    assert state_of(from_the_start) == state_of(again_and_again)


def asked(told: list[Told], command: Command) -> list[Told]:
    """What is told after the command; the same where it is refused."""
    try:
        moment = Moment(TODAY, lambda: UUID(int=99), told)
        facts = command.decide(state_of(told), moment)
    except Refused as refused:
        event(refused.rule)
        return told
    return [*told, *(Told(fact_id(n), fact) for n, fact in enumerate(facts, len(told) + 1))]


@given(LIVES, st.randoms(use_true_random=False))
def test_facts_of_different_days_count_the_same_in_whatever_order_they_were_told(
    life: list[Command], chance: Random
) -> None:
    told = with_ids(lived(life))

    assert state_of(in_another_order(told, chance)) == state_of(told)


def in_another_order(told: list[Told], chance: Random) -> list[Told]:
    """The same told otherwise, but for what has to come before what.

    Of one day, as it stands in the end, what was told later counts later. What amends comes after what
    it amends, and in its own order.
    """
    stand = standing(told)

    def has_to_wait(one: Told, earlier: Told) -> bool:
        if isinstance(one.fact, Amendment):
            return isinstance(earlier.fact, Amendment) or is_about(one.fact, earlier)
        days = [stand[each.fact_id].occurred_on for each in (one, earlier) if each.fact_id in stand]
        return len(days) == 2 and days[0] == days[1]

    rest, ordered = list(told), list[Told]()
    while rest:
        first_ones = [
            one
            for place, one in enumerate(rest)
            if not any(has_to_wait(one, earlier) for earlier in rest[:place])
        ]
        ordered.append(chance.choice(first_ones))
        rest.remove(ordered[-1])
    return ordered


def is_about(amendment: Amendment, one: Told) -> bool:
    if isinstance(amendment, ModuleAnnulled):
        return isinstance(one.fact, ModuleFact) and one.fact.module_id == amendment.module_id
    return getattr(amendment, "target", None) == one.fact_id


@given(LIVES)
def test_ends_of_different_modules_on_one_day_may_come_in_either_order(
    life: list[Command],
) -> None:
    told = sorted(lived(life), key=lambda fact: fact.occurred_on)
    for place, (one, other) in enumerate(pairwise(told)):
        ends = all(fact.kind.endswith(("Completed", "Stopped")) for fact in (one, other))
        if ends and one.occurred_on == other.occurred_on:
            swapped = [*told[:place], other, one, *told[place + 2 :]]
            assert fold(swapped) == fold(told)


@given(course_of(MODULE_IDS[0]), course_of(MODULE_IDS[1]))
def test_on_one_day_what_happens_to_different_modules_may_be_told_in_either_order(
    one: PathwayFact, other: PathwayFact
) -> None:
    both = [ENROLLED, started(MODULE_IDS[0]), started(MODULE_IDS[1])]

    assert fold([*both, one, other]).modules == fold([*both, other, one]).modules


def test_on_one_day_of_two_counsellors_the_one_who_was_told_of_last_guides() -> None:
    first, last = assigned("2015-02-02"), assigned("2015-02-02", "bemiddelaar-02")

    assert in_order([ENROLLED, first, last]).counsellor == "bemiddelaar-02"
    assert in_order([ENROLLED, last, first]).counsellor == "bemiddelaar-01"
