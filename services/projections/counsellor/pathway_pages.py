"""The pages of one pathway: where it stands and its timeline, and what differs between two moments."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any, NamedTuple
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from plumbing.row_rights import Rule
from plumbing.web_sessions import WebSession
from plumbing.web_sign_in import web_session
from pydantic import Field

from projections.amending import ANNULLED, UNDONE
from projections.counsellor.alert_sentences import said
from projections.counsellor.answers import Pathway, TimelineAnswer, TimelineAsked
from projections.counsellor.difference import (
    OF_MODULE,
    OF_PATHWAY,
    DifferenceAsked,
    Side,
    difference,
)
from projections.counsellor.glance import ahead, drawing, goes_on, standing_sentence
from projections.counsellor.queries import Entry
from projections.counsellor.sentences import by_whom, late, other_pathway, sentence
from projections.counsellor.web import Questions
from projections.names import Names, NamesSource
from projections.points import LocalMoment
from projections.web_pages import Pages, address, asked_by_form, words_of
from projections.web_rights import NAMED, may
from schemas.events import (
    DataCorrected,
    DeadlineReached,
    MergeReverted,
    ModuleAnnulled,
    PathwayAbsorbed,
    PathwayAnnulled,
    PathwaysMerged,
    RegistrationAnnulled,
)

Code = Annotated[str, Field(pattern="^[a-z-]{1,40}$")]
Session = Annotated[WebSession, Depends(web_session)]
MOST_DAYS = 100_000
_NOT_AMENDED = frozenset(
    one.event
    for one in (
        DataCorrected,
        RegistrationAnnulled,
        ModuleAnnulled,
        PathwayAnnulled,
        PathwaysMerged,
        PathwayAbsorbed,
        MergeReverted,
        DeadlineReached,
    )
)


class TimelineForm(TimelineAsked):
    """What the forms of a timeline ask; `step` is the place of a day among those that something happened."""

    known_at: LocalMoment | None = None
    step: Annotated[int | None, Field(ge=0, le=MOST_DAYS)] = None
    done: Code | None = None
    """The command whose answer led here."""
    warned: list[Code] = Field(default_factory=list[str])


class DifferenceForm(DifferenceAsked):
    """What the form of a difference asks."""

    known_at: LocalMoment | None = None
    from_known_at: LocalMoment | None = None


class Told(NamedTuple):
    """An event as a page tells it: in the reader's language, with the other pathway it speaks of."""

    entry: Entry
    sentence: str
    by_whom: str
    late: str
    other: str | None

    @property
    def amendable(self) -> bool:
        """Whether it can be put right: no amendment, no day that passed, and not annulled before."""
        gone = self.entry.details.get("amended") in (ANNULLED, UNDONE)
        return self.entry.event not in _NOT_AMENDED and not gone


def pathway_pages(questions: Questions, pages: Pages, names: NamesSource) -> APIRouter:
    """`GET /pathways/{pathway_id}` and its `/difference`."""
    routes = APIRouter(include_in_schema=False)
    made = _Made(questions, pages, names)

    @routes.get(
        "/pathways/{pathway_id}",
        name="page_timeline",
        summary="Page: the timeline of one pathway, with the name",
    )
    def page_timeline(pathway_id: UUID, request: Request, session: Session) -> Response:  # pyright: ignore[reportUnusedFunction]
        return made.timeline(request, session, pathway_id)

    @routes.get(
        "/pathways/{pathway_id}/difference",
        name="page_difference",
        summary="Page: what changed in what was known of one pathway, and by whom",
    )
    def page_difference(pathway_id: UUID, request: Request, session: Session) -> Response:  # pyright: ignore[reportUnusedFunction]
        return made.difference(request, session, pathway_id)

    return routes


@dataclass(frozen=True)
class _Made:
    questions: Questions
    pages: Pages
    names: NamesSource

    def timeline(self, request: Request, session: WebSession, pathway_id: UUID) -> Response:
        asked, wrong = asked_by_form(request, TimelineForm, {})
        asked, future = asked.without_future(self.questions.read_models.now())
        behind = self.questions.waited_for(request, session.caller, asked, pathway_id)
        answer = self.questions.timeline(request, session.caller, pathway_id, asked)
        if asked.step is not None and answer.days:
            day = answer.days[min(asked.step, len(answer.days) - 1)]
            there = address(f"/pathways/{pathway_id}", {**asked.clocks(), "as_of": day})
            return RedirectResponse(there, status_code=303)
        entries = told_entries(request, answer.entries)
        return self.pages.show(
            request,
            "counsellor/timeline.html",
            asked=asked,
            wrong=wrong | future,
            behind=behind,
            answer=answer,
            entries=entries,
            sources=_sources(answer, entries),
            **_glance(request, answer),
            acts=may(session.caller, "page_commands") and answer.seen_by is not Rule.OVERRIDE,
            names=names_of(self.names, session, answer.pathway),
        )

    def difference(self, request: Request, session: WebSession, pathway_id: UUID) -> Response:
        now = self.questions.read_models.now()
        # By itself: what changed in the last month.
        month_ago = (now - timedelta(days=30)).isoformat()
        asked, wrong = asked_by_form(request, DifferenceForm, {"from_known_at": month_ago})
        asked, future = asked.without_future(now)
        answer = difference(self.questions, request, session.caller, pathway_id, asked)
        return self.pages.show(
            request,
            "counsellor/difference.html",
            asked=asked,
            wrong=wrong | future,
            answer=answer,
            fields={**OF_PATHWAY, **OF_MODULE},
            sides=[
                _side(request, answer.before.as_of, answer.was),
                _side(request, answer.after.as_of, answer.became),
            ],
            entries=told_entries(request, answer.entries),
            names=names_of(self.names, session, answer.pathway),
        )


def names_of(names: NamesSource, session: WebSession, pathway: Pathway) -> Names:
    """The vault tells names to who works with people; an auditor sees references."""
    if not session.caller.is_one_of(NAMED):
        return Names()
    return names.of([pathway.person_ref], session.access_token)


def told_entries(request: Request, entries: Sequence[Entry]) -> list[Told]:
    """The events as a page tells them to whoever reads it."""
    words = words_of(request)
    return [
        Told(one, sentence(one, words), by_whom(one, words), late(one, words), other_pathway(one))
        for one in entries
    ]


def _glance(request: Request, answer: TimelineAnswer) -> Mapping[str, Any]:
    words, day = words_of(request), answer.taken.as_of
    before = [one for one in answer.days if one < day]
    after = [one for one in answer.days if one > day]
    return {
        "standing": standing_sentence(answer.pathway, answer.spells, words),
        "to_do": said(answer.alerts, answer.pathway.running_kinds, words),
        "ahead": ahead(answer.pathway, day),
        "drawing": drawing(answer.pathway, answer.spells, day, words),
        "step": max(len(answer.days) - len(after) - 1, 0),
        "day_choices": [(one.isoformat(), words.day(one)) for one in answer.days]
        + ([] if day in answer.days else [(day.isoformat(), words.day(day))]),
        "day_before": before[-1] if before else None,
        "day_after": after[0] if after else None,
    }


def _side(request: Request, day: date, side: Side | None) -> dict[str, Any] | None:
    """One of two moments, as a page shows it beside the other."""
    if side is None:
        return None
    words = words_of(request)
    return {
        "standing": standing_sentence(side.pathway, side.spells, words),
        "drawing": drawing(side.pathway, side.spells, day, words),
        "day": day,
    }


def _sources(answer: TimelineAnswer, entries: Sequence[Told]) -> dict[str, Told]:
    """By which fact each field stands as it does, and the sentence at the top, of those on this page."""
    by_version = {told.entry.version: told for told in entries}
    begun = [spell.version for spell in goes_on(answer.pathway, answer.spells)]
    standing = max(begun) if begun else answer.set_by.get("status")
    return {
        field: by_version[version]
        for field, version in {**answer.set_by, "standing": standing}.items()
        if version in by_version
    }
