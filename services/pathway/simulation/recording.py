"""Lives into the store: acts are decided by the real use cases and recorded many pathways at a time."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from heapq import heappop, heappush
from uuid import UUID

from plumbing.clock import BRUSSELS, brussels_today

from pathway import numbers
from pathway.application import Enrolment, Pathways, as_told, folded
from pathway.beside import Beside, Held
from pathway.deciding import held
from pathway.domain.commands import Command
from pathway.domain.deadlines import AnnounceDeadlines
from pathway.domain.facts import Amendment, Told
from pathway.domain.modules import NewModule
from pathway.domain.refusals import Refused
from pathway.identity import Person
from pathway.numbers import Replacement
from pathway.recorded import Actor, Recorded
from pathway.refused import Why, keep, refused_command
from pathway.scheduler import ACTOR as SCHEDULER
from pathway.simulation.acts import Act, Twice
from pathway.simulation.chance import SeededIds, SimulatedClock
from pathway.simulation.population import LifeCutShort
from pathway.store import Context, NewFacts
from schemas.codes import ActorKind

BATCH = 500
"""Facts in one append, about."""

_LATE = 3
_NIGHT = time(0, 5)
"""When the scheduler finds out that a day is over, in Brussels."""


@dataclass
class Summary:
    """What a simulation came to."""

    facts: Counter[str] = field(default_factory=Counter[str])
    years: Counter[int] = field(default_factory=Counter[int])
    refused: Counter[str] = field(default_factory=Counter[str])
    """By rule: commands that were refused as they should be."""
    cut_short: Counter[str] = field(default_factory=Counter[str])
    """By rule: lives that ended because of a refusal nobody meant; there should be none."""
    late: int = 0
    """Facts registered more than three days after the day that they are true for."""
    amended: set[UUID] = field(default_factory=set[UUID])
    """Pathways of which something was corrected, annulled or merged."""

    @property
    def pathways(self) -> int:
        return self.facts["Enrolled"]

    @property
    def open(self) -> int:
        ended = ("PathwayClosed", "PathwayAnnulled", "PathwayAbsorbed")
        # A merge is reverted on both sides.
        again = self.facts["PathwayReopened"] + self.facts["MergeReverted"] // 2
        return self.pathways - sum(self.facts[kind] for kind in ended) + again

    def count(self, kind: str, occurred_on: date, recorded_at: datetime) -> None:
        """One more fact."""
        self.facts[kind] += 1
        self.years[recorded_at.year] += 1
        self.late += (recorded_at.date() - occurred_on).days > _LATE


@dataclass
class _Open:
    """A pathway that may still change, with everything that is known of it."""

    pathway_id: UUID
    facts: list[Recorded]
    due_from: date | None = None
    told: bool = False
    """Whether its life was told to the end: then only time has something to add."""


class Recording:
    """Carries out acts on a store whose clock and ids are the simulation's own."""

    def __init__(self, pathways: Pathways, clock: SimulatedClock, ids: SeededIds) -> None:
        self.summary = Summary()
        self._pathways = pathways
        self._clock = clock
        self._ids = ids
        self._open: dict[int, _Open] = {}
        self._nights: list[tuple[datetime, int]] = []
        """When the scheduler would find something to tell, and of which life."""
        self._waiting: list[Recorded] = []
        self._beside: list[Beside] = []

    def known(self, people: Sequence[Person]) -> set[str]:
        """The INSZs of those among these people that the vault knows."""
        self.flush()
        return set(self._pathways.vault.references([person.insz for person in people]))

    def carry_out(self, number: int, act: Act) -> Sequence[UUID]:
        self._nights_until(act.at)
        self._clock.now = act.at
        context = self._context(act.actor)
        if act.may_be_refused:
            return self._amended(number, act, context)
        try:
            new = self._decided(number, act, context)
        except Refused as refused:
            self._keep(number, refused, act, context, act.commands)
            return self._told(refused.rule, as_meant=_is_meant(act, refused))
        if act.refused_by is not None:
            return self._told(f"accepted: {act.refused_by.rule}", as_meant=False)
        self._add(number, new)
        facts = [judged.fact for judged in new.facts]
        return [fact.module_id for fact in facts if isinstance(fact, NewModule)]

    def _add(self, number: int, new: NewFacts) -> None:
        facts = self._pathways.store.enveloped(new)
        known = self._open[number]
        known.facts.extend(facts)
        self._waiting.extend(facts)
        self._beside.append(new.beside)
        self._look_ahead(number, new.beside.held)
        if len(self._waiting) >= BATCH:
            self.flush()

    def _look_ahead(self, number: int, told: Sequence[Held]) -> None:
        known = self._open[number]
        known.due_from = next((one.due_from for one in told), None)
        if known.due_from:
            night = datetime.combine(known.due_from, _NIGHT, BRUSSELS).astimezone(UTC)
            heappush(self._nights, (night, number))

    def _nights_until(self, moment: datetime) -> None:
        """Have time tell of the deadlines that were reached by then, each in the night after."""
        while self._nights and self._nights[0][0] <= moment:
            night, number = heappop(self._nights)
            # Told late, the day may be past already.
            self._clock.now = max(self._clock.now, night)
            today = brussels_today(self._clock.now)
            known = self._open.get(number)
            if known and known.due_from and known.due_from <= today:
                deciding = self._pathways.deciding(known.pathway_id, known.facts)
                deciding.take(AnnounceDeadlines(on=today))
                self._add(number, deciding.new_facts(self._context(SCHEDULER)))
                self._let_go(number)

    def forget(self, number: int) -> None:
        if known := self._open.get(number):
            known.told = True
            self._let_go(number)

    def _let_go(self, number: int) -> None:
        known = self._open[number]
        if known.told and known.due_from is None:
            del self._open[number]

    def end(self, at: datetime) -> None:
        """Let time pass until then, and record what waits."""
        self._nights_until(at)
        self.flush()

    def flush(self) -> None:
        """Record what waits, in the order in which it was decided."""
        if not self._waiting:
            return
        recorded = self._pathways.store.record(self._waiting, self._beside)
        self._waiting, self._beside = [], []
        for one in recorded:
            self.summary.count(one.fact.name, one.fact.occurred_on, one.recorded_at)

    def _amended(self, number: int, act: Act, context: Context) -> Sequence[UUID]:
        """What is asked of facts that are recorded, and of two pathways: the use case sees to it all."""
        self.flush()
        twice = act.twice
        lives = [number] if twice is None else [twice.first, number]
        if any(one not in self._open or self._open[one].told for one in lives):
            return ()
        about, other = self._open[lives[0]], self._open[number].pathway_id
        commands = act.commands
        try:
            if twice:
                numbers.replace(self._pathways, _replaced(twice, act), context)
                commands = [twice.asked(other)]
            elif act.chosen:
                commands = act.chosen(told_by_people(about.facts))
            if commands:
                self._pathways.command(about.pathway_id, commands, context)
        except Refused as refused:
            self._keep(number, refused, act, context, commands)
            self.summary.refused[refused.rule] += 1
            return ()
        finally:
            for one in lives:
                self._learn(one)
        return (other,) if twice else ()

    def _learn(self, number: int) -> None:
        """What the use case recorded on a pathway."""
        known = self._open[number]
        facts = self._pathways.store.load(known.pathway_id)
        for new in facts[len(known.facts) :]:
            self.summary.count(new.fact.name, new.fact.occurred_on, new.recorded_at)
            if isinstance(new.fact, Amendment):
                self.summary.amended.add(known.pathway_id)
        known.facts = facts
        pathway = folded(facts)
        self._look_ahead(number, [held(known.pathway_id, pathway)] if pathway else [])

    def _decided(self, number: int, act: Act, context: Context) -> NewFacts:
        if act.enrolment is None:
            known = self._open[number]
            return self._pathways.decide(known.pathway_id, known.facts, act.commands, context)
        if act.refused_by or act.comes_back:
            # Whether this person's other pathway is closed, only the database can tell.
            self.flush()
        pathway_id = self._ids()
        new = self._enrolled(pathway_id, act, act.enrolment, context)
        self._open[number] = _Open(pathway_id, [])
        return new

    def _enrolled(
        self, pathway_id: UUID, act: Act, enrolment: Enrolment, context: Context
    ) -> NewFacts:
        if act.refused_by or act.comes_back:
            return self._pathways.decide_enrolment(
                pathway_id, enrolment, context, then=act.commands
            )
        # Nobody knew them when they were invented: the vault need not be asked one by one.
        person = self._pathways.vault.sealed(enrolment.person)
        deciding = self._pathways.deciding(pathway_id)
        for command in (enrolment.command(UUID(person.person_ref)), *act.commands):
            deciding.take(command)
        return deciding.new_facts(context, person)

    def _context(self, actor: Actor) -> Context:
        command_id = str(self._ids())
        return Context(
            actor=actor,
            command_id=command_id,
            correlation_id=str(self._ids()),
            causation_id=command_id,
        )

    def _keep(
        self,
        number: int,
        refused: Refused,
        act: Act,
        context: Context,
        commands: Sequence[Command],
    ) -> None:
        known = self._open.get(number)
        kept = refused_command(
            Why.of(refused),
            context,
            command="enrol" if act.enrolment else commands[-1].path,
            pathway_id=known.pathway_id if known else None,
            refused_id=self._ids(),
            at=act.at,
        )
        with self._pathways.store.connection() as connection:
            keep(connection, kept)

    def _told(self, rule: str, *, as_meant: bool) -> Sequence[UUID]:
        if not as_meant:
            self.summary.cut_short[rule] += 1
            raise LifeCutShort(rule)
        self.summary.refused[rule] += 1
        return ()


def _is_meant(act: Act, refused: Refused) -> bool:
    return act.refused_by is not None and isinstance(refused, act.refused_by)


def told_by_people(facts: Sequence[Recorded]) -> list[Told]:
    """What those told who guide: systems put right by themselves what they told."""
    desks = (ActorKind.BEMIDDELAAR, ActorKind.PARTNER)
    return as_told(one for one in facts if one.actor.kind in desks)


def _replaced(twice: Twice, act: Act) -> Replacement:
    old, new = twice.numbers
    return Replacement(old, new, brussels_today(act.at), "KSZ")
