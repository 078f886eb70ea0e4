"""The reporting officer's page: flow into the NEC as a picture, a table and its definitions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from plumbing.web_sessions import WebSession
from plumbing.web_sign_in import web_session

from projections.reporting.asked import Province
from projections.reporting.catalogue import FLOW
from projections.reporting.charts import Chart, streams
from projections.reporting.flow import FLOW_BY
from projections.reporting.reports import FlowReport, FlowRow, GroupBy, Within
from projections.reporting.web import REPORTING, flow_report
from projections.reporting.web_figures import (
    WORDS,
    ToPathways,
    asked_of,
    figures_pages,
    group_label,
)
from projections.web_pages import Pages, words_of
from projections.web_reading import ReadModels
from projections.web_rights import Rows, counted_for, may
from projections.words import Words
from schemas.codes import ModuleKind

Session = Annotated[WebSession, Depends(web_session)]
BY_PROOF = (
    "flow_reached",
    "at_work",
    "at_work_dmfa",
    "at_work_dimona",
    "at_work_contract",
    "at_work_statement",
    "no_work_known",
)
"""The columns of the table that says on which proof somebody works."""
MOST_BARS = 12
"""As many groups as one sees at a glance; the table below has them all."""


@dataclass(frozen=True)
class Bar:
    """One bar: widths in percent of the cohort, after each other."""

    within: Within

    @property
    def in_nec(self) -> float:
        """The part that found work."""
        return 100 * (self.within.share_in_nec or 0)

    @property
    def open(self) -> float:
        """The part that has no work yet and may still find it in time."""
        return 100 * (self.within.share_not_yet_in_nec or 0)


@dataclass(frozen=True)
class Group:
    """One group in the picture."""

    row: FlowRow
    bars: Sequence[Bar]


def reporting_pages(read_models: ReadModels, rows: Rows, pages: Pages) -> APIRouter:
    """`GET /reports/flow`, and the pages that are a table."""
    routes = figures_pages(read_models, rows, pages)

    @routes.get("/reports/flow", name="page_flow", summary="Page: flow into work after a module")
    def page_flow(request: Request, session: Session) -> Response:  # pyright: ignore[reportUnusedFunction]
        # The last whole year by itself: of a younger cohort too many months have not passed.
        asked, wrong = asked_of(request, FLOW, read_models)
        hidden = rows.hidden(request, session.caller, asked.after)
        behind = read_models.waited_for(REPORTING, asked.after, hidden)
        to_pathways = ToPathways(FLOW, asked, may(session.caller, "page_behind"))
        report = flow_report(counted_for(read_models, session.caller), asked)
        return pages.show(
            request,
            "reporting/flow.html",
            asked=asked,
            wrong=wrong,
            behind=behind if behind and not behind.reached else None,
            report=report,
            picture=_picture(report),
            chart=_streams(words_of(request), report, to_pathways),
            to_pathways=to_pathways,
            halfway=next((w for w in report.total.within if w.months == 6), None),  # noqa: PLR2004
            by_proof=BY_PROOF,
            kinds=list(ModuleKind),
            provinces=list(Province),
            groupings=[by for by in GroupBy if by in FLOW_BY],
            **WORDS,
        )

    return routes


def _picture(report: FlowReport) -> list[Group]:
    """The total, and the largest groups; none where the total says it all."""
    largest = sorted(report.rows, key=lambda row: row.persons, reverse=True)[:MOST_BARS]
    shown = [row for row in report.rows if row in largest] if len(report.rows) > 1 else []
    return [Group(row, [Bar(w) for w in row.within]) for row in (report.total, *shown)]


def _streams(words: Words, report: FlowReport, to_pathways: ToPathways) -> Chart | None:
    """From kinds of module to when their people found work: what one reads in five seconds."""
    rows = sorted(report.rows, key=lambda row: row.persons, reverse=True)[:MOST_BARS]
    title = words(
        "Van module naar werk: personen, volgens wanneer zij werk vonden; wie in meer groepen zit, "
        "telt in elke"
    )

    def named(group: str | None) -> str:
        return group_label(words, report.by, group)

    return streams(words, rows, (named, to_pathways), title)
