"""Lives into the store: acts are decided by the real use cases and recorded many pathways at a time."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from pathway.application import Enrolment, Pathways
from pathway.beside import Beside
from pathway.domain.modules import NewModule
from pathway.domain.refusals import Refused
from pathway.identity import Person
from pathway.recorded import Recorded
from pathway.refused import Why, keep, refused_command
from pathway.simulation.acts import Act
from pathway.simulation.chance import SeededIds, SimulatedClock
from pathway.simulation.population import LifeCutShort
from pathway.store import Context, NewFacts

BATCH = 500
"""Facts in one append, about."""

_LATE = 3


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

    @property
    def pathways(self) -> int:
        return self.facts["Enrolled"]

    @property
    def open(self) -> int:
        return self.pathways - self.facts["PathwayClosed"]

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


class Recording:
    """Carries out acts on a store whose clock and ids are the simulation's own."""

    def __init__(self, pathways: Pathways, clock: SimulatedClock, ids: SeededIds) -> None:
        self.summary = Summary()
        self._pathways = pathways
        self._clock = clock
        self._ids = ids
        self._open: dict[int, _Open] = {}
        self._waiting: list[Recorded] = []
        self._beside: list[Beside] = []

    def known(self, people: Sequence[Person]) -> set[str]:
        """The INSZs of those among these people that the vault knows."""
        self.flush()
        return set(self._pathways.vault.references([person.insz for person in people]))

    def carry_out(self, number: int, act: Act) -> Sequence[UUID]:
        self._clock.now = act.at
        context = self._context(act)
        try:
            new = self._decided(number, act, context)
        except Refused as refused:
            self._keep(number, refused, act, context)
            return self._told(refused.rule, as_meant=_is_meant(act, refused))
        if act.refused_by is not None:
            return self._told(f"accepted: {act.refused_by.rule}", as_meant=False)
        facts = self._pathways.store.enveloped(new)
        self._open[number].facts.extend(facts)
        self._waiting.extend(facts)
        self._beside.append(new.beside)
        if len(self._waiting) >= BATCH:
            self.flush()
        facts = [judged.fact for judged in new.facts]
        return [fact.module_id for fact in facts if isinstance(fact, NewModule)]

    def forget(self, number: int) -> None:
        self._open.pop(number, None)

    def flush(self) -> None:
        """Record what waits, in the order in which it was decided."""
        if not self._waiting:
            return
        recorded = self._pathways.store.record(self._waiting, self._beside)
        self._waiting, self._beside = [], []
        for one in recorded:
            self.summary.count(one.fact.name, one.fact.occurred_on, one.recorded_at)

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

    def _context(self, act: Act) -> Context:
        command_id = str(self._ids())
        return Context(
            actor=act.actor,
            command_id=command_id,
            correlation_id=str(self._ids()),
            causation_id=command_id,
        )

    def _keep(self, number: int, refused: Refused, act: Act, context: Context) -> None:
        known = self._open.get(number)
        kept = refused_command(
            Why.of(refused),
            context,
            command="enrol" if act.enrolment else act.commands[-1].path,
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
