"""Pages of reports that are a table with a picture: one template for all of the catalogue, and their index."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from plumbing.web_sessions import WebSession
from plumbing.web_sign_in import web_session
from pydantic import BaseModel

from projections.reporting.asked import ReportAsked
from projections.reporting.behind import leads
from projections.reporting.catalogue import (
    ADDRESSES,
    FLOW,
    GUIDANCE,
    OFTEN_ASKED,
    PAGES,
)
from projections.reporting.catalogue_work import TO_WORK
from projections.reporting.charts import Chart, Shape, bars, curves
from projections.reporting.report_page import ReportPage
from projections.reporting.reports import Figures, GroupBy
from projections.reporting.titles import FIGURES, GROUPINGS
from projections.reporting.web import REPORTING
from projections.time_bar import time_asked
from projections.web_pages import Pages, address, asked_by_form, words_of
from projections.web_reading import ReadModels
from projections.web_rights import Rows, counted_for, may
from projections.words import Words

Session = Annotated[WebSession, Depends(web_session)]

WORDS: Mapping[str, Any] = {
    "addresses": ADDRESSES,
    "grouping_words": GROUPINGS,
    "figure_words": FIGURES,
}
"""What the templates of all pages of reports are given."""

_ORGANISATIONS = (GroupBy.ORGANISATION, GroupBy.PROVIDER, GroupBy.WORK_FLOOR)


def figures_pages(read_models: ReadModels, rows: Rows, pages: Pages) -> APIRouter:
    """`GET /reports`, which leads to all, and `GET /reports/...`: a page for each of PAGES."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/reports", name="page_reports", summary="Page: all reports")
    def page_reports(request: Request, session: Session) -> Response:  # pyright: ignore[reportUnusedFunction]
        groups = (
            ("work", (page for page in (FLOW, *TO_WORK) if may(session.caller, page.name))),
            ("guidance", (page for page in GUIDANCE if may(session.caller, page.name))),
        )
        asked, _ = time_asked(request.query_params).without_future(read_models.now())
        return pages.show(
            request, "reporting/reports.html", asked=asked, groups=groups, often=OFTEN_ASKED
        )

    for shown in PAGES:
        _add(routes, shown, (read_models, rows, pages))
    return routes


def asked_of(
    request: Request, shown: ReportPage, read_models: ReadModels
) -> tuple[Any, frozenset[str]]:
    """What the form of a page asks, of the last whole year by itself, and what was not understood."""
    year = read_models.today.year - 1
    days = {"from": f"{year}-01-01", "until": f"{year}-12-31"}
    defaults = {**days, **shown.defaults} if issubclass(shown.form, ReportAsked) else {}
    asked, wrong = asked_by_form(request, shown.form, defaults)
    asked, future = asked.without_future(read_models.now())
    return asked, wrong | future


def told(asked: BaseModel) -> dict[str, object]:
    """The parameters that ask the same, but for the group."""
    return asked.model_dump(by_alias=True, exclude_defaults=True, mode="json", exclude={"group"})


def _add(routes: APIRouter, shown: ReportPage, with_: tuple[ReadModels, Rows, Pages]) -> None:
    read_models, rows, pages = with_

    @routes.get(shown.address, name=shown.name, summary=shown.summary)
    def page(request: Request, session: Session) -> Response:  # pyright: ignore[reportUnusedFunction]
        asked, wrong = asked_of(request, shown, read_models)
        hidden = rows.hidden(request, session.caller, asked.after)
        behind = read_models.waited_for(REPORTING, asked.after, hidden)
        report = shown.make(counted_for(read_models, session.caller), asked)
        to_pathways = ToPathways(shown, asked, may(session.caller, "page_behind"))
        return pages.show(
            request,
            "reporting/figures.html",
            shown=shown,
            asked=asked,
            wrong=wrong,
            behind=behind if behind and not behind.reached else None,
            report=report,
            lines=list(lines(shown, report)),
            chart=_chart(words_of(request), shown, report, to_pathways),
            to_pathways=to_pathways,
            groupings=[by for by in GroupBy if by in shown.groupings],
            **WORDS,
        )


@dataclass(frozen=True)
class ToPathways:
    """Where a figure of a group leads to: the pathways behind it, for who may see any."""

    page: ReportPage
    asked: Any
    may: bool

    def __call__(self, group: str | None) -> str | None:
        """The address, or None where it leads nowhere."""
        # After the end of a module it is another day that was counted.
        if not (self.may and leads(self.page.behind, self.asked.by)) or self._since_end:
            return None
        parameters = {**told(self.asked), "by": str(self.asked.by), "group": group}
        return address(f"{self.page.address}/pathways", parameters)

    @property
    def _since_end(self) -> bool:
        return getattr(self.asked, "since", "entry") != "entry"


def group_label(words: Words, by: GroupBy, group: str | None) -> str:
    """What a group of a report is called."""
    if group is None:
        return words("Totaal")
    return words.label(words.organisation(group) if by in _ORGANISATIONS else group)


def _chart(
    words: Words, shown: ReportPage, report: Figures, to_pathways: ToPathways
) -> Chart | None:
    of: Any = report
    if shown.picture is None:
        return None

    def named(group: str | None) -> str:
        return group_label(words, report.by, group)

    title = words(shown.about)
    if shown.picture.shape is Shape.CURVES:
        several = of.rows if len(of.rows) > 1 else ()
        return curves([*several, of.total], named, title)
    return bars(
        shown.picture,
        report,
        title,
        (named, lambda figure: words(FIGURES[str(figure)])),
        to_pathways,
    )


@dataclass(frozen=True)
class Line:
    """A line of the table: a whole group, or one of its parts; figures that it lacks are None."""

    group: str | None
    part: str | None
    values: Mapping[str, float | None]


def lines(page: ReportPage, report: Figures) -> Iterator[Line]:
    """The report's rows and their parts, the total last where there is one."""
    of = vars(report)
    for row in (*of["rows"], *([of["total"]] if "total" in of else ())):
        yield Line(row.group, None, _values(page, row))
        if page.parts:
            field, name = page.parts
            for part in getattr(row, field):
                yield Line(row.group, str(getattr(part, name)), _values(page, part))


def _values(page: ReportPage, row: object) -> Mapping[str, float | None]:
    return {figure: getattr(row, figure, None) for figure in page.figures}
