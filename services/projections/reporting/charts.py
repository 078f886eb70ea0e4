"""Pictures of reports: what is drawn, told as data; a script draws it, and without one an SVG stands there."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, computed_field

from projections.labels import N_
from projections.reporting.reports import Figures
from projections.words import Words

MOST_BARS = 15
"""As many groups as one sees at a glance; the table beside has them all."""
MONTHS_OF_FLOW = (3, 6, 12)

Named = Callable[[str | None], str]
"""What the page calls a group."""


class Shape(StrEnum):
    """What a picture is; weeks are curves of figures, the others have something for each group."""

    BARS = "bars"
    STACKED = "stacked"
    CURVES = "curves"
    STREAMS = "streams"
    WEEKS = "weeks"


@dataclass(frozen=True)
class Picture:
    """What a report's page draws: which figures, or of which parts of each row."""

    shape: Shape
    figures: Sequence[str] = ()


class Series(BaseModel):
    """One figure of all groups, or the curve of one group."""

    model_config = ConfigDict(frozen=True)
    name: str
    values: tuple[float | None, ...]


class Stream(BaseModel):
    """So many persons from a group on the left to one on the right."""

    model_config = ConfigDict(frozen=True)
    source: str
    target: str
    value: int


class Chart(BaseModel):
    """A picture with all its words: `labels` are of the values of each series, in their order."""

    model_config = ConfigDict(frozen=True)
    shape: Shape
    title: str
    labels: tuple[str, ...] = ()
    links: tuple[str | None, ...] = ()
    """Where a click on each label leads to; empty: nowhere."""
    series: tuple[Series, ...] = ()
    streams: tuple[Stream, ...] = ()
    unit: str = ""

    @computed_field
    @property
    def most(self) -> float:
        """The longest bar, or the highest point."""
        if self.shape is Shape.STREAMS:
            return max((stream.value for stream in self.streams), default=0)
        columns = zip(*([value or 0 for value in one.values] for one in self.series), strict=True)
        longest = sum if self.shape is Shape.STACKED else max
        return max((longest(column) for column in columns), default=0)


def bars(
    picture: Picture,
    report: Figures,
    title: str,
    called: tuple[Named, Named],
    address: Callable[[str | None], str | None],
) -> Chart | None:
    """A bar for each of the largest groups, or the total where there is one group; None of nothing.

    `called` says what groups and figures are called, `address` where a group leads to.
    """
    named, named_figure = called
    told: Any = report
    rows = list(told.rows)
    if len(rows) > MOST_BARS and picture.shape is not Shape.WEEKS:
        largest = sorted(rows, key=lambda row: -_weight(row, picture))[:MOST_BARS]
        rows = [row for row in rows if row in largest]
    if picture.shape is not Shape.WEEKS:
        rows = [row for row in rows if _weight(row, picture)]
    if not any(_weight(row, picture) for row in rows):
        return None
    return Chart(
        shape=picture.shape,
        title=title,
        labels=tuple(named(row.group) for row in rows),
        links=tuple(address(row.group) for row in rows),
        series=tuple(
            Series(name=named_figure(figure), values=tuple(getattr(row, figure) for row in rows))
            for figure in picture.figures
        ),
    )


def _weight(row: object, picture: Picture) -> float:
    return sum(getattr(row, figure) or 0 for figure in picture.figures)


def streams(
    words: Words,
    rows: Sequence[Any],
    called: tuple[Named, Callable[[str | None], str | None]],
    title: str,
) -> Chart | None:
    """From each group to when its persons had work in the NEC; None of nobody.

    `called` says what a group is called and where it leads to. Each row has `persons`, and in `within`
    how many were in the NEC within 3, 6 and 12 months.
    """
    named, address = called
    found: list[Stream] = []
    for row in rows:
        within = {each.months: each for each in row.within}
        if not all(months in within for months in MONTHS_OF_FLOW):
            continue
        early, half, year = (within[months].in_nec for months in MONTHS_OF_FLOW)
        still = within[MONTHS_OF_FLOW[-1]].not_yet_in_nec
        for target, n in (
            (words(N_("Werk binnen 3 maanden")), early),
            (words(N_("Werk na 4 tot 6 maanden")), half - early),
            (words(N_("Werk na 7 tot 12 maanden")), year - half),
            (words(N_("Kan nog werk vinden binnen 12 maanden")), still),
            (words(N_("Geen werk binnen 12 maanden")), row.persons - year - still),
        ):
            if n > 0:
                found.append(Stream(source=named(row.group), target=target, value=n))
    if not found:
        return None
    return Chart(
        shape=Shape.STREAMS,
        title=title,
        labels=tuple(named(row.group) for row in rows),
        links=tuple(address(row.group) for row in rows),
        streams=tuple(found),
    )


def curves(rows: Sequence[Any], named: Named, title: str) -> Chart | None:
    """For each group the share that had work by each month, as far as its months have passed."""
    shown = [row for row in rows if any(point.reached for point in row.points)]
    if not shown:
        return None
    return Chart(
        shape=Shape.CURVES,
        title=title,
        labels=tuple(str(point.months) for point in shown[0].points),
        series=tuple(
            Series(name=named(row.group), values=tuple(point.percent for point in row.points))
            for row in shown[:MOST_CURVES]
        ),
        unit="%",
    )


MOST_CURVES = 8
"""As many curves as one can tell apart."""
