"""Made-up requests by each role about people whom it may not see: nothing breaks, and nothing tells of them.

`make fuzz` sends more of them: FUZZ_SEED and FUZZ_REQUESTS say which, and how many for each role and
service. The same seed makes the same requests.
"""

import base64
import hashlib
import json
import os
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import quote

import pytest
import schemathesis
from fastapi.routing import iter_route_contexts
from hypothesis import HealthCheck, Phase, given, seed, settings, strategies as st
from plumbing.callers import SCOPES, Role
from plumbing.rights import Open
from plumbing.row_rights import SCOPES as SEE_PEOPLE
from plumbing.web_sign_in import SESSION_COOKIE, STARTED_COOKIE
from schemathesis import GenerationMode
from schemathesis.python import asgi
from starlette.testclient import TestClient

from tests.fuzzing import NAMES, ODD, signed_in
from tests.rights.doors import AUDIENCE, CONFIDENTIAL, Door, Endpoint, Known, just

SEED = int(os.environ.get("FUZZ_SEED", "20151001"))
REQUESTS = int(os.environ.get("FUZZ_REQUESTS", "60"))

SYSTEMS = frozenset(SCOPES.values())
SEE_EVERYBODY = {Role.AUDITOR, Role.ADMINISTRATOR}
KEPT_ABOUT_ALL = {
    *("barriers", "set_barrier", "standing"),
    *("parked_pathways", "parked_pathway", "ask_of_parked", "page_operations", "page_parked"),
}
"""Tell those who keep barriers, or what waits, about whom that is: by reference alone."""
ENOUGH_TO_SHOW = 40
CHANGE_WHO_IS_SEEN = {
    "assign_counsellor", "close", "give_override", "replace_number", "cancel_number", "link_people",
    "set_barrier", "transfer_counsellor", "unassign_counsellor", "change_guiding_organisation",
    "confirm_referral", "merge_pathways", "revert_merge", "annul_pathway", "hand_over",
}  # fmt: skip
"""Sent about somebody confidential alone, who stays so, so that what may be told stays the same."""

Draw = Callable[[st.SearchStrategy[Any]], Any]


class Page(NamedTuple):
    """What a service answers outside of OpenAPI: a page, a form, sign-in or a description."""

    name: str
    method: str
    path: str


@dataclass
class Asking:
    """Somebody with one role, who asks a service about people; `told` are those who were in an answer."""

    door: Door
    role: Role
    client: Any
    told: set[str] = field(default_factory=set)

    @property
    def hidden(self) -> dict[str, Known]:
        """Whom this role may not see."""
        people = dict(self.door.hidden)
        if self.role in SEE_EVERYBODY:
            people = {CONFIDENTIAL: people[CONFIDENTIAL]}
        if self.role not in SEE_PEOPLE:
            people["known"] = self.door.known
        # Before systems stands no barrier, and what they see has no name in it.
        return {} if self.role in SYSTEMS else people

    def send(self, name: str, operation: Any, times: int) -> None:
        """So many made-up requests to one operation, half of them wrong by its own description."""
        people = {**self.door.hidden, "known": self.door.known}
        if name in CHANGE_WHO_IS_SEEN:
            people = {CONFIDENTIAL: self.door.hidden[CONFIDENTIAL]}
        right, wrong = GenerationMode.POSITIVE, GenerationMode.NEGATIVE
        cases = st.one_of(operation.as_strategy(right), operation.as_strategy(wrong))

        @seed(SEED + zlib.crc32(f"{name} {self.role}".encode()))
        @settings(
            max_examples=times,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=cases, data=st.data())
        def one(case: Any, data: Any) -> None:
            name_somebody(case, people, data.draw)
            answer = case.call(session=self.client)
            sent = f"{case.path_parameters} {case.query} {case.body}"
            self.check(name, sent, answer, case.as_curl_command())

        one()

    def visit(self, page: Page, times: int) -> None:
        """So many made-up visits to what OpenAPI does not describe."""
        people = [*self.door.hidden.values(), self.door.known]
        somebody = st.sampled_from([key for one in people for key in one.values()])
        values = st.one_of(somebody, st.sampled_from(ODD), st.text(max_size=30))

        @seed(SEED + zlib.crc32(f"{page} {self.role}".encode()))
        @settings(
            max_examples=times,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(
            place=st.just(self.door.known["pathway_id"]) | values,
            told=st.dictionaries(st.sampled_from(NAMES), values, max_size=8),
            accept=st.sampled_from(["text/html", "application/json"]),
        )
        def one(place: str, told: dict[str, str], accept: str) -> None:
            self.ask(page, place, told, accept)

        one()

    def ask(self, page: Page, place: str, told: Mapping[str, str], accept: str) -> None:
        """One visit, with `place` wherever the address has one, and this as its query or form."""
        address = re.sub("{[^}]*}", quote(place, safe=""), page.path)
        sent = {"params": told} if page.method == "GET" else {"data": told}
        answer = self.client.request(page.method, address, headers={"Accept": accept}, **sent)
        self.check(page.name, f"{place} {told}", answer, f"{page} {place!r} {told}")

    def check(self, name: str, sent: str, answer: Any, how: str) -> None:
        """Nothing of a hidden person in it, but for what the request itself said."""
        # No 503 either: all that these services need is there.
        assert answer.status_code < 500, how
        # A file is packed: what it holds is asked by tests of its own.
        text = answer.content.decode(errors="replace")
        for whose, known in ({} if name in KEPT_ABOUT_ALL else self.hidden).items():
            new = [key for key in found_in(text, known) if known[key] not in sent]
            assert new == [], (name, whose)
        self.told |= found_in(text, self.door.known)


def found_in(text: str, known: Known) -> set[str]:
    """What of a person stands in it. A first name is not only theirs."""
    return {key for key, value in known.items() if key != "first_name" and value in text}


def name_somebody(case: Any, people: Mapping[str, Known], draw: Draw) -> None:
    """Put one of these people wherever the request names somebody, and a version where it gives one."""
    known = people[draw(st.sampled_from(sorted(people)))]
    own = {
        **known,
        "about": known["pathway_id"],
        "pathway": known["pathway_id"],
        "name": known.get("last_name", ""),
        "references": [known["person_ref"]],
        "numbers": [known.get("insz", "")],
        "after": f"{known['pathway_id']}:1",
    }
    if case.path == "/v1/events":
        own["after"] = draw(st.sampled_from(["0", "1", "2"]))
    for place in (case.path_parameters, case.query, case.body):
        if isinstance(place, dict):
            place.update({name: own[name] for name in place.keys() & own.keys()})
    if "If-Match" in (case.headers or {}):
        case.headers["If-Match"] = f'"{draw(st.integers(1, 5))}"'


def operations(door: Door) -> Iterator[tuple[Endpoint, Any]]:
    """What the service describes and does not show to everyone."""
    closed = {endpoint.name: endpoint for endpoint in door.closed()}
    schema = schemathesis.openapi.from_dict(signed_in(door.app.openapi()))
    for found in schema.get_all_operations():
        operation = found.ok()
        name = operation.definition.raw.get("operationId", "")
        if name in closed:
            yield closed[name], operation


def pages(door: Door) -> list[Page]:
    """What OpenAPI does not describe; to sign out comes last, because it ends the session."""
    found = [
        Page(str(route.name), min(route.methods), str(route.path))
        for route in iter_route_contexts(door.app.routes)
        if route.methods and route.path not in door.described["paths"]
    ]
    return sorted(found, key=lambda page: page.name == "sign_out")


def roles_of(door: Door, page: Page) -> frozenset[Role]:
    roles = door.rights.get(page.name, Open.TO_EVERYONE)
    return frozenset(Role) if isinstance(roles, Open) else roles


@pytest.mark.parametrize("role", Role)
def test_no_role_breaks_anything_or_is_told_of_whom_it_may_not_see(
    door: Door, role: Role, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("projections.web_reading.SECONDS_TO_WAIT", 0.01)
    monkeypatch.setattr("pathway.api_events.LONGEST_WAIT", 0.01)
    found = list(operations(door))
    mine = sum(role in endpoint.roles for endpoint, _ in found)
    # What is refused by role alone is tried once, if anything is let in: the rest goes there.
    refused = 1 if mine else max(1, REQUESTS // len(found))
    each = max(1, (REQUESTS - len(found) + mine) // mine) if mine else 0

    with asgi.get_client(door.app) as client:
        token = door.issuer.token_for(just(role), AUDIENCE)
        client.headers["Authorization"] = f"Bearer {token}"
        asking = Asking(door, role, client)
        for endpoint, operation in found:
            # What shows people is asked often enough to come upon one who may be shown.
            often = max(each, ENOUGH_TO_SHOW) if endpoint.name in SHOWS else each
            asking.send(endpoint.name, operation, often if role in endpoint.roles else refused)

    sees_people = role in SEE_PEOPLE and any(SHOWS & {e.name} for e, _ in found if role in e.roles)
    assert bool(asking.told) or not sees_people, "nobody was shown, so that nothing is proved"


@pytest.mark.parametrize("role", Role)
def test_no_page_breaks_or_tells_a_role_of_whom_it_may_not_see(
    door: Door, role: Role, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("projections.web_reading.SECONDS_TO_WAIT", 0.01)
    found = pages(door)
    asking = Asking(door, role, door.knock(just(role)))

    for page in found:
        if page.method == "GET":
            asking.ask(page, door.known["pathway_id"], {}, "text/html")
        asking.visit(page, max(1, REQUESTS // len(found)))

    opens = {page.name for page in found if role in roles_of(door, page)}
    # Those who guide people see names; an auditor sees references.
    assert "name" in asking.told or "page_caseload" not in opens, "nobody was shown"


WELL_FORMED = {"state": "s", "nonce": "n", "verifier": "v", "return_to": "/caseload"}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
)
KEPT = st.one_of(
    st.binary(max_size=30),
    st.integers(1, 20_000).map(lambda depth: b"[" * depth),
    JSON.map(lambda value: json.dumps(value).encode()),
    st.builds(
        lambda name, value: json.dumps({**WELL_FORMED, name: value}).encode(),
        st.sampled_from(sorted(WELL_FORMED)),
        JSON | st.sampled_from(ODD),
    ),
)
COOKIES = st.one_of(
    KEPT.map(lambda content: base64.urlsafe_b64encode(content).decode()),
    st.text(st.characters(min_codepoint=0x21, max_codepoint=0xFF), max_size=30),
)
"""What browsers may keep of a sign-in that was begun, or that nobody began."""


@seed(SEED)
@settings(
    max_examples=max(REQUESTS, 120),
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(
    cookie=COOKIES,
    session=st.sampled_from(["", '"', "=", "S" * 4_000, "\xff"]),
    state=st.just("s") | st.sampled_from(ODD),
    told=st.dictionaries(st.sampled_from(NAMES), st.sampled_from(ODD), max_size=4),
)
def test_signing_in_breaks_on_nothing_that_a_browser_brings(
    read_side: Door, cookie: str, session: str, state: str, told: dict[str, str]
) -> None:
    name = f"{STARTED_COOKIE}_{hashlib.sha256(state.encode()).hexdigest()[:12]}"
    brought = f"{name}={cookie}; {SESSION_COOKIE}={session}".encode("latin-1")
    browser = TestClient(read_side.app, base_url=read_side.base_url, follow_redirects=False)

    for path in ("/", "/sign-in", "/sign-in/callback"):
        for code in ({}, {"code": "c"}):
            answer = browser.get(
                path, params={**told, "state": state, **code}, headers={"Cookie": brought}
            )
            assert answer.status_code < 500, (path, brought, state, told)


SHOWS = {
    "events",
    "pathway_state",
    "pathway_difference",
    "pathway_timeline",
    "person_numbers",
    "look_up_person",
}
