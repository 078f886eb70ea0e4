"""Overrides: a reason lifts what can be lifted, for a day at most, and stands sealed in the table."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from pathway import numbers
from pathway.application import Pathways
from pathway.barriers import BarrierKind, Barriers, NewBarrier
from pathway.domain.closing import Close
from pathway.domain.codes import ExitType
from pathway.domain.guidance import AssignCounsellor
from pathway.identity import Destroyed
from pathway.overrides import (
    Asked,
    Given,
    NothingToOverride,
    NotToBeSeen,
    Overrides,
    Ruled,
    UnknownOverride,
)
from pathway.standing import standing_of
from plumbing.callers import Caller, CallerKind, Role
from plumbing.row_rights import Rule

from tests.pathway.given import ANNA, BRAM, SetClock, enrolment, said

ME = Caller(
    "bemiddelaar-01", CallerKind.BEMIDDELAAR, "OVO1", frozenset({Role.COUNSELLOR}), unit="OE-1"
)
PARTNER = Caller("p-1", CallerKind.PARTNER, "0999999922", frozenset({Role.PARTNER}))
AUDITOR = Caller("auditor-01", CallerKind.MEDEWERKER, "OVO1", frozenset({Role.AUDITOR}))
SYSTEM = Caller("mlp", CallerKind.SYSTEEM, "OVO1", frozenset({Role.CONSUMING_SYSTEM}))
REASON = "Kwispelkanarie belde aan het onthaal."


@pytest.fixture
def overrides(pathways: Pathways) -> Overrides:
    return Overrides(pathways.store, pathways.vault)


@pytest.fixture
def anna(pathways: Pathways) -> UUID:
    """Anna's pathway, of another unit's counsellor."""
    pathway = pathways.enrol(enrolment(ANNA), said()).pathway_id
    held_by(pathways, pathway, "bemiddelaar-99", "OE-9")
    return pathway


def held_by(pathways: Pathways, pathway: UUID, counsellor: str, unit: str) -> None:
    told = AssignCounsellor(on=date(2015, 2, 1), counsellor=counsellor, unit=unit)
    pathways.command(pathway, [told], said(str(uuid4())))


def reference(overrides: Overrides, insz: str = ANNA.insz) -> UUID:
    return overrides.vault.references([insz])[insz]


def untraced(_about: Ruled) -> None:
    """What these tests look at is nobody's trace."""


def given(
    overrides: Overrides, about: UUID, caller: Caller = ME, *, pathway: bool = True, hours: int = 24
) -> Given:
    asked = Asked(about, REASON, hours, pathway)
    return overrides.give(asked, caller, caller.roles, untraced)


def seen(overrides: Overrides, caller: Caller = ME) -> list[UUID]:
    with overrides.store.connection() as connection:
        return list(standing_of(connection, caller, None, overrides.store.clock()).overridden)


def test_a_reason_shows_a_person_of_others_with_every_pathway(
    overrides: Overrides, anna: UUID, clock: SetClock
) -> None:
    person = reference(overrides)

    override = given(overrides, person, pathway=False, hours=3)

    assert override == Given(
        override.override_id,
        person,
        (anna,),
        Rule.OTHERS,
        clock() + timedelta(hours=3),
    )
    assert seen(overrides) == [person]
    assert seen(overrides, PARTNER) == []


@pytest.mark.parametrize(
    ("exit_type", "days", "rule"),
    [(ExitType.OVERLIJDEN, 1, Rule.DECEASED), (ExitType.PENSIOEN, 41, Rule.CLOSED)],
)
def test_a_reason_shows_who_died_or_closed_long_ago(
    overrides: Overrides, anna: UUID, exit_type: ExitType, days: int, rule: Rule
) -> None:
    pathways = Pathways(overrides.store, overrides.vault)
    held_by(pathways, anna, ME.ref, "OE-1")
    closed_on = overrides.store.clock().date() - timedelta(days=days)
    pathways.command(anna, [Close(on=closed_on, exit_type=exit_type)], said("c-9"))

    assert given(overrides, anna).rule == rule


def test_a_partner_gives_a_reason_too(overrides: Overrides, anna: UUID) -> None:
    assert given(overrides, anna, PARTNER).rule == Rule.OTHERS
    assert seen(overrides, PARTNER) == [reference(overrides)]


def test_who_sees_already_needs_no_reason(
    pathways: Pathways, overrides: Overrides, anna: UUID
) -> None:
    held_by(pathways, anna, ME.ref, "OE-1")

    for about, is_pathway in ((anna, True), (reference(overrides), False)):
        with pytest.raises(NothingToOverride):
            given(overrides, about, pathway=is_pathway)

    assert seen(overrides) == []


def test_a_second_reason_is_not_needed_until_the_first_is_over(
    overrides: Overrides, anna: UUID, clock: SetClock
) -> None:
    given(overrides, anna, hours=24)
    with pytest.raises(NothingToOverride):
        given(overrides, anna)

    clock.forward(hours=24)

    assert seen(overrides) == []
    assert given(overrides, anna).rule == Rule.OTHERS


def test_of_two_at_once_one_is_kept(overrides: Overrides, anna: UUID) -> None:
    def ask(_: int) -> int:
        try:
            given(overrides, anna)
        except NothingToOverride:
            return 0
        return 1

    with ThreadPoolExecutor(4) as several:
        kept = sum(several.map(ask, range(8)))

    assert (kept, len(overrides.newest(AUDITOR, AUDITOR.roles))) == (1, 1)


@pytest.mark.parametrize("kind", list(BarrierKind))
def test_no_reason_lifts_a_barrier_and_who_asks_is_told_as_of_nobody(
    overrides: Overrides, anna: UUID, kind: BarrierKind
) -> None:
    person = reference(overrides)
    caller = None if kind is BarrierKind.CONFIDENTIAL else ME.ref
    Barriers(overrides.store, overrides.vault).set(
        NewBarrier(kind, person, caller, "EIGEN_MELDING"), by="b", traced=lambda _: None
    )

    with pytest.raises(NotToBeSeen) as hidden:
        given(overrides, anna)
    with pytest.raises(NotToBeSeen) as nobody:
        given(overrides, uuid4())

    assert str(hidden.value) == str(nobody.value)
    assert (hidden.value.about, nobody.value.about) == ({person: Rule(kind)}, {})
    assert seen(overrides) == []


def test_a_barrier_that_comes_later_ends_what_a_reason_showed(
    overrides: Overrides, anna: UUID
) -> None:
    given(overrides, anna)
    Barriers(overrides.store, overrides.vault).set(
        NewBarrier(BarrierKind.RELATIVE, reference(overrides), ME.ref, "EIGEN_MELDING"),
        by="b",
        traced=lambda _: None,
    )

    with pytest.raises(NotToBeSeen):
        given(overrides, anna)


@pytest.mark.parametrize("caller", [AUDITOR, SYSTEM])
def test_who_sees_everybody_needs_no_reason(
    overrides: Overrides, anna: UUID, caller: Caller
) -> None:
    with pytest.raises(NothingToOverride):
        given(overrides, anna, caller)


def test_a_reason_holds_for_every_reference_of_the_person(
    pathways: Pathways, overrides: Overrides, anna: UUID
) -> None:
    other = pathways.enrol(enrolment(BRAM), said("c-2")).pathway_id
    held_by(pathways, other, "bemiddelaar-99", "OE-9")
    first, counts = reference(overrides), reference(overrides, BRAM.insz)
    numbers.link(overrides.store, overrides.vault, first, counts, source="KSZ")

    override = given(overrides, anna)

    assert (override.person_ref, set(override.pathways)) == (counts, {anna, other})
    assert sorted(seen(overrides)) == sorted([first, counts])


def test_the_reason_is_sealed_and_auditors_read_it(overrides: Overrides, anna: UUID) -> None:
    override = given(overrides, anna)

    with overrides.store.connection() as connection:
        row = connection.execute(
            "select o::text as told, reason from pathway.override o"
        ).fetchone()
    assert row is not None
    assert "Kwispelkanarie" not in row["told"]
    assert b"Kwispelkanarie" not in bytes(row["reason"])
    assert REASON.encode().hex() not in row["told"]
    [told] = overrides.newest(AUDITOR, AUDITOR.roles)
    assert (told.override_id, told.reason, told.caller_ref) == (
        override.override_id,
        REASON,
        ME.ref,
    )
    assert REASON not in repr(told)
    assert REASON not in repr(Asked(anna, REASON))


def test_with_the_persons_key_the_reason_goes(overrides: Overrides, anna: UUID) -> None:
    given(overrides, anna)
    with overrides.store.connection() as connection:
        connection.execute("delete from vault.person")

    [told] = overrides.newest(AUDITOR, AUDITOR.roles)

    assert told.reason is None
    with pytest.raises(Destroyed):
        given(overrides, anna, PARTNER)


def test_an_auditor_reads_no_reason_about_whom_they_may_not_see(
    overrides: Overrides, anna: UUID
) -> None:
    given(overrides, anna)
    own_file = NewBarrier(BarrierKind.OWN_FILE, reference(overrides), AUDITOR.ref, "EIGEN_MELDING")

    Barriers(overrides.store, overrides.vault).set(own_file, by="b", traced=lambda _: None)

    assert overrides.newest(AUDITOR, AUDITOR.roles) == []


def test_overrides_are_listed_page_by_page_the_newest_first(
    overrides: Overrides, anna: UUID
) -> None:
    first, second = given(overrides, anna), given(overrides, anna, PARTNER)

    [newest] = overrides.newest(AUDITOR, AUDITOR.roles, limit=1)
    [older] = overrides.newest(AUDITOR, AUDITOR.roles, before=newest.override_id)

    assert [newest.override_id, older.override_id] == [second.override_id, first.override_id]


def test_what_cannot_be_traced_is_not_lifted(overrides: Overrides, anna: UUID) -> None:
    traced: list[Ruled] = []

    def untraceable(about: Ruled) -> None:
        traced.append(about)
        raise ConnectionError

    with pytest.raises(ConnectionError):
        overrides.give(Asked(anna, REASON, pathway=True), ME, ME.roles, untraceable)

    assert traced == [{reference(overrides): Rule.OTHERS}]
    assert seen(overrides) == []


def test_its_own_caller_ends_an_override_before_its_time_and_nobody_else(
    overrides: Overrides, anna: UUID, clock: SetClock
) -> None:
    override = given(overrides, anna)
    clock.forward(hours=1)

    with pytest.raises(UnknownOverride):
        overrides.end(override.override_id, PARTNER, untraced)
    assert seen(overrides) == [override.person_ref]

    ended = overrides.end(override.override_id, ME, untraced)
    clock.forward(hours=1)
    assert overrides.end(override.override_id, ME, untraced) == ended
    assert (ended.ended_at, seen(overrides)) == (clock() - timedelta(hours=1), [])


def test_what_ended_by_itself_stays_so(overrides: Overrides, anna: UUID, clock: SetClock) -> None:
    override = given(overrides, anna, hours=1)
    clock.forward(hours=1)

    assert overrides.end(override.override_id, ME, untraced).ended_at is None


def test_no_more_hours_than_a_day_are_kept(
    overrides: Overrides, anna: UUID, clock: SetClock
) -> None:
    assert given(overrides, anna, hours=1000).until == clock() + timedelta(hours=24)


INSERT = """
    insert into pathway.override
        (override_id, caller_ref, organisation, person_ref, rule, reason, since, until)
    values (gen_random_uuid(), 'b-1', 'OVO1', gen_random_uuid(), %s, 'x', now(), now() + %s)
"""


@pytest.mark.parametrize(
    ("rule", "holds"),
    [
        ("VAN_ANDEREN", timedelta(hours=24, seconds=1)),
        ("VAN_ANDEREN", timedelta(days=30)),
        ("VAN_ANDEREN", timedelta(0)),
        ("VAN_ANDEREN", timedelta(hours=-1)),
        ("COLLEGA", timedelta(hours=1)),
        ("EIGEN_DOSSIER", timedelta(hours=1)),
    ],
)
def test_the_table_takes_no_override_beyond_a_day_or_of_a_barrier(
    overrides: Overrides, rule: str, holds: timedelta
) -> None:
    with overrides.store.connection() as connection, pytest.raises(psycopg.errors.CheckViolation):
        connection.execute(INSERT, (rule, holds))


@pytest.mark.parametrize(
    "change",
    [
        lambda c: c.execute("delete from pathway.override"),
        lambda c: c.execute("truncate pathway.override"),
        lambda c: c.execute("update pathway.override set until = until + interval '1 s'"),
        lambda c: c.execute("update pathway.override set reason = 'x', ended_at = since"),
        lambda c: c.execute("update pathway.override set ended_at = until"),
        lambda c: c.execute("update pathway.override set ended_at = null"),
    ],
)
def test_the_table_itself_keeps_an_override_as_it_was_given(
    overrides: Overrides, anna: UUID, change: Callable[[psycopg.Connection[object]], object]
) -> None:
    given(overrides, anna)
    kept = overrides.newest(AUDITOR, AUDITOR.roles)

    with overrides.store.connection() as connection, pytest.raises(psycopg.Error):
        change(connection)

    assert overrides.newest(AUDITOR, AUDITOR.roles) == kept
