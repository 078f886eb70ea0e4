"""The demo's issuer: whom it signs in, and where it will not start."""

import base64
import hashlib
import json
import re
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
from embedded.issuer import DemoIssuer, NoDemo, create_app, keys_of, refuse_unless_demo
from embedded.issuer_users import PEOPLE, SYSTEMS
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from plumbing.callers import Role, caller_of
from starlette.testclient import TestClient

URL = "http://127.0.0.1:8402"
CALLBACK = "http://127.0.0.1:8403/sign-in/callback"
VERIFIER = "a-verifier-of-at-least-forty-three-characters-in-all"
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
KEYS = KeySet([RSAKey.generate_key(2048, auto_kid=True)])
ASKED = {
    "response_type": "code",
    "client_id": "vdab-pathway-web",
    "redirect_uri": CALLBACK,
    "scope": "openid profile vo vdab_traject",
    "state": "some-state",
    "nonce": "some-nonce",
    "code_challenge": base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest())
    .rstrip(b"=")
    .decode(),
    "code_challenge_method": "S256",
}


@pytest.fixture
def issuer() -> DemoIssuer:
    return DemoIssuer(URL, KEYS, lambda: NOON)


@pytest.fixture
def client(issuer: DemoIssuer) -> TestClient:
    app = create_app(issuer)
    return TestClient(app, base_url=URL, follow_redirects=False, client=("127.0.0.1", 50000))


def claims(token: str) -> dict:
    return jwt.decode(token, KEYS, algorithms=["RS256"]).claims


def signed_in(client: TestClient, user: str = "bemiddelaar-01", **other: str) -> dict[str, str]:
    back = client.post("/authorize", data={**ASKED, "user": user, **other}).headers["location"]
    assert back.startswith(CALLBACK)
    return {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}


def exchange(client: TestClient, its_code: str, **other: str):
    form = {
        "grant_type": "authorization_code",
        "code": its_code,
        "client_id": "vdab-pathway-web",
        "redirect_uri": CALLBACK,
        "code_verifier": VERIFIER,
    }
    return client.post("/token", data=form | other)


def test_discovery_names_addresses_that_answer(client: TestClient) -> None:
    metadata = client.get("/.well-known/openid-configuration").json()

    assert metadata["issuer"] == URL
    keys = client.get(metadata["jwks_uri"].removeprefix(URL)).json()["keys"]
    assert [set(key) & {"d", "p", "q"} for key in keys] == [set()]


def test_the_sign_in_page_has_a_button_for_each_demo_user(client: TestClient) -> None:
    page = client.get("/authorize", params={**ASKED, "state": "<script>"}).text

    assert re.findall(r"name=user value='([^']+)'", page) == list(PEOPLE)
    assert "<script>" not in page


def test_one_click_gives_a_code_and_the_code_gives_tokens(client: TestClient) -> None:
    back = signed_in(client)
    told = exchange(client, back["code"]).json()

    assert back["state"] == "some-state"
    access, identity = claims(told["access_token"]), claims(told["id_token"])
    assert access["aud"] == "vdab-pathway"
    assert access["vdab_traject_rol_3d"] == ["VdabTraject-Bemiddelaar:OVO000083"]
    assert (identity["aud"], identity["nonce"]) == ("vdab-pathway-web", "some-nonce")
    assert not {"given_name", "family_name"} & set(access), "names stay out of access tokens"


WHO = {"vo_id", "vo_doelgroepcode", "vo_orgcode", "vo_orgnaam"}
RIGHTS = {"vdab_traject_rol_3d", "vdab_oe"}


@pytest.mark.parametrize(
    ("scope", "given", "named"),
    [
        ("openid", set(), False),
        ("openid profile", set(), True),
        ("openid vo", WHO, False),
        ("openid vdab_traject", RIGHTS, False),
        ("openid profile vo vdab_traject", WHO | RIGHTS, True),
    ],
)
def test_the_claims_of_a_scope_are_given_to_who_asks_for_it(
    client: TestClient, scope: str, given: set[str], named: bool
) -> None:
    told = exchange(client, signed_in(client, scope=scope)["code"]).json()

    assert told["scope"] == scope
    assert set(claims(told["access_token"])) & (WHO | RIGHTS) == given
    assert ("family_name" in claims(told["id_token"])) == named


@pytest.mark.parametrize(
    "other",
    [
        {"code_verifier": "another"},
        {"redirect_uri": "http://127.0.0.1:9999/sign-in/callback"},
        {"client_id": "another"},
        {"code": "another"},
    ],
)
def test_a_code_is_for_who_asked_for_it(client: TestClient, other: dict[str, str]) -> None:
    answer = exchange(client, signed_in(client)["code"], **other)

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


def test_a_code_is_good_once_and_for_two_minutes(client: TestClient, issuer: DemoIssuer) -> None:
    code, late = signed_in(client)["code"], signed_in(client)["code"]

    assert exchange(client, code).status_code == 200
    assert exchange(client, code).status_code == 400
    issuer.now = lambda: NOON + timedelta(minutes=3)
    assert exchange(client, late).status_code == 400


@pytest.mark.parametrize(
    "other",
    [
        {"redirect_uri": "https://evil.example/sign-in/callback"},
        {"redirect_uri": "http://127.0.0.1:8403/elsewhere"},
        {"client_id": "another"},
        {"response_type": "token"},
        {"code_challenge": ""},
        {"code_challenge_method": "plain"},
        {"scope": ""},
        {"scope": "vo vdab_traject"},
        {"scope": "openid vdab_traject_rechten"},
    ],
)
def test_it_sends_nobody_where_it_does_not_know(client: TestClient, other: dict[str, str]) -> None:
    assert client.get("/authorize", params=ASKED | other).status_code == 400
    form = {**ASKED, **other, "user": "bemiddelaar-01"}
    assert client.post("/authorize", data=form).status_code == 400


def test_a_system_signs_in_with_its_own_credentials(client: TestClient) -> None:
    form = {"grant_type": "client_credentials"}

    by_header = client.post("/token", data=form, auth=("mlp", "demo-mlp")).json()
    by_form = client.post(
        "/token", data={**form, "client_id": "mlp", "client_secret": "demo-mlp"}
    ).json()

    for told in (by_header, by_form):
        assert caller_of(claims(told["access_token"])).roles == {Role.CONSUMING_SYSTEM}


@pytest.mark.parametrize("auth", [("mlp", "wrong"), ("nobody", "demo-mlp"), ("mlp", "")])
def test_wrong_credentials_give_nothing(client: TestClient, auth: tuple[str, str]) -> None:
    answer = client.post("/token", data={"grant_type": "client_credentials"}, auth=auth)

    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_a_system_gets_no_more_than_its_own_scopes(client: TestClient) -> None:
    form = {"grant_type": "client_credentials", "scope": "vdab_traject_alles"}

    answer = client.post("/token", data=form, auth=("mlp", "demo-mlp"))

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")


@pytest.mark.parametrize("content", [b"", b"\xff", b"grant_type=password", b"a" * 1000])
def test_a_form_that_makes_no_sense_is_refused(client: TestClient, content: bytes) -> None:
    assert client.post("/token", content=content).status_code == 400


def test_a_token_for_curl_comes_as_plain_text(client: TestClient) -> None:
    token = client.get("/demo/token?user=auditor-01").text

    assert caller_of(claims(token)).roles == {Role.AUDITOR}
    assert client.get("/demo/token?user=nobody").status_code == 404


def test_a_token_for_curl_is_for_this_machine_alone(issuer: DemoIssuer) -> None:
    app = create_app(issuer)
    from_elsewhere = TestClient(app, base_url=URL, client=("192.0.2.7", 50000))
    by_another_name = TestClient(app, base_url="http://evil.example", client=("127.0.0.1", 50000))

    for client in (from_elsewhere, by_another_name):
        assert client.get("/demo/token?user=bemiddelaar-01").status_code == 403


def test_signing_out_goes_back_to_the_pages_and_nowhere_else(client: TestClient) -> None:
    home = "http://127.0.0.1:8403/"
    back = client.get("/end_session", params={"post_logout_redirect_uri": home})
    elsewhere = client.get(
        "/end_session", params={"post_logout_redirect_uri": "https://evil.example/"}
    )

    assert back.headers["location"] == home
    assert elsewhere.status_code == 200


def test_each_demo_user_has_one_role_and_one_has_the_right_to_confidential_files_beside() -> None:
    roles = {code: caller_of(person.claims()).roles for code, person in PEOPLE.items()}

    assert roles.pop("vertrouwelijk-01") == {Role.COUNSELLOR, Role.CONFIDENTIAL}
    assert {len(own) for own in roles.values()} == {1}
    systems = {Role.CONSUMING_SYSTEM, Role.ENTITLED_SYSTEM, Role.READ_SIDE}
    assert frozenset().union(*roles.values()) == set(Role) - systems - {Role.CONFIDENTIAL}
    assert set(SYSTEMS) == {"mlp", "insz", "vdab-pathway-web"}


def test_the_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "keys" / "issuer.json"

    first = keys_of(file)

    assert keys_of(file).as_dict(private=True) == first.as_dict(private=True)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert json.loads(file.read_text())["keys"][0]["alg"] == "RS256"


def marked(database_url: str, *demo: bool) -> str:
    with psycopg.connect(database_url) as connection:
        connection.execute("create schema pathway")
        connection.execute("create table pathway.store_mark (store_id uuid, demo boolean)")
        for mark in demo:
            connection.execute(
                "insert into pathway.store_mark values (gen_random_uuid(), %s)", [mark]
            )
    return database_url


def test_it_starts_beside_a_store_that_is_marked_as_demo(database_url: str) -> None:
    refuse_unless_demo(marked(database_url, True), promised=False)


def test_it_does_not_start_beside_any_other_store_whatever_is_promised(database_url: str) -> None:
    with pytest.raises(NoDemo, match="not marked as demo"):
        refuse_unless_demo(marked(database_url, False), promised=True)


def test_it_does_not_start_beside_a_store_without_a_mark(database_url: str) -> None:
    with pytest.raises(NoDemo, match="migrate it first"):
        refuse_unless_demo(database_url, promised=True)
    with pytest.raises(NoDemo, match="migrate it first"):
        refuse_unless_demo(marked(database_url), promised=True)


def test_it_does_not_start_beside_a_store_that_is_away() -> None:
    with pytest.raises(NoDemo, match="does not answer"):
        refuse_unless_demo("postgresql://127.0.0.1:1/x", promised=True)


def test_without_a_store_it_wants_to_be_told_that_this_is_a_demo() -> None:
    refuse_unless_demo("", promised=True)
    with pytest.raises(NoDemo, match="--i-know-this-is-a-demo"):
        refuse_unless_demo("", promised=False)
