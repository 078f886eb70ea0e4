"""What the app takes in of published figures: routes, pages and problems."""

from collections.abc import Mapping

from fastapi import APIRouter
from pydantic import BaseModel

from projections.publishing.downloads import Downloads
from projections.publishing.downloads_web import download_routes
from projections.publishing.examples import (
    again_example,
    published_example,
    published_list_example,
    rerun_example,
    sheet_example,
)
from projections.publishing.files import NO_PARQUET
from projections.publishing.registry import UNKNOWN_REPORT
from projections.publishing.service import NO_SUCH_FIGURE, Figures
from projections.publishing.sheets_web import NO_SUCH_SHEET, SheetList, Sheets, sheets_routes
from projections.publishing.web import published_routes
from projections.publishing.web_pages import published_pages
from projections.web_pages import Pages
from projections.web_reading import ReadModels
from projections.web_rights import Rows, Trace

PUBLISHING_EXAMPLES: Mapping[str, BaseModel] = {
    "published_figures": published_list_example(),
    "published_figure": published_example(),
    "published_again": again_example(),
    "answer_sheets": SheetList(items=(sheet_example().sheet,)),
    "answer_sheet": sheet_example(),
    "sheet_again": rerun_example(),
}
PUBLISHING_TYPES = (UNKNOWN_REPORT, NO_SUCH_FIGURE, NO_SUCH_SHEET, NO_PARQUET)
"""Problems that these answer with."""


def publishing_routes(read_models: ReadModels, rows: Rows, trace: Trace, pages: Pages) -> APIRouter:
    """Published figures and answer sheets: `/v1/published`, `/v1/sheets` and their pages."""
    figures = Figures(read_models, rows, trace)
    routes = APIRouter()
    routes.include_router(published_routes(figures))
    routes.include_router(published_pages(figures, pages))
    routes.include_router(sheets_routes(Sheets(read_models), pages))
    routes.include_router(download_routes(Downloads(read_models, rows, trace)))
    return routes
