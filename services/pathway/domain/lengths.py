"""How long something may last, as sources say it: weeks, months, days, or full days of work."""

from calendar import monthrange
from datetime import MAXYEAR, date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, NamedTuple, TypeAlias

from pydantic import PlainValidator

from pathway.domain.values import Day

_FRIDAY, _SUNDAY = 4, 6
_WORKING_DAYS = 5
_FULL_WEEK = 38


class Unit(StrEnum):
    """What a length is counted in."""

    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"
    FULL_DAYS = "full days"


class Part(NamedTuple):
    """One way in which a length is told, such as 26 weeks."""

    number: int
    unit: Unit

    def last_day(self, start: Day, hours: Decimal | None = None) -> Day:
        """The last day of what lasts so long, from `start` on, at so many hours a week."""
        match self.unit:
            case Unit.MONTHS:
                return _months_on(start, self.number)
            case Unit.WEEKS:
                return _days_on(start, 7 * self.number - 1)
            case Unit.DAYS:
                return _days_on(start, self.number - 1)
            case Unit.FULL_DAYS:
                # Half a day's hours count for half a day: ten half days are five full ones.
                return _working_days_on(
                    start, int(self.number * _FULL_WEEK / (hours or _FULL_WEEK))
                )

    def passed(self, start: Day, until: Day, hours: Decimal | None) -> bool:
        """Whether that lasts longer."""
        if self.unit is Unit.FULL_DAYS:
            return working_days(start, until) * (hours or _FULL_WEEK) > self.number * _FULL_WEEK
        return until > self.last_day(start)

    def reached(self, start: Day, until: Day) -> bool:
        """Whether it lasts at least so long; the weekend after its last day is part of it."""
        return through_the_weekend(until) >= self.last_day(start)


class Length(tuple[Part, ...]):
    """A length told in one way or in two, as in "26 weeks or 6 months": within either is within."""

    __slots__ = ()

    def passed(self, start: Day, until: Day, hours: Decimal | None = None) -> bool:
        """Whether a module from `start` up to and including `until` is longer than this."""
        return all(part.passed(start, until, hours) for part in self)

    def reached(self, start: Day, until: Day) -> bool:
        """Whether it is at least as long as this."""
        return any(part.reached(start, until) for part in self)

    def last_day(self, start: Day, hours: Decimal | None = None) -> Day:
        """The latest last day of a module of this length."""
        return max(part.last_day(start, hours) for part in self)

    def __str__(self) -> str:
        return " or ".join(f"{part.number} {_named(part)}" for part in self)


def length(told: object) -> Length:
    """The length that a table tells, such as "4 weeks or 1 month". Raises ValueError."""
    if isinstance(told, Length):
        return told
    if not isinstance(told, str):
        raise ValueError('a length is told as text, such as "26 weeks or 6 months"')  # noqa: TRY004
    return Length(_part(one) for one in told.split(" or "))


TableLength: TypeAlias = Annotated[Length, PlainValidator(length)]


def working_days(start: Day, until: Day) -> int:
    """The days from Monday to Friday among these, both included."""
    weeks, rest = divmod((until - start).days + 1, 7)
    days = ((start.weekday() + n) % 7 for n in range(rest))
    return weeks * _WORKING_DAYS + sum(day < _WORKING_DAYS for day in days)


def through_the_weekend(day: Day) -> Day:
    """This day, or the Sunday after it when it is a Friday or a Saturday."""
    return _days_on(day, _SUNDAY - day.weekday()) if day.weekday() >= _FRIDAY else day


def _part(told: str) -> Part:
    number, _, unit = told.strip().partition(" ")
    plural = unit if unit.endswith("s") else f"{unit}s"
    if not number.isdecimal() or int(number) == 0 or plural not in set(Unit):
        raise ValueError(f'"{told}" is no length: say it as "4 weeks", "1 month" or "5 full days"')
    return Part(int(number), Unit(plural))


def _named(part: Part) -> str:
    return part.unit.removesuffix("s") if part.number == 1 else part.unit


def _days_on(start: Day, days: int) -> Day:
    return start + timedelta(days=min(days, (date.max - start).days))


def _working_days_on(start: Day, days: int) -> Day:
    """The day on which so many working days have passed, the first of them included."""
    weekend = max(0, _SUNDAY + 1 - start.weekday()) if start.weekday() >= _WORKING_DAYS else 0
    first = _days_on(start, weekend)
    weeks, rest = divmod(max(days, 1) - 1, _WORKING_DAYS)
    over_a_weekend = 2 if first.weekday() + rest >= _WORKING_DAYS else 0
    return _days_on(first, 7 * weeks + rest + over_a_weekend)


def _months_on(start: Day, months: int) -> Day:
    """The day before the same day so many months on; where that month is too short, its last one."""
    years, month = divmod(start.month - 1 + months, 12)
    year = start.year + years
    if year > MAXYEAR:
        return date.max
    last = monthrange(year, month + 1)[1]
    if start.day > last:
        return date(year, month + 1, last)
    return date(year, month + 1, start.day) - timedelta(days=1)
