"""Overrides over HTTP: who guides gives a reason to see somebody, auditors read the reasons."""

from dataclasses import asdict
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from plumbing import problems
from plumbing.callers import Caller
from plumbing.problems import INVALID_REQUEST, MALFORMED_JSON, Problem, ProblemType
from plumbing.row_rights import Rule
from plumbing.sign_in import signed_in
from pydantic import BaseModel, ConfigDict, Field

from pathway import api_problems
from pathway.api_examples import body_documented
from pathway.api_notes import DESTROYED
from pathway.api_people import UNKNOWN_PERSON
from pathway.api_problems import REFUSALS
from pathway.api_requests import parsed, read_body
from pathway.api_rights import Trace, roles_of
from pathway.api_row_models import (
    GiveOverride,
    OverrideEnded,
    OverrideGiven,
    OverridesAnswer,
    OverrideView,
)
from pathway.api_sight import UNKNOWN
from pathway.application import Pathways
from pathway.domain.refusals import UnknownPathway
from pathway.identity import Destroyed
from pathway.overrides import (
    MOST_OVERRIDES,
    Asked,
    NothingToOverride,
    NotToBeSeen,
    Overrides,
    UnknownOverride,
)

Raw = Annotated[bytes, Depends(read_body)]
SignedIn = Annotated[Caller, Depends(signed_in)]
NO_PATHWAY = REFUSALS[UnknownPathway]
NOTHING_TO_OVERRIDE = ProblemType(
    "nothing-to-override", 409, "The caller sees this person already", "Go on without a reason."
)
UNKNOWN_OVERRIDE = ProblemType(
    "unknown-override",
    404,
    "The caller gave no override with this id",
    "Only who gave it can end it; by itself it ends within a day.",
)
COMMON = (INVALID_REQUEST, api_problems.NOT_TRACED, api_problems.STORE_AWAY)
OF_A_REASON = (
    api_problems.VAULT_SEALED,
    MALFORMED_JSON,
    api_problems.TOO_LARGE,
    api_problems.NOT_JSON,
    UNKNOWN_PERSON,
    NO_PATHWAY,
    NOTHING_TO_OVERRIDE,
    DESTROYED,
)


class OverridesAsked(BaseModel):
    """Which page of the overrides."""

    model_config = ConfigDict(extra="forbid")
    cursor: Annotated[UUID | None, Field(description="`next_cursor` of the page before")] = None
    limit: Annotated[int, Field(ge=1, le=MOST_OVERRIDES)] = 50


def override_routes(pathways: Pathways, trace: Trace) -> APIRouter:
    """`POST` and `GET /v1/overrides`, `POST /v1/overrides/{override_id}/end`."""
    routes = APIRouter(prefix="/v1/overrides", tags=["rights by row"])
    _add_give(routes, pathways, trace)
    _add_list(routes, pathways, trace)
    _add_end(routes, pathways, trace)
    return routes


def _add_give(routes: APIRouter, pathways: Pathways, trace: Trace) -> None:
    @routes.post(
        "",
        name="give_override",
        operation_id="give_override",
        summary="See somebody of others, closed or deceased, for a reason and at most 24 hours",
        status_code=201,
        responses=problems.responses(*COMMON, *OF_A_REASON),
        openapi_extra={"requestBody": body_documented(GiveOverride)},
    )
    def give_override(request: Request, raw: Raw, caller: SignedIn) -> OverrideGiven:  # pyright: ignore[reportUnusedFunction]
        """Auditors read the reason. A barrier is not lifted, nor told: that is a 404 too."""
        body = parsed(GiveOverride, raw)
        try:
            given = Overrides(pathways.store, pathways.vault).give(
                _asked(pathways, body),
                caller,
                roles_of(request, caller),
                lambda about: trace.permitted(request, caller, about),
            )
        except NotToBeSeen as hidden:
            nobody = [body.pathway_id] if body.pathway_id else []
            trace.denied(request, caller, hidden.about or nobody)
            raise _nobody(body) from None
        except NothingToOverride as seen:
            trace.permitted(request, caller, seen.about)
            raise NOTHING_TO_OVERRIDE.problem(str(seen)) from None
        except Destroyed:
            raise DESTROYED.problem() from None
        return OverrideGiven(**asdict(given))


def _add_list(routes: APIRouter, pathways: Pathways, trace: Trace) -> None:
    @routes.get(
        "",
        name="overrides",
        operation_id="overrides",
        summary="Who overrode which rule about whom, and why; the newest first",
        responses=problems.responses(*COMMON, api_problems.VAULT_SEALED),
    )
    def overrides(  # pyright: ignore[reportUnusedFunction]
        asked: Annotated[OverridesAsked, Query()], request: Request, caller: SignedIn
    ) -> OverridesAnswer:
        """Of the people whom the auditor may see: barriers are before them too."""
        found = Overrides(pathways.store, pathways.vault).newest(
            caller, roles_of(request, caller), before=asked.cursor, limit=asked.limit + 1
        )
        page = found[: asked.limit]
        trace.permitted(
            request, caller, dict.fromkeys((one.person_ref for one in page), Rule.EVERYTHING)
        )
        more = str(page[-1].override_id) if len(found) > len(page) else None
        views = [OverrideView(**asdict(one)) for one in page]
        return OverridesAnswer(overrides=views, next_cursor=more)


def _add_end(routes: APIRouter, pathways: Pathways, trace: Trace) -> None:
    @routes.post(
        "/{override_id}/end",
        name="end_override",
        operation_id="end_override",
        summary="End an override of one's own before its time",
        responses=problems.responses(*COMMON, UNKNOWN_OVERRIDE),
    )
    def end_override(override_id: UUID, request: Request, caller: SignedIn) -> OverrideEnded:  # pyright: ignore[reportUnusedFunction]
        """What is over already stays as it is."""
        try:
            ended = Overrides(pathways.store, pathways.vault).end(
                override_id, caller, lambda about: trace.permitted(request, caller, about)
            )
        except UnknownOverride as unknown:
            trace.denied(request, caller)
            raise UNKNOWN_OVERRIDE.problem(str(unknown)) from None
        return OverrideEnded(
            override_id=ended.override_id, until=ended.until, ended_at=ended.ended_at
        )


def _asked(pathways: Pathways, body: GiveOverride) -> Asked:
    if body.pathway_id:
        return Asked(body.pathway_id, body.reason, body.hours, pathway=True)
    person_ref = pathways.vault.reference(body.insz or "")
    if person_ref is None:
        raise NotToBeSeen({})
    return Asked(person_ref, body.reason, body.hours)


def _nobody(body: GiveOverride) -> Problem:
    """The same words as where there is nobody."""
    if body.pathway_id:
        return NO_PATHWAY.problem(UNKNOWN)
    return UNKNOWN_PERSON.problem()
