"""Events become rows once, whatever is delivered twice, late, broken, or to two workers at a time."""

from dataclasses import replace
from datetime import date

import psycopg
import pytest
from projections.counsellor import COUNSELLOR
from projections.parking import Reason
from projections.projector import Batch, Move, PositionMoved, apply

from .conftest import NOW
from .history import History, broken, named, record

MARCH, APRIL, MAY, JUNE = (date(2024, month, 1) for month in (3, 4, 5, 6))


def anna() -> History:
    return History("anna").enrolled(MARCH).assigned(APRIL, "u100")


def bert() -> History:
    return History("bert").enrolled(MARCH).assigned(APRIL, "u200")


def test_events_become_rows_and_progress_together(counsellor):
    done = counsellor.put(anna())

    assert (done.applied, done.passed_over, done.waiting, done.parked) == (2, 0, 0, ())
    assert counsellor.rows("select status, counsellor, version from caseload") == [
        ("IN_BEGELEIDING", "u100", 2)
    ]
    assert counsellor.rows("select next_offset from partition_progress") == [(2,)]
    assert counsellor.rows("select version, event_id from pathway_progress") == [
        (2, anna_event(counsellor, 2))
    ]


def anna_event(worker, version):
    return worker.rows("select event_id from pathway_event where version = %s", version)[0][0]


def test_what_comes_again_under_a_new_offset_changes_nothing(counsellor):
    history = anna()
    counsellor.put(history)
    before = counsellor.rows("select * from caseload")

    again = counsellor.put(history)

    assert (again.applied, again.passed_over) == (0, 2)
    assert counsellor.rows("select * from caseload") == before
    assert counsellor.rows("select count(*) from timeline") == [(2,)]
    assert counsellor.rows("select next_offset from partition_progress") == [(4,)]


def test_what_comes_twice_in_one_batch_is_applied_once(counsellor):
    history = anna()

    done = counsellor.put(history, history)

    assert (done.applied, done.passed_over) == (2, 2)


def test_a_batch_that_is_delivered_again_to_the_same_place_is_refused_whole(counsellor):
    history = anna()
    counsellor.put(history)
    batch = Batch([record(history, 1, 0), record(history, 2, 1)], {0: Move(0, 2)})

    with pytest.raises(PositionMoved):
        apply(counsellor.connection, COUNSELLOR, batch, at=NOW)

    assert counsellor.rows("select count(*) from timeline") == [(2,)]


def test_a_worker_that_lost_its_partition_writes_nothing(worker):
    history = anna()
    zombie, successor = worker(COUNSELLOR), worker(COUNSELLOR)
    successor.put(history)

    with pytest.raises(PositionMoved):
        zombie.put(history.closed(JUNE))

    assert successor.rows("select status from caseload") == [("IN_BEGELEIDING",)]


def test_a_fact_that_is_recorded_late_takes_its_own_place(counsellor):
    history = anna()
    counsellor.put(history)

    counsellor.put(history.assigned(date(2024, 3, 15), "u999"), from_version=3)

    assert counsellor.rows("select counsellor, counsellor_since, version from caseload") == [
        ("u100", APRIL, 3)
    ]


def test_rows_are_the_same_however_the_events_were_cut_into_batches(worker):
    history = anna().ibo("ibo", APRIL, JUNE).completed("ibo", JUNE).hired(date(2024, 6, 2))
    whole = worker(COUNSELLOR)
    whole.put(history)
    before = whole.rows("select to_jsonb(c) from caseload c")
    whole.rows("delete from caseload returning 1")
    whole.rows("delete from module returning 1")
    whole.rows("delete from timeline returning 1")
    whole.rows("delete from pathway_event returning 1")
    whole.rows("delete from pathway_progress returning 1")

    for version in range(1, len(history) + 1):
        whole.apply(record(history, version, whole.offset))

    assert whole.rows("select to_jsonb(c) from caseload c") == before


def test_a_broken_message_parks_its_pathway_and_nobody_else(counsellor):
    history, other = anna().closed(JUNE), bert()
    second = replace(record(history, 2, 1), value=broken(history.values[1]))

    done = counsellor.apply(
        record(history, 1, 0),
        second,
        record(other, 1, 2),
        record(history, 3, 3),
        record(other, 2, 4),
    )

    assert (done.applied, done.waiting) == (3, 1)
    [parked] = counsellor.parked()
    assert (parked.pathway_id, parked.from_version) == (history.pathway_id, 2)
    assert (parked.partition, parked.offset, parked.reason) == (0, 1, Reason.BROKEN)
    assert "pathway_status" in parked.error
    assert "VERTROKKEN" not in parked.error
    assert counsellor.rows("select version from caseload order by version") == [(1,), (2,)]
    assert counsellor.rows("select next_offset from partition_progress") == [(5,)]


def test_what_follows_in_later_batches_waits_too(counsellor):
    history = anna().closed(JUNE)
    counsellor.apply(record(history, 1, 0), replace(record(history, 2, 1), value=b"{"))

    done = counsellor.apply(record(history, 3, 2))

    assert (done.applied, done.waiting) == (0, 1)
    assert len(counsellor.parked()) == 1


def test_a_hole_in_the_versions_parks_the_pathway_at_the_hole(counsellor):
    history = anna().closed(JUNE)

    counsellor.apply(record(history, 1, 0), record(history, 3, 1))

    [parked] = counsellor.parked()
    assert (parked.reason, parked.from_version) == (Reason.GAP, 2)
    assert counsellor.rows("select version from caseload") == [(1,)]


def test_another_event_at_a_known_version_is_a_fork(counsellor):
    history, fork = anna(), anna()
    counsellor.put(history)

    counsellor.put(fork.closed(JUNE), from_version=2)

    [parked] = counsellor.parked()
    assert (parked.reason, parked.from_version) == (Reason.FORK, 3)
    assert str(fork.event_id(2)) in parked.error
    assert counsellor.rows("select status, version from caseload") == [("IN_BEGELEIDING", 2)]


def test_an_event_of_a_type_from_the_future_counts_as_a_version(counsellor):
    done = counsellor.put(anna().newer_type(MAY).closed(JUNE))

    assert (done.applied, done.parked) == (4, ())
    assert counsellor.rows("select status, version from caseload") == [("AFGESLOTEN", 4)]
    assert counsellor.rows("select event from timeline where version = 3") == [("praised",)]


def test_a_record_without_a_pathway_in_its_key_is_noted_and_passed_by(counsellor):
    history = anna()
    nameless = replace(record(history, 1, 0), key=b"no pathway")

    done = counsellor.apply(nameless, record(history, 1, 1))

    assert done.applied == 1
    [parked] = counsellor.parked()
    assert (parked.pathway_id, parked.offset) == (None, 0)


def test_a_message_of_another_pathway_than_its_key_names_is_broken(counsellor):
    history = anna()
    strange = replace(record(history, 1, 0), key=str(named("pathway carl")).encode())

    counsellor.apply(strange)

    [parked] = counsellor.parked()
    assert (parked.pathway_id, parked.reason) == (named("pathway carl"), Reason.BROKEN)


def test_an_event_whose_rows_cannot_be_made_parks_its_pathway_only(counsellor):
    def refuses_closing(events):
        if any("closed" in event.type for event in events):
            raise KeyError("a name that nobody may read")
        return COUNSELLOR.fold(events)

    counsellor.take(replace(COUNSELLOR, fold=refuses_closing))
    history = anna().closed(JUNE).withheld(JUNE)

    done = counsellor.put(history, bert())

    assert (done.applied, done.waiting) == (4, 1)
    [parked] = counsellor.parked()
    assert (parked.from_version, parked.offset, parked.reason) == (3, 2, Reason.FAILED)
    assert parked.error.startswith("KeyError in refuses_closing")
    assert counsellor.rows("select version from caseload") == [(2,), (2,)]


def test_rows_that_the_database_refuses_park_their_pathway_only(counsellor):
    def far_too_many_modules(events):
        rows = COUNSELLOR.fold(events)
        if len(events) > 2:
            return {**rows, "caseload": [{**rows["caseload"][0], "modules": 10**12}]}
        return rows

    counsellor.take(replace(COUNSELLOR, fold=far_too_many_modules))

    done = counsellor.put(anna().closed(JUNE), bert())

    assert done.applied == 4
    [parked] = counsellor.parked()
    assert (parked.from_version, parked.reason) == (3, Reason.FAILED)
    assert "22003" in parked.error


def test_a_text_that_postgresql_cannot_keep_parks_its_pathway(counsellor):
    history = anna()
    value = history.values[1].replace(b'"u100"', b'"u\\u0000"', 1)

    done = counsellor.apply(record(history, 1, 0), replace(record(history, 2, 1), value=value))

    assert done.applied == 1
    assert [parked.from_version for parked in counsellor.parked()] == [2]


def test_a_lost_table_says_nothing_about_an_event(counsellor):
    counsellor.connection.execute("drop table module")

    with pytest.raises(psycopg.errors.UndefinedTable):
        counsellor.put(anna())

    assert counsellor.parked() == []
    assert counsellor.rows("select next_offset from partition_progress") == [(0,)]


def test_the_newest_fact_that_was_read_is_known(counsellor):
    history = anna()

    counsellor.put(history)

    assert counsellor.rows("select newest_recorded_at from partition_progress") == [
        (history.recorded_at,)
    ]
