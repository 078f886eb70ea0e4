"""A system may say when it took a command in; its clock is kept with the facts, and decides nothing."""

from datetime import UTC, datetime

import pytest
from pathway.application import Pathways

from tests.pathway.api.client import ASSIGN, ENROL, Caller

TOLD = "2015-09-30T18:30:00+02:00"
KEPT = datetime(2015, 9, 30, 16, 30, tzinfo=UTC)


def test_the_senders_own_clock_is_kept_in_utc_with_what_the_command_led_to(
    counsellor: Caller, pathways: Pathways
) -> None:
    enrolled = counsellor.post("/v1/pathways", ENROL, idempotency_key="k-1", Source_Time=TOLD)
    pathway_id = enrolled.json()["pathway_id"]
    counsellor.post(
        f"/v1/pathways/{pathway_id}/assign-counsellor",
        ASSIGN,
        idempotency_key="k-2",
        if_match='"1"',
        source_time="2015-10-01T07:00:00.5Z",
    )

    first, second = pathways.store.log()
    assert first.source_time == KEPT
    assert second.source_time == datetime(2015, 10, 1, 7, 0, 0, 500_000, tzinfo=UTC)
    history = counsellor.get(f"/v1/pathways/{pathway_id}/history").json()
    assert history["facts"][0]["source_time"] == "2015-09-30T16:30:00Z"


def test_who_tells_no_clock_leaves_it_empty(counsellor: Caller, pathways: Pathways) -> None:
    counsellor.enrolled()

    assert [fact.source_time for fact in pathways.store.log()] == [None]


@pytest.mark.parametrize(
    "told",
    [
        "2015-09-30",
        "2015-09-30T18:30:00",
        "1443630600",
        "2015-09-31T18:30:00Z",
        "2015-09-30T23:59:60Z",
        "2015-09-30T18:30:00+99:00",
        "0001-01-01T00:00:00+02:00",
        "9999-12-31T23:59:59-02:00",
        "gisteren",
    ],
)
def test_what_is_no_moment_is_refused_by_name(
    counsellor: Caller, pathways: Pathways, told: str
) -> None:
    answer = counsellor.post("/v1/pathways", ENROL, idempotency_key="k-1", source_time=told)

    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid-request")
    assert answer.json()["errors"][0]["parameter"] == "header Source-Time"
    assert pathways.store.log() == []
