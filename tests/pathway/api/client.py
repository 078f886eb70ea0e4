"""A caller of the API: signs in as somebody, and gives each command a key of its own."""

import itertools
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from embedded.issuer import DemoIssuer
from embedded.issuer_users import PEOPLE, SYSTEMS
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from plumbing.clock import utc_now
from plumbing.tokens import Issuer, Tokens

from tests.pathway.given import ANNA
from tests.people import invented_insz

COUNSELLOR, LEADER, AUDITOR = "bemiddelaar-01", "teamleider-01", "auditor-01"
OPERATOR, SYSTEM = "operator-01", "mlp"
EMPLOYER, OTHER_EMPLOYER = "0887010362", "0403170701"

ENROL = {
    "on": "2015-01-05",
    "insz": ANNA.insz,
    "last_name": ANNA.last_name,
    "first_name": ANNA.first_name,
    "category": "00",
    "channel": "LOKET",
}
ASSIGN = {"on": "2015-02-01", "counsellor": "bemiddelaar-01", "unit": "OE-VOORBEELD-NOORD"}
START_IBO = {
    "on": "2015-09-01",
    "planned_until": "2016-02-29",
    "hours_per_week": 38,
    "employer": EMPLOYER,
}

_numbers = itertools.count(1)


def anybody() -> dict[str, object]:
    """The enrolment of somebody whom no other test knows."""
    return ENROL | {"insz": invented_insz(date(1972, 4, 5), next(_numbers))}


def tokens_of(issuer: DemoIssuer) -> Tokens:
    """Verifies against the issuer's own keys, handed over without a network."""
    metadata = {"issuer": issuer.url, "jwks_uri": "keys"}

    def fetch(address: str) -> Mapping[str, Any]:
        return issuer.keys.as_dict(private=False) if address == "keys" else metadata

    return Tokens(Issuer(issuer.url, fetch=fetch), "vdab-pathway", utc_now)


class Caller:
    """Calls the API as `who`, with a real token."""

    def __init__(self, app: FastAPI, issuer: DemoIssuer, who: str = COUNSELLOR) -> None:
        self.app, self.issuer, self.who = app, issuer, who
        self.http = TestClient(app)
        self.http.headers["Authorization"] = f"Bearer {_token(issuer, who)}"
        self._keys = (f"{who}-{number}" for number in itertools.count(1))

    def signed_in_as(self, who: str) -> "Caller":
        return Caller(self.app, self.issuer, who)

    def get(self, address: str, **asked: object) -> Response:
        return self.http.get(address, params=asked)

    def post(self, address: str, body: object, **headers: str) -> Response:
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.http.post(address, json=body, headers=told)

    def enrol(self, body: Mapping[str, object] = ENROL, *, key: str | None = None) -> Response:
        return self.post("/v1/pathways", body, idempotency_key=key or next(self._keys))

    def enrolled(self, body: Mapping[str, object] = ENROL) -> UUID:
        answer = self.enrol(body)
        assert answer.status_code == 201, answer.text
        return UUID(answer.json()["pathway_id"])

    def command(
        self,
        pathway_id: UUID,
        command: str,
        body: Mapping[str, object],
        version: int,
        *,
        key: str | None = None,
    ) -> Response:
        return self.post(
            f"/v1/pathways/{pathway_id}/{command}",
            body,
            idempotency_key=key or next(self._keys),
            if_match=f'"{version}"',
        )


def _token(issuer: DemoIssuer, who: str) -> str:
    if who in SYSTEMS:
        return str(issuer.for_system(who, SYSTEMS[who].secret, "")["access_token"])
    return issuer.token_for(PEOPLE[who].claims(), "vdab-pathway")
