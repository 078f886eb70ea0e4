"""The store of facts: all or nothing, in one order for every reader, and never changed afterwards."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from threading import Event
from time import monotonic, sleep
from typing import Any, LiteralString
from uuid import UUID

import psycopg
import pytest
from pathway.application import Pathways
from pathway.beside import Beside, together
from pathway.domain.guidance import AssignCounsellor
from pathway.recorded import FIRST_HASH, chain_hash
from pathway.store import (
    AnsweredMeanwhile,
    OpenElsewhere,
    Outpaced,
    PersonKnown,
    Store,
    StoreAway,
)
from plumbing.ids import new_id
from psycopg import Connection
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.sql import SQL, Identifier

from tests.pathway.given import ANNA, BRAM, SetClock, enrolment, said
from tests.pathway.new_facts import answered, assigned, enrolled

DAY = date(2015, 1, 5)
DEADLINE = 15.0


@contextmanager
def nobody_signs_in(url: str) -> Iterator[None]:
    """All sessions of this database end, and it lets nobody in."""
    name = str(conninfo_to_dict(url)["dbname"])
    elsewhere = make_conninfo(url, dbname="postgres")
    with psycopg.connect(elsewhere, autocommit=True) as operator:
        allow = SQL("alter database {} allow_connections {}")
        operator.execute(allow.format(Identifier(name), SQL("false")))
        operator.execute(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = %s",
            [name],
        )
        yield
        operator.execute(allow.format(Identifier(name), SQL("true")))


def rows_beside(url: str) -> tuple[int, int, int]:
    """How many people, open pathways and answers there are."""
    with psycopg.connect(url) as connection:
        return connection.execute(
            "select (select count(*) from vault.person),"
            " (select count(*) from pathway.open_pathway),"
            " (select count(*) from pathway.command_answer)"
        ).fetchone() or (0, 0, 0)


def eventually(url: str, query: LiteralString) -> None:
    """Until the query's answer is true."""
    deadline = monotonic() + DEADLINE
    with psycopg.connect(url, autocommit=True) as connection:
        while connection.execute(query).fetchone() != (True,):
            assert monotonic() < deadline, query
            sleep(0.01)


def test_facts_are_read_as_they_were_recorded(store: Store) -> None:
    (first,) = store.append(enrolled(new_id()))
    (second,) = store.append(assigned(first))

    assert store.load(first.pathway_id) == [first, second]
    assert store.log() == [first, second]
    assert store.position() == second.position


def test_a_pathways_facts_are_a_chain_of_hashes_over_their_stored_bytes(
    store: Store, pathway_url: str
) -> None:
    (first,) = store.append(enrolled(new_id()))
    (second,) = store.append(assigned(first))

    assert (first.prev_hash, second.prev_hash) == (FIRST_HASH, first.hash)
    with psycopg.connect(pathway_url) as connection:
        rows = connection.execute(
            "select originator_version, topic, state from pathway.pathway_events order by 1"
        ).fetchall()
    assert [chain_hash(first.pathway_id, *row) for row in rows] == [first.hash, second.hash]


def test_facts_that_are_decided_on_before_they_are_recorded_become_the_same_chain(
    store: Store,
) -> None:
    new = enrolled(new_id())
    (first,) = store.enveloped(new)
    (second,) = store.enveloped(assigned(first))
    assert store.log() == []

    recorded = store.record([first, second], [new.beside])

    assert [(f.version, f.hash) for f in recorded] == [(1, first.hash), (2, second.hash)]
    assert store.load(first.pathway_id) == recorded


def test_what_goes_beside_facts_is_committed_with_them(
    pathways: Pathways, pathway_url: str
) -> None:
    person = pathways.vault.sealed(ANNA)
    person_ref, pathway_id = UUID(person.person_ref), new_id()
    beside = Beside(
        people=(person,), opened=((person_ref, pathway_id),), answers=(answered("k-1"),)
    )

    pathways.store.append(enrolled(person_ref, pathway_id, beside))

    assert rows_beside(pathway_url) == (1, 1, 1)
    assert pathways.store.open_pathway(person_ref) == pathway_id


@pytest.mark.parametrize("conflict", [Outpaced, OpenElsewhere, PersonKnown, AnsweredMeanwhile])
def test_whoever_comes_second_is_told_and_nothing_of_theirs_stays(
    pathways: Pathways, pathway_url: str, conflict: type[Exception]
) -> None:
    store, vault = pathways.store, pathways.vault
    anna = vault.sealed(ANNA)
    person_ref, pathway_id = UUID(anna.person_ref), new_id()
    opened = ((person_ref, pathway_id),)
    beside = Beside(people=(anna,), opened=opened, answers=(answered("k-1"),))
    store.append(enrolled(person_ref, pathway_id, beside))
    before, beside_before = store.log(), rows_beside(pathway_url)

    bram = vault.sealed(BRAM)
    mine = Beside(people=(bram,), opened=((UUID(bram.person_ref), new_id()),))
    second = enrolled(UUID(bram.person_ref), beside=replace(mine, answers=(answered("k-2"),)))
    clash = {
        Outpaced: enrolled(new_id(), pathway_id),
        OpenElsewhere: enrolled(new_id(), beside=Beside(opened=((person_ref, new_id()),))),
        PersonKnown: enrolled(new_id(), beside=Beside(people=(vault.sealed(ANNA),))),
        AnsweredMeanwhile: enrolled(new_id(), beside=Beside(answers=(answered("k-1"),))),
    }[conflict]
    with pytest.raises(conflict):
        store.append(second, clash)

    assert store.log() == before
    assert rows_beside(pathway_url) == beside_before


def test_an_answer_older_than_thirty_days_makes_room_for_another_under_its_key(
    store: Store, pathway_url: str
) -> None:
    store.append(enrolled(new_id(), beside=Beside(answers=(answered("k-1"),))))
    later = replace(answered("k-1"), answered_at="2015-11-01T09:00:00+00:00")

    store.append(enrolled(new_id(), beside=Beside(answers=(later,))))

    assert rows_beside(pathway_url) == (0, 0, 1)


@pytest.mark.parametrize(
    "statement",
    [
        "update pathway.pathway_events set occurred_on = '2014-01-01'",
        "delete from pathway.pathway_events",
        "truncate pathway.pathway_events",
    ],
)
def test_the_database_refuses_to_change_or_remove_facts(
    store: Store, pathway_url: str, statement: Any
) -> None:
    recorded = store.append(enrolled(new_id()))

    with (
        psycopg.connect(pathway_url) as connection,
        pytest.raises(psycopg.errors.RaiseException, match="never changed or deleted"),
    ):
        connection.execute(statement)

    assert store.log() == recorded


def test_recorded_times_of_a_pathway_never_decrease_when_the_clock_goes_back(
    store: Store, clock: SetClock
) -> None:
    (first,) = store.append(enrolled(new_id()))
    clock.now -= timedelta(hours=3)

    (second,) = store.append(assigned(first))
    (other,) = store.append(enrolled(new_id()))

    assert second.recorded_at == first.recorded_at
    assert other.recorded_at == clock()


def run_alone(url: str, statement: LiteralString) -> None:
    """Maintenance, which takes no transaction around it and waits for a lock for ten seconds."""
    with psycopg.connect(url, autocommit=True) as maintenance:
        maintenance.execute("set lock_timeout = '10s'")
        maintenance.execute(statement)


@contextmanager
def held_inside_append(pathways: Pathways, url: str) -> Iterator[tuple[Future[Any], Connection]]:
    """A writer who took its place in the order of facts and cannot finish until told."""
    person = pathways.vault.sealed(ANNA)
    with psycopg.connect(url) as somebody, ThreadPoolExecutor(1) as apart:
        # The writer waits for this other transaction, which entered the same person.
        somebody.execute(
            "insert into vault.person values (%s, decode(%s, 'hex'), '', '')",
            (new_id(), person.insz_hash),
        )
        beside = Beside(people=(person,))
        writer = apart.submit(pathways.store.append, enrolled(new_id(), beside=beside))
        eventually(url, "select count(*) = 1 from pg_stat_activity where wait_event_type = 'Lock'")
        try:
            yield writer, somebody
        finally:
            somebody.rollback()


def test_a_later_writers_facts_are_never_read_before_those_of_a_slow_one(
    pathways: Pathways, pathway_url: str
) -> None:
    # In one process, who comes later would wait in the process.
    store, elsewhere = pathways.store, Store(pathway_url)
    with held_inside_append(pathways, pathway_url) as (slow, somebody), ThreadPoolExecutor(1) as b:
        quick = b.submit(elsewhere.append, enrolled(new_id()))
        eventually(
            pathway_url,
            "select count(*) = 1 from pg_locks where locktype = 'advisory' and not granted",
        )
        assert not quick.done()
        assert store.log() == []

        somebody.rollback()
        first, second = slow.result(DEADLINE)[0], quick.result(DEADLINE)[0]

    elsewhere.close()
    assert first.position < second.position
    assert store.log() == [first, second]


def test_vacuum_and_analyze_wait_for_no_writer(pathways: Pathways, pathway_url: str) -> None:
    with (
        held_inside_append(pathways, pathway_url) as (writer, somebody),
        psycopg.connect(pathway_url, autocommit=True) as maintenance,
    ):
        maintenance.execute("set lock_timeout = '10s'")
        maintenance.execute("vacuum (analyze) pathway.pathway_events")
        assert not writer.done()

        somebody.rollback()
        writer.result(DEADLINE)


def test_no_writer_waits_for_vacuum_analyze_or_an_index_build(
    store: Store, pathway_url: str
) -> None:
    with psycopg.connect(pathway_url) as maintenance, ThreadPoolExecutor(1) as apart:
        # What VACUUM, ANALYZE and CREATE INDEX CONCURRENTLY hold while they run.
        maintenance.execute("lock table pathway.pathway_events in share update exclusive mode")

        apart.submit(store.append, enrolled(new_id())).result(DEADLINE)

    assert len(store.log()) == 1


def test_no_writer_waits_for_an_index_that_is_really_being_built(
    store: Store, pathway_url: str
) -> None:
    with psycopg.connect(pathway_url) as somebody, ThreadPoolExecutor(1) as apart:
        # Whom the build waits for, and it goes on no further.
        somebody.execute("lock table pathway.pathway_events in row exclusive mode")
        build = apart.submit(
            run_alone,
            pathway_url,
            "create index concurrently by_day on pathway.pathway_events (occurred_on)",
        )
        eventually(
            pathway_url,
            "select count(*) = 1 from pg_stat_progress_create_index where phase like 'waiting%'",
        )

        store.append(enrolled(new_id()))

        assert not build.done()
        somebody.rollback()
        build.result(DEADLINE)
    assert len(store.log()) == 1


def test_freezing_goes_on_beside_a_writer(pathways: Pathways, pathway_url: str) -> None:
    with held_inside_append(pathways, pathway_url) as (writer, somebody):
        run_alone(pathway_url, "vacuum (freeze, analyze) pathway.pathway_events")

        assert not writer.done()
        somebody.rollback()
        assert len(writer.result(DEADLINE)) == 1


def test_whoever_reads_on_while_many_write_misses_nothing(store: Store) -> None:
    done, seen = Event(), []

    def read_on() -> None:
        position, at_the_end = 0, False
        while not at_the_end:
            last_round = done.is_set()
            facts = store.log(after=position)
            seen.extend(fact.fact_id for fact in facts)
            position = facts[-1].position if facts else position
            at_the_end = last_round and not facts

    def write(_: int) -> list[UUID]:
        (first,) = store.append(enrolled(new_id()))
        (second,) = store.append(assigned(first))
        return [first.fact_id, second.fact_id]

    with ThreadPoolExecutor(9) as together:
        reader = together.submit(read_on)
        written = [fact_id for pair in together.map(write, range(60)) for fact_id in pair]
        done.set()
        reader.result(DEADLINE)

    assert len(seen) == len(written) == 120
    assert set(seen) == set(written)


def test_the_librarys_own_insert_function_which_knows_no_lock_stays_off(
    pathway_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POSTGRES_ENABLE_DB_FUNCTIONS", "yes")
    monkeypatch.setenv("POSTGRES_DBNAME", "elsewhere")
    store = Store(pathway_url)
    try:
        assert store.recorder.datastore.enable_db_functions is False
        store.append(enrolled(new_id()))
        assert len(store.log()) == 1
    finally:
        store.close()


def test_a_writer_whose_connection_is_cut_tries_once_more_and_records_once(
    pathways: Pathways, pathway_url: str
) -> None:
    with held_inside_append(pathways, pathway_url) as (writer, somebody):
        with psycopg.connect(pathway_url, autocommit=True) as operator:
            operator.execute(
                "select pg_terminate_backend(pid, 5000) from pg_stat_activity"
                " where wait_event_type = 'Lock'"
            )
        somebody.rollback()
        recorded = writer.result(DEADLINE)

    assert pathways.store.log() == recorded
    assert len(recorded) == 1


def test_a_writer_whose_server_stays_away_is_told_so(store: Store, pathway_url: str) -> None:
    impatient = Store(pathway_url, patience=1)
    try:
        with nobody_signs_in(pathway_url), pytest.raises(StoreAway):
            impatient.append(enrolled(new_id()))
        assert store.log() == []

        impatient.append(enrolled(new_id()))

        assert len(store.log()) == 1
    finally:
        impatient.close()


def test_no_statement_and_no_wait_of_the_store_lasts_for_ever(store: Store) -> None:
    with store.connection() as connection:
        limits = [
            connection.execute(asked).fetchone()
            for asked in ("show statement_timeout", "show lock_timeout")
        ]

    assert limits == [{"statement_timeout": "30s"}, {"lock_timeout": "10s"}]


def test_a_writer_who_waits_too_long_records_nothing_and_the_next_one_does(
    pathway_url: str,
) -> None:
    store = Store(f"{pathway_url}?options=-c%20lock_timeout%3D100ms")
    try:
        with psycopg.connect(pathway_url) as somebody:
            somebody.execute("lock table pathway.pathway_events in exclusive mode")
            with pytest.raises(StoreAway):
                store.append(enrolled(new_id()))

        store.append(enrolled(new_id()))

        assert len(store.log()) == 1
    finally:
        store.close()


def test_the_log_is_read_in_pages_and_up_to_a_position(store: Store) -> None:
    recorded = [store.append(enrolled(new_id()))[0] for _ in range(5)]
    second, third = recorded[1].position, recorded[2].position

    assert store.log(limit=2) == recorded[:2]
    assert store.log(after=second, upto=third) == recorded[2:3]
    assert store.log(after=recorded[-1].position) == []


def test_only_an_empty_store_becomes_a_demo(pathways: Pathways) -> None:
    store = pathways.store
    assert store.mark()[1] is False
    pathways.enrol(enrolment(), said(), then=[AssignCounsellor(on=DAY, counsellor="b", unit="u")])

    with pytest.raises(ValueError, match="only an empty store"):
        store.mark_demo()

    assert store.mark()[1] is False


def test_a_demo_stays_one_and_keeps_its_id(store: Store) -> None:
    store_id, _ = store.mark()
    store.mark_demo()
    store.append(enrolled(new_id()))
    store.mark_demo()

    assert store.mark() == (store_id, True)


def test_what_closes_and_opens_again_in_one_go_keeps_its_reservation() -> None:
    person, pathway = UUID(int=1), UUID(int=2)
    opens, closes = Beside(opened=((person, pathway),)), Beside(closed=(pathway,))

    assert together([closes, opens]) == Beside()
    assert together([opens, closes, opens]) == opens
    assert together([opens, closes]) == Beside(opened=((person, pathway),), closed=(pathway,))
