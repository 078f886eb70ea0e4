"""What Prometheus is told of the store: also while the publisher is dead or stopped."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from pathway.store import Store
from pathway.store_metrics import store_metrics

from tests.pathway.given import SetClock
from tests.pathway.new_facts import enrolled

OPERATIONS = (Path(__file__).parents[2] / "docs/operations.md").read_text()
NAMES = {
    "pathway_store_up",
    "pathway_stored_position",
    "pathway_published_position",
    "pathway_publisher_oldest_waiting_seconds",
    "pathway_publisher_stopped",
    "pathway_proven_position",
}


def told(store: Store) -> dict[tuple[str, str], float]:
    return {
        (sample.name, sample.labels.get("reason") or sample.labels.get("kind", "")): sample.value
        for metric in store_metrics(store)
        for sample in metric.samples
    }


def enrol(store: Store) -> int:
    return store.append(enrolled())[0].position


@pytest.fixture
def operator(pathway_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(pathway_url, autocommit=True) as connection:
        yield connection


def test_an_empty_store_has_nothing_waiting(store: Store) -> None:
    assert told(store) == {(name, ""): float(name == "pathway_store_up") for name in NAMES}


def test_what_waits_is_told_by_its_age(
    store: Store, clock: SetClock, operator: psycopg.Connection
) -> None:
    published = enrol(store)
    operator.execute(
        "insert into pathway.publisher_status (leader, leader_since, position)"
        " values ('somebody', now(), %s)",
        [published],
    )
    clock.forward(minutes=1)
    enrol(store)
    clock.forward(minutes=1)
    newest = enrol(store)
    clock.forward(seconds=30)

    assert told(store) == {
        ("pathway_store_up", ""): 1,
        ("pathway_stored_position", ""): newest,
        ("pathway_published_position", ""): published,
        ("pathway_publisher_oldest_waiting_seconds", ""): 90,
        ("pathway_publisher_stopped", ""): 0,
        ("pathway_proven_position", ""): 0,
    }


def test_a_stop_is_told_with_its_reason(store: Store, operator: psycopg.Connection) -> None:
    operator.execute(
        "insert into pathway.publisher_status (leader, leader_since, stopped_at, stopped_reason)"
        " values ('somebody', now(), now(), 'STORE_OLDER')"
    )

    found = told(store)

    assert found["pathway_publisher_stopped", "STORE_OLDER"] == 1
    assert ("pathway_publisher_stopped", "") not in found


def test_what_is_proven_is_told_with_its_age_and_what_differs(
    store: Store, clock: SetClock, operator: psycopg.Connection
) -> None:
    for kind, position, differences in (("following", 7, 0), ("round", 3, 0), ("complete", 5, 2)):
        operator.execute(
            "insert into pathway.proof values (%s, %s, 9, %s, %s, 9, 0, %s, '{}', null, '{}')",
            [kind, position, clock(), clock(), differences],
        )
    clock.forward(seconds=30)

    found = told(store)

    assert found["pathway_proven_position", ""] == 7
    ages = {kind: age for (name, kind), age in found.items() if name == "pathway_proof_age_seconds"}
    assert ages == {"following": 30, "complete": 30}
    assert found["pathway_proof_differences", "complete"] == 2
    assert found["pathway_proof_differences", "following"] == 0


def test_a_store_that_is_away_is_told_as_such(store: Store) -> None:
    store.close()

    assert told(store) == {("pathway_store_up", ""): 0}


def test_every_name_stands_in_the_operators_page() -> None:
    names = {*NAMES, "pathway_proof_age_seconds", "pathway_proof_differences"}
    assert {name for name in names if f"`{name}`" not in OPERATIONS} == set()
