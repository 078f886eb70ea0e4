"""What every answer tells browsers to leave, and how much, how often and how slowly anyone may ask."""

import asyncio
import hashlib
import math
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

from fastapi import FastAPI, Request
from pydantic import Field
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from plumbing import problems
from plumbing.problems import ProblemType
from plumbing.prompt_http import AT_ONCE, PromptHttp
from plumbing.settings import Settings
from plumbing.sign_in import access_token
from plumbing.web_sessions import SESSION_COOKIE

MAX_BODY_BYTES = 1_048_576
SECONDS_FOR_A_BODY = 30.0
MOST_AT_ONCE = 1_000
MOST_CALLERS_REMEMBERED = 10_000
STATIC = "/static/"
REST = "/v1/"
"""What is asked with a token; everything else that is not for everyone, with a session."""
NEVER_COUNTED = ("/health/", STATIC)
"""Orchestrators ask the first, and browsers keep the second; neither tells anything of people."""

SERVING: Mapping[str, Any] = {
    "http": PromptHttp,
    "ws": "none",
    "timeout_keep_alive": 5,
    "h11_max_incomplete_event_size": 32_768,
    "server_header": False,
}
"""How uvicorn serves us: idle and slow connections end, headers have a bound, no name is told.

Its own bound on crowds would answer without HEADERS; ours is `CrowdLimit`.
"""

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}
"""With every answer, where its endpoint says nothing else: it may hold personal data."""

HSTS = "max-age=31536000; includeSubDomains"

TOO_MANY = ProblemType(
    "too-many-requests",
    429,
    "Too many requests in a short time",
    "Wait as many seconds as Retry-After says, then go on more slowly.",
)
TOO_SLOW = ProblemType(
    "too-slow", 408, "The body came too slowly", "Send the body within 30 seconds."
)
TOO_CROWDED = ProblemType(
    "too-crowded", 503, "Too many ask at this moment", "Try again in a moment."
)
TYPES = (TOO_MANY, TOO_SLOW, TOO_CROWDED)


class HardeningSettings(Settings):
    """How often one caller and one address may ask each process, and whether browsers come by https."""

    web_public_url: str = Field(
        default="",
        description="the address of the pages in a browser, such as https://pathway.example",
    )
    rate_per_caller: float = Field(
        default=200, ge=0, description="requests a second for one token or session; 0: no limit"
    )
    rate_per_address: float = Field(
        default=1_000, ge=0, description="requests a second for one address; 0: no limit"
    )
    rate_burst_seconds: float = Field(
        default=5, ge=1, description="how many seconds' requests may come at once, from 1 on"
    )


def install(app: FastAPI, settings: HardeningSettings) -> None:
    """Bound the requests to `app`; call it before the middleware that logs and correlates them."""
    app.add_middleware(BodyLimit)
    app.add_middleware(RateLimit, settings=settings)
    app.add_middleware(CrowdLimit)


class SecurityHeaders:
    """Sets HEADERS where the endpoint set none of that name, and HSTS where browsers come by https.

    How long static files are kept, whoever serves them says.
    """

    def __init__(self, app: ASGIApp, settings: HardeningSettings) -> None:
        self.app = app
        https = settings.web_public_url.startswith("https:")
        self._headers = {**HEADERS, **({"Strict-Transport-Security": HSTS} if https else {})}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    if name != "Cache-Control" or not scope["path"].startswith(STATIC):
                        headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_with_headers)


class BodyLimit:
    """Ends requests whose body is larger than MAX_BODY_BYTES or takes longer than SECONDS_FOR_A_BODY."""

    def __init__(self, app: ASGIApp, seconds: float = SECONDS_FOR_A_BODY) -> None:
        self.app = app
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        told = Headers(scope=scope).get("Content-Length", "")
        if told.isdigit() and int(told) > MAX_BODY_BYTES:
            answer = problems.answer(Request(scope), problems.FRAMEWORK_TYPES[413].problem())
            await answer(scope, receive, send)
            return
        received, whole = 0, False
        deadline = time.monotonic() + self._seconds

        async def bounded_receive() -> Message:
            nonlocal received, whole
            if whole:
                return await receive()
            try:
                message = await asyncio.wait_for(receive(), deadline - time.monotonic())
            except TimeoutError:
                # A connection that is closed is the one way to stop reading what still comes.
                raise TOO_SLOW.problem(headers={"Connection": "close"}) from None
            received += len(message.get("body", b""))
            whole = not message.get("more_body", False)
            if received > MAX_BODY_BYTES:
                raise HTTPException(413)
            return message

        await self.app(scope, bounded_receive, send)


class CrowdLimit:
    """Answers 503 while more than MOST_AT_ONCE connections are open, or requests are being answered."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        at_once: Callable[[], int] | None = scope.get("state", {}).get(AT_ONCE)
        if scope["type"] != "http" or at_once is None or at_once() <= MOST_AT_ONCE:
            await self.app(scope, receive, send)
            return
        problem = TOO_CROWDED.problem(headers={"Retry-After": "1", "Connection": "close"})
        await problems.answer(Request(scope), problem)(scope, receive, send)


class Buckets:
    """A bucket of tokens for each key, filled at `rate` a second up to `burst`; rate 0: no limit.

    The longest unused is forgotten beyond MOST_CALLERS_REMEMBERED, so that made-up keys cost no memory.
    """

    def __init__(self, rate: float, burst: float, now: Callable[[], float]) -> None:
        self._rate, self._burst, self._now = rate, burst, now
        self._filled: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str) -> float:
        """Take a token: 0.0 where there was one, else the seconds until there is."""
        if not self._rate:
            return 0.0
        now = self._now()
        tokens, at = self._filled.pop(key, (self._burst, now))
        tokens = min(self._burst, tokens + (now - at) * self._rate)
        granted = tokens >= 1
        self._filled[key] = (tokens - 1 if granted else tokens, now)
        if len(self._filled) > MOST_CALLERS_REMEMBERED:
            self._filled.popitem(last=False)
        return 0.0 if granted else (1 - tokens) / self._rate


class RateLimit:
    """Answers 429 to whoever asks more often than the settings allow: by address, and by credential.

    A caller is who shows the same token to REST or the same session to the pages, known by its hash
    only: nothing is looked up, so a flood costs neither the issuer nor the database anything. Whatever
    else stands in those headers makes nobody another caller.
    """

    def __init__(
        self,
        app: ASGIApp,
        settings: HardeningSettings,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.app = app
        burst = settings.rate_burst_seconds
        self._addresses, self._callers = (
            Buckets(rate, rate * burst, now)
            for rate in (settings.rate_per_address, settings.rate_per_caller)
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(NEVER_COUNTED):
            await self.app(scope, receive, send)
            return
        wait = self._wait(scope)
        if not wait:
            await self.app(scope, receive, send)
            return
        problem = TOO_MANY.problem(headers={"Retry-After": str(math.ceil(wait))})
        await problems.answer(Request(scope), problem)(scope, receive, send)

    def _wait(self, scope: Scope) -> float:
        client = scope.get("client")
        wait = self._addresses.take(str(client[0])) if client else 0.0
        shown = _shown(Request(scope))
        if wait or not shown:
            return wait
        return self._callers.take(hashlib.sha256(shown.encode()).hexdigest())


def _shown(request: Request) -> str:
    """The token or the session of a request, read as whoever lets in by it reads it."""
    if request.scope["path"].startswith(REST):
        return access_token(request)
    return request.cookies.get(SESSION_COOKIE, "")
