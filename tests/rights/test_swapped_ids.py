"""Whoever puts another's id in the place of their own is told what they would be told of nobody."""

import re
from collections.abc import Iterator
from datetime import date
from uuid import uuid4

import pytest
from httpx2 import Response
from plumbing.callers import SCOPES, Role
from plumbing.row_rights import Rule

from tests.people import invented_insz
from tests.rights.doors import CONFIDENTIAL, OF_OTHERS, Door, Endpoint, Known, asked, just

# Before systems stands no barrier, and they see everybody.
PEOPLES_ROLES = [role for role in Role if role not in SCOPES.values()]
SEE_EVERYBODY = {Role.AUDITOR, Role.ADMINISTRATOR}

MEANT = {
    "enrol",  # One open pathway for each person cannot be kept otherwise; it says not where.
    "set_barrier",  # Who sets barriers knows whom they are about, and is told which stand.
    "barriers",
    "publish",  # Each figure has an address, a moment and a digest of its own; it is about nobody.
    "make_sheet",  # So is a sheet.
    "running",  # It is about no person, and time goes on between two questions.
    "page_running",
    "page_download_caseload",  # What was asked stands in its file, packed; it lists as the caseload does.
}
HIDES_BARRED = {
    "give_override",
    "where_is_fact",  # Who keeps the services running finds any fact, and learns nothing of whom.
    "page_where",
}


def nobody() -> Known:
    """What could be somebody's, and is nobody's."""
    return {
        "pathway_id": str(uuid4()),
        "person_ref": str(uuid4()),
        "insz": invented_insz(date(1934, 8, 9), 501),
        "last_name": "Onbestaande",
        "first_name": "Niemand",
    }


def told(answer: Response, about: Known) -> str:
    """Status, place and body of an answer, but for the correlation and what was asked."""
    place = answer.headers.get("location", "")
    text = f"{answer.status_code} {place} {answer.text}"
    for name, one in about.items():
        text = text.replace(one, name)
    # Each form that is opened has a key of its own.
    return re.sub(r'"correlation_id": ?"[^"]+"|name="key" value="[^"]+"', "", text)


def told_otherwise(endpoint: Endpoint, why: str) -> bool:
    return endpoint.name in MEANT or (endpoint.name in HIDES_BARRED and why != CONFIDENTIAL)


def pairs(door: Door, role: Role) -> Iterator[tuple[Endpoint, str, Known]]:
    """What a role may ask, about each person that it may not see."""
    for endpoint in door.closed():
        for why, hidden in door.hidden.items():
            seen = role in SEE_EVERYBODY and why != CONFIDENTIAL
            if role in endpoint.roles and not seen and not told_otherwise(endpoint, why):
                yield endpoint, why, hidden


@pytest.mark.parametrize("role", PEOPLES_ROLES)
def test_who_may_not_be_seen_is_told_like_who_does_not_exist(door: Door, role: Role) -> None:
    client = door.knock(just(role))
    different = []
    for endpoint, why, hidden in pairs(door, role):
        for version in (1, 2):
            guess = nobody()
            there = asked(client, *door.question(endpoint, hidden), version)
            nowhere = asked(client, *door.question(endpoint, guess), version)
            if told(there, hidden) != told(nowhere, guess):
                different.append((endpoint.name, why, there.status_code, nowhere.status_code))

    assert different == []


@pytest.mark.parametrize("why", [OF_OTHERS[0], CONFIDENTIAL])
def test_what_is_not_shown_is_a_denied_look_at_the_person_with_the_rule(
    door: Door, why: str
) -> None:
    caller, hidden = just(Role.COUNSELLOR, f"denied-{why.lower()}"), door.hidden[why]
    client = door.knock(caller)

    for endpoint in door.closed():
        if endpoint.name in {"pathway_state", "close", "pathway_notes", "pathway_timeline"}:
            assert asked(client, *door.question(endpoint, hidden), 2).status_code == 404

    looks = [look for look in door.looks() if look.caller == caller["sub"]]
    rule = Rule.CONFIDENTIAL if why == CONFIDENTIAL else Rule.OTHERS
    assert {(o.about, o.rule, o.decision) for o in looks} == {(hidden["person_ref"], rule, "DENY")}


def test_looks_at_whom_a_barrier_hides_are_a_denied_look_too(door: Door) -> None:
    auditor, hidden = just(Role.AUDITOR, "denied-auditor"), door.hidden[CONFIDENTIAL]
    client = door.knock(auditor)

    answers = [
        asked(client, "GET", f"/v1/access?about={hidden[by]}")
        for by in ("person_ref", "pathway_id")
    ]

    assert [answer.json()["looks"] for answer in answers] == [[], []]
    looks = [look for look in door.looks() if look.caller == auditor["sub"]]
    told = {(look.about, look.rule, look.decision) for look in looks}
    assert told == {(hidden["person_ref"], Rule.CONFIDENTIAL, "DENY")}


def test_a_refused_command_tells_about_whom_only_to_who_may_see_them(write_side: Door) -> None:
    close = next(e for e in write_side.closed() if e.name == "close")
    guide = write_side.knock(just(Role.COUNSELLOR))
    everyone = {"Zichtbaar": write_side.known, **write_side.hidden}
    for one in everyone.values():
        too_early = {"on": "2014-01-01", "exit_type": "WERK_NEC_LOONTREKKEND"}
        refused = asked(guide, close.method, close.address(**one), too_early, 3)
        assert refused.status_code in {404, 409}

    def seen_by(role: Role) -> set[str]:
        answer = asked(write_side.knock(just(role)), "GET", "/v1/refused?limit=200")
        return {name for name, one in everyone.items() if one["pathway_id"] in answer.text}

    assert seen_by(Role.AUDITOR) == seen_by(Role.ADMINISTRATOR) == {*everyone} - {CONFIDENTIAL}
    assert seen_by(Role.OPERATOR) == set()
