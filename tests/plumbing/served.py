"""Apps served over real HTTP in a thread, among them an issuer that signs what a test wants."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import uvicorn
from embedded.issuer import DemoIssuer
from embedded.issuer_users import PEOPLE
from fastapi import FastAPI
from joserfc.jwk import KeySet, RSAKey


def a_key() -> RSAKey:
    return RSAKey.generate_key(2048, auto_kid=True)


def bound_socket() -> socket.socket:
    # Named as TCP: asyncio sends at once only on those, else each answer waits 40 ms for an acknowledgement.
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.bind(("127.0.0.1", 0))
    return bound


@contextmanager
def served(app: FastAPI, at: socket.socket, **settings: Any) -> Iterator[None]:
    """`app` on the bound socket `at`, in a thread, until the block ends; `settings` are uvicorn's."""
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, **settings))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [at]})
    thread.start()
    deadline = time.monotonic() + 10
    while not server.started:
        assert time.monotonic() < deadline, "the server did not come up"
        time.sleep(0.005)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(10)
        at.close()


@dataclass
class ServedIssuer:
    """A running issuer; `rotate` makes it sign with a new key from now on."""

    issuer: DemoIssuer

    @property
    def url(self) -> str:
        return self.issuer.url

    def token(self, code: str = "bemiddelaar-01", audience: str = "vdab-pathway", **more) -> str:
        return self.issuer.token_for(PEOPLE[code].claims() | more, audience)

    def rotate(self) -> None:
        self.issuer.keys = KeySet([a_key(), *self.issuer.keys.keys])
