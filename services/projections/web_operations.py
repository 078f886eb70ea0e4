"""The pages of operations: how far the read models are, which pathways wait, and what may be done about it."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from plumbing.web_sessions import WebSession
from plumbing.web_sign_in import our_form, web_session
from pydantic import BaseModel, ValidationError

from projections.freshness import freshness
from projections.projection import Projection
from projections.web_pages import Pages, address
from projections.web_parked import (
    LEAST_REASON,
    MOST_REASON,
    NOT_PARKED,
    ParkedPathways,
    ReadModelName,
    RequestAsked,
)
from projections.web_reading import ReadModels
from projections.web_rights import may

Session = Annotated[WebSession, Depends(web_session)]


class Sent(BaseModel):
    """What a page's form sends; the reason is of giving up."""

    asked: str = ""
    reason: str = ""


def operations_pages(
    parked: ParkedPathways,
    read_models: ReadModels,
    pages: Pages,
    projections: Sequence[Projection],
) -> APIRouter:
    """`GET /operations`, and a page and a form for each parked pathway."""
    routes = APIRouter(include_in_schema=False)
    _add_operations(routes, parked, read_models, pages, projections)
    _add_pathway(routes, parked, pages)
    _add_form(routes, parked)
    return routes


def _add_operations(
    routes: APIRouter,
    parked: ParkedPathways,
    read_models: ReadModels,
    pages: Pages,
    projections: Sequence[Projection],
) -> None:
    @routes.get(
        "/operations",
        name="page_operations",
        summary="Page: how far the read models are, and which pathways wait for a person",
    )
    def page_operations(request: Request, session: Session) -> Response:  # pyright: ignore[reportUnusedFunction]
        with read_models.snapshot() as connection:
            told = parked.all(connection, request, session.caller)
            fresh = [(one.name, freshness(connection, one.name)) for one in projections]
        finds = may(session.caller, "page_where")
        return pages.show(
            request, "shared/operations.html", told=told, fresh=fresh, finds_facts=finds
        )


def _add_pathway(routes: APIRouter, parked: ParkedPathways, pages: Pages) -> None:
    @routes.get(
        "/operations/parked/{read_model}/{pathway_id}",
        name="page_parked",
        summary="Page: one parked pathway, why it waits, and what may be done about it",
    )
    def page_parked(  # pyright: ignore[reportUnusedFunction]
        read_model: ReadModelName,
        pathway_id: UUID,
        request: Request,
        session: Session,
        wrong: str = "",
    ) -> Response:
        told = parked.one(request, session.caller, read_model, pathway_id)
        return pages.show(
            request,
            "shared/parked.html",
            status=422 if wrong == "reason" else 200,
            read_model=read_model,
            pathway_id=pathway_id,
            told=told,
            wrong=wrong == "reason",
            signs=(LEAST_REASON, MOST_REASON),
        )


def _add_form(routes: APIRouter, parked: ParkedPathways) -> None:
    @routes.post(
        "/operations/parked/{read_model}/{pathway_id}",
        name="decide_parked",
        summary="Page: a preview or a retry was asked for, or the pathway given up with a reason",
        dependencies=[Depends(our_form)],
    )
    def decide_parked(  # pyright: ignore[reportUnusedFunction]
        read_model: ReadModelName,
        pathway_id: UUID,
        request: Request,
        session: Session,
        form: Annotated[Sent, Form()],
    ) -> Response:
        place = read_model, pathway_id
        if parked.one(request, session.caller, *place).parked is None:
            raise NOT_PARKED.problem()
        page = f"/operations/parked/{read_model}/{pathway_id}"
        try:
            # A browser ends each line of a text in two signs.
            because = form.reason.replace("\r\n", "\n").strip() or None
            wanted = RequestAsked.model_validate({"asked": form.asked, "reason": because})
        except ValidationError:
            return RedirectResponse(address(page, {"wrong": "reason"}), status_code=303)
        parked.wait(place, parked.ask(request, session.caller, place, wanted).request_id)
        return RedirectResponse(page, status_code=303)
