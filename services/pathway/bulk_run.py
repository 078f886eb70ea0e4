"""A bulk carried out: its group found in the log, each pathway decided and committed by itself, once."""

from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from enum import StrEnum
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

from plumbing.database import connection_string
from psycopg import Connection
from psycopg.rows import DictRow, dict_row

from pathway.application import Pathways, as_told
from pathway.backdating import Review
from pathway.bulk import Bulk, Part
from pathway.deciding import Deciding
from pathway.domain.modules import ModuleFact
from pathway.domain.refusals import Refused
from pathway.leader import Session
from pathway.recorded import Actor, Recorded
from pathway.refused import RefusedCommand, Why, keep, refused_command
from pathway.store import Context, NewFacts, Outpaced

AT_ONCE = 500

# Corrections and merges hold whole facts, so their bytes name what they are about too. The window's
# count comes with the first row, so that the log is read once.
_GROUP: LiteralString = """
    select originator_id, count(*) over () as pathways
    from (select distinct originator_id from pathway.pathway_events
          where position(%s::bytea in state) > 0) as marked
    order by originator_id
"""


class Outcome(StrEnum):
    """What became of one part."""

    ACCEPTED = "accepted"
    """Recorded; in a preview, it would be."""
    ALREADY = "already"
    """An earlier run of the same recorded it, whatever was made of it since."""
    REFUSED = "refused"
    UNREADABLE = "unreadable"
    """The pathway's bytes are damaged: nothing is known of it, and nothing was done."""


class Item(NamedTuple):
    """What became of one part of a bulk."""

    module_id: UUID | None
    outcome: Outcome
    warnings: tuple[str, ...] = ()
    why: Why | None = None


class Found(NamedTuple):
    """A pathway of the group, whose it is, and what became of each part."""

    pathway_id: UUID
    person_ref: UUID | None
    """None where that cannot be read."""
    items: Sequence[Item]

    @property
    def all_accepted(self) -> bool:
        """Whether the facts that a run records tell all of this themselves."""
        return all(item.outcome is Outcome.ACCEPTED for item in self.items)


class BulkRun:
    """One run of a bulk on a store; a `preview` finds out the same and writes nothing."""

    def __init__(
        self,
        pathways: Pathways,
        bulk: Bulk,
        actor: Actor,
        *,
        preview: bool = False,
        bulk_id: UUID | None = None,
        review: Review | None = None,
    ) -> None:
        """`bulk_id`: by which a run is known again, where it is not by what is asked alone.

        `review` looks at what a command came to, for people; see `backdating`.
        """
        self.counts: Counter[Outcome] = Counter()
        self.warned = 0
        self.bulk = bulk
        self.store = pathways.store
        self.preview = preview
        self._pathways = pathways
        self._actor = actor
        self._bulk_id = bulk_id or bulk.bulk_id
        self._review = review

    def decide(self, pathway_id: UUID) -> Found | None:
        """Decide about this pathway, and record what follows in one commit; None when it is not in the group.

        Decided anew when somebody else was first. Raises `StoreAway`.
        """
        try:
            return self._decide(pathway_id)
        except ValueError:  # What is no JSON, and what is no fact: told without what stands there.
            self.counts[Outcome.UNREADABLE] += 1
            return Found(pathway_id, None, [Item(None, Outcome.UNREADABLE)])

    def _decide(self, pathway_id: UUID) -> Found | None:
        while True:
            facts = self.store.load(pathway_id)
            deciding = self._pathways.deciding(pathway_id, facts)
            pathway = deciding.pathway
            if pathway is None:
                return None
            items = [*self._already(facts), *self._decided(deciding, facts)]
            if not self.preview:
                try:
                    self._record(deciding, facts, items)
                except Outpaced:
                    continue
            self.counts.update(item.outcome for item in items)
            self.warned += sum(bool(item.warnings) for item in items)
            return Found(pathway_id, pathway.person_ref, items) if items else None

    def _already(self, facts: Sequence[Recorded]) -> list[Item]:
        command_id = self._context(facts[0].pathway_id).command_id
        return [
            Item(one.fact.module_id if isinstance(one.fact, ModuleFact) else None, Outcome.ALREADY)
            for one in facts
            if one.command_id == command_id
        ]

    def _decided(self, deciding: Deciding, facts: Sequence[Recorded]) -> Iterator[Item]:
        pathway = deciding.pathway
        if pathway is None or not pathway.open:
            return
        done = {item.module_id for item in self._already(facts)}
        for part in self.bulk.parts(pathway, as_told(facts)):
            if part.module_id not in done:
                yield self._item(deciding, facts, part)

    def _item(self, deciding: Deciding, facts: Sequence[Recorded], part: Part) -> Item:
        before = len(deciding.new)
        try:
            with deciding.whole():
                self.bulk.decide(deciding, part)
                new = self._new(deciding, facts).facts[before:]
        except Refused as refused:
            return Item(part.module_id, Outcome.REFUSED, why=Why.of(refused))
        told = (warning for judged in new for warning in judged.warnings)
        return Item(part.module_id, Outcome.ACCEPTED, tuple(dict.fromkeys(told)))

    def _new(self, deciding: Deciding, facts: Sequence[Recorded]) -> NewFacts:
        new = deciding.new_facts(self._context(deciding.pathway_id))
        return self._review(facts, new) if self._review else new

    def _record(self, deciding: Deciding, facts: Sequence[Recorded], items: Sequence[Item]) -> None:
        context = self._context(deciding.pathway_id)
        refused = [
            self._kept(context, deciding.pathway_id, item.module_id, item.why)
            for item in items
            if item.why
        ]

        def also(connection: Connection[Any]) -> None:
            keep(connection, *refused)

        if deciding.new:
            self.store.append(self._new(deciding, facts), also=also if refused else None)
        elif refused:
            with self.store.connection() as connection:
                keep(connection, *refused)

    def _kept(
        self, context: Context, pathway_id: UUID, module_id: UUID | None, why: Why
    ) -> RefusedCommand:
        part = f":{module_id}" if module_id else ""
        return refused_command(
            why,
            replace(context, command_id=context.command_id + part),
            command=f"bulk {self.bulk.name}",
            pathway_id=pathway_id,
            refused_id=self.store.new_id(),
            at=self.store.clock(),
        )

    def _context(self, pathway_id: UUID) -> Context:
        """The same in every run: by the command's id, a pathway tells what was done there already."""
        bulk = f"bulk:{self._bulk_id}"
        command_id = f"{bulk}:{pathway_id}"
        return Context(
            actor=self._actor,
            command_id=command_id,
            correlation_id=bulk,
            causation_id=command_id,
        )


@contextmanager
def marked(database_url: str, mark: bytes) -> Generator[tuple[int, Iterator[UUID]]]:
    """How many pathways have a fact whose bytes hold `mark`, as of this moment, and each of them by its id.

    The ids wait at the server, outside any transaction, so memory does not grow with the group and
    nothing is held up while it is worked through. Raises psycopg.OperationalError.
    """
    conninfo = connection_string(database_url, "pathway bulk")
    with (
        Session.connect(conninfo, autocommit=True, row_factory=dict_row) as session,
        session.cursor(name="bulk", withhold=True) as cursor,
    ):
        cursor.itersize = AT_ONCE
        cursor.execute(_GROUP, (mark,))
        first = cursor.fetchone()
        yield (first["pathways"], _ids(first["originator_id"], cursor)) if first else (0, iter(()))


def _ids(first: UUID, rest: Iterable[DictRow]) -> Iterator[UUID]:
    yield first
    for row in rest:
        yield row["originator_id"]
