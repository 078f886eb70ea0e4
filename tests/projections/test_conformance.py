"""The read models' own judging concludes what the conformance vectors tell others to conclude."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import pytest
from projections import parking
from projections.projection import Record
from projections.projector import Applied

from tests.contract.conformance import VECTORS, Conformance, Step

from .conftest import Worker

OF_EVENTS = [one for one in VECTORS if one.of_events_alone]
NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)


def verdict(done: Applied) -> str:
    """What became of one record, in the vectors' words. Unknown types are kept like all that is next."""
    if done.parked:
        return done.parked[0].reason
    found = {"NEW": done.applied, "REPEAT": done.passed_over, "HELD": done.waiting}
    (one,) = [name for name, count in found.items() if count]
    return one


def expected(step: Step) -> list[str]:
    verdicts = step.get("verdicts") or [step["verdict"]]
    return ["NEW" if one == "UNKNOWN" else one for one in verdicts]


def taken(worker: Worker, step: Step) -> list[str]:
    values, key = step.get("events", [step.get("value")]), step.get("heal", step.get("key"))
    if "heal" in step:
        parking.unpark(worker.connection, worker.projection.name, UUID(key))
    return [verdict(worker.apply(record(worker, key, value))) for value in values]


def record(worker: Worker, key: str | None, value: str | None) -> Record:
    told = [one.encode() if one is not None else None for one in (key, value)]
    return Record(0, worker.offset, *told)


def waits(worker: Worker) -> dict[str, tuple[int | None, str]]:
    found: Sequence[parking.Parked] = worker.parked()
    return {str(one.pathway_id): (one.from_version, one.reason) for one in found if one.pathway_id}


def test_only_what_begins_with_states_is_for_others() -> None:
    assert {one.name for one in VECTORS} - {one.name for one in OF_EVENTS} == {
        "hand-over",
        "hand-over-with-a-fork",
        "hand-over-with-a-gap",
        "tombstones",
    }


@pytest.mark.parametrize("vector", OF_EVENTS, ids=lambda vector: vector.name)
def test_a_read_model_concludes_what_the_vectors_say(
    counsellor: Worker, vector: Conformance
) -> None:
    for place, step in enumerate(vector.steps):
        assert taken(counsellor, step) == expected(step), place

    progress = {
        str(pathway): (version, str(event))
        for pathway, version, event in counsellor.rows(
            "select pathway_id, version, event_id from pathway_progress"
        )
    }
    assert progress == {
        pathway: (stand["version"], stand["id"])
        for pathway, stand in vector.end.items()
        if stand["version"]
    }
    still = {p: (s["waiting_at"], s["waits"]) for p, s in vector.end.items() if s["waits"]}
    assert waits(counsellor) == still
    statuses = dict(counsellor.rows("select pathway_id::text, status from caseload"))
    assert statuses == {p: vector.end[p]["status"] for p in statuses}
