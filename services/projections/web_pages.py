"""How pages are made: templates in the reader's language, one frame for all, errors for people."""

import hashlib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast, get_origin
from urllib.parse import urlencode, urlsplit

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response
from fastapi.staticfiles import StaticFiles
from jinja2 import Environment, PackageLoader, PrefixLoader, StrictUndefined
from jinja2.runtime import Context, Macro
from plumbing import correlation
from plumbing.clock import Clock
from plumbing.problems import Problem
from plumbing.web_sessions import WebSession
from pydantic import BaseModel, ValidationError
from starlette.datastructures import MutableHeaders
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from projections.time_bar import TimeBar, as_known_then, time_asked, time_bar
from projections.web_reading import UNKNOWN_PATHWAY
from projections.web_rights import may
from projections.words import LANGUAGES, Words, words

AnyAsked = TypeVar("AnyAsked", bound=BaseModel)

LANGUAGE_COOKIE = "vdab_pathway_language"
YEAR_IN_SECONDS = 365 * 24 * 3600
KEEP = f"public, max-age={YEAR_IN_SECONDS}, immutable"
STATIC = Path(__file__).parent / "static"

MENU = (
    ("page_caseload", "/caseload"),
    ("page_enrol", "/enrol"),
    ("page_reports", "/reports"),
    ("page_published_list", "/published"),
    ("page_access", "/access"),
    ("page_operations", "/operations"),
    ("page_where", "/operations/where"),
)
"""The pages that the menu leads to, for those who may see them."""


class Pages:
    """Makes pages. `issuer` is where sign-in and sign-out lead to, the one other site that forms may."""

    def __init__(self, issuer: str, now: Clock) -> None:
        self._now = now
        site = urlsplit(issuer)
        self.policy = (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
            "connect-src 'self'; base-uri 'none'; "
            f"form-action 'self' {site.scheme}://{site.netloc}; frame-ancestors 'none'"
        )
        self._templates = _environment()

    def show(
        self,
        request: Request,
        template: str,
        *,
        status: int = 200,
        time: TimeBar | None = None,
        **values: object,
    ) -> HTMLResponse:
        """The page that `template` makes of `values`, in the language that the reader chose.

        The bar of the clocks is of what is `asked`, or this one.
        """
        chosen = request.query_params.get("lang")
        language = language_of(request)
        told = words(language)
        session = _session(request)

        def allowed(name: str) -> bool:
            return session is not None and may(session.caller, name)

        time = time or time_bar(request, values.get("asked"))
        body = self._templates.get_template(template).render(
            _=told,
            many=told.many,
            address=address,
            static=_static_address,
            words=told,
            session=session,
            allowed=allowed,
            menu=_menu(allowed, time),
            time=time,
            languages=[(code, _in_language(request, code)) for code in LANGUAGES],
            path=request.url.path,
            this_moment=self._now(),
            **values,
        )
        answer = HTMLResponse(body, status_code=status)
        if chosen == language:
            answer.set_cookie(
                LANGUAGE_COOKIE, language, max_age=YEAR_IN_SECONDS, httponly=True, samesite="lax"
            )
        return answer

    def problem(self, request: Request, problem: Problem) -> Response:
        """A problem as people need it: what happened, what to do, and what to name when asking."""
        kind = problem.type if problem.type in _TOLD_BY_TYPE else str(problem.status)
        session = _session(request)
        lifts = session is not None and may(session.caller, "page_override")
        return self.show(
            request,
            "shared/problem.html",
            status=problem.status,
            kind=kind,
            asked=past if (past := time_asked(request.query_params)).then else None,
            status_code=problem.status,
            give_reason_for=request.path_params.get("pathway_id")
            if lifts and problem.type == UNKNOWN_PATHWAY.slug
            else None,
            correlation_id=correlation.current().correlation_id,
        )


_TOLD_BY_TYPE = frozenset(
    {
        "sign-in-failed",
        "form-not-ours",
        "not-traced",
        "nothing-known-then",
        "standing-away",
        "issuer-away",
        "unknown-pathway",
        "where-away",
        "no-such-command",
        "not-parked",
        "no-demo",
        "demo-away",
    }
)
"""Problems of which a page has more to say than of their status."""


def language_of(request: Request) -> str:
    """The reader's language: what the address asks, else what they chose before, else Dutch."""
    asked = (request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE))
    return next((code for code in asked if code in LANGUAGES), LANGUAGES[0])


def words_of(request: Request) -> Words:
    """The words of the reader's language."""
    return words(language_of(request))


def address(path: str, parameters: Mapping[str, object]) -> str:
    """A local address with those parameters that have a value; lists give one each."""
    given = {name: value for name, value in parameters.items() if value not in (None, "", [], ())}
    return f"{path}?{urlencode(given, doseq=True)}" if given else path


def asked_by_form(
    request: Request, model: type[AnyAsked], defaults: Mapping[str, object]
) -> tuple[AnyAsked, frozenset[str]]:
    """What a form by GET asks, and the names of the fields that could not be understood.

    A field left empty counts as not sent. Those that are wrong have their default instead: a page
    shows what it can, and says what it passed over.
    """
    lists = {
        f.alias or n for n, f in model.model_fields.items() if get_origin(f.annotation) is list
    }
    told: dict[str, object] = {}
    for name in request.query_params:
        values = [value for value in request.query_params.getlist(name) if value.strip()]
        if values and name != "lang":
            told[name] = values if name in lists else values[-1]
    if "as_of" in model.model_fields:
        told = as_known_then(told)
    wrong: set[str] = set()
    while True:
        try:
            return model.model_validate({**defaults, **told}), frozenset(wrong)
        except ValidationError as invalid:
            # What is wrong between fields has no place; then all that was told goes.
            places = {str(error["loc"][0]) for error in invalid.errors() if error["loc"]}
            found = places & told.keys() or set(told)
            if not found:
                raise
            wrong |= found
            told = {name: value for name, value in told.items() if name not in found}


def serve_static(app: FastAPI) -> None:
    """`/static`: style, scripts and pictures, ours or copies of others', all from here, packed.

    Only these. A page holds the session's form token beside words that an address may choose; the length
    of both packed together would tell of the token, guess by guess (BREACH).
    """
    app.mount(
        "/static", GZipMiddleware(StaticFiles(directory=STATIC), minimum_size=1000), name="static"
    )


class PageHeaders:
    """Says with every answer what a browser may do with it: little, and keep only what is static."""

    def __init__(self, app: ASGIApp, policy: str) -> None:
        self.app = app
        self._headers = {
            "Content-Security-Policy": policy,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        is_static = scope["path"].startswith("/static/")

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers[name] = value
                if is_static and message["status"] == 200:  # noqa: PLR2004
                    headers["Cache-Control"] = KEEP
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self.app(scope, receive, send_with_headers)


def _session(request: Request) -> WebSession | None:
    """Who is signed in, where that was asked for this request."""
    return cast("WebSession | None", getattr(request.state, "web_session", None))


class _Plain(Context):
    """Calls what a template calls as it is: a page does so a thousand times, and only macros ask for more."""

    def call(
        self,
        called: Any,  # noqa: ANN401 - Whatever a template calls.
        /,
        *args: Any,  # noqa: ANN401
        _block_vars: object = None,
        _loop_vars: object = None,
        **named: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        """What is called, with what it is called with."""
        if isinstance(called, Macro):
            return called(self.eval_ctx, *args, **named)
        return called(*args, **named)


class _Environment(Environment):
    context_class = _Plain


@cache
def _environment() -> Environment:
    return _Environment(
        loader=PrefixLoader(
            {
                "counsellor": PackageLoader("projections.counsellor"),
                "reporting": PackageLoader("projections.reporting"),
                "publishing": PackageLoader("projections.publishing"),
                "shared": PackageLoader("projections"),
            }
        ),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        # Templates come with the package: to look at their files' times at each page finds nothing new.
        auto_reload=False,
    )


def _static_address(name: str) -> str:
    return f"/static/{name}?v={_DIGESTS[name]}"


_DIGESTS = {
    path.name: hashlib.sha256(path.read_bytes()).hexdigest()[:12] for path in STATIC.glob("*.*")
}
"""A changed file has another address, so that browsers may keep each for as long as they like."""


def _menu(allowed: Callable[[str], bool], time: TimeBar | None) -> list[tuple[str, str, str]]:
    """Name, path and address of each page that this reader may see, at the moment that they look at."""
    return [
        (name, path, time.of_menu(path) if time else path) for name, path in MENU if allowed(name)
    ]


def _in_language(request: Request, code: str) -> str:
    url = request.url.include_query_params(lang=code)
    return f"{url.path}?{url.query}"
