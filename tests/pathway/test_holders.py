"""Who holds a pathway stands beside its facts, so that it can be asked who may see it."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg
import pytest
from pathway.application import Pathways
from pathway.deciding import held
from pathway.domain.closing import Close
from pathway.domain.codes import ExitType, Scheme
from pathway.domain.guidance import AssignCounsellor, TransferCounsellor, UnassignCounsellor
from pathway.domain.guidance_codes import GuideChangeReason, HandOverReason
from pathway.domain.referral import ChangeGuidingOrganisation, ConfirmReferral, ReferToProvider
from pathway.domain.wep_plus import MigrateWepPlus, StartWorkExperienceModule
from plumbing.database import migrate
from psycopg.rows import dict_row

from tests.pathway.conftest import MIGRATIONS
from tests.pathway.given import enrolment, said

NORTH = AssignCounsellor(on=date(2015, 2, 1), counsellor="bemiddelaar-01", unit="NOORD")
SOUTH = AssignCounsellor(on=date(2015, 3, 1), counsellor="bemiddelaar-04", unit="ZUID")
MODULE = StartWorkExperienceModule(
    on=date(2015, 2, 2),
    planned_until=date(2015, 9, 30),
    hours_per_week=Decimal(38),
    promotor="0887010362",
)
MIGRATION = MigrateWepPlus(
    on=date(2015, 8, 1), to_scheme=Scheme.VDAB_REGULIER, guiding_organisation="0403170701"
)
TRANSFER = TransferCounsellor(
    on=date(2015, 3, 1),
    counsellor="bemiddelaar-04",
    unit="ZUID",
    reason=HandOverReason.VERHUIZING,
)
UNASSIGNMENT = UnassignCounsellor(on=date(2015, 3, 1), reason=HandOverReason.UIT_DIENST)
REFERRAL = ReferToProvider(on=date(2015, 7, 1), provider="0887010362", scheme=Scheme.IWPL_SUBSIDIE)
CONFIRMATION = ConfirmReferral(on=date(2015, 7, 6))
HAND_OVER = ChangeGuidingOrganisation(
    on=date(2015, 9, 1),
    to_organisation="0403170701",
    reason=GuideChangeReason.OVERDRACHT,
    agreement_ref="AKKOORD-1",
)
CLOSING = Close(on=date(2015, 9, 15), exit_type=ExitType.OVERLIJDEN)


@pytest.mark.parametrize(
    ("commands", "expected"),
    [
        ([], {"counsellor": None, "unit": None, "partners": {}}),
        ([NORTH], {"counsellor": "bemiddelaar-01", "unit": "NOORD"}),
        ([NORTH, SOUTH], {"counsellor": "bemiddelaar-04", "unit": "ZUID"}),
        ([SOUTH, NORTH], {"counsellor": "bemiddelaar-04", "unit": "ZUID"}),
        ([MODULE], {"partners": {}}),
        ([MODULE, MIGRATION], {"partners": {"0403170701": None}}),
        ([NORTH, TRANSFER], {"counsellor": "bemiddelaar-04", "unit": "ZUID"}),
        ([NORTH, UNASSIGNMENT], {"counsellor": None, "unit": "NOORD"}),
        ([REFERRAL], {"partners": {}}),
        ([REFERRAL, CONFIRMATION], {"partners": {"0887010362": None}}),
        (
            [REFERRAL, CONFIRMATION, HAND_OVER],
            {"partners": {"0887010362": "2015-08-31", "0403170701": None}},
        ),
        (
            [MODULE, MIGRATION, CLOSING],
            {
                "partners": {"0403170701": "2015-09-15"},
                "closed_on": date(2015, 9, 15),
                "exit_type": "OVERLIJDEN",
            },
        ),
    ],
)
def test_what_the_facts_say_stands_beside_them(
    pathways: Pathways, pathway_url: str, commands: list[Any], expected: dict[str, object]
) -> None:
    pathway_id = pathways.enrol(enrolment(), said()).pathway_id
    for number, command in enumerate(commands):
        pathways.command(pathway_id, [command], said(f"c-{number}"))

    row = holder(pathway_url, pathway_id)

    assert row | expected == row
    assert row["person_ref"] == pathways.standing(pathway_id).pathway.person_ref


def test_facts_from_before_the_table_are_entered_by_its_migration(
    pathways: Pathways, pathway_url: str
) -> None:
    people = [pathways.enrol(enrolment(), said()).pathway_id]
    for number, command in enumerate([SOUTH, NORTH, MODULE, MIGRATION, CLOSING]):
        pathways.command(people[0], [command], said(f"c-{number}"))
    told = holder(pathway_url, people[0])

    with psycopg.connect(pathway_url, autocommit=True) as connection:
        connection.execute("drop function pathway.hold; drop table pathway.holder")
        connection.execute(
            "delete from pathway.schema_migrations where version in ('0040', '0060', '0090')"
        )
    migrate(pathway_url, MIGRATIONS, "pathway")

    # What is due is for the scheduler to find out.
    assert told["due_from"] is None
    assert holder(pathway_url, people[0]) == {**told, "due_from": date(1970, 1, 1)}


def test_the_same_pathway_recorded_on_twice_in_one_go_is_held_as_it_ends(
    pathways: Pathways, pathway_url: str
) -> None:
    pathway_id = pathways.enrol(enrolment(), said()).pathway_id
    deciding = pathways.deciding(pathway_id, pathways.store.load(pathway_id))
    deciding.take(NORTH)
    first = deciding.new_facts(said("c-1"))
    deciding.take(SOUTH)
    both = deciding.new_facts(said("c-2"))

    pathways.store.record(pathways.store.enveloped(both), [first.beside, both.beside])

    assert holder(pathway_url, pathway_id)["counsellor"] == "bemiddelaar-04"


def test_a_pathway_is_held_by_what_its_state_says(pathways: Pathways) -> None:
    pathway_id = pathways.enrol(enrolment(), said(), then=[NORTH]).pathway_id

    who = held(pathway_id, pathways.standing(pathway_id).pathway)

    assert (who.counsellor, who.unit, dict(who.partners)) == ("bemiddelaar-01", "NOORD", {})


def holder(pathway_url: str, pathway_id: UUID) -> dict[str, Any]:
    with psycopg.connect(pathway_url, row_factory=dict_row) as connection:
        row = connection.execute(
            "select * from pathway.holder where pathway_id = %s", [pathway_id]
        ).fetchone()
    assert row is not None
    return row
