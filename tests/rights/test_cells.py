"""Role by endpoint, cell by cell, on both services: who is let in, who is refused, and that it is traced."""

from collections.abc import Collection, Mapping

import pytest
from plumbing import callers
from plumbing.access import BY_ENDPOINT
from plumbing.callers import Role
from plumbing.rights import forgotten
from starlette.testclient import TestClient

from tests.rights.doors import NOT_ALLOWED, Door, Endpoint, asked, just, person

ANOTHER_ORGANISATION = "OVO000999"
NOBODY = {
    "a citizen": person("nobody-1", "VdabTraject-Auditor", "BUR"),
    "with the right of another application": person("nobody-2", "Other-Auditor", "GID"),
    "with a right that is not for their target group": person("nobody-3", "VdabTraject-Auditor", "EA"),
    "a person with the scopes of a system": {
        **person("nobody-4", "", "GID"), "scope": " ".join(callers.SCOPES),
    },
}  # fmt: skip
SHOW_SOMEBODY = {
    "look_up_person", "person_names", "search_people", "person_references", "person_numbers",
    "access_looks", "events", "caseload", "worklist", "pathway_timeline", "page_caseload", "page_timeline",
    "parked_pathways",
}  # fmt: skip


def refused_at(
    client: TestClient, endpoints: Collection[Endpoint], *, known: Mapping[str, str]
) -> set[str]:
    """Which of the endpoints say `not-allowed`; a valid token is never answered with a 401 or a 500."""
    refused: set[str] = set()
    for endpoint in endpoints:
        # Without a body: whoever may is told what is missing, whoever may not is not.
        answer = asked(client, endpoint.method, endpoint.address(**known))
        assert answer.status_code not in {401, 500}, (endpoint, answer.status_code)
        if answer.status_code == 403:
            assert answer.json()["type"] == NOT_ALLOWED, endpoint
            assert known["person_ref"] not in answer.text
            refused.add(endpoint.name)
    return refused


def denials(door: Door, ref: str) -> set[str]:
    """The endpoints at which the trace says that this caller was refused for want of the right."""
    return {
        look.endpoint
        for look in door.looks()
        if (look.caller, look.decision, look.rule) == (ref, "DENY", BY_ENDPOINT)
    }


def test_every_endpoint_stands_in_the_table_and_is_checked(door: Door) -> None:
    assert forgotten(door.app, door.rights) == []
    assert len(door.closed()) > 10


@pytest.mark.parametrize("role", Role)
def test_a_role_is_let_in_where_the_table_says_and_refused_and_traced_elsewhere(
    door: Door, role: Role
) -> None:
    claims = just(role)
    no = {endpoint.name for endpoint in door.closed() if role not in endpoint.roles}

    refused = refused_at(door.knock(claims), door.closed(), known=door.known)

    assert refused == no
    assert denials(door, str(claims["sub"])) == no


def test_who_has_no_right_here_is_refused_and_traced_everywhere(door: Door) -> None:
    everywhere = {endpoint.name for endpoint in door.closed()}

    refused = refused_at(door.knock(person("no-right", "", "GID")), door.closed(), known=door.known)

    assert refused == everywhere
    assert denials(door, "no-right") == everywhere


@pytest.mark.parametrize("role", sorted({right.role for right in callers.RIGHTS.values()}))
def test_a_right_for_another_organisation_opens_nothing_that_it_would_open_for_ones_own(
    door: Door, role: Role
) -> None:
    claims = just(role, organisation=ANOTHER_ORGANISATION)
    would_open = [endpoint for endpoint in door.closed() if role in endpoint.roles]

    refused = refused_at(door.knock(claims), would_open, known=door.known)

    assert refused == {endpoint.name for endpoint in would_open}


@pytest.mark.parametrize("who", NOBODY)
def test_what_is_no_right_opens_nothing(door: Door, who: str) -> None:
    of_systems_and_auditors = {*callers.SCOPES.values(), Role.AUDITOR}
    would_open = [e for e in door.closed() if not e.roles.isdisjoint(of_systems_and_auditors)]

    refused = refused_at(door.knock(NOBODY[who]), would_open, known=door.known)

    assert refused == {endpoint.name for endpoint in would_open}


def test_who_is_shown_left_a_permitted_look_under_the_right_that_was_used(door: Door) -> None:
    shown: set[tuple[str, str, Role]] = set()
    for role in Role:
        claims = just(role)
        client = door.knock(claims)
        for endpoint in door.closed():
            question = door.question(endpoint)
            if door.tells_of_the_person(question, asked(client, *question)):
                shown.add((str(claims["sub"]), endpoint.name, role))

    permitted = {
        (look.caller, look.endpoint, look.role)
        for look in door.looks()
        if (look.about, look.decision) == (door.known["person_ref"], "PERMIT")
    }

    assert shown - permitted == set()
    here = {endpoint.name for endpoint in door.closed()}
    assert {name for _, name, _ in shown} >= SHOW_SOMEBODY & here
