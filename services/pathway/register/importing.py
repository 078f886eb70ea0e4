"""From a file's rows to recorded facts: person by person, each one whole or not at all."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Generic
from uuid import UUID

from psycopg import Connection

from pathway.application import Pathways
from pathway.beside import Beside
from pathway.domain.refusals import InszCancelled
from pathway.identity import KnownNumber
from pathway.persons import pathways_of
from pathway.recorded import VDAB, Actor, Recorded
from pathway.refused import Why, keep, refused_command
from pathway.register.kinds import Kind, R
from pathway.register.reading import PersonRows, Register
from pathway.store import Context, NewFacts, OpenElsewhere, Outpaced, PersonKnown
from schemas.codes import ActorKind

PEOPLE_AT_ONCE = 100
_CONFLICTS = (Outpaced, OpenElsewhere, PersonKnown)

CANCELLED = Why(
    InszCancelled.rule,
    "This number was cancelled. Import the person with the number that they have now.",
    "insz",
)

Changes = dict[str, tuple[str | None, str | None] | None]
"""Column -> what was recorded and what the row says, as a file writes them; None of what is not shown."""


@dataclass
class StoreFindings:
    """What the store already had, differed from or refused; the file's own report knows nothing of it."""

    already: int = 0
    """Rows that were there."""
    continued: int = 0
    """People whose open pathway was gone on with."""
    corrected: dict[int, Changes] = field(default_factory=dict[int, Changes])
    """Line -> what was corrected."""
    differs: dict[int, list[str]] = field(default_factory=dict[int, list[str]])
    """Line -> columns in which it differs from what was imported before; nothing was written of them."""
    refused: dict[int, str] = field(default_factory=dict[int, str])
    """Line -> the rule by which the store refused it."""
    name_differs: list[int] = field(default_factory=list[int])
    """Each person's first recorded line under another name than the vault keeps."""

    def told(self) -> dict[str, object]:
        """For the report's key `store`: what is not empty."""
        return {name: value for name, value in vars(self).items() if value}


@dataclass
class Plan(Generic[R]):
    """What one person's rows come to."""

    person: PersonRows[R]
    about: UUID | None = None
    """The person's newest pathway, if there is one before this."""
    already: int = 0
    continued: bool = False
    corrected: dict[int, Changes] = field(default_factory=dict[int, Changes])
    differs: dict[int, list[str]] = field(default_factory=dict[int, list[str]])
    refused: dict[int, Why] = field(default_factory=dict[int, Why])
    named_otherwise: int | None = None
    facts: list[Recorded] = field(default_factory=list[Recorded])
    beside: list[Beside] = field(default_factory=list[Beside])

    def refuse(self, rows: Sequence[R], why: Why) -> None:
        """Leave these rows out."""
        self.refused |= {row.line: why for row in rows}

    def record(self, facts: Sequence[Recorded], new: NewFacts) -> None:
        """Have these new facts recorded, in their envelopes already."""
        self.facts.extend(facts)
        self.beside.append(new.beside)


class FileImport(Generic[R]):
    """One run of one file into a store; `source` is the file's digest, kept with each fact.

    With `corrections`, what was imported before and now differs is corrected. A `preview` finds out
    the same and records nothing.
    """

    def __init__(
        self,
        pathways: Pathways,
        kind: Kind[R],
        source: str,
        *,
        corrections: bool = False,
        preview: bool = False,
    ) -> None:
        self.findings = StoreFindings()
        self.facts = 0
        self.pathways = pathways
        self.corrections = corrections
        self._kind = kind
        self._source = source
        self._preview = preview

    def run(self, register: Register[R]) -> Iterator[int]:
        """Record everybody in the file; yields how many people are done, now and then.

        A person's facts are committed together, so that a run that was cut off is finished by the
        next one, which finds what is there. Raises `StoreAway` and `UnreadableRegister`.
        """
        people = register.persons()
        done = 0
        while chunk := list(islice(people, PEOPLE_AT_ONCE)):
            self._record(chunk)
            done += len(chunk)
            yield done

    def plans(
        self, people: Sequence[PersonRows[R]], known: Mapping[str, KnownNumber]
    ) -> list[Plan[R]]:
        """What the rows of these people come to; `known` are their numbers that the vault knows."""
        raise NotImplementedError

    def streams(self, person: UUID | None) -> dict[UUID, list[Recorded]]:
        """The facts of each pathway of a person, the oldest pathway first."""
        store = self.pathways.store
        return {one: store.load(one) for one in pathways_of(store, person)} if person else {}

    def context(self, line: int) -> Context:
        """Who says what stands on this line."""
        command = f"{self._kind.name}:{self._source}:{line}"
        return Context(
            actor=Actor(kind=ActorKind.IMPORT, ref=self._kind.name, organisation=VDAB),
            command_id=command,
            correlation_id=f"{self._kind.name}:{self._source}",
            causation_id=command,
        )

    @property
    def authority(self) -> str:
        """The file as the authority of a correction; its name could hold a person's, so it is not told.

        Ten signs of the digest: eleven could be the number of a person. The envelope has it whole.
        """
        return f"{self._kind.name}:{self._source[:10]}"

    def _record(self, people: Sequence[PersonRows[R]]) -> None:
        plans = self._plans(people)
        try:
            self._append(plans)
        except _CONFLICTS:
            # Somebody else works on one of them at this moment: take them one by one.
            plans = [self._recorded_alone(person) for person in people]
        for plan in plans:
            self._note(plan)

    def _recorded_alone(self, person: PersonRows[R]) -> Plan[R]:
        while True:
            plans = self._plans([person])
            try:
                self._append(plans)
            except _CONFLICTS:
                continue
            return plans[0]

    def _plans(self, people: Sequence[PersonRows[R]]) -> list[Plan[R]]:
        return self.plans(people, self.pathways.vault.known([person.insz for person in people]))

    def _append(self, plans: Sequence[Plan[R]]) -> None:
        facts = [fact for plan in plans for fact in plan.facts]
        if self._preview:
            self.facts += len(facts)
            return
        store = self.pathways.store
        refused = [
            refused_command(
                why,
                self.context(line),
                command=f"import {self._kind.name}",
                pathway_id=plan.about,
                refused_id=store.new_id(),
                at=store.clock(),
            )
            for plan in plans
            for line, why in plan.refused.items()
        ]
        if facts or refused:
            beside = [one for plan in plans for one in plan.beside]

            def also(connection: Connection[Any]) -> None:
                keep(connection, *refused)

            store.record(facts, beside, also if refused else None)
        self.facts += len(facts)

    def _note(self, plan: Plan[R]) -> None:
        self.findings.already += plan.already
        self.findings.continued += plan.continued
        self.findings.corrected.update(plan.corrected)
        self.findings.differs.update(plan.differs)
        self.findings.refused.update((line, why.rule) for line, why in plan.refused.items())
        if plan.named_otherwise:
            self.findings.name_differs.append(plan.named_otherwise)
