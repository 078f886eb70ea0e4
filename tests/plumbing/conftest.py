"""A running issuer for each test that asks for one."""

from collections.abc import Iterator

import pytest
from embedded.issuer import DemoIssuer, create_app
from joserfc.jwk import KeySet, RSAKey
from plumbing.clock import utc_now

from tests.plumbing.served import ServedIssuer, a_key, bound_socket, served


@pytest.fixture(scope="session")
def signing_key() -> RSAKey:
    return a_key()


@pytest.fixture(scope="session")
def _served_issuer(signing_key: RSAKey) -> Iterator[DemoIssuer]:
    at = bound_socket()
    own = DemoIssuer(f"http://127.0.0.1:{at.getsockname()[1]}", KeySet([signing_key]))
    with served(create_app(own), at):
        yield own


@pytest.fixture
def issuer(_served_issuer: DemoIssuer, signing_key: RSAKey) -> ServedIssuer:
    _served_issuer.keys = KeySet([signing_key])
    _served_issuer.now = utc_now
    return ServedIssuer(_served_issuer)
