"""Published figures over REST: publish, search, read, and count again."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from fastapi.requests import Request
from fastapi.responses import Response
from plumbing import problems
from plumbing.access import NOT_TRACED
from plumbing.callers import Caller
from plumbing.problems import INVALID_REQUEST
from plumbing.sign_in import NOT_ALLOWED, signed_in

from projections.publishing.figures import PublishAsked, Published
from projections.publishing.registry import UNKNOWN_REPORT
from projections.publishing.service import NO_SUCH_FIGURE, Again, Figures, PublishedList
from projections.reporting.then import TOO_MANY_THEN
from projections.standing import STANDING_AWAY
from projections.web_reading import CURSOR_UNREADABLE, READ_MODELS_AWAY

SignedIn = Annotated[Caller, Depends(signed_in)]
Text = Annotated[
    str | None,
    Query(
        max_length=100,
        pattern="^[^\\x00]*$",
        description="In the question, report, publisher, id or digest",
    ),
]
Cursor = Annotated[str | None, Query(max_length=400, description="The next_cursor of an answer")]

PUBLISH_EXAMPLE = {
    "report": "flow",
    "parameters": {
        "from": "2014-01-01",
        "until": "2014-12-31",
        "by": "kind",
        "as_of": "2015-10-01",
    },
    "question": "Hoeveel mensen vonden werk na WEP+? (Vlaams Parlement, schriftelijke vraag)",
}


def published_routes(figures: Figures) -> APIRouter:
    """`/v1/published` and what stands under it."""
    routes = APIRouter(prefix="/v1/published", tags=["published figures"])
    _add_publish(routes, figures)
    _add_list(routes, figures)
    _add_one(routes, figures)
    return routes


def _add_publish(routes: APIRouter, figures: Figures) -> None:
    @routes.post(
        "",
        name="publish",
        operation_id="publish",
        summary="Freeze a figure, with its definition, both clocks, place in the log and digest",
        status_code=201,
        responses=problems.responses(
            INVALID_REQUEST, NOT_ALLOWED, UNKNOWN_REPORT, READ_MODELS_AWAY, TOO_MANY_THEN
        ),
        openapi_extra={
            "requestBody": {"content": {"application/json": {"example": PUBLISH_EXAMPLE}}}
        },
    )
    def publish(  # pyright: ignore[reportUnusedFunction]
        asked: PublishAsked, caller: SignedIn, response: Response
    ) -> Published:
        """Kept for ever. Without `known_at`, what is known now is frozen as of now."""
        told = figures.publish(caller, asked)
        response.headers["Location"] = f"/v1/published/{told.id}"
        return told


def _add_list(routes: APIRouter, figures: Figures) -> None:
    @routes.get(
        "",
        name="published_figures",
        operation_id="published_figures",
        summary="Published figures, the newest first",
        responses=problems.responses(
            INVALID_REQUEST, NOT_ALLOWED, CURSOR_UNREADABLE, READ_MODELS_AWAY
        ),
    )
    def published_figures(  # pyright: ignore[reportUnusedFunction]
        caller: SignedIn, q: Text = None, cursor: Cursor = None
    ) -> PublishedList:
        """Those of reports that the caller may read."""
        return figures.list(caller, q, cursor)


def _add_one(routes: APIRouter, figures: Figures) -> None:
    responses = problems.responses(INVALID_REQUEST, NOT_ALLOWED, NO_SUCH_FIGURE, READ_MODELS_AWAY)

    @routes.get(
        "/{published_id}",
        name="published_figure",
        operation_id="published_figure",
        summary="One published figure, as it was published",
        responses=responses,
    )
    def published_figure(published_id: UUID, caller: SignedIn) -> Published:  # pyright: ignore[reportUnusedFunction]
        """What was answered then, whatever became known since."""
        return figures.one(caller, published_id)

    @routes.get(
        "/{published_id}/recalculated",
        name="published_again",
        operation_id="published_again",
        summary="One published figure counted again: then, as known then, as known now, and why",
        responses=responses
        | problems.responses(NOT_TRACED, STANDING_AWAY, TOO_MANY_THEN, INVALID_REQUEST),
    )
    def published_again(  # pyright: ignore[reportUnusedFunction]
        published_id: UUID, request: Request, caller: SignedIn
    ) -> Again:
        """At the same two clocks it is the same, or the answer says why not.

        Who sees people is told which facts made the difference; others how many.
        """
        return figures.again(request, caller, published_id)
