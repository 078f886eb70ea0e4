"""The events topic over REST: the same messages in the log's order, as far as they stand on the topic."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from psycopg import Connection
from psycopg.rows import DictRow
from pydantic import ValidationError

from pathway import outgoing, publisher_position
from pathway.recorded import Recorded
from pathway.states import Hole, States
from pathway.store import Store, recorded

MOST_BYTES = 4_000_000
"""Of messages in one answer, which has one more where that alone is larger."""


class BeyondTheLog(Exception):
    """A reader read further than this store ever came; the message says how far it is."""


class Untellable(Exception):
    """The store is not as facts were recorded, or not by this release; the message names the fact."""


@dataclass(frozen=True)
class Heads:
    """The place in the log of the newest fact, and that up to which both topics hold every fact."""

    stored: int
    published: int


@dataclass(frozen=True)
class Page:
    """Messages as they stand on the topic, the pathways they are about, and where to ask on.

    `published` is the place in the log up to which there was something to tell.
    """

    messages: Sequence[bytes]
    pathways: frozenset[UUID]
    next: int
    published: int

    def to_json(self) -> bytes:
        """The answer, with each message in it byte for byte."""
        events = b",".join(self.messages)
        return b'{"events":[%b],"next":"%d","position":"%d"}' % (events, self.next, self.published)


class Feed:
    """Reads the log for those who follow it over REST; keeps nothing between two questions.

    What is stored and not published is not told: a store that loses its newest facts, or an operator
    who lets one go out as withheld, would otherwise leave REST with what no topic ever has.
    """

    def __init__(self, store: Store, schema_base: str) -> None:
        self._store = store
        self._schema_base = schema_base

    def heads(self) -> Heads:
        """How far the log is, stored and published. Raises `StoreAway`."""
        with self._store.connection() as connection:
            return _heads(connection)

    def page(self, after: int, limit: int, pathway_id: UUID | None = None) -> Page:
        """The events after a place in the log, at most `limit`; of one pathway where it is given.

        Raises BeyondTheLog, Untellable, `StoreAway`.
        """
        with self._store.connection() as connection:
            # First how far it is: all up to there was committed before, so nothing is passed over.
            heads = _heads(connection)
            if after > heads.stored:
                raise BeyondTheLog(f"You read up to {after}, and this log ends at {heads.stored}.")
            try:
                facts = _facts(connection, after, heads.published, limit, pathway_id)
                messages = list(_bounded(self._messages(connection, facts)))
            except (Hole, ValidationError, outgoing.Unfit) as broken:
                what = "a fact's bytes cannot be read"
                raise Untellable(
                    what if isinstance(broken, ValidationError) else str(broken)
                ) from broken
        told = facts[: len(messages)]
        return Page(
            messages,
            frozenset(fact.pathway_id for fact in told),
            told[-1].position if told else after,
            heads.published,
        )

    def _messages(
        self, connection: Connection[DictRow], facts: Sequence[Recorded]
    ) -> Iterator[bytes]:
        after_each = States(connection).after_each(facts)
        withheld = publisher_position.withheld(connection)
        for fact, after in zip(facts, after_each, strict=True):
            yield outgoing.event(fact, after, withheld, self._schema_base).to_bytes()


def _heads(connection: Connection[DictRow]) -> Heads:
    row = connection.execute(
        """
        select coalesce((select max(notification_id) from pathway.pathway_events), 0) as stored,
               coalesce((select position from pathway.publisher_status), 0) as published
        """,
        prepare=True,
    ).fetchone()
    return Heads(**row) if row else Heads(0, 0)


def _facts(
    connection: Connection[DictRow], after: int, upto: int, limit: int, pathway_id: UUID | None
) -> list[Recorded]:
    if pathway_id is None:
        rows = connection.execute(
            """
            select * from pathway.pathway_events
            where notification_id > %s and notification_id <= %s
            order by notification_id limit %s
            """,
            (after, upto, limit),
            prepare=True,
        )
    else:
        # In the order of versions, which is that of the log within a pathway.
        rows = connection.execute(
            """
            select * from pathway.pathway_events
            where originator_id = %s and notification_id > %s and notification_id <= %s
            order by originator_version limit %s
            """,
            (pathway_id, after, upto, limit),
            prepare=True,
        )
    return [recorded(row) for row in rows]


def _bounded(messages: Iterable[bytes]) -> Iterator[bytes]:
    size = 0
    for message in messages:
        size += len(message)
        if size > MOST_BYTES and size > len(message):
            return
        yield message
