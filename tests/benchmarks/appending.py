"""Load, decide, record through the use cases, beside plain psycopg inserts of the same rows."""

import itertools
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from functools import cache, partial
from typing import Any, LiteralString
from uuid import UUID

import psycopg
from cryptography.fernet import Fernet, MultiFernet
from pathway.application import Pathways
from pathway.identity import Vault
from pathway.store import Store
from plumbing.ids import new_id

from tests.benchmarks.callers import Callers, Job, Run, running
from tests.benchmarks.measuring import Figure, Measured, Say, Sizes, figures, in_turns
from tests.benchmarks.people import FACTS_BEFORE, assignment, enrolled
from tests.benchmarks.place import Place
from tests.pathway.given import said

NAME = "append"
COMMANDS_EACH = 4
"""Commands on each pathway: its 5th to 8th fact."""
# Every process of a run has to open the same vault, which is thrown away with the run.
MASTER = MultiFernet([Fernet(urlsafe_b64encode(bytes(32)))])
ALONE, TOGETHER, IN_PROCESSES = Callers(1, 1), Callers(1, 32), Callers(4, 8)

BARE_TABLE: LiteralString = """
create table bare_fact (
    position bigint generated always as identity primary key,
    pathway_id uuid not null, version bigint not null, topic text not null, state bytea not null,
    hash bytea not null, fact_id uuid not null, occurred_on date not null,
    recorded_at timestamptz not null
)
"""
BARE_INSERT: LiteralString = """
insert into bare_fact
    (pathway_id, version, topic, state, hash, fact_id, occurred_on, recorded_at)
values (%s, %s, %s, %s, %s, %s, %s, %s)
"""
STORED: LiteralString = """
select originator_id, originator_version, topic, state, hash, fact_id, occurred_on, recorded_at
from pathway.pathway_events where notification_id > %s order by notification_id
"""

Row = tuple[Any, ...]


def measure(place: Place, sizes: Sizes, say: Say) -> list[Figure]:
    """Commands a second, for one caller, many, and many in several processes."""
    url = place.store()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(BARE_TABLE)
    numbers = itertools.count(1)
    found: list[Figure] = []
    try:
        for callers in (ALONE, TOGETHER, IN_PROCESSES):
            many = sizes.commands_alone if callers == ALONE else sizes.commands_together
            with running(callers) as run:
                rounds = _Rounds(url, callers, many, run, numbers)
                told = partial(_say, say, callers)
                sides = in_turns(sizes.rounds, rounds.ours, rounds.bare, told)
            found += figures(NAME, [("rate", f"command, {callers}", "commands/s")], sides)
    finally:
        close()
    return found


def _say(say: Say, callers: Callers, words: str) -> None:
    say(f"{callers}: {words}")


class _Rounds:
    """Rounds with the same callers: ours on new pathways, bare with the rows that ours left."""

    def __init__(
        self, url: str, callers: Callers, many: int, run: Run, numbers: Iterator[int]
    ) -> None:
        self._url, self._callers, self._run, self._numbers = url, callers.all, run, numbers
        self._many_pathways = max(1, many // callers.all // COMMANDS_EACH) * callers.all
        self._rows: list[Row] = []

    def ours(self, _number: int) -> Measured:
        ids = enrolled(opened(self._url), self._numbers, self._many_pathways)
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute("analyze pathway.pathway_events")
            mark = opened(self._url).store.position()
            seconds = self._run(commanding, self._url, self._shared(ids))
            self._rows = connection.execute(STORED, (mark,)).fetchall()
        return {"rate": len(self._rows) / seconds}

    def bare(self, _number: int) -> Measured:
        seconds = self._run(inserting, self._url, self._shared(self._rows))
        return {"rate": len(self._rows) / seconds}

    def _shared(self, things: Sequence[Any]) -> list[Sequence[Any]]:
        return [things[n :: self._callers] for n in range(self._callers)]


def commanding(url: str, shares: Sequence[Sequence[UUID]]) -> list[Job]:
    """For each caller: commands on its pathways, each of them in turn."""
    pathways = opened(url)

    def job(ids: Sequence[UUID]) -> None:
        for step in range(FACTS_BEFORE, FACTS_BEFORE + COMMANDS_EACH):
            for pathway_id in ids:
                pathways.command(pathway_id, [assignment(step)], said(f"{pathway_id}-{step}"))

    return [partial(job, ids) for ids in shares]


def inserting(url: str, shares: Sequence[Sequence[Row]]) -> list[Job]:
    """For each caller: its rows, each in a commit of its own."""

    def job(connection: psycopg.Connection[Any], rows: Sequence[Row]) -> None:
        for row in rows:
            connection.execute(BARE_INSERT, row, prepare=True)

    return [partial(job, connected(url, n), rows) for n, rows in enumerate(shares)]


@cache
def opened(url: str) -> Pathways:
    """The use cases of this process, kept for the next round."""
    store = Store(url, pool_size=TOGETHER.threads)
    kept.callback(store.close)
    return Pathways(store, Vault(store, MASTER, new_id=new_id))


@cache
def connected(url: str, number: int) -> psycopg.Connection[Any]:
    """Bare caller `number`'s connection, kept for the next round."""
    connection = psycopg.connect(url, autocommit=True, application_name=f"bare {number}")
    kept.callback(connection.close)
    return connection


def close() -> None:
    """Give back what this process has kept."""
    opened.cache_clear()
    connected.cache_clear()
    kept.close()


kept = ExitStack()
