"""Each rule about rows, in its order, on a real PostgreSQL."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

import psycopg
import pytest
from plumbing.callers import Caller, CallerKind, Role
from plumbing.row_rights import BARRIERS, OVERRIDABLE, RULE, VISIBLE, Rule, Standing, values
from psycopg.rows import TupleRow

TODAY = date(2021, 3, 1)
LONG_AGO = date(2015, 9, 30)
PERSON = UUID("00000000-0000-4000-8000-000000000001")
OTHER = UUID("00000000-0000-4000-8000-000000000002")
KBO = "0123456749"

GUIDE = Caller(
    "bemiddelaar-01",
    CallerKind.BEMIDDELAAR,
    "OVO001",
    frozenset({Role.COUNSELLOR}),
    unit="antwerpen",
)
PARTNER = Caller("p-1", CallerKind.PARTNER, KBO, frozenset({Role.PARTNER}))
AUDITOR = Caller("a-1", CallerKind.MEDEWERKER, "OVO001", frozenset({Role.AUDITOR}))
SYSTEM = Caller("mlp", CallerKind.SYSTEEM, "OVO001", frozenset({Role.CONSUMING_SYSTEM}))
OFFICER = Caller("r-1", CallerKind.MEDEWERKER, "OVO001", frozenset({Role.REPORTING_OFFICER}))
NOBODY = Standing()


@dataclass(frozen=True)
class Held:
    """A row and who holds it; by itself another unit's."""

    counsellor: str | None = "bemiddelaar-99"
    unit: str | None = "gent"
    partners: dict[str, str | None] | None = None
    closed_on: date | None = None
    exit_type: str | None = None
    person: UUID | None = PERSON


@pytest.fixture(scope="module")
def database(postgres_url: str) -> Iterator[psycopg.Connection[TupleRow]]:
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        yield connection


@pytest.mark.parametrize(
    ("caller", "held", "rule"),
    [
        (GUIDE, Held(counsellor="bemiddelaar-01"), Rule.OWN_CASELOAD),
        (GUIDE, Held(unit="antwerpen"), Rule.OWN_UNIT),
        (GUIDE, Held(counsellor=None, unit=None), Rule.NO_UNIT),
        (GUIDE, Held(), Rule.OTHERS),
        (replace(GUIDE, unit=""), Held(unit=""), Rule.OTHERS),
        (GUIDE, Held(partners={GUIDE.organisation: None}), Rule.OTHERS),
        (
            GUIDE,
            Held(counsellor="bemiddelaar-01", closed_on=TODAY - timedelta(40)),
            Rule.OWN_CASELOAD,
        ),
        (GUIDE, Held(counsellor="bemiddelaar-01", closed_on=TODAY - timedelta(41)), Rule.CLOSED),
        (
            GUIDE,
            Held(counsellor="bemiddelaar-01", closed_on=TODAY, exit_type="OVERLIJDEN"),
            Rule.DECEASED,
        ),
        (PARTNER, Held(partners={KBO: None}), Rule.OWN_LOT),
        (PARTNER, Held(partners={KBO: str(TODAY - timedelta(40))}), Rule.OWN_LOT),
        (PARTNER, Held(partners={KBO: str(TODAY - timedelta(41))}), Rule.OTHERS),
        (PARTNER, Held(partners={"0999999922": None}), Rule.OTHERS),
        (PARTNER, Held(counsellor="p-1", unit=None), Rule.OTHERS),
        (AUDITOR, Held(closed_on=LONG_AGO, exit_type="OVERLIJDEN"), Rule.EVERYTHING),
        (SYSTEM, Held(), Rule.EVERYTHING),
        (OFFICER, Held(counsellor="r-1", unit=None), Rule.OTHERS),
    ],
)
def test_who_holds_a_row_decides_who_sees_it(
    database: psycopg.Connection[TupleRow], caller: Caller, held: Held, rule: Rule
) -> None:
    assert decided(database, caller, held, NOBODY) == rule


@pytest.mark.parametrize("barrier", sorted(BARRIERS))
@pytest.mark.parametrize("caller", [GUIDE, PARTNER, AUDITOR])
def test_no_right_and_no_reason_passes_a_barrier(
    database: psycopg.Connection[TupleRow], caller: Caller, barrier: Rule
) -> None:
    held = Held(counsellor=caller.ref, unit=caller.unit or None, partners={KBO: None})
    before = Standing({barrier: [PERSON]}, overridden=[PERSON])

    assert decided(database, caller, held, before) == barrier


@pytest.mark.parametrize("barrier", sorted(BARRIERS))
def test_the_right_to_confidential_files_opens_those_but_never_the_own(
    database: psycopg.Connection[TupleRow], barrier: Rule
) -> None:
    trusted = replace(GUIDE, roles=GUIDE.roles | {Role.CONFIDENTIAL})

    rule = decided(database, trusted, Held(counsellor=trusted.ref), Standing({barrier: [PERSON]}))

    opened = barrier in {Rule.CONFIDENTIAL, Rule.COLLEAGUE}
    assert rule == (Rule.OWN_CASELOAD if opened else barrier)


def test_a_barrier_stands_before_its_person_alone_and_before_no_system(
    database: psycopg.Connection[TupleRow],
) -> None:
    before_another = Standing({Rule.OWN_FILE: [OTHER]})
    before = Standing({Rule.CONFIDENTIAL: [PERSON]})

    assert decided(database, AUDITOR, Held(), before_another) == Rule.EVERYTHING
    assert decided(database, SYSTEM, Held(), before) == Rule.EVERYTHING


@pytest.mark.parametrize(
    ("caller", "held"),
    [
        (GUIDE, Held(person=None, counsellor=GUIDE.ref)),
        (GUIDE, Held(person=None, unit=GUIDE.unit)),
        (GUIDE, Held(person=None, unit=None)),
        (PARTNER, Held(person=None, partners={KBO: None})),
    ],
)
def test_a_row_of_nobody_known_may_be_behind_a_barrier_and_is_shown_to_who_sees_all_alone(
    database: psycopg.Connection[TupleRow], caller: Caller, held: Held
) -> None:
    lifted = Standing(overridden=[PERSON])

    assert decided(database, caller, held, lifted) == Rule.OTHERS
    assert decided(database, AUDITOR, held, NOBODY) == Rule.EVERYTHING


@pytest.mark.parametrize(
    ("held", "refused"),
    [
        (Held(), Rule.OTHERS),
        (Held(closed_on=LONG_AGO, counsellor=GUIDE.ref), Rule.CLOSED),
        (Held(exit_type="OVERLIJDEN", counsellor=GUIDE.ref), Rule.DECEASED),
    ],
)
def test_a_reason_lifts_what_can_be_lifted(
    database: psycopg.Connection[TupleRow], held: Held, refused: Rule
) -> None:
    assert decided(database, GUIDE, held, NOBODY) == refused
    assert refused in OVERRIDABLE

    assert decided(database, GUIDE, held, Standing(overridden=[PERSON])) == Rule.OVERRIDE
    assert decided(database, OFFICER, held, Standing(overridden=[PERSON])) != Rule.OVERRIDE


def test_a_right_for_another_endpoint_shows_nobody_here(
    database: psycopg.Connection[TupleRow],
) -> None:
    both = replace(GUIDE, roles=frozenset({Role.COUNSELLOR, Role.AUDITOR}))

    assert decided(database, both, Held(), NOBODY) == Rule.EVERYTHING
    assert decided(database, both, Held(), NOBODY, roles=[Role.COUNSELLOR]) == Rule.OTHERS


def decided(
    database: psycopg.Connection[TupleRow],
    caller: Caller,
    held: Held,
    standing: Standing,
    roles: list[Role] | None = None,
) -> str:
    """The rule about the person's row for a caller, after checking that `VISIBLE` agrees."""
    told = values(caller, list(Role) if roles is None else roles, standing, TODAY)
    row = {
        "person_ref": held.person,
        "counsellor": held.counsellor,
        "unit": held.unit,
        "partners": json.dumps(held.partners or {}),
        "closed_on": held.closed_on,
        "exit_type": held.exit_type,
    }
    found = database.execute(
        f"""
        select {RULE}, {VISIBLE}
          from (select %(person_ref)s::uuid as person_ref, %(counsellor)s::text as counsellor,
                       %(unit)s::text as unit, %(partners)s::jsonb as partners,
                       %(closed_on)s::date as closed_on, %(exit_type)s::text as exit_type) as row
        """,
        told | row,
    ).fetchone()
    assert found is not None
    rule, visible = found
    assert visible == (Rule(rule) not in BARRIERS | OVERRIDABLE)
    return rule
