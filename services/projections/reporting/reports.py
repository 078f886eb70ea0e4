"""Reports as they are answered: figures with their definition, and up to when they are complete.

Figures count distinct persons where they say persons: someone with two pathways counts once.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, computed_field, model_validator

from projections.freshness import Freshness
from projections.points import Taken

UNKNOWN = "ONBEKEND"
"""The group of what was not told, such as the province of someone whose commune nobody recorded."""


class Report(BaseModel):
    """What every report and row of a report is: a value that does not change."""

    model_config = ConfigDict(frozen=True)


class Period(Report):
    """The days that a report is about, both inclusive, Europe/Brussels."""

    first: date
    last: date

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first:
            raise ValueError("the period ends before it begins; swap the two days")
        return self

    @property
    def days(self) -> dict[str, object]:
        """Its days as a query's values `first` and `last`."""
        return {"first": self.first, "last": self.last}


class Definition(Report):
    """What a figure counts, and what it leaves out."""

    figure: str
    nl: str
    en: str


class GroupBy(StrEnum):
    """What the rows of a report stand for."""

    KIND = "kind"
    MEASURE = "measure"
    ORGANISATION = "organisation"
    PROVINCE = "province"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    CHANNEL = "channel"
    AGE_GROUP = "age_group"
    GENDER = "gender"
    EDUCATION = "education"
    REASON = "reason"
    FORM = "form"
    COMMUNE = "commune"
    CATEGORY = "category"
    UNEMPLOYMENT = "unemployment"
    UNIT = "unit"
    PROVIDER = "provider"
    LOT = "lot"
    SCHEME = "scheme"
    STATUS = "status"
    WORK_FLOOR = "work_floor"
    ENDING = "ending"
    CHECKPOINT = "checkpoint"
    WEEK = "week"
    EXCEPTION = "exception"


Group = Annotated[
    str | None,
    Field(description=f"The row's group; null in the total; {UNKNOWN} where it was not told"),
]
Count = Annotated[int, Field(ge=0)]


def share_of(part: int, whole: int) -> float | None:
    """The part of the whole, from 0 to 1; None where there is no whole."""
    return round(part / whole, 4) if whole else None


class Figures(Report):
    """What every report says beside its rows."""

    by: GroupBy
    taken: Annotated[
        Taken | None, Field(description="At which two clocks the figures were taken")
    ] = None
    definitions: tuple[Definition, ...]
    freshness: Freshness
    protected: Annotated[
        bool,
        Field(
            description="Counted over a protected population and rounded to fives, for who may see no "
            "person: docs/small-cells.md"
        ),
    ] = False


class Answer(Figures):
    """What a report about a period says beside its rows."""

    period: Period


class InflowRow(Report):
    """Enrolments of a group."""

    group: Group
    persons: Count
    pathways: Count


class InflowReport(Answer):
    """Who started a pathway. A migration is no inflow."""

    rows: tuple[InflowRow, ...]
    total: InflowRow
    inferred_left_out: Annotated[
        int,
        Field(
            description="Pathways whose day of enrolment an import derived, or whose history comes from an "
            "older system: not in the rows"
        ),
    ]


class ModulesRow(Report):
    """Modules of a group that started, and those that ended, in the period."""

    group: Group
    persons_started: Count
    started: Count
    ended: Count
    completed: Count
    stopped_early: Count
    measure_ended: Count

    @computed_field
    @property
    def completion_rate(self) -> float | None:
        """Completed, of what was completed or stopped early."""
        return share_of(self.completed, self.completed + self.stopped_early)


class ModulesReport(Answer):
    """Which modules started and how modules ended."""

    rows: tuple[ModulesRow, ...]
    total: ModulesRow
    persons_migrated: Count


class WorkWithin(Report):
    """Of pathways, those with work in the NEC within so many months of their enrolment."""

    months: int
    reached: Annotated[int, Field(ge=0, description="Pathways whose months have passed")]
    in_nec: Annotated[int, Field(ge=0, description="Of these, hired in the NEC by then")]

    @computed_field
    @property
    def share_in_nec(self) -> float | None:
        """`in_nec` of `reached`."""
        return share_of(self.in_nec, self.reached)


class DaysRow(Report):
    """How long people of a group waited, in calendar days from their enrolment."""

    group: Group
    pathways: Count
    with_module: Count
    median_days_to_first_module: float | None
    with_work: Count
    median_days_to_work: float | None
    with_work_after_module: Count
    median_days_from_module_to_work: float | None
    within: tuple[WorkWithin, ...]


class DaysReport(Answer):
    """Days from enrolment to the first module and to work in the NEC, and from module to work."""

    rows: tuple[DaysRow, ...]
    total: DaysRow
    inferred_left_out: Annotated[
        int,
        Field(
            description="Pathways whose day of enrolment an import derived, or whose history comes from an "
            "older system: not in the rows"
        ),
    ]


class OutflowRow(Report):
    """Pathways of a group that were closed."""

    group: Group
    persons: Count
    pathways: Count


class OutflowReport(Answer):
    """Who left guidance, and how. A migration is no outflow."""

    rows: tuple[OutflowRow, ...]
    total: OutflowRow


class Measured(Report):
    """Of pathways, who worked so many months later, as far as it was checked."""

    reached: Annotated[int, Field(ge=0, description="Pathways whose months have passed")]
    measured: Annotated[int, Field(ge=0, description="Of these, those that were checked")]
    in_work: Annotated[int, Field(ge=0, description="Of those measured, who works")]

    @computed_field
    @property
    def share_in_work(self) -> float | None:
        """`in_work` of `measured`: of the others nobody knows."""
        return share_of(self.in_work, self.measured)

    @computed_field
    @property
    def share_unmeasured(self) -> float | None:
        """Those that were not checked, of `reached`."""
        return share_of(self.reached - self.measured, self.reached)


class Retained(Report):
    """Of hires, who is with that employer so many months later, as far as it was checked."""

    reached: Annotated[int, Field(ge=0, description="Of those hired, the months have passed")]
    measured: Annotated[int, Field(ge=0, description="Of these, those that were checked")]
    retained: Annotated[
        int, Field(ge=0, description="Of those measured, still with the employer of the hire")
    ]

    @computed_field
    @property
    def share_retained(self) -> float | None:
        """`retained` of `measured`: of the others nobody knows."""
        return share_of(self.retained, self.measured)

    @computed_field
    @property
    def share_unmeasured(self) -> float | None:
        """Those that were not checked, of `reached`."""
        return share_of(self.reached - self.measured, self.reached)


class Afterwards(Measured):
    """Of closed pathways, who worked so many months later."""

    months: int
    same_employer: Annotated[
        int, Field(ge=0, description="Of those in work, who is with the employer of the hire")
    ]


class AfterwardsRow(Report):
    """Pathways of a group that were closed, and who of them worked later."""

    group: Group
    pathways: Count
    afterwards: tuple[Afterwards, ...]


class AfterwardsReport(Answer):
    """Work at 1, 3, 6 and 12 months after pathways that were closed in the period."""

    as_of: date
    rows: tuple[AfterwardsRow, ...]
    total: AfterwardsRow


class Within(Report):
    """Of a cohort, who worked in the NEC within so many months after the end of a module."""

    months: int
    in_nec: Annotated[int, Field(ge=0, description="Distinct persons")]
    months_not_passed: Annotated[
        int, Field(ge=0, description="Persons of whom a module's months have not all passed yet")
    ]
    not_yet_in_nec: Annotated[
        int, Field(ge=0, description="Those of `months_not_passed` who are not in the NEC yet")
    ]
    persons: Annotated[int, Field(ge=0, description="Distinct persons of the cohort")]
    flow_reached: Annotated[int, Field(ge=0, description="Persons whose months have all passed")]
    at_work: Annotated[
        int,
        Field(
            ge=0, description="At work on the day that the months after their last module passed"
        ),
    ]
    at_work_dmfa: Annotated[int, Field(ge=0, description="Of `at_work`, by the best proof")]
    at_work_dimona: Count
    at_work_contract: Count
    at_work_statement: Annotated[int, Field(ge=0, description="By somebody's statement alone")]

    @computed_field
    @property
    def no_work_known(self) -> int:
        """Those of `flow_reached` of whom nobody told work that goes on then."""
        return max(0, self.flow_reached - self.at_work)

    @computed_field
    @property
    def share_at_work(self) -> float | None:
        """`at_work` of `flow_reached`."""
        return share_of(self.at_work, self.flow_reached)

    @computed_field
    @property
    def share_in_nec(self) -> float | None:
        """`in_nec` of `persons`; it can still rise by `not_yet_in_nec`, and by no more."""
        return share_of(self.in_nec, self.persons)

    @computed_field
    @property
    def share_not_passed(self) -> float | None:
        """`months_not_passed` of `persons`."""
        return share_of(self.months_not_passed, self.persons)

    @computed_field
    @property
    def share_not_yet_in_nec(self) -> float | None:
        """`not_yet_in_nec` of `persons`."""
        return share_of(self.not_yet_in_nec, self.persons)


class FlowRow(Report):
    """The cohort of a group, how its modules ended, and who of it found work in the NEC."""

    group: Group
    persons: Count
    modules: Count
    completed: Count
    stopped_early: Count
    measure_ended: Count
    within: tuple[Within, ...]


class FlowReport(Answer):
    """Flow into the regular labour market (NEC) after modules that ended in the period."""

    as_of: date
    rows: tuple[FlowRow, ...]
    total: FlowRow
