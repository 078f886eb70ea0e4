"""Errors over HTTP as RFC 9457 problem details: which rule, where, and the way out."""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from typing import cast

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, Response
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.routing import compile_path
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from plumbing import correlation, problem_schema
from plumbing.logs import failure, logger
from plumbing.routes import route_of

MEDIA_TYPE = "application/problem+json"
EXAMPLE_CORRELATION = "01931f0a-7c1e-7bb2-9d0e-6a1f5f0c2b3d"

log = logger(__name__)


@dataclass(frozen=True)
class FieldError:
    """One thing wrong with a request: in its body at `pointer`, or in a `parameter`.

    `pointer` is a JSON pointer as fragment (`#/fields/0/name`); `parameter` is named with the
    place it stands in (`query id`, `header If-Match`).
    """

    detail: str
    pointer: str = ""
    parameter: str = ""

    def as_json(self) -> dict[str, str]:
        """The same without what is empty."""
        told = {"pointer": self.pointer, "parameter": self.parameter, "detail": self.detail}
        return {name: value for name, value in told.items() if value}


class Problem(Exception):
    """A request that cannot be answered; raise it anywhere below a route.

    `type` is a slug that never changes, `title` the same for every problem of the type, `detail`
    is about this one and says the way out. `members` are added to the answer as they are. None of
    it repeats what may be personal.
    """

    def __init__(
        self,
        *,
        status: int,
        type: str,  # noqa: A002  # The RFC's name for it.
        title: str,
        detail: str = "",
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        **members: object,
    ) -> None:
        super().__init__(title)
        self.status = status
        self.type = type
        self.title = title
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = dict(headers or {})
        self.members = members

    def as_json(self) -> dict[str, object]:
        """The body of the answer."""
        body: dict[str, object] = {
            "type": f"/problems/{self.type}",
            "title": self.title,
            "status": self.status,
        }
        if self.detail:
            body["detail"] = self.detail
        if self.errors:
            body["errors"] = [error.as_json() for error in self.errors]
        return body | self.members | {"correlation_id": correlation.current().correlation_id}


@dataclass(frozen=True)
class ProblemType:
    """A kind of problem, told once: for the answers, for OpenAPI and for the page of problems."""

    slug: str
    status: int
    title: str
    way_out: str

    def problem(
        self,
        detail: str = "",
        *,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        **members: object,
    ) -> Problem:
        """A problem of this type to raise; without `detail` it tells the way out."""
        return Problem(
            status=self.status,
            type=self.slug,
            title=self.title,
            detail=detail or self.way_out,
            errors=errors,
            headers=headers,
            **members,
        )


INVALID_REQUEST = ProblemType(
    "invalid-request", 422, "The request is not valid", "Correct what `errors` names."
)
MALFORMED_JSON = ProblemType(
    "malformed-json", 400, "The body is not JSON", "Send a JSON body in UTF-8."
)
UNEXPECTED = ProblemType(
    "unexpected",
    500,
    "Something went wrong on our side",
    "Try again; if it stays, report the correlation id.",
)

# What the web framework refuses before any code of ours has seen the request.
FRAMEWORK_TYPES = {
    kind.status: kind
    for kind in (
        ProblemType("bad-request", 400, "The request cannot be read", "Check method and body."),
        ProblemType("not-found", 404, "There is nothing here", "Check the address."),
        ProblemType(
            "method-not-allowed",
            405,
            "This address does not take this method",
            "Use a method that the header Allow names.",
        ),
        ProblemType("too-large", 413, "The body is too large", "Send less at once."),
        ProblemType("unsupported-media-type", 415, "The body is of a kind not taken", "Send JSON."),
    )
}
OWN_TYPES = (INVALID_REQUEST, MALFORMED_JSON, UNEXPECTED, *FRAMEWORK_TYPES.values())
PAGES = ("problem_types", "problem_type")


Page = Callable[[Request, Problem], Response]


def install(app: FastAPI, types: Iterable[ProblemType] = (), page: Page | None = None) -> None:
    """Answer every error of `app` with problem details, and serve `/problems` about `types`.

    Browsers get what `page` makes of a problem, where it is given. Call it after the app's own
    middleware is added. Raises ValueError when two types share a slug.
    """
    app.state.problem_page = page
    known: dict[str, ProblemType] = {}
    for kind in (*OWN_TYPES, *types):
        if known.setdefault(kind.slug, kind) != kind:
            raise ValueError(f"two problem types are called {kind.slug}")
    app.add_exception_handler(Problem, _on_problem)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_middleware(UnexpectedErrors)
    _serve_pages(app, known)
    problem_schema.describe_in_openapi(app)


def responses(*types: ProblemType) -> dict[int | str, dict[str, object]]:
    """What a route gives as `responses=` to document the problems that it may answer with."""
    by_status: dict[int, list[ProblemType]] = {}
    for kind in types:
        by_status.setdefault(kind.status, []).append(kind)
    return {
        status: problem_schema.response(
            " ".join(f"{kind.title}." for kind in kinds),
            {kind.slug: _example(kind) for kind in kinds},
        )
        for status, kinds in by_status.items()
    }


@cache
def _example(kind: ProblemType) -> dict[str, object]:
    # Each kind stands at tens of endpoints; making each anew was half of an app's start.
    told = kind.problem().as_json() | {"correlation_id": EXAMPLE_CORRELATION}
    return {"summary": kind.title, "value": told}


def answer(request: Request, problem: Problem) -> Response:
    """The HTTP answer that tells of `problem`: problem details, or to a browser the app's page."""
    page = cast("Page | None", getattr(request.app.state, "problem_page", None))
    if page is not None and "text/html" in request.headers.get("Accept", ""):
        shown = page(request, problem)
        shown.status_code = problem.status
        shown.headers.update(problem.headers)
        return shown
    # Escaped to ASCII, because a field name with half a surrogate pair has no UTF-8.
    return Response(
        json.dumps(problem.as_json(), default=str),
        status_code=problem.status,
        headers=problem.headers,
        media_type=MEDIA_TYPE,
    )


class UnexpectedErrors:
    """Answers what nobody caught with a problem without a trace, and logs where it came from."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def watched_send(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watched_send)
        except Exception as error:
            log.error("unexpected error", failure=failure(error), route=route_of(scope))  # noqa: TRY400
            if started:
                # Half an answer is out: only a broken connection tells that it is not whole.
                raise
            await answer(Request(scope), UNEXPECTED.problem())(scope, receive, send)


def _on_problem(request: Request, error: Exception) -> Response:
    return answer(request, cast("Problem", error))


def _on_http_exception(request: Request, error: Exception) -> Response:
    told = cast("HTTPException", error)
    headers = dict(told.headers or {})
    if told.status_code in {204, 304} or told.status_code < 400:  # noqa: PLR2004
        return Response(status_code=told.status_code, headers=headers)
    if told.status_code == 405:  # noqa: PLR2004
        headers["Allow"] = ", ".join(sorted(_methods(request)))
    kind = FRAMEWORK_TYPES.get(told.status_code) or ProblemType(
        f"http-{told.status_code}", told.status_code, "The request was refused", ""
    )
    return answer(request, kind.problem(headers=headers))


def _methods(request: Request) -> set[str]:
    # The framework names those of the first endpoint at this address only.
    path = str(request.scope["path"])
    found: set[str] = set()
    for route in iter_route_contexts(cast("FastAPI", request.app).routes):
        if route.path and compile_path(route.path)[0].match(path):
            found.update(route.methods or ())
    return found


def _on_invalid(request: Request, error: Exception) -> Response:
    told = cast("RequestValidationError", error).errors()
    for wrong in cast("Sequence[Mapping[str, object]]", told):
        if wrong.get("type") == "json_invalid":
            place = cast("Sequence[object]", wrong["loc"])[-1]
            detail = f"It stops being JSON at character {place}."
            return answer(request, MALFORMED_JSON.problem(detail))
    errors = [_field_error(wrong) for wrong in cast("Sequence[Mapping[str, object]]", told)]
    return answer(request, INVALID_REQUEST.problem(errors=errors))


_INSZ_LIKE = re.compile(r"\d{2}[. ]?\d{2}[. ]?\d{2}[- ]?\d{3}[. ]?\d{2}")
_LIKE_ONE_IN_TEXT = re.compile(r"(?<!\d)\d{2}([-. /]?\d{2}){2}[-. /]?\d{3}[-. /]?\d{2}(?!\d)")
_OUR_OWN_MESSAGES = ("value_error", "assertion_error")


def looks_like_insz(text: str) -> bool:
    """Whether something in the text has the digits of a national number, however they are written."""
    return bool(_LIKE_ONE_IN_TEXT.search(text))


def _field_error(wrong: Mapping[str, object]) -> FieldError:
    """Pydantic's error without the input: neither as value, nor as quoted in its message."""
    place, *path = cast("Sequence[str | int]", wrong["loc"])
    message = str(wrong["msg"]).removeprefix("Value error, ").removeprefix("Assertion failed, ")
    given: object = wrong.get("input")
    if wrong["type"] == "union_tag_invalid":
        context = cast("Mapping[str, object]", wrong.get("ctx", {}))
        message = f"Input should have one of the tags {context.get('expected_tags')}"
    elif wrong["type"] not in _OUR_OWN_MESSAGES and isinstance(given, str | int | float):
        quoted = str(given)
        message = message.replace(quoted, "…") if len(quoted) > 2 else message  # noqa: PLR2004
    message = _INSZ_LIKE.sub("…", message)
    if place != "body":
        parameter = _INSZ_LIKE.sub("…", " ".join(map(str, (place, *path))))
        return FieldError(message, parameter=parameter)
    steps = (str(step).replace("~", "~0").replace("/", "~1") for step in path)
    return FieldError(message, pointer=_INSZ_LIKE.sub("…", "#" + "".join(f"/{s}" for s in steps)))


def _serve_pages(app: FastAPI, known: Mapping[str, ProblemType]) -> None:
    def page(kinds: Iterable[ProblemType]) -> HTMLResponse:
        rows = "".join(
            f"<dt id='{escape(kind.slug)}'><code>/problems/{escape(kind.slug)}</code>"
            f" ({kind.status}) {escape(kind.title)}</dt><dd>{escape(kind.way_out)}</dd>"
            for kind in kinds
        )
        return HTMLResponse(
            f"<!doctype html><html lang='en'><title>Problems</title><h1>Problems</h1><dl>{rows}</dl>"
        )

    @app.get("/problems", include_in_schema=False)
    def problem_types() -> HTMLResponse:  # pyright: ignore[reportUnusedFunction]
        return page(sorted(known.values(), key=lambda kind: kind.slug))

    @app.get("/problems/{slug}", include_in_schema=False)
    def problem_type(slug: str) -> HTMLResponse:  # pyright: ignore[reportUnusedFunction]
        if slug not in known:
            raise FRAMEWORK_TYPES[404].problem("No problem of ours has this name; see /problems.")
        return page([known[slug]])
