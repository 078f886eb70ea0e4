"""Recording alone, without loading and deciding, beside other recorders and a bare loop of our calls."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import cache, partial
from secrets import token_bytes
from typing import Any, cast
from uuid import UUID

import psycopg
from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from pathway.recorder import APPEND, Commit, Recorder
from pathway.store import Store
from psycopg.conninfo import conninfo_to_dict

from tests.benchmarks import emmett
from tests.benchmarks.appending import ALONE, TOGETHER, close, connected, kept
from tests.benchmarks.callers import Callers, Job, Prepare, running
from tests.benchmarks.measuring import Figure, Measured, Say, Sizes, figures, in_turns
from tests.benchmarks.place import Place

NAME = "recorder"
STATE_BYTES = 800
"""What the state of a fact with its envelope takes, about."""
DAY, INSTANT = date(2015, 1, 5), datetime(2015, 1, 5, 9, 0, tzinfo=UTC)


def measure(place: Place, sizes: Sizes, say: Say) -> list[Figure]:
    """Facts a second, each in a commit of its own, for one caller and for many."""
    url = place.store()
    found: list[Figure] = []
    try:
        for callers in (ALONE, TOGETHER):
            many = sizes.commands_alone if callers == ALONE else sizes.commands_together
            ours_side = _side(url, callers, many, ours)
            beside = {
                "the library's own": _side(url, callers, many, library),
                "Emmett's": partial(_emmetts, url, callers, many),
                "the same calls": _side(url, callers, many, calling),
            }
            for name, bare in beside.items():
                told = f"facts beside {name}, {callers}"
                sides = in_turns(sizes.rounds, ours_side, bare, partial(_say, say, told))
                found += figures(NAME, [("rate", told, "facts/s")], sides)
    finally:
        close()
    return found


def _say(say: Say, what: str, words: str) -> None:
    say(f"{what}: {words}")


def _side(url: str, callers: Callers, many: int, prepare: Prepare) -> Callable[[int], Measured]:
    def measured(_number: int) -> Measured:
        shares = [[commit() for _ in range(many // callers.all)] for _ in range(callers.all)]
        with running(callers) as run:
            return {"rate": sum(map(len, shares)) / run(prepare, url, shares)}

    return measured


def _emmetts(url: str, callers: Callers, many: int, _number: int) -> Measured:
    return {"rate": emmett.rate(url, callers, many)}


def commit() -> Commit:
    """One fact of a pathway of its own."""
    pathway_id, fact_id = UUID(bytes=token_bytes(16)), UUID(bytes=token_bytes(16))
    event = StoredEvent(pathway_id, 1, "CounsellorAssigned.v1", token_bytes(STATE_BYTES))
    return Commit([event], ([token_bytes(32)], [fact_id], [DAY], [INSTANT]), None)


def ours(url: str, shares: Sequence[Sequence[Commit]]) -> list[Job]:
    """Through the recorder of the store, by which callers of one process share their calls."""
    recorder = opened(url)

    def job(commits: Sequence[Commit]) -> None:
        for one in commits:
            recorder.commit(one)

    return [partial(job, commits) for commits in shares]


def library(url: str, shares: Sequence[Sequence[Commit]]) -> list[Job]:
    """Through the library's recorder, with its four columns."""
    recorder = librarys(url)

    def job(commits: Sequence[Commit]) -> None:
        for one in commits:
            recorder.insert_events(one.events)

    return [partial(job, commits) for commits in shares]


def calling(url: str, shares: Sequence[Sequence[Commit]]) -> list[Job]:
    """The statement that the recorder sends for one, on a connection of each caller's own."""

    def job(connection: psycopg.Connection[Any], commits: Sequence[Commit]) -> None:
        for one in commits:
            connection.execute(APPEND, one.parameters, prepare=True).fetchall()

    return [partial(job, connected(url, n), commits) for n, commits in enumerate(shares)]


@cache
def opened(url: str) -> Recorder:
    """Our recorder, kept for the next round."""
    store = Store(url, pool_size=TOGETHER.threads)
    kept.callback(opened.cache_clear)
    kept.callback(store.close)
    return store.recorder


@cache
def librarys(url: str) -> PostgresApplicationRecorder:
    """The library's recorder with a table of its own, kept for the next round."""
    parts = cast("dict[str, str]", conninfo_to_dict(url))
    datastore = PostgresDatastore(
        parts["dbname"],
        parts["host"],
        parts.get("port", "5432"),
        parts.get("user", ""),
        parts.get("password", ""),
        pool_size=TOGETHER.threads,
        lock_timeout=10,
    )
    recorder = PostgresApplicationRecorder(datastore, events_table_name="library_events")
    recorder.create_table()
    kept.callback(librarys.cache_clear)
    kept.callback(datastore.close)
    return recorder
