"""Who comes in when: the years in the proportions of the published figures, the WEP+ wave of 2014 and 2015."""

from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from heapq import merge
from itertools import accumulate
from random import Random
from typing import NamedTuple

from plumbing.clock import BRUSSELS

from pathway.simulation.chance import source
from pathway.simulation.wep_plus import LAST_INFLOW

# IBOs a year in thousands, and the tempo of everything else with them: 15,379 in 2015, 15,257 in
# 2016, 11,648 in 2019, 10,075 in 2021 (vlaamsparlement.be, vdab.be); between them a straight line.
_YEARS = {
    2013: 13.0,
    2014: 14.2,
    2015: 15.4,
    2016: 15.3,
    2017: 14.1,
    2018: 12.9,
    2019: 11.6,
    2020: 9.0,
}
_SINCE_THEN = 10.1
_MONTHS = (1.1, 1.0, 1.0, 0.95, 0.9, 0.95, 0.8, 0.95, 1.35, 1.1, 0.95, 0.75)
_CORONA = (date(2020, 3, 16), date(2020, 6, 8))
_SATURDAY = 5
_OPENS = time(8)

WEP_PLUS_SHARE = 0.2
_WEP_PLUS_SINCE = date(2014, 1, 1)
_LAST_CALL = date(2015, 2, 1)

# The lens: the last months hold more people than their share, so that today's caseloads are full
# also when the whole population is small.
_LENS_DAYS = 400
_LENS_SHARE = 0.5

OPEN_DAYS = 185
"""How long a pathway stays open, about, so that the number of counsellors can follow."""


@dataclass(frozen=True)
class Plan:
    """A simulation: so many pathways from the day `first` up to the day `until`, not included."""

    pathways: int
    seed: int
    first: date
    until: date

    def source(self, *about: object) -> Random:
        """Chance for one matter, the same whenever this plan is carried out."""
        return source(self.seed, self.pathways, self.first, self.until, *about)

    @property
    def opens(self) -> datetime:
        return datetime.combine(self.first, _OPENS, BRUSSELS).astimezone(UTC)

    @property
    def ends(self) -> datetime:
        return datetime.combine(self.until, time(), BRUSSELS).astimezone(UTC)


class Arrival(NamedTuple):
    """Somebody comes in; `number` counts them from 1 within each wave."""

    on: date
    wep_plus: bool
    number: int


def arrivals(plan: Plan) -> Iterator[Arrival]:
    """Everyone who comes in, in the order of their days."""
    wave, others = _waves(plan)
    return merge(
        (Arrival(day, wep_plus=True, number=n) for n, day in enumerate(wave, 1)),
        (Arrival(day, wep_plus=False, number=n) for n, day in enumerate(others, 1)),
    )


def open_at_the_end(plan: Plan) -> float:
    """About how many pathways are open when the plan ends."""
    days = _days(plan)
    weights = _lens(days)
    return _wave_size(plan, days)[1] * sum(weights[-OPEN_DAYS:]) / sum(weights)


def _waves(plan: Plan) -> tuple[Iterator[date], Iterator[date]]:
    days = _days(plan)
    wep_plus, others = _wave_size(plan, days)
    inflow = [_inflow(day) for day in days]
    return (
        _spread(days, inflow, wep_plus, plan.source("wep-plus")),
        _spread(days, _lens(days), others, plan.source("arrivals")),
    )


def _days(plan: Plan) -> list[date]:
    return [plan.first + timedelta(days=n) for n in range((plan.until - plan.first).days)]


def _wave_size(plan: Plan, days: list[date]) -> tuple[int, int]:
    """How many come in by WEP+, and how many do not."""
    whole = (LAST_INFLOW - _WEP_PLUS_SINCE).days + 1
    covered = sum(1 for day in days if _WEP_PLUS_SINCE <= day <= LAST_INFLOW) / whole
    wep_plus = round(plan.pathways * WEP_PLUS_SHARE * covered)
    return wep_plus, plan.pathways - wep_plus


def _spread(days: list[date], weights: list[float], count: int, chance: Random) -> Iterator[date]:
    """`count` days in order, each as often as its weight among all of them."""
    until = list(accumulate(weights))
    for n in range(count):
        yield days[min(bisect(until, (n + chance.random()) / count * until[-1]), len(days) - 1)]


def _inflow(day: date) -> float:
    """Starts in WEP+: evenly, with a rush before the last day."""
    if not _WEP_PLUS_SINCE <= day <= LAST_INFLOW or day.weekday() >= _SATURDAY:
        return 0
    return 1.8 if day >= _LAST_CALL else 1


def _lens(days: list[date]) -> list[float]:
    """The weight of each day for all who do not come in by WEP+."""
    weights = [_usual(day) for day in days]
    near = sum(weights[-_LENS_DAYS:])
    far = sum(weights[:-_LENS_DAYS])
    nearer = max(1.0, far / near * _LENS_SHARE / (1 - _LENS_SHARE)) if near else 1.0
    cut = len(weights) - _LENS_DAYS
    return [weight * (nearer if n >= cut else 1) for n, weight in enumerate(weights)]


def _usual(day: date) -> float:
    if day.weekday() >= _SATURDAY:
        return 0
    first, last = _CORONA
    shut = 0.45 if first <= day <= last else 1
    return _YEARS.get(day.year, _SINCE_THEN) * _MONTHS[day.month - 1] * shut
