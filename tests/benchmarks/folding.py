"""The fold of a pathway of 1,000 facts beside one of 50: twenty times the facts, twenty times the time."""

import gc
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar
from uuid import UUID

from pathway.application import folded
from pathway.domain.facts import Told, state_of
from pathway.recorded import Judged
from pathway.store import NewFacts, Store
from plumbing.memory import collect_less_often

from tests.benchmarks.measuring import Figure, Measured, Say, Sizes, figures, in_turns
from tests.benchmarks.place import Place
from tests.pathway.given import said
from tests.pathway.long_life import again, long_life

NAME = "fold"
LONG, SHORT = 1_000, 50

One = TypeVar("One")
Sides = tuple[Sequence[One], Sequence[One]]
"""Long pathways, and twenty times as many short ones: as many facts in all, each by itself in memory."""


def measure(place: Place, sizes: Sizes, say: Say) -> list[Figure]:
    """Milliseconds of processor time for each pathway, from memory and from the store."""
    say("making a long life")
    with _as_in_our_processes():
        return _measured(place, sizes, say)


@contextmanager
def _as_in_our_processes() -> Iterator[None]:
    before = gc.get_threshold()
    collect_less_often()
    yield
    gc.set_threshold(*before)


def _measured(place: Place, sizes: Sizes, say: Say) -> list[Figure]:
    life = long_life(LONG)
    found = _beside("in memory", _lives(life, sizes), state_of, sizes, say)
    url = place.store()
    stored = _stored(url, _lives(life, sizes))
    store = Store(url)
    try:
        return found + _beside(
            "from the store", stored, lambda one: folded(store.load(one)), sizes, say
        )
    finally:
        store.close()


def _lives(life: Sequence[Told], sizes: Sizes) -> Sides[list[Told]]:
    many = sizes.folds * LONG // SHORT
    return (
        [again(life, number) for number in range(sizes.folds)],
        [again(life[:SHORT], sizes.folds + number) for number in range(many)],
    )


def _stored(url: str, sides: Sides[list[Told]]) -> Sides[UUID]:
    """The ids of the pathways, in the store with facts under the ids that corrections name."""
    store = Store(url, new_id=_ids(sides).__next__)
    long, short = ([_one_stored(store, told) for told in lives] for lives in sides)
    with store.connection() as connection:
        connection.execute("analyze pathway.pathway_events")
    store.close()
    return long, short


def _ids(sides: Sides[list[Told]]) -> Iterator[UUID]:
    return (one.fact_id or UUID(int=0) for lives in sides for told in lives for one in told)


def _one_stored(store: Store, told: Sequence[Told]) -> UUID:
    pathway_id = told[0].fact_id or UUID(int=0)
    facts = [Judged(one.fact) for one in told]
    store.append(NewFacts(pathway_id, None, facts, said(f"c-{pathway_id}")))
    return pathway_id


def _beside(
    where: str, sides: Sides[One], fold: Callable[[One], object], sizes: Sizes, say: Say
) -> list[Figure]:
    long, short = sides
    rounds = in_turns(
        sizes.rounds,
        lambda _number: _each(long, fold),
        lambda _number: _each(short, fold),
        lambda words: say(f"{where}: {words}"),
    )
    return figures(
        NAME, [("each", f"{LONG:,} facts beside {SHORT}, {where}", "ms of processor")], rounds
    )


def _each(ones: Sequence[One], fold: Callable[[One], object]) -> Measured:
    began = time.thread_time()
    for one in ones:
        fold(one)
    return {"each": (time.thread_time() - began) / len(ones) * 1000}
