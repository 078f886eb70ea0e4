"""Who gets through the door of a service, and what the others are told."""

from typing import Annotated

import pytest
from fastapi import APIRouter, Depends, FastAPI, Request
from plumbing import web_app
from plumbing.callers import Caller, Role
from plumbing.clock import utc_now
from plumbing.rights import SIGNED_IN, Open, Rights, by_rights, forgotten
from plumbing.sign_in import signed_in
from plumbing.tokens import Issuer, Tokens
from starlette.testclient import TestClient

from tests.plumbing.served import ServedIssuer

RIGHTS: Rights = {
    "read_file": frozenset({Role.COUNSELLOR}),
    "who_am_i": SIGNED_IN,
    "welcome": Open.TO_EVERYONE,
    **web_app.OPEN_ENDPOINTS,
}


def an_app(issuer: str, rights: Rights = RIGHTS, denied=None) -> FastAPI:
    app = FastAPI(dependencies=[Depends(by_rights(rights, denied))])

    @app.get("/files/{number}")
    def read_file(number: int, caller: Annotated[Caller, Depends(signed_in)]) -> str:
        return caller.ref

    @app.get("/me")
    def who_am_i(caller: Annotated[Caller, Depends(signed_in)]) -> str:
        return caller.ref

    inner = APIRouter(prefix="/open")
    inner.get("/welcome", name="welcome")(lambda: "welcome")
    app.include_router(inner)
    tokens = Tokens(Issuer(issuer), "vdab-pathway", utc_now)
    web_app.prepare(app, tokens=tokens, ready=lambda: {"postgres": None})
    return app


@pytest.fixture
def client(issuer: ServedIssuer) -> TestClient:
    return TestClient(an_app(issuer.url))


def bearing(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_who_has_the_right_gets_in(client: TestClient, issuer: ServedIssuer) -> None:
    answer = client.get("/files/1", headers=bearing(issuer.token("bemiddelaar-02")))

    assert (answer.status_code, answer.json()) == (200, "bemiddelaar-02")


def test_without_a_token_the_caller_is_told_how_to_sign_in(client: TestClient) -> None:
    for headers in ({}, {"Authorization": "Basic eDp5"}, {"Authorization": "Bearer "}):
        answer = client.get("/files/1", headers=headers)

        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.json()["type"] == "/problems/not-signed-in"


def test_without_a_token_nothing_is_said_about_the_request_itself(client: TestClient) -> None:
    assert client.get("/files/not-a-number").status_code == 401


def test_a_forged_token_is_told_to_be_invalid(client: TestClient) -> None:
    answer = client.get("/files/1", headers=bearing("a.b.c"))

    assert answer.status_code == 401
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


def test_who_lacks_the_right_is_refused_and_leaves_a_trace(issuer: ServedIssuer) -> None:
    traced: list[tuple[str, str]] = []

    def denied(request: Request, caller: Caller) -> None:
        traced.append((caller.ref, request.path_params["number"]))

    client = TestClient(an_app(issuer.url, denied=denied))

    answer = client.get("/files/7", headers=bearing(issuer.token("auditor-01")))

    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/not-allowed")
    assert traced == [("auditor-01", "7")]


def test_somebody_without_any_right_here_is_nobody_here(
    client: TestClient, issuer: ServedIssuer
) -> None:
    token = issuer.token("bemiddelaar-01", vdab_traject_rol_3d=[])

    assert client.get("/me", headers=bearing(token)).status_code == 403


def test_an_endpoint_without_rights_is_for_nobody(issuer: ServedIssuer) -> None:
    rights = {name: roles for name, roles in RIGHTS.items() if name != "read_file"}

    answer = TestClient(an_app(issuer.url, rights)).get(
        "/files/1", headers=bearing(issuer.token("beheerder-01"))
    )

    assert answer.status_code == 403


def test_open_endpoints_ask_for_no_token(client: TestClient) -> None:
    for address in ("/open/welcome", "/health/live", "/health/ready", "/problems"):
        assert client.get(address).status_code == 200


def test_every_endpoint_of_an_app_stands_in_its_table(issuer: ServedIssuer) -> None:
    assert forgotten(an_app(issuer.url), RIGHTS) == []


def test_a_forgotten_endpoint_is_found(issuer: ServedIssuer) -> None:
    app = an_app(issuer.url)

    fewer = {name: roles for name, roles in RIGHTS.items() if name != "who_am_i"}
    more = {**RIGHTS, "nowhere": SIGNED_IN}

    assert forgotten(app, fewer) == ["who_am_i (/me) has no rights"]
    assert forgotten(app, more) == ["nowhere has rights but is no endpoint"]


def test_an_endpoint_that_nothing_checks_is_found() -> None:
    app = FastAPI()
    app.get("/me", name="who_am_i")(lambda: "")

    assert forgotten(app, {"who_am_i": SIGNED_IN}) == [
        "who_am_i (/me) is not checked: include it with by_rights"
    ]


def test_with_the_issuer_away_the_door_says_so() -> None:
    header = "eyJhbGciOiJSUzI1NiIsImtpZCI6IngifQ"

    answer = TestClient(an_app("http://127.0.0.1:1")).get(
        "/me", headers=bearing(f"{header}.e30.e30")
    )

    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/issuer-away")


def test_openapi_tells_that_a_token_is_needed(client: TestClient) -> None:
    document = client.get("/openapi.json").json()

    assert document["paths"]["/me"]["get"]["security"] == [{"access_token": []}]
