"""Answers that were made before: told again as long as nothing that they are made of has changed."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from threading import Lock
from typing import Generic, TypeVar

from psycopg import sql

from projections.schema import Database

MOST_KEPT = 10_000
"""Rows of all kept answers, of 0.6 to 5 kB each; the answer that nobody asked for longest goes first."""

Answer = TypeVar("Answer")
State = tuple[object, ...]

# Whoever writes rows moves a partition's position, or notes what a parked pathway caught up on, in the same
# transaction; tables that are made anew are others; and the key decides who is in the protected population.
_STATE = """
    select {inside}::regclass::oid::bigint,
           (select string_agg(partition || ':' || next_offset, ' ' order by partition)
              from {schema}.partition_progress),
           (select count(*) || ' ' || coalesce(max(applied_at)::text, '') from {schema}.caught_up),
           (select string_agg(concat_ws(':', pathway_id, from_version, since), ' ' order by pathway_id)
              from projections.parked where projection = {inside_of}),
           (select xmin::text from projections.report_key)
"""


def state(connection: Database, projection: str) -> State:
    """What changes whenever a row of the read model does: as of the moment that `connection` reads.

    Two moments with the same state have the same rows.
    """
    query = sql.SQL(_STATE).format(
        inside=sql.Literal(f"{projection}.pathway_event"),
        inside_of=sql.Literal(projection),
        schema=sql.Identifier(projection),
    )
    return connection.execute(query).fetchone() or ()


@dataclass
class Kept(Generic[Answer]):
    """The answers of one process, by question and state; safe to use from many threads.

    A question is all that an answer depends on but the rows: parameters, clocks, and for whom it is counted.
    """

    size: Callable[[Answer], int]
    """How many rows an answer has."""
    _answers: OrderedDict[Hashable, Answer] = field(
        default_factory=OrderedDict[Hashable, Answer], init=False, repr=False
    )
    _rows: int = field(default=0, init=False)
    _lock: Lock = field(default_factory=Lock, init=False, repr=False)

    def answer(self, question: Hashable, at: State, make: Callable[[], Answer]) -> Answer:
        """The answer that was made at this state before, or else the one that `make` makes now."""
        key = (question, at)
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
                return self._answers[key]
        # Two that ask at the same time make it both: none waits for another's.
        made = make()
        with self._lock:
            if key not in self._answers:
                self._answers[key] = made
                self._rows += self.size(made)
            while self._rows > MOST_KEPT:
                _, gone = self._answers.popitem(last=False)
                self._rows -= self.size(gone)
        return made
