"""The counsellor's overview of pathways, as a page."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any, Literal, Self

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from plumbing.callers import Caller, Role
from plumbing.web_sessions import WebSession
from plumbing.web_sign_in import web_session
from pydantic import Field

from projections.counsellor import team
from projections.counsellor.alert_sentences import AlertSaid, said
from projections.counsellor.answers import (
    MOST_ROWS,
    CaseloadAnswer,
    CaseloadAsked,
    Pathway,
)
from projections.counsellor.queries import ENDS_SOON, CaseloadSort
from projections.counsellor.team import Guide
from projections.counsellor.web import Questions
from projections.counsellor.worklist import SHOWN, WorkItem, WorklistAnswer, WorklistAsked, worklist
from projections.names import Names, NamesSource
from projections.points import LocalMoment
from projections.web_pages import Pages, address, asked_by_form, words_of
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
    work: Annotated[int, Field(ge=1, le=MOST_ROWS)] = SHOWN
    """How many people of the worklist."""
    by_name: bool = False
    """Of one caseload, in the order of names, which are in the vault alone: a page of 200 at most."""
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
        told = self.model_dump(include=set(CaseloadAsked.model_fields))
        if self.show != "unit":
            told["counsellor"] = None
        if self.by_name and self.is_one_caseload:
            told |= {"limit": MOST_ROWS, "cursor": None}
        told |= (whose[self.show] if self.show else {}) | {"closed": CLOSED[self.state]}
        return CaseloadAsked.model_validate(told)

    @property
    def is_one_caseload(self) -> bool:
        """Whether it is of one counsellor, or of one partner."""
        return self.show in (None, "mine") or (self.show == "unit" and self.counsellor is not None)

    def as_worklist(self, caller: Caller) -> WorklistAsked | None:
        """Whose worklist stands above it; None above those of several people, or of nobody."""
        if not self.is_one_caseload:
            return None
        who = self.counsellor if self.show == "unit" else None
        who = who or (caller.ref if self.show else None)
        return WorklistAsked(counsellor=who, limit=self.work, **self.clocks())

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
        # Before the moment that all of it is of: the write side is asked for it.
        self.questions.rows.seen(request, caller)
        with self.questions.one_moment() as questions:
            told = _read(questions, request, caller, asked)
        answer, work = told["answer"], told["work"]
        people = [*answer.items, *(work.items if work else ()), *(work.snoozed if work else ())]
        names = self.names.of((one.person_ref for one in people), session.access_token)
        return self.pages.show(
            request,
            "counsellor/caseload.html",
            asked=asked,
            wrong=wrong | future,
            behind=behind,
            names=names,
            items=_in_order(asked, answer, names),
            said=_sayer(request),
            back=address("", asked.parameters()).removeprefix("?"),
            statuses=list(PathwayStatus),
            kinds=list(ModuleKind),
            sorts=list(CaseloadSort),
            days=Days(answer.today),
            **told,
        )


def _read(
    questions: Questions, request: Request, caller: Caller, asked: OverviewAsked
) -> dict[str, Any]:
    """All that the page tells of pathways, the filters that the caller saved, and who guides how many."""
    answer = questions.caseload(request, caller, asked.as_caseload(caller))
    whole = OverviewAsked(show=asked.show, state="all", **asked.clocks()).as_caseload(caller)
    with questions.read_models.snapshot() as connection:
        guides: list[Guide] = []
        if asked.show == "unit" and not asked.then:
            seen, today = questions.rows.seen(request, caller), questions.read_models.today
            guides = team.team(connection, caller.unit or "", seen, today)
        return {
            "answer": answer,
            "work": _work(questions, request, caller, asked, answer),
            "counters": answer.counters
            if whole.as_filter() == answer.asked.as_filter()
            else questions.counters(request, caller, whole),
            "saved": team.saved(connection, caller.ref),
            "team": guides,
        }


def _work(
    questions: Questions,
    request: Request,
    caller: Caller,
    asked: OverviewAsked,
    answer: CaseloadAnswer,
) -> WorklistAnswer | None:
    work = asked.as_worklist(caller)
    # Who stands in the list too is looked at once.
    traced = {one.person_ref or one.pathway_id for one in answer.items}
    return worklist(questions, request, caller, work, traced) if work else None


class Days:
    """The days that links and fields of the page name, seen from one."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.yesterday = today - timedelta(days=1)
        self.tomorrow = today + timedelta(days=1)
        self.next_week = today + timedelta(days=7)
        self.soon = today + ENDS_SOON


def _in_order(asked: OverviewAsked, answer: CaseloadAnswer, names: Names) -> list[Pathway]:
    """The pathways as they were found, or by name, those without one last."""
    if not (asked.by_name and asked.is_one_caseload):
        return answer.items
    last = "\uffff"
    return sorted(answer.items, key=lambda one: (names.of(one.person_ref) or last).casefold())


def _sayer(request: Request) -> Callable[[WorkItem], list[AlertSaid]]:
    """Tells the alerts of a pathway in the reader's language."""
    told = words_of(request)
    return lambda item: said(item.alerts, item.running_kinds, told)
