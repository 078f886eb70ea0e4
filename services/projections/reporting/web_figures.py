"""Pages of reports that are a table: one template, and a line here for each report."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from plumbing.web_sessions import WebSession
from plumbing.web_sign_in import web_session

from projections.labels import N_
from projections.points import LocalMoment
from projections.reporting import counsellors, exits, ibo, retention, stock, stops, work_floors
from projections.reporting.asked import (
    CounsellorsAsked,
    DayAsked,
    ExitsAsked,
    IboAsked,
    ReachAsked,
    ReportAsked,
    RetentionAsked,
    StockAsked,
    StopsAsked,
    WorkFloorsAsked,
)
from projections.reporting.reports import Figures, GroupBy
from projections.reporting.titles import FIGURES, GROUPINGS
from projections.reporting.web import REPORTING
from projections.reporting.web_exits import (
    exits_report,
    ibo_report,
    reach_report,
    retention_report,
    stops_report,
    work_floors_report,
)
from projections.reporting.web_on_day import counsellors_report, stock_report
from projections.web_pages import Pages, asked_by_form
from projections.web_reading import ReadModels
from projections.web_rights import Rows

Session = Annotated[WebSession, Depends(web_session)]


class CounsellorsForm(CounsellorsAsked):
    """What the form asks; so are the others below."""

    known_at: LocalMoment | None = None


class StockForm(StockAsked):
    """As above."""

    known_at: LocalMoment | None = None


class ReachForm(ReachAsked):
    """As above."""

    known_at: LocalMoment | None = None


class ExitsForm(ExitsAsked):
    """As above."""

    known_at: LocalMoment | None = None


class StopsForm(StopsAsked):
    """As above."""

    known_at: LocalMoment | None = None


class IboForm(IboAsked):
    """As above."""

    known_at: LocalMoment | None = None


class RetentionForm(RetentionAsked):
    """As above."""

    known_at: LocalMoment | None = None


class WorkFloorsForm(WorkFloorsAsked):
    """As above."""

    known_at: LocalMoment | None = None


@dataclass(frozen=True)
class ReportPage:
    """A page: its name in the table of rights, its report, and which figures stand in its columns.

    `parts` names the field of a row with the parts that it falls apart in, and that of their name.
    """

    name: str
    address: str
    summary: str
    title: str
    form: type[ReportAsked | DayAsked]
    make: Callable[[ReadModels, Any], Figures]
    groupings: frozenset[GroupBy]
    figures: Sequence[str]
    parts: tuple[str, str] | None = None


PAGES = (
    ReportPage(
        "page_counsellors",
        "/reports/counsellors",
        "Page: counsellors holding cases on a day",
        N_("Bemiddelaars met dossiers"),
        CounsellorsForm,
        counsellors_report,
        counsellors.COUNSELLORS_BY,
        (
            "counsellors_with_module",
            "counsellors_assigned",
            "counsellors_in_year",
            "counsellors_in_contact",
            "pathways_assigned",
            "pathways_unassigned",
            "median_pathways",
            "most_pathways",
        ),
    ),
    ReportPage(
        "page_stock",
        "/reports/stock",
        "Page: pathways open on a day",
        N_("Open trajecten"),
        StockForm,
        stock_report,
        stock.STOCK_BY,
        ("persons", "pathways", "in_module"),
    ),
    ReportPage(
        "page_reach",
        "/reports/reach",
        "Page: who was guided in a period",
        N_("Bereik"),
        ReachForm,
        reach_report,
        stock.REACH_BY,
        ("persons", "pathways"),
    ),
    ReportPage(
        "page_exits",
        "/reports/exits",
        "Page: exits, exit types apart",
        N_("Uitstroom"),
        ExitsForm,
        exits_report,
        exits.EXITS_BY,
        (
            "persons",
            "pathways",
            "share",
            "without_proof",
            "reached",
            "measured",
            "in_work",
            "share_in_work",
            "share_unmeasured",
        ),
        ("exits", "exit_type"),
    ),
    ReportPage(
        "page_stops",
        "/reports/stops",
        "Page: early stops by reason",
        N_("Vroegtijdige stops"),
        StopsForm,
        stops_report,
        stops.STOPS_BY,
        (
            "started",
            "stopped_early",
            "measure_ended",
            "share_stopped_early",
            "modules",
            "share",
        ),
        ("reasons", "reason"),
    ),
    ReportPage(
        "page_ibo",
        "/reports/ibo",
        "Page: hired after an IBO, and retained",
        N_("Na een IBO"),
        IboForm,
        ibo_report,
        ibo.IBO_BY,
        (
            "completed",
            "hired",
            "share_hired",
            "reached",
            "measured",
            "retained",
            "share_retained",
            "share_unmeasured",
        ),
    ),
    ReportPage(
        "page_hire_obligations",
        "/reports/hire-obligations",
        "Page: obligations to hire after an IBO, and what became of them",
        N_("Aanwervingsplicht na een IBO"),
        IboForm,
        ibo_report,
        ibo.IBO_BY,
        ("completed", "obliged", "met", "waived", "breached", "overdue"),
        ("decisions", "motive"),
    ),
    ReportPage(
        "page_retention",
        "/reports/retention",
        "Page: still at work after a hire",
        N_("Na een aanwerving"),
        RetentionForm,
        retention_report,
        retention.RETENTION_BY,
        (
            "persons",
            "hired",
            "reached",
            "measured",
            "in_work",
            "share_in_work",
            "retained",
            "share_retained",
            "share_unmeasured",
        ),
    ),
    ReportPage(
        "page_work_floors",
        "/reports/work-floors",
        "Page: trained on work floors, and hired by them",
        N_("Werkvloeren van werkervaring"),
        WorkFloorsForm,
        work_floors_report,
        work_floors.WORK_FLOORS_BY,
        ("persons_trained", "trained_and_hired", "share_hired", "persons_hosted", "persons_hired"),
    ),
)

ADDRESSES = (
    ("/reports/flow", N_("Doorstroom naar werk")),
    *((page.address, page.title) for page in PAGES),
)
"""Every page of a report with its title."""

WORDS: Mapping[str, Any] = {
    "addresses": ADDRESSES,
    "grouping_words": GROUPINGS,
    "figure_words": FIGURES,
}
"""What the templates of all pages of reports are given."""


def figures_pages(read_models: ReadModels, rows: Rows, pages: Pages) -> APIRouter:
    """`GET /reports/...`: a page for each of PAGES."""
    routes = APIRouter(include_in_schema=False)
    for shown in PAGES:
        _add(routes, shown, (read_models, rows, pages))
    return routes


def _add(routes: APIRouter, shown: ReportPage, with_: tuple[ReadModels, Rows, Pages]) -> None:
    read_models, rows, pages = with_

    @routes.get(shown.address, name=shown.name, summary=shown.summary)
    def page(request: Request, session: Session) -> Response:  # pyright: ignore[reportUnusedFunction]
        year = read_models.today.year - 1
        days = {"from": f"{year}-01-01", "until": f"{year}-12-31"}
        defaults = days if issubclass(shown.form, ReportAsked) else {}
        asked, wrong = asked_by_form(request, shown.form, defaults)
        asked, future = asked.without_future(read_models.now())
        hidden = rows.hidden(request, session.caller, asked.after)
        behind = read_models.waited_for(REPORTING, asked.after, hidden)
        report = shown.make(read_models, asked)
        return pages.show(
            request,
            "reporting/figures.html",
            shown=shown,
            asked=asked,
            wrong=wrong | future,
            behind=behind if behind and not behind.reached else None,
            report=report,
            lines=list(lines(shown, report)),
            groupings=[by for by in GroupBy if by in shown.groupings],
            **WORDS,
        )


@dataclass(frozen=True)
class Line:
    """A line of the table: a whole group, or one of its parts; figures that it lacks are None."""

    group: str | None
    part: str | None
    values: Mapping[str, float | None]


def lines(page: ReportPage, report: Figures) -> Iterator[Line]:
    """The report's rows and their parts, the total last."""
    told = vars(report)
    for row in (*told["rows"], told["total"]):
        yield Line(row.group, None, _values(page, row))
        if page.parts:
            field, name = page.parts
            for part in getattr(row, field):
                yield Line(row.group, getattr(part, name), _values(page, part))


def _values(page: ReportPage, row: object) -> Mapping[str, float | None]:
    return {figure: getattr(row, figure, None) for figure in page.figures}
