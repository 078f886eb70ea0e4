"""Which tokens say who calls, and which say nothing at all."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from embedded.issuer import DemoIssuer, create_app
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey
from plumbing.callers import Caller, CallerKind, NobodysToken, Role, caller_of
from plumbing.clock import utc_now
from plumbing.problems import Problem
from plumbing.tokens import Issuer, Tokens, fetch_json

from tests.plumbing.served import ServedIssuer, a_key, bound_socket, served

AUDIENCE = "vdab-pathway"
SOMEBODY = {"sub": "x", "vo_orgcode": "OVO000083"}
"""Claims that say who calls, so that a refusal is about something else."""


def tokens_for(url: str, now=utc_now) -> Tokens:
    return Tokens(Issuer(url), AUDIENCE, now)


def refused(tokens: Tokens, token: str) -> Problem:
    with pytest.raises(Problem) as raised:
        tokens.caller(token)
    assert token not in json.dumps(raised.value.as_json())
    return raised.value


def test_a_counsellors_token_says_who_from_where_with_which_right(issuer: ServedIssuer) -> None:
    assert tokens_for(issuer.url).caller(issuer.token("bemiddelaar-01")) == Caller(
        ref="bemiddelaar-01",
        kind=CallerKind.BEMIDDELAAR,
        organisation="OVO000083",
        roles=frozenset({Role.COUNSELLOR}),
        unit="OE-VOORBEELD-NOORD",
    )


def test_a_system_is_known_by_its_client_and_its_scope(issuer: ServedIssuer) -> None:
    token = str(issuer.issuer.for_system("mlp", "demo-mlp", "")["access_token"])

    assert tokens_for(issuer.url).caller(token) == Caller(
        ref="mlp",
        kind=CallerKind.SYSTEEM,
        organisation="OVO000083",
        roles=frozenset({Role.CONSUMING_SYSTEM}),
        scopes=frozenset({"vdab_traject_lezen"}),
    )


@pytest.mark.parametrize(
    ("code", "role"),
    [
        ("teamleider-01", Role.TEAM_LEADER),
        ("partner-01", Role.PARTNER),
        ("rapporteur-01", Role.REPORTING_OFFICER),
        ("auditor-01", Role.AUDITOR),
        ("operator-01", Role.OPERATOR),
        ("beheerder-01", Role.ADMINISTRATOR),
    ],
)
def test_each_demo_user_has_the_role_of_the_name(
    issuer: ServedIssuer, code: str, role: Role
) -> None:
    assert tokens_for(issuer.url).caller(issuer.token(code)).roles == {role}


def test_a_right_counts_only_for_the_organisation_signed_in_for() -> None:
    claims = {
        "sub": "x",
        "vo_doelgroepcode": "GID",
        "vo_orgcode": "OVO000083",
        "vdab_traject_rol_3d": ["VdabTraject-Auditor:OVO000999", "Other-Bemiddelaar:OVO000083"],
    }

    assert caller_of(claims).roles == frozenset()


def test_a_right_counts_only_in_the_target_group_it_is_meant_for() -> None:
    claims = {
        "sub": "x",
        "vo_doelgroepcode": "EA",
        "vo_orgcode": "0999999922",
        "vdab_traject_rol_3d": "VdabTraject-Bemiddelaar:0999999922",
    }

    assert (caller_of(claims).kind, caller_of(claims).roles) == (CallerKind.PARTNER, frozenset())


COUNSELLOR = {
    "vo_id": "bemiddelaar-01",
    "vo_doelgroepcode": "GID",
    "vo_orgcode": "OVO000083",
    "vdab_traject_rol_3d": ["VdabTraject-Bemiddelaar:OVO000083", "VdabTraject-Bemiddelaar"],
}


@pytest.mark.parametrize(
    "odd",
    [
        {"vo_orgcode": ""},
        {"vo_orgcode": None},
        {"vo_id": "84051799897"},
        {"vo_id": "84.05.17-998.97"},
        {"vo_id": "", "sub": ""},
        {"vo_id": "a\x00b"},
        {"vo_doelgroepcode": "", "sub": "84051799897"},
        {"vo_doelgroepcode": "", "sub": "mlp", "vo_orgcode": ""},
    ],
    ids=str,
)
def test_a_token_that_does_not_say_who_calls_for_whom_is_nobodys(
    issuer: ServedIssuer, odd: dict[str, object]
) -> None:
    assert caller_of(COUNSELLOR).roles == {Role.COUNSELLOR}

    with pytest.raises(NobodysToken) as raised:
        caller_of(COUNSELLOR | odd)
    assert "8405" not in str(raised.value)
    claims = {"sub": "x", **COUNSELLOR, **odd}
    token = issuer.issuer.token_for(claims, AUDIENCE, "at+jwt")
    assert refused(tokens_for(issuer.url), token).status == 401


def test_a_person_gains_nothing_by_a_systems_scope() -> None:
    claims = {"sub": "x", "vo_doelgroepcode": "BUR", "scope": "vdab_traject_lezen"}

    assert (caller_of(claims).kind, caller_of(claims).roles) == (CallerKind.BURGER, frozenset())


def test_a_token_for_another_audience_is_refused(issuer: ServedIssuer) -> None:
    problem = refused(tokens_for(issuer.url), issuer.token(audience="another"))

    assert (problem.status, problem.type) == (401, "not-signed-in")


def test_an_identity_token_is_no_access_token(issuer: ServedIssuer) -> None:
    token = issuer.issuer.token_for(SOMEBODY, "vdab-pathway-web", "JWT")

    assert refused(tokens_for(issuer.url), token).status == 401


def test_an_identity_token_is_no_access_token_also_for_the_same_audience(
    issuer: ServedIssuer,
) -> None:
    token = issuer.issuer.token_for(SOMEBODY, AUDIENCE, "JWT")

    assert refused(tokens_for(issuer.url), token).detail == "The token is no access token."


def test_where_the_issuer_gives_both_kinds_one_type_an_identity_token_is_known_by_its_claims(
    issuer: ServedIssuer,
) -> None:
    tokens = Tokens(Issuer(issuer.url), AUDIENCE, utc_now, kind="jwt")
    access = issuer.issuer.token_for(SOMEBODY, AUDIENCE, "JWT")
    identity = [
        issuer.issuer.token_for(SOMEBODY | {claim: "y"}, AUDIENCE, "JWT")
        for claim in ("nonce", "at_hash")
    ]

    assert tokens.caller(access).ref == "x"
    assert [refused(tokens, token).status for token in identity] == [401, 401]


def test_keys_come_from_the_address_that_is_set_without_discovery(issuer: ServedIssuer) -> None:
    def fetch(address: str) -> object:
        assert address == f"{issuer.url}/keys-of-ours"
        return issuer.issuer.keys.as_dict(private=False)

    known = Issuer(issuer.url, keys_url=f"{issuer.url}/keys-of-ours", fetch=fetch)

    caller = Tokens(known, AUDIENCE, utc_now).caller(issuer.token("bemiddelaar-01"))

    assert caller.ref == "bemiddelaar-01"


def test_an_access_token_is_no_identity_token(issuer: ServedIssuer) -> None:
    tokens = tokens_for(issuer.url)

    with pytest.raises(Problem, match="not signed in"):
        tokens.identity_claims(issuer.token(), AUDIENCE)


def test_a_token_of_another_issuer_is_refused(issuer: ServedIssuer) -> None:
    other = DemoIssuer("http://127.0.0.1:1", issuer.issuer.keys)

    assert refused(tokens_for(issuer.url), other.token_for(SOMEBODY, AUDIENCE)).status == 401


def test_a_token_signed_with_a_key_of_ones_own_is_refused(issuer: ServedIssuer) -> None:
    forger = DemoIssuer(issuer.url, KeySet([a_key()]))

    problem = refused(tokens_for(issuer.url), forger.token_for(SOMEBODY, AUDIENCE))

    assert problem.detail == "The token is signed with a key that is not the issuer's."


def test_a_token_signed_with_a_key_of_ones_own_under_the_issuers_name_is_refused(
    issuer: ServedIssuer,
) -> None:
    claims = {"iss": issuer.url, "aud": AUDIENCE, **SOMEBODY, "exp": 4_000_000_000}
    header = {"alg": "RS256", "kid": issuer.issuer.keys.keys[0].kid, "typ": "at+jwt"}

    token = jwt.encode(header, claims, a_key())

    assert refused(tokens_for(issuer.url), token).status == 401


def test_a_token_that_was_changed_is_refused(issuer: ServedIssuer) -> None:
    header, _, signature = issuer.token().split(".")
    claims = {"iss": issuer.url, "aud": AUDIENCE, **SOMEBODY, "exp": 4_000_000_000}

    assert refused(tokens_for(issuer.url), f"{header}.{_b64(claims)}.{signature}").status == 401


def test_a_token_without_a_signature_is_refused(issuer: ServedIssuer) -> None:
    kid = issuer.issuer.keys.keys[0].kid
    claims = {"iss": issuer.url, "aud": AUDIENCE, **SOMEBODY, "exp": 4_000_000_000}
    tokens = tokens_for(issuer.url)

    for algorithm in ("none", "None", "NONE"):
        token = f"{_b64({'alg': algorithm, 'kid': kid})}.{_b64(claims)}."
        assert refused(tokens, token).status == 401


def test_the_public_key_does_not_pass_as_a_shared_secret(issuer: ServedIssuer) -> None:
    public = issuer.issuer.keys.keys[0]
    claims = {"iss": issuer.url, "aud": AUDIENCE, **SOMEBODY, "exp": 4_000_000_000}
    secret = OctKey.import_key(base64.b64encode(public.as_bytes(private=False)))

    token = jwt.encode(
        {"alg": "HS256", "kid": public.kid, "typ": "at+jwt"}, claims, secret, algorithms=["HS256"]
    )

    assert refused(tokens_for(issuer.url), token).status == 401


@pytest.mark.parametrize("token", ["x", "a.b.c", "....", "é", "e30.e30.e30", "a" * 20_000])
def test_what_is_no_token_is_refused(issuer: ServedIssuer, token: str) -> None:
    assert refused(tokens_for(issuer.url), token).status == 401


@pytest.mark.parametrize("missing", ["exp", "sub", "iss", "aud"])
def test_a_token_that_leaves_out_what_must_be_told_is_refused(
    issuer: ServedIssuer, missing: str
) -> None:
    claims = {"iss": issuer.url, "aud": AUDIENCE, **SOMEBODY, "exp": 4_000_000_000}
    key = issuer.issuer.keys.keys[0]
    del claims[missing]

    token = jwt.encode({"alg": "RS256", "kid": key.kid, "typ": "at+jwt"}, claims, key)

    assert refused(tokens_for(issuer.url), token).status == 401


def test_a_token_ends_a_minute_after_it_expires_for_clocks_differ(issuer: ServedIssuer) -> None:
    made = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    issuer.issuer.now = lambda: made
    token = issuer.token()
    end = made + timedelta(hours=8)

    assert tokens_for(issuer.url, lambda: end + timedelta(seconds=59)).caller(token)
    problem = refused(tokens_for(issuer.url, lambda: end + timedelta(seconds=61)), token)

    assert problem.detail == "The token has expired; sign in again."
    assert 'error="invalid_token"' in problem.headers["WWW-Authenticate"]


def test_a_new_key_of_the_issuer_is_taken_at_its_first_token(issuer: ServedIssuer) -> None:
    seconds = 0.0
    known = Issuer(issuer.url, seconds=lambda: seconds)
    tokens = Tokens(known, AUDIENCE, utc_now)
    old = issuer.token()
    tokens.caller(old)
    issuer.rotate()
    new = issuer.token()

    seconds = 31.0

    assert tokens.caller_at_once(new) is None
    assert tokens.caller(new).ref == "bemiddelaar-01"
    assert tokens.caller_at_once(old) == tokens.caller_at_once(new)


def test_made_up_keys_make_nobody_pester_the_issuer(issuer: ServedIssuer) -> None:
    asked: list[str] = []

    def counted(address: str):
        asked.append(address)
        return fetch_json(address)

    seconds = 0.0
    tokens = Tokens(Issuer(issuer.url, fetch=counted, seconds=lambda: seconds), AUDIENCE, utc_now)
    tokens.caller(issuer.token())
    forged = [DemoIssuer(issuer.url, KeySet([a_key()])).token_for(SOMEBODY, AUDIENCE)] * 20

    for moment in (1.0, 29.0, 31.0, 40.0):
        seconds = moment
        for token in forged:
            refused(tokens, token)

    assert asked.count(f"{issuer.url}/jwks") == 2


def test_without_the_issuer_and_without_keys_nobody_is_let_in_and_told_so() -> None:
    forged = DemoIssuer("http://127.0.0.1:1", KeySet([a_key()])).token_for(SOMEBODY, AUDIENCE)

    problem = refused(tokens_for("http://127.0.0.1:1"), forged)

    assert (problem.status, problem.type) == (503, "issuer-away")
    assert problem.headers["Retry-After"] == "5"


def test_with_the_keys_at_hand_the_issuer_may_be_away(signing_key) -> None:
    at = bound_socket()
    own = DemoIssuer(f"http://127.0.0.1:{at.getsockname()[1]}", KeySet([signing_key]))
    seconds = 0.0
    tokens = Tokens(Issuer(own.url, seconds=lambda: seconds), AUDIENCE, utc_now)
    token = ServedIssuer(own).token()
    with served(create_app(own), at):
        tokens.caller(token)

    seconds = 7200.0

    assert tokens.caller(token).ref == "bemiddelaar-01"


def test_an_issuer_that_gives_itself_out_for_another_is_not_believed(signing_key) -> None:
    at = bound_socket()
    address = f"http://127.0.0.1:{at.getsockname()[1]}"
    other = DemoIssuer("https://issuer.example", KeySet([signing_key]))
    with served(create_app(other), at):
        problem = refused(tokens_for(address), other.token_for(SOMEBODY, AUDIENCE))

    assert problem.status == 503


def _b64(told: dict[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(told).encode()).rstrip(b"=").decode()
