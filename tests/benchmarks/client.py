"""An HTTP client that costs next to nothing: requests are bytes made beforehand, on one connection."""

import json
import socket
import time
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Self
from uuid import UUID, uuid4

from embedded.issuer import DemoIssuer, keys_of
from embedded.issuer_users import PEOPLE

from tests.benchmarks.people import assignment
from tests.benchmarks.place import System

_SECONDS = 30
_HEAD_ENDS = b"\r\n\r\n"


class Refused(Exception):
    """The service did not answer with 200; the message is what it said."""


class Client:
    """One connection, kept open; one request at a time."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), _SECONDS)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def ask(self, request: bytes) -> float:
        """The seconds from sending to the last byte of the answer. Raises Refused."""
        began = time.perf_counter()
        self._socket.sendall(request)
        answer = self._socket.recv(65_536)
        while not _whole(answer):
            more = self._socket.recv(65_536)
            if not more:
                raise Refused("the connection was closed")
            answer += more
        took = time.perf_counter() - began
        if not answer.startswith(b"HTTP/1.1 200"):
            raise Refused(answer.decode(errors="replace"))
        return took


def _whole(answer: bytes) -> bool:
    head, found, body = answer.partition(_HEAD_ENDS)
    if not found:
        return False
    lower = head.lower()
    at = lower.index(b"content-length:") + len(b"content-length:")
    return len(body) >= int(lower[at:].split(b"\r\n", 1)[0])


def token(system: System) -> str:
    """An access token of the demo's issuer, for a counsellor."""
    issuer = system.settings.address(system.settings.issuer_port)
    keys = keys_of(system.keys / "issuer.json")
    return DemoIssuer(issuer, keys).token_for(PEOPLE["bemiddelaar-01"].claims(), "vdab-pathway")


def requests(pathways: Sequence[UUID], steps: Sequence[int], access_token: str) -> list[bytes]:
    """A command for each step on each of these pathways; step n is decided on version n."""
    return [_request(one, step, access_token) for step in steps for one in pathways]


def _request(pathway_id: UUID, step: int, access_token: str) -> bytes:
    more = {"Idempotency-Key": str(uuid4()), "If-Match": f'"{step}"'}
    told = assignment(step).model_dump(mode="json")
    return post(f"/v1/pathways/{pathway_id}/assign-counsellor", told, access_token, more)


def post(
    path: str,
    told: Mapping[str, object],
    access_token: str,
    more: Mapping[str, str] = MappingProxyType({}),
) -> bytes:
    """A request with this JSON, as it goes over the wire."""
    body = json.dumps(told).encode()
    headers = {
        "Host": "127.0.0.1",
        "Content-Type": "application/json",
        "Authorization": f"Bearer {access_token}",
        **more,
        "Content-Length": str(len(body)),
    }
    lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join(lines).encode() + _HEAD_ENDS + body
