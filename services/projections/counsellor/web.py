"""The counsellor's questions over REST: caseload and timeline."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from plumbing.access import NOT_TRACED
from plumbing.callers import Caller
from plumbing.problems import Problem
from plumbing.row_rights import PERMITTING, Rule
from plumbing.sign_in import NOT_ALLOWED, signed_in

from projections.counsellor import queries
from projections.counsellor.alerts import to_do
from projections.counsellor.answers import (
    AlertTold,
    Asked,
    CaseloadAnswer,
    CaseloadAsked,
    Pathway,
    TimelineAnswer,
    TimelineAsked,
)
from projections.counsellor.course import set_by, spells
from projections.counsellor.queries import CaseloadFilter, CaseloadRow, Seen
from projections.counsellor.tables import LIVE, Tables
from projections.counsellor.then import caseload_at, events_of, pathway_at
from projections.freshness import Reached, freshness
from projections.pages import CursorUnreadable
from projections.points import NOTHING_THEN, Point, Taken
from projections.schema import Database
from projections.then import events_at
from projections.web_openapi import documented
from projections.web_reading import (
    CURSOR_UNREADABLE,
    UNKNOWN_PATHWAY,
    ReadModels,
    json_answer,
    told,
)
from projections.web_rights import Rows, Trace, about, sees

SignedIn = Annotated[Caller, Depends(signed_in)]
UNSEEN = frozenset({"freshness"})
COUNSELLOR = "counsellor"
AnyAnswer = TypeVar("AnyAnswer")


class Questions:
    """Answers with every look traced; for REST and for pages."""

    def __init__(self, read_models: ReadModels, rows: Rows, trace: Trace) -> None:
        self.read_models = read_models
        self.rows = rows
        self.trace = trace
        self._then: dict[object, Tables] = {}

    @contextmanager
    def one_moment(self) -> Generator["Questions"]:
        """The same questions, whose answers in this block are all of one moment, traced at its end."""
        with self.read_models.one_moment() as within:
            yield Questions(within, self.rows, self.trace)

    def tables(
        self, connection: Database, chosen: CaseloadFilter, seen: Seen, point: Point
    ) -> Tables:
        """The caseload as it was at the point, folded once for all that is asked of it in one moment."""
        if self.read_models.within is None:
            return caseload_at(connection, chosen, seen, point)
        of = (chosen.person_ref, chosen.counsellor, chosen.unit, chosen.guided_by)
        which = (point, *of, chosen.organisation)
        if which not in self._then:
            self._then[which] = caseload_at(connection, chosen, seen, point)
        return self._then[which]

    def require(
        self, request: Request, caller: Caller, asked: Asked, about: UUID | None = None
    ) -> None:
        """Wait for what the caller wrote and asks to read; raises BEHIND as a Problem (409).

        Then looks at the pathway waited for and at the one asked `about` are denied, if hidden.
        """
        try:
            hidden = self.rows.hidden(request, caller, asked.after)
            self.read_models.require(COUNSELLOR, asked.after, hidden)
        except Problem:
            for pathway_id in {about, told(asked.after)[0]} if asked.after else {about}:
                if pathway_id:
                    self._trace_if_hidden(request, caller, pathway_id)
            raise

    def waited_for(
        self, request: Request, caller: Caller, asked: Asked, about: UUID | None = None
    ) -> Reached | None:
        """The same for a page: how far it is, where that is not far enough.

        The page traces the look at the pathway that it is `about`.
        """
        hidden = self.rows.hidden(request, caller, asked.after)
        reached = self.read_models.waited_for(COUNSELLOR, asked.after, hidden)
        if asked.after is None or reached is None or reached.reached:
            return None
        pathway_id, _ = told(asked.after)
        if pathway_id != about:
            self._trace_if_hidden(request, caller, pathway_id)
        return reached

    def caseload(self, request: Request, caller: Caller, asked: CaseloadAsked) -> CaseloadAnswer:
        """The pathways that the caller asks for and may see. Raises NOT_ALLOWED and others."""
        asked = asked.with_defaults(caller)
        if asked.unit and asked.unit != caller.unit:
            self.trace.denied(request, caller)
            raise NOT_ALLOWED.problem("You may see the pathways of your own unit only.")
        named = self._named(request, caller, asked.person_ref) if asked.person_ref else {}
        chosen, seen = asked.as_filter(), self.rows.seen(request, caller)
        point = asked.point(self.read_models.now())
        with self.read_models.snapshot() as connection:
            tables = self.tables(connection, chosen, seen, point) if asked.then else LIVE
            try:
                page = queries.caseload(
                    connection,
                    chosen,
                    seen,
                    sort=asked.sort,
                    descending=asked.descending,
                    limit=asked.limit,
                    cursor=asked.cursor,
                    tables=tables,
                )
            except CursorUnreadable:
                raise CURSOR_UNREADABLE.problem() from None
            shown: dict[UUID, str] = {}
            for row in page.items:
                shown.setdefault(about(row), row.rule)
            # Counters tell of a person who is named, also where the page holds no row.
            self.trace.permitted(connection, request, caller, named | shown)
            day = point.as_of
            return CaseloadAnswer(
                asked=asked,
                taken=Taken.model_validate(point),
                today=day,
                items=[Pathway.of(row, day) for row in page.items],
                counters=queries.counters(connection, chosen, seen, today=day, tables=tables),
                next_cursor=page.next_cursor,
                freshness=freshness(connection, COUNSELLOR),
            )

    def counters(self, request: Request, caller: Caller, asked: CaseloadAsked) -> queries.Counters:
        """How many there are of what the caller asks for and may see; it shows no person."""
        chosen = asked.with_defaults(caller).as_filter()
        seen, point = self.rows.seen(request, caller), asked.point(self.read_models.now())
        with self.read_models.snapshot() as connection:
            tables = self.tables(connection, chosen, seen, point) if asked.then else LIVE
            return queries.counters(connection, chosen, seen, today=point.as_of, tables=tables)

    def timeline(
        self, request: Request, caller: Caller, pathway_id: UUID, asked: TimelineAsked
    ) -> TimelineAnswer:
        """One pathway, as it was at the point that is asked. Raises as `about_pathway`, and others."""
        point = asked.point(self.read_models.now())

        def answer(connection: Database, row: CaseloadRow, seen: Seen) -> TimelineAnswer | None:
            events = events_of(connection, pathway_id)
            tables = pathway_at(pathway_id, events, point) if asked.then else LIVE
            if tables is None:
                return None
            try:
                page = queries.timeline(
                    connection, pathway_id, limit=asked.limit, cursor=asked.cursor, tables=tables
                )
            except CursorUnreadable:
                raise CURSOR_UNREADABLE.problem() from None
            now = tables is LIVE
            shown = row if now else queries.pathway(connection, pathway_id, seen, tables) or row
            at = events_at(events, point)
            return TimelineAnswer(
                taken=Taken.model_validate(point),
                pathway=Pathway.of(shown, point.as_of),
                alerts=[AlertTold.of(one, point.as_of) for one in to_do(shown, point.as_of)],
                modules=queries.modules(connection, pathway_id, tables),
                spells=spells(at),
                set_by=set_by(at),
                days=sorted({event.occurredon for event in events if point.knows(event)}),
                entries=page.items,
                next_cursor=page.next_cursor,
                freshness=freshness(connection, COUNSELLOR),
                seen_by=Rule(row.rule),
            )

        return self.about_pathway(request, caller, pathway_id, answer)

    def about_pathway(
        self,
        request: Request,
        caller: Caller,
        pathway_id: UUID,
        answer: Callable[[Database, CaseloadRow, Seen], AnyAnswer | None],
    ) -> AnyAnswer:
        """What `answer` makes of a pathway that the caller may see; None where there was nothing then.

        Raises UNKNOWN_PATHWAY, the same for one that may not be seen, and NOTHING_THEN, as Problems.
        """
        seen = self.rows.seen(request, caller)
        with self.read_models.snapshot() as connection:
            row = queries.pathway(connection, pathway_id, seen)
            if row is not None and sees(row):
                told = answer(connection, row, seen)
                self.trace.permitted(connection, request, caller, {about(row): row.rule})
                if told is not None:
                    return told
        if row is not None and sees(row):
            raise NOTHING_THEN.problem()
        if row is None:
            self.trace.denied(request, caller, [pathway_id])
        else:
            self.trace.denied(request, caller, [about(row)], row.rule)
        raise UNKNOWN_PATHWAY.problem()

    def _named(self, request: Request, caller: Caller, person_ref: UUID) -> dict[UUID, str]:
        """The person whom the question names, with the rule by which the caller sees them.

        Whoever names a person of whom they may see nothing is told of nobody, and leaves a row.
        """
        seen = self.rows.seen(request, caller)
        with self.read_models.snapshot() as connection:
            rules = queries.rules_about(connection, person_ref, seen)
        seen_by = next((rule for rule in Rule if rule in rules & PERMITTING), None)
        if seen_by:
            return {person_ref: seen_by}
        if rules:
            rule = next(rule for rule in Rule if rule in rules)
            self.trace.denied(request, caller, [person_ref], rule)
        return {}

    def _trace_if_hidden(self, request: Request, caller: Caller, pathway_id: UUID) -> None:
        """Whoever asked for a pathway that is not theirs leaves a row, whatever they were told."""
        seen = self.rows.seen(request, caller)
        with self.read_models.snapshot() as connection:
            row = queries.pathway(connection, pathway_id, seen)
        if row is not None and not sees(row):
            self.trace.denied(request, caller, [about(row)], row.rule)


def counsellor_routes(questions: Questions) -> APIRouter:
    """`GET /v1/caseload` and `GET /v1/pathways/{pathway_id}/timeline`."""
    routes = APIRouter(prefix="/v1", tags=["counsellor"])
    _add_caseload(routes, questions)
    _add_timeline(routes, questions)
    return routes


def _add_caseload(routes: APIRouter, questions: Questions) -> None:
    @routes.get(
        "/caseload",
        name="caseload",
        operation_id="caseload",
        summary="The pathways that someone guides, with what needs attention",
        response_model=CaseloadAnswer,
        responses=documented(CURSOR_UNREADABLE, NOT_TRACED),
    )
    def caseload(  # pyright: ignore[reportUnusedFunction]
        asked: Annotated[CaseloadAsked, Query()], request: Request, caller: SignedIn
    ) -> Response:
        """Each person in the answer leaves a trace of the look."""
        questions.require(request, caller, asked)
        return json_answer(request, questions.caseload(request, caller, asked), unseen=UNSEEN)


def _add_timeline(routes: APIRouter, questions: Questions) -> None:
    @routes.get(
        "/pathways/{pathway_id}/timeline",
        name="pathway_timeline",
        operation_id="pathway_timeline",
        summary="What happened in one pathway, newest day first, and its modules",
        response_model=TimelineAnswer,
        responses=documented(CURSOR_UNREADABLE, NOT_TRACED, UNKNOWN_PATHWAY, NOTHING_THEN),
    )
    def pathway_timeline(  # pyright: ignore[reportUnusedFunction]
        pathway_id: UUID,
        asked: Annotated[TimelineAsked, Query()],
        request: Request,
        caller: SignedIn,
    ) -> Response:
        """Both clocks on each event: the day it is true for, and the moment it was recorded."""
        questions.require(request, caller, asked, pathway_id)
        answer = questions.timeline(request, caller, pathway_id, asked)
        return json_answer(request, answer, unseen=UNSEEN)
