"""The bar "as of day ..., known at ..." that stands over the app: its value goes along in addresses."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlencode

from fastapi import Request
from pydantic import ConfigDict, ValidationError

from projections.points import LocalMoment, PointAsked

CLOCKS = ("as_of", "known_at", "known_by")
OVER_TIME = frozenset({"/caseload", "/reports"})
"""The pages of the menu that can be looked at as they were."""
# Where a list was, what was just done: none of it belongs to another moment.
_OF_ONE_LOOK = {*CLOCKS, "cursor", "after", "done", "warned", "step"}


class TimeAsked(PointAsked):
    """The two clocks of an address, whatever else it asks."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    known_at: LocalMoment | None = None


@dataclass(frozen=True)
class TimeBar:
    """What a page is asked at, and the rest of its question, for the bar over it."""

    asked: PointAsked
    path: str
    others: tuple[tuple[str, str], ...]

    @property
    def clocks(self) -> Mapping[str, Any]:
        """The parameters that take another page to the same point; none for now."""
        return self.asked.clocks() if self.asked.then else {}

    @property
    def now(self) -> str:
        """The address of the same page as it is now."""
        return f"{self.path}?{urlencode(self.others)}" if self.others else self.path

    def of_menu(self, path: str) -> str:
        """The address of a page of the menu, at the same point where it has one."""
        if path not in OVER_TIME or not self.clocks:
            return path
        return f"{path}?{urlencode(self.clocks)}"


def as_known_then(told: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters with both clocks at the end of the day `then`, where that is asked; otherwise the same."""
    then, rest = told.get("then"), {name: value for name, value in told.items() if name != "then"}
    return rest | ({"as_of": then, "known_at": f"{then}T23:59:59"} if then else {})


def time_asked(told: Mapping[str, str]) -> TimeAsked:
    """The clocks among these parameters, for a page that asks nothing else; those not understood are now."""
    try:
        given = {name: value for name, value in told.items() if value}
        return TimeAsked.model_validate(as_known_then(given))
    except ValidationError:
        return TimeAsked()


def time_bar(request: Request, asked: object) -> TimeBar | None:
    """The bar over a page that asks `asked`; None where that has no clocks."""
    if not isinstance(asked, PointAsked) or request.method != "GET":
        return None
    told = asked.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude=_OF_ONE_LOOK)
    return TimeBar(asked, request.url.path, tuple(_fields(told)))


def _fields(told: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in told.items():
        values = cast("list[object]", value) if isinstance(value, list) else [value]
        yield from ((name, str(one)) for one in values if one is not None)
