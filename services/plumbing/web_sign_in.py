"""Signing in to server-rendered pages: OpenID Connect's code flow with PKCE, and a session."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Self, cast
from urllib.parse import urlencode, urlsplit

import httpx2
from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import RedirectResponse
from psycopg import Connection
from psycopg_pool import ConnectionPool
from pydantic import BaseModel, ConfigDict, Field, SecretStr
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from plumbing.callers import Caller
from plumbing.clock import Clock, utc_now
from plumbing.logs import failure, logger
from plumbing.problems import ProblemType
from plumbing.rights import Open, Rights
from plumbing.sign_in import SignInSettings, tokens_of
from plumbing.tokens import (
    FETCH_TIMEOUT_SECONDS,
    ISSUER_AWAY,
    Issuer,
    IssuerUnreachable,
    Tokens,
    not_signed_in,
)
from plumbing.web_sessions import SESSION_COOKIE, WebSession, WebSessions, csrf_token_of

STARTED_COOKIE = "vdab_pathway_sign_in"
CALLBACK_PATH = "/sign-in/callback"
LONGEST_SESSION = timedelta(hours=12)
TIME_TO_SIGN_IN = timedelta(minutes=10)

SIGN_IN_FAILED = ProblemType(
    "sign-in-failed", 400, "Signing in did not work", "Go to /sign-in and try again."
)
FORM_NOT_OURS = ProblemType(
    "form-not-ours", 403, "The form does not come from these pages", "Open the page again."
)
TYPES = (SIGN_IN_FAILED, FORM_NOT_OURS)

ENDPOINTS: Rights = dict.fromkeys(
    ("sign_in_start", "sign_in_callback", "sign_out"), Open.TO_EVERYONE
)

log = logger(__name__)


class WebSignInSettings(SignInSettings):
    """How these pages sign people in."""

    oidc_client_id: str = Field(
        default="vdab-pathway-web", description="the client as which the issuer knows these pages"
    )
    oidc_client_secret: SecretStr = Field(
        default=SecretStr(""), description="that client's secret; empty for a public client"
    )
    oidc_scope: str = Field(
        default="openid profile vo vdab_traject",
        pattern=r"^(\S+ )*openid( \S+)*$",
        description="the scopes that people are signed in with, openid among them: the issuer gives "
        "the claims of those alone (at ACM/IDM `vo` for who and for whom, the application's own for rights)",
    )
    web_public_url: str = Field(
        default="http://127.0.0.1:8400",
        pattern="^https?://[^/]+$",
        description="the address of these pages in a browser, such as https://pathway.example",
    )


class _Started(BaseModel):
    """What the browser keeps between leaving for the issuer and coming back.

    It may come back as anything at all: a cookie is whatever somebody put there.
    """

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")

    state: str
    nonce: str
    verifier: str
    return_to: str

    def as_cookie(self) -> str:
        return base64.urlsafe_b64encode(self.model_dump_json().encode()).decode()

    @classmethod
    def from_cookie(cls, text: str) -> Self | None:
        # pydantic's own reader of JSON: of any depth it says that it is wrong, and it takes no half a sign.
        try:
            return cls.model_validate_json(base64.urlsafe_b64decode(text.encode()))
        except ValueError:
            return None


@dataclass(frozen=True)
class WebSignIn:
    """Everything that signing in needs; made by `web_sign_in_of`."""

    settings: WebSignInSettings
    issuer: Issuer
    tokens: Tokens
    sessions: WebSessions
    now: Clock

    @property
    def secure(self) -> bool:
        """Whether cookies are for https alone."""
        return self.settings.web_public_url.startswith("https:")

    @property
    def callback(self) -> str:
        """Where the issuer sends people back to."""
        return f"{self.settings.web_public_url}{CALLBACK_PATH}"

    def endpoint(self, name: str) -> str:
        """An address of the issuer; a 503 Problem when it does not answer."""
        try:
            return self.issuer.endpoint(name)
        except IssuerUnreachable as error:
            raise ISSUER_AWAY.problem(headers={"Retry-After": "5"}) from error


def web_sign_in_of(
    settings: WebSignInSettings,
    pool: ConnectionPool[Connection[Any]],
    schema: str,
    now: Clock = utc_now,
) -> WebSignIn:
    """Sign-in by these settings, with sessions in `schema`.web_session."""
    tokens = tokens_of(settings, now)
    return WebSignIn(settings, tokens.issuer, tokens, WebSessions(pool, schema, tokens, now), now)


def install(app: FastAPI, web: WebSignIn) -> None:
    """Add `/sign-in`, its callback and `POST /sign-out` to `app`, and let pages ask who is there."""
    app.state.web_sign_in = web
    router = APIRouter(include_in_schema=False)
    router.get("/sign-in")(sign_in_start)
    router.get(CALLBACK_PATH)(sign_in_callback)
    router.post("/sign-out")(sign_out)
    app.include_router(router)


async def web_session(request: Request) -> WebSession:
    """Who is signed in: `session: Annotated[WebSession, Depends(web_session)]` in a page.

    Without a session a page sends to sign-in, and back to itself afterwards, and so does a form,
    whose page is asked for again: a browser keeps on disk what was sent to a page that it shows.
    Anything else, such as a part of a page, gets a 401 Problem.
    """
    known = cast("WebSession | None", getattr(request.state, "web_session", None))
    # The check of rights asked before the page does: to ask again in a thread would cost its way there.
    return known or await run_in_threadpool(session_of, request)


def session_of(request: Request) -> WebSession:
    """The same for who is in a thread already."""
    value = request.cookies.get(SESSION_COOKIE, "")
    session = _web(request).sessions.find(value) if value else None
    if session is None:
        raise _to_sign_in(request) if _wants_page(request) else not_signed_in()
    request.state.web_session = session
    request.state.caller = session.caller
    return session


def _to_sign_in(request: Request) -> HTTPException:
    page = _address(request) if request.method == "GET" else request.url.path
    query = urlencode({"return_to": page})
    return HTTPException(303, headers={"Location": f"/sign-in?{query}"})


async def page_caller(request: Request) -> Caller:
    """Who is signed in, for `by_rights(..., who=page_caller)`; else as `web_session`."""
    return (await web_session(request)).caller


async def our_form(request: Request) -> None:
    """A dependency for everything that a page sends: a Problem (403) when another site sent it.

    The session's `csrf_token` comes in the field `csrf_token` or the header X-CSRF-Token.
    """
    if SESSION_COOKIE not in request.cookies and _wants_page(request):
        raise _to_sign_in(request)
    expected = csrf_token_of(request.cookies.get(SESSION_COOKIE, ""))
    given: object = request.headers.get("X-CSRF-Token")
    if given is None:
        given = (await request.form()).get("csrf_token")
    if not isinstance(given, str) or not hmac.compare_digest(given.encode(), expected.encode()):
        raise FORM_NOT_OURS.problem()


def sign_in_start(request: Request, return_to: str = "/") -> RedirectResponse:
    """Leave for the issuer; `return_to` is the page to come back to."""
    web = _web(request)
    started = _Started(
        state=secrets.token_urlsafe(24),
        nonce=secrets.token_urlsafe(24),
        verifier=secrets.token_urlsafe(48),
        return_to=_local(return_to),
    )
    if request.url.netloc != urlsplit(web.settings.web_public_url).netloc:
        # By another name of this machine the cookie would be lost on the way back.
        query = urlencode({"return_to": started.return_to})
        return RedirectResponse(f"{web.settings.web_public_url}/sign-in?{query}", status_code=303)
    challenge = hashlib.sha256(started.verifier.encode()).digest()
    asked = {
        "response_type": "code",
        "client_id": web.settings.oidc_client_id,
        "redirect_uri": web.callback,
        "scope": web.settings.oidc_scope,
        "state": started.state,
        "nonce": started.nonce,
        "code_challenge": base64.urlsafe_b64encode(challenge).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    answer = RedirectResponse(
        f"{web.endpoint('authorization_endpoint')}?{urlencode(asked)}", status_code=303
    )
    answer.set_cookie(
        _started_cookie(started.state),
        started.as_cookie(),
        max_age=int(TIME_TO_SIGN_IN.total_seconds()),
        path=CALLBACK_PATH,
        secure=web.secure,
        httponly=True,
        samesite="lax",
    )
    return answer


def sign_in_callback(request: Request, state: str = "", code: str = "") -> RedirectResponse:
    """Back from the issuer: the code becomes a session, and the browser goes where it was."""
    web = _web(request)
    started = _Started.from_cookie(request.cookies.get(_started_cookie(state), ""))
    if started is None or not hmac.compare_digest(started.state.encode(), state.encode()):
        raise SIGN_IN_FAILED.problem("It was not begun in this browser, or too long ago.")
    if not code:
        raise SIGN_IN_FAILED.problem("The issuer did not let you in.")
    told = _exchange(web, code, started.verifier)
    expires_at = _verified(web, told, started.nonce)
    old = request.cookies.get(SESSION_COOKIE)
    if old:
        web.sessions.end(old)
    value = web.sessions.begin(str(told["access_token"]), expires_at)
    answer = RedirectResponse(_local(started.return_to), status_code=303)
    answer.delete_cookie(_started_cookie(state), path=CALLBACK_PATH)
    answer.set_cookie(
        SESSION_COOKIE, value, path="/", secure=web.secure, httponly=True, samesite="lax"
    )
    return answer


def sign_out(request: Request, _ours: Annotated[None, Depends(our_form)]) -> RedirectResponse:
    """End the session here, and then at the issuer, which sends the browser back to `/`."""
    web = _web(request)
    web.sessions.end(request.cookies.get(SESSION_COOKIE, ""))
    try:
        query = urlencode(
            {
                "client_id": web.settings.oidc_client_id,
                "post_logout_redirect_uri": f"{web.settings.web_public_url}/",
            }
        )
        goal = f"{web.issuer.endpoint('end_session_endpoint')}?{query}"
    except IssuerUnreachable:
        goal = "/"
    answer = RedirectResponse(goal, status_code=303)
    answer.delete_cookie(SESSION_COOKIE, path="/")
    return answer


def _exchange(web: WebSignIn, code: str, verifier: str) -> Mapping[str, object]:
    secret = web.settings.oidc_client_secret.get_secret_value()
    try:
        answer = httpx2.post(
            web.endpoint("token_endpoint"),
            data={
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": web.callback,
                "code_verifier": verifier,
                "client_id": web.settings.oidc_client_id,
            },
            auth=(web.settings.oidc_client_id, secret) if secret else None,
            timeout=FETCH_TIMEOUT_SECONDS,
        )
        told: object = answer.json()
    except (httpx2.HTTPError, ValueError) as error:
        log.warning("code not exchanged", failure=failure(error))
        raise ISSUER_AWAY.problem(headers={"Retry-After": "5"}) from error
    if not answer.is_success or not isinstance(told, dict):
        log.warning("code refused", status=answer.status_code)
        raise SIGN_IN_FAILED.problem("The issuer does not know this sign-in any more.")
    return cast("Mapping[str, object]", told)


def _verified(web: WebSignIn, told: Mapping[str, object], nonce: str) -> datetime:
    """Until when the tokens are good; a Problem when they are not for us, now, and this browser."""
    identity = web.tokens.identity_claims(
        str(told.get("id_token", "")), web.settings.oidc_client_id
    )
    token = str(told.get("access_token", ""))
    access = web.tokens.access_claims(token)
    # One that names nobody would begin a session that no page takes, and lead to sign-in without end.
    web.tokens.caller(token)
    if identity.get("nonce") != nonce or identity["sub"] != access["sub"]:
        raise SIGN_IN_FAILED.problem("The issuer's answer belongs to another sign-in.")
    expires_at = datetime.fromtimestamp(float(cast("float", access["exp"])), UTC)
    return min(expires_at, web.now() + LONGEST_SESSION)


def _web(request: Request) -> WebSignIn:
    return cast("WebSignIn", request.app.state.web_sign_in)


def _wants_page(request: Request) -> bool:
    whole = "HX-Request" not in request.headers
    return whole and "text/html" in request.headers.get("Accept", "")


def _address(request: Request) -> str:
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def _local(address: str) -> str:
    """The address if it is a page of ours, else `/`: nobody is sent on to another site."""
    # Browsers read a backslash as a slash, and pass over tabs and line ends.
    plain = address.startswith("/") and not address.startswith("//")
    return address if plain and address.isprintable() and "\\" not in address else "/"


def _started_cookie(state: str) -> str:
    """One cookie for each sign-in under way, so that two tabs do not spoil each other's."""
    return f"{STARTED_COOKIE}_{hashlib.sha256(state.encode()).hexdigest()[:12]}"
