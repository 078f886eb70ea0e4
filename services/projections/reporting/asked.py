"""The questions about reports as they go over HTTP, for programs and pages alike."""

from enum import IntEnum, StrEnum
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from projections.points import PointAsked
from projections.reporting.projection import MEASURES
from projections.reporting.reports import GroupBy, Period
from projections.reporting.special import Of, Special
from projections.reporting.time_to_work import Since
from projections.web_reading import After, Day, Kbo, Reference
from schemas.codes import ModuleKind

Measure = Literal["IBO", "STAGE", "WEP_PLUS"]

OfSituation = Literal[
    GroupBy.UNIT,
    GroupBy.PROVIDER,
    GroupBy.LOT,
    GroupBy.SCHEME,
    GroupBy.COMMUNE,
    GroupBy.CATEGORY,
    GroupBy.AGE_GROUP,
    GroupBy.GENDER,
    GroupBy.EDUCATION,
    GroupBy.UNEMPLOYMENT,
]
"""Who guided on the fact's day, and what was told of the person by then."""
OfPeriod = Literal[GroupBy.MONTH, GroupBy.QUARTER, GroupBy.YEAR]
OfModule = Literal[
    GroupBy.KIND,
    GroupBy.FORM,
    GroupBy.MEASURE,
    GroupBy.ORGANISATION,
    GroupBy.PROVINCE,
    OfPeriod,
    OfSituation,
]
OfClosing = Literal[GroupBy.REASON, GroupBy.PROVINCE, OfPeriod, OfSituation]
AtEntry = Literal[
    OfPeriod,
    GroupBy.PROVINCE,
    GroupBy.CHANNEL,
    GroupBy.AGE_GROUP,
    GroupBy.GENDER,
    GroupBy.EDUCATION,
    GroupBy.COMMUNE,
    GroupBy.CATEGORY,
    GroupBy.UNEMPLOYMENT,
]


OfPerson = Literal[
    GroupBy.AGE_GROUP,
    GroupBy.GENDER,
    GroupBy.EDUCATION,
    GroupBy.UNEMPLOYMENT,
    GroupBy.CATEGORY,
    GroupBy.COMMUNE,
]
MOST_DAYS_BY_WEEK = 731


class Province(StrEnum):
    """The provinces, and Brussels, as the reports' reference data call them."""

    ANTWERPEN = "ANTWERPEN"
    LIMBURG = "LIMBURG"
    OOST_VLAANDEREN = "OOST_VLAANDEREN"
    VLAAMS_BRABANT = "VLAAMS_BRABANT"
    WEST_VLAANDEREN = "WEST_VLAANDEREN"
    BRUSSELS_HOOFDSTEDELIJK_GEWEST = "BRUSSELS_HOOFDSTEDELIJK_GEWEST"
    BRABANT = "BRABANT"
    HENEGOUWEN = "HENEGOUWEN"
    LUIK = "LUIK"
    LUXEMBURG = "LUXEMBURG"
    NAMEN = "NAMEN"
    WAALS_BRABANT = "WAALS_BRABANT"


class Months(IntEnum):
    """After how many months work is checked, as the contract's checkpoints have it."""

    ONE = 1
    THREE = 3
    SIX = 6
    TWELVE = 12


class ReportAsked(PointAsked, BaseModel):
    """The days that a report is about, both inclusive; a mistyped name is told, not passed over."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
    first: Annotated[Day, Field(alias="from", description="First day of the period")]
    last: Annotated[Day, Field(alias="until", description="Last day of the period")]
    after: After | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.first > self.last:
            raise ValueError("`from` lies after `until`: a period begins before it ends")
        return self

    @property
    def period(self) -> Period:
        """The same days as a report has them."""
        return Period(first=self.first, last=self.last)


class FlowAsked(ReportAsked):
    """Whose flow into the NEC: of those whose module ended in the period, narrowed further."""

    by: Literal[OfModule, GroupBy.ENDING] = GroupBy.KIND
    kind: Annotated[
        list[ModuleKind], Field(max_length=4, description="Any of these; repeat the parameter")
    ] = []
    measure: Annotated[Measure | None, Field(description="All kinds of module of a measure")] = None
    organisation: Annotated[
        Kbo | None, Field(description="Modules with this employer, host or promotor")
    ] = None
    province: Annotated[
        Province | None, Field(description="Of the person, on the module's last day")
    ] = None

    @model_validator(mode="after")
    def _of_one_measure(self) -> Self:
        if self.kind and not set(self.kind) <= set(_kinds_of(self.measure)):
            raise ValueError("`kind` is of another measure than `measure`: leave out one of them")
        return self

    @property
    def kinds(self) -> list[ModuleKind]:
        """The kinds of module that `kind` and `measure` let through; empty: any."""
        return self.kind or ([] if self.measure is None else _kinds_of(self.measure))


def _kinds_of(measure: Measure | None) -> list[ModuleKind]:
    return [kind for kind in ModuleKind if measure in (None, MEASURES[kind])]


class InflowAsked(ReportAsked):
    """Who enrolled in the period."""

    by: AtEntry = GroupBy.MONTH


class ModulesAsked(ReportAsked):
    """Which modules started and ended in the period."""

    by: OfModule = GroupBy.KIND


class DurationsAsked(ReportAsked):
    """How long those waited who enrolled in the period."""

    by: Literal[
        AtEntry,
        GroupBy.KIND,
        GroupBy.FORM,
        GroupBy.MEASURE,
        GroupBy.ORGANISATION,
        GroupBy.UNIT,
        GroupBy.PROVIDER,
        GroupBy.LOT,
        GroupBy.SCHEME,
    ] = GroupBy.KIND


class OutflowAsked(ReportAsked):
    """Whose pathway was closed in the period."""

    by: OfClosing = GroupBy.REASON


class AfterwardsAsked(OutflowAsked):
    """Whose work afterwards: of those whose pathway was closed in the period."""


class ExitsAsked(ReportAsked):
    """How pathways were closed in the period, exit types apart."""

    by: Literal[GroupBy.PROVINCE, OfPeriod, OfSituation] = GroupBy.MONTH
    months: Annotated[Months, Field(description="Work is measured so many months later")] = (
        Months.SIX
    )


class WorkFloorsAsked(ReportAsked):
    """Who trained on a work floor in the period."""

    by: Literal[GroupBy.WORK_FLOOR, GroupBy.ORGANISATION] = GroupBy.WORK_FLOOR


class StopsAsked(ReportAsked):
    """Which of the modules that started in the period were stopped."""

    by: OfModule = GroupBy.KIND


class IboAsked(ReportAsked):
    """Which IBOs were completed in the period."""

    by: Literal[GroupBy.ORGANISATION, GroupBy.PROVINCE, OfPeriod, OfSituation] = (
        GroupBy.ORGANISATION
    )


class RetentionAsked(ReportAsked):
    """Whose first day of work is in the period."""

    by: Literal[
        GroupBy.KIND,
        GroupBy.MEASURE,
        GroupBy.ORGANISATION,
        GroupBy.PROVINCE,
        OfPeriod,
        OfSituation,
    ] = GroupBy.KIND
    months: Annotated[Months, Field(description="Work is measured so many months later")] = (
        Months.SIX
    )


class CurvesAsked(ReportAsked):
    """Who entered, or whose module ended, in the period, and how soon they had work."""

    by: Literal[GroupBy.MEASURE, GroupBy.KIND, OfPeriod, GroupBy.PROVINCE, OfPerson] = (
        GroupBy.MEASURE
    )
    since: Annotated[Since, Field(description="Months count from the entry or a module's end")] = (
        Since.ENTRY
    )


class OutcomesAsked(ReportAsked):
    """Whose pathway was closed in the period, and who of them was at work when."""

    by: Literal[GroupBy.CHECKPOINT] = GroupBy.CHECKPOINT


class ExceptionsAsked(ReportAsked):
    """Which facts of the period are exceptional."""

    by: Literal[GroupBy.EXCEPTION, GroupBy.PROVINCE, OfPeriod, OfSituation] = GroupBy.EXCEPTION


class TransitionAsked(ReportAsked):
    """The weeks of the period."""

    by: Literal[GroupBy.WEEK] = GroupBy.WEEK

    @model_validator(mode="after")
    def _of_a_year(self) -> Self:
        if (self.last - self.first).days > MOST_DAYS_BY_WEEK:
            raise ValueError("a period told week by week is two years long at most")
        return self


class ReachAsked(ReportAsked):
    """Who was guided in the period."""

    by: Literal[GroupBy.PROVINCE, OfSituation] = GroupBy.PROVINCE


class DayAsked(PointAsked, BaseModel):
    """A question about one day, `as_of`, today by itself: how things stood at its end."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
    after: After | None = None


class CounsellorsAsked(DayAsked):
    """Who holds cases on the day."""

    by: Literal[GroupBy.UNIT, GroupBy.PROVIDER, GroupBy.LOT] = GroupBy.UNIT
    unit: Annotated[Reference | None, Field(description="Pathways of this unit alone")] = None
    provider: Annotated[
        str | None,
        Field(
            pattern="^([01][0-9]{9}|VDAB_OF_PROMOTOR)$",
            description="Pathways that this organisation guides; VDAB_OF_PROMOTOR: that no other does",
        ),
    ] = None


class StockAsked(DayAsked):
    """Which pathways are open on the day."""

    by: Literal[GroupBy.STATUS, GroupBy.PROVINCE, OfSituation] = GroupBy.STATUS


class SpecialAsked(ReportAsked):
    """Who is counted in the period, and by which characteristic, such as one of a special category."""

    by: Special = Special.DISABILITY
    of: Annotated[Of, Field(description="Who: as the report of that name counts them")] = Of.INFLOW
    months: Annotated[
        Months, Field(description="Of `flow` and `afterwards`: so many months later")
    ] = Months.SIX
