"""What goes wrong in real life, entered over REST: status, timeline and counts as a counsellor expects."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from plumbing.clock import brussels_today, utc_now

from tests.people import invented_kbo
from tests.system.clients import AUDITOR, COUNSELLOR, UNIT, Client, anybody, by_people
from tests.system.stack import Stack

pytestmark = pytest.mark.system

PERIOD = {"from": "2015-01-01", "until": "2024-12-31"}
ASSIGN = {"on": "2024-01-10", "counsellor": COUNSELLOR, "unit": UNIT}
IBO = {"on": "2024-02-01", "planned_until": "2024-07-31", "hours_per_week": 38}
HIRE = {
    "contract": "ONBEPAALDE_DUUR",
    "hours_per_week": 38,
    "proof": "DIMONA",
}


@pytest.fixture(scope="module")
def counsellor(stack: Stack) -> Iterator[Client]:
    with closing(Client(stack)) as client:
        yield client


@pytest.fixture(scope="module")
def leader(stack: Stack) -> Iterator[Client]:
    with closing(Client(stack, "teamleider-01")) as client:
        yield client


@pytest.fixture(scope="module")
def officer(stack: Stack) -> Iterator[Client]:
    with closing(Client(stack, AUDITOR)) as client:
        yield client


class File:
    """One pathway, as its counsellor works on it."""

    def __init__(self, client: Client, **enrolment: object) -> None:
        self.client = client
        self.told = client.insist("/v1/pathways", anybody() | enrolment)
        self.pathway_id = self.told["pathway_id"]

    def does(self, command: str, **body: object) -> "File":
        """One more command, on the state that the last one left."""
        address = f"/v1/pathways/{self.pathway_id}/{command}"
        self.told = self.client.insist(address, body, self.told["version"])
        return self

    def by(self, client: Client) -> "File":
        """From here on somebody else works on it."""
        self.client = client
        return self

    def fact_id(self, kind: str) -> str:
        """The newest fact of this kind."""
        facts = self.client.asks(f"/v1/pathways/{self.pathway_id}/history")["facts"]
        return [one["fact_id"] for one in facts if one["fact"]["kind"] == kind][-1]

    def module_id(self, organisation: str) -> str:
        modules = self.client.asks(f"/v1/pathways/{self.pathway_id}")["state"]["modules"]
        return next(m["module_id"] for m in modules if m["organisation"] == organisation)

    def seen(self) -> dict[str, Any]:
        """The timeline with the row above it, and with all that was told."""
        after = {"after": f"{self.pathway_id}:{self.told['version']}"}
        return self.client.asks_web(f"/v1/pathways/{self.pathway_id}/timeline", **after)


def in_ibo(client: Client, employer: str) -> File:
    file = File(client).does("assign-counsellor", **ASSIGN)
    return file.does("start-ibo", **IBO, employer=employer)


def flow(officer: Client, file: File, organisation: str) -> tuple[int, int]:
    """How many people ended a module there, and how many of them were at work within three months."""
    file.seen()
    total = officer.asks_web("/v1/reports/flow", **PERIOD, organisation=organisation)["total"]
    return total["persons"], total["within"][0]["in_nec"]


def test_an_ibo_that_stopped_in_april_and_is_told_so_now(
    stack: Stack, counsellor: Client, officer: Client
) -> None:
    employer = invented_kbo(4_700_001)
    file = in_ibo(counsellor, employer)
    # By now the scheduler has told that its planned end passed.
    stack.wait_until_caught_up()

    file.does(
        "stop-module",
        on="2024-04-12",
        module_id=file.module_id(employer),
        reason="TEKORTKOMING_WERKGEVER",
    )

    seen = file.seen()
    assert (seen["pathway"]["status"], seen["pathway"]["running_kinds"]) == ("IN_BEGELEIDING", [])
    [module] = seen["modules"]
    assert (module["status"], module["last_day"]) == ("STOPGEZET", "2024-04-12")
    assert [(e["event"], e["occurred_on"]) for e in seen["entries"]][:2] == [
        ("deadline-reached", "2024-07-31"),
        ("module-stopped", "2024-04-12"),
    ]
    stack.wait_until_caught_up()
    assert flow(officer, file, employer) == (1, 0)


def test_a_hire_that_was_told_twice_with_other_hours(
    stack: Stack, counsellor: Client, officer: Client
) -> None:
    employer = invented_kbo(4_700_002)
    file = in_ibo(counsellor, employer)
    file.does("complete-ibo", on="2024-07-31", module_id=file.module_id(employer))
    file.does("hire", **HIRE, on="2024-08-01", employer=employer)
    file.does("hire", **HIRE | {"hours_per_week": 30}, on="2024-08-01", employer=employer)
    assert file.seen()["pathway"]["hires"] == 2

    file.does(
        "annul-registration",
        on="2024-08-05",
        fact_id=file.fact_id("HiredInNec"),
        reason="DUBBEL",
    )

    seen = file.seen()
    assert (seen["pathway"]["status"], seen["pathway"]["hires"]) == ("NAZORG", 1)
    assert by_people(seen["entries"]).count("hired-in-nec") == 2
    stack.wait_until_caught_up()
    assert flow(officer, file, employer) == (1, 1)


def test_an_ibo_of_somebody_else_leaves_every_count(
    stack: Stack, counsellor: Client, officer: Client
) -> None:
    employer = invented_kbo(4_700_003)
    wrong = in_ibo(counsellor, employer)
    wrong.does("complete-ibo", on="2024-07-31", module_id=wrong.module_id(employer))
    right = in_ibo(counsellor, employer)

    wrong.does(
        "annul-module",
        on="2024-08-05",
        module_id=wrong.module_id(employer),
        reason="VERKEERDE_PERSOON",
    )
    right.does("complete-ibo", on="2024-07-31", module_id=right.module_id(employer))

    seen = wrong.seen()
    assert (seen["pathway"]["modules"], seen["modules"]) == (0, [])
    assert seen["pathway"]["hire_due_by"] is None
    stack.wait_until_caught_up()
    assert flow(officer, right, employer) == (1, 0)


def test_a_whole_pathway_of_the_wrong_person(
    stack: Stack, counsellor: Client, leader: Client, officer: Client
) -> None:
    employer = invented_kbo(4_700_004)
    file = in_ibo(counsellor, employer)
    file.does("complete-ibo", on="2024-07-31", module_id=file.module_id(employer))

    # Whoever guided it still sees it for as long after this day as after a closing.
    today = str(brussels_today(utc_now()))
    file.by(leader).does("annul-pathway", on=today, reason="VERKEERDE_PERSOON")

    assert file.seen()["pathway"]["status"] == "GEANNULEERD"
    stack.wait_until_caught_up()
    assert flow(officer, file, employer) == (0, 0)


def test_a_wep_plus_module_whose_days_move_after_it_ended(
    stack: Stack, counsellor: Client, officer: Client
) -> None:
    promotor = invented_kbo(4_700_005)
    file = File(counsellor, on="2014-09-01").does(
        "assign-counsellor", **ASSIGN | {"on": "2014-09-01"}
    )
    file.does(
        "start-work-experience-module",
        on="2014-10-01",
        planned_until="2015-09-30",
        hours_per_week=38,
        promotor=promotor,
    )
    file.does("complete-module", on="2015-06-30", module_id=file.module_id(promotor))

    # It began a fortnight later than was told, and the end is corrected twice.
    for kind, day in (
        ("WorkExperienceModuleStarted", "2014-10-15"),
        ("ModuleCompleted", "2015-07-10"),
        ("ModuleCompleted", "2015-08-14"),
    ):
        file.does("correct", on=day, fact_id=file.fact_id(kind), reason="NIEUW_BEWIJS")

    [module] = file.seen()["modules"]
    days = (module["started_on"], module["last_day"], module["status"])
    assert days == ("2014-10-15", "2015-08-14", "VOLTOOID")
    impossible = counsellor.command(
        f"/v1/pathways/{file.pathway_id}/correct",
        {"on": "2015-10-02", "fact_id": file.fact_id("ModuleCompleted"), "reason": "INVOERFOUT"},
        file.told["version"],
    )
    assert impossible.status_code == 409
    stack.wait_until_caught_up()
    by_month = officer.asks_web(
        "/v1/reports/flow",
        **{"from": "2015-08-01", "until": "2015-08-31"},
        organisation=promotor,
    )
    assert by_month["total"]["persons"] == 1


def test_a_hire_before_the_end_of_the_ibo(
    stack: Stack, counsellor: Client, officer: Client
) -> None:
    employer = invented_kbo(4_700_006)
    file = in_ibo(counsellor, employer).does("hire", **HIRE, on="2024-06-03", employer=employer)

    seen = file.seen()
    [module] = seen["modules"]
    assert (module["last_day"], module["reason"]) == ("2024-06-02", "WERK_ZELFDE_WERKGEVER")
    assert (seen["pathway"]["status"], seen["pathway"]["last_employer"]) == ("NAZORG", employer)
    stack.wait_until_caught_up()
    assert flow(officer, file, employer) == (1, 1)


def test_after_all_of_these_the_audit_finds_no_difference(stack: Stack) -> None:
    stack.wait_until_caught_up()

    stack.assert_no_difference()
