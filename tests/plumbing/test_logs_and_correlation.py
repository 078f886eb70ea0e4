"""What a log line says, and what ties lines, requests and facts together."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from fastapi import FastAPI
from plumbing import correlation, health, logs, web_app
from plumbing.clock import utc_now
from plumbing.correlation import CorrelationMiddleware, correlated, new_correlation
from plumbing.tokens import Issuer, Tokens
from starlette.testclient import TestClient

INSZ = "85073003328"
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def output() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    written = io.StringIO()
    logs.configure("test", stream=written)
    yield written
    root.handlers[:], root.level = before
    structlog.reset_defaults()


def lines(output: io.StringIO) -> list[dict]:
    return [json.loads(line) for line in output.getvalue().splitlines()]


def test_a_log_line_is_json_with_service_moment_and_fields(output: io.StringIO) -> None:
    with correlated() as shared:
        logs.logger("a").info("projected", applied=3)

    (line,) = lines(output)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "projected",
        "applied": 3,
        "level": "info",
        "service": "test",
        "correlation_id": shared.correlation_id,
    }


def test_libraries_log_the_same_way_and_an_error_without_its_words(output: io.StringIO) -> None:
    try:
        raise ValueError(INSZ)  # noqa: TRY301
    except ValueError:
        logging.getLogger("uvicorn.error").exception("it %s", "broke", extra={"port": 8401})

    (line,) = lines(output)
    assert (line["event"], line["port"], line["service"]) == ("it broke", 8401, "test")
    assert line["failure"]["kind"] == "builtins.ValueError"
    assert INSZ not in output.getvalue()


def test_an_error_is_logged_with_what_caused_it() -> None:
    try:
        try:
            raise KeyError(INSZ)  # noqa: TRY301
        except KeyError as cause:
            raise RuntimeError(INSZ) from cause
    except RuntimeError as error:
        told = logs.failure(error)

    assert told["because_of"]["kind"] == "builtins.KeyError"
    assert INSZ not in str(told)


def test_a_terminal_gets_lines_for_people() -> None:
    written = io.StringIO()
    root = logging.getLogger()
    before = root.handlers[:], root.level

    logs.configure("test", stream=written, pretty=True)
    logs.logger("a").info("projected", applied=3)

    root.handlers[:], root.level = before
    structlog.reset_defaults()
    assert "projected" in written.getvalue()
    assert not written.getvalue().startswith("{")


@pytest.fixture
def client() -> TestClient:
    app = FastAPI()

    @app.get("/things/{number}")
    def thing(number: str) -> dict[str, str]:
        return correlation.outgoing_headers()

    tokens = Tokens(Issuer("http://127.0.0.1:1"), "x", utc_now)
    web_app.prepare(app, tokens=tokens, ready=lambda: {"postgres": None})
    return TestClient(app)


def test_a_request_is_logged_by_its_route_and_never_by_its_address(
    output: io.StringIO, client: TestClient
) -> None:
    answer = client.get(f"/things/{INSZ}?who={INSZ}")

    (line,) = [line for line in lines(output) if line["event"] == "request"]
    assert line["correlation_id"] == answer.headers["x-correlation-id"]
    assert (line["method"], line["route"], line["status"]) == ("GET", "/things/{number}", 200)
    assert INSZ not in output.getvalue()


def test_the_callers_correlation_goes_in_on_and_out(client: TestClient) -> None:
    told = {"X-Correlation-Id": "order-2026-0042", "traceparent": TRACE}

    answer = client.get("/things/1", headers=told)

    assert answer.headers["x-correlation-id"] == "order-2026-0042"
    assert answer.json()["X-Correlation-Id"] == "order-2026-0042"
    assert answer.json()["traceparent"] == answer.headers["traceparent"]
    version, trace, span, flags = answer.headers["traceparent"].split("-")
    assert (version, trace, flags) == ("00", TRACE.split("-")[1], "01")
    assert span != TRACE.split("-")[2]


@pytest.mark.parametrize(
    "told", ["01931f0a-7c1e-7bb2-9d0e-912345678901", "01931f0a7c1e7bb29d0e912345678901"]
)
def test_the_callers_uuid_is_taken_over_whatever_its_digits(client: TestClient, told: str) -> None:
    answer = client.get("/things/1", headers={"X-Correlation-Id": told})

    assert answer.headers["x-correlation-id"] == told


@pytest.mark.parametrize(
    "told",
    [
        "",
        "short",
        INSZ,
        "85.07.30-033.28",
        f"insz-{INSZ}",
        "enrol_85.07.30-033.28_a",
        "a b c d e f",
        "Testers-Anna",
        "x1" * 33,
    ],
)
def test_what_is_no_identifier_is_not_taken_over(client: TestClient, told: str) -> None:
    answer = client.get("/things/1", headers={"X-Correlation-Id": told})

    assert answer.headers["x-correlation-id"] != told


@pytest.mark.parametrize("told", ["", "00-0-0-0", TRACE.replace("0af7", "ZZZZ"), f"{TRACE}-x"])
def test_a_malformed_trace_begins_a_new_one(told: str) -> None:
    trace_id = new_correlation(traceparent=told).traceparent.split("-")[1]

    assert len(trace_id) == 32
    assert trace_id != TRACE.split("-")[1]


def test_two_requests_do_not_share_a_correlation() -> None:
    app = FastAPI()
    app.add_middleware(CorrelationMiddleware)
    client = TestClient(app)

    assert len({client.get("/x").headers["x-correlation-id"] for _ in range(5)}) == 5


def test_a_service_is_ready_when_all_it_needs_is_there() -> None:
    needs: dict[str, str | None] = {"postgres": None, "kafka": "does not answer"}
    app = FastAPI()
    tokens = Tokens(Issuer("http://127.0.0.1:1"), "x", utc_now)
    web_app.prepare(app, tokens=tokens, ready=lambda: needs)
    client = TestClient(app)

    answer = client.get("/health/ready")

    assert answer.status_code == 503
    assert answer.json()["checks"] == {"postgres": "ok", "kafka": "does not answer"}
    needs["kafka"] = None
    assert client.get("/health/ready").json() == {
        "status": "ready",
        "checks": {"postgres": "ok", "kafka": "ok"},
    }
    assert client.get("/health/live").json() == {"status": "live"}
    needs["kafka"] = health.Note("works; see to its certificate")
    answer = client.get("/health/ready")
    assert answer.status_code == 200
    assert answer.json()["checks"] == {"postgres": "ok", "kafka": "works; see to its certificate"}


def test_a_check_that_fails_means_not_ready() -> None:
    def check() -> dict[str, str | None]:
        raise OSError(INSZ)

    app = FastAPI()
    tokens = Tokens(Issuer("http://127.0.0.1:1"), "x", utc_now)
    web_app.prepare(app, tokens=tokens, ready=check)

    answer = TestClient(app).get("/health/ready")

    assert answer.status_code == 503
    assert answer.json()["checks"] == {"check": "failed with OSError"}
