"""Two bis numbers turn out to be one person: from REST to caseload, reports, topic and audits."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from plumbing.clock import brussels_today, utc_now

from tests.people import invented_kbo
from tests.system.clients import (
    AUDITOR,
    COUNSELLOR,
    UNIT,
    Client,
    anybody,
    by_people,
    read_all,
)
from tests.system.stack import Stack

pytestmark = pytest.mark.system

ONE, OTHER = invented_kbo(4_600_001), invented_kbo(4_600_002)
ASSIGN = {"on": "2024-01-10", "counsellor": COUNSELLOR, "unit": UNIT}
IBO = {"on": "2024-02-01", "planned_until": "2024-07-31", "hours_per_week": 19}
HIRE = {
    "on": "2024-06-03",
    "employer": OTHER,
    "contract": "ONBEPAALDE_DUUR",
    "hours_per_week": 38,
    "proof": "DIMONA",
}
# What is merged can be looked at for as long after it as what was closed.
TODAY = str(brussels_today(utc_now()))
PERIOD = {"from": "2024-01-01", "until": "2024-12-31"}


@pytest.fixture
def people(stack: Stack) -> Iterator[dict[str, Client]]:
    who = (COUNSELLOR, "teamleider-01", "beheerder-01", AUDITOR)
    clients = {one: Client(stack, one) for one in who}
    yield clients
    for client in clients.values():
        with closing(client):
            pass


def in_ibo(client: Client, body: dict[str, object], employer: str) -> dict[str, Any]:
    done = client.insist("/v1/pathways", body)
    address = f"/v1/pathways/{done['pathway_id']}"
    done = client.insist(f"{address}/assign-counsellor", ASSIGN, done["version"])
    return client.insist(f"{address}/start-ibo", IBO | {"employer": employer}, done["version"])


def flow(client: Client, employer: str) -> tuple[int, int]:
    """How many people ended a module at this employer, and how many of these were at work soon."""
    total = client.asks_web("/v1/reports/flow", **PERIOD, organisation=employer)["total"]
    return total["persons"], total["within"][0]["in_nec"]


def test_two_pathways_of_one_person_are_one_everywhere_and_two_again(
    stack: Stack, people: dict[str, Client]
) -> None:
    counsellor, leader = people[COUNSELLOR], people["teamleider-01"]
    first, second = anybody(), anybody()
    survivor = in_ibo(counsellor, first, ONE)
    absorbed = in_ibo(counsellor, second, OTHER)
    hired = counsellor.insist(f"/v1/pathways/{absorbed['pathway_id']}/hire", HIRE, 4)
    replaced = {"insz": second["insz"], "replaced_by": first["insz"], "since": "2024-06-10"}
    people["beheerder-01"].api.post(
        "/v1/persons/replace-number", json=replaced | {"source": "KSZ"}
    ).raise_for_status()
    merge = {"on": TODAY, "absorbed": absorbed["pathway_id"], "reason": "TWEE_NUMMERS"}
    address = f"/v1/pathways/{survivor['pathway_id']}"

    done = leader.insist(f"{address}/merge-pathways", merge, survivor["version"])

    after = {"after": f"{survivor['pathway_id']}:{done['version']}"}
    counsellor.asks_web("/v1/caseload", **after)
    stack.wait_until_caught_up()
    items = counsellor.asks_web("/v1/caseload", limit=200, sort="last_fact_on", descending=True)
    rows = {row["pathway_id"]: row for row in items["items"]}
    assert absorbed["pathway_id"] not in rows
    assert rows[survivor["pathway_id"]]["modules"] == 2
    assert rows[survivor["pathway_id"]]["last_employer"] == OTHER
    assert flow(people[AUDITOR], OTHER) == (1, 1)
    pointer = counsellor.asks_web(f"/v1/pathways/{absorbed['pathway_id']}/timeline")
    assert pointer["pathway"]["merged_into"] == survivor["pathway_id"]
    assert by_people(pointer["entries"])[:2] == [
        "pathway-absorbed",
        "person-identifier-replaced",
    ]
    states = {one.key: one.event["data"] for one in read_all(stack.brokers, stack.state_topic)}
    assert states[absorbed["pathway_id"]]["merged_into"] == survivor["pathway_id"]
    assert len(states[survivor["pathway_id"]]["modules"]) == 2
    stack.assert_no_difference()

    revert = {"on": TODAY, "absorbed": absorbed["pathway_id"], "reason": "INVOERFOUT"}
    leader.insist(f"{address}/revert-merge", revert, done["version"])

    stack.wait_until_caught_up()
    items = counsellor.asks_web("/v1/caseload", limit=200, sort="last_fact_on", descending=True)
    rows = {row["pathway_id"]: row for row in items["items"]}
    assert rows[absorbed["pathway_id"]]["hires"] == 1
    assert rows[survivor["pathway_id"]]["modules"] == 1
    assert flow(people[AUDITOR], OTHER) == (1, 1)
    assert [fact["kind"] for fact in hired["facts"]] == ["ModuleStopped", "HiredInNec"]
    stack.assert_no_difference()
