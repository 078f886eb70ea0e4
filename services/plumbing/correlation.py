"""One identifier for everything that a request sets in motion, in logs, facts and answers."""

import re
import secrets
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from plumbing import tracing
from plumbing.ids import new_id
from plumbing.routes import route_of

CORRELATION_HEADER = "X-Correlation-Id"
TRACE_HEADER = "traceparent"

# What others send goes into our logs and facts, so only what looks like an identifier is taken.
# What has no digit could be a name. Eleven digits, whatever stands around or between them, could be
# an INSZ; by chance a UUID has them.
_IDENTIFIER = re.compile(r"(?=.*[A-Za-z])(?=.*[0-9])(?!.*(?:[0-9][._-]*){11})[A-Za-z0-9._-]{8,64}")
_UUID = re.compile(r"[0-9A-Fa-f]{8}(-?)(?:[0-9A-Fa-f]{4}\1){3}[0-9A-Fa-f]{12}")
_TRACE = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})")


@dataclass(frozen=True)
class Correlation:
    """What ties work together: our identifier, and the W3C trace context it is part of."""

    correlation_id: str
    traceparent: str


_current: ContextVar[Correlation | None] = ContextVar("correlation", default=None)


def new_correlation(correlation_id: str = "", traceparent: str = "") -> Correlation:
    """A correlation that goes on from what was told, where that is well-formed, else a new one.

    The trace keeps its trace id and flags and gets a span id of our own.
    """
    told = _TRACE.fullmatch(traceparent)
    known = _IDENTIFIER.fullmatch(correlation_id) or _UUID.fullmatch(correlation_id)
    trace_id, flags = (told[1], told[2]) if told else (secrets.token_hex(16), "00")
    return Correlation(
        correlation_id=correlation_id if known else str(new_id()),
        traceparent=f"00-{trace_id}-{secrets.token_hex(8)}-{flags}",
    )


def current() -> Correlation:
    """The correlation of the work at hand; outside `correlated` and requests a new one each time."""
    return _current.get() or new_correlation()


def is_correlated() -> bool:
    """Whether there is a correlation to speak of."""
    return _current.get() is not None


@contextmanager
def correlated(correlation: Correlation | None = None) -> Generator[Correlation, None, None]:
    """Everything done in this block shares one correlation: `correlation`, or a new one."""
    shared = correlation or new_correlation()
    token = _current.set(shared)
    try:
        yield shared
    finally:
        _current.reset(token)


def outgoing_headers() -> dict[str, str]:
    """The headers that carry the current correlation to another service."""
    correlation = current()
    return {
        CORRELATION_HEADER: correlation.correlation_id,
        TRACE_HEADER: correlation.traceparent,
    }


def in_the_name_of(access_token: str) -> dict[str, str]:
    """The headers of a question to another service in the name of the bearer of `access_token`."""
    return {"Authorization": f"Bearer {access_token}", **outgoing_headers()}


class CorrelationMiddleware:
    """Takes the correlation from a request's headers and puts it on the answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        trace = headers.get(TRACE_HEADER, "")
        told = new_correlation(headers.get(CORRELATION_HEADER, ""), trace)
        with tracing.serving(trace if _TRACE.fullmatch(trace) else "") as span:
            if span is not None:
                told = Correlation(told.correlation_id, span.traceparent)
            with correlated(told):
                await self.app(scope, receive, _with_headers(scope, send, told, span))


def _with_headers(
    scope: Scope, send: Send, told: Correlation, span: tracing.Serving | None
) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            answer = MutableHeaders(scope=message)
            answer[CORRELATION_HEADER] = told.correlation_id
            answer[TRACE_HEADER] = told.traceparent
            if span is not None:
                span.answered(scope["method"], route_of(scope), message["status"])
        await send(message)

    return send_with_headers
