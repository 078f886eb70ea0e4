"""The page of persons by a characteristic, of a special category or not: for who reports, and never exact."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from plumbing.web_sessions import WebSession
from plumbing.web_sign_in import web_session

from projections.labels import N_
from projections.reporting.asked import SpecialAsked
from projections.reporting.report_page import form_of
from projections.reporting.special import Of, Special
from projections.reporting.titles import GROUPINGS
from projections.reporting.web import REPORTING
from projections.reporting.web_figures import WORDS, told
from projections.reporting.web_special import special_report
from projections.web_pages import Pages, asked_by_form
from projections.web_reading import ReadModels
from projections.web_rights import Rows

Session = Annotated[WebSession, Depends(web_session)]
SPECIAL = "/reports/special"
CHARACTERISTICS = {
    Special.DISABILITY: N_("Handicap"),
    Special.MIGRATION_BACKGROUND: N_("Migratieachtergrond"),
    Special.OTHER_DISADVANTAGE: N_("Andere achterstelling"),
    **{by: GROUPINGS[grouping] for by in Special for grouping in GROUPINGS if by == grouping.value},
}
WHO = {
    Of.INFLOW: N_("Wie instroomde"),
    Of.MODULES: N_("Wiens module eindigde"),
    Of.FLOW: N_("Wie na een module werk vond"),
    Of.EXITS: N_("Wiens traject werd afgesloten"),
    Of.AFTERWARDS: N_("Wie na de afsluiting werkte"),
}
_FORM = form_of(SpecialAsked)


def special_page(read_models: ReadModels, rows: Rows, pages: Pages) -> APIRouter:
    """`GET /reports/special`."""
    routes = APIRouter(include_in_schema=False)

    @routes.get(
        SPECIAL,
        name="page_special",
        summary="Page: persons by a characteristic, such as one of a special category",
    )
    def page_special(request: Request, session: Session) -> Response:  # pyright: ignore[reportUnusedFunction]
        year = read_models.today.year - 1
        days = {"from": f"{year}-01-01", "until": f"{year}-12-31"}
        asked, wrong = asked_by_form(request, _FORM, days)
        asked, future = asked.without_future(read_models.now())
        question = SpecialAsked.model_validate(told(asked))
        hidden = rows.hidden(request, session.caller, asked.after)
        behind = read_models.waited_for(REPORTING, asked.after, hidden)
        return pages.show(
            request,
            "reporting/special.html",
            asked=asked,
            wrong=wrong | future,
            behind=behind if behind and not behind.reached else None,
            report=special_report(read_models, question),
            characteristics=CHARACTERISTICS,
            who=WHO,
            **WORDS,
        )

    return routes
