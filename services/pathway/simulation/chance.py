"""Chance and time of a simulation: what looks random follows from one seed, so that it can be repeated."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import TypeVar
from uuid import UUID

from plumbing.clock import BRUSSELS

T = TypeVar("T")

_SATURDAY = 5
_OPENS = 8 * 3600
_CLOSES = 17 * 3600


def source(*seeds: object) -> Random:
    """A source of chance of its own for these seeds; the same ones give the same chances anywhere."""
    return Random("/".join(str(seed) for seed in seeds))  # noqa: S311 - Repeatable on purpose.


def happens(chance: Random, probability: float) -> bool:
    """True in about this share of cases."""
    return chance.random() < probability


def one_of(chance: Random, weights: Mapping[T, float]) -> T:
    """One of the keys, as often as its weight among all of them."""
    return chance.choices(list(weights), weights=list(weights.values()))[0]


def working_day(day: date) -> date:
    """This day, or the Monday after it when it falls in a weekend."""
    return day + timedelta(days=max(0, 7 - day.weekday())) if day.weekday() >= _SATURDAY else day


def office_hours(chance: Random, day: date) -> datetime:
    """A moment (UTC) on the first working day from `day` on, when somebody sits at a desk."""
    midnight = datetime.combine(working_day(day), time(), BRUSSELS)
    # Added in UTC: a wall clock jumps twice a year, and not during office hours.
    return midnight.astimezone(UTC) + timedelta(seconds=chance.randrange(_OPENS, _CLOSES))


class SimulatedClock:
    """A clock that stands still until the simulation moves it. `now` is UTC."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


class SeededIds:
    """Identifiers in the form of UUIDv7: the simulated moment, then chance from the seed."""

    def __init__(self, clock: SimulatedClock, chance: Random) -> None:
        self._clock = clock
        self._chance = chance

    def __call__(self) -> UUID:
        milliseconds = int(self._clock.now.timestamp() * 1000)
        first, second = self._chance.getrandbits(12), self._chance.getrandbits(62)
        return UUID(int=milliseconds << 80 | 0x7 << 76 | first << 64 | 0b10 << 62 | second)

    def salt(self) -> str:
        """Salt for a fact, as 64 hexadecimal digits."""
        return f"{self._chance.getrandbits(256):064x}"
