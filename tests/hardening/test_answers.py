"""What every answer tells a browser to leave, and how much, how often and how slowly one may ask."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi import FastAPI, Request
from plumbing import hardening, web_app
from plumbing.clock import utc_now
from plumbing.hardening import (
    HEADERS,
    MAX_BODY_BYTES,
    MOST_CALLERS_REMEMBERED,
    BodyLimit,
    Buckets,
    HardeningSettings,
)
from plumbing.problems import install
from plumbing.tokens import Issuer, Tokens
from plumbing.web_sign_in import SESSION_COOKIE
from starlette.testclient import TestClient


def an_app(**limits: object) -> FastAPI:
    app = FastAPI()

    @app.get("/files/{number}")
    def read_file(number: int) -> int:
        return number

    @app.get("/v1/files")
    def list_files() -> list[int]:
        return []

    @app.get("/broken")
    def broken() -> None:
        raise RuntimeError("a secret place in the code")

    @app.post("/files")
    async def write_file(request: Request) -> int:
        return len(await request.body())

    web_app.prepare(
        app,
        tokens=Tokens(Issuer("http://127.0.0.1:1"), "vdab-pathway", utc_now),
        ready=dict,
        limits=HardeningSettings.model_validate(limits),
    )
    return app


def a_client(**limits: object) -> TestClient:
    return TestClient(an_app(**limits), raise_server_exceptions=False)


@pytest.mark.parametrize(
    "path", ["/files/1", "/files/x", "/nowhere", "/broken", "/health/live", "/problems"]
)
def test_every_answer_errors_too_tells_a_browser_to_run_frame_and_keep_nothing(path: str) -> None:
    answer = a_client().get(path)

    assert {name: answer.headers[name] for name in HEADERS} == dict(HEADERS)
    assert "Strict-Transport-Security" not in answer.headers


def test_where_pages_are_on_https_browsers_are_told_to_stay_there() -> None:
    answer = a_client(web_public_url="https://pathway.example").get("/files/1")

    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")


def test_an_unexpected_error_shows_nothing_of_the_code() -> None:
    answer = a_client().get("/broken")

    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text


def test_a_caller_who_asks_too_often_is_told_how_long_to_wait_and_others_are_not() -> None:
    client = a_client(rate_per_caller=0.01, rate_burst_seconds=200)
    mine, others = {"Authorization": "Bearer mine"}, {"Authorization": "Bearer others"}

    first_two = [client.get("/v1/files", headers=mine).status_code for _ in range(2)]
    third = client.get("/v1/files", headers=mine)

    assert first_two == [200, 200]
    assert third.status_code == 429
    assert third.json()["type"] == "/problems/too-many-requests"
    assert 1 <= int(third.headers["Retry-After"]) <= 100
    assert third.headers["X-Content-Type-Options"] == "nosniff"
    assert client.get("/v1/files", headers=others).status_code == 200


SESSION = f"{SESSION_COOKIE}=S"


@pytest.mark.parametrize(
    ("path", "once", "otherwise"),
    [
        ("/v1/files", {"Authorization": "Bearer T"}, {"Authorization": "Bearer   T "}),
        ("/v1/files", {"Authorization": "Bearer T"}, {"Authorization": "bEARER T"}),
        (
            "/v1/files",
            {"Authorization": "Bearer T"},
            {"Authorization": "Bearer T", "Cookie": "j=1"},
        ),
        ("/files/1", {"Cookie": SESSION}, {"Cookie": f"{SESSION}; j=1"}),
        ("/files/1", {"Cookie": SESSION}, {"Cookie": f"{SESSION_COOKIE}=other; {SESSION}"}),
        ("/files/1", {"Cookie": SESSION}, {"Cookie": SESSION, "Authorization": "Bearer made-up"}),
        ("/files/1", {"Cookie": SESSION}, {"Cookie": SESSION, "Authorization": "Basic eA=="}),
    ],
)
def test_nothing_beside_the_token_or_the_session_makes_another_caller(
    path: str, once: dict[str, str], otherwise: dict[str, str]
) -> None:
    client = a_client(rate_per_caller=0.01, rate_burst_seconds=100)

    told = [client.get(path, headers=headers).status_code for headers in (once, otherwise)]

    assert told == [200, 429]


def test_an_address_is_bounded_also_when_it_shows_another_token_each_time() -> None:
    client = a_client(rate_per_address=0.01, rate_burst_seconds=200)

    told = [
        client.get("/files/1", headers={"Authorization": f"Bearer {n}"}).status_code
        for n in range(3)
    ]

    assert told == [200, 200, 429]


def test_an_orchestrator_may_ask_after_health_as_often_as_it_likes() -> None:
    client = a_client(rate_per_address=0.01, rate_burst_seconds=100)

    assert {client.get("/health/live").status_code for _ in range(5)} == {200}


def test_a_bucket_fills_with_time_and_never_above_its_brim() -> None:
    at = [0.0]
    buckets = Buckets(rate=2, burst=2, now=lambda: at[0])
    assert [buckets.take("a") for _ in range(3)] == [0.0, 0.0, 0.5]

    at[0] = 0.5
    assert [buckets.take("a") for _ in range(2)] == [0.0, 0.5]

    at[0] = 1_000.0
    assert [buckets.take("a") for _ in range(3)] == [0.0, 0.0, 0.5]


def test_made_up_callers_cost_no_more_memory_than_so_many() -> None:
    buckets = Buckets(rate=1, burst=1, now=lambda: 0.0)

    for number in range(MOST_CALLERS_REMEMBERED + 5):
        buckets.take(str(number))

    assert len(buckets._filled) == MOST_CALLERS_REMEMBERED


def test_a_body_is_refused_by_the_length_it_tells() -> None:
    answer = a_client().post("/files", content=b" " * (MAX_BODY_BYTES + 1))

    assert (answer.status_code, answer.json()["type"]) == (413, "/problems/too-large")


def test_a_body_that_does_not_tell_its_length_is_bounded_as_well() -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(5):
            yield b" " * (MAX_BODY_BYTES // 4)

    answer = a_client().post("/files", content=endless())

    assert (answer.status_code, answer.json()["type"]) == (413, "/problems/too-large")


def test_a_body_that_comes_too_slowly_is_not_waited_for() -> None:
    app = FastAPI()

    @app.post("/files")
    async def write_file(request: Request) -> int:
        return len(await request.body())

    install(app, hardening.TYPES)
    app.add_middleware(BodyLimit, seconds=0.05)
    sent: list[dict[str, object]] = []

    async def never() -> dict[str, object]:
        await asyncio.sleep(3600)
        return {}

    async def send(message) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": "POST", "path": "/files", "raw_path": b"/files",
        "query_string": b"", "headers": [], "http_version": "1.1", "scheme": "http",
    }  # fmt: skip
    # In a thread of its own: a browser's tests leave a loop running in this one.
    with ThreadPoolExecutor(1) as alone:
        alone.submit(asyncio.run, app(scope, never, send)).result()

    assert sent[0]["status"] == 408
