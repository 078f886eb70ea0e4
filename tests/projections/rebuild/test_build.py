"""A rebuild makes what a consumer makes, whatever is on the topic, and can be ended and begun again."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from plumbing import database
from projections.counsellor import COUNSELLOR
from projections.parking import Parked, Reason, parked
from projections.rebuild import brake as braking
from projections.rebuild.brake import Brake
from projections.rebuild.build import _stretches
from projections.rebuild.places import next_of
from projections.rebuild.slices import Slices, slices_for
from projections.reporting import REPORTING
from projections.schema import NotMigrated
from projections.settings import FollowSettings
from projections.topic import Bounds

from tests.projections.eventually import eventually
from tests.projections.history import History, broken
from tests.projections.lives import JUNE, MARCH, life
from tests.projections.rebuild.conftest import audited
from tests.projections.rebuild.folds import POISONED

STAGED = "select count(*)::int from pg_tables where schemaname = %s and tablename ~ 'staged'"


@pytest.fixture
def messy(topic) -> list[History]:
    """A topic as it may be: repeats, a gap, a fork, a broken message, a record without a pathway."""
    lives = [life(f"person {n}") for n in range(30)]
    topic.put(*lives)
    topic.put(*lives[:5])
    gap = History("gap").enrolled(MARCH).assigned(MARCH).closed(JUNE)
    topic.put_value(gap, gap.values[0])
    topic.put_value(gap, gap.values[2])
    fork, other = life("fork"), life("fork")
    topic.put(fork)
    topic.put(other, from_version=6)
    hurt = life("hurt").closed(JUNE)
    for value in (*hurt.values[:6], broken(hurt.values[6])):
        topic.put_value(hurt, value)
    nobody = History("nobody").enrolled(MARCH)
    nobody.pathway_id = "nobody"
    topic.put(nobody)
    topic.put(life("not committed"), commit=False)
    return lives


@pytest.mark.parametrize("projection", [COUNSELLOR, REPORTING], ids=lambda p: p.name)
def test_a_rebuild_equals_a_fresh_fold_and_parks_what_a_consumer_parks(
    projection, messy, live, rebuild, settings
):
    live(projection, 30 * 6 + 1 + 6 + 6, parked=4)

    built = rebuild(projection)

    found = audited(next_of(projection), settings)
    assert found.differences == []
    assert found.proven
    assert (found.pathways, built.folded.events) == (33, 30 * 6 + 13)
    assert built.folded.passed_over == 5 * 6
    waits, waits_in_next = both_lists(settings, projection.name)
    assert waits_in_next == waits
    assert len(waits) == 4


def both_lists(settings: FollowSettings, name: str) -> list[list[Parked]]:
    """Who waits in the live one, and who in the next one, without since when."""
    with psycopg.connect(settings.projections_database_url) as connection:
        found = [parked(connection, each) for each in (name, f"{name}_next")]
    # How often a gap was tried is not of the model.
    alike = {"projection": "", "since": None, "tried": 0, "next_try": None}
    return [sorted((replace(p, **alike) for p in one), key=str) for one in found]


def test_poison_parks_its_pathway_as_a_consumer_does(topic, live, rebuild, settings):
    closed = [life(f"closed {n}").closed(JUNE) for n in range(3)]
    plain = [History(f"plain {n}").enrolled(MARCH).assigned(MARCH) for n in range(40)]
    topic.put(*closed, *plain)
    live(POISONED, 3 * 5 + 40 * 2, parked=3)

    rebuild(POISONED)

    found = audited(next_of(POISONED), settings)
    assert found.proven
    assert found.rows["caseload"] == 43
    waits, waits_in_next = both_lists(settings, "counsellor")
    assert waits_in_next == waits
    assert {(each.from_version, each.reason) for each in waits} == {(6, Reason.FAILED)}


def test_it_has_the_tables_keys_and_indexes_of_one_that_was_made(topic, rebuild, rows):
    topic.put(life("anna"))

    rebuild(COUNSELLOR)

    def shape(schema: str) -> list[tuple]:
        indexes = (
            "select replace(indexdef, %s, '') from pg_indexes where schemaname = %s order by 1"
        )
        keys = (
            "select conrelid::regclass::text, pg_get_constraintdef(oid) from pg_constraint"
            " where connamespace = %s::regnamespace order by 1, 2"
        )
        told = rows(indexes, f"{schema}.", schema) + rows(keys, schema)
        return [tuple(str(value).removeprefix(f"{schema}.") for value in one) for one in told]

    assert shape("counsellor_next") == shape("counsellor")
    assert len(shape("counsellor")) > 10


def test_it_stands_where_the_topic_ended_and_tells_how_new_it_is(topic, rebuild, rows):
    people = [life(f"person {n}") for n in range(6)]
    topic.put(*people)

    rebuild(COUNSELLOR)

    # Each event is a transaction, with its mark behind it.
    [(offsets, newest, incomplete)] = rows(
        "select sum(next_offset)::int, max(newest_position), count(*) filter"
        " (where complete_until is null) from counsellor_next.partition_progress"
    )
    assert offsets == 6 * 6 * 2
    assert incomplete == 0
    assert [(newest,)] == rows("select max(position) from counsellor_next.pathway_event")
    # When an event was applied is told of a rebuilt one too.
    assert rows(
        "select first_offset, next_offset from counsellor_next.applied_range order by partition"
    ) == rows(
        "select 0, next_offset from counsellor_next.partition_progress"
        " where next_offset > 0 order by partition"
    )


def test_nothing_is_made_of_an_empty_topic_but_tables(topic, rebuild, rows):
    built = rebuild(COUNSELLOR)

    assert built.pathways == 0
    assert rows("select count(*) from counsellor_next.partition_progress") == [(3,)]


def test_where_there_is_no_read_model_it_says_what_to_do(topic, settings, rebuild, database_url):
    settings.__dict__["projections_database_url"] = database_url

    with pytest.raises(NotMigrated, match="projections migrate"):
        rebuild(COUNSELLOR)


@pytest.fixture
def command(settings) -> Iterator[subprocess.Popen]:
    """`projections rebuild build counsellor` as a process of its own."""
    told = {
        "PROJECTIONS_DATABASE_URL": settings.projections_database_url,
        "KAFKA_BOOTSTRAP_SERVERS": settings.kafka_bootstrap_servers,
        "EVENTS_TOPIC": settings.events_topic,
    }
    program = Path(sys.executable).parent / "projections"

    def start() -> subprocess.Popen:
        return subprocess.Popen(
            [program, "rebuild", "build", "counsellor"],
            env={**os.environ, **told},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    started: list[subprocess.Popen] = []
    yield lambda: started.append(start()) or started[-1]
    for child in started:
        child.kill()
        child.communicate()


def test_killed_in_the_middle_it_is_begun_again_and_says_so(
    topic, settings, command, rows, read_models
):
    topic.put(*(life(f"person {n}") for n in range(60)))
    working = (
        "select count(*)::int from pg_stat_activity where datname = current_database()"
        " and application_name = 'projections rebuild counsellor_next'"
    )
    with psycopg.connect(read_models) as holding:
        killed = command()
        eventually(lambda: rows(STAGED, "counsellor_next")[0][0] >= 8, True, within=60)
        # What is to be staged waits for us, so that the kill comes while two processes work.
        for number in range(8):
            holding.execute(f"lock table counsellor_next.staged_{number:04} in exclusive mode")
        eventually(lambda: rows(working), [(2,)], within=60)
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        holding.rollback()
    eventually(lambda: rows(working), [(0,)])
    assert rows("select filled_at from counsellor_next.made_from") == [(None,)]

    again = command()
    told, _ = again.communicate(timeout=120)

    assert again.returncode == 0, told
    assert "what an earlier rebuild had left was dropped" in told
    assert "counsellor_next: 360 events of 60 pathways" in told
    assert audited(next_of(COUNSELLOR), settings).proven
    assert rows(STAGED, "counsellor_next") == [(0,)]


def test_slices_share_out_by_the_ids_that_are_there(topic, live, rows, read_models):
    people = [life(f"person {n}") for n in range(40)]
    topic.put(*people)
    with database.connect(read_models, "test", autocommit=True) as connection:
        unknown = slices_for(connection, "counsellor", 240, 2)
        live(COUNSELLOR, 240)
        known = slices_for(connection, "counsellor", 240, 2)

    assert unknown == Slices(8)
    assert (known.count, len(known.bounds)) == (8, 7)
    ids = sorted(person.pathway_id for person in people)
    shared = [known.of(pathway_id) for pathway_id in ids]
    assert shared == sorted(shared)
    assert {shared.count(number) for number in range(8)} <= {4, 5, 6}
    assert {unknown.of(pathway_id) for pathway_id in ids} <= set(range(8))


def test_stretches_are_the_whole_topic_and_nothing_twice():
    bounds = {0: Bounds(5, 25), 1: Bounds(0, 0), 2: Bounds(0, 100), 3: Bounds(7, 8)}

    stretches = _stretches(bounds, workers=2)

    spans = [(p, n) for s in stretches for p in s.froms for n in range(s.froms[p], s.until[p])]
    assert sorted(spans) == [
        (p, n) for p, each in bounds.items() for n in range(each.begin, each.end)
    ]
    assert max(stretch.offsets for stretch in stretches) == 31


NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)


@pytest.fixture
def behind(read_models) -> Iterator[psycopg.Connection]:
    """A live read model that is a minute behind."""
    with psycopg.connect(read_models, autocommit=True) as connection:
        connection.execute(
            "insert into counsellor.partition_progress (partition, next_offset, complete_until)"
            " values (0, 7, %s)",
            [NOW - timedelta(minutes=1)],
        )
        yield connection


def test_the_brake_holds_until_the_live_one_is_fresh_again(behind, monkeypatch):
    monkeypatch.setattr(braking, "SECONDS_BETWEEN_LOOKS", 0.01)
    told: list[float | None] = []

    def tell(seconds: float | None) -> None:
        told.append(seconds)
        age = timedelta(seconds=30) if len(told) < 3 else timedelta(seconds=2)
        behind.execute("update counsellor.partition_progress set complete_until = %s", [NOW - age])

    Brake(behind, "counsellor", 10, lambda: NOW, tell).hold()

    assert told == [60, 30, 30, None]


def test_the_brake_lets_go_where_nobody_keeps_the_live_one_up(behind, monkeypatch):
    monkeypatch.setattr(braking, "SECONDS_BETWEEN_LOOKS", 0.01)
    monkeypatch.setattr(braking, "PATIENCE", 0.05)
    told: list[float | None] = []
    brake = Brake(behind, "counsellor", 10, lambda: NOW, told.append)

    brake.hold()

    assert set(told) == {60, None}
    told.clear()
    brake.hold()
    assert told == [None]
