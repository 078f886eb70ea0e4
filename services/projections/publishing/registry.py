"""Every report that can be published or downloaded: by name, with its question and its answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from plumbing.problems import INVALID_REQUEST, FieldError, ProblemType
from pydantic import BaseModel, ValidationError

from projections.labels import N_
from projections.points import PointAsked
from projections.reporting import asked as questions
from projections.reporting.web import (
    afterwards_report,
    durations_report,
    flow_report,
    inflow_report,
    modules_report,
    outflow_report,
)
from projections.reporting.web_cohorts import (
    outcomes_report,
    time_to_work_report,
    transition_report,
)
from projections.reporting.web_exits import (
    exceptions_report,
    exits_report,
    ibo_report,
    reach_report,
    retention_report,
    stops_report,
    work_floors_report,
)
from projections.reporting.web_on_day import counsellors_report, stock_report
from projections.reporting.web_special import special_report
from projections.schema import Database
from projections.web_reading import ReadModels

UNKNOWN_REPORT = ProblemType(
    "unknown-report",
    404,
    "There is no report of this name",
    "Name one as its address under /v1/reports does, such as `flow` or `work-floors`.",
)


@dataclass(frozen=True)
class Kind:
    """A report: its question, its answer, the endpoint whose right opens it, and the module that counts."""

    title: str
    asked: type[PointAsked]
    answer: Callable[[ReadModels, Any], BaseModel]
    right: str
    counts: str
    page: str | None = None


def _kind(
    name: str,
    title: str,
    asked: type[PointAsked],
    answer: Callable[[ReadModels, Any], BaseModel],
    counts: str,
) -> tuple[str, Kind]:
    right = f"report_{name.replace('-', '_')}"
    module = f"projections.reporting.{counts}"
    return name, Kind(title, asked, answer, right, module, f"/reports/{name}")


REPORTS: Mapping[str, Kind] = dict(
    (
        _kind("flow", N_("Doorstroom naar werk"), questions.FlowAsked, flow_report, "flow"),
        _kind("inflow", N_("Instroom"), questions.InflowAsked, inflow_report, "queries"),
        _kind("modules", N_("Modules"), questions.ModulesAsked, modules_report, "queries"),
        _kind(
            "durations", N_("Wachttijden"), questions.DurationsAsked, durations_report, "queries"
        ),
        _kind("outflow", N_("Afgesloten"), questions.OutflowAsked, outflow_report, "queries"),
        _kind(
            "afterwards",
            N_("Werk na de afsluiting"),
            questions.AfterwardsAsked,
            afterwards_report,
            "afterwards",
        ),
        _kind(
            "time-to-work",
            N_("Tijd tot werk"),
            questions.CurvesAsked,
            time_to_work_report,
            "time_to_work",
        ),
        _kind(
            "outcomes",
            N_("Uitstroom naar werk, naar bewijs"),
            questions.OutcomesAsked,
            outcomes_report,
            "outcomes",
        ),
        _kind(
            "transition",
            N_("Het einde van WEP+"),
            questions.TransitionAsked,
            transition_report,
            "transition",
        ),
        _kind("exits", N_("Uitstroom"), questions.ExitsAsked, exits_report, "exits"),
        _kind(
            "exceptions",
            N_("Uitzonderingen"),
            questions.ExceptionsAsked,
            exceptions_report,
            "exceptions",
        ),
        _kind("stops", N_("Vroegtijdige stops"), questions.StopsAsked, stops_report, "stops"),
        _kind("ibo", N_("Na een IBO"), questions.IboAsked, ibo_report, "ibo"),
        _kind(
            "retention",
            N_("Na een aanwerving"),
            questions.RetentionAsked,
            retention_report,
            "retention",
        ),
        _kind(
            "work-floors",
            N_("Werkvloeren van werkervaring"),
            questions.WorkFloorsAsked,
            work_floors_report,
            "work_floors",
        ),
        _kind("reach", N_("Bereik"), questions.ReachAsked, reach_report, "stock"),
        _kind(
            "counsellors",
            N_("Bemiddelaars met dossiers"),
            questions.CounsellorsAsked,
            counsellors_report,
            "counsellors",
        ),
        _kind("stock", N_("Open trajecten"), questions.StockAsked, stock_report, "stock"),
        _kind(
            "special",
            N_("Bijzondere kenmerken"),
            questions.SpecialAsked,
            special_report,
            "special",
        ),
    )
)

ALSO_CALLED = {"hire-obligations": "ibo", "providers": "exits"}
"""Pages that show another part of a report than its own page does."""


def kind_of(name: str) -> Kind:
    """The report of this name. Raises UNKNOWN_REPORT as a Problem."""
    kind = REPORTS.get(ALSO_CALLED.get(name, name))
    if kind is None:
        raise UNKNOWN_REPORT.problem()
    return kind


def question(name: str, parameters: Mapping[str, object]) -> PointAsked:
    """The question that the parameters ask of that report, at its two clocks.

    Raises UNKNOWN_REPORT and INVALID_REQUEST as Problems.
    """
    kind = kind_of(name)
    told = {key: value for key, value in parameters.items() if key != "after"}
    try:
        return kind.asked.model_validate(told)
    except ValidationError as wrong:
        errors = [
            FieldError(
                str(one["msg"]), pointer="#/parameters" + "".join(f"/{p}" for p in one["loc"])
            )
            for one in wrong.errors(include_input=False, include_url=False, include_context=False)
        ]
        raise INVALID_REQUEST.problem(errors=errors) from None


def answer(read_models: ReadModels, name: str, asked: PointAsked) -> BaseModel:
    """The report, exact or protected as `read_models` are. Raises the Problems of reports."""
    return kind_of(name).answer(read_models, asked)


def parameters_of(asked: PointAsked) -> dict[str, Any]:
    """The parameters as a program would send them, those with a value."""
    told = asked.model_dump(mode="json", by_alias=True, exclude_none=True, exclude={"after"})
    return {key: value for key, value in told.items() if value != []}


def within(read_models: ReadModels, connection: Database) -> ReadModels:
    """The same read models, all of whose answers are of this connection's one moment."""
    return replace(read_models, within=connection)
