"""A consumer on the real Kafka: from the topic to rows, through restarts, zombies and wrong topics."""

import contextlib
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from datetime import date

import psycopg
import pytest
from kafka.errors import TopicAlreadyExistsError
from projections import parking, schema
from projections.consumer import CannotFollow, follow
from projections.counsellor import COUNSELLOR
from projections.settings import FollowSettings

from .eventually import eventually
from .history import History, broken
from .kafka import Topic, following

MARCH, APRIL, MAY, JUNE = (date(2024, month, 1) for month in (3, 4, 5, 6))
NAMES = [f"person {n}" for n in range(12)]


Rows = Callable[[str], list[tuple]]


@pytest.fixture
def rows(read_models) -> Iterator[Rows]:
    with psycopg.connect(read_models, autocommit=True) as connection:
        connection.execute("set search_path to counsellor, projections")
        yield lambda query: connection.execute(query).fetchall()


def histories() -> list[History]:
    return [History(name).enrolled(MARCH).assigned(APRIL) for name in NAMES]


def versions(rows: Rows) -> Callable[[], list[tuple]]:
    return lambda: rows("select version, count(*) from caseload group by 1 order by 1")


def test_what_is_on_the_topic_and_what_comes_becomes_rows(topic, settings, rows):
    people = histories()
    topic.put(*people)

    with following(COUNSELLOR, settings):
        eventually(versions(rows), [(2, 12)])
        topic.put(*(person.closed(JUNE) for person in people), from_version=3)
        eventually(versions(rows), [(3, 12)])


def test_what_was_taken_back_is_never_a_row(topic, settings, rows):
    anna, bert = History("anna").enrolled(MARCH), History("bert").enrolled(MARCH)
    topic.put(anna, commit=False)
    topic.put(bert)

    with following(COUNSELLOR, settings):
        eventually(lambda: rows("select pathway_id from caseload"), [(bert.pathway_id,)])


def test_it_goes_on_where_the_rows_stand(topic, settings, rows):
    people = histories()
    topic.put(*people)
    with following(COUNSELLOR, settings):
        eventually(versions(rows), [(2, 12)])
    topic.put(*(person.closed(JUNE) for person in people), from_version=3)

    with following(COUNSELLOR, settings):
        eventually(versions(rows), [(3, 12)])

    assert rows("select count(*) from timeline") == [(36,)]


def test_an_event_that_is_sent_twice_is_applied_once(topic, settings, rows):
    people = histories()
    topic.put(*people)
    topic.put(*people)
    topic.put(*(person.closed(JUNE) for person in people), from_version=3)

    with following(COUNSELLOR, settings):
        eventually(versions(rows), [(3, 12)])

    assert rows("select count(*) from timeline") == [(36,)]
    assert rows("select count(*) from parked") == [(0,)]


def test_two_consumers_share_the_work_and_the_one_that_stays_takes_over(topic, settings, rows):
    people = histories()
    with following(COUNSELLOR, settings):
        topic.put(*people)
        with following(COUNSELLOR, settings):
            topic.put(*(person.assigned(MAY) for person in people), from_version=3)
            eventually(versions(rows), [(3, 12)])
        topic.put(*(person.closed(JUNE) for person in people), from_version=4)
        eventually(versions(rows), [(4, 12)])

    assert rows("select count(*) from timeline") == [(48,)]


def test_a_broken_message_stops_its_pathway_only(topic, settings, rows):
    anna, bert = (History(n).enrolled(MARCH).assigned(APRIL) for n in ("anna", "bert"))
    topic.put_value(anna, anna.values[0])
    topic.put_value(anna, broken(anna.values[1]))
    topic.put(bert)

    with following(COUNSELLOR, settings):
        eventually(versions(rows), [(1, 1), (2, 1)])

    assert rows("select reason, from_version from parked") == [("BROKEN", 2)]


def test_a_pathway_of_which_the_read_model_lost_an_event_heals_by_itself(topic, settings, rows):
    anna = History("anna").enrolled(MARCH).assigned(APRIL)
    topic.put(anna)
    with following(COUNSELLOR, settings):
        eventually(versions(rows), [(2, 1)])
        rows("delete from pathway_event where version = 2 returning 1")

        topic.put(anna.closed(JUNE), from_version=3)

        eventually(versions(rows), [(3, 1)])
        topic.put(anna.withheld(JUNE), from_version=4)
        eventually(versions(rows), [(4, 1)])
    assert rows("select count(*) from timeline") == [(4,)]
    assert rows("select count(*) from parked") == [(0,)]


def test_an_event_at_an_offset_that_was_passed_by_is_found_again(topic, settings, rows):
    anna = History("anna").enrolled(MARCH)
    topic.put(anna)
    with following(COUNSELLOR, settings):
        eventually(versions(rows), [(1, 1)])
    topic.put(anna.assigned(APRIL), from_version=2)
    # One record and the mark of its transaction.
    rows(
        "update partition_progress set next_offset = next_offset + 2"
        " where next_offset > 0 returning 1"
    )

    with following(COUNSELLOR, settings):
        topic.put(anna.closed(JUNE), from_version=3)

        eventually(versions(rows), [(3, 1)])
    assert rows("select count(*) from parked") == [(0,)]


def test_a_pathway_stays_parked_when_the_topic_lacks_the_event(topic, settings, rows, process):
    anna, bert = (History(n).enrolled(MARCH).assigned(APRIL) for n in ("anna", "bert"))
    topic.put_value(anna, anna.values[0])
    topic.put(anna.closed(JUNE), from_version=3)
    child = process()
    eventually(lambda: rows("select reason, from_version from parked"), [("GAP", 2)])

    topic.put(bert)

    eventually(versions(rows), [(1, 1), (2, 1)])
    eventually(lambda: rows("select tried > 0 from parked"), [(True,)])
    child.send_signal(signal.SIGTERM)
    _, told = child.communicate(timeout=10)
    assert "not healed" in told
    assert rows("select reason, from_version from parked") == [("GAP", 2)]


def test_answers_say_up_to_when_they_are_complete(topic, settings, rows):
    topic.put(*histories())

    with following(COUNSELLOR, settings):
        eventually(
            lambda: rows(
                "select count(*) from partition_progress where complete_until is not null"
            ),
            [(topic.partitions,)],
        )
        eventually(versions(rows), [(2, 12)])


def test_an_emptied_topic_stops_it_with_the_ways_out(topic, settings, rows):
    topic.put(*histories())
    with following(COUNSELLOR, settings):
        eventually(versions(rows), [(2, 12)])
    topic.delete()
    eventually_made(topic)

    with pytest.raises(CannotFollow, match="migrate --anew"):
        follow(COUNSELLOR, settings, threading.Event())


def eventually_made(topic: Topic) -> None:
    def made() -> bool:
        # The broker deletes behind its answer, and until then says that the topic exists.
        with contextlib.suppress(TopicAlreadyExistsError):
            topic.make()
            return True
        return False

    eventually(made, True)


def test_a_position_past_the_end_stops_it_with_the_ways_out(topic, settings, rows, monkeypatch):
    monkeypatch.setattr("projections.consumer.PATIENCE_WITH_THE_END", 1.0)
    topic.put(*histories())
    with following(COUNSELLOR, settings):
        eventually(versions(rows), [(2, 12)])
    rows("update partition_progress set next_offset = next_offset + 1000 returning 1")

    with pytest.raises(CannotFollow, match="ends at offset"):
        follow(COUNSELLOR, settings, threading.Event())


def test_a_process_that_may_not_follow_ends_as_for_a_decision(topic, settings, rows, process):
    topic.put(History("anna").enrolled(MARCH))
    with following(COUNSELLOR, settings):
        eventually(versions(rows), [(1, 1)])
    rows("update made_from set cluster_id = 'another' returning 1")

    child = process()

    _, told = child.communicate(timeout=30)
    assert child.returncode == 65
    assert "migrate --anew" in told
    assert "Traceback" not in told
    assert stopped(rows) == [("counsellor", True)]


def test_why_a_consumer_ended_is_forgotten_once_one_follows_again(topic, settings, rows):
    topic.put(History("anna").enrolled(MARCH))
    with following(COUNSELLOR, settings):
        eventually(versions(rows), [(1, 1)])
    rows("update made_from set cluster_id = cluster_id || 'x' returning 1")
    with pytest.raises(CannotFollow):
        follow(COUNSELLOR, settings, threading.Event())
    assert stopped(rows) == [("counsellor", True)]

    rows("update made_from set cluster_id = left(cluster_id, -1) returning 1")
    with following(COUNSELLOR, settings):
        eventually(lambda: stopped(rows), [])


def stopped(rows: Rows) -> list[tuple]:
    return rows("select projection, why like '%migrate --anew%' from projections.ended")


def test_a_read_model_that_was_never_made_says_so(topic, settings, database_url):
    elsewhere = settings.model_copy(update={"projections_database_url": database_url})

    with pytest.raises(schema.NotMigrated, match="projections migrate"):
        follow(COUNSELLOR, elsewhere, threading.Event())


def test_a_database_that_comes_back_loses_and_doubles_nothing(topic, settings, rows, read_models):
    people = histories()
    with following(COUNSELLOR, settings):
        topic.put(*people)
        eventually(versions(rows), [(2, 12)])
        others = "pid <> pg_backend_pid() and application_name like 'projections consumer%'"
        rows(f"select pg_terminate_backend(pid) from pg_stat_activity where {others}")
        topic.put(*(person.closed(JUNE) for person in people), from_version=3)
        eventually(versions(rows), [(3, 12)])

    assert rows("select count(*) from timeline") == [(36,)]


@pytest.fixture
def process(consumer_process, settings) -> Callable[[], subprocess.Popen]:
    return lambda: consumer_process(settings)


def test_a_killed_process_loses_and_doubles_nothing(topic, settings, rows, process):
    people = histories()
    first = process()
    topic.put(*people)
    eventually(versions(rows), [(2, 12)])

    first.send_signal(signal.SIGKILL)
    topic.put(*(person.closed(JUNE) for person in people), from_version=3)
    process()

    eventually(versions(rows), [(3, 12)], within=30)
    assert rows("select count(*) from timeline") == [(36,)]


def test_a_process_that_is_asked_to_stop_ends_well(topic, settings, rows, process):
    child = process()
    topic.put(*histories())
    eventually(versions(rows), [(2, 12)])

    child.send_signal(signal.SIGTERM)

    _, told = child.communicate(timeout=10)
    assert child.returncode == 0
    assert "Traceback" not in told


def test_a_frozen_consumer_that_thaws_writes_nothing_twice(topic, settings, rows, process):
    people = histories()
    frozen = process()
    topic.put(*people)
    eventually(versions(rows), [(2, 12)])

    frozen.send_signal(signal.SIGSTOP)
    topic.put(*(person.assigned(MAY) for person in people), from_version=3)
    process()
    eventually(versions(rows), [(3, 12)], within=40)
    frozen.send_signal(signal.SIGCONT)
    topic.put(*(person.closed(JUNE) for person in people), from_version=4)

    eventually(versions(rows), [(4, 12)])
    assert rows("select count(*) from timeline") == [(48,)]
    assert parking_list(settings) == []


def parking_list(settings: FollowSettings) -> list[parking.Parked]:
    with psycopg.connect(settings.projections_database_url) as connection:
        return parking.parked(connection)
