"""What other sites, other sessions and old cookies can do with the pages: nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from urllib.parse import parse_qsl

import httpx2
import psycopg
import pytest
from embedded.issuer import create_app as issuer_app
from fastapi.routing import iter_route_contexts
from plumbing.callers import Role
from plumbing.web_sessions import csrf_token_of
from plumbing.web_sign_in import CALLBACK_PATH, SESSION_COOKIE
from starlette.testclient import TestClient

from tests.plumbing.served import ServedIssuer, bound_socket, served
from tests.projections.web.conftest import NOW
from tests.projections.web.served_pages import InventedNames, web_app
from tests.rights.doors import Door, just

PAGE = {"Accept": "text/html,application/xhtml+xml"}
COUNSELLOR, ANOTHER = "bemiddelaar-01", "bemiddelaar-02"
HTTPS = "https://pathway.example"


def forms(door: Door) -> list[str]:
    """The addresses of everything that a page sends, from the app itself."""
    routes = iter_route_contexts(door.app.routes)
    sent = [route for route in routes if set(route.methods or ()) - {"GET", "HEAD"}]
    return [str(route.path) for route in sent if not str(route.path).startswith("/v1/")]


def a_browser(door: Door, user: str = "") -> TestClient:
    browser = TestClient(door.app, base_url=door.base_url, headers=PAGE, follow_redirects=False)
    if user:
        sign_in(browser, user)
    return browser


def sign_in(browser: TestClient, user: str) -> list[str]:
    """To the issuer, one click there, and back; the cookies that were set on the way, in small letters."""
    begun = browser.get("/sign-in?return_to=/caseload")
    address, _, query = begun.headers["location"].partition("?")
    clicked = httpx2.post(address, data={**dict(parse_qsl(query)), "user": user})
    ended = browser.get(clicked.headers["location"])
    assert ended.headers["location"] == "/caseload", ended.text
    told = [*begun.headers.get_list("set-cookie"), *ended.headers.get_list("set-cookie")]
    return [cookie.lower() for cookie in told if "max-age=0" not in cookie.lower()]


@contextmanager
def on_https(door: Door) -> Iterator[Door]:
    """The same pages where browsers come by https."""
    issuer = replace(door.issuer, redirect_uris=frozenset({f"{HTTPS}{CALLBACK_PATH}"}))
    at = bound_socket()
    issuer.url = f"http://127.0.0.1:{at.getsockname()[1]}"
    with (
        served(issuer_app(issuer), at),
        web_app(door.url, ServedIssuer(issuer), InventedNames(), HTTPS, NOW) as app,
    ):
        yield replace(door, app=app, issuer=issuer, base_url=HTTPS)


def sessions(door: Door) -> int:
    with psycopg.connect(door.url) as connection:
        (held,) = connection.execute("select count(*) from projections.web_session").fetchone() or (
            0,
        )
    return held


def who_fills(address: str) -> str:
    """Somebody who may send the form at this address."""
    if address in {"/published", "/sheets"}:
        return "rapporteur-01"
    return "operator-01" if address.startswith("/operations") else COUNSELLOR


def test_there_are_forms_to_look_at(read_side: Door) -> None:
    assert {"/sign-out", "/override"} <= set(forms(read_side))


@pytest.mark.parametrize("token", ["none", "empty", "made up", "another session's", "of no cookie"])
def test_no_form_is_taken_that_does_not_come_from_this_session(read_side: Door, token: str) -> None:
    other = a_browser(read_side, ANOTHER)
    sent = {
        "none": {},
        "empty": {"csrf_token": ""},
        "made up": {"csrf_token": "0" * 64},
        "another session's": {"csrf_token": csrf_token_of(other.cookies[SESSION_COOKIE])},
        "of no cookie": {"csrf_token": csrf_token_of("")},
    }[token]

    for address in forms(read_side):
        browser = a_browser(read_side, who_fills(address))
        answer = browser.post(address, data=sent, headers={"Accept": "application/json"})
        assert (answer.status_code, answer.json()["type"]) == (403, "/problems/form-not-ours")
        assert browser.get("/").status_code != 403
    assert caseload_with(read_side, other.cookies[SESSION_COOKIE]).status_code == 200


def test_a_form_of_this_session_is_taken(read_side: Door) -> None:
    for address in forms(read_side):
        browser = a_browser(read_side, who_fills(address))
        own = {"csrf_token": csrf_token_of(browser.cookies[SESSION_COOKIE])}
        # Taken, and what it then says is wrong: nobody of that name waits.
        assert browser.post(address, data=own).status_code in {303, 404, 422}


def test_a_token_in_a_header_opens_no_page_and_a_cookie_no_rest(read_side: Door) -> None:
    both = read_side.knock(just(Role.COUNSELLOR))
    bearer = TestClient(read_side.app, base_url=read_side.base_url)
    bearer.headers["Authorization"] = both.headers["Authorization"]
    cookie = a_browser(read_side, COUNSELLOR)

    assert bearer.get("/v1/caseload").status_code == 200
    assert bearer.get("/caseload").status_code == 401
    assert cookie.get("/caseload").status_code == 200
    assert cookie.get("/v1/caseload").status_code == 401


def test_a_cookie_that_was_there_before_sign_in_is_not_taken_over(read_side: Door) -> None:
    browser = a_browser(read_side)
    browser.cookies.set(SESSION_COOKIE, "planted")

    cookies = sign_in(browser, COUNSELLOR)

    assert any(cookie.startswith(f"{SESSION_COOKIE}=") for cookie in cookies)
    assert not any("planted" in cookie for cookie in cookies)
    assert caseload_with(read_side, "planted").status_code == 303


def test_signing_in_again_ends_the_session_before(read_side: Door) -> None:
    browser = a_browser(read_side, COUNSELLOR)
    before, held = browser.cookies[SESSION_COOKIE], sessions(read_side)

    sign_in(browser, ANOTHER)

    assert browser.cookies[SESSION_COOKIE] != before
    assert sessions(read_side) == held
    assert caseload_with(read_side, before).status_code == 303


def test_signing_out_ends_the_session_on_the_server(read_side: Door) -> None:
    browser = a_browser(read_side, COUNSELLOR)
    value, held = browser.cookies[SESSION_COOKIE], sessions(read_side)

    sent = {"csrf_token": csrf_token_of(value)}
    assert browser.post("/sign-out", data=sent).status_code == 303

    assert sessions(read_side) == held - 1
    assert caseload_with(read_side, value).status_code == 303
    assert SESSION_COOKIE not in browser.cookies


def test_cookies_are_out_of_reach_of_scripts_and_of_other_sites(read_side: Door) -> None:
    cookies = sign_in(a_browser(read_side), COUNSELLOR)

    assert len(cookies) == 2, "one to find the way back, one for the session"
    for cookie in cookies:
        assert {"httponly", "samesite=lax"} <= parts(cookie)
        assert "domain=" not in cookie


def test_on_https_cookies_are_for_https_alone(read_side: Door) -> None:
    with on_https(read_side) as door:
        cookies = sign_in(a_browser(door), COUNSELLOR)

    assert len(cookies) == 2
    for cookie in cookies:
        assert {"httponly", "samesite=lax", "secure"} <= parts(cookie)


def parts(cookie: str) -> set[str]:
    return {part.strip() for part in cookie.split(";")}


def caseload_with(door: Door, session: str) -> httpx2.Response:
    browser = a_browser(door)
    browser.cookies.set(SESSION_COOKIE, session)
    return browser.get("/caseload")
