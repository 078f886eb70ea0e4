"""Around work after a module: what needs a counsellor, and what reports tell of work afterwards."""

from datetime import date

import pytest
from plumbing.callers import Caller, CallerKind, Role
from plumbing.row_rights import Standing, values
from projections.counsellor.answers import Attention, attention
from projections.counsellor.queries import pathway
from projections.reporting.afterwards import afterwards
from projections.reporting.reports import Period

from schemas.codes import Checkpoint, ContractKind, ContractParty, ExitType, Proof

from .conftest import Worker
from .history import CANTEEN, History, named

START, END, DUE = date(2024, 1, 8), date(2024, 6, 28), date(2024, 7, 5)
TODAY = date(2024, 7, 8)
AUDITOR = Caller("auditor-01", CallerKind.MEDEWERKER, "OVO000083", frozenset({Role.AUDITOR}))
NEEDS = {Attention.HIRE_DUE, Attention.ENDED_IN_PROTECTION, Attention.CONTRACT_NOT_SIGNED}
CLOSED_ON = date(2024, 3, 29)
YEAR = Period(first=date(2024, 1, 1), last=date(2024, 12, 31))


def running() -> History:
    return History("anna").enrolled(date(2024, 1, 2)).assigned(START).ibo("i", START, END)


def done() -> History:
    return running().completed("i", END, hire_due_by=DUE)


def needs(worker: Worker, history: History, today: date = TODAY) -> set[Attention]:
    """What of work after a module needs somebody."""
    worker.put(history)
    everybody = values(AUDITOR, AUDITOR.roles, Standing(), today)
    row = pathway(worker.connection, history.pathway_id, everybody)
    assert row is not None
    return NEEDS & set(attention(row, today))


@pytest.mark.parametrize(
    ("history", "marked"),
    [
        pytest.param(running(), True, id="nobody signed"),
        pytest.param(running().signed("i", date(2024, 1, 4)), False, id="all three"),
        pytest.param(
            running().signed("i", START, ContractParty.VDAB, ContractParty.CURSIST), True, id="two"
        ),
        pytest.param(running().signed("i", date(2024, 1, 9)), True, id="after the start"),
        pytest.param(done(), False, id="it runs no more"),
    ],
)
def test_an_ibo_that_runs_without_three_signatures_is_marked(
    counsellor: Worker, history: History, *, marked: bool
) -> None:
    found = needs(counsellor, history, date(2024, 2, 1))

    assert found == ({Attention.CONTRACT_NOT_SIGNED} if marked else set())


IBO = {"linked_module_id": named(f"{done().pathway_id} module i")}


@pytest.mark.parametrize(
    ("history", "marked"),
    [
        pytest.param(done(), True, id="nobody hired"),
        pytest.param(running().completed("i", END), False, id="nobody has to"),
        pytest.param(done().hired(date(2024, 7, 1)), False, id="hired in time"),
        pytest.param(done().hired(date(2024, 7, 8), **IBO), False, id="hired late, after the IBO"),
        pytest.param(done().hired(date(2024, 7, 1), CANTEEN), True, id="hired elsewhere"),
        pytest.param(
            done().hired(date(2024, 7, 1), contract=ContractKind.INTERIM), True, id="by an agency"
        ),
        pytest.param(done().waived("i", date(2024, 7, 8)), False, id="waived"),
    ],
)
def test_a_hire_that_is_overdue_after_an_ibo_is_marked(
    counsellor: Worker, history: History, *, marked: bool
) -> None:
    assert needs(counsellor, history) == ({Attention.HIRE_DUE} if marked else set())


def test_on_the_last_day_the_hire_is_not_overdue_yet(counsellor: Worker) -> None:
    assert needs(counsellor, done(), DUE) == set()


@pytest.mark.parametrize(
    ("until", "marked"), [(date(2024, 7, 6), True), (date(2024, 7, 5), False), (None, False)]
)
def test_a_job_lost_inside_its_protection_is_marked(
    counsellor: Worker, until: date | None, *, marked: bool
) -> None:
    history = done().hired(date(2024, 7, 1)).job_ended(date(2024, 7, 5), until)

    assert needs(counsellor, history) == ({Attention.ENDED_IN_PROTECTION} if marked else set())


def test_who_found_another_job_needs_nobody(counsellor: Worker) -> None:
    lost = done().hired(date(2024, 7, 1)).job_ended(date(2024, 7, 4), date(2024, 12, 19))

    assert needs(counsellor, lost.hired(date(2024, 7, 8), CANTEEN)) == set()


def left(name: str, exit_type: ExitType = ExitType.WERK_NEC_LOONTREKKEND) -> History:
    return History(name).enrolled(date(2024, 1, 2)).closed(CLOSED_ON, exit_type)


def checked(history: History, *told: tuple[Checkpoint, Proof, bool]) -> History:
    days = {Checkpoint.ONE: date(2024, 4, 30), Checkpoint.THREE: date(2024, 6, 30)}
    for checkpoint, source, works in told:
        history.checked(days[checkpoint], checkpoint, source, since=CLOSED_ON, works=works)
    return history


def test_work_afterwards_is_told_of_whom_it_was_measured_and_how_many_were_not(
    reporting: Worker,
) -> None:
    reporting.put(
        checked(left("works"), (Checkpoint.ONE, Proof.DMFA, True)),
        checked(left("does not"), (Checkpoint.ONE, Proof.DMFA, False)),
        left("nobody looked"),
        left("elsewhere", ExitType.PENSIOEN),
    )

    report = afterwards(reporting.connection, YEAR, as_of=date(2024, 6, 29))

    rows = {row.group: row for row in report.rows}
    one, three, *_ = rows["WERK_NEC_LOONTREKKEND"].afterwards
    assert rows["WERK_NEC_LOONTREKKEND"].pathways == 3
    assert (one.months, one.reached, one.measured, one.in_work) == (1, 3, 2, 1)
    assert (one.share_in_work, one.share_unmeasured) == (0.5, 0.3333)
    # 29 June is not over: the three months have not passed.
    assert (three.reached, three.share_in_work, three.share_unmeasured) == (0, None, None)
    assert report.total.pathways == 4
    assert afterwards(reporting.connection, YEAR, as_of=date(2024, 6, 30)).total.afterwards[
        1
    ].reached == 4  # fmt: skip


def test_dmfa_is_counted_before_what_somebody_said(reporting: Worker) -> None:
    both = [(Checkpoint.ONE, Proof.DMFA, False), (Checkpoint.ONE, Proof.VERKLARING, True)]
    reporting.put(checked(left("one way"), *both), checked(left("other way"), *reversed(both)))

    report = afterwards(reporting.connection, YEAR, as_of=date(2024, 6, 29))

    assert report.total.afterwards[0].measured == 2
    assert report.total.afterwards[0].in_work == 0


def test_the_latest_way_out_is_counted(reporting: Worker) -> None:
    history = left("came back")
    history.checked(date(2024, 2, 15), Checkpoint.ONE, Proof.DMFA, since=date(2024, 1, 10))
    history.checked(
        date(2024, 4, 30), Checkpoint.ONE, Proof.VERKLARING, since=CLOSED_ON, works=False
    )
    reporting.put(history)

    report = afterwards(reporting.connection, YEAR, as_of=date(2024, 6, 29))

    assert (report.total.afterwards[0].measured, report.total.afterwards[0].in_work) == (1, 0)


def test_with_nobody_closed_there_is_nothing_to_measure(reporting: Worker) -> None:
    report = afterwards(reporting.connection, YEAR, as_of=TODAY)

    assert report.rows == ()
    assert [each.reached for each in report.total.afterwards] == [0, 0, 0, 0]


def test_a_job_lost_inside_its_protection_is_told_for_two_months(counsellor: Worker) -> None:
    history = done().hired(date(2024, 7, 1)).job_ended(date(2024, 7, 5), date(2024, 7, 6))

    assert needs(counsellor, history, date(2024, 9, 3)) == {Attention.ENDED_IN_PROTECTION}
    assert needs(counsellor, history, date(2024, 9, 4)) == set()
