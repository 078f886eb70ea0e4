"""What time it is: always handed in, so that tests and simulations choose it."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]

BRUSSELS = ZoneInfo("Europe/Brussels")


def utc_now() -> datetime:
    """This moment, in UTC and aware: the clock of a running process."""
    return datetime.now(UTC)


def brussels_today(now: datetime) -> date:
    """The day it is in Flanders at `now` (aware, any zone): the day of business dates."""
    if now.tzinfo is None:
        raise ValueError("a moment without a time zone has no day; give an aware datetime")
    return now.astimezone(BRUSSELS).date()
