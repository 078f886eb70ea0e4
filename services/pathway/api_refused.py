"""Questions over HTTP about refused commands: for auditors in full, for operators without details."""

import re
from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from plumbing import problems
from plumbing.callers import Caller
from plumbing.problems import INVALID_REQUEST
from plumbing.row_rights import BARRIERS, Rule
from plumbing.sign_in import signed_in
from pydantic import BaseModel, ConfigDict, Field

from pathway import api_problems, refused, rows
from pathway.api_models import ActorView, RefusedAnswer, RefusedView
from pathway.api_rights import SEE_REFUSED_DETAIL, Trace, roles_of
from pathway.refused import RefusedCommand
from pathway.rows import Ruling
from pathway.store import Store
from schemas.codes import ActorKind

AT_ONCE = 200
SignedIn = Annotated[Caller, Depends(signed_in)]
_UUID = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")


class RefusedAsked(BaseModel):
    """Which refused commands."""

    model_config = ConfigDict(extra="forbid")
    pathway: Annotated[UUID | None, Field(description="Of this pathway only")] = None
    cursor: Annotated[UUID | None, Field(description="`next_cursor` of the page before")] = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


def refused_routes(store: Store, trace: Trace) -> APIRouter:
    """`GET /v1/refused`."""
    routes = APIRouter(prefix="/v1/refused", tags=["refused"])

    @routes.get(
        "",
        name="refused_commands",
        operation_id="refused_commands",
        summary="Commands that were refused, the newest first",
        responses=problems.responses(
            INVALID_REQUEST, api_problems.NOT_TRACED, api_problems.STORE_AWAY
        ),
    )
    def refused_commands(  # pyright: ignore[reportUnusedFunction]
        asked: Annotated[RefusedAsked, Query()], request: Request, caller: SignedIn
    ) -> RefusedAnswer:
        """Which rule, who, when and on what; about whom is told where the caller may see the person.

        What is about somebody behind a barrier is left out whole.
        """
        of_one = _rulings(store, request, caller, [asked.pathway] if asked.pathway else [])
        if any(not ruling.permits for ruling in of_one.values()):
            trace.denied(request, caller, _people(of_one.values()))
            return RefusedAnswer(refused=[], next_cursor=None)
        found = list(islice(_unbarred(store, request, caller, asked), asked.limit + 1))
        page = found[: asked.limit]
        more = str(page[-1][0].refused_id) if len(found) > asked.limit else None
        views, shown = _told(page, in_full=caller.is_one_of(SEE_REFUSED_DETAIL))
        trace.permitted(request, caller, _people(shown))
        return RefusedAnswer(refused=views, next_cursor=more)

    return routes


def _unbarred(
    store: Store, request: Request, caller: Caller, asked: RefusedAsked
) -> Iterator[tuple[RefusedCommand, list[Ruling]]]:
    """The refusals that `asked` is for and that name nobody behind a barrier, with whom each names.

    It reads on past the others, so that neither a gap in a page nor its cursor tells of them.
    """
    before, more = asked.cursor, True
    while more:
        with store.connection() as connection:
            found = refused.newest(
                connection, pathway_id=asked.pathway, before=before, limit=AT_ONCE
            )
        more = len(found) == AT_ONCE
        rulings = _rulings(store, request, caller, {one for each in found for one in _named(each)})
        for one in found:
            before = one.refused_id
            about = [rulings[pathway] for pathway in _named(one) if pathway in rulings]
            if not any(ruling.rule in BARRIERS for ruling in about):
                yield one, about


def _told(
    page: Iterable[tuple[RefusedCommand, list[Ruling]]], *, in_full: bool
) -> tuple[list[RefusedView], list[Ruling]]:
    """The refusals as the caller may see them, and who is shown by them."""
    views, shown = list[RefusedView](), list[Ruling]()
    for one, about in page:
        seen = all(ruling.permits for ruling in about)
        views.append(_view(one, in_full=in_full and seen, of_whom=seen))
        shown += about if seen else []
    return views, shown


def _rulings(
    store: Store, request: Request, caller: Caller, pathways: Collection[UUID]
) -> dict[UUID, Ruling]:
    return rows.of_pathways(store, caller, roles_of(request, caller), pathways)


def _people(rulings: Iterable[Ruling]) -> dict[UUID, Rule]:
    return {ruling.person_ref: ruling.rule for ruling in rulings}


def _named(one: RefusedCommand) -> Iterator[UUID]:
    """The pathways that a refusal names: that of an enrolment stands in its detail alone."""
    if one.pathway_id:
        yield one.pathway_id
    yield from map(UUID, _UUID.findall(one.detail))


def _view(one: RefusedCommand, *, in_full: bool, of_whom: bool) -> RefusedView:
    actor = ActorView(kind=ActorKind(one.actor_kind), ref=one.actor_ref, organisation=one.actor_org)
    return RefusedView(
        refused_id=one.refused_id,
        refused_at=one.refused_at,
        actor=actor,
        pathway_id=one.pathway_id if of_whom else None,
        command=one.command,
        rule=one.rule,
        field=one.field,
        detail=one.detail if in_full else None,
        command_id=one.command_id,
        correlation_id=one.correlation_id,
    )
