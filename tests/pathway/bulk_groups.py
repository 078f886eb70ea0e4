"""Groups of invented people for bulks: with an IBO at one employer, or in one caseload."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from pathway.application import Pathways
from pathway.domain.commands import Command
from pathway.domain.guidance import AssignCounsellor
from pathway.domain.ibo import StartIbo
from pathway.identity import Person

from tests.pathway.given import enrolment, said
from tests.people import invented_insz, invented_kbo

EMPLOYER, OTHER_EMPLOYER = invented_kbo(4_300_001), invented_kbo(4_300_002)
STARTED, ENDS = date(2015, 9, 1), date(2015, 9, 30)
FROM, TO = "bemiddelaar-01", "bemiddelaar-02"


def person(number: int) -> Person:
    born = date(1970, 1, 1) + timedelta(days=number)
    return Person(insz=invented_insz(born, 201), last_name="Testers", first_name="Anna")


def ibo(employer: str = EMPLOYER, **told: object) -> StartIbo:
    usual = {"on": STARTED, "planned_until": date(2015, 12, 31), "hours_per_week": "19"}
    return StartIbo.model_validate(usual | {"employer": employer} | told)


def assign(counsellor: str = FROM, on: date = STARTED, unit: str = "OE-NOORD") -> AssignCounsellor:
    return AssignCounsellor(on=on, counsellor=counsellor, unit=unit)


def enrolled(pathways: Pathways, number: int, *then: Command) -> UUID:
    """The pathway of the n-th person, on which these commands were decided."""
    done = pathways.enrol(enrolment(person(number)), said(f"c-{number}"), then=then)
    return done.pathway_id


def many(pathways: Pathways, count: int, then: Sequence[Command]) -> list[UUID]:
    return [enrolled(pathways, number, *then) for number in range(1, count + 1)]
