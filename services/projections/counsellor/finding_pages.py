"""Search by name through the vault, and filters to keep: forms of the caseload's page."""

from collections import defaultdict
from typing import Annotated
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from plumbing.problems import INVALID_REQUEST
from plumbing.web_sessions import WebSession
from plumbing.web_sign_in import our_form, web_session
from pydantic import BaseModel, ConfigDict, Field

from projections.counsellor import team
from projections.counsellor.team import FoundPathway, SavedFilter
from projections.counsellor.web import Questions
from projections.names import NamesSource
from projections.time_bar import TimeBar, time_asked
from projections.web_pages import Pages

Session = Annotated[WebSession, Depends(web_session)]
NAME = Field(max_length=60)
STATUS = {"short": 422, "away": 503}
"""Of a page that tells why there is no answer."""
_NOT_KEPT = frozenset({"cursor", "after", "lang"})
"""Fields of the page's address that are of one moment."""


class FilterForm(BaseModel):
    """A filter to save, or to drop; `back` is the address of the page that it is on."""

    do: str = ""
    name: Annotated[str, NAME] = ""
    back: Annotated[str, Field(max_length=2000)] = ""

    @property
    def query(self) -> str:
        """The fields of the page that are worth keeping."""
        return urlencode([(n, v) for n, v in parse_qsl(self.back) if n not in _NOT_KEPT])


class NameForm(BaseModel):
    """The letters of a name; its text form shows nothing."""

    model_config = ConfigDict(hide_input_in_errors=True)
    name: Annotated[str, Field(max_length=200, repr=False)] = ""
    at: Annotated[str, Field(max_length=200)] = ""
    """From which moment one looks, as in an address."""


def finding_pages(questions: Questions, pages: Pages, names: NamesSource) -> APIRouter:
    """`POST /caseload/search`, by POST because addresses end up in logs, and `POST /caseload/filters`."""
    routes = APIRouter(include_in_schema=False)
    _add_search(routes, questions, pages, names)
    _add_filters(routes, questions)
    return routes


def _add_search(routes: APIRouter, questions: Questions, pages: Pages, names: NamesSource) -> None:
    @routes.post(
        "/caseload/search",
        name="search_names",
        summary="Page: who is found by the first letters of a name, with their pathways",
        dependencies=[Depends(our_form)],
    )
    def search_names(  # pyright: ignore[reportUnusedFunction]
        request: Request, session: Session, form: Annotated[NameForm, Form()]
    ) -> Response:
        found = names.search(form.name.strip(), session.access_token)
        at, _ = time_asked(dict(parse_qsl(form.at))).without_future(questions.read_models.now())
        pathways = _pathways(questions, request, session, list(found.people))
        return pages.show(
            request,
            "counsellor/search.html",
            status=STATUS[found.why] if found.why else 200,
            found=found,
            pathways=pathways,
            sought=form.name.strip(),
            time=TimeBar(at, "/caseload", ()) if at.then else None,
        )


def _pathways(
    questions: Questions, request: Request, session: WebSession, people: list[UUID]
) -> dict[UUID, list[FoundPathway]]:
    """What the caller sees of these people, by person; each leaves a trace."""
    by_person: defaultdict[UUID, list[FoundPathway]] = defaultdict(list)
    if not people:
        return by_person
    seen = questions.rows.seen(request, session.caller)
    with questions.read_models.snapshot() as connection:
        for one in team.of_people(connection, people, seen):
            by_person[one.person_ref].append(one)
        shown = {person: pathways[0].rule for person, pathways in by_person.items()}
        questions.trace.permitted(connection, request, session.caller, shown)
    return by_person


def _add_filters(routes: APIRouter, questions: Questions) -> None:
    @routes.post(
        "/caseload/filters",
        name="keep_filter",
        summary="Page: a filter of the caseload was saved under a name, or dropped",
        dependencies=[Depends(our_form)],
    )
    def keep_filter(session: Session, form: Annotated[FilterForm, Form()]) -> Response:  # pyright: ignore[reportUnusedFunction]
        name, owner = " ".join(form.name.split()), session.caller.ref
        if not name or form.do not in {"SAVE", "DROP"}:
            raise INVALID_REQUEST.problem("A filter has a name, of 60 signs at most.")
        with questions.read_models.snapshot() as connection:
            if form.do == "DROP":
                team.drop(connection, owner, name)
            elif not team.save(
                connection, owner, SavedFilter(name, form.query), questions.read_models.now()
            ):
                raise INVALID_REQUEST.problem(f"You may keep {team.MOST_SAVED} filters.")
        return RedirectResponse(f"/caseload?{form.query}", status_code=303)
