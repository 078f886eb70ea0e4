"""Questions over HTTP about the trace: who looked at whom, for auditors."""

from collections.abc import Collection
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from plumbing import access_reading, problems
from plumbing.access_reading import NOBODYS, LooksAnswer, LooksAsked
from plumbing.callers import Caller
from plumbing.problems import INVALID_REQUEST
from plumbing.row_rights import kept_from
from plumbing.sign_in import signed_in

from pathway import api_problems, rows
from pathway.api_rights import Trace, roles_of
from pathway.persons import looked_at_as
from pathway.store import Store

SignedIn = Annotated[Caller, Depends(signed_in)]


def access_routes(store: Store, trace: Trace) -> APIRouter:
    """`GET /v1/access`."""
    routes = APIRouter(prefix="/v1/access", tags=["trace"])

    @routes.get(
        "",
        name="access_looks",
        operation_id="access_looks",
        summary="Who looked at whom on the write side, the newest first",
        responses=problems.responses(
            INVALID_REQUEST, api_problems.NOT_TRACED, api_problems.STORE_AWAY
        ),
    )
    def access_looks(  # pyright: ignore[reportUnusedFunction]
        asked: Annotated[LooksAsked, Query()], request: Request, caller: SignedIn
    ) -> LooksAnswer:
        """One look for each person in an answer. To read this list leaves looks of its own.

        Looks at people before whom a barrier stands are not shown.
        """
        hidden = kept_from(rows.of_anybody(store, caller, roles_of(request, caller)))
        about = looked_at_as(store, asked.about) if asked.about else None
        if about and about[0] in hidden:
            trace.denied(request, caller, {about[0]: hidden[about[0]]})
            return NOBODYS
        with store.connection() as connection:
            page = access_reading.page_of(asked)
            answer = access_reading.looks(connection, "pathway", asked, about, page, hidden=hidden)
        trace.permitted(request, caller, _shown(answer, about))
        return answer

    return routes


def _shown(answer: LooksAnswer, about: Collection[UUID] | None) -> list[UUID]:
    """Who is shown: whoever was asked for, also when nobody looked at them."""
    if about:
        return list(about)[:1]
    return answer.people()
