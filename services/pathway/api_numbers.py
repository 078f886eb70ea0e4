"""Numbers over HTTP: INSZ to reference and back for entitled systems, and what became of a number."""

from collections.abc import Callable, Collection
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from plumbing import problems
from plumbing.callers import Caller
from plumbing.correlation import current
from plumbing.ids import new_id
from plumbing.problems import INVALID_REQUEST, MALFORMED_JSON, ProblemType
from plumbing.sign_in import signed_in

from pathway import api_problems, numbers
from pathway.api_examples import body_documented
from pathway.api_person_models import (
    CancelNumber,
    LinkPeople,
    NumbersAnswer,
    NumbersSought,
    PersonNumber,
    PersonReference,
    PersonStanding,
    ReferencesAnswer,
    ReferencesSought,
    ReplaceNumber,
)
from pathway.api_requests import parsed, read_body
from pathway.api_rights import Trace
from pathway.api_sight import Sight
from pathway.application import Pathways
from pathway.numbers import NumberRefused, Replacement, Standing
from pathway.recorded import Actor
from pathway.store import Context
from schemas.codes import ActorKind

Raw = Annotated[bytes, Depends(read_body)]
SignedIn = Annotated[Caller, Depends(signed_in)]
NUMBER_REFUSED = ProblemType(
    "number-refused",
    409,
    "This does not fit what the vault knows of these people",
    "Look both up, and correct the request.",
)
COMMON = (
    MALFORMED_JSON,
    INVALID_REQUEST,
    api_problems.TOO_LARGE,
    api_problems.NOT_JSON,
    api_problems.NOT_TRACED,
    api_problems.STORE_AWAY,
    api_problems.VAULT_SEALED,
)


def number_routes(pathways: Pathways, trace: Trace, sight: Sight) -> APIRouter:
    """`POST /v1/persons/` with `references`, `numbers`, `replace-number`, `cancel-number`, `link`."""
    routes = APIRouter(prefix="/v1/persons", tags=["numbers"])
    _add_references(routes, pathways, trace)
    _add_numbers(routes, pathways, trace)
    _add_replace(routes, pathways, trace, sight)
    _add_cancel(routes, pathways, trace, sight)
    _add_link(routes, pathways, trace, sight)
    return routes


def _add_references(routes: APIRouter, pathways: Pathways, trace: Trace) -> None:
    @routes.post(
        "/references",
        name="person_references",
        operation_id="person_references",
        summary="References by INSZ, at most 1000 at once, for a stated purpose",
        responses=problems.responses(*COMMON),
        openapi_extra={"requestBody": body_documented(ReferencesSought)},
    )
    def person_references(request: Request, raw: Raw, caller: SignedIn) -> ReferencesAnswer:  # pyright: ignore[reportUnusedFunction]
        """Who is not known is left out. The purpose stands in the trace of every person."""
        asked = parsed(ReferencesSought, raw)
        sought = list(dict.fromkeys(asked.numbers))
        known = pathways.vault.known(sought)
        if len(known) < len(sought):
            trace.denied(request, caller, purpose=asked.purpose)
        about = {one.person_ref for one in known.values()}
        trace.permitted(request, caller, about, asked.purpose)
        found = [
            PersonReference(insz=insz, person_ref=one.person_ref, status=one.status)
            for insz in sought
            if (one := known.get(insz))
        ]
        return ReferencesAnswer(references=found)


def _add_numbers(routes: APIRouter, pathways: Pathways, trace: Trace) -> None:
    @routes.post(
        "/numbers",
        name="person_numbers",
        operation_id="person_numbers",
        summary="INSZs by reference, at most 1000 at once, for a stated purpose",
        responses=problems.responses(*COMMON),
        openapi_extra={"requestBody": body_documented(NumbersSought)},
    )
    def person_numbers(request: Request, raw: Raw, caller: SignedIn) -> NumbersAnswer:  # pyright: ignore[reportUnusedFunction]
        """Who is not known, or was removed, is left out. Of linked references, the number that counts."""
        asked = parsed(NumbersSought, raw)
        sought = list(dict.fromkeys(asked.references))
        counting = {one: all_[0] for one, all_ in pathways.vault.same_as(sought).items()}
        people = pathways.vault.people(list(set(counting.values())))
        statuses = pathways.vault.known([person.insz for person in people.values()])
        if unknown := [one for one in sought if counting[one] not in people]:
            trace.denied(request, caller, unknown, asked.purpose)
        known = [one for one in sought if counting[one] in people]
        trace.permitted(request, caller, known, asked.purpose)
        told = [(one, counting[one], people[counting[one]].insz) for one in known]
        return NumbersAnswer(
            numbers=[
                PersonNumber(person_ref=one, counts=counts, insz=insz, status=statuses[insz].status)
                for one, counts, insz in told
                if insz in statuses
            ]
        )


def _add_replace(routes: APIRouter, pathways: Pathways, trace: Trace, sight: Sight) -> None:
    @routes.post(
        "/replace-number",
        name="replace_number",
        operation_id="replace_number",
        summary="An INSZ was replaced by another",
        responses=problems.responses(*COMMON, NUMBER_REFUSED),
        openapi_extra={"requestBody": body_documented(ReplaceNumber)},
    )
    def replace_number(request: Request, raw: Raw, caller: SignedIn) -> PersonStanding:  # pyright: ignore[reportUnusedFunction]
        """The old number still finds the person. Another person's number makes the two one."""
        body = parsed(ReplaceNumber, raw)
        known = _known(pathways, body.insz, body.replaced_by)
        # Two that are one are told as that, whoever they are.
        other = body.insz != body.replaced_by
        return _changed(
            numbers.UNKNOWN if other and sight.hides_any(request, caller, known) else None,
            known,
            lambda: numbers.replace(
                pathways,
                Replacement(body.insz, body.replaced_by, body.since, body.source),
                _context(caller),
            ),
            request,
            caller,
            trace=trace,
        )


def _add_cancel(routes: APIRouter, pathways: Pathways, trace: Trace, sight: Sight) -> None:
    @routes.post(
        "/cancel-number",
        name="cancel_number",
        operation_id="cancel_number",
        summary="An INSZ was cancelled, and nothing came in its place",
        responses=problems.responses(*COMMON, NUMBER_REFUSED),
        openapi_extra={"requestBody": body_documented(CancelNumber)},
    )
    def cancel_number(request: Request, raw: Raw, caller: SignedIn) -> PersonStanding:  # pyright: ignore[reportUnusedFunction]
        """It still finds the person, and nobody can be enrolled with it."""
        body = parsed(CancelNumber, raw)
        known = _known(pathways, body.insz)
        return _changed(
            numbers.UNKNOWN if sight.hides_any(request, caller, known) else None,
            known,
            lambda: numbers.cancel(
                pathways.store, pathways.vault, body.insz, since=body.since, source=body.source
            ),
            request,
            caller,
            trace=trace,
        )


def _add_link(routes: APIRouter, pathways: Pathways, trace: Trace, sight: Sight) -> None:
    @routes.post(
        "/link",
        name="link_people",
        operation_id="link_people",
        summary="Two references turned out to be one person",
        responses=problems.responses(*COMMON, NUMBER_REFUSED),
        openapi_extra={"requestBody": body_documented(LinkPeople)},
    )
    def link_people(request: Request, raw: Raw, caller: SignedIn) -> PersonStanding:  # pyright: ignore[reportUnusedFunction]
        """Look-up and search tell the one that counts, and every pathway of both."""
        body = parsed(LinkPeople, raw)
        both = [body.person_ref, body.same_as]
        other = body.person_ref != body.same_as
        return _changed(
            numbers.UNKNOWN_REFERENCE if other and sight.hides_any(request, caller, both) else None,
            [one for each in pathways.vault.same_as(both).values() for one in each],
            lambda: numbers.link(
                pathways.store, pathways.vault, body.person_ref, body.same_as, source=body.source
            ),
            request,
            caller,
            trace=trace,
        )


def _context(caller: Caller) -> Context:
    """Who replaced a number, for the envelope of what its pathways tell of it."""
    actor = Actor(kind=ActorKind(caller.kind), ref=caller.ref, organisation=caller.organisation)
    correlation, command = current(), str(new_id())
    return Context(
        actor=actor,
        command_id=command,
        correlation_id=correlation.correlation_id,
        causation_id=command,
        traceparent=correlation.traceparent,
    )


def _changed(
    refused: str | None,
    known: Collection[UUID],
    change: Callable[[], Standing],
    request: Request,
    caller: Caller,
    *,
    trace: Trace,
) -> PersonStanding:
    """Trace whom it is about, then make the change; `refused` in its place is told as of nobody."""
    if refused:
        raise NUMBER_REFUSED.problem(refused)
    trace.permitted(request, caller, known)
    try:
        standing = change()
    except NumberRefused as refusal:
        if not known:
            trace.denied(request, caller)
        raise NUMBER_REFUSED.problem(str(refusal)) from None
    counts, *others = standing.references
    return PersonStanding(
        person_ref=counts, also=others, open_pathways=list(standing.open_pathways)
    )


def _known(pathways: Pathways, *numbers_sought: str) -> list[UUID]:
    """Every reference of the people with these INSZs."""
    found = pathways.vault.references(numbers_sought).values()
    return list(
        dict.fromkeys(one for each in pathways.vault.same_as(found).values() for one in each)
    )
