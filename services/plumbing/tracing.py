"""OpenTelemetry spans, from an HTTP command to the row that it changes; without a place to send them, none.

The trace travels in the event (`traceparent`), so that each process adds its own part by itself. Spans
hold ids and names of kinds: no person, no address, no content.
"""

import os
import re
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.trace import Span, Tracer

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
"""OpenTelemetry's own variable; its others hold too, such as OTEL_TRACES_SAMPLER."""

_TRACEPARENT = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})")

Attributes = Mapping[str, str | int]


@dataclass
class _State:
    tracer: "Tracer | None" = None
    end: Callable[[], object] | None = None


_state = _State()


def configure(service: str) -> None:
    """Send spans of this process to where `OTEL_EXPORTER_OTLP_ENDPOINT` says, over HTTP; unset, do nothing.

    Call it once at a process's start. A place that does not answer costs spans, never work.
    """
    if not os.environ.get(ENDPOINT):
        return
    # Not at the top: a quarter of a second, for who asked for it.
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415
        OTLPSpanExporter,
    )
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    provider = TracerProvider(resource=Resource.create({"service.name": service}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    _state.tracer, _state.end = provider.get_tracer("vdab-pathway"), provider.shutdown


def end() -> None:
    """Send what waits; a process does so by itself when it ends."""
    if _state.end is not None:
        _state.end()
    _state.tracer = _state.end = None


@dataclass(frozen=True)
class Serving:
    """A request that is being answered; `traceparent` names its span for whatever follows from it."""

    traceparent: str
    _span: "Span"

    def answered(self, method: str, route: str, status: int) -> None:
        """Name it by what is known at its end: the route, never the address."""
        self._span.update_name(f"{method} {route}")
        self._span.set_attributes(
            {
                "http.request.method": method,
                "http.route": route,
                "http.response.status_code": status,
            }
        )


@contextmanager
def serving(traceparent: str) -> Generator[Serving | None]:
    """The span of a request, within the caller's trace where they told one; None while off."""
    if _state.tracer is None:
        yield None
        return
    from opentelemetry import trace  # noqa: PLC0415

    span = _state.tracer.start_span("request", _context(traceparent), trace.SpanKind.SERVER)
    told = span.get_span_context()
    flags = told.trace_flags & trace.TraceFlags.SAMPLED
    try:
        yield Serving(f"00-{told.trace_id:032x}-{told.span_id:016x}-{flags:02x}", span)
    finally:
        span.end()


def published(began: int, facts: Iterable[tuple[str | None, Attributes]]) -> None:
    """A span for each fact that went to the topics since `began` (nanoseconds): its trace, its ids."""
    _each("publish", "PRODUCER", began, facts)


def applied(projection: str, began: int, events: Iterable[tuple[str | None, Attributes]]) -> None:
    """The same for each event that became rows of a read model."""
    _each(f"apply {projection}", "CONSUMER", began, events)


def _each(name: str, kind: str, began: int, of: Iterable[tuple[str | None, Attributes]]) -> None:
    if _state.tracer is None:
        return  # Before anything is asked of `of`, which may have to look for the trace.
    from opentelemetry.trace import SpanKind  # noqa: PLC0415

    for traceparent, attributes in of:
        told = _TRACEPARENT.fullmatch(traceparent or "")
        # What nobody samples has no span; its trace is not begun here, far from its cause.
        if told and int(told[3], 16) & 1:
            parent, told_kind = _context(told[0]), SpanKind[kind]
            _state.tracer.start_span(
                name, parent, told_kind, dict(attributes), start_time=began
            ).end()


def _context(traceparent: str) -> "Context | None":
    from opentelemetry import trace  # noqa: PLC0415

    told = _TRACEPARENT.fullmatch(traceparent)
    if told is None:
        return None
    parent = trace.SpanContext(
        trace_id=int(told[1], 16),
        span_id=int(told[2], 16),
        is_remote=True,
        trace_flags=trace.TraceFlags(int(told[3], 16)),
    )
    return trace.set_span_in_context(trace.NonRecordingSpan(parent))
