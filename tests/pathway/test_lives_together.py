"""Pathways of two persons, told whatever in whatever order: what holds after each command that is let through.

`make lives` tries more of them, others every time (EXAMPLES=2000).
"""

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache, cached_property
from itertools import combinations, count
from uuid import UUID

from hypothesis import HealthCheck, event, settings, strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from pathway import contract, numbers
from pathway.application import Enrolment, Pathways, as_told
from pathway.domain import rules
from pathway.domain.catalogue import FACTS
from pathway.domain.closing import Close, Reopen
from pathway.domain.codes import (
    AnnulmentReason,
    Channel,
    CorrectionReason,
    ExitType,
    MergeReason,
    ReopeningReason,
)
from pathway.domain.commands import Command
from pathway.domain.consistency import consistent
from pathway.domain.corrections import AnnulRegistration, CorrectData
from pathway.domain.deadlines import AnnounceDeadlines
from pathway.domain.facts import Told, standing, state_of
from pathway.domain.merging import MergePathways, RevertMerge
from pathway.domain.refusals import Refused
from pathway.domain.state import Pathway
from pathway.identity import Person
from pathway.recorded import Recorded

import schemas
from tests.pathway.domain.invented import DAYS, TODAY, aimed, commands, corrections
from tests.pathway.domain.weeks import fullest_week
from tests.pathway.given import SetClock, said
from tests.pathway.in_memory import pathways_in_memory
from tests.pathway.test_contract import BASE
from tests.people import invented_insz

NOON = datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=UTC)
WHICH, EARLY = st.integers(0, 5), st.sampled_from(sorted(DAYS)[:3])
# Few, so that openings and closings meet often.
ON = st.sampled_from([*sorted(DAYS)[:3], date(2015, 3, 2), date(2015, 9, 30), TODAY])
PEOPLE = count(1)


@dataclass(frozen=True)
class Changed:
    """A pathway that the last commands changed, and the new ones of its facts."""

    facts: list[Recorded]
    new: list[Recorded]

    @cached_property
    def told(self) -> list[Told]:
        return as_told(self.facts)

    @cached_property
    def pathway(self) -> Pathway:
        return state_of(self.told)


class OpenedAndClosed(RuleBasedStateMachine):
    """Pathways of two persons, who may turn out to be one. What is refused does not happen."""

    def __init__(self) -> None:
        super().__init__()
        self.pathways = self.begun()
        self.people = [anybody(), anybody()]
        self.fold = cache(state_of)
        self.ids: list[UUID] = []
        self.versions: dict[UUID, int] = {}
        self.are_one = False
        self.overlapped: set[tuple[UUID, UUID, bool]] = set()

    def begun(self) -> Pathways:
        return pathways_in_memory(SetClock(NOON))

    def link(self, person_ref: UUID, same_as: UUID) -> None:
        self.pathways.vault.link(person_ref, same_as)

    @initialize(on=EARLY)
    def somebody_is_enrolled(self, on: date) -> None:
        self.enrol(0, on)

    @precondition(lambda self: len(self.living) < len(self.people))
    @rule(who=st.integers(0, 1), on=ON)
    def enrol(self, who: int, on: date) -> None:
        enrolment = Enrolment(self.people[who], on, category=None, channel=Channel.LOKET)
        with unless_refused():
            self.ids.append(self.pathways.enrol(enrolment, said(), hidden=True).pathway_id)

    @rule(which=WHICH, data=st.data())
    def correct(self, which: int, data: st.DataObject) -> None:
        stand = standing(as_told(self.load(self.id(which))))
        facts = [(fact_id, fact) for fact_id, fact in stand.items() if type(fact) in FACTS]
        self.tell(self.id(which), data.draw(corrections(*data.draw(st.sampled_from(facts)))))

    @rule(which=WHICH, on=ON, reason=st.sampled_from(CorrectionReason))
    def correct_its_first_day(self, which: int, on: date, reason: CorrectionReason) -> None:
        enrolled = self.load(self.id(which))[0].fact_id
        self.tell(self.id(which), CorrectData(on=on, fact_id=enrolled, reason=reason))

    @precondition(lambda self: self.living)
    @rule(which=WHICH, on=ON, exit_type=st.sampled_from(ExitType))
    def close(self, which: int, on: date, exit_type: ExitType) -> None:
        self.tell(self.living[which % len(self.living)], Close(on=on, exit_type=exit_type))

    @precondition(lambda self: any(one.closed for one in self.stand.values()))
    @rule(which=WHICH, on=ON, reason=st.sampled_from(ReopeningReason))
    def reopen(self, which: int, on: date, reason: ReopeningReason) -> None:
        self.tell(self.id(which), Reopen(on=on, reason=reason))

    @precondition(lambda self: len(self.ids) > 1)
    @rule(which=WHICH, other=WHICH, on=ON, reason=st.sampled_from(MergeReason))
    def merge(self, which: int, other: int, on: date, reason: MergeReason) -> None:
        others = [one for one in self.ids if one != self.id(which)]
        absorbed = others[other % len(others)]
        self.tell(self.id(which), MergePathways(on=on, absorbed=absorbed, reason=reason))

    @precondition(lambda self: any(one.closed for one in self.stand.values()))
    @rule(which=WHICH, on=ON)
    def annul_what_was_told_last(self, which: int, on: date) -> None:
        last = self.load(self.id(which))[-1].fact_id
        annul = AnnulRegistration(on=on, fact_id=last, reason=AnnulmentReason.TEST)
        self.tell(self.id(which), annul)

    @precondition(lambda self: any(one.merged_into for one in self.stand.values()))
    @rule(which=WHICH, on=ON, reason=st.sampled_from(CorrectionReason))
    def undo_a_merge(self, which: int, on: date, reason: CorrectionReason) -> None:
        merged = [(i, one.merged_into) for i, one in self.stand.items() if one.merged_into]
        absorbed, survivor = merged[which % len(merged)]
        self.tell(survivor, RevertMerge(on=on, absorbed=absorbed, reason=reason))

    @precondition(lambda self: self.two_people)
    @rule()
    def both_turn_out_to_be_one_person(self) -> None:
        self.link(*sorted({one.person_ref for one in self.stand.values()}))
        self.are_one = True
        # Each was alone with theirs before; what overlaps since then is put right bit by bit.
        self.overlapped |= set(self.overlapping())

    def tell(self, pathway_id: UUID, command: Command) -> None:
        with unless_refused():
            decided = self.pathways.command(pathway_id, [command], said()).facts
            stored = tuple(one.fact for one in self.load(pathway_id))
            assert stored[len(stored) - len(decided) :] == decided

    def load(self, pathway_id: UUID) -> list[Recorded]:
        return self.pathways.store.load(pathway_id)

    def id(self, which: int) -> UUID:
        return self.ids[which % len(self.ids)]

    @property
    def stand(self) -> dict[UUID, Pathway]:
        return {one: self.fold(tuple(as_told(self.load(one)))) for one in self.ids}

    @property
    def living(self) -> list[UUID]:
        return [pathway_id for pathway_id, one in self.stand.items() if one.open]

    @property
    def two_people(self) -> bool:
        return not self.are_one and len({one.person_ref for one in self.stand.values()}) > 1

    def overlapping(self) -> Iterator[tuple[UUID, UUID, bool]]:
        """Pathways of one person that are open on one day, and whether they both are now."""
        valid = [(one, pathway) for one, pathway in self.stand.items() if not pathway.void]
        for (one, this), (other, that) in combinations(valid, 2):
            this_ends, that_ends = (each.closed_on or date.max for each in (this, that))
            references = self.pathways.vault.same_as([this.person_ref])[this.person_ref]
            together = this.enrolled_on < that_ends and that.enrolled_on < this_ends
            if together and that.person_ref in references:
                yield one, other, False
                if this.open and that.open:
                    yield one, other, True

    @invariant()
    def what_holds_of_each_holds(self) -> None:
        for one in self.ids:
            facts, seen = self.load(one), self.versions.get(one, 0)
            if facts[seen:]:
                self.versions[one] = len(facts)
                changed = Changed(facts, facts[seen:])
                for holds in HOLDS:
                    holds(changed)

    @invariant()
    def nobody_has_two_open_pathways_on_one_day(self) -> None:
        assert set(self.overlapping()) <= self.overlapped

    @invariant()
    def the_open_pathway_of_each_is_reserved_and_no_other(self) -> None:
        stand = self.stand
        for person_ref in {pathway.person_ref for pathway in stand.values()}:
            theirs = {i: one for i, one in stand.items() if one.person_ref == person_ref}
            still_open = [pathway_id for pathway_id, one in theirs.items() if one.open]
            reserved = self.pathways.store.open_pathway(person_ref)
            assert still_open == ([reserved] if reserved else [])


class LivesTogether(OpenedAndClosed):
    """The same, and all that can happen in the time between."""

    @rule(which=WHICH, asked=commands())
    def ask_anything(self, which: int, asked: Command) -> None:
        self.ask(self.id(which), asked)

    @precondition(lambda self: self.living)
    @rule(which=WHICH, asked=st.lists(commands(), min_size=1, max_size=5))
    def go_on(self, which: int, asked: list[Command]) -> None:
        pathway_id = self.living[which % len(self.living)]
        for command in asked:
            self.ask(pathway_id, command)

    @rule(which=WHICH, on=ON)
    def announce_deadlines(self, which: int, on: date) -> None:
        self.tell(self.id(which), AnnounceDeadlines(on=on))

    def ask(self, pathway_id: UUID, command: Command) -> None:
        others = [one for one in self.ids if one != pathway_id]
        self.tell(pathway_id, aimed(command, as_told(self.load(pathway_id)), others))


def anybody() -> Person:
    """Somebody whom no life was about yet."""
    born = date(1950, 1, 1) + timedelta(days=next(PEOPLE))
    return Person(insz=invented_insz(born, 1), last_name="Testers", first_name="Anna")


@contextmanager
def unless_refused() -> Generator[None]:
    try:
        yield
    except Refused as refused:
        event(refused.rule)


def versions_follow_each_other_from_1(one: Changed) -> None:
    assert [fact.version for fact in one.facts] == list(range(1, len(one.facts) + 1))


def nothing_ends_before_it_starts(one: Changed) -> None:
    assert [(first, last) for first, last in durations(one.pathway) if first > last] == []
    assert all(module.paused_days >= 0 for module in one.pathway.modules)


def each_module_is_of_the_time_of_its_pathway(one: Changed) -> None:
    pathway = one.pathway
    for module in pathway.modules:
        assert pathway.enrolled_on <= module.started_on
        if pathway.closed_on:
            assert module.ended
            assert not module.ran or module.through <= pathway.closed_on


def no_week_passes_38_hours(one: Changed) -> None:
    assert fullest_week(one.told) <= rules.FULL_WEEK_HOURS


def the_state_as_of_today_is_the_current_one(one: Changed) -> None:
    assert state_of(one.told, TODAY) == one.pathway


def the_history_could_have_been(one: Changed) -> None:
    if not one.pathway.void:
        consistent(one.told)


def it_can_be_told_as_of_any_day(one: Changed) -> None:
    for day in {fact.fact.occurred_on for fact in one.new}:
        state_of(one.told, day)


def every_fact_survives_being_published_and_read(one: Changed) -> None:
    for fact in one.new:
        after = state_of(one.told[: fact.version])
        for made in (contract.published, contract.state_message):
            message = made(fact, after, BASE)
            assert schemas.parse(message.to_bytes()) == message


HOLDS = (
    versions_follow_each_other_from_1,
    nothing_ends_before_it_starts,
    each_module_is_of_the_time_of_its_pathway,
    no_week_passes_38_hours,
    the_state_as_of_today_is_the_current_one,
    the_history_could_have_been,
    it_can_be_told_as_of_any_day,
    every_fact_survives_being_published_and_read,
)


def durations(pathway: Pathway) -> Iterable[tuple[date, date]]:
    """The first and the last day of whatever has both."""
    both: Sequence[tuple[date | None, date | None]] = [
        (pathway.enrolled_on, pathway.closed_on),
        *((m.started_on, m.planned_until) for m in pathway.modules),
        *((m.started_on, m.last_day) for m in pathway.modules),
        *((m.started_on, m.interrupted_on) for m in pathway.modules),
        *((one.since, one.last_day) for one in pathway.absences),
        *((one.started_on, one.until) for one in pathway.hires),
        *((one.started_on, one.ended_on) for one in pathway.hires),
        *((one.since, one.until) for one in pathway.exemptions),
        *((one.since, one.incomplete_until) for one in pathway.legacy),
        *((one.referred_on, one.answered_on) for one in pathway.referrals),
        *((one.answered_on, one.until) for one in pathway.referrals),
    ]
    return [(first, last) for first, last in both if first and last]


MANY = settings(
    max_examples=3 * settings().max_examples,
    stateful_step_count=30,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


class TestOpenedAndClosed(OpenedAndClosed.TestCase):
    settings = MANY


class TestLivesTogether(LivesTogether.TestCase):
    settings = MANY


def test_on_postgresql_the_same_holds(pathways: Pathways, clock: SetClock) -> None:
    clock.now = NOON

    class OnPostgreSQL(LivesTogether):
        def begun(self) -> Pathways:
            return pathways

        def link(self, person_ref: UUID, same_as: UUID) -> None:
            numbers.link(pathways.store, pathways.vault, person_ref, same_as, source="KSZ")

    few = settings(
        MANY,
        max_examples=15,
        stateful_step_count=15,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(OnPostgreSQL, settings=few)
