"""Figures: ours beside a bare baseline, measured in turns, because a shared machine is never as it was."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median, quantiles

Say = Callable[[str], None]
"""Tells the person who waits what is being measured."""

Measured = dict[str, float]
"""One round of one side: each figure's name to its value."""


@dataclass(frozen=True)
class Sizes:
    """How much of everything is measured: enough for figures to quote, or a moment of each."""

    rounds: int
    commands_alone: int
    """Commands in a round with one caller."""
    commands_together: int
    """Commands in a round with many callers, all of them together."""
    simulated_pathways: int
    window: int
    """Facts in one of the publisher's transactions."""
    facts_one_by_one: int
    lag_slices: int
    lag_seconds: float
    """Length of one slice."""
    starts: int
    programs: int
    """So many of our processes are started, the first ones of the table."""
    people: int
    """People in the vault that is searched by name."""
    searches: int
    """Searches in a round."""
    folds: int
    """Pathways of 1,000 facts that are folded in a round, and twenty times as many of 50."""
    facts_many: int
    facts_few: int
    """Facts in a store that has grown, and in one that is new."""
    loads: int
    """Pathways that are loaded in a round."""
    pathways_shown: int
    """Pathways behind the pages."""
    looks: int
    """Looks at each page in a round."""


FULL = Sizes(
    rounds=5,
    commands_alone=1_000,
    commands_together=3_200,
    simulated_pathways=6_800,
    window=1_000,
    facts_one_by_one=300,
    lag_slices=5,
    lag_seconds=5.0,
    starts=5,
    programs=20,
    people=100_000,
    searches=200,
    folds=10,
    facts_many=5_000_000,
    facts_few=50_000,
    loads=2_000,
    pathways_shown=100_000,
    looks=100,
)
QUICK = Sizes(
    rounds=1,
    commands_alone=20,
    commands_together=64,
    simulated_pathways=20,
    window=20,
    facts_one_by_one=5,
    lag_slices=1,
    lag_seconds=1.0,
    starts=1,
    programs=2,
    people=3_000,
    searches=12,
    folds=1,
    facts_many=2_000,
    facts_few=200,
    loads=20,
    pathways_shown=60,
    looks=2,
)


@dataclass(frozen=True)
class Figure:
    """What was measured, round by round, on both sides; `unit` says which way is better."""

    benchmark: str
    what: str
    unit: str
    ours: tuple[float, ...]
    bare: tuple[float, ...]

    @property
    def ratios(self) -> tuple[float, ...]:
        """Ours to bare, each round by itself: what disturbed a round disturbed both sides of it."""
        return tuple(a / b if b else math.nan for a, b in zip(self.ours, self.bare, strict=True))

    def as_json(self) -> dict[str, object]:
        """For a file that other tools compare."""
        return {
            "benchmark": self.benchmark,
            "what": self.what,
            "unit": self.unit,
            "ours": list(self.ours),
            "bare": list(self.bare),
            "ratio": median(self.ratios),
        }


def in_turns(
    rounds: int, ours: Callable[[int], Measured], bare: Callable[[int], Measured], say: Say
) -> tuple[list[Measured], list[Measured]]:
    """Measure ours, bare, ours, bare ...; `ours` and `bare` are given the number of the round.

    A first round of each is thrown away where there are several: caches, plans, connections.
    """
    sides: tuple[list[Measured], list[Measured]] = ([], [])
    warm_up = 1 if rounds > 1 else 0
    for number in range(rounds + warm_up):
        told = f"round {number + 1 - warm_up} of {rounds}" if number >= warm_up else "warming up"
        for name, side, found in (("ours", ours, sides[0]), ("bare", bare, sides[1])):
            say(f"{told}, {name}")
            measured = side(number)
            if number >= warm_up:
                found.append(measured)
    return sides


def figures(
    benchmark: str,
    names: Sequence[tuple[str, str, str]],
    sides: tuple[Sequence[Measured], Sequence[Measured]],
) -> list[Figure]:
    """A figure for each `(key, what, unit)`, from the rounds of both sides."""
    ours, bare = sides
    return [
        Figure(benchmark, what, unit, tuple(m[key] for m in ours), tuple(m[key] for m in bare))
        for key, what, unit in names
    ]


def percentile(values: Sequence[float], percent: int) -> float:
    """The value that so many in a hundred do not exceed."""
    if len(values) < 2:
        return values[0]
    return quantiles(values, n=100, method="inclusive")[percent - 1]
