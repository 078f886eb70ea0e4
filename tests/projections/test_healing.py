"""A parked pathway goes on once its topic, or our release, allows it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

import psycopg
import pytest
from projections import consumer, parking
from projections.counsellor import COUNSELLOR
from projections.healing import NotParked, retry
from projections.parking import Reason

from .eventually import eventually
from .history import History, broken
from .kafka import following

MARCH, APRIL, MAY, JUNE = (date(2024, month, 1) for month in (3, 4, 5, 6))

Rows = Callable[[str], list[tuple]]


@pytest.fixture
def rows(read_models) -> Iterator[Rows]:
    with psycopg.connect(read_models, autocommit=True) as connection:
        connection.execute("set search_path to counsellor, projections")
        yield lambda query: connection.execute(query).fetchall()


def caseload(rows: Rows) -> Callable[[], list[tuple]]:
    return lambda: rows("select status, version from caseload")


def applied_and_parked(rows: Rows) -> Callable[[], list[tuple]]:
    return lambda: rows(
        "select (select sum(version) from pathway_progress), (select count(*) from parked)"
    )


def test_a_mended_release_applies_what_failed_and_what_waited(topic, settings, rows):
    def fails_on_closing(events):
        if any(event.streamversion == 3 for event in events):
            raise ValueError("a mistake of this release")
        return COUNSELLOR.fold(events)

    anna = History("anna").enrolled(MARCH).assigned(APRIL).closed(JUNE).withheld(JUNE)
    topic.put(anna)
    with following(replace(COUNSELLOR, fold=fails_on_closing), settings):
        eventually(applied_and_parked(rows), [(2, 1)])
        eventually(lambda: rows("select sum(next_offset) from partition_progress"), [(8,)])

    retried = retry(COUNSELLOR, settings, anna.pathway_id)

    assert (retried.applied, retried.still) == (2, None)
    assert {change.table for change in retried.changes} == {"caseload", "timeline"}
    assert caseload(rows)() == [("AFGESLOTEN", 4)]
    assert rows("select count(*) from parked") == [(0,)]


def test_a_dry_run_shows_the_rows_and_writes_nothing(topic, settings, rows):
    anna = History("anna").enrolled(MARCH).assigned(APRIL)
    topic.put(anna)
    with following(COUNSELLOR, settings):
        eventually(caseload(rows), [("IN_BEGELEIDING", 2)])
    rows("delete from pathway_event where version = 2 returning 1")
    park(settings, anna, Reason.GAP)

    retried = retry(COUNSELLOR, settings, anna.pathway_id, dry_run=True)

    assert retried.applied == 1
    assert rows("select count(*) from pathway_event") == [(1,)]
    assert rows("select count(*) from parked") == [(1,)]


def park(settings, history: History, reason: Reason) -> None:
    with psycopg.connect(settings.projections_database_url) as connection:
        connection.execute("set search_path to counsellor, projections")
        [[partition]] = connection.execute(
            "select partition from partition_progress where next_offset > 0"
        ).fetchall()
        new = parking.NewParking(history.pathway_id, 2, partition, 0, reason, "as a test has it")
        parking.park(connection, "counsellor", [new], consumer.utc_now())


def test_what_is_still_broken_goes_on_waiting(topic, settings, rows):
    anna = History("anna").enrolled(MARCH).assigned(APRIL)
    topic.put_value(anna, anna.values[0])
    topic.put_value(anna, broken(anna.values[1]))
    with following(COUNSELLOR, settings):
        eventually(applied_and_parked(rows), [(1, 1)])
    [[since]] = rows("select since from parked")

    retried = retry(COUNSELLOR, settings, anna.pathway_id)

    assert retried.still.reason == Reason.BROKEN
    assert rows("select since, from_version from parked") == [(since, 2)]


def test_after_a_fork_the_topics_history_takes_the_place_of_ours(topic, settings, rows):
    ours = History("anna").enrolled(MARCH).assigned(APRIL, "u999")
    anna = History("anna").enrolled(MARCH).assigned(APRIL, "u100").closed(JUNE)
    topic.put(anna)
    with following(COUNSELLOR, settings):
        eventually(caseload(rows), [("AFGESLOTEN", 3)])
    rows(f"update pathway_event set event_id = '{ours.event_id(2)}' where version = 2 returning 1")
    park(settings, anna, Reason.FORK)

    retried = retry(COUNSELLOR, settings, anna.pathway_id)

    assert (retried.applied, retried.still) == (3, None)
    assert rows("select event_id from pathway_event where version = 2") == [(anna.event_id(2),)]


def test_a_topic_with_two_histories_changes_nothing(topic, settings, rows):
    anna, fork = (History("anna").enrolled(MARCH).assigned(APRIL) for _ in range(2))
    topic.put(anna)
    topic.put(fork, from_version=2)
    with following(COUNSELLOR, settings):
        eventually(applied_and_parked(rows), [(2, 1)])

    retried = retry(COUNSELLOR, settings, anna.pathway_id)

    assert retried.still.reason == Reason.FORK
    assert rows("select version from pathway_progress") == [(2,)]
    assert rows("select reason from parked") == [("FORK",)]


def test_a_pathway_is_healed_while_the_consumer_goes_on(topic, settings, rows):
    anna = History("anna").enrolled(MARCH).assigned(APRIL)
    topic.put(anna)
    with following(COUNSELLOR, settings):
        eventually(caseload(rows), [("IN_BEGELEIDING", 2)])
        park(settings, anna, Reason.FAILED)
        topic.put(anna.closed(JUNE), from_version=3)
        eventually(lambda: rows("select sum(next_offset) from partition_progress"), [(6,)])

        retry(COUNSELLOR, settings, anna.pathway_id)

        assert caseload(rows)() == [("AFGESLOTEN", 3)]
        topic.put(anna.withheld(JUNE), from_version=4)
        eventually(caseload(rows), [("AFGESLOTEN", 4)])


def test_a_pathway_that_does_not_wait_is_left_alone(settings, topic):
    topic.put(History("anna").enrolled(MARCH))

    with pytest.raises(NotParked):
        retry(COUNSELLOR, settings, History("anna").pathway_id)
