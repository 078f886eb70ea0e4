"""One journey from a signed-in counsellor's command to the reports, and what an auditor finds."""

import time
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from itertools import pairwise
from statistics import median
from typing import Any

import pytest

from tests.people import invented_kbo
from tests.system.clients import (
    AUDITOR,
    COUNSELLOR,
    UNIT,
    Client,
    anybody,
    by_people,
    seconds_until,
)
from tests.system.stack import Stack

pytestmark = pytest.mark.system

EMPLOYER = invented_kbo(4_200_001)
ASSIGN = {"on": "2024-01-10", "counsellor": COUNSELLOR, "unit": UNIT}
START_IBO = {
    "on": "2024-02-01",
    "planned_until": "2024-07-31",
    "hours_per_week": 38,
    "employer": EMPLOYER,
}
HIRE = {
    "on": "2024-06-03",
    "employer": EMPLOYER,
    "contract": "ONBEPAALDE_DUUR",
    "hours_per_week": 38,
    "proof": "DIMONA",
}
PERIOD = {"from": "2024-01-01", "until": "2024-12-31"}


@pytest.fixture
def counsellor(stack: Stack) -> Iterator[Client]:
    with closing(Client(stack)) as client:
        yield client


@pytest.fixture
def officer(stack: Stack) -> Iterator[Client]:
    with closing(Client(stack, AUDITOR)) as client:
        yield client


@pytest.fixture
def auditor(stack: Stack) -> Iterator[Client]:
    with closing(Client(stack, AUDITOR)) as client:
        yield client


def hired_by(client: Client, employer: str = EMPLOYER) -> tuple[str, int]:
    """Somebody who came in, had an IBO with the employer and was hired there; id and version."""
    answer = client.insist("/v1/pathways", anybody())
    address = f"/v1/pathways/{answer['pathway_id']}"
    for command, body in (
        ("assign-counsellor", ASSIGN),
        ("start-ibo", START_IBO | {"employer": employer}),
        ("hire", HIRE | {"employer": employer}),
    ):
        answer = client.insist(f"{address}/{command}", body, answer["version"])
    return answer["pathway_id"], answer["version"]


def caseload_row(client: Client, pathway_id: str) -> dict[str, Any]:
    """The pathway's row in the caller's caseload; empty when it is not there."""
    items = client.asks_web("/v1/caseload", sort="last_fact_on", descending=True, limit=200)[
        "items"
    ]
    return next((item for item in items if item["pathway_id"] == pathway_id), {})


def seconds_until_in_caseload(client: Client, pathway_id: str, version: int) -> float:
    """How long it took until the caller's caseload shows this version, or one after it."""
    return seconds_until(lambda: caseload_row(client, pathway_id).get("version", 0) >= version)


def test_a_hire_after_an_ibo_reaches_caseload_timeline_and_report(
    stack: Stack, counsellor: Client, officer: Client
) -> None:
    employer = invented_kbo(4_200_002)
    pathway_id, version = hired_by(counsellor, employer)
    seconds_until_in_caseload(counsellor, pathway_id, version)

    row = caseload_row(counsellor, pathway_id)
    assert (row["modules"], row["hires"], row["last_employer"]) == (1, 1, employer)
    timeline = counsellor.asks_web(f"/v1/pathways/{pathway_id}/timeline")
    assert by_people(timeline["entries"]) == [
        "hired-in-nec",
        "module-stopped",
        "ibo-started",
        "counsellor-assigned",
        "participant-characteristics-recorded",
        "enrolled",
    ]
    # How far a pathway is, is told to those only who may see it; figures to officers as well.
    report = {**PERIOD, "organisation": employer}
    counsellor.asks_web("/v1/reports/flow", **report, after=f"{pathway_id}:{version}")
    flow = officer.asks_web("/v1/reports/flow", **report)
    assert [(one["group"], one["persons"]) for one in flow["rows"]] == [("IBO", 1)]
    assert [(w["months"], w["in_nec"]) for w in flow["total"]["within"]] == [
        (3, 1),
        (6, 1),
        (12, 1),
    ]
    assert stack.ask(
        "select count(*) from pathway.pathway_events"
        " where originator_id = %s and topic <> 'DeadlineReached.v1'",
        pathway_id,
    ) == [(6,)]


def test_a_command_is_visible_in_caseload_and_report_in_well_under_a_second(
    counsellor: Client, officer: Client
) -> None:
    in_caseload: list[float] = []
    in_report: list[float] = []
    for number in range(7):
        employer = invented_kbo(4_200_010 + number)
        pathway_id, version = hired_by(counsellor, employer)
        answered = time.monotonic()
        seconds_until_in_caseload(counsellor, pathway_id, version)
        in_caseload.append(time.monotonic() - answered)
        seconds_until(partial(counted_once, officer, employer))
        in_report.append(time.monotonic() - answered)

    assert median(in_caseload) < 1, sorted(in_caseload)
    assert median(in_report) < 1, sorted(in_report)


def counted_once(officer: Client, employer: str) -> bool:
    """Whether the report counts one person whom this employer hired."""
    flow = officer.asks_web("/v1/reports/flow", **PERIOD, organisation=employer)
    return flow["total"]["within"][0]["in_nec"] == 1


def test_who_wrote_reads_it_back_and_a_report_counts_it(
    counsellor: Client, officer: Client
) -> None:
    employer = invented_kbo(4_200_003)
    for persons in (1, 2):
        pathway_id, version = hired_by(counsellor, employer)
        after = f"{pathway_id}:{version}"

        row = counsellor.asks_web("/v1/caseload", after=after, limit=200, sort="last_fact_on")
        report = {**PERIOD, "organisation": employer}
        counsellor.asks_web("/v1/reports/flow", **report, after=after)
        flow = officer.asks_web("/v1/reports/flow", **report)

        assert pathway_id in [item["pathway_id"] for item in row["items"]]
        assert flow["total"]["within"][0]["in_nec"] == persons


def test_a_state_can_be_asked_as_of_any_day_and_as_known_at_any_moment(
    counsellor: Client, auditor: Client
) -> None:
    pathway_id, version = hired_by(counsellor)
    address = f"/v1/pathways/{pathway_id}"
    history = auditor.asks(f"{address}/history")["facts"]
    started = next(one for one in history if one["fact"]["kind"] == "IboStarted")

    now = counsellor.asks(address)
    in_may = counsellor.asks(address, as_of="2024-05-31")
    before = counsellor.asks(address, as_of="2024-01-31")
    when_started = counsellor.asks(address, known_at=started["recorded_at"])

    assert len(history) >= version
    assert [one["version"] for one in history] == list(range(1, len(history) + 1))
    assert all(old["hash"] == new["prev_hash"] for old, new in pairwise(history))
    told = [one for one in history if one["fact"]["kind"] != "DeadlineReached"]
    assert {one["actor"]["ref"] for one in told} == {COUNSELLOR}
    assert now["state"]["modules"][0]["status"] == "STOPGEZET"
    assert (in_may["state"]["modules"][0]["status"], in_may["state"]["hires"]) == ("LOPEND", [])
    assert before["state"]["modules"] == []
    assert when_started["version"] == started["version"]
    assert when_started["state"]["modules"][0]["status"] == "LOPEND"


def test_of_two_who_saw_the_same_state_one_is_told_that_it_moved(counsellor: Client) -> None:
    enrolled = counsellor.insist("/v1/pathways", anybody())
    address = f"/v1/pathways/{enrolled['pathway_id']}"
    seen = enrolled["version"]

    first = counsellor.command(f"{address}/assign-counsellor", ASSIGN, seen)
    second = counsellor.command(f"{address}/start-ibo", START_IBO, seen)

    assert first.status_code == 200
    assert second.status_code == 412
    assert second.headers["content-type"] == "application/problem+json"
    assert second.headers["etag"] == first.headers["etag"] == f'"{seen + 1}"'
    again = counsellor.command(f"{address}/start-ibo", START_IBO, seen + 1)
    assert again.status_code == 200


def test_an_auditor_finds_no_difference(stack: Stack, counsellor: Client) -> None:
    hired_by(counsellor)
    stack.wait_until_caught_up()

    stack.assert_no_difference()


def test_an_auditor_is_told_of_a_row_that_is_not_what_the_facts_say(
    stack: Stack, counsellor: Client
) -> None:
    pathway_id, _ = hired_by(counsellor)
    stack.wait_until_caught_up()
    altered = "update counsellor.caseload set hires = %s where pathway_id = %s returning hires"
    stack.ask_rows(altered, 2, pathway_id)

    status, said = stack.make_audit()

    stack.ask_rows(altered, 1, pathway_id)
    assert status != 0
    assert pathway_id in said
    others = "log, holders, topics and both traces of looks are audited all the same"
    assert said.count("no difference") == 5, others
    assert said.count(": equal to a fresh fold") == 1, "and the other read model"
