"""A late and a corrected fact, told over REST and asked again from both sides as known at three moments."""

import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime

import pytest

from tests.people import invented_kbo
from tests.system.clients import COUNSELLOR, UNIT, Client, anybody
from tests.system.stack import Stack
from tests.system.test_journey import ASSIGN, PERIOD, START_IBO

pytestmark = pytest.mark.system


@pytest.fixture
def counsellor(stack: Stack) -> Iterator[Client]:
    with closing(Client(stack)) as client:
        yield client


def now() -> str:
    """A moment after all that was answered, and before what follows."""
    time.sleep(0.05)
    told = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    time.sleep(0.05)
    return told


def test_what_was_known_before_a_late_and_a_corrected_fact_is_told_alike_on_both_sides(
    counsellor: Client,
) -> None:
    employer, right = invented_kbo(4_200_031), invented_kbo(4_200_032)
    enrolled = counsellor.insist("/v1/pathways", anybody())
    pathway_id = enrolled["pathway_id"]
    address = f"/v1/pathways/{pathway_id}"
    assign = ASSIGN | {"counsellor": COUNSELLOR, "unit": UNIT}
    told = counsellor.insist(f"{address}/assign-counsellor", assign, enrolled["version"])
    before = now()
    late = START_IBO | {"employer": employer}
    told = counsellor.insist(f"{address}/start-ibo", late, told["version"])
    between = now()
    history = counsellor.asks(f"{address}/history")["facts"]
    [start] = [one for one in history if one["fact"]["kind"] == "IboStarted"]
    correction = {
        "on": START_IBO["on"],
        "fact_id": start["fact_id"],
        "changes": {"employer": right},
        "reason": "INVOERFOUT",
        "authority": "MAIL-7",
    }
    told = counsellor.insist(f"{address}/correct", correction, told["version"])
    after = {"after": f"{pathway_id}:{told['version']}"}

    for moment, employers in (
        ({"known_at": before}, []),
        ({"known_at": between}, [employer]),
        ({}, [right]),
    ):
        point = {"as_of": "2024-03-01", **moment}
        state = counsellor.asks(address, **point)["state"]
        timeline = counsellor.asks_web(f"{address}/timeline", **point, **after)
        report = counsellor.asks_web(
            "/v1/reports/modules", **PERIOD, **point, **after, by="organisation"
        )
        caseload = counsellor.asks_web("/v1/caseload", **point, limit=200, sort="last_fact_on")
        [row] = [one for one in caseload["items"] if one["pathway_id"] == pathway_id]
        assert [module["organisation"] for module in state["modules"]] == employers
        assert [module["organisation"] for module in timeline["modules"]] == employers
        assert row["running_organisations"] == employers
        assert timeline["pathway"]["status"] == row["status"] == state["status"]
        assert [
            one["group"] for one in report["rows"] if one["group"] in {employer, right}
        ] == employers

    asked = {"as_of": "2024-03-01", "from_known_at": between}
    written = counsellor.asks(f"{address}/difference", **asked)
    read = counsellor.asks_web(f"{address}/difference", **asked)
    assert [(c["before"], c["after"]) for c in written["changes"]] == [(employer, right)]
    assert [(c["before"], c["after"]) for c in read["changes"]] == [(employer, right)]
    assert [(f["version"], f["actor"]["ref"]) for f in written["facts"]] == [
        (told["version"], COUNSELLOR)
    ]
    assert [e["version"] for e in read["entries"]] == [told["version"]]
