"""Which tokens open no door: each is a good one with one thing wrong, shown at both services."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest
from embedded.issuer import DemoIssuer
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from plumbing.callers import Role
from plumbing.problems import Problem
from plumbing.tokens import LEEWAY_SECONDS, Issuer, Tokens
from starlette.testclient import TestClient

from tests.plumbing.served import a_key
from tests.rights.doors import AUDIENCE, Door, Endpoint, asked, just

CLAIMS = just(Role.COUNSELLOR)
MINUTE = timedelta(minutes=1)
STRANGER = a_key()

Made = Callable[[Door], str]


def a_token(
    door: Door,
    claims: Mapping[str, object] | None = None,
    header: Mapping[str, object] | None = None,
    *,
    key: RSAKey | None = None,
) -> str:
    """A good access token but for what is told otherwise; None takes a claim or header away."""
    own = key or door.issuer.keys.keys[0]
    now = int(door.now().timestamp())
    good = {**CLAIMS, "iss": door.issuer.url, "aud": AUDIENCE, "iat": now, "exp": now + 600}
    head = {"alg": "RS256", "kid": door.issuer.keys.keys[0].kid, "typ": "at+jwt", **(header or {})}
    return jwt.encode(_told(head), _told({**good, **(claims or {})}), own)


def _told(values: Mapping[str, object]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _in(door: Door, **seconds: int) -> dict[str, object]:
    """Claims about time, so many seconds from now by the service's clock."""
    return {name: int(door.now().timestamp()) + by for name, by in seconds.items()}


def _part(told: Mapping[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(told).encode()).rstrip(b"=").decode()


def _unsigned(door: Door) -> str:
    _, claims, _ = a_token(door).split(".")
    return f"{_part({'alg': 'none', 'typ': 'at+jwt'})}.{claims}."


def _with_the_public_key_as_secret(door: Door) -> str:
    key = door.issuer.keys.keys[0]
    _, claims, _ = a_token(door).split(".")
    signed = f"{_part({'alg': 'HS256', 'kid': key.kid, 'typ': 'at+jwt'})}.{claims}"
    made = hmac.digest(key.as_pem(private=False), signed.encode(), hashlib.sha256)
    return f"{signed}.{base64.urlsafe_b64encode(made).rstrip(b'=').decode()}"


def _with_the_claims_of_another(door: Door) -> str:
    header, _, signature = a_token(door).split(".")
    _, claims, _ = a_token(door, just(Role.AUDITOR)).split(".")
    return f"{header}.{claims}.{signature}"


def _by_another_issuer(door: Door) -> str:
    return DemoIssuer("https://other.example", door.issuer.keys, door.issuer.now).token_for(
        CLAIMS, AUDIENCE
    )


BEYOND, WITHIN = LEEWAY_SECONDS + 5, LEEWAY_SECONDS - 5
WRONG: Mapping[str, Made] = {
    "signed by a stranger": lambda door: a_token(door, key=STRANGER),
    "signed by a stranger who says so": lambda door: a_token(
        door, header={"kid": STRANGER.kid}, key=STRANGER
    ),
    "signed by a key that it brings along": lambda door: a_token(
        door, header={"jwk": STRANGER.as_dict(private=False)}, key=STRANGER
    ),
    "with a key that the issuer does not have": lambda door: a_token(
        door, header={"kid": "made-up"}
    ),
    "unsigned": _unsigned,
    "signed with the public key as a secret": _with_the_public_key_as_secret,
    "with the claims of another": _with_the_claims_of_another,
    "expired": lambda door: a_token(door, _in(door, iat=-7200, exp=-BEYOND)),
    "without an end": lambda door: a_token(door, {"exp": None}),
    "not valid yet": lambda door: a_token(door, _in(door, nbf=BEYOND)),
    "of the future": lambda door: a_token(door, _in(door, iat=BEYOND)),
    "for another audience": lambda door: a_token(door, {"aud": "another"}),
    "for no audience": lambda door: a_token(door, {"aud": None}),
    "by another issuer": _by_another_issuer,
    "by no issuer": lambda door: a_token(door, {"iss": None}),
    "about nobody": lambda door: a_token(door, {"sub": None}),
    "an identity token for the same audience": lambda door: a_token(
        door, {"nonce": "n"}, {"typ": "JWT"}
    ),
    "of a kind that is not told": lambda door: a_token(door, header={"typ": None}),
    "a sign-out token": lambda door: a_token(door, header={"typ": "logout+jwt"}),
    "empty": lambda _: "",
    "no token at all": lambda _: "a.b.c",
}
GOOD: Mapping[str, Made] = {
    "as it should be": a_token,
    "for more audiences": lambda door: a_token(door, {"aud": ["another", AUDIENCE]}),
    "ended a moment ago by our clock": lambda door: a_token(door, _in(door, exp=-WITHIN)),
    "valid in a moment by our clock": lambda door: a_token(door, _in(door, nbf=WITHIN, iat=WITHIN)),
    "with its kind in full": lambda door: a_token(door, header={"typ": "application/at+jwt"}),
}


def bearing(door: Door, token: str) -> TestClient:
    client = TestClient(door.app, base_url=door.base_url, follow_redirects=False)
    client.headers["Authorization"] = f"Bearer {token}"
    return client


def by_rest(door: Door) -> list[Endpoint]:
    """What programs ask; pages go by session."""
    return [endpoint for endpoint in door.closed() if endpoint.path.startswith("/v1/")]


@pytest.mark.parametrize("wrong", WRONG)
def test_a_token_with_one_thing_wrong_opens_no_endpoint_and_leaves_no_name(
    door: Door, wrong: str
) -> None:
    before = len(door.looks())
    client = bearing(door, WRONG[wrong](door))

    answers = [asked(client, *door.question(endpoint)) for endpoint in by_rest(door)]

    assert {answer.status_code for answer in answers} == {401}
    assert {answer.json()["type"] for answer in answers} == {"/problems/not-signed-in"}
    assert len(door.looks()) == before


@pytest.mark.parametrize("good", GOOD)
def test_the_same_token_with_nothing_wrong_opens(door: Door, good: str) -> None:
    client = bearing(door, GOOD[good](door))
    mine = [endpoint for endpoint in by_rest(door) if Role.COUNSELLOR in endpoint.roles]

    answers = [asked(client, *door.question(endpoint)) for endpoint in mine]

    assert {answer.status_code for answer in answers}.isdisjoint({401, 403})


def test_without_a_token_no_endpoint_answers(door: Door) -> None:
    client = TestClient(door.app, base_url=door.base_url, follow_redirects=False)

    for endpoint in by_rest(door):
        answer = asked(client, *door.question(endpoint))
        assert (answer.status_code, answer.json()["type"]) == (401, "/problems/not-signed-in")


@pytest.mark.parametrize("wrong", WRONG)
def test_a_session_is_worth_no_more_than_its_token(read_side: Door, wrong: str) -> None:
    client = read_side.knock_with(WRONG[wrong](read_side))
    pages = [endpoint for endpoint in read_side.closed() if endpoint not in by_rest(read_side)]

    assert {asked(client, e.method, e.address()).status_code for e in pages} == {401}


def test_a_key_that_the_issuer_took_away_opens_nothing_once_the_keys_are_renewed() -> None:
    old, new = a_key(), a_key()
    issuer = DemoIssuer("https://issuer.example", KeySet([old]))
    seconds = 0.0

    def fetch(address: str) -> Mapping[str, object]:
        metadata = {"issuer": issuer.url, "jwks_uri": "keys"}
        return issuer.keys.as_dict(private=False) if address == "keys" else metadata

    tokens = Tokens(Issuer(issuer.url, fetch=fetch, seconds=lambda: seconds), AUDIENCE, issuer.now)
    of_old = issuer.token_for(CLAIMS, AUDIENCE)
    assert tokens.caller(of_old).ref == CLAIMS["sub"]
    issuer.keys = KeySet([new])
    seconds = 3601.0

    assert tokens.caller(issuer.token_for(CLAIMS, AUDIENCE)).ref == CLAIMS["sub"]
    with pytest.raises(Problem) as refused:
        tokens.caller(of_old)
    assert refused.value.status == 401
