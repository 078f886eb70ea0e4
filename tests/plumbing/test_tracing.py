"""Spans of one trace, from the request to the row, sent where OpenTelemetry's own setting says."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from fastapi import FastAPI
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from plumbing import correlation, tracing
from plumbing.correlation import CorrelationMiddleware
from starlette.testclient import TestClient

TOLD = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
NOT_SAMPLED = f"{TOLD[:-2]}00"


@pytest.fixture(autouse=True)
def _off_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracing._state, "tracer", None)


@pytest.fixture
def spans() -> InMemorySpanExporter:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tracing._state.tracer = provider.get_tracer("tests")
    return exporter


@pytest.fixture
def client() -> TestClient:
    app = FastAPI()

    @app.get("/v1/things/{name}")
    def thing(name: str) -> str:
        return correlation.current().traceparent

    app.add_middleware(CorrelationMiddleware)
    return TestClient(app)


def trace_of(traceparent: str) -> int:
    return int(traceparent.split("-")[1], 16)


def test_without_a_place_to_send_them_there_are_none_and_the_trace_goes_on(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(tracing.ENDPOINT, raising=False)

    tracing.configure("tests")
    answer = client.get("/v1/things/1", headers={"traceparent": TOLD})

    assert tracing._state.tracer is None
    assert trace_of(answer.json()) == trace_of(TOLD)
    assert answer.json() != TOLD


def test_a_request_is_a_span_within_the_callers_trace_named_by_its_route(
    client: TestClient, spans: InMemorySpanExporter
) -> None:
    answer = client.get("/v1/things/anna-testers", headers={"traceparent": TOLD})

    (span,) = spans.get_finished_spans()
    assert span.name == "GET /v1/things/{name}"
    assert span.attributes is not None
    assert span.attributes["http.response.status_code"] == 200
    assert span.parent is not None
    assert f"{span.parent.span_id:016x}" in TOLD
    assert "anna" not in span.to_json()
    # What follows from the request names this very span.
    assert answer.json() == answer.headers["traceparent"]
    assert f"{span.context.trace_id:032x}-{span.context.span_id:016x}" in answer.json()


def test_a_request_of_nobodys_trace_begins_one_that_is_sampled(
    client: TestClient, spans: InMemorySpanExporter
) -> None:
    answer = client.get("/v1/things/1")

    (span,) = spans.get_finished_spans()
    assert span.parent is None
    assert answer.json().endswith("-01")


def test_publishing_and_applying_hang_on_the_request_that_caused_them(
    spans: InMemorySpanExporter,
) -> None:
    facts = [(TOLD, {"pathway.version": 1}), (NOT_SAMPLED, {"pathway.version": 2}), (None, {})]

    tracing.published(1_000, facts)
    tracing.applied("counsellor", 2_000, facts)

    found = spans.get_finished_spans()
    assert [(one.name, one.start_time) for one in found] == [
        ("publish", 1_000),
        ("apply counsellor", 2_000),
    ]
    assert {one.context.trace_id for one in found} == {trace_of(TOLD)}


@pytest.fixture
def received() -> Iterator[tuple[str, list[Span]]]:
    """Where an OpenTelemetry collector would be, and the spans that came there."""
    came: list[Span] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            for one in ExportTraceServiceRequest.FromString(body).resource_spans:
                came.extend(span for scope in one.scope_spans for span in scope.spans)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Collector)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", came
    server.shutdown()
    server.server_close()


def test_spans_are_sent_to_a_collector_over_http(
    received: tuple[str, list[Span]], client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, came = received
    monkeypatch.setenv(tracing.ENDPOINT, address)

    tracing.configure("tests")
    client.get("/v1/things/1", headers={"traceparent": TOLD})
    tracing.end()

    assert [span.name for span in came] == ["GET /v1/things/{name}"]


def test_a_collector_that_is_away_costs_no_answer(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(tracing.ENDPOINT, "http://127.0.0.1:9")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "1")

    tracing.configure("tests")

    assert client.get("/v1/things/1").status_code == 200
    tracing.end()
