"""A service's own token: asked once, kept until shortly before its end, asked again when it was refused."""

import pytest
from plumbing.callers import CallerKind, caller_of
from plumbing.client_token import ClientToken
from plumbing.clock import utc_now
from plumbing.tokens import Issuer, IssuerUnreachable, Tokens
from pydantic import SecretStr

from tests.plumbing.served import ServedIssuer

EIGHT_HOURS = 8 * 3600.0
SCOPE = "vdab_traject_lezen"


def token_at(issuer: ServedIssuer, secret: str = "demo-mlp", **more) -> ClientToken:
    return ClientToken(Issuer(issuer.url), "mlp", SecretStr(secret), SCOPE, **more)


def test_it_is_a_token_of_the_service_with_the_scope_that_was_asked(issuer: ServedIssuer) -> None:
    token = token_at(issuer).token()

    tokens = Tokens(Issuer(issuer.url), "vdab-pathway", utc_now)
    caller = caller_of(tokens.access_claims(token))
    assert (caller.ref, caller.kind, caller.scopes) == ("mlp", CallerKind.SYSTEEM, {SCOPE})


def test_it_is_kept_until_its_last_minute(issuer: ServedIssuer) -> None:
    seconds = 0.0
    own = token_at(issuer, seconds=lambda: seconds)
    first = own.token()

    seconds = EIGHT_HOURS - 61
    kept = own.token()
    seconds = EIGHT_HOURS - 60

    assert kept == first
    assert own.token() != first


def test_one_that_was_refused_is_asked_anew_and_only_that_one(issuer: ServedIssuer) -> None:
    own = token_at(issuer)
    first = own.token()

    own.forget(first)
    second = own.token()
    own.forget(first)

    assert second != first
    assert own.token() == second


@pytest.mark.parametrize("secret", ["", "wrong"])
def test_an_issuer_that_gives_none_is_told_without_the_secret(
    issuer: ServedIssuer, secret: str
) -> None:
    with pytest.raises(IssuerUnreachable, match="gives mlp no token") as told:
        token_at(issuer, secret).token()

    assert "wrong" not in str(told.value)


def test_an_issuer_that_is_away_is_told() -> None:
    away = ClientToken(Issuer("http://127.0.0.1:1"), "mlp", SecretStr("x"), SCOPE)

    with pytest.raises(IssuerUnreachable):
        away.token()


def test_an_issuer_that_gave_none_is_left_alone_for_two_seconds(issuer: ServedIssuer) -> None:
    seconds = 0.0
    asked: list[str] = []

    def away(address: str):
        asked.append(address)
        raise IssuerUnreachable(f"{address} does not answer")

    own = ClientToken(
        Issuer(issuer.url, fetch=away), "mlp", SecretStr("x"), SCOPE, seconds=lambda: seconds
    )
    for moment in (0.0, 1.0, 1.9, 2.0, 3.9):
        seconds = moment
        with pytest.raises(IssuerUnreachable):
            own.token()

    assert len(asked) == 2
