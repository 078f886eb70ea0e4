"""Questions over HTTP about people: look-up by INSZ, search by name, and names in batches."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from plumbing import problems
from plumbing.callers import Caller
from plumbing.problems import INVALID_REQUEST, MALFORMED_JSON, FieldError, ProblemType
from plumbing.sign_in import signed_in

from pathway import api_problems
from pathway.api_examples import body_documented
from pathway.api_models import (
    NamesAnswer,
    NamesSought,
    PersonFound,
    PersonName,
    PersonSought,
    PersonsPathway,
)
from pathway.api_person_models import NameSought, PeopleFound
from pathway.api_requests import parsed, read_body
from pathway.api_rights import Trace
from pathway.api_sight import Sight
from pathway.application import Pathways
from pathway.name_search import TooShort, search
from pathway.rows import visible

Raw = Annotated[bytes, Depends(read_body)]
SignedIn = Annotated[Caller, Depends(signed_in)]
UNKNOWN_PERSON = ProblemType(
    "unknown-person",
    404,
    "Nobody with this INSZ was ever enrolled",
    "Check the number, or enrol the person.",
)
TOO_SHORT = FieldError("at least one word has three letters or more", pointer="#/name")
COMMON = (
    MALFORMED_JSON,
    INVALID_REQUEST,
    api_problems.TOO_LARGE,
    api_problems.NOT_JSON,
    api_problems.NOT_TRACED,
    api_problems.STORE_AWAY,
    api_problems.VAULT_SEALED,
)


def people_routes(pathways: Pathways, trace: Trace, sight: Sight) -> APIRouter:
    """`POST /v1/persons/` with `look-up`, `search` and `names`: none of it stands in an address."""
    routes = APIRouter(prefix="/v1/persons", tags=["people"])
    _add_look_up(routes, pathways, trace, sight)
    _add_search(routes, pathways, trace, sight)
    _add_names(routes, pathways, trace, sight)
    return routes


def _add_look_up(routes: APIRouter, pathways: Pathways, trace: Trace, sight: Sight) -> None:
    @routes.post(
        "/look-up",
        name="look_up_person",
        operation_id="look_up_person",
        summary="The person with an INSZ, and every pathway of theirs",
        responses=problems.responses(*COMMON, UNKNOWN_PERSON),
        openapi_extra={"requestBody": body_documented(PersonSought)},
    )
    def look_up_person(request: Request, raw: Raw, caller: SignedIn) -> PersonFound:  # pyright: ignore[reportUnusedFunction]
        """By POST, because addresses end up in logs."""
        insz = parsed(PersonSought, raw).insz
        known = pathways.vault.known([insz]).get(insz)
        if known is None:
            trace.denied(request, caller)
            raise UNKNOWN_PERSON.problem()
        rulings = sight.people(request, caller, [known.person_ref]).get(known.person_ref)
        if rulings is None:
            raise UNKNOWN_PERSON.problem()
        references = pathways.vault.same_as([known.person_ref])[known.person_ref]
        trace.permitted(request, caller, dict.fromkeys(references, rulings[0].rule))
        open_ones = {pathways.store.open_pathway(one) for one in references}
        shown = sorted(one.pathway_id for one in rulings if one.permits)
        return PersonFound(
            person_ref=known.person_ref,
            also=references[1:],
            number=known.status,
            pathways=[PersonsPathway(pathway_id=one, open=one in open_ones) for one in shown],
        )


def _add_search(routes: APIRouter, pathways: Pathways, trace: Trace, sight: Sight) -> None:
    @routes.post(
        "/search",
        name="search_people",
        operation_id="search_people",
        summary="People by the first letters of their names, at most 20",
        responses=problems.responses(*COMMON),
        openapi_extra={"requestBody": body_documented(NameSought)},
    )
    def search_people(request: Request, raw: Raw, caller: SignedIn) -> PeopleFound:  # pyright: ignore[reportUnusedFunction]
        """Each word has to begin a part of the name; capitals and accents do not count."""
        try:
            name = parsed(NameSought, raw).name
            seen_by = sight.anybody(request, caller)
            hits = search(pathways.store, pathways.vault, name, seen_by)
        except TooShort:
            raise INVALID_REQUEST.problem(errors=[TOO_SHORT]) from None
        if not hits.people:
            trace.denied(request, caller)
        shown = sight.people(request, caller, [one for one, _ in hits.people])
        trace.permitted(request, caller, visible(shown))
        people = [
            PersonName(person_ref=one, last_name=who.last_name, first_name=who.first_name)
            for one, who in hits.people
            if one in shown
        ]
        return PeopleFound(people=people, more=hits.more)


def _add_names(routes: APIRouter, pathways: Pathways, trace: Trace, sight: Sight) -> None:
    @routes.post(
        "/names",
        name="person_names",
        operation_id="person_names",
        summary="The names of people by reference, at most 200 at once",
        responses=problems.responses(*COMMON),
        openapi_extra={"requestBody": body_documented(NamesSought)},
    )
    def person_names(request: Request, raw: Raw, caller: SignedIn) -> NamesAnswer:  # pyright: ignore[reportUnusedFunction]
        """Who is not known, was removed or may not be seen, is left out."""
        asked = list(dict.fromkeys(parsed(NamesSought, raw).references))
        shown = sight.people(request, caller, asked)
        people = pathways.vault.people(list(shown))
        if destroyed := [one for one in shown if one not in people]:
            trace.denied(request, caller, destroyed)
        trace.permitted(request, caller, visible({one: shown[one] for one in people}))
        names = [
            PersonName(person_ref=one, last_name=known.last_name, first_name=known.first_name)
            for one in asked
            if (known := people.get(one))
        ]
        return NamesAnswer(names=names)
