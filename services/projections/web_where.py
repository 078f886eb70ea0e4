"""Where a fact is, on both sides: over REST, and as a page that says in a sentence why it waits."""

import re
from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import Response
from plumbing import access, problems
from plumbing.access import NOT_TRACED
from plumbing.callers import Caller
from plumbing.problems import INVALID_REQUEST, ProblemType
from plumbing.running import Process
from plumbing.sign_in import NOT_ALLOWED, access_token, signed_in
from plumbing.web_sessions import WebSession
from plumbing.web_sign_in import web_session
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from projections.counsellor import queries
from projections.projection import Projection
from projections.standing import STANDING_AWAY
from projections.web_pages import Pages, words_of
from projections.web_reading import READ_MODELS_AWAY, RETRY_SOON, ReadModels
from projections.web_rights import Rows, Trace
from projections.where import Step, Whereabouts, whereabouts
from projections.where_asked import NAMED, NotTold, WhereSource, WriteSideWhere, sentence
from projections.words import LANGUAGES, words

SignedIn = Annotated[Caller, Depends(signed_in)]
Session = Annotated[WebSession, Depends(web_session)]
Named = Annotated[
    str,
    Path(
        pattern=NAMED,
        description="A fact's id, or PATHWAY:VERSION",
        examples=["01931f0a-7c1e-7bb2-9d0e-0c5b8a1e4f60:3"],
    ),
]
NO_SUCH_FACT = ProblemType(
    "no-such-fact",
    404,
    "You can see no such fact",
    "Check the id, or the pathway and its version, in the pathway's history.",
)
WHERE_AWAY = ProblemType(
    "where-away",
    503,
    "It cannot be told now where this fact is",
    "The write side, which knows, does not answer. Try again in a moment; `projections where` tells "
    "what the read models have.",
)


class WaitingView(BaseModel):
    """Why a pathway waits in a read model."""

    reason: str = Field(description="GAP, FORK, BROKEN or FAILED")
    since: AwareDatetime
    from_version: int


class ReadModelView(BaseModel):
    """How far the fact is in one read model."""

    model_config = ConfigDict(from_attributes=True)
    read_model: str
    step: Step
    applied_at: AwareDatetime | None = Field(
        description="null while it is not applied, and when it was more than 90 days ago"
    )
    waiting: WaitingView | None
    behind: int | None = Field(
        description="Places on the topic to read up to it, marks of transactions included"
    )
    reader: Process | None = Field(
        default=None, description="How it is with who reads the topic, while it is not read yet"
    )


class WhereAnswer(WriteSideWhere):
    """What became of a fact, on both sides."""

    read_models: list[ReadModelView]
    why: str = Field(description="The same in a sentence")


def where_example() -> WhereAnswer:
    """A fact that one read model has, and another not yet."""
    at = "2015-09-01T08:00:00.041000Z"
    return WhereAnswer.model_validate(
        {
            "fact_id": "01931f0a-7c1e-7bb2-9d0e-8a1e4f600c5b",
            "pathway_id": "01931f0a-7c1e-7bb2-9d0e-0c5b8a1e4f60",
            "version": 3,
            "position": "40251",
            "recorded_at": "2015-09-01T08:00:00Z",
            "published": {
                "state": "PUBLISHED",
                "topic": "vdab.pathway.events.v1",
                "partition": 7,
                "first_offset": "6120",
                "last_offset": "6120",
                "published_at": at,
                "withheld": False,
                "ahead": 0,
                "stopped_reason": None,
                "stopped_at": None,
            },
            "groups": [
                {"group": "vdab.projections.counsellor", "next_offset": "6124", "past": True},
                {"group": "vdab.projections.reporting", "next_offset": "6118", "past": False},
            ],
            "groups_unknown": None,
            "read_models": [
                {"read_model": "counsellor", "step": "APPLIED", "applied_at": at}
                | {"waiting": None, "behind": None},
                {"read_model": "reporting", "step": "UNREAD", "applied_at": None}
                | {"waiting": None, "behind": 3},
            ],
            "why": "Recorded on 01/09/2015 10:00; published on 01/09/2015 10:00; applied on "
            "01/09/2015 10:00 in counsellor; reporting has not read it yet (3 places to go).",
        }
    )


class Facts:
    """Where facts are on both sides, each answer traced."""

    def __init__(
        self,
        read_models: ReadModels,
        rows: Rows,
        trace: Trace,
        write_side: WhereSource,
        projections: Sequence[Projection],
    ) -> None:
        self._read_models = read_models
        self._rows = rows
        self._trace = trace
        self._write_side = write_side
        self._names = [projection.name for projection in projections]

    def where(
        self, request: Request, caller: Caller, fact: str, token: str
    ) -> tuple[WriteSideWhere, list[Whereabouts]]:
        """What both sides tell of the fact. Raises NO_SUCH_FACT, WHERE_AWAY, and the Problems of reading."""
        there = self._write_side.of(fact, token)
        if there is NotTold.AWAY:
            raise WHERE_AWAY.problem(headers=RETRY_SOON)
        hidden = self._rows.kept_from(request, caller)
        pathway_id = there.pathway_id if isinstance(there, WriteSideWhere) else _told(fact)
        with self._read_models.snapshot() as connection:
            about = queries.traced_under(connection, pathway_id)
            if isinstance(there, WriteSideWhere) and about not in hidden:
                here = [whereabouts(connection, name, there.told) for name in self._names]
                self._trace.permitted(connection, request, caller, {about: access.BY_ENDPOINT})
                return there, here
        self._trace.denied(request, caller, [about], hidden.get(about, access.BY_ROW))
        raise NO_SUCH_FACT.problem()


def _told(fact: str) -> UUID:
    return UUID(fact.partition(":")[0])


def where_routes(facts: Facts) -> APIRouter:
    """`GET /v1/where/{fact}`."""
    routes = APIRouter(prefix="/v1", tags=["operations"])

    @routes.get(
        "/where/{fact}",
        name="where_is_fact",
        operation_id="where_is_fact",
        summary="Where a fact is: recorded, published, applied in each read model, and by whom read",
        responses=problems.responses(
            NO_SUCH_FACT,
            INVALID_REQUEST,
            NOT_ALLOWED,
            NOT_TRACED,
            READ_MODELS_AWAY,
            STANDING_AWAY,
            WHERE_AWAY,
        ),
    )
    def where_is_fact(  # pyright: ignore[reportUnusedFunction]
        fact: Named, request: Request, caller: SignedIn
    ) -> WhereAnswer:
        """Places and moments, and nothing of what the fact says; `fact` is an id or PATHWAY:VERSION.

        The write side is asked in the caller's name, and leaves its own look.
        """
        there, here = facts.where(request, caller, fact, access_token(request))
        return WhereAnswer(
            **dict(there),
            read_models=[ReadModelView.model_validate(one, from_attributes=True) for one in here],
            why=sentence(words(LANGUAGES[1]), there, here),
        )

    return routes


def where_pages(facts: Facts, pages: Pages) -> APIRouter:
    """`GET /operations/where?fact=`, for operators and auditors."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/operations/where", name="page_where", summary="Page: where a fact is, and why")
    def page_where(  # pyright: ignore[reportUnusedFunction]
        request: Request, session: Session, fact: str = ""
    ) -> Response:
        asked = fact.strip()
        told: dict[str, Any] = {"asked": asked, "why": None, "there": None, "here": []}
        if not asked:
            return pages.show(request, "shared/where.html", wrong=None, **told)
        if not re.fullmatch(NAMED, asked):
            return pages.show(request, "shared/where.html", status=422, wrong="no_name", **told)
        try:
            there, here = facts.where(request, session.caller, asked, session.access_token)
        except problems.Problem as problem:
            if problem.type != NO_SUCH_FACT.slug:
                raise
            return pages.show(request, "shared/where.html", status=404, wrong="no_fact", **told)
        told |= {"why": sentence(words_of(request), there, here)}
        told |= {"there": there, "here": here}
        return pages.show(request, "shared/where.html", wrong=None, **told)

    return routes
