"""What a report's page is made of: its question, its figures, its picture, and the facts that are counted."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import create_model

from projections.points import LocalMoment
from projections.reporting.asked import DayAsked, ReportAsked
from projections.reporting.behind import Facts
from projections.reporting.charts import Picture
from projections.reporting.reports import Figures, GroupBy
from projections.web_reading import ReadModels

Form = type[ReportAsked | DayAsked]


def form_of(asked: Form) -> Form:
    """The same question as a form asks it: its moments have no zone, and it may name one group."""
    return create_model(
        f"{asked.__name__}Form",
        __base__=asked,
        known_at=(LocalMoment | None, None),
        group=(str | None, None),
    )


@dataclass(frozen=True)
class ReportPage:
    """A page: its name in the table of rights, its report, and which figures stand in its columns.

    `parts` names the field of a row with the parts that it falls apart in, and that of their name;
    `behind` are the facts that are counted, and `defaults` what the form asks at first.
    """

    name: str
    address: str
    summary: str
    title: str
    about: str
    form: Form
    make: Callable[[ReadModels, Any], Figures]
    groupings: frozenset[GroupBy]
    figures: Sequence[str]
    parts: tuple[str, str] | None = None
    picture: Picture | None = None
    behind: Facts | None = None
    defaults: Mapping[str, str] = field(default_factory=dict[str, str])
