"""Connections that say nothing, or say it drop by drop, to a server with the settings of both services."""

import contextlib
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from fastapi import FastAPI, Request
from pathway.api_main import api_command
from plumbing import hardening, prompt_http, web_app
from plumbing.clock import utc_now
from plumbing.hardening import HEADERS, SERVING, HardeningSettings
from plumbing.prompt_http import SECONDS_TO_ASK, PromptHttp
from plumbing.tokens import Issuer, Tokens
from projections.main import web_command

from tests.plumbing.served import bound_socket, served

WHOLE = b"GET /files HTTP/1.1\r\nHost: pathway.example\r\n\r\n"
HALF = WHOLE[:20]
UNREAD_BODY = b"POST /nowhere HTTP/1.1\r\nHost: pathway.example\r\nContent-Length: 900000\r\n\r\n"
BODY = b"POST /files HTTP/1.1\r\nHost: pathway.example\r\nContent-Length: 14\r\n\r\n"
MUCH_LONGER = SECONDS_TO_ASK * 3


@dataclass
class Server:
    port: int

    def connection(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=MUCH_LONGER)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    app = FastAPI()

    @app.get("/files")
    def read_files() -> list[int]:
        return []

    @app.get("/slow")
    def read_slowly() -> str:
        time.sleep(1.2)
        return "whole"

    @app.post("/files")
    async def write_file(request: Request) -> int:
        return len(await request.body())

    web_app.prepare(
        app,
        tokens=Tokens(Issuer("http://127.0.0.1:1"), "vdab-pathway", utc_now),
        ready=dict,
        limits=HardeningSettings(),
    )
    at = bound_socket()
    with served(app, at, **SERVING):
        yield Server(at.getsockname()[1])


def seconds_open(connection: socket.socket, drops: bytes, drop_by_drop: bool) -> float:
    """Until the other side closes, while the drops go out once or one by one for as long as they are taken."""
    began = time.monotonic()
    connection.settimeout(0.4)
    with connection, contextlib.suppress(ConnectionError):
        while time.monotonic() - began < MUCH_LONGER:
            if drops:
                connection.sendall(drops)
            drops = drops[:1] if drop_by_drop else b""
            with contextlib.suppress(TimeoutError):
                while connection.recv(65536):
                    pass
                break
    return time.monotonic() - began


def test_whoever_brings_no_whole_request_is_not_waited_for(server: Server) -> None:
    ways = {
        "silent": (b"", False),
        "half a request line": (HALF, False),
        "headers drop by drop": (HALF, True),
        "half a second request": (WHOLE + HALF, False),
        "a second request drop by drop": (WHOLE + HALF, True),
        "a body that nobody waits for, drop by drop": (UNREAD_BODY, True),
    }
    with ThreadPoolExecutor(len(ways)) as at_once:
        told = {
            way: at_once.submit(seconds_open, server.connection(), *what)
            for way, what in ways.items()
        }
        seconds = {way: one.result() for way, one in told.items()}

    assert {way: took for way, took in seconds.items() if took > MUCH_LONGER - 1} == {}
    assert min(seconds.values()) > SECONDS_TO_ASK - 1


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prompt_http, "SECONDS_TO_ASK", 0.5)


@pytest.mark.usefixtures("hurried")
def test_who_asked_is_answered_also_when_that_takes_longer(server: Server) -> None:
    with server.connection() as connection:
        connection.sendall(ending(WHOLE.replace(b"/files", b"/slow")))
        assert answer(connection).endswith('\r\n"whole"')


@pytest.mark.usefixtures("hurried")
def test_a_body_may_take_its_time(server: Server) -> None:
    with server.connection() as connection:
        connection.sendall(ending(BODY))
        for drop in b"fourteen bytes":
            time.sleep(0.1)
            connection.sendall(bytes([drop]))
        assert answer(connection).endswith("\r\n14")


@pytest.mark.usefixtures("hurried")
def test_a_crowd_is_told_to_come_back_with_the_headers_of_every_answer_and_not_for_long(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hardening, "MOST_AT_ONCE", 20)

    with contextlib.ExitStack() as crowd:
        for _ in range(21):
            crowd.enter_context(server.connection()).sendall(HALF)
        in_the_crowd = answered(server)
        time.sleep(1.5)
        afterwards = answered(server)

    assert in_the_crowd.startswith("http/1.1 503 ")
    assert "/problems/too-crowded" in in_the_crowd
    assert [name for name in HEADERS if f"\r\n{name.lower()}: " not in in_the_crowd] == []
    assert afterwards.startswith("http/1.1 200 ")


def answered(server: Server) -> str:
    with server.connection() as connection:
        connection.sendall(ending(WHOLE))
        return answer(connection)


def answer(connection: socket.socket) -> str:
    """What comes until the other side closes, in small letters."""
    return b"".join(iter(lambda: connection.recv(65536), b"")).decode().lower()


def ending(request: bytes) -> bytes:
    """The same request, after whose answer the connection ends."""
    return request.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")


def test_both_services_are_served_by_these_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    run: list[dict[str, object]] = []
    monkeypatch.setattr("uvicorn.run", lambda _app, **settings: run.append(settings))
    monkeypatch.setattr("plumbing.logs.configure", lambda _name: None)
    monkeypatch.setattr("pathway.api_main._check", lambda _host, _port: None)
    for name in ("OIDC_ISSUER", "PROJECTIONS_DATABASE_URL", "OIDC_CLIENT_SECRET"):
        scheme = "postgresql" if name.endswith("DATABASE_URL") else "http"
        monkeypatch.setenv(name, f"{scheme}://127.0.0.1:1/nowhere")

    api_command()
    web_command()

    assert [settings["http"] for settings in run] == [PromptHttp, PromptHttp]
