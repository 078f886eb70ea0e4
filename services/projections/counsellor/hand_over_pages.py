"""A counsellor's people handed over to another one: who, what would come of it, and step by step what did."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from plumbing.callers import Caller
from plumbing.ids import new_id
from plumbing.web_sessions import WebSession
from plumbing.web_sign_in import our_form, web_session

from projections.acting import Commands, HandOverTold, NotDone, Why
from projections.counsellor import team
from projections.counsellor.answers import MOST_ROWS, CaseloadAnswer
from projections.counsellor.refused_words import refused_words
from projections.counsellor.register_pages import STATUS, Sent
from projections.counsellor.team import FoundPathway
from projections.counsellor.web import Questions
from projections.counsellor.web_pages import OverviewAsked
from projections.names import NamesSource
from projections.web_pages import Pages, address, asked_by_form
from schemas.codes import HandOverReason

Session = Annotated[WebSession, Depends(web_session)]
AT_ONCE = 25
"""Pathways of one step: a page that tells how far it is comes back after each."""
TERMS = ("counsellor", "unit", "on", "reason")


class HandOverAsked(OverviewAsked):
    """Whose people, as the overview asks them; ticked or not to begin with."""

    ticked: bool = True


@dataclass(frozen=True)
class Typed:
    """The form: which pathways go to whom, from when on, and how many were done."""

    pathways: Sequence[str] = ()
    told: Mapping[str, str] = field(default_factory=dict[str, str])
    key: str = ""
    done: int = 0

    @classmethod
    def of(cls, sent: Mapping[str, list[str]]) -> "Typed":
        """As it was sent; what is no id of a pathway is passed over."""
        told = {name: next(iter(sent.get(name, ())), "").strip() for name in TERMS}
        done = next(iter(sent.get("done", ())), "")
        return cls(
            [one for one in dict.fromkeys(sent.get("pathway", ())) if _is_id(one)][:MOST_ROWS],
            told,
            next(iter(sent.get("key", ())), "") or str(new_id()),
            int(done) if done.isdecimal() else 0,
        )

    def body(self, whose: str, pathways: Sequence[str], *, preview: bool) -> Mapping[str, Any]:
        """What the write side is asked."""
        told = {name: value for name, value in self.told.items() if value}
        return {"from_counsellor": whose, **told, "pathways": pathways, "preview": preview}


def hand_over_pages(
    questions: Questions, pages: Pages, names: NamesSource, commands: Commands
) -> APIRouter:
    """`GET /caseload/hand-over` and `POST /caseload/hand-over`."""
    routes = APIRouter(include_in_schema=False)
    made = _Made(questions, pages, names, commands)

    @routes.get(
        "/caseload/hand-over",
        name="page_hand_over",
        summary="Page: which people of a counsellor to hand over, and to whom",
    )
    def page_hand_over(request: Request, session: Session) -> Response:  # pyright: ignore[reportUnusedFunction]
        return made.choose(request, session)

    @routes.post(
        "/caseload/hand-over",
        name="send_hand_over",
        summary="Page: what handing people over would come to, and a step of doing it",
        dependencies=[Depends(our_form)],
    )
    def send_hand_over(request: Request, session: Session, sent: Sent) -> Response:  # pyright: ignore[reportUnusedFunction]
        typed = Typed.of(sent)
        return made.sent(request, session, typed, do="RUN" in sent.get("do", ()))

    return routes


@dataclass(frozen=True)
class _Made:
    questions: Questions
    pages: Pages
    names: NamesSource
    commands: Commands

    def choose(
        self,
        request: Request,
        session: WebSession,
        typed: Typed | None = None,
        refused: NotDone | None = None,
    ) -> Response:
        """Everybody whom the overview's filters find, at most a page of them."""
        caller = session.caller
        asked, wrong = _asked(request, caller)
        answer: CaseloadAnswer | None = None
        if asked.is_one_caseload:
            question = asked.model_copy(
                update={"limit": MOST_ROWS, "cursor": None, "state": "open"}
            )
            answer = self.questions.caseload(request, caller, question.as_caseload(caller))
        items = answer.items if answer else []
        nobody = typed is not None and not typed.pathways
        status = STATUS.get(refused.why, 422) if refused else 422 if nobody else 200
        return self.pages.show(
            request,
            "counsellor/hand_over.html",
            status=status,
            **_of_all(asked, caller),
            wrong=wrong,
            answer=answer,
            items=items,
            names=self.names.of((one.person_ref for one in items), session.access_token),
            typed=typed,
            told=typed.told if typed else dict.fromkeys(TERMS, ""),
            key=typed.key if typed else str(new_id()),
            nobody=nobody,
            refused=refused,
            today=self.questions.read_models.today,
            guides=self._guides(request, caller),
            reasons=list(HandOverReason),
        )

    def sent(self, request: Request, session: WebSession, typed: Typed, *, do: bool) -> Response:
        """A preview, or the next step; after the last one what became of each."""
        asked, _ = _asked(request, session.caller)
        if not typed.pathways or not asked.is_one_caseload:
            return self.choose(request, session, typed)
        whose, token = _whose(asked, session.caller), session.access_token
        if do and typed.done < len(typed.pathways):
            step = typed.pathways[typed.done : typed.done + AT_ONCE]
            answer = self.commands.hand_over(
                typed.body(whose, step, preview=False), typed.key, token
            )
            if isinstance(answer, NotDone):
                return self._step(request, session, asked, typed, answer)
            typed = replace(typed, done=typed.done + len(step))
            if typed.done < len(typed.pathways):
                return self._step(request, session, asked, typed)
        told = self.commands.hand_over(
            typed.body(whose, typed.pathways, preview=True), typed.key, token
        )
        if isinstance(told, NotDone):
            if do:
                return self._step(request, session, asked, typed, told)
            return self.choose(request, session, typed, told)
        return self._told(request, session, asked, typed, told=told)

    def _step(
        self,
        request: Request,
        session: WebSession,
        asked: HandOverAsked,
        typed: Typed,
        refused: NotDone | None = None,
    ) -> Response:
        return self.pages.show(
            request,
            "counsellor/hand_over_step.html",
            status=STATUS.get(refused.why, 422) if refused else 200,
            **_of_all(asked, session.caller),
            typed=typed,
            refused=refused,
        )

    def _told(
        self,
        request: Request,
        session: WebSession,
        asked: HandOverAsked,
        typed: Typed,
        *,
        told: HandOverTold,
    ) -> Response:
        people = self._people(request, session.caller, [UUID(one) for one in typed.pathways])
        return self.pages.show(
            request,
            "counsellor/hand_over_told.html",
            **_of_all(asked, session.caller),
            typed=typed,
            told=told,
            over=typed.done > 0,
            day=date.fromisoformat(typed.told["on"]),
            people=people,
            names=self.names.of((one.person_ref for one in people.values()), session.access_token),
        )

    def _people(
        self, request: Request, caller: Caller, pathways: Sequence[UUID]
    ) -> Mapping[UUID, FoundPathway]:
        """Whose these are, as far as the caller may see them; each look is traced."""
        seen = self.questions.rows.seen(request, caller)
        with self.questions.read_models.snapshot() as connection:
            found = team.of_pathways(connection, pathways, seen)
            shown = {one.person_ref: one.rule for one in found}
            self.questions.trace.permitted(connection, request, caller, shown)
        return {one.pathway_id: one for one in found}

    def _guides(self, request: Request, caller: Caller) -> list[str]:
        """The references of who guides somebody in the caller's unit, to choose from."""
        seen = self.questions.rows.seen(request, caller)
        with self.questions.read_models.snapshot() as connection:
            today = self.questions.read_models.today
            found = team.team(connection, caller.unit or "", seen, today)
        return [one.counsellor for one in found if one.counsellor]


def _asked(request: Request, caller: Caller) -> tuple[HandOverAsked, frozenset[str]]:
    asked, wrong = asked_by_form(request, HandOverAsked, {})
    # People are handed over as they stand now.
    now = {"as_of": None, "known_at": None}
    return asked.for_caller(caller).model_copy(update=now), wrong


def _whose(asked: HandOverAsked, caller: Caller) -> str:
    return (asked.counsellor if asked.show == "unit" else None) or caller.ref


def _of_all(asked: HandOverAsked, caller: Caller) -> dict[str, Any]:
    """What each of these pages needs: whose they are, and where it came from."""
    parameters = asked.parameters()
    overview = {name: value for name, value in parameters.items() if name != "ticked"}
    return {
        "asked": asked,
        "whose": _whose(asked, caller),
        "here": address("/caseload/hand-over", parameters),
        "overview": address("/caseload", overview),
        "refused_words": refused_words,
        "AWAY": Why.AWAY,
    }


def _is_id(told: str) -> bool:
    try:
        UUID(told)
    except ValueError:
        return False
    return True
