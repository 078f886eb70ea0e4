"""The same work on a store of millions of facts and on one of thousands, and while its table is maintained."""

import itertools
import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import LiteralString
from uuid import UUID

import psycopg
from pathway.application import folded
from psycopg import sql

from tests.benchmarks.appending import ALONE, COMMANDS_EACH, TOGETHER, close, commanding, opened
from tests.benchmarks.callers import Callers, Job, running
from tests.benchmarks.measuring import Figure, Measured, Say, Sizes, figures, in_turns, percentile
from tests.benchmarks.people import FACTS_BEFORE, assignment, enrolled
from tests.benchmarks.place import Place
from tests.pathway.given import said

NAME = "grown"
AT_ONCE = 250_000
FILLED: LiteralString = """
insert into pathway.pathway_events
    (originator_id, originator_version, topic, state, hash, fact_id, occurred_on, recorded_at)
select md5('pathway ' || n / 15)::uuid, n %% 15 + 1, 'CounsellorAssigned.v1',
       decode(repeat(md5(n::text), 50), 'hex'), sha256(n::text::bytea), uuidv7(), '2015-01-05', now()
from generate_series(%s::bigint, %s::bigint) as n
"""
"""Facts of 800 bytes, 15 for each pathway, that no pathway which is measured has: they are only in the way."""
MAINTAINED: tuple[LiteralString, ...] = (
    "analyze pathway.pathway_events",
    "vacuum (freeze, disable_page_skipping) pathway.pathway_events",
)


def measure(place: Place, sizes: Sizes, say: Say) -> list[Figure]:
    """Commands and loaded pathways a second with many facts beside few; commands during maintenance."""
    try:
        large = _Store.filled(place, sizes.facts_many, sizes, say)
        small = _Store.filled(place, sizes.facts_few, sizes, say)
        beside = partial(_beside, (large, small), sizes, say)
        found: list[Figure] = []
        for callers in (ALONE, TOGETHER):
            side = partial(_commands, callers, sizes)
            found += beside(side, (f"command, {callers}", "commands/s"))
        found += beside(partial(_loads, sizes), ("pathways loaded and folded", "pathways/s"))
        return found + _while_maintained(large, sizes, say)
    finally:
        close()


@dataclass(frozen=True)
class _Store:
    """A store that is full to some point, and pathways in it that were there before."""

    url: str
    old: Sequence[UUID]
    numbers: Iterator[int]

    @classmethod
    def filled(cls, place: Place, many: int, sizes: Sizes, say: Say) -> "_Store":
        url, numbers = place.store(), itertools.count(1)
        old = enrolled(opened(url), numbers, sizes.loads)
        with psycopg.connect(url, autocommit=True) as connection:
            for first in range(0, many, AT_ONCE):
                say(f"filling: {first:,} of {many:,}")
                connection.execute(FILLED, (first, min(first + AT_ONCE, many) - 1))
            connection.execute("vacuum (analyze) pathway.pathway_events")
        return cls(url, old, numbers)


def _beside(
    stores: "tuple[_Store, _Store]",
    sizes: Sizes,
    say: Say,
    side: Callable[["_Store"], Measured],
    named: tuple[str, str],
) -> list[Figure]:
    large, small = stores
    what = f"{named[0]}, {sizes.facts_many:,} facts beside {sizes.facts_few:,}"
    rounds = in_turns(
        sizes.rounds,
        lambda _number: side(large),
        lambda _number: side(small),
        lambda words: say(f"{what}: {words}"),
    )
    return figures(NAME, [("rate", what, named[1])], rounds)


def _commands(callers: Callers, sizes: Sizes, store: _Store) -> Measured:
    many = sizes.commands_alone if callers == ALONE else sizes.commands_together
    ids = _new(store, max(1, many // COMMANDS_EACH // callers.all) * callers.all)
    with running(callers) as run:
        seconds = run(commanding, store.url, [ids[n :: callers.all] for n in range(callers.all)])
    return {"rate": len(ids) * COMMANDS_EACH / seconds}


def _new(store: _Store, many: int) -> list[UUID]:
    return enrolled(opened(store.url), store.numbers, many)


def _loads(sizes: Sizes, store: _Store) -> Measured:
    """Pathways from before all others, each by itself, in an order of chance."""
    ids = list(store.old)
    random.Random(len(ids)).shuffle(ids)
    with running(ALONE) as run:
        seconds = run(loading, store.url, [ids])
    return {"rate": len(ids) / seconds}


def loading(url: str, shares: Sequence[Sequence[UUID]]) -> list[Job]:
    """For each caller: its pathways, loaded from the store and folded."""
    store = opened(url).store

    def job(ids: Sequence[UUID]) -> None:
        for pathway_id in ids:
            folded(store.load(pathway_id))

    return [partial(job, ids) for ids in shares]


def _while_maintained(store: _Store, sizes: Sizes, say: Say) -> list[Figure]:
    what = "command of 1 caller while ANALYZE and VACUUM run, p99"

    def ours(_number: int) -> Measured:
        with _maintaining(store.url):
            return _times(store, sizes)

    rounds = in_turns(
        sizes.rounds,
        ours,
        lambda _number: _times(store, sizes),
        lambda words: say(f"{what}: {words}"),
    )
    return figures(NAME, [("p99", f"{what}, beside none", "ms")], rounds)


def _times(store: _Store, sizes: Sizes) -> Measured:
    pathways, times = opened(store.url), list[float]()
    for pathway_id in _new(store, max(1, sizes.commands_alone // COMMANDS_EACH)):
        for step in range(FACTS_BEFORE, FACTS_BEFORE + COMMANDS_EACH):
            began = time.perf_counter()
            pathways.command(pathway_id, [assignment(step)], said(f"{pathway_id}-{step}"))
            times.append((time.perf_counter() - began) * 1000)
    return {"p99": percentile(times, 99)}


@contextmanager
def _maintaining(url: str) -> Iterator[None]:
    """One after the other, again and again, until the end of the block."""
    ended = threading.Event()

    def maintain() -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            for statement in itertools.cycle(MAINTAINED):
                connection.execute(sql.SQL(statement))
                if ended.is_set():
                    return

    working = threading.Thread(target=maintain)
    working.start()
    try:
        yield
    finally:
        ended.set()
        working.join()
