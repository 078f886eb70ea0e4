"""Barriers: what stands between a caller and a person, under every reference, until it is ended once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from pathway import numbers
from pathway.application import Pathways
from pathway.barriers import (
    Barrier,
    BarrierKind,
    Barriers,
    KeptFrom,
    NewBarrier,
    OwnBarrier,
    UnknownBarrier,
    UnknownPerson,
)
from pathway.standing import standing_of, stands
from pathway.store import Store
from plumbing.callers import Caller, CallerKind, Role
from plumbing.row_rights import Rule, Standing

from tests.pathway.given import ANNA, BRAM, SetClock, enrolment, said

ME = Caller("bemiddelaar-01", CallerKind.BEMIDDELAAR, "OVO1", frozenset({Role.COUNSELLOR}))
SHE = Caller("bemiddelaar-02", CallerKind.BEMIDDELAAR, "OVO1", frozenset({Role.COUNSELLOR}))
ADMINISTRATOR = "beheerder-01"


def untraced(_person: UUID) -> None:
    """What these tests set is nobody's look."""


@pytest.fixture
def barriers(pathways: Pathways) -> Barriers:
    return Barriers(pathways.store, pathways.vault)


@pytest.fixture
def anna(pathways: Pathways) -> UUID:
    pathways.enrol(enrolment(ANNA), said())
    return pathways.vault.references([ANNA.insz])[ANNA.insz]


@pytest.fixture
def bram(pathways: Pathways) -> UUID:
    pathways.enrol(enrolment(BRAM), said())
    return pathways.vault.references([BRAM.insz])[BRAM.insz]


def before(kind: BarrierKind, person: UUID, caller: Caller | None = None) -> NewBarrier:
    return NewBarrier(kind, person, caller.ref if caller else None, "EIGEN_MELDING")


def own_file(person: UUID, caller: Caller = ME) -> NewBarrier:
    return before(BarrierKind.OWN_FILE, person, caller)


def put(barriers: Barriers, new: NewBarrier) -> Barrier:
    return barriers.set(new, by=ADMINISTRATOR, traced=untraced)[0]


def standing(
    store: Store, caller: Caller, people: list[UUID] | None = None, at: datetime | None = None
) -> Standing:
    with store.connection() as connection:
        return standing_of(connection, caller, people, at or store.clock())


def test_ones_own_file_is_a_colleagues_for_everybody_else(barriers: Barriers, anna: UUID) -> None:
    put(barriers, own_file(anna))

    assert standing(barriers.store, ME).barriers == {Rule.OWN_FILE: [anna]}
    assert standing(barriers.store, SHE).barriers == {Rule.COLLEAGUE: [anna]}


def test_a_relative_is_a_barrier_for_one_and_a_confidential_file_for_all(
    barriers: Barriers, anna: UUID, bram: UUID
) -> None:
    put(barriers, before(BarrierKind.RELATIVE, anna, ME))
    put(barriers, before(BarrierKind.CONFIDENTIAL, bram))

    mine = {Rule.RELATIVE: [anna], Rule.CONFIDENTIAL: [bram]}
    assert standing(barriers.store, ME).barriers == mine
    assert standing(barriers.store, SHE).barriers == {Rule.CONFIDENTIAL: [bram]}


def test_what_stands_is_told_of_the_people_who_are_asked_for(
    barriers: Barriers, anna: UUID, bram: UUID
) -> None:
    put(barriers, own_file(anna))
    put(barriers, own_file(bram, SHE))

    assert standing(barriers.store, ME, [bram]).barriers == {Rule.COLLEAGUE: [bram]}
    assert standing(barriers.store, ME, [uuid4()]).barriers == {}
    assert standing(barriers.store, ME, []).barriers == {}


@pytest.mark.parametrize("linked_before", [True, False])
def test_a_barrier_holds_for_every_reference_of_the_person(
    barriers: Barriers, anna: UUID, bram: UUID, *, linked_before: bool
) -> None:
    def link() -> None:
        numbers.link(barriers.store, barriers.vault, anna, bram, source="KSZ")

    steps: list[Callable[[], object]] = [link, lambda: put(barriers, own_file(anna))]
    for step in steps if linked_before else reversed(steps):
        step()

    both = sorted([anna, bram])
    assert standing(barriers.store, ME).barriers == {Rule.OWN_FILE: both}
    assert standing(barriers.store, ME, [anna]).barriers == {Rule.OWN_FILE: [anna]}
    assert standing(barriers.store, SHE, [bram]).barriers == {Rule.COLLEAGUE: [bram]}


def test_the_same_barrier_again_is_the_one_there_is_also_by_another_reference(
    barriers: Barriers, anna: UUID, bram: UUID
) -> None:
    first, is_new = barriers.set(own_file(anna), by=ADMINISTRATOR, traced=untraced)
    numbers.link(barriers.store, barriers.vault, anna, bram, source="KSZ")

    again = [
        barriers.set(own_file(who), by="beheerder-02", traced=untraced) for who in (anna, bram)
    ]

    assert is_new
    assert again == [(first, False), (first, False)]
    assert put(barriers, own_file(anna, SHE)) != first
    assert put(barriers, before(BarrierKind.RELATIVE, anna, ME)) != first


def test_two_administrators_at_once_set_one_barrier(barriers: Barriers, anna: UUID) -> None:
    with ThreadPoolExecutor(4) as several:
        told = list(several.map(lambda _: put(barriers, own_file(anna)), range(8)))

    assert len({one.barrier_id for one in told}) == 1
    assert barriers.newest() == [told[0]]


def test_an_ended_barrier_stood_until_then_and_stays_in_the_list(
    barriers: Barriers, anna: UUID, clock: SetClock
) -> None:
    barrier, was = put(barriers, own_file(anna)), clock()
    clock.forward(hours=2)

    ended = barriers.end(barrier.barrier_id, by=ADMINISTRATOR, traced=untraced)
    clock.forward(hours=1)
    again = barriers.end(barrier.barrier_id, by="beheerder-02", traced=untraced)

    assert (ended.ended_by, again) == (ADMINISTRATOR, ended)
    assert standing(barriers.store, ME).barriers == {}
    assert standing(barriers.store, ME, at=was).barriers == {Rule.OWN_FILE: [anna]}
    assert (barriers.newest(), barriers.newest(ended=True)) == ([], [ended])
    assert put(barriers, own_file(anna)) != ended


def test_a_barrier_stands_at_once_also_by_a_clock_that_is_behind(
    barriers: Barriers, anna: UUID, clock: SetClock
) -> None:
    put(barriers, own_file(anna))

    behind = clock() - timedelta(seconds=30)

    assert standing(barriers.store, ME, at=behind).barriers == {Rule.OWN_FILE: [anna]}


def test_nobody_ends_a_barrier_before_themselves(barriers: Barriers, anna: UUID) -> None:
    barrier = put(barriers, own_file(anna))

    with pytest.raises(OwnBarrier):
        barriers.end(barrier.barrier_id, by=ME.ref, traced=untraced)

    assert standing(barriers.store, ME).barriers == {Rule.OWN_FILE: [anna]}


@pytest.mark.parametrize("kind", [BarrierKind.OWN_FILE, BarrierKind.RELATIVE])
@pytest.mark.parametrize("linked", [False, True])
def test_nobody_sets_or_ends_a_barrier_about_their_own_file_or_a_relatives(
    barriers: Barriers, anna: UUID, bram: UUID, kind: BarrierKind, *, linked: bool
) -> None:
    confidential = put(barriers, before(BarrierKind.CONFIDENTIAL, anna))
    put(barriers, before(kind, bram if linked else anna, ME))
    if linked:
        numbers.link(barriers.store, barriers.vault, bram, anna, source="KSZ")

    with pytest.raises(OwnBarrier) as not_ended:
        barriers.end(confidential.barrier_id, by=ME.ref, traced=untraced)
    with pytest.raises(KeptFrom) as not_set:
        barriers.set(own_file(anna, SHE), by=ME.ref, traced=untraced)

    assert (not_ended.value.about, not_set.value.about) == ({anna: kind}, {anna: kind})
    assert barriers.newest(caller_ref=SHE.ref) == []
    ended = barriers.end(confidential.barrier_id, by=SHE.ref, traced=untraced)
    assert ended.ended_by == SHE.ref


def test_a_barrier_that_cannot_be_traced_is_not_set_and_not_ended(
    barriers: Barriers, anna: UUID
) -> None:
    def untraceable(_person: UUID) -> None:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        barriers.set(own_file(anna), by=ADMINISTRATOR, traced=untraceable)
    assert barriers.newest() == []

    barrier = put(barriers, own_file(anna))
    with pytest.raises(ConnectionError):
        barriers.end(barrier.barrier_id, by=ADMINISTRATOR, traced=untraceable)
    assert barriers.newest() == [barrier]


def test_who_and_what_is_not_there_is_told(barriers: Barriers) -> None:
    with pytest.raises(UnknownPerson):
        put(barriers, own_file(uuid4()))
    with pytest.raises(UnknownBarrier):
        barriers.end(uuid4(), by=ADMINISTRATOR, traced=untraced)


def test_barriers_are_listed_by_caller_and_page(barriers: Barriers, anna: UUID, bram: UUID) -> None:
    first, second = put(barriers, own_file(anna)), put(barriers, own_file(bram, SHE))

    assert barriers.newest(limit=1) == [second]
    assert barriers.newest(before=second.barrier_id) == [first]
    assert barriers.newest(caller_ref=ME.ref) == [first]


@pytest.mark.parametrize(
    "statement",
    [
        "delete from pathway.barrier",
        "truncate pathway.barrier",
        "update pathway.barrier set motive = 'ANDERS'",
        "update pathway.barrier set person_ref = gen_random_uuid()",
        "update pathway.barrier set ended_by = 'x', ended_at = now(), kind = 'VERWANT'",
        "update pathway.barrier set ended_by = 'x', ended_at = now(), motive = 'ANDERS'",
        "update pathway.barrier set ended_at = now()",
        "update pathway.barrier set ended_at = set_at - interval '1 s', ended_by = 'x'",
        (
            "insert into pathway.barrier select gen_random_uuid(), kind, person_ref, caller_ref,"
            " motive, set_at, set_by from pathway.barrier"
        ),
    ],
)
def test_the_table_itself_keeps_a_barrier_as_it_was_set(
    barriers: Barriers, anna: UUID, statement: str
) -> None:
    put(barriers, own_file(anna))
    kept = put(barriers, before(BarrierKind.CONFIDENTIAL, anna))

    with barriers.store.connection() as connection, pytest.raises(psycopg.Error):
        connection.execute(statement)  # pyright: ignore[reportArgumentType]

    assert barriers.newest()[0] == kept


def test_the_table_ends_a_barrier_once(barriers: Barriers, anna: UUID) -> None:
    barrier = put(barriers, own_file(anna))
    barriers.end(barrier.barrier_id, by=ADMINISTRATOR, traced=untraced)

    with barriers.store.connection() as connection:
        for again in ("now()", "null"):
            with pytest.raises(psycopg.errors.RaiseException, match="ended once"):
                connection.execute(f"update pathway.barrier set ended_at = {again}")  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    ("kind", "caller", "motive"),
    [
        ("VERTROUWELIJK", "bemiddelaar-01", "EIGEN_MELDING"),
        ("VERWANT", None, "EIGEN_MELDING"),
        ("VERWANT", "", "EIGEN_MELDING"),
        ("COLLEGA", "bemiddelaar-01", "EIGEN_MELDING"),
        ("VERWANT", "bemiddelaar-01", "zus van 84051799897"),
    ],
)
def test_the_table_takes_no_barrier_that_is_none(
    barriers: Barriers, kind: str, caller: str | None, motive: str
) -> None:
    with barriers.store.connection() as connection, pytest.raises(psycopg.errors.CheckViolation):
        connection.execute(
            "insert into pathway.barrier values (%s, %s, %s, %s, %s, now(), 'x')",
            (uuid4(), kind, uuid4(), caller, motive),
        )


def test_until_when_a_refusal_is_lifted_is_the_latest_of_its_overrides(
    store: Store, clock: SetClock
) -> None:
    person = uuid4()
    with store.connection() as connection:
        for hours in (2, 5, 1):
            connection.execute(
                "insert into pathway.override values"
                " (%s, 'b-1', 'OVO1', %s, 'AFGESLOTEN', 'x', %s, %s + make_interval(hours => %s))",
                (uuid4(), person, clock(), clock(), hours),
            )
        _, lifted = stands(connection, "b-1", None, clock())

    assert {one: (until - clock()).seconds // 3600 for one, until in lifted.items()} == {person: 5}
