"""The worklist over REST, and what its reader decides of an alert: by REST and by the page's form."""

from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Self
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse, Response
from plumbing import problems
from plumbing.access import NOT_TRACED
from plumbing.callers import Caller
from plumbing.problems import INVALID_REQUEST, FieldError, ProblemType
from plumbing.sign_in import NOT_ALLOWED
from plumbing.web_sessions import WebSession
from plumbing.web_sign_in import our_form, web_session
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from projections.counsellor import postponed
from projections.counsellor.alerts import Attention, alerts
from projections.counsellor.postponed import LEAST_REASON, MOST_REASON, Reminder, Snooze
from projections.counsellor.queries import CaseloadRow, Seen
from projections.counsellor.web import UNSEEN, Questions, SignedIn
from projections.counsellor.worklist import WorklistAnswer, WorklistAsked, worklist
from projections.schema import Database
from projections.web_openapi import documented
from projections.web_reading import READ_MODELS_AWAY, UNKNOWN_PATHWAY, Day, json_answer

LONGEST = timedelta(days=366)
NO_SUCH_ALERT = ProblemType(
    "no-such-alert",
    409,
    "This pathway has no such alert now",
    "Ask the worklist again: it may have been solved meanwhile.",
)
Session = Annotated[WebSession, Depends(web_session)]


class Do(StrEnum):
    """What may be done with an alert."""

    SNOOZE = "SNOOZE"
    """Put it off until a day, or until it speaks of another day."""
    WAKE = "WAKE"
    REMIND = "REMIND"
    """Be reminded of the pathway on a day."""
    FORGET = "FORGET"


class AlertDecision(BaseModel):
    """What the caller decides for themselves; nobody else sees it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    do: Do
    pathway_id: UUID
    alert: Annotated[Attention | None, Field(description="For SNOOZE and WAKE")] = None
    until: Annotated[
        Day | None, Field(description="For SNOOZE and REMIND: the day on which it is there again")
    ] = None
    reason: Annotated[
        str | None,
        Field(min_length=LEAST_REASON, max_length=MOST_REASON, description="For SNOOZE and REMIND"),
    ] = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        needed = {Do.SNOOZE: ("alert", "until", "reason"), Do.WAKE: ("alert",)}
        needed |= {Do.REMIND: ("until", "reason"), Do.FORGET: ()}
        if missing := [name for name in needed[self.do] if getattr(self, name) is None]:
            raise ValueError(f"{self.do} needs {', '.join(missing)}")
        return self


class AlertForm(BaseModel):
    """The same as a form sends it, and the address of the page that it is on."""

    do: str = ""
    pathway_id: str = ""
    alert: str = ""
    until: str = ""
    reason: str = ""
    back: Annotated[str, Field(max_length=2000)] = ""


def worklist_routes(questions: Questions) -> APIRouter:
    """`GET /v1/worklist` and `POST /v1/worklist/decisions`."""
    routes = APIRouter(prefix="/v1/worklist", tags=["counsellor"])

    @routes.get(
        "",
        name="worklist",
        operation_id="worklist",
        summary="Who of a caseload needs somebody today, and why",
        response_model=WorklistAnswer,
        responses=documented(NOT_TRACED),
    )
    def ask_worklist(  # pyright: ignore[reportUnusedFunction]
        asked: Annotated[WorklistAsked, Query()], request: Request, caller: SignedIn
    ) -> Response:
        """The most pressing first. Each person in the answer leaves a trace of the look."""
        questions.require(request, caller, asked)
        return json_answer(request, worklist(questions, request, caller, asked), unseen=UNSEEN)

    @routes.post(
        "/decisions",
        name="decide_alert",
        operation_id="decide_alert",
        summary="Put an alert off or wake it, be reminded of a pathway or not",
        status_code=204,
        responses=problems.responses(
            INVALID_REQUEST,
            NOT_ALLOWED,
            UNKNOWN_PATHWAY,
            NO_SUCH_ALERT,
            READ_MODELS_AWAY,
            NOT_TRACED,
        ),
    )
    def decide_alert(decision: AlertDecision, request: Request, caller: SignedIn) -> Response:  # pyright: ignore[reportUnusedFunction]
        """For the caller alone. Repeated, it changes nothing."""
        decide(questions, request, caller, decision)
        return Response(status_code=204)

    return routes


def decide(questions: Questions, request: Request, caller: Caller, decision: AlertDecision) -> None:
    """Keep what the caller decided of a pathway that they may see.

    Raises UNKNOWN_PATHWAY, NO_SUCH_ALERT and INVALID_REQUEST as Problems.
    """
    now, today = questions.read_models.now(), questions.read_models.today
    _check_day(decision, today)

    def kept(connection: Database, row: CaseloadRow, _seen: Seen) -> bool:
        owner, which = caller.ref, decision.pathway_id
        until, reason = decision.until or today, decision.reason or ""
        match decision.do, decision.alert:
            case Do.SNOOZE, Attention() as alert:
                one = Snooze(
                    which, alert, _day_of(connection, owner, row, alert, today), until, reason
                )
                postponed.snooze(connection, owner, one, now)
            case Do.WAKE, Attention() as alert:
                postponed.wake(connection, owner, which, alert)
            case Do.REMIND, _:
                postponed.remind(connection, owner, Reminder(which, until, reason), now)
            case _:
                postponed.forget(connection, owner, which)
        return True

    questions.about_pathway(request, caller, decision.pathway_id, kept)


def _check_day(decision: AlertDecision, today: date) -> None:
    if decision.until and not today < decision.until <= today + LONGEST:
        wrong = FieldError("a day after today, and within a year", pointer="#/until")
        raise INVALID_REQUEST.problem(errors=[wrong])


def _day_of(
    connection: Database, owner: str, row: CaseloadRow, alert: Attention, today: date
) -> date | None:
    """Of which day the alert speaks now. Raises NO_SUCH_ALERT as a Problem."""
    if alert is Attention.REMINDER:
        reminder = postponed.reminders(connection, owner).get(row.pathway_id)
        found = [reminder.on_day] if reminder else []
    else:
        found = [one.day for one in alerts(row, today) if one.reason is alert]
    if not found:
        raise NO_SUCH_ALERT.problem()
    return found[0]


def worklist_pages(questions: Questions) -> APIRouter:
    """`POST /caseload/alerts`, which leads back to the caseload."""
    routes = APIRouter(include_in_schema=False)

    @routes.post(
        "/caseload/alerts",
        name="put_off",
        summary="Page: an alert was put off or woken, a reminder set or dropped",
        dependencies=[Depends(our_form)],
    )
    def put_off(  # pyright: ignore[reportUnusedFunction]
        request: Request, session: Session, form: Annotated[AlertForm, Form()]
    ) -> Response:
        told = {"alert": form.alert, "until": form.until, "reason": " ".join(form.reason.split())}
        given = {name: value for name, value in told.items() if value}
        try:
            asked = AlertDecision.model_validate(
                {"do": form.do, "pathway_id": form.pathway_id, **given}
            )
        except ValidationError as invalid:
            raise INVALID_REQUEST.problem() from invalid
        decide(questions, request, session.caller, asked)
        return RedirectResponse(
            f"/caseload?{urlencode(parse_qsl(form.back))}#worklist", status_code=303
        )

    return routes
