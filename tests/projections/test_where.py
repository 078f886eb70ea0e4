"""Where a fact is in a read model: when it was applied, or what it waits for."""

from datetime import date, timedelta
from uuid import uuid4

import psycopg
import pytest
from plumbing.clock import utc_now
from projections import where
from projections.counsellor import COUNSELLOR
from projections.healing import retry
from projections.where import Place, Step, Told, Whereabouts, whereabouts

from .conftest import NOW, Worker
from .eventually import eventually
from .history import History, broken, record
from .kafka import following

MARCH, APRIL, MAY = (date(2024, month, 1) for month in (3, 4, 5))

SOME = "0199f1c7-5f0e-7c55-8d0a-3f2b1c9d7e11"


def of(worker: Worker, history: History, version: int, place: Place | None = None) -> Whereabouts:
    told = Told(history.pathway_id, version, history.event_id(version), place)
    return whereabouts(worker.connection, "counsellor", told)


def waits(connection: psycopg.Connection) -> list[tuple]:
    return connection.execute("select 1 from projections.parked").fetchall()


def test_an_applied_fact_is_told_with_the_moment_of_its_batch(counsellor: Worker) -> None:
    anna, bram = History("anna").enrolled(MARCH).assigned(APRIL), History("bram").enrolled(MARCH)
    counsellor.put(anna)
    counsellor.put(bram)
    counsellor.rows(
        "update applied_range set applied_at = %s where next_offset = 2 returning 1", NOW
    )
    counsellor.rows(
        "update applied_range set applied_at = %s where next_offset = 3 returning 1",
        NOW + timedelta(hours=1),
    )

    assert of(counsellor, anna, 2, Place(0, 1)).applied_at == NOW
    assert of(counsellor, bram, 1, Place(0, 2)).applied_at == NOW + timedelta(hours=1)
    assert of(counsellor, anna, 2).step is Step.APPLIED
    assert of(counsellor, anna, 2).applied_at is None


def test_a_batch_that_brings_nothing_leaves_no_range(counsellor: Worker) -> None:
    counsellor.put(History("anna").enrolled(MARCH))
    counsellor.apply()

    assert counsellor.rows("select partition, first_offset, next_offset from applied_range") == [
        (0, 0, 1)
    ]


def test_what_is_not_read_yet_is_told_with_how_far_it_is(counsellor: Worker) -> None:
    anna = History("anna").enrolled(MARCH).assigned(APRIL)
    counsellor.apply(record(anna, 1, 0))

    ahead = of(counsellor, anna, 2, Place(0, 3))
    by_position = of(counsellor, anna, 2, Place(0, position=10**9))

    assert (ahead.step, ahead.behind) == (Step.UNREAD, 3)
    assert (by_position.step, by_position.behind) == (Step.UNREAD, None)
    assert of(counsellor, anna, 2).step is Step.UNKNOWN


def test_what_was_read_past_and_never_came_is_told_as_such(counsellor: Worker) -> None:
    anna = History("anna").enrolled(MARCH).assigned(APRIL)
    counsellor.apply(record(anna, 1, 0))

    assert of(counsellor, anna, 2, Place(0, 0)).step is Step.UNSEEN
    assert of(counsellor, anna, 2, Place(0, position=1)).step is Step.UNSEEN


def test_another_event_in_its_place_is_told_as_such(counsellor: Worker) -> None:
    anna = History("anna").enrolled(MARCH)
    counsellor.put(anna)

    told = Told(anna.pathway_id, 1, uuid4(), Place(0, 0))

    assert whereabouts(counsellor.connection, "counsellor", told).step is Step.ANOTHER


def test_a_read_model_without_tables_is_told_as_one(counsellor: Worker) -> None:
    told = Told(uuid4(), 1)

    assert whereabouts(counsellor.connection, "nowhere", told).step is Step.NOT_MADE


def test_a_parked_fact_and_what_waits_behind_it_are_told_so_and_what_was_before_is_applied(
    counsellor: Worker,
) -> None:
    anna = History("anna").enrolled(MARCH).assigned(APRIL).closed(MAY)
    spoilt = record(anna, 2, 1)
    counsellor.apply(
        record(anna, 1, 0),
        type(spoilt)(spoilt.partition, 1, spoilt.key, broken(anna.values[1])),
        record(anna, 3, 2),
    )

    steps = [of(counsellor, anna, version, Place(0, version - 1)) for version in (1, 2, 3)]

    assert [one.step for one in steps] == [Step.APPLIED, Step.PARKED, Step.PARKED]
    assert {one.waiting.from_version for one in steps if one.waiting} == {2}


def test_what_a_pathway_caught_up_on_is_told_with_the_moment_of_that(topic, settings) -> None:
    anna = History("anna").enrolled(MARCH).assigned(APRIL).closed(MAY)
    topic.put(anna)

    def away_on_version_2(events):
        if any(event.streamversion == 2 for event in events):
            raise ValueError("a mistake of this release")
        return COUNSELLOR.fold(events)

    projection = type(COUNSELLOR)(
        "counsellor", COUNSELLOR.ddl, COUNSELLOR.tables, away_on_version_2
    )
    with psycopg.connect(settings.projections_database_url, autocommit=True) as connection:
        with following(projection, settings):
            eventually(lambda: len(waits(connection)), 1)
        later = utc_now() + timedelta(days=1)
        retry(COUNSELLOR, settings, anna.pathway_id, clock=lambda: later)

        found = [
            whereabouts(connection, "counsellor", Told(anna.pathway_id, version)).applied_at
            for version in (1, 2, 3)
        ]

    assert found == [None, later, later]


def test_what_is_long_applied_is_forgotten_and_still_told_as_applied(counsellor: Worker) -> None:
    anna = History("anna").enrolled(MARCH)
    counsellor.put(anna)

    where.forget_old(counsellor.connection, NOW + where.KEPT_FOR)
    assert of(counsellor, anna, 1, Place(0, 0)).applied_at == NOW
    where.forget_old(counsellor.connection, NOW + where.KEPT_FOR + timedelta(seconds=1))

    there = of(counsellor, anna, 1, Place(0, 0))
    assert (there.step, there.applied_at) == (Step.APPLIED, None)


@pytest.mark.parametrize(
    ("fact", "at"),
    [("x:1", None), (SOME, None), (f"{SOME}:1", "7"), (f"{SOME}:0", "7:1")],
)
def test_what_names_no_place_is_refused(fact: str, at: str | None) -> None:
    with pytest.raises(ValueError, match="is no"):
        where.asked(fact, at)
