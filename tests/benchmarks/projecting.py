"""The projector on a full log, beside COPY of the very rows that it made."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import psycopg
from pathway.topics import PARTITIONS, partition_of
from plumbing import database
from plumbing.clock import utc_now
from projections import schema
from projections.counsellor import COUNSELLOR
from projections.projection import Projection, Record
from projections.projector import Batch, Move, apply
from projections.reporting import REPORTING
from projections.topic import MOST_RECORDS
from psycopg import sql

from tests.benchmarks.history import history
from tests.benchmarks.measuring import Figure, Measured, Say, Sizes, figures, in_turns
from tests.benchmarks.place import Place

NAME = "projection"
KEPT = ("pathway_event", "pathway_progress")
"""Tables that every projection has, beside its own."""

Rows = dict[str, list[tuple[Any, ...]]]


def measure(place: Place, sizes: Sizes, say: Say) -> list[Figure]:
    """Events a second into each read model, from messages that are in memory already."""
    log = history(place, sizes, say)
    by_partition = _by_partition([event for window in log.windows for event in window.events])
    url = place.read_models()
    found: list[Figure] = []
    for projection, batches, order in (
        (COUNSELLOR, _one_by_one(by_partition), "partition by partition"),
        (REPORTING, _one_by_one(by_partition), "partition by partition"),
        (COUNSELLOR, _spread(by_partition), "pathways far apart"),
    ):
        rounds = _Rounds(url, projection, batches, log.facts)
        told = partial(_say, say, projection.name)
        sides = in_turns(sizes.rounds, rounds.ours, rounds.bare, told)
        what = f"{log.facts:,} events into {projection.name} ({rounds.rows:,} rows), {order}"
        found += figures(NAME, [("rate", what, "events/s")], sides)
    return found


def _say(say: Say, name: str, words: str) -> None:
    say(f"{name}: {words}")


def _by_partition(messages: Sequence[tuple[bytes, bytes]]) -> list[list[Record]]:
    records: list[list[Record]] = [[] for _ in range(PARTITIONS)]
    for key, value in messages:
        there = records[partition_of(key)]
        there.append(Record(partition_of(key), len(there), key, value))
    return records


def _one_by_one(by_partition: Sequence[Sequence[Record]]) -> list[list[Record]]:
    """As a consumer that is behind gets them: of one partition, as many as it takes at once."""
    return [
        [*part[n : n + MOST_RECORDS]]
        for part in by_partition
        for n in range(0, len(part), MOST_RECORDS)
    ]


def _spread(by_partition: Sequence[Sequence[Record]]) -> list[list[Record]]:
    """As in a log of years: a batch has few events of any one pathway, and must look up the others."""
    each = MOST_RECORDS // PARTITIONS
    longest = max(len(part) for part in by_partition)
    return [
        [record for part in by_partition for record in part[n : n + each]]
        for n in range(0, longest, each)
    ]


class _Rounds:
    """Rounds on one projection, each in tables that are new and empty."""

    def __init__(
        self, url: str, projection: Projection, batches: Sequence[Sequence[Record]], events: int
    ) -> None:
        self._url, self._projection = url, projection
        self._batches, self._events = batches, events
        self._rows: Rows = {}

    @property
    def rows(self) -> int:
        return sum(len(rows) for rows in self._rows.values())

    def ours(self, _number: int) -> Measured:
        with self._tables() as connection:
            connection.execute(
                "insert into partition_progress (partition, next_offset)"
                " select n, 0 from generate_series(0, %s) as n",
                [PARTITIONS - 1],
            )
            began = time.perf_counter()
            for batch in self._batches:
                offsets: dict[int, list[int]] = {}
                for record in batch:
                    offsets.setdefault(record.partition, []).append(record.offset)
                moves = {p: Move(there[0], there[-1] + 1) for p, there in offsets.items()}
                done = apply(connection, self._projection, Batch(batch, moves), at=utc_now())
                assert done.applied == len(batch), done
            seconds = time.perf_counter() - began
            if not self._rows:
                tables = (*KEPT, *self._projection.tables)
                self._rows = {table: read_rows(connection, table) for table in tables}
        return {"rate": self._events / seconds}

    def bare(self, _number: int) -> Measured:
        with self._tables() as connection:
            began = time.perf_counter()
            with connection.transaction():
                for table, rows in self._rows.items():
                    copy_rows(connection, table, rows)
            seconds = time.perf_counter() - began
        return {"rate": self._events / seconds}

    @contextmanager
    def _tables(self) -> Iterator[schema.Database]:
        with (
            database.connect(self._url, "benchmarks", autocommit=True) as connection,
            schema.scratch(connection, self._projection),
        ):
            yield connection


def read_rows(connection: schema.Database, table: str) -> list[tuple[Any, ...]]:
    """The rows as psycopg writes them again; JSON as the text that it came in as."""
    described = connection.execute(sql.SQL("select * from {} limit 0").format(_named(table)))
    columns = [
        sql.SQL("{}::text").format(_named(column.name))
        if column.type_code == psycopg.adapters.types["jsonb"].oid
        else _named(column.name)
        for column in described.description or ()
    ]
    asked = sql.SQL("select {} from {}").format(sql.SQL(", ").join(columns), _named(table))
    return connection.execute(asked).fetchall()


def copy_rows(connection: schema.Database, table: str, rows: Sequence[tuple[Any, ...]]) -> None:
    words = sql.SQL("copy {} from stdin").format(_named(table))
    with connection.cursor() as cursor, cursor.copy(words) as copy:
        for row in rows:
            copy.write_row(row)


def _named(name: str) -> sql.Identifier:
    return sql.Identifier(name)
