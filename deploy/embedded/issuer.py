"""A small OpenID Connect issuer for the demo: one click signs in, so no other store may use it."""

import argparse
import base64
import hashlib
import json
import os
import secrets
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html import escape
from pathlib import Path
from typing import cast
from urllib.parse import parse_qsl, urlencode, urlsplit

import psycopg
import uvicorn
from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import (
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
)
from joserfc import jwt
from joserfc.jwk import KeySet, KeySetSerialization, RSAKey
from plumbing import logs
from plumbing.clock import Clock, utc_now
from plumbing.settings import EXIT_MISCONFIGURED

from embedded.issuer_users import PEOPLE, SCOPES, SYSTEMS, WEB_CLIENT, DemoPerson, demo_person

AUDIENCE = "vdab-pathway"
TOKEN_LIFETIME = timedelta(hours=8)
CODE_LIFETIME = timedelta(minutes=2)
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
CALLBACK_PATH = "/sign-in/callback"


class NoDemo(Exception):
    """The issuer may not start here; the message says why and what to do."""


@dataclass(frozen=True)
class _Grant:
    person: DemoPerson
    redirect_uri: str
    challenge: str
    nonce: str
    scopes: tuple[str, ...]
    until: datetime


@dataclass
class DemoIssuer:
    """Makes tokens, and remembers the codes that wait to be exchanged for one.

    The first of `keys` signs; all are published, so that putting a new one first rotates.
    `redirect_uris` are allowed beside the loopback addresses.
    """

    url: str
    keys: KeySet
    now: Clock = utc_now
    redirect_uris: frozenset[str] = frozenset()
    _grants: dict[str, _Grant] = field(default_factory=dict[str, _Grant])

    def token_for(self, claims: Mapping[str, object], audience: str, kind: str = "at+jwt") -> str:
        """A signed token with `claims`, valid from now for eight hours."""
        key = self.keys.keys[0]
        told = {
            "iss": self.url,
            "aud": audience,
            "iat": int(self.now().timestamp()),
            "exp": int((self.now() + TOKEN_LIFETIME).timestamp()),
            "jti": secrets.token_hex(16),
        }
        return jwt.encode({"alg": "RS256", "kid": key.kid, "typ": kind}, {**claims, **told}, key)

    def grant(self, person: DemoPerson, asked: Mapping[str, str]) -> str:
        """The code for a person who just signed in, good for one exchange."""
        code = secrets.token_urlsafe(32)
        self._grants[code] = _Grant(
            person=person,
            redirect_uri=asked["redirect_uri"],
            challenge=asked["code_challenge"],
            nonce=asked.get("nonce", ""),
            scopes=tuple(asked["scope"].split()),
            until=self.now() + CODE_LIFETIME,
        )
        return code

    def exchange(self, form: Mapping[str, str]) -> dict[str, object]:
        """The tokens for a code; raises HTTPException 400 as OAuth names it."""
        grant = self._grants.pop(form.get("code", ""), None)
        proof = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if (
            grant is None
            or grant.until < self.now()
            or form.get("client_id") != WEB_CLIENT
            or form.get("redirect_uri") != grant.redirect_uri
            or base64.urlsafe_b64encode(proof).rstrip(b"=").decode() != grant.challenge
        ):
            raise HTTPException(400, "invalid_grant")
        identity = grant.person.profile(grant.scopes)
        identity |= {"nonce": grant.nonce} if grant.nonce else {}
        return _token_answer(
            self.token_for(grant.person.claims(grant.scopes), AUDIENCE),
            id_token=self.token_for(identity, WEB_CLIENT, "JWT"),
            scope=" ".join(grant.scopes),
        )

    def for_system(self, client_id: str, secret: str, scope: str) -> dict[str, object]:
        """The token for a system's own credentials; raises HTTPException 401 or 400."""
        system = SYSTEMS.get(client_id)
        if system is None or not secrets.compare_digest(system.secret.encode(), secret.encode()):
            raise HTTPException(401, "invalid_client", {"WWW-Authenticate": "Basic"})
        asked = tuple(scope.split()) or system.scopes
        if not set(asked) <= set(system.scopes):
            raise HTTPException(400, "invalid_scope")
        claims = {
            "sub": client_id,
            "client_id": client_id,
            "vo_orgcode": system.organisation,
            "scope": " ".join(asked),
        }
        return _token_answer(self.token_for(claims, AUDIENCE), scope=" ".join(asked))

    def may_return_to(self, address: str) -> bool:
        """Whether a browser may be sent there with a code: a loopback callback or a listed one."""
        parts = urlsplit(address)
        local = parts.scheme == "http" and parts.hostname in LOOPBACK
        return address in self.redirect_uris or (local and parts.path == CALLBACK_PATH)

    def may_leave_to(self, address: str) -> bool:
        """Whether a browser may be sent there after signing out: the site of a callback."""
        parts = urlsplit(address)
        if parts.scheme == "http" and parts.hostname in LOOPBACK:
            return True
        sites = {(urlsplit(a).scheme, urlsplit(a).netloc) for a in self.redirect_uris}
        return (parts.scheme, parts.netloc) in sites


def create_app(issuer: DemoIssuer) -> FastAPI:
    """The issuer's addresses: discovery, keys, authorize, token, end of session, demo tokens."""
    app = FastAPI(title="Demo issuer", docs_url=None, redoc_url=None, openapi_url=None)
    app.get("/.well-known/openid-configuration")(lambda: _metadata(issuer.url))
    app.get("/jwks")(lambda: JSONResponse(issuer.keys.as_dict(private=False)))
    app.add_api_route("/authorize", _authorize_page(issuer), methods=["GET"])
    app.add_api_route("/authorize", _sign_in(issuer), methods=["POST"])
    app.add_api_route("/token", _token(issuer), methods=["POST"])
    app.add_api_route("/demo/token", _demo_token(issuer), methods=["GET"])
    app.add_api_route("/end_session", _end_session(issuer), methods=["GET"])
    app.add_exception_handler(HTTPException, _oauth_error)
    return app


def _metadata(url: str) -> dict[str, object]:
    return {
        "issuer": url,
        "authorization_endpoint": f"{url}/authorize",
        "token_endpoint": f"{url}/token",
        "jwks_uri": f"{url}/jwks",
        "end_session_endpoint": f"{url}/end_session",
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code", "client_credentials"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["none", "client_secret_basic"],
        "scopes_supported": list(SCOPES),
    }


def _check_asked(issuer: DemoIssuer, asked: Mapping[str, str]) -> None:
    if asked.get("client_id") != WEB_CLIENT:
        raise HTTPException(400, "unauthorized_client")
    if not issuer.may_return_to(asked.get("redirect_uri", "")):
        raise HTTPException(400, "invalid_request: redirect_uri is not one of this client's")
    if asked.get("response_type") != "code" or not asked.get("code_challenge"):
        raise HTTPException(400, "invalid_request: only the code flow with PKCE")
    if asked.get("code_challenge_method") != "S256":
        raise HTTPException(400, "invalid_request: code_challenge_method is S256")
    scopes = asked.get("scope", "").split()
    if "openid" not in scopes or not set(scopes) <= set(SCOPES):
        raise HTTPException(400, f"invalid_scope: openid, and of {', '.join(SCOPES)}")


def _authorize_page(issuer: DemoIssuer) -> Callable[[Request], HTMLResponse]:
    def authorize_page(request: Request) -> HTMLResponse:
        asked = dict(request.query_params)
        _check_asked(issuer, asked)
        kept = "".join(
            f"<input type=hidden name='{escape(name)}' value='{escape(value)}'>"
            for name, value in asked.items()
        )
        people = "".join(
            f"<p><button name=user value='{person.code}'>{escape(person.name)}"
            f" &ndash; {escape(person.label)}</button></p>"
            for person in PEOPLE.values()
        )
        return HTMLResponse(
            "<!doctype html><html lang=nl><meta charset=utf-8><title>Aanmelden (demo)</title>"
            "<h1>Aanmelden (demo)</h1><p>Deze mensen zijn verzonnen: &eacute;&eacute;n klik meldt"
            f" aan. / These people are invented: one click signs in.</p><form method=post>{kept}"
            f"{people}</form></html>",
            headers={"Content-Security-Policy": "default-src 'none'", "Cache-Control": "no-store"},
        )

    return authorize_page


def _sign_in(issuer: DemoIssuer) -> Callable[[Request], object]:
    async def sign_in(request: Request) -> RedirectResponse:
        asked = await _form(request)
        _check_asked(issuer, asked)
        person = PEOPLE.get(asked.get("user", ""))
        if person is None:
            raise HTTPException(400, "access_denied: there is no such demo user")
        back = {"code": issuer.grant(person, asked), "state": asked.get("state", "")}
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(back)}", status_code=303)

    return sign_in


def _token(issuer: DemoIssuer) -> Callable[[Request], object]:
    async def token(request: Request) -> JSONResponse:
        form = await _form(request)
        match form.get("grant_type"):
            case "authorization_code":
                answer = issuer.exchange(form)
            case "client_credentials":
                answer = issuer.for_system(*_credentials(request, form), form.get("scope", ""))
            case _:
                raise HTTPException(400, "unsupported_grant_type")
        return JSONResponse(answer, headers={"Cache-Control": "no-store"})

    return token


def _demo_token(issuer: DemoIssuer) -> Callable[[Request, str], PlainTextResponse]:
    def demo_token(request: Request, user: str = "") -> PlainTextResponse:
        # The name asked for counts too: a page elsewhere may point its own name at 127.0.0.1.
        near = request.client is not None and request.client.host in LOOPBACK
        if not near or request.url.hostname not in LOOPBACK:
            raise HTTPException(403, "access_denied: only from this machine itself")
        person = demo_person(user)
        if person is None:
            raise HTTPException(404, f"invalid_request: user is one of {', '.join(PEOPLE)}")
        return PlainTextResponse(
            issuer.token_for(person.claims(), AUDIENCE), headers={"Cache-Control": "no-store"}
        )

    return demo_token


def _end_session(issuer: DemoIssuer) -> Callable[[str], Response]:
    def end_session(post_logout_redirect_uri: str = "") -> Response:
        # There is no session here to end: each sign-in is a click anew.
        if issuer.may_leave_to(post_logout_redirect_uri):
            return RedirectResponse(post_logout_redirect_uri, status_code=303)
        return HTMLResponse("<!doctype html><html lang=nl><p>Afgemeld. / Signed out.</p></html>")

    return end_session


async def _form(request: Request) -> dict[str, str]:
    try:
        return dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
    except ValueError as error:
        raise HTTPException(400, "invalid_request: the form is not UTF-8") from error


def _credentials(request: Request, form: Mapping[str, str]) -> tuple[str, str]:
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return form.get("client_id", ""), form.get("client_secret", "")
    try:
        client_id, _, secret = base64.b64decode(encoded).decode().partition(":")
    except ValueError as error:
        raise HTTPException(401, "invalid_client", {"WWW-Authenticate": "Basic"}) from error
    return client_id, secret


def _oauth_error(_request: Request, error: Exception) -> JSONResponse:
    told = cast("HTTPException", error)
    code, _, description = str(told.detail).partition(": ")
    body = {"error": code} | ({"error_description": description} if description else {})
    return JSONResponse(body, status_code=told.status_code, headers=told.headers)


def _token_answer(access_token: str, **more: str) -> dict[str, object]:
    return {
        "access_token": access_token,
        "token_type": "Bearer",
        "expires_in": int(TOKEN_LIFETIME.total_seconds()),
        **more,
    }


def keys_of(file: Path) -> KeySet:
    """The private keys in `file`, which is made (for its owner alone) when there is none."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        made = KeySet([RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, auto_kid=True)])
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as new:
            json.dump(made.as_dict(private=True), new)
    return KeySet.import_key_set(cast("KeySetSerialization", json.loads(file.read_text())))


def refuse_unless_demo(database_url: str, *, promised: bool) -> None:
    """Raise NoDemo unless the store at `database_url` is marked as demo.

    Without an address, `promised` (the flag on the command line) has to do.
    """
    if not database_url:
        if promised:
            return
        raise NoDemo(
            "The demo issuer signs anyone in. Set PATHWAY_DATABASE_URL to a store that is marked"
            " as demo, or give --i-know-this-is-a-demo."
        )
    try:
        with psycopg.connect(database_url, connect_timeout=5) as connection:
            mark = connection.execute("select demo from pathway.store_mark").fetchone()
    except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName):
        mark = None
    except psycopg.OperationalError as error:
        raise NoDemo("PATHWAY_DATABASE_URL names a store that does not answer.") from error
    if mark is None:
        raise NoDemo("The store has no mark yet; migrate it first.")
    if mark[0] is not True:
        raise NoDemo(
            "The store is not marked as demo, and the demo issuer signs anyone in."
            " Set OIDC_ISSUER to your organisation's issuer instead."
        )


def main() -> None:
    """Serve until stopped; ends with status 78 and a sentence where there is no demo."""
    options = argparse.ArgumentParser(prog="python -m embedded.issuer", description=__doc__)
    options.add_argument("--host", default="127.0.0.1")
    options.add_argument("--port", type=int, default=8402)
    options.add_argument("--issuer", default="http://127.0.0.1:8402")
    options.add_argument("--key-file", type=Path, default=Path(".data/keys/issuer.json"))
    options.add_argument("--redirect-uri", action="append", default=[])
    options.add_argument("--i-know-this-is-a-demo", action="store_true")
    chosen = options.parse_args()
    try:
        refuse_unless_demo(
            os.environ.get("PATHWAY_DATABASE_URL", ""), promised=chosen.i_know_this_is_a_demo
        )
    except NoDemo as refused:
        print(refused, file=sys.stderr)
        sys.exit(EXIT_MISCONFIGURED)
    logs.configure("issuer")
    issuer = DemoIssuer(
        chosen.issuer.rstrip("/"),
        keys_of(chosen.key_file),
        redirect_uris=frozenset(chosen.redirect_uri),
    )
    uvicorn.run(
        create_app(issuer),
        host=chosen.host,
        port=chosen.port,
        log_config=None,
        access_log=False,
        server_header=False,
    )


if __name__ == "__main__":
    main()
