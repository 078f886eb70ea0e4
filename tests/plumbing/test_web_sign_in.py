"""Signing in to pages in a browser, against a real issuer and real rows."""

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Annotated
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from fastapi import Depends, FastAPI
from plumbing import web_app, web_sign_in
from plumbing.callers import Role
from plumbing.database import connect, open_pool
from plumbing.rights import Rights, by_rights, forgotten
from plumbing.web_sessions import WebSession
from plumbing.web_sign_in import (
    SESSION_COOKIE,
    STARTED_COOKIE,
    WebSignInSettings,
    our_form,
    page_caller,
    web_session,
)
from starlette.testclient import TestClient

from tests.plumbing.served import ServedIssuer

PAGES = "http://127.0.0.1:8403"
BROWSER = {"Accept": "text/html,application/xhtml+xml"}
RIGHTS: Rights = {
    "caseload": frozenset({Role.COUNSELLOR}),
    "snooze": frozenset({Role.COUNSELLOR}),
    **web_sign_in.ENDPOINTS,
    **web_app.OPEN_ENDPOINTS,
}


@pytest.fixture
def more_settings() -> dict[str, str]:
    return {}


@pytest.fixture
def app(
    issuer: ServedIssuer, database_url: str, more_settings: dict[str, str]
) -> Iterator[FastAPI]:
    ddl = files("plumbing").joinpath("web_session.sql").read_text().replace("SCHEMA", "demo")
    with connect(database_url, "test", autocommit=True) as connection:
        connection.execute("create schema demo")
        connection.execute(ddl)
    settings = WebSignInSettings(oidc_issuer=issuer.url, web_public_url=PAGES, **more_settings)
    with open_pool(database_url, "test") as pool:
        web = web_sign_in.web_sign_in_of(settings, pool, "demo")
        app = FastAPI(dependencies=[Depends(by_rights(RIGHTS, who=page_caller))])

        @app.get("/caseload")
        def caseload(session: Annotated[WebSession, Depends(web_session)]) -> dict[str, str]:
            return {"who": session.caller.ref, "csrf_token": session.csrf_token}

        @app.post("/snooze")
        def snooze(
            session: Annotated[WebSession, Depends(web_session)],
            ours: Annotated[None, Depends(our_form)],
        ) -> str:
            return session.caller.ref

        web_sign_in.install(app, web)
        web_app.prepare(app, tokens=web.tokens, ready=dict, types=web_sign_in.TYPES)
        yield app


@pytest.fixture
def browser(app: FastAPI) -> TestClient:
    return TestClient(app, base_url=PAGES, follow_redirects=False, headers=BROWSER)


def to_the_issuer(browser: TestClient, page: str = "/caseload?sort=name") -> str:
    """From a page to the issuer's own; the answer is its address."""
    first = browser.get(page)
    assert first.status_code == 303
    return browser.get(first.headers["location"]).headers["location"]


def click(address: str, user: str) -> str:
    """One click on the issuer's page; the answer is where it sends the browser back to."""
    page = httpx2.get(address)
    assert page.status_code == 200
    form = dict(re.findall(r"<input type=hidden name='([^']*)' value='([^']*)'>", page.text))
    form = {name: value.replace("&amp;", "&") for name, value in form.items()}
    return httpx2.post(address, data={**form, "user": user}).headers["location"]


def sign_in(browser: TestClient, user: str = "bemiddelaar-01") -> httpx2.Response:
    return browser.get(click(to_the_issuer(browser), user))


def test_who_is_not_signed_in_signs_in_and_comes_back_to_the_page(browser: TestClient) -> None:
    answer = sign_in(browser)

    assert (answer.status_code, answer.headers["location"]) == (303, "/caseload?sort=name")
    assert browser.get("/caseload").json()["who"] == "bemiddelaar-01"


def test_the_issuer_is_asked_for_the_scopes_by_which_it_tells_who_somebody_is_and_may(
    browser: TestClient,
) -> None:
    asked = parse_qs(urlsplit(to_the_issuer(browser)).query)

    assert asked["scope"] == ["openid profile vo vdab_traject"]


@pytest.mark.parametrize("more_settings", [{"oidc_scope": "openid vo"}])
def test_without_the_applications_own_scope_one_is_signed_in_without_rights(
    browser: TestClient,
) -> None:
    sign_in(browser)

    assert browser.get("/caseload").status_code == 403


@pytest.mark.parametrize("more_settings", [{"oidc_scope": "openid vdab_traject"}])
def test_without_the_scope_of_who_one_is_the_sign_in_ends_and_says_why(browser: TestClient) -> None:
    answer = sign_in(browser)

    assert (answer.status_code, answer.json()["type"]) == (401, "/problems/not-signed-in")
    assert "vo_orgcode" in answer.json()["detail"]


@pytest.mark.parametrize("scope", ["vo vdab_traject", "openid  vo", " openid", "openidvo"])
def test_scopes_without_openid_or_not_one_space_apart_are_a_wrong_setting(scope: str) -> None:
    with pytest.raises(ValueError, match="oidc_scope"):
        WebSignInSettings(oidc_issuer="http://127.0.0.1:1", oidc_scope=scope)


def test_the_sessions_cookie_is_out_of_reach_of_scripts_and_other_sites(
    browser: TestClient,
) -> None:
    cookies = sign_in(browser).headers.get_list("set-cookie")

    (cookie,) = [c for c in cookies if c.startswith("vdab_pathway_session=")]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie


def test_whoever_reads_the_table_can_neither_sign_in_nor_use_a_token(
    browser: TestClient, database_url: str
) -> None:
    sign_in(browser)
    value = browser.cookies["vdab_pathway_session"]

    with connect(database_url, "test") as connection:
        row = connection.execute("select id_hash, access_token from demo.web_session").fetchone()

    assert row is not None
    assert value.encode() not in row[0]
    assert row[1].count(".") == 4, "a JWE, no JWT"


def test_everything_but_a_page_gets_401_in_place_of_a_redirect(browser: TestClient) -> None:
    assert browser.get("/caseload", headers={"Accept": "application/json"}).status_code == 401
    assert browser.get("/caseload", headers={"HX-Request": "true"}).status_code == 401
    assert browser.post("/snooze", headers={"Accept": "application/json"}).status_code == 401


def test_a_form_sent_after_the_session_ended_leads_to_sign_in_and_its_page(
    browser: TestClient,
) -> None:
    sign_in(browser)
    token = browser.get("/caseload").json()["csrf_token"]
    value = browser.cookies[SESSION_COOKIE]
    browser.post("/sign-out", data={"csrf_token": token}, follow_redirects=False)

    for cookies in ({SESSION_COOKIE: value}, {}):
        browser.cookies.update(cookies)
        answer = browser.post("/snooze", data={"csrf_token": token}, follow_redirects=False)
        browser.cookies.clear()

        assert answer.status_code == 303
        assert answer.headers["location"] == "/sign-in?return_to=%2Fsnooze"


def test_who_lacks_the_right_is_signed_in_and_refused(browser: TestClient) -> None:
    sign_in(browser, "auditor-01")

    assert browser.get("/caseload").status_code == 403


def test_a_form_of_these_pages_is_taken_and_any_other_is_not(browser: TestClient) -> None:
    sign_in(browser)
    token = browser.get("/caseload").json()["csrf_token"]

    assert browser.post("/snooze", data={"csrf_token": token}).json() == "bemiddelaar-01"
    assert browser.post("/snooze", headers={"X-CSRF-Token": token}).status_code == 200
    for wrong in ({}, {"csrf_token": ""}, {"csrf_token": "é" * 64}):
        answer = browser.post("/snooze", data=wrong)
        assert (answer.status_code, answer.json()["type"]) == (403, "/problems/form-not-ours")


def test_signing_out_ends_the_session_here_and_at_the_issuer(
    browser: TestClient, issuer: ServedIssuer
) -> None:
    sign_in(browser)
    value = browser.cookies["vdab_pathway_session"]
    token = browser.get("/caseload").json()["csrf_token"]

    answer = browser.post("/sign-out", data={"csrf_token": token})

    assert answer.headers["location"].startswith(f"{issuer.url}/end_session?")
    assert httpx2.get(answer.headers["location"]).headers["location"] == f"{PAGES}/"
    browser.cookies.set("vdab_pathway_session", value)
    assert browser.get("/caseload").status_code == 303


def test_another_site_cannot_sign_someone_out(browser: TestClient) -> None:
    sign_in(browser)

    assert browser.post("/sign-out").status_code == 403
    assert browser.get("/caseload").status_code == 200


def test_a_sign_in_begun_in_another_browser_is_not_finished_in_this_one(
    app: FastAPI, browser: TestClient
) -> None:
    back = click(to_the_issuer(browser), "bemiddelaar-01")
    other = TestClient(app, base_url=PAGES, follow_redirects=False, headers=BROWSER)

    answer = other.get(back)

    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/sign-in-failed")
    assert "vdab_pathway_session" not in other.cookies


def test_a_code_signs_in_once_and_only_in_its_own_sign_in(browser: TestClient) -> None:
    back = click(to_the_issuer(browser), "bemiddelaar-01")
    code = parse_qs(urlsplit(back).query)["code"][0]
    state = parse_qs(urlsplit(to_the_issuer(browser)).query)["state"][0]

    swapped = browser.get(f"/sign-in/callback?code={code}&state={state}")

    assert (swapped.status_code, swapped.json()["type"]) == (400, "/problems/sign-in-failed")
    assert browser.get(back).status_code == 400


def test_two_tabs_sign_in_beside_each_other(browser: TestClient) -> None:
    first, second = to_the_issuer(browser), to_the_issuer(browser, "/caseload?tab=2")

    assert browser.get(click(second, "bemiddelaar-01")).headers["location"] == "/caseload?tab=2"
    assert browser.get(click(first, "bemiddelaar-01")).status_code == 303


def test_an_issuer_that_refuses_leaves_one_signed_out(browser: TestClient) -> None:
    state = parse_qs(urlsplit(to_the_issuer(browser)).query)["state"][0]

    answer = browser.get(f"/sign-in/callback?error=access_denied&state={state}")

    assert answer.status_code == 400


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "/\t/evil.example"]
)
def test_nobody_is_sent_on_to_another_site(browser: TestClient, elsewhere: str) -> None:
    start = browser.get("/sign-in", params={"return_to": elsewhere}).headers["location"]

    assert browser.get(click(start, "bemiddelaar-01")).headers["location"] == "/"


def kept(content: bytes) -> str:
    """A cookie as the browser keeps it, with this in it."""
    return base64.urlsafe_b64encode(content).decode()


def planted(browser: TestClient, state: str, cookie: str) -> None:
    """Put a cookie where the one of a sign-in with that state stands."""
    name = f"{STARTED_COOKIE}_{hashlib.sha256(state.encode()).hexdigest()[:12]}"
    browser.cookies.set(name, cookie, path="/sign-in/callback")


@pytest.mark.parametrize(
    "cookie",
    [
        "",
        "no base64!",
        "A",
        kept(b"null"),
        kept(b"[]"),
        kept(b"\xff"),
        kept(b'{"state":1,"nonce":"n","verifier":"v","return_to":"/"}'),
        kept(b'{"state":"s"}'),
        kept(b'{"state":"s","nonce":null,"verifier":[],"return_to":{}}'),
        kept(b'{"state":"s","nonce":"n","verifier":"\\ud800","return_to":"/"}'),
        kept(b'{"state":"\\udc00","nonce":"n","verifier":"v","return_to":"/"}'),
        kept(b'{"state":"s","nonce":"n","verifier":"v","return_to":"/","more":1}'),
        kept(b"[" * 20_000),
    ],
    ids=range(13),
)
def test_a_cookie_that_makes_no_sense_is_told_as_a_sign_in_that_was_not_begun(
    browser: TestClient, cookie: str
) -> None:
    planted(browser, "s", cookie)

    answer = browser.get("/sign-in/callback?state=s&code=c")

    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/sign-in-failed")


def test_a_planted_cookie_sends_nobody_on_to_another_site(browser: TestClient) -> None:
    asked = to_the_issuer(browser)
    state = parse_qs(urlsplit(asked).query)["state"][0]
    (begun,) = [c for c in browser.cookies.jar if c.name.startswith(STARTED_COOKIE)]
    told = json.loads(base64.urlsafe_b64decode(begun.value or ""))
    altered = json.dumps({**told, "return_to": "https://evil.example/"})
    browser.cookies.clear()
    planted(browser, state, kept(altered.encode()))

    answer = browser.get(click(asked, "bemiddelaar-01"))

    assert (answer.status_code, answer.headers["location"]) == (303, "/")


def test_by_another_name_of_the_machine_sign_in_moves_to_the_public_one(app: FastAPI) -> None:
    browser = TestClient(app, base_url="http://localhost:8403", follow_redirects=False)

    answer = browser.get("/sign-in?return_to=/caseload")

    assert answer.headers["location"] == f"{PAGES}/sign-in?return_to=%2Fcaseload"


def test_a_session_ends_with_its_token(browser: TestClient, database_url: str) -> None:
    sign_in(browser)
    with connect(database_url, "test") as connection:
        connection.execute("update demo.web_session set expires_at = now() - interval '1 second'")

    assert browser.get("/caseload").status_code == 303


def test_a_session_is_verified_with_the_issuers_keys_of_today(
    browser: TestClient, issuer: ServedIssuer
) -> None:
    sign_in(browser)
    issuer.rotate()

    assert browser.get("/caseload").status_code == 200


def test_with_the_issuer_away_the_page_says_so(database_url: str, app: FastAPI) -> None:
    settings = WebSignInSettings(oidc_issuer="http://127.0.0.1:1", web_public_url=PAGES)
    with open_pool(database_url, "test") as pool:
        app.state.web_sign_in = web_sign_in.web_sign_in_of(settings, pool, "demo")
        browser = TestClient(app, base_url=PAGES, follow_redirects=False, headers=BROWSER)

        assert browser.get("/sign-in").status_code == 503


def test_every_address_of_signing_in_stands_in_the_table(app: FastAPI) -> None:
    assert forgotten(app, RIGHTS) == []
