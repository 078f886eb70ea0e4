"""A holder that is not what the facts say is found and named, because it decides who sees whom."""

import io
from datetime import date

import psycopg
import pytest
from pathway import audit_holders
from pathway.application import Pathways
from pathway.auditing import Findings
from pathway.domain.closing import Close
from pathway.domain.codes import ExitType
from pathway.domain.guidance import AssignCounsellor
from rich.console import Console

from tests.pathway.given import BRAM, enrolment, said

ASSIGN = AssignCounsellor(on=date(2015, 2, 1), counsellor="bemiddelaar-01", unit="NOORD")
CLOSE = Close(on=date(2015, 9, 1), exit_type=ExitType.UITSCHRIJVING)


@pytest.fixture
def two_pathways(pathways: Pathways) -> None:
    pathways.enrol(enrolment(), said("c-1"), then=[ASSIGN, CLOSE])
    pathways.enrol(enrolment(BRAM), said("c-2"))


def audited(pathway_url: str) -> tuple[int, str]:
    told = io.StringIO()
    findings = Findings(Console(file=told, width=200))
    audit_holders.audit(pathway_url, findings)
    return findings.conclude(), told.getvalue().strip()


@pytest.mark.usefixtures("two_pathways")
def test_holders_that_are_what_the_facts_say_differ_in_nothing(pathway_url: str) -> None:
    assert audited(pathway_url) == (0, "Compared 2 holders: no difference.")


@pytest.mark.usefixtures("two_pathways")
@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("update pathway.holder set unit = 'ZUID' where unit is not null", "unit is ZUID"),
        ("update pathway.holder set partners = '{\"0403170701\": null}'", "partners is"),
        ("update pathway.holder set closed_on = null", "closed_on is None, and by its facts 2015"),
        ("delete from pathway.holder where unit is null", "is missing"),
        ("update pathway.holder set pathway_id = gen_random_uuid()", "there is no such pathway"),
    ],
)
def test_each_other_holder_is_named(pathway_url: str, change: str, named: str) -> None:
    with psycopg.connect(pathway_url, autocommit=True) as connection:
        connection.execute(change.encode())

    status, told = audited(pathway_url)

    assert status == 1
    assert named in told
