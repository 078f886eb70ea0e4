"""The rebuilt read model takes the live one's place in one moment, whoever reads and writes meanwhile."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace

import psycopg
import pytest
from plumbing.clock import utc_now
from projections import schema
from projections.consumer import follow
from projections.counsellor import COUNSELLOR
from projections.parking import parked
from projections.projection import Projection
from projections.rebuild import switch as switching
from projections.rebuild.places import CannotRebuild, before_of, next_of
from projections.rebuild.switch import drop, switch, switch_back

from tests.projections.eventually import eventually
from tests.projections.history import History, broken
from tests.projections.kafka import Topic, following
from tests.projections.lives import JUNE, MARCH, MAY, life
from tests.projections.rebuild.conftest import audited
from tests.projections.rebuild.folds import OTHERWISE
from tests.projections.test_consumer import eventually_made

EVENTS = "select coalesce(sum(version), 0)::int from counsellor.pathway_progress"
SCHEMAS = (
    "select nspname::text from pg_namespace where starts_with(nspname, 'counsellor') order by 1"
)
FILLED = "select filled_at is not null from counsellor.made_from"


@pytest.fixture
def people(topic, live) -> list[History]:
    """Twelve pathways that the live read model has."""
    lives = [life(f"person {n}") for n in range(12)]
    topic.put(*lives)
    live(COUNSELLOR, 72)
    return lives


@pytest.fixture
def close_all(people, topic, live) -> Callable[[Projection], None]:
    """Closes them, and lets a consumer apply that."""

    def closed(projection: Projection) -> None:
        topic.put(*(person.closed(JUNE) for person in people), from_version=7)
        live(projection, 84)

    return closed


@pytest.fixture
def newer(people, rebuild, settings, tmp_path) -> Projection:
    """The next release, with other tables, rebuilt beside the one that runs."""
    other = tmp_path / "tables.sql"
    other.write_text(
        COUNSELLOR.ddl.read_text() + "create table extra (pathway_id uuid primary key);"
    )
    newer = replace(COUNSELLOR, ddl=other)
    with pytest.raises(schema.MadeFromOther, match="rebuild build counsellor"):
        schema.migrate(settings.projections_database_url, [newer], frozenset())
    rebuild(newer)
    return newer


def test_the_rebuilt_one_is_live_and_lacks_nothing_that_the_live_one_had(
    close_all, rebuild, settings, rows
):
    rebuild(COUNSELLOR)
    close_all(COUNSELLOR)

    switch(COUNSELLOR, settings, clock=utc_now)

    assert rows(SCHEMAS) == [("counsellor",), ("counsellor_before",)]
    assert rows(FILLED) == [(True,)]
    assert rows(EVENTS) == [(84,)]
    assert audited(COUNSELLOR, settings).proven


def test_a_consumer_that_applies_meanwhile_goes_on_by_itself(
    people, topic, rebuild, settings, rows
):
    rebuild(COUNSELLOR)
    more = [History(f"more {n}").enrolled(MARCH) for n in range(20)]
    enough = threading.Event()

    def put() -> None:
        topic.put(*more)
        while not enough.is_set() and len(more[0]) < 200:
            version = len(more[0]) + 1
            topic.put(*(one.assigned(MAY, f"u{version}") for one in more), from_version=version)

    with following(COUNSELLOR, settings) as consumer:
        putting = threading.Thread(target=put)
        putting.start()
        eventually(lambda: rows(EVENTS)[0][0] > 140, True, within=60)

        switch(COUNSELLOR, settings, clock=utc_now)

        at_the_switch = rows(EVENTS)[0][0]
        eventually(lambda: rows(EVENTS)[0][0] > at_the_switch + 40, True, within=60)
        enough.set()
        putting.join()
        eventually(lambda: rows(EVENTS), [(72 + sum(map(len, more)),)], within=60)
        assert consumer.is_alive()
    assert rows(FILLED) == [(True,)]
    assert rows("select count(*) from projections.parked") == [(0,)]
    assert audited(COUNSELLOR, settings).proven


def test_a_batch_that_was_read_for_the_old_tables_is_not_written_to_the_new(
    people, topic, rebuild, settings, rows
):
    """Both stand at the same offsets, so only whose tables they are can tell."""
    rebuild(OTHERWISE)
    with following(COUNSELLOR, settings):
        eventually(
            lambda: rows("select count(complete_until) from counsellor.partition_progress"), [(3,)]
        )

        switch(OTHERWISE, settings, clock=utc_now)
        topic.put(people[0].closed(JUNE), from_version=7)
        eventually(lambda: rows(EVENTS), [(73,)])
    # The older release went on, and it stands beside the rows that they are of two.
    assert rows("select cardinality(codes) from counsellor.made_from") == [(2,)]


def test_a_consumer_of_other_tables_stops_at_the_switch(people, topic, newer, settings, rows):
    told: list[BaseException] = []

    def followed() -> None:
        try:
            follow(COUNSELLOR, settings, threading.Event())
        except schema.MadeFromOther as stopped:
            told.append(stopped)

    consumer = threading.Thread(target=followed, daemon=True)
    consumer.start()
    topic.put(people[0].closed(JUNE), from_version=7)
    eventually(lambda: rows(EVENTS), [(73,)])

    switch(newer, settings, clock=utc_now)
    topic.put(people[1].closed(JUNE), from_version=7)

    consumer.join(30)
    assert len(told) == 1
    assert rows(EVENTS) == [(73,)]
    with following(newer, settings):
        eventually(lambda: rows(EVENTS), [(74,)])


@contextmanager
def one_moment(url: str) -> Iterator[Callable[[str], list[tuple]]]:
    """A reader of one moment, as the pages are."""
    with psycopg.connect(url) as connection:
        connection.execute("set transaction isolation level repeatable read")
        yield lambda query: connection.execute(query).fetchall()


@pytest.fixture
def switched(settings) -> Iterator[Callable[[], Future]]:
    with ThreadPoolExecutor(1) as pool:
        yield lambda: pool.submit(switch, COUNSELLOR, settings, clock=utc_now)


TRIES = (
    "select pid from pg_stat_activity where datname = current_database()"
    " and application_name = 'projections rebuild counsellor'"
)


def test_who_began_to_read_the_old_one_ends_with_it(people, rebuild, settings, rows, switched):
    rebuild(COUNSELLOR)
    rows("update counsellor.caseload set unit = 'OLD' returning 1")
    unit = "select distinct unit from counsellor.caseload"

    with one_moment(settings.projections_database_url) as read:
        assert read(unit) == [("OLD",)]
        done = switched()
        eventually(lambda: len(rows(TRIES)) > 0, True)
        assert read(FILLED) == [(False,)]
        assert read(unit) == [("OLD",)]
        assert not done.done()
    done.result(60)

    with one_moment(settings.projections_database_url) as read:
        assert read(FILLED) == [(True,)]
        assert read(unit) == [("OE-9000",)]


def test_who_reads_as_of_an_earlier_moment_is_waited_for(people, rebuild, settings, switched):
    with one_moment(settings.projections_database_url) as read:
        read("select count(*) from projections.parked")
        rebuild(COUNSELLOR)
        done = switched()
        with psycopg.connect(settings.projections_database_url, autocommit=True) as looking:
            eventually(lambda: len(looking.execute(TRIES).fetchall()) > 0, True)
        # As of that moment the rebuilt one had no rows at all.
        assert read("select count(*) from counsellor.caseload") == [(12,)]
        assert not done.done()
    done.result(60)


def test_who_never_ends_to_read_is_named_and_nothing_changes(people, rebuild, settings, rows):
    rebuild(COUNSELLOR)
    url = settings.projections_database_url
    with psycopg.connect(url, application_name="forgotten session") as connection:
        connection.execute("select count(*) from counsellor.caseload")

        with pytest.raises(CannotRebuild, match="forgotten session"):
            switch(COUNSELLOR, settings, clock=utc_now, patience=1)

    assert rows(SCHEMAS) == [("counsellor",), ("counsellor_next",)]


def test_a_writer_in_the_middle_of_a_batch_is_not_cut_short(people, rebuild, settings, rows):
    rebuild(COUNSELLOR)
    with psycopg.connect(settings.projections_database_url) as writing:

        def begins() -> None:
            writing.execute("update counsellor.partition_progress set partition = partition")

        original = switching._outlive_older_readers
        switching._outlive_older_readers = lambda *_: begins()
        try:
            with pytest.raises(CannotRebuild, match="somebody read or wrote"):
                switch(COUNSELLOR, settings, clock=utc_now, patience=1)
        finally:
            switching._outlive_older_readers = original

    assert rows(SCHEMAS) == [("counsellor",), ("counsellor_next",)]
    switch(COUNSELLOR, settings, clock=utc_now)
    assert rows(FILLED) == [(True,)]


def test_the_parked_list_goes_along_and_comes_back(people, topic, live, rebuild, settings):
    hurt = life("hurt").closed(JUNE)
    for value in (*hurt.values[:6], broken(hurt.values[6])):
        topic.put_value(hurt, value)
    live(COUNSELLOR, 78, parked=1)
    nobody, once = History("nobody").enrolled(MARCH), History("once").enrolled(MARCH)
    nobody.pathway_id, once.pathway_id = "nobody", "once"
    topic.put(nobody, once)
    live(COUNSELLOR, 78, parked=3)
    url = settings.projections_database_url

    def waiting(name: str) -> list[tuple]:
        with psycopg.connect(url) as connection:
            found = parked(connection, name)
        return [(each.pathway_id, each.reason, each.since) for each in found]

    with psycopg.connect(url) as connection:
        connection.execute(
            "delete from projections.parked where ctid = (select max(ctid) from projections.parked"
            " where pathway_id is null)"
        )
    before = waiting("counsellor")
    rebuild(COUNSELLOR)
    assert len(waiting("counsellor_next")) == 3

    switch(COUNSELLOR, settings, clock=utc_now)

    # One waits since it did; what an operator took off the list is not on it again.
    assert len(before) == 2
    assert [one[:2] for one in waiting("counsellor")] == [one[:2] for one in before]
    assert before[0] in waiting("counsellor")
    assert waiting("counsellor_before") == before

    switch_back(COUNSELLOR, settings, clock=utc_now)

    assert waiting("counsellor") == before
    assert waiting("counsellor_before") == []


def test_switched_back_the_one_from_before_is_live_and_has_what_came_since(
    close_all, rebuild, settings, rows
):
    rebuild(COUNSELLOR)
    switch(COUNSELLOR, settings, clock=utc_now)
    close_all(COUNSELLOR)

    assert switch_back(COUNSELLOR, settings, clock=utc_now)

    assert rows(SCHEMAS) == [("counsellor",), ("counsellor_next",)]
    assert rows(FILLED) == [(False,)]
    assert rows(EVENTS) == [(84,)]
    assert audited(COUNSELLOR, settings).proven
    switch(COUNSELLOR, settings, clock=utc_now)
    assert rows(FILLED) == [(True,)]


def test_one_of_another_release_is_switched_back_as_it_stood(
    close_all, live, rebuild, settings, rows
):
    rebuild(OTHERWISE)
    switch(OTHERWISE, settings, clock=utc_now)
    close_all(OTHERWISE)

    assert not switch_back(OTHERWISE, settings, clock=utc_now)

    assert rows(EVENTS) == [(72,)]
    live(COUNSELLOR, 84)
    assert audited(COUNSELLOR, settings).proven


def test_what_stands_in_the_way_is_dropped_by_name_first(people, rebuild, settings, rows):
    rebuild(COUNSELLOR)
    switch(COUNSELLOR, settings, clock=utc_now)
    rebuild(COUNSELLOR)
    with pytest.raises(CannotRebuild, match="rebuild drop counsellor --before"):
        switch(COUNSELLOR, settings, clock=utc_now)
    with pytest.raises(CannotRebuild, match="rebuild drop counsellor --next"):
        switch_back(COUNSELLOR, settings, clock=utc_now)

    assert drop(COUNSELLOR, settings, before_of(COUNSELLOR))
    switch(COUNSELLOR, settings, clock=utc_now)

    assert rows(SCHEMAS) == [("counsellor",), ("counsellor_before",)]
    assert not drop(COUNSELLOR, settings, next_of(COUNSELLOR))


def test_two_commands_at_once_do_not_meet(people, rebuild, settings, read_models):
    rebuild(COUNSELLOR)
    with (
        psycopg.connect(read_models, autocommit=True) as other,
        switching.alone(other, COUNSELLOR),
        pytest.raises(CannotRebuild, match="another `projections rebuild` is at work"),
    ):
        switch(COUNSELLOR, settings, clock=utc_now)


def test_a_topic_that_was_made_anew_needs_no_emptying(people, topic, rebuild, settings, rows):
    """The live one follows what is gone; the rebuilt one takes its place with what is there now."""
    topic.delete()
    eventually_made(topic)
    with closing(Topic(topic.bootstrap, topic.name, make=False)) as again:
        again.put(*people[:5])
    rebuild(COUNSELLOR)

    switch(COUNSELLOR, settings, clock=utc_now)

    assert rows(EVENTS) == [(30,)]
    assert audited(COUNSELLOR, settings).proven
