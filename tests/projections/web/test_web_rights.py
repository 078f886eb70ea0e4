"""The table of roles and endpoints, cell by cell, and the trace that every look leaves."""

from uuid import UUID

import psycopg
import pytest
from fastapi import FastAPI
from plumbing.rights import forgotten
from projections.pages import cursor_after
from projections.web_rights import RIGHTS
from starlette.testclient import TestClient

from tests.plumbing.served import ServedIssuer
from tests.projections.conftest import Worker
from tests.projections.history import named
from tests.projections.web.conftest import ADDRESS, As, Looks
from tests.projections.web.given import (
    AUDITOR,
    ELSEWHERE,
    LEADER,
    MINE,
    NORTH,
    OFFICER,
    SOUTH,
    everyone,
)

CASELOAD = "/v1/caseload"
TIMELINE = f"/v1/pathways/{named('pathway els')}/timeline"
OF_A_PERIOD = [
    "flow", "inflow", "modules", "durations", "outflow", "afterwards", "exits", "stops", "ibo",
    "work-floors", "reach",
]  # fmt: skip
REPORTS = [f"/v1/reports/{name}?from=2015-01-01&until=2015-12-31" for name in OF_A_PERIOD]
REPORTS += ["/v1/reports/counsellors", "/v1/reports/stock"]
PARTNER, OPERATOR, ADMINISTRATOR = "partner-01", "operator-01", "beheerder-01"
PERSON = {name: str(named(f"person {name}")) for name in ("anna", "bram", "cora", "dirk", "els")}


@pytest.fixture(autouse=True)
def _everyone(counsellor: Worker, reporting: Worker) -> None:
    counsellor.put(*everyone())
    reporting.put(*everyone())


def test_no_endpoint_stands_outside_the_table(app: FastAPI) -> None:
    assert forgotten(app, RIGHTS) == []


@pytest.mark.parametrize(
    ("who", "caseload", "timeline", "reports"),
    [
        (MINE, 200, 200, 200),
        (LEADER, 200, 200, 200),
        (OFFICER, 403, 403, 200),
        (AUDITOR, 403, 200, 200),
        (PARTNER, 200, 404, 403),
        (OPERATOR, 403, 403, 403),
        (ADMINISTRATOR, 403, 403, 403),
    ],
)
def test_each_role_at_each_endpoint(
    as_: As, who: str, caseload: int, timeline: int, reports: int
) -> None:
    client = as_(who)

    assert client.get(CASELOAD).status_code == caseload
    assert client.get(TIMELINE).status_code == timeline
    assert {client.get(report).status_code for report in REPORTS} == {reports}


def test_a_consuming_system_reads_topics_and_nothing_here(
    app: FastAPI, issuer: ServedIssuer
) -> None:
    claims = {"sub": "mlp", "vo_orgcode": "OVO000083", "scope": "vdab_traject_lezen"}
    token = issuer.issuer.token_for(claims, "vdab-pathway")
    client = TestClient(app, base_url=ADDRESS, headers={"Authorization": f"Bearer {token}"})

    assert {client.get(path).status_code for path in (CASELOAD, TIMELINE, *REPORTS)} == {403}


def test_without_a_token_nothing_is_told(app: FastAPI) -> None:
    client = TestClient(app, base_url=ADDRESS)

    for path in (CASELOAD, TIMELINE, *REPORTS):
        answer = client.get(path)
        assert (answer.status_code, answer.json()["type"]) == (401, "/problems/not-signed-in")


def test_every_person_in_a_list_leaves_a_row(as_: As, looks: Looks) -> None:
    as_(MINE).get(CASELOAD, params={"unit": NORTH, "closed": "false"})

    assert looks() == [
        (MINE, PERSON[name], "caseload", "BEGELEIDING", "PERMIT")
        # First those of the own caseload, then those of the unit: each rule is written at once.
        for name in ("bram", "anna", "cora")
    ]


def test_a_page_of_a_list_leaves_rows_of_its_own_people_only(as_: As, looks: Looks) -> None:
    as_(MINE).get(CASELOAD, params={"unit": NORTH, "closed": "false", "limit": 1})

    assert [about for _, about, *_ in looks()] == [PERSON["bram"]]


def test_an_unchanged_answer_leaves_rows_too(as_: As, looks: Looks) -> None:
    client = as_(MINE)
    etag = client.get(CASELOAD).headers["etag"]
    before = looks()

    assert client.get(CASELOAD, headers={"If-None-Match": etag}).status_code == 304

    assert looks() == before * 2


def test_an_auditors_look_has_a_purpose_of_its_own(as_: As, looks: Looks) -> None:
    as_(AUDITOR).get(TIMELINE)

    assert looks() == [(AUDITOR, PERSON["els"], "pathway_timeline", "TOEZICHT", "PERMIT")]


def test_denied_looks_leave_rows_as_well(as_: As, looks: Looks) -> None:
    dirk = f"/v1/pathways/{named('pathway dirk')}/timeline"
    nobody = named("pathway nobody")

    as_(MINE).get(dirk)
    as_(OFFICER).get(dirk)
    as_(MINE).get(f"/v1/pathways/{nobody}/timeline")
    as_(OFFICER).get(CASELOAD)
    as_(MINE).get(CASELOAD, params={"unit": SOUTH})

    assert looks() == [
        (MINE, PERSON["dirk"], "pathway_timeline", "BEGELEIDING", "DENY"),
        (OFFICER, PERSON["dirk"], "pathway_timeline", "ONBEKEND", "DENY"),
        (MINE, str(nobody), "pathway_timeline", "BEGELEIDING", "DENY"),
        (OFFICER, None, "caseload", "ONBEKEND", "DENY"),
        (MINE, None, "caseload", "BEGELEIDING", "DENY"),
    ]


def test_naming_a_person_of_whom_nothing_may_be_seen_leaves_a_row(as_: As, looks: Looks) -> None:
    for name in ("dirk", "anna", "nobody"):
        answer = as_(MINE).get(CASELOAD, params={"person_ref": str(named(f"person {name}"))})
        assert answer.status_code == 200
    # The other filters do not matter: to name one who may be seen is no denied look.
    as_(MINE).get(CASELOAD, params={"person_ref": PERSON["bram"], "closed": True})

    assert looks() == [
        (MINE, PERSON["dirk"], "caseload", "BEGELEIDING", "DENY"),
        (MINE, PERSON["anna"], "caseload", "BEGELEIDING", "PERMIT"),
        (MINE, PERSON["bram"], "caseload", "BEGELEIDING", "PERMIT"),
    ]


def test_counters_of_a_named_person_leave_a_row_also_beyond_the_last_page(
    as_: As, looks: Looks
) -> None:
    beyond = cursor_after("enrolled_on", "~", UUID(int=2**128 - 1))

    answer = as_(MINE).get(CASELOAD, params={"person_ref": PERSON["bram"], "cursor": beyond})

    assert (answer.json()["items"], answer.json()["counters"]["open"]) == ([], 1)
    assert looks() == [(MINE, PERSON["bram"], "caseload", "BEGELEIDING", "PERMIT")]


def test_reports_name_nobody_and_leave_no_rows(as_: As, looks: Looks) -> None:
    for report in REPORTS:
        as_(OFFICER).get(report)

    assert looks() == []


def test_what_cannot_be_traced_is_not_shown(as_: As, read_models: str) -> None:
    with psycopg.connect(read_models) as connection:
        connection.execute("alter table projections.access_row rename to away")

    for client, path in ((as_(MINE), CASELOAD), (as_(AUDITOR), TIMELINE), (as_(OFFICER), CASELOAD)):
        answer = client.get(path)
        assert (answer.status_code, answer.json()["type"]) == (503, "/problems/not-traced")


def test_a_person_of_another_unit_counts_nowhere(as_: As) -> None:
    south = as_(ELSEWHERE).get(CASELOAD, params={"unit": SOUTH}).json()
    north = as_(MINE).get(CASELOAD, params={"counsellor": ELSEWHERE}).json()

    assert south["counters"]["open"] == 1
    assert north["counters"]["open"] == 0


def test_of_two_roles_the_one_that_opens_the_question_says_why(
    app: FastAPI, issuer: ServedIssuer, looks: Looks
) -> None:
    rights = [f"VdabTraject-{right}:OVO000083" for right in ("Bemiddelaar", "Auditor")]
    both = TestClient(app, base_url=ADDRESS)
    both.headers["Authorization"] = f"Bearer {issuer.token(MINE, vdab_traject_rol_3d=rights)}"

    both.get("/v1/access", params={"caller": AUDITOR, "about": PERSON["anna"]})
    both.get(CASELOAD, params={"counsellor": MINE})

    assert {(endpoint, why) for _, _, endpoint, why, _ in looks()} == {
        ("access_looks", "TOEZICHT"),
        ("caseload", "BEGELEIDING"),
    }
