"""An employer who did not hire after an IBO, and was excluded for that, gets no IBO with anybody."""

import io
from datetime import date, timedelta
from importlib.resources import files
from uuid import UUID

import psycopg
import pytest
from pathway import audit_holders
from pathway.application import Pathways
from pathway.auditing import Findings
from pathway.domain import report_refusals
from pathway.domain.codes import AnnulmentReason
from pathway.domain.corrections import AnnulRegistration
from pathway.domain.exclusion import Exclusion
from pathway.domain.ibo import CompleteIbo, StartIbo
from pathway.domain.obligation import HireObligationBreached, RecordHireBreach
from pathway.domain.work_codes import BreachMotive
from pathway.excluded import exclusions_of
from rich.console import Console

from tests.pathway.given import ANNA, BRAM, enrolment, said

BAKERY, GARDEN = "0403170701", "0404055577"
DECIDED, UNTIL = date(2014, 12, 15), date(2015, 8, 31)
EARLY = date(2014, 1, 6)


def ibo(on: date, until: date, employer: str = BAKERY) -> StartIbo:
    return StartIbo(on=on, planned_until=until, hours_per_week=38, employer=employer)


@pytest.fixture
def breached(pathways: Pathways) -> UUID:
    """The pathway after whose IBO the bakery did not hire."""
    enrolled = pathways.enrol(
        enrolment(ANNA, on=EARLY), said("c-1"), then=[ibo(date(2014, 6, 2), date(2014, 11, 28))]
    )
    _, started = enrolled.facts
    done = CompleteIbo(on=date(2014, 11, 28), module_id=started.module_id)
    breach = RecordHireBreach(
        on=DECIDED,
        module_id=started.module_id,
        motive=BreachMotive.GEEN_AANWERVING,
        decision_ref="BESL-2014-0001",
        sanction_until=UNTIL,
    )
    pathways.command(enrolled.pathway_id, [done, breach], said("c-2"))
    return enrolled.pathway_id


@pytest.fixture
def bram(pathways: Pathways) -> UUID:
    return pathways.enrol(enrolment(BRAM, on=EARLY), said("c-3")).pathway_id


@pytest.mark.usefixtures("breached")
@pytest.mark.parametrize("on", [DECIDED, date(2015, 3, 2), UNTIL])
def test_on_no_day_of_the_exclusion_an_ibo_starts_there(
    pathways: Pathways, bram: UUID, on: date
) -> None:
    with pytest.raises(
        report_refusals.EmployerExcluded, match="from 2014-12-15 up to and including"
    ) as no:
        pathways.command(bram, [ibo(on, on + timedelta(days=120))], said("c-4"))

    assert no.value.field == "employer"


@pytest.mark.usefixtures("breached")
@pytest.mark.parametrize(
    "start",
    [
        pytest.param(ibo(date(2014, 12, 14), date(2015, 5, 29)), id="the day before"),
        pytest.param(ibo(date(2015, 9, 1), date(2016, 2, 26)), id="the day after"),
        pytest.param(ibo(date(2015, 3, 2), date(2015, 8, 28), GARDEN), id="elsewhere"),
    ],
)
def test_before_it_after_it_and_elsewhere_one_does(
    pathways: Pathways, bram: UUID, start: StartIbo
) -> None:
    assert pathways.command(bram, [start], said("c-4")).version == 2


def test_an_annulled_decision_excludes_nobody(
    pathways: Pathways, breached: UUID, bram: UUID
) -> None:
    decision = next(
        one for one in pathways.store.load(breached) if isinstance(one.fact, HireObligationBreached)
    )
    annul = AnnulRegistration(
        on=DECIDED, fact_id=decision.fact_id, reason=AnnulmentReason.VERKEERDE_PERSOON
    )
    pathways.command(breached, [annul], said("c-4"))

    assert exclusions_of(pathways.store, BAKERY) == []
    assert pathways.command(bram, [ibo(date(2015, 3, 2), date(2015, 8, 28))], said("c-5")).facts


@pytest.mark.usefixtures("breached")
def test_an_exclusion_that_is_not_what_the_facts_say_is_found(pathway_url: str) -> None:
    told = io.StringIO()
    findings = Findings(Console(file=told, width=400))
    with psycopg.connect(pathway_url, autocommit=True) as connection:
        connection.execute("update pathway.holder set excludes = '[]'")

    audit_holders.audit(pathway_url, findings)

    assert findings.conclude() == 1
    assert f"excludes is [], and by its facts [{{'employer': '{BAKERY}'" in told.getvalue()


@pytest.mark.usefixtures("breached")
def test_decisions_from_before_they_were_kept_so_exclude_too(
    pathways: Pathways, pathway_url: str
) -> None:
    migration = (files("pathway") / "migrations/0090_excluded.sql").read_text()
    told = next(one for one in migration.split(";") if "update pathway.holder" in one)
    with psycopg.connect(pathway_url, autocommit=True) as connection:
        connection.execute("update pathway.holder set excludes = '[]'")
        connection.execute(told.encode())

    assert exclusions_of(pathways.store, BAKERY) == [Exclusion(BAKERY, DECIDED, UNTIL)]
