"""Who looked at whom: the read side's own looks over REST, and a page with both services' together."""

from collections.abc import Collection, Iterator, Mapping
from heapq import merge
from typing import Annotated, Literal, Protocol
from uuid import UUID

import httpx2
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from plumbing import access, access_reading, problems
from plumbing.access import NOT_TRACED
from plumbing.access_reading import NOBODYS, Look, LooksAnswer, LooksAsked, page_of
from plumbing.callers import Caller
from plumbing.correlation import in_the_name_of
from plumbing.logs import failure, logger
from plumbing.problems import INVALID_REQUEST, ProblemType
from plumbing.row_rights import Rule
from plumbing.sign_in import NOT_ALLOWED, access_token, signed_in
from plumbing.web_sessions import WebSession
from plumbing.web_sign_in import web_session
from pydantic import Field, ValidationError

from projections.counsellor import queries
from projections.schema import KEPT, Database
from projections.web_pages import Pages, asked_by_form
from projections.web_reading import READ_MODELS_AWAY, RETRY_SOON, ReadModels
from projections.web_rights import Rows, Trace

SignedIn = Annotated[Caller, Depends(signed_in)]
Session = Annotated[WebSession, Depends(web_session)]
Side = Literal["pathway", "projections"]
REFERENCES_AWAY = ProblemType(
    "references-away",
    503,
    "It cannot be told now by which references this person is known",
    "The write side, which knows, does not answer. Try again in a moment, or ask by employee.",
)
TIMEOUT = httpx2.Timeout(5, connect=1)
log = logger(__name__)


class LooksSource(Protocol):
    """Where the write side's looks come from."""

    def looks(self, asked: LooksAsked, access_token: str) -> LooksAnswer | None:
        """Its looks, as the bearer of `access_token` may see them; None when it cannot be asked."""
        ...


class WriteSideLooks:
    """The write side's `GET /v1/access` at `api_url`. Safe to use from many threads."""

    def __init__(self, api_url: str) -> None:
        self._address = f"{api_url.rstrip('/')}/v1/access"

    def looks(self, asked: LooksAsked, access_token: str) -> LooksAnswer | None:
        """As LooksSource says; the write side leaves its own trace of this. Raises nothing."""
        told = asked.model_dump(mode="json", by_alias=True, exclude_none=True)
        headers = in_the_name_of(access_token)
        try:
            answer = httpx2.get(self._address, params=told, headers=headers, timeout=TIMEOUT)
            answer.raise_for_status()
            return LooksAnswer.model_validate_json(answer.content)
        except (httpx2.HTTPError, ValidationError) as error:
            log.warning("looks not told", failure=failure(error))
            return None


class PageAsked(LooksAsked):
    """What the page's form asks; `cursor` is the read side's, `there` that of the write side."""

    there: Annotated[str | None, Field(pattern="^[0-9]{1,18}$")] = None

    def as_looks(self, cursor: str | None) -> LooksAsked:
        """The same as a question over REST."""
        told = self.model_dump(by_alias=True, exclude_none=True, exclude={"there", "cursor"})
        return LooksAsked.model_validate(told | ({"cursor": cursor} if cursor else {}))


class Looks:
    """The read side's looks, each reading of them traced."""

    def __init__(self, read_models: ReadModels, rows: Rows, trace: Trace) -> None:
        self._read_models = read_models
        self._rows = rows
        self._trace = trace

    def answer(
        self, request: Request, caller: Caller, asked: LooksAsked, there: LooksAnswer | None
    ) -> LooksAnswer:
        """The looks that `asked` is about, none of people before whom a barrier stands.

        `there` is what the write side answered, which alone knows who is known by two references;
        without it, about somebody, the answer is what we know ourselves. Raises the Problems of
        reading, of tracing and of `Rows.seen`.
        """
        hidden = self._rows.kept_from(request, caller)
        with self._read_models.snapshot() as connection:
            about = _about(connection, asked.about, there) if asked.about else None
            barrier = _barrier(about or [], hidden, there)
            if barrier is None:
                # Looks from before a person was known to us stand under their pathway.
                unseen = [*hidden, *queries.pathways_of(connection, hidden)]
                answer = access_reading.looks(
                    connection, KEPT, asked, about, page_of(asked), hidden=unseen
                )
                people = about[:1] if about else answer.people()
                shown = dict.fromkeys(people, access.BY_ENDPOINT)
                self._trace.permitted(connection, request, caller, shown)
                return answer
        self._trace.denied(request, caller, (about or [])[:1], barrier)
        return NOBODYS


def _about(connection: Database, told: UUID, there: LooksAnswer | None) -> list[UUID]:
    """Under which references looks stand: the person's, and each pathway's, as both sides know them.

    First the person `told`, or whose pathway it is.
    """
    under = there.under if there else []
    person = queries.traced_under(connection, told)
    people = [*under, person] if person == told else [person, *under]
    return list(dict.fromkeys([*people, told, *queries.pathways_of(connection, people)]))


def _barrier(
    about: Collection[UUID], hidden: Mapping[UUID, Rule], there: LooksAnswer | None
) -> str | None:
    """What keeps the caller from looks that stand under these references, if anything does."""
    known = next((hidden[one] for one in about if one in hidden), None)
    if known is None and about and there and not there.under:
        # Nobody's, or of somebody whom we do not know yet and before whom a barrier stands.
        return access.BY_ROW
    return known


def access_routes(looks: Looks, write_side: LooksSource) -> APIRouter:
    """`GET /v1/access`."""
    routes = APIRouter(prefix="/v1", tags=["trace"])

    @routes.get(
        "/access",
        name="access_looks",
        operation_id="access_looks",
        summary="Who looked at whom on the read side, the newest first",
        responses=problems.responses(
            INVALID_REQUEST, NOT_ALLOWED, NOT_TRACED, READ_MODELS_AWAY, REFERENCES_AWAY
        ),
    )
    def access_looks(  # pyright: ignore[reportUnusedFunction]
        asked: Annotated[LooksAsked, Query()], request: Request, caller: SignedIn
    ) -> LooksAnswer:
        """One look for each person in an answer. To read this list leaves looks of its own.

        About somebody, the write side is asked for their references in the caller's name, and leaves
        its own look.
        """
        there = None
        if asked.about:
            whom = LooksAsked(about=asked.about, limit=1)
            there = write_side.looks(whom, access_token(request))
            if there is None:
                raise REFERENCES_AWAY.problem(headers=RETRY_SOON)
        return looks.answer(request, caller, asked, there)

    return routes


def access_pages(looks: Looks, pages: Pages, write_side: LooksSource) -> APIRouter:
    """`GET /access`, for auditors: the looks of both services, the newest first."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/access", name="page_access", summary="Page: who looked at whom, on both sides")
    def page_access(request: Request, session: Session) -> Response:  # pyright: ignore[reportUnusedFunction]
        asked, wrong = asked_by_form(request, PageAsked, {})
        here, there = NOBODYS, None
        chosen = bool(asked.about or asked.caller)
        if chosen:
            there = write_side.looks(asked.as_looks(asked.there), session.access_token)
            here = looks.answer(request, session.caller, asked.as_looks(asked.cursor), there)
        told = list(_together(here, there or NOBODYS))[: asked.limit]
        more = len(told) < len(here.looks) + len(there.looks if there else []) or any(
            answer.next_cursor for answer in (here, there) if answer
        )
        return pages.show(
            request,
            "shared/access.html",
            asked=asked,
            wrong=wrong,
            chosen=chosen,
            missing=chosen and there is None,
            looks=told,
            more={
                **asked.model_dump(mode="json", by_alias=True, exclude_defaults=True),
                "cursor": _last(told, "projections") or asked.cursor,
                "there": _last(told, "pathway") or asked.there,
            }
            if more
            else None,
        )

    return routes


def _together(here: LooksAnswer, there: LooksAnswer) -> Iterator[tuple[Side, Look]]:
    """Both by moment, the newest first, each in its own order, so that a page ends each at a place."""
    own: list[tuple[Side, Look]] = [("projections", look) for look in here.looks]
    other: list[tuple[Side, Look]] = [("pathway", look) for look in there.looks]
    return merge(own, other, key=lambda one: one[1].at, reverse=True)


def _last(told: list[tuple[Side, Look]], side: Side) -> str | None:
    return next((str(look.number) for of, look in reversed(told) if of == side), None)
