"""What Prometheus is told of the read models: also while their consumers are dead."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import psycopg
from plumbing.proofs import Kind
from projections import proof
from projections.counsellor import COUNSELLOR
from projections.proof import Proof
from projections.read_metrics import read_metrics

OPERATIONS = (Path(__file__).parents[2] / "docs/operations.md").read_text()
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def told(url: str) -> dict[tuple[str, str], float]:
    found = read_metrics(url, {"counsellor": COUNSELLOR}, lambda: NOW)
    return {
        (sample.name, sample.labels.get("projection", "")): sample.value
        for metric in found
        for sample in metric.samples
    }


def test_a_read_model_tells_how_far_and_how_old_it_is_and_who_waits(read_models: str) -> None:
    with psycopg.connect(read_models, autocommit=True) as connection:
        connection.execute(
            "insert into counsellor.partition_progress"
            " (partition, next_offset, newest_position, complete_until) values"
            " (0, 5, 41, %s), (1, 9, 42, %s)",
            [NOW - timedelta(seconds=2), NOW - timedelta(seconds=7)],
        )
        connection.execute(
            "insert into projections.parked (projection, pathway_id, from_version, partition,"
            ' "offset", reason, error, since)'
            " values ('counsellor', gen_random_uuid(), 3, 0, 4, 'GAP', '', %s)",
            [NOW],
        )

    assert told(read_models) == {
        ("projections_up", ""): 1,
        ("projections_newest_position", "counsellor"): 42,
        ("projections_complete_age_seconds", "counsellor"): 7,
        ("projections_parked_pathways", "counsellor"): 1,
        ("projections_given_up_pathways", "counsellor"): 0,
        ("projections_code_differs", "counsellor"): 0,
    }


def test_what_is_proven_is_told_with_its_age_and_what_differs(read_models: str) -> None:
    with psycopg.connect(read_models, autocommit=True) as connection:
        for kind, differences in ((Kind.FOLLOWING, 0), (Kind.COMPLETE, 2)):
            told_before = Proof(
                "counsellor", "c", UUID(int=1), NOW, {0: 1}, kind=kind, begun_at=NOW
            )
            told_before.position, told_before.differences = 42, differences
            told_before.at -= timedelta(seconds=30)
            proof.keep(connection, told_before)

    samples = [
        (sample.name.removeprefix("projections_"), sample.labels.get("kind", ""), sample.value)
        for metric in read_metrics(read_models, {"counsellor": COUNSELLOR}, lambda: NOW)
        for sample in metric.samples
        if "_pro" in sample.name.removeprefix("projections")
    ]

    assert sorted(samples) == [
        ("proof_age_seconds", "complete", 30),
        ("proof_age_seconds", "following", 30),
        ("proof_differences", "complete", 2),
        ("proof_differences", "following", 0),
        ("proven_position", "", 42),
    ]


def test_a_read_model_that_was_never_complete_tells_no_age(read_models: str) -> None:
    assert told(read_models) == {
        ("projections_up", ""): 1,
        ("projections_newest_position", "counsellor"): 0,
        ("projections_parked_pathways", "counsellor"): 0,
        ("projections_given_up_pathways", "counsellor"): 0,
        ("projections_code_differs", "counsellor"): 0,
    }


def test_rows_of_another_release_are_told_until_they_are_made_anew(read_models: str) -> None:
    with psycopg.connect(read_models, autocommit=True) as connection:
        connection.execute("update counsellor.made_from set codes = '{another}' || codes")

    assert told(read_models)["projections_code_differs", "counsellor"] == 1


def test_a_database_that_is_away_is_told_as_such(read_models: str) -> None:
    assert told(f"{read_models}?port=1") == {("projections_up", ""): 0}


def test_every_name_stands_in_the_operators_page(read_models: str) -> None:
    names = {
        metric.name for metric in read_metrics(read_models, {"counsellor": COUNSELLOR}, lambda: NOW)
    }

    assert len(names) == 9
    assert {name for name in names if f"`{name}`" not in OPERATIONS} == set()
