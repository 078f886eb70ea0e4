"""Both services as a caller finds them: their endpoints, who may use which, and the trace they leave."""

import itertools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import psycopg
from embedded.issuer import DemoIssuer
from embedded.issuer_users import PARTNER_KBO, VDAB
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from httpx2 import Response
from plumbing import callers
from plumbing.callers import Role
from plumbing.rights import Open, Rights
from plumbing.web_sessions import csrf_token_of
from plumbing.web_sign_in import SESSION_COOKIE
from psycopg import sql
from starlette.testclient import TestClient

AUDIENCE = "vdab-pathway"
OF_OTHERS = ("Verborgen", "Elders")
"""Last names of people of another unit; nobody who looks in these tests guides them."""
CONFIDENTIAL = "Vertrouwd"
"""The last name of somebody whom only the right to confidential files shows."""
NOT_ALLOWED = "/problems/not-allowed"

Known = dict[str, str]
"""What a person is known by: person_ref, pathway_id, and what the service holds of them beside."""
Question = tuple[str, str, Any]
"""Method, address and body of a request."""

_keys = itertools.count(1)


@dataclass(frozen=True)
class Endpoint:
    """One row of a service's table of rights, with where it is."""

    name: str
    method: str
    path: str
    roles: frozenset[Role]

    def address(self, **known: str) -> str:
        """The address, with an id that nobody has for each place that is not `known`."""
        places = [part.partition("}")[0] for part in self.path.split("{")[1:]]
        return self.path.format_map({**{place: str(uuid4()) for place in places}, **known})


@dataclass(frozen=True)
class Look:
    """What the trace keeps of one look, as far as these tests ask."""

    caller: str
    about: str | None
    endpoint: str
    role: str
    rule: str
    decision: str


@dataclass
class Door:
    """A service with its store, and the issuer whose tokens it takes.

    `known` is somebody whom all may see who may see anybody of theirs; `hidden` are people by why
    they are not shown: to nobody, or to counsellors, team leaders and partners.
    """

    app: FastAPI
    rights: Rights
    url: str
    schema: str
    issuer: DemoIssuer
    base_url: str
    known: Known
    hidden: Mapping[str, Known] = field(default_factory=dict)

    @cached_property
    def described(self) -> dict[str, Any]:
        """The service's own OpenAPI document."""
        return self.app.openapi()

    def closed(self) -> list[Endpoint]:
        """Every endpoint that is not for everyone."""
        return list(endpoints(self.app, self.rights))

    def knock(self, claims: Mapping[str, object]) -> TestClient:
        """A caller with these claims: by token, and at the pages by a session of the same token."""
        return self.knock_with(self.issuer.token_for(claims, AUDIENCE))

    def knock_with(self, token: str) -> TestClient:
        """The same with a token that the test made."""
        client = TestClient(self.app, base_url=self.base_url, follow_redirects=False)
        client.headers["Authorization"] = f"Bearer {token}"
        web = getattr(self.app.state, "web_sign_in", None)
        if web is not None:
            session = web.sessions.begin(token, self.now() + timedelta(hours=1))
            client.cookies.set(SESSION_COOKIE, session)
            client.headers["X-CSRF-Token"] = csrf_token_of(session)
        return client

    def tells_of_the_person(self, question: Question, answer: Response) -> bool:
        """Whether the answer holds something of the known person that the question did not."""
        _, *told = question
        new = [one for one in self.known.values() if one not in json.dumps(told)]
        return answer.status_code == 200 and any(one in answer.text for one in new)

    def question(self, endpoint: Endpoint, about: Known | None = None) -> Question:
        """A request about a person, by themselves the one who is known to be there."""
        about = about or self.known
        described = self.described["paths"].get(endpoint.path, {})
        operation = described.get(endpoint.method.lower())
        content = (operation or {}).get("requestBody", {}).get("content", {})
        body = planted(content.get("application/json", {}).get("example"), about)
        told = {"about": about["pathway_id"], "person_ref": about["person_ref"]}
        told |= {"from": "2015-01-01", "until": "2015-12-31", "show": "unassigned"}
        told |= {"from_known_at": "2000-01-01T00:00:00Z", "format": "csv"}
        told |= {"pathway": about["pathway_id"], "pathway_id": about["pathway_id"]}
        fact = f"{about['pathway_id']}:1"
        told |= {"fact": fact}
        if operation:
            # Pages pass over what they do not know; REST refuses it.
            offered = operation.get("parameters", [])
            names = {one["name"] for one in offered if one["in"] == "query"}
            told = {name: value for name, value in told.items() if name in names}
        return endpoint.method, f"{endpoint.address(**about, fact=fact)}?{urlencode(told)}", body

    def now(self) -> datetime:
        return self.issuer.now()

    def looks(self) -> list[Look]:
        """Everything in the trace so far, the oldest first."""
        with psycopg.connect(self.url) as connection:
            rows = connection.execute(
                sql.SQL(
                    "select caller_ref, about::text, endpoint, role, rule, decision from {} order by id"
                ).format(sql.Identifier(self.schema, "access_row"))
            ).fetchall()
        return [Look(*row) for row in rows]


def endpoints(app: FastAPI, rights: Rights) -> Iterator[Endpoint]:
    """What `rights` says of each endpoint of `app` that is not for everyone, with its address."""
    for route in iter_route_contexts(app.routes):
        roles = rights.get(route.name or "", Open.TO_EVERYONE)
        if not isinstance(roles, Open):
            (method,) = set(route.methods or ()) - {"HEAD"}
            yield Endpoint(str(route.name), method, str(route.path), roles)


def planted(example: Any, known: Mapping[str, str]) -> Any:
    """An example body with the known person in the place of the example's."""
    if not isinstance(example, Mapping):
        return example
    lists = {"references": [known["person_ref"]], "numbers": [known.get("insz", "")]}
    lists["pathways"] = [known["pathway_id"]]
    own = {**known, "name": known.get("last_name", ""), **lists}
    return {name: own.get(name, planted(value, known)) for name, value in example.items()}


def asked(
    client: TestClient, method: str, address: str, body: object = None, version: int | None = None
) -> Response:
    """One request as a program sends it, a command under a key of its own and on that version."""
    headers = {"Accept": "application/json", "Idempotency-Key": f"key-{next(_keys)}"}
    headers |= {"If-Match": f'"{version}"'} if version else {}
    return client.request(method, address, headers=headers, **({"json": body} if body else {}))


def just(role: Role, ref: str = "", *, organisation: str | None = None) -> dict[str, object]:
    """The claims of somebody with that role and no other; their reference says which.

    With `organisation`, the right is one for that organisation and not for the one signed in for.
    """
    ref = ref or f"only-{role.value.lower().replace('_', '-')}"
    for scope, given in callers.SCOPES.items():
        if given is role:
            return {"sub": ref, "client_id": ref, "vo_orgcode": VDAB, "scope": scope}
    ((name, right),) = [one for one in callers.RIGHTS.items() if one[1].role is role]
    return person(ref, name, min(right.target_groups), organisation=organisation)


def person(
    ref: str, right: str, group: str, *, organisation: str | None = None
) -> dict[str, object]:
    """The claims of someone of that target group; `organisation` is the right's, else their own."""
    own = VDAB if group in callers.STAFF else PARTNER_KBO
    return {
        "sub": ref,
        "vo_id": ref,
        "vo_doelgroepcode": group,
        "vo_orgcode": own,
        callers.RIGHTS_CLAIM: [f"{right}:{organisation or own}"] if right else [],
    }
