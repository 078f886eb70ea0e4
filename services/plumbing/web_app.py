"""What every HTTP service of ours has: correlation, problem details, a log line for each request."""

import time
from collections.abc import Iterable

from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from plumbing import hardening, health, problems, sign_in
from plumbing.correlation import CorrelationMiddleware
from plumbing.hardening import HardeningSettings, SecurityHeaders
from plumbing.logs import logger
from plumbing.problems import ProblemType
from plumbing.rights import Open, Rights
from plumbing.routes import route_of
from plumbing.settings import load_or_exit
from plumbing.sign_in import NOT_ALLOWED
from plumbing.tokens import ISSUER_AWAY, NOT_SIGNED_IN, Tokens

log = logger(__name__)

# The endpoints that `prepare` adds itself, to put into a service's table of rights.
OPEN_ENDPOINTS: Rights = dict.fromkeys((*health.ENDPOINTS, *problems.PAGES), Open.TO_EVERYONE)

COMMON_TYPES = (NOT_SIGNED_IN, NOT_ALLOWED, ISSUER_AWAY, health.NOT_READY, *hardening.TYPES)


def prepare(
    app: FastAPI,
    *,
    tokens: Tokens,
    ready: health.Check,
    types: Iterable[ProblemType] = (),
    page: problems.Page | None = None,
    limits: HardeningSettings | None = None,
) -> None:
    """Make `app` one of ours; call it once, after the app's own middleware.

    `ready` tells what the service needs; `types` are the problems that it may answer with,
    and `page` shows one to a browser; `limits` are the environment's unless given.
    """
    limits = limits or load_or_exit(HardeningSettings)
    sign_in.install(app, tokens)
    app.include_router(health.router(ready))
    problems.install(app, (*COMMON_TYPES, *types), page)
    hardening.install(app, limits)
    app.add_middleware(RequestLog)
    app.add_middleware(CorrelationMiddleware)
    # Outside of everything, so that errors too have these headers.
    app.add_middleware(SecurityHeaders, settings=limits)


class RequestLog:
    """Logs method, route, status and duration: never the address, which may hold anything."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()
        status = 500

        async def watched_send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, watched_send)
        finally:
            level = log.debug if route_of(scope).startswith("/health/") else log.info
            level(
                "request",
                method=scope["method"],
                route=route_of(scope),
                status=status,
                ms=round((time.perf_counter() - began) * 1000, 1),
            )
