"""Points of the two clocks in questions over HTTP: true by a day, known at a moment, by whose clock."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Self

from plumbing.clock import BRUSSELS, brussels_today
from plumbing.problems import INVALID_REQUEST, FieldError, ProblemType
from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from projections.projection import Event
from projections.web_reading import Day

NOTHING_THEN = ProblemType(
    "nothing-known-then",
    404,
    "Nothing was known of this pathway then",
    "Ask about a later day (`as_of`) or a later moment of knowing (`known_at`).",
)

_LOCAL = r"(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?"
_MINUTE = re.compile(_LOCAL)
_INSTANT = re.compile(_LOCAL + r"(Z|[+-][0-9]{2}:[0-9]{2})")


class KnownBy(StrEnum):
    """Whose clock says what was known at a moment."""

    RECORDED = "recorded"
    SOURCE = "source"


@dataclass(frozen=True)
class Point:
    """What is true by `as_of` (Brussels) as known at `known_at` (UTC, None: now) by a clock."""

    as_of: date
    known_at: datetime | None = None
    known_by: KnownBy = KnownBy.RECORDED

    def knows(self, event: Event) -> bool:
        """Whether the event was known at the moment, by the clock that was chosen."""
        at_source = self.known_by is KnownBy.SOURCE and event.sourcetime
        return self.known_at is None or (at_source or event.time) <= self.known_at


class Taken(BaseModel):
    """At which two clocks an answer was taken."""

    model_config = ConfigDict(frozen=True, from_attributes=True)
    as_of: Annotated[date, Field(description="What is true by this day, Europe/Brussels")]
    known_at: Annotated[
        datetime | None, Field(description="As known at this moment; null is as known now")
    ] = None
    known_by: Annotated[KnownBy, Field(description="By whose clock it was known then")] = (
        KnownBy.RECORDED
    )


def _instant(told: object) -> object:
    if isinstance(told, datetime) or (isinstance(told, str) and _INSTANT.fullmatch(told)):
        return told
    raise ValueError(
        "a moment is written with its zone, such as 2015-10-01T09:00:00Z; in an address the sign + "
        "is written as %2B"
    )


def _on_the_clock(told: object) -> object:
    """As a browser's field for a moment has it: what clocks in Belgium showed."""
    if isinstance(told, str) and _MINUTE.fullmatch(told):
        return datetime.fromisoformat(told).replace(tzinfo=BRUSSELS)
    return _instant(told)


Moment = Annotated[AwareDatetime, BeforeValidator(_instant)]
LocalMoment = Annotated[AwareDatetime, BeforeValidator(_on_the_clock)]
"""A moment with its zone, or without one as clocks in Belgium showed it: for forms."""


class PointAsked(BaseModel):
    """The two clocks as parameters; nothing is now."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    as_of: Annotated[
        Day | None, Field(description="With what is true by this day; today by itself")
    ] = None
    known_at: Annotated[
        Moment | None, Field(description="With what was known at this moment; now by itself")
    ] = None
    known_by: Annotated[
        KnownBy,
        Field(
            description="Known by which clock: `recorded` is ours; `source` that of the system that "
            "sent it, where it told, and otherwise ours"
        ),
    ] = KnownBy.RECORDED

    def clocks(self) -> dict[str, Any]:
        """The parameters of the clocks that say something, for links to questions at the same point."""
        told = self.model_dump(include={"as_of", "known_at", "known_by"}, exclude_defaults=True)
        return told | {"known_at": told["known_at"].isoformat()} if "known_at" in told else told

    @property
    def then(self) -> bool:
        """Whether another point than now is asked."""
        return self.as_of is not None or self.known_at is not None

    def point(self, now: datetime) -> Point:
        """The point that is asked, at the moment `now` (UTC). Raises INVALID_REQUEST as a Problem."""
        return point_of("", self.as_of, self.known_at, self.known_by, now)

    def without_future(self, now: datetime) -> tuple[Self, frozenset[str]]:
        """The same without what is yet to come, and what that was: for pages, which show what they can."""
        wrong = dict.fromkeys(_yet_to_come("", self.as_of, self.known_at, now))
        today = brussels_today(now)
        if self.known_at and self.known_at > now and brussels_today(self.known_at) == today:
            # The end of today is now, and nobody was wrong to ask for it.
            of_today = {"known_at": None, **({"as_of": None} if self.as_of == today else {})}
            return self.model_copy(update=wrong | of_today), frozenset(wrong) - {"known_at"}
        return (self.model_copy(update=wrong), frozenset(wrong)) if wrong else (self, frozenset())


def point_of(
    prefix: str, as_of: date | None, known_at: datetime | None, known_by: KnownBy, now: datetime
) -> Point:
    """A point by its parameters, whose names begin with `prefix`. Raises INVALID_REQUEST as a Problem."""
    told = [
        FieldError(message, parameter=f"query {prefix}{name}")
        for name, message in _yet_to_come(prefix, as_of, known_at, now).items()
    ]
    if told:
        raise INVALID_REQUEST.problem(errors=told)
    return Point(as_of or brussels_today(now), known_at, known_by)


def _yet_to_come(
    prefix: str, as_of: date | None, known_at: datetime | None, now: datetime
) -> dict[str, str]:
    today = brussels_today(now)
    wrong: dict[str, str] = {}
    if as_of and as_of > today:
        wrong["as_of"] = (
            f"`{prefix}as_of` is {today} at the latest: what is yet to come is not known."
        )
    if known_at and known_at > now:
        wrong["known_at"] = (
            f"`{prefix}known_at` is now at the latest: leave it out for what is known now."
        )
    return wrong
