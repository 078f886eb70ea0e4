"""The counsellor's overview of pathways, as a page."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Literal, Self

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from plumbing.callers import Caller, Role
from plumbing.web_sessions import WebSession
from plumbing.web_sign_in import web_session
from pydantic import Field

from projections.counsellor.answers import MOST_ROWS, CaseloadAsked
from projections.counsellor.queries import ENDS_SOON, CaseloadSort
from projections.counsellor.web import Questions
from projections.names import NamesSource
from projections.points import LocalMoment
from projections.web_pages import Pages, asked_by_form
from schemas.codes import ModuleKind, PathwayStatus

Session = Annotated[WebSession, Depends(web_session)]
Show = Literal["mine", "unit", "unassigned"]
State = Literal["open", "closed", "all"]
CLOSED: dict[State, bool | None] = {"open": False, "closed": True, "all": None}


class OverviewAsked(CaseloadAsked):
    """What the overview's form asks: whose pathways, in which state, and what REST takes too."""

    show: Show | None = "mine"
    """None for a partner: what it guides."""
    state: State = "open"
    sort: CaseloadSort = CaseloadSort.PLANNED_END
    limit: Annotated[int, Field(ge=1, le=MOST_ROWS)] = 25
    known_at: LocalMoment | None = None

    def for_caller(self, caller: Caller) -> Self:
        """The same question as far as it can be the caller's: a partner has no units, some have none."""
        if Role.PARTNER in caller.roles:
            return self.model_copy(update={"show": None})
        if self.show == "unit" and not caller.unit:
            return self.model_copy(update={"show": "mine"})
        return self

    def as_caseload(self, caller: Caller) -> CaseloadAsked:
        """The same as a question over REST."""
        whose: dict[Show, dict[str, object]] = {
            "mine": {"counsellor": caller.ref},
            "unit": {"unit": caller.unit},
            "unassigned": {"unassigned": True},
        }
        told = self.model_dump(exclude={"show", "state"})
        told |= (whose[self.show] if self.show else {}) | {"closed": CLOSED[self.state]}
        return CaseloadAsked.model_validate(told)

    def parameters(self) -> dict[str, object]:
        """The fields that say something else than their default, for links to the same question."""
        # Whose they are is always said: for a team leader another default holds.
        told = self.model_dump(mode="json", exclude_defaults=True, exclude={"after", "cursor"})
        return {"show": self.show, **told}


def counsellor_pages(questions: Questions, pages: Pages, names: NamesSource) -> APIRouter:
    """`GET /caseload`."""
    routes = APIRouter(include_in_schema=False)
    made = _Made(questions, pages, names)

    @routes.get(
        "/caseload", name="page_caseload", summary="Page: the overview of pathways, with names"
    )
    def page_caseload(request: Request, session: Session) -> Response:  # pyright: ignore[reportUnusedFunction]
        return made.caseload(request, session)

    return routes


@dataclass(frozen=True)
class _Made:
    questions: Questions
    pages: Pages
    names: NamesSource

    def caseload(self, request: Request, session: WebSession) -> Response:
        caller = session.caller
        leads = bool(caller.unit) and Role.COUNSELLOR not in caller.roles
        asked, wrong = asked_by_form(request, OverviewAsked, {"show": "unit"} if leads else {})
        asked, future = asked.for_caller(caller).without_future(self.questions.read_models.now())
        behind = self.questions.waited_for(request, caller, asked)
        answer = self.questions.caseload(request, caller, asked.as_caseload(caller))
        whole = OverviewAsked(show=asked.show, state="all", **asked.clocks()).as_caseload(caller)
        return self.pages.show(
            request,
            "counsellor/caseload.html",
            asked=asked,
            wrong=wrong | future,
            behind=behind,
            answer=answer,
            counters=self.questions.counters(request, caller, whole),
            names=self.names.of((one.person_ref for one in answer.items), session.access_token),
            statuses=list(PathwayStatus),
            kinds=list(ModuleKind),
            sorts=list(CaseloadSort),
            yesterday=answer.today - timedelta(days=1),
            soon=answer.today + ENDS_SOON,
        )
