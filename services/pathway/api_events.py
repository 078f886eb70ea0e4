"""The events over HTTP for consuming systems: the messages of the events topic, to follow or to heal with."""

import asyncio
import time
from collections.abc import Coroutine, Iterator
from contextlib import nullcontext
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from plumbing import problems
from plumbing.access import NOT_TRACED
from plumbing.callers import Caller
from plumbing.problems import INVALID_REQUEST, ProblemType
from plumbing.prompt_http import ENDING
from plumbing.sign_in import signed_in
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from pathway import api_problems
from pathway.api_models import EventsAnswer
from pathway.api_problems import REFUSALS
from pathway.api_rights import Trace
from pathway.api_sight import Sight
from pathway.domain.refusals import UnknownPathway
from pathway.feed import BeyondTheLog, Feed, Page, Untellable
from pathway.news import MOST_OF_ONE, MOST_WAITING, News, TooManyWait
from pathway.store import Store

LONGEST_WAIT = 25.0
MOST_EVENTS = 500
SECONDS_BETWEEN_LOOKS = 0.5
SignedIn = Annotated[Caller, Depends(signed_in)]

BEYOND_THE_LOG = ProblemType(
    "beyond-the-log",
    409,
    "You read further than this log ever came",
    "It is another store, or an older copy of it. Stop, and ask the operators which one counts; "
    "where it is this one, build anew from `after=0`.",
)
TOO_MANY_WAIT = ProblemType(
    "too-many-wait",
    429,
    "There is no place left to wait in",
    f"Ask again in a moment, or without `wait`. {MOST_WAITING} requests may wait in each process, "
    f"{MOST_OF_ONE} of one caller: one that follows the log for you is enough.",
)
UNTELLABLE = ProblemType(
    "event-untellable",
    503,
    "An event cannot be told as it was published",
    "Tell the operators the correlation id: `pathway audit chain` names a fact that was changed, and "
    "where it names none, another release recorded it.",
)
TYPES = (BEYOND_THE_LOG, TOO_MANY_WAIT, UNTELLABLE)
_MAY_ANSWER = (
    REFUSALS[UnknownPathway],
    INVALID_REQUEST,
    *TYPES,
    NOT_TRACED,
    api_problems.STORE_AWAY,
)
_SOON = {"Retry-After": "2"}


class EventsAsked(BaseModel):
    """Which events, and how long to wait for them."""

    model_config = ConfigDict(extra="forbid")
    after: Annotated[
        str,
        Field(
            pattern="^(0|[1-9][0-9]{0,17})$",
            description="After this place in the log: `next` of the answer before, or the "
            "`globalposition` of an event; 0 is the beginning",
            examples=["40249"],
        ),
    ] = "0"
    limit: Annotated[int, Field(ge=1, le=MOST_EVENTS, description="At most so many")] = 100
    wait: Annotated[
        int,
        Field(
            ge=0,
            le=int(LONGEST_WAIT),
            description="Where there are none: wait so many seconds for the first",
        ),
    ] = 0
    pathway: Annotated[
        UUID | None, Field(description="Of this pathway only, in the order of its versions")
    ] = None


class _Telling:
    """One look at the log: whom it shows is traced before it goes out."""

    def __init__(self, feed: Feed, trace: Trace, sight: Sight) -> None:
        self._feed, self._trace, self._sight = feed, trace, sight

    def page(self, asked: EventsAsked, request: Request, caller: Caller) -> Page:
        """The next events as the caller may see them. Raises Problems and `StoreAway`."""
        if asked.pathway:
            self._sight.pathway(request, caller, asked.pathway)
        try:
            page = self._feed.page(int(asked.after), asked.limit, asked.pathway)
        except BeyondTheLog as beyond:
            raise BEYOND_THE_LOG.problem(f"{beyond} {BEYOND_THE_LOG.way_out}") from None
        except Untellable as broken:
            raise UNTELLABLE.problem(f"{broken}. {UNTELLABLE.way_out}") from broken
        if page.pathways:
            rulings = self._sight.rulings(request, caller, page.pathways)
            shown = {one.person_ref: one.rule for one in rulings.values() if one.permits}
            # A version may not be left out, so who is not held or not to be seen stops it all.
            if not all(p in rulings and rulings[p].permits for p in page.pathways):
                raise NOT_TRACED.problem()
            self._trace.permitted(request, caller, shown)
        return page


def event_routes(store: Store, trace: Trace, sight: Sight, schemas_base: str) -> APIRouter:
    """`GET /v1/events`."""
    routes = APIRouter(prefix="/v1/events", tags=["events"])
    feed = Feed(store, schemas_base)
    telling = _Telling(feed, trace, sight)
    news = News(lambda: store.database_url, feed.heads)

    @routes.get(
        "",
        name="events",
        operation_id="events",
        summary="The events of all pathways in the log's order, as they stand on the topic",
        response_model=EventsAnswer,
        responses=problems.responses(*_MAY_ANSWER),
    )
    async def events(  # pyright: ignore[reportUnusedFunction]
        asked: Annotated[EventsAsked, Query()], request: Request, caller: SignedIn
    ) -> Response:
        """Each byte for byte as on the topic; only what was published. Go on with `after=` its `next`.

        Of one pathway, to heal a gap with: ask until there are none left.
        """
        until = time.monotonic() + min(asked.wait, LONGEST_WAIT)
        try:
            with news.place(caller.ref) if asked.wait else nullcontext():
                page = await run_in_threadpool(telling.page, asked, request, caller)
                while not page.messages and (left := until - time.monotonic()) > 0:
                    if not await news.beyond(page.published, left, list(_ends(request))):
                        break
                    # What wakes a reader of one pathway is mostly about others.
                    await asyncio.sleep(SECONDS_BETWEEN_LOOKS if asked.pathway else 0)
                    page = await run_in_threadpool(telling.page, asked, request, caller)
        except TooManyWait as many:
            problem = TOO_MANY_WAIT.problem(f"{many} {TOO_MANY_WAIT.way_out}", headers=_SOON)
            raise problem from None
        return Response(page.to_json(), media_type="application/json")

    return routes


def _ends(request: Request) -> Iterator[Coroutine[Any, Any, object]]:
    """What ends a wait before its time: the caller went away, or the server is told to stop."""
    yield _gone(request)
    ending: asyncio.Event | None = request.scope.get("state", {}).get(ENDING)
    if ending is not None:
        yield ending.wait()


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
