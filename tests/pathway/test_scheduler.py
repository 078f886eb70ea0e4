"""The scheduler records what time alone brings about: once, whoever runs it, and however late."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import psycopg
import pytest
from pathway.application import Done, Pathways
from pathway.audit_holders import audit
from pathway.auditing import Findings
from pathway.domain.closing import Close
from pathway.domain.codes import ExitType, PlanMotive, StageKind, StopReason
from pathway.domain.course import ExtendModule
from pathway.domain.deadlines import DeadlineReached
from pathway.domain.guidance import AssignCounsellor
from pathway.domain.modules import StopModule
from pathway.domain.stage import StartStage
from pathway.leader import OTHER_YEARS, SCHEDULER, Session, leading
from pathway.main import app
from pathway.scheduler import (
    _NOTHING_DUE,
    Due,
    Scheduler,
    SchedulerSettings,
    announce,
    announce_due,
)
from pathway.store import Outpaced, Store
from plumbing.database import connect
from psycopg.rows import dict_row
from rich.console import Console
from typer.testing import CliRunner

from tests.pathway.given import BRAM, SetClock, enrolment, said
from tests.people import invented_kbo

STAGE = StartStage(
    on=date(2015, 9, 1),
    planned_until=date(2015, 10, 2),
    hours_per_week=Decimal(38),
    stage=StageKind.OS,
    host=invented_kbo(1),
)

OVER = date(2015, 10, 3)
"""The first day on which nobody is in time to end it any more."""


@pytest.fixture
def session(pathway_url: str) -> Iterator[Session]:
    with Session.connect(pathway_url, autocommit=True, row_factory=dict_row) as session:
        yield session


@pytest.fixture
def in_a_stage(pathways: Pathways) -> Done:
    """Anna is in a stage until 2 October 2015; the clock stands at the first of that month."""
    return pathways.enrol(enrolment(), said(), then=[STAGE])


@pytest.fixture
def overdue(in_a_stage: Done, clock: SetClock) -> Done:
    """The same on 3 October, when the stage should have ended."""
    clock.forward(days=2)
    return in_a_stage


def told(store: Store, pathway_id: UUID) -> list[tuple[int, DeadlineReached]]:
    facts = store.load(pathway_id)
    return [(one.version, one.fact) for one in facts if isinstance(one.fact, DeadlineReached)]


def module_of(store: Store, pathway_id: UUID) -> UUID:
    [module] = [f.fact.module_id for f in store.load(pathway_id) if hasattr(f.fact, "module_id")]
    return module


def test_a_planned_end_is_recorded_with_its_own_day_when_it_has_passed(
    store: Store, session: Session, clock: SetClock, in_a_stage: Done
) -> None:
    clock.now = datetime(2015, 10, 2, 21, 59, tzinfo=UTC)
    assert announce_due(store, session) == 0

    # Midnight in Brussels, where the day of the module is over.
    clock.now = datetime(2015, 10, 2, 22, 0, tzinfo=UTC)
    assert announce_due(store, session) == 1

    [(version, fact)] = told(store, in_a_stage.pathway_id)
    assert (version, fact.occurred_on) == (in_a_stage.version + 1, date(2015, 10, 2))
    newest = store.load(in_a_stage.pathway_id)[-1]
    assert newest.recorded_at == clock.now
    assert (newest.actor.kind, newest.actor.ref) == ("SYSTEEM", "scheduler")


def test_run_again_it_has_nothing_to_add(
    store: Store, session: Session, clock: SetClock, in_a_stage: Done
) -> None:
    clock.forward(days=5)
    assert announce_due(store, session) == 1

    assert announce_due(store, session) == 0
    assert len(told(store, in_a_stage.pathway_id)) == 1


def test_two_at_once_record_each_deadline_once(store: Store, overdue: Done) -> None:
    counted: list[int] = []
    together = threading.Barrier(4)

    def tell() -> None:
        together.wait()
        counted.append(announce(store, Due(overdue.pathway_id, OVER), OVER))

    threads = [threading.Thread(target=tell) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(counted) == [0, 0, 0, 1]
    assert len(told(store, overdue.pathway_id)) == 1


def test_while_one_looks_another_keeps_away_and_says_so(
    store: Store, session: Session, pathway_url: str, overdue: Done
) -> None:
    with Session.connect(pathway_url, autocommit=True, row_factory=dict_row) as other:
        other.execute("select pg_advisory_lock(%s)", (OTHER_YEARS,))
        assert announce_due(store, session) is None
        assert told(store, overdue.pathway_id) == []
        # A session that is closed keeps its lock for a moment.
        other.execute("select pg_advisory_unlock(%s)", (OTHER_YEARS,))

    assert announce_due(store, session) == 1


def test_a_day_that_comes_with_a_later_command_is_looked_at_too(
    store: Store, session: Session, clock: SetClock, pathways: Pathways
) -> None:
    enrolled = pathways.enrol(enrolment(), said())
    pathways.command(enrolled.pathway_id, [STAGE], said("c-2"))
    clock.forward(days=2)

    assert announce_due(store, session) == 1


def test_what_somebody_records_while_nothing_was_found_to_be_due_is_told_all_the_same(
    store: Store, session: Session, pathways: Pathways
) -> None:
    enrolled = pathways.enrol(enrolment(), said()).pathway_id
    session.execute("update pathway.holder set due_from = '1970-01-01'")
    long_past = STAGE.model_copy(update={"on": date(2015, 6, 1), "planned_until": date(2015, 7, 3)})
    pathways.command(enrolled, [long_past], said("c-2"))

    # As of a look that read the row, and the facts, before that command.
    with connect(store.database_url, "tests", autocommit=True) as stale:
        done = stale.execute(_NOTHING_DUE, (None, enrolled, date(1970, 1, 1)))
    assert done.rowcount == 0

    assert announce_due(store, session) == 1


def test_what_was_reached_while_nobody_ran_is_told_afterwards(
    store: Store, session: Session, clock: SetClock, pathways: Pathways, in_a_stage: Done
) -> None:
    module = module_of(store, in_a_stage.pathway_id)
    clock.forward(days=1)
    end = StopModule(on=date(2015, 10, 2), module_id=module, reason=StopReason.OPLEIDING)
    close = Close(on=date(2015, 10, 2), exit_type=ExitType.OPLEIDING_STUDIE)
    pathways.command(in_a_stage.pathway_id, [end, close], said("c-2"))
    clock.now = datetime(2016, 5, 2, 8, 0, tzinfo=UTC)

    assert announce_due(store, session) == 3

    days = [fact.occurred_on for _, fact in told(store, in_a_stage.pathway_id)]
    assert days == [date(2015, 11, 2), date(2016, 1, 2), date(2016, 4, 2)]


def test_an_extension_outdates_what_was_told_without_a_trace_of_error(
    store: Store, session: Session, clock: SetClock, pathways: Pathways, in_a_stage: Done
) -> None:
    module = module_of(store, in_a_stage.pathway_id)
    clock.forward(days=2)
    announce_due(store, session)
    extend = ExtendModule(
        on=date(2015, 10, 3),
        module_id=module,
        planned_until=date(2015, 10, 9),
        motive=PlanMotive.VRAAG_CURSIST,
    )

    pathways.command(in_a_stage.pathway_id, [extend], said("c-2"))
    assert announce_due(store, session) == 0
    clock.now = datetime(2015, 10, 10, 8, 0, tzinfo=UTC)
    assert announce_due(store, session) == 1

    days = [fact.occurred_on for _, fact in told(store, in_a_stage.pathway_id)]
    assert days == [date(2015, 10, 2), date(2015, 10, 9)]


def test_whoever_saw_the_pathway_before_an_announcement_need_not_look_again(
    store: Store, session: Session, clock: SetClock, pathways: Pathways, in_a_stage: Done
) -> None:
    clock.forward(days=2)
    announce_due(store, session)
    assign = AssignCounsellor(on=date(2015, 10, 3), counsellor="bemiddelaar-01", unit="NOORD")

    done = pathways.command(
        in_a_stage.pathway_id, [assign], said("c-2"), expected_version=in_a_stage.version
    )

    assert done.version == in_a_stage.version + 2
    with pytest.raises(Outpaced):
        pathways.command(
            in_a_stage.pathway_id, [assign], said("c-3"), expected_version=in_a_stage.version
        )
    with pytest.raises(Outpaced):
        pathways.command(in_a_stage.pathway_id, [assign], said("c-4"), expected_version=99)


def test_an_announcement_in_mid_command_does_not_refuse_it(
    store: Store,
    session: Session,
    pathways: Pathways,
    overdue: Done,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    load, first = store.load, [True]

    def and_meanwhile(pathway_id: UUID, upto: int | None = None) -> object:
        facts = load(pathway_id, upto)
        if first.pop() if first else False:
            monkeypatch.setattr(store, "load", load)
            assert announce_due(store, session) == 1
        return facts

    monkeypatch.setattr(store, "load", and_meanwhile)
    assign = AssignCounsellor(on=date(2015, 10, 3), counsellor="bemiddelaar-01", unit="NOORD")

    done = pathways.command(
        overdue.pathway_id, [assign], said("c-2"), expected_version=overdue.version
    )

    assert done.version == overdue.version + 2


@pytest.mark.parametrize("damaged", [b'{"fact": 1}', b'{"fact": 1'])
def test_one_that_cannot_be_read_keeps_nobody_waiting(
    store: Store, session: Session, pathways: Pathways, overdue: Done, damaged: bytes
) -> None:
    other = pathways.enrol(enrolment(BRAM), said(), then=[STAGE])
    session.execute("alter table pathway.pathway_events disable trigger all")
    session.execute(
        "update pathway.pathway_events set state = %s where originator_id = %s",
        (damaged, overdue.pathway_id),
    )
    broken: set[UUID] = set()

    assert announce_due(store, session, broken=broken) == 1

    assert broken == {overdue.pathway_id}
    assert len(told(store, other.pathway_id)) == 1


def test_what_was_there_before_anybody_scheduled_is_looked_at_once(
    store: Store, session: Session, clock: SetClock, pathway_url: str, in_a_stage: Done
) -> None:
    def due() -> date:
        return session.execute("select due_from from pathway.holder").fetchall()[0]["due_from"]

    assert due() == date(2015, 10, 3)
    session.execute("update pathway.holder set due_from = '1970-01-01'")
    findings = Findings(Console(quiet=True))
    audit(pathway_url, findings)
    assert findings.compared["holders"] == 1
    assert not findings.differences

    assert announce_due(store, session) == 0
    assert due() == date(2015, 10, 3)


def test_a_process_of_the_release_before_leaves_a_row_to_look_at(
    store: Store, session: Session, in_a_stage: Done
) -> None:
    session.execute(
        """
        select pathway.hold(jsonb_build_array(
            to_jsonb(h) - 'due_from' || '{"counsellor": "bemiddelaar-09"}')) from pathway.holder as h
        """
    )
    [row] = session.execute("select counsellor, due_from from pathway.holder").fetchall()
    assert row == {"counsellor": "bemiddelaar-09", "due_from": date(1970, 1, 1)}

    assert announce_due(store, session) == 0
    [row] = session.execute("select due_from from pathway.holder").fetchall()
    assert row["due_from"] == OVER


def test_a_day_that_does_not_follow_from_the_facts_is_found_by_the_audit(
    session: Session, pathway_url: str, in_a_stage: Done
) -> None:
    session.execute("update pathway.holder set due_from = '2015-12-01'")
    findings = Findings(Console(quiet=True))

    audit(pathway_url, findings)

    assert findings.differences == 1


def test_of_two_processes_one_leads_and_the_other_takes_over(
    pathway_url: str, store: Store, clock: SetClock, in_a_stage: Done
) -> None:
    clock.forward(days=2)
    settings = SchedulerSettings(pathway_database_url=pathway_url, scheduler_seconds=0.05)
    scheduler = Scheduler(settings, clock=clock)
    running = threading.Thread(target=scheduler.run)

    with leading(pathway_url, 60, lambda: False, SCHEDULER) as ahead:
        assert ahead is not None
        running.start()
        assert not _soon(lambda: bool(told(store, in_a_stage.pathway_id)), seconds=1.0)
    try:
        assert _soon(lambda: bool(told(store, in_a_stage.pathway_id)), seconds=10.0)
    finally:
        scheduler.ended.set()
        running.join(10)
    assert not running.is_alive()


def test_a_connection_that_is_lost_ends_nothing(
    pathway_url: str, store: Store, clock: SetClock, in_a_stage: Done
) -> None:
    settings = SchedulerSettings(pathway_database_url=pathway_url, scheduler_seconds=0.05)
    scheduler = Scheduler(settings, clock=clock)
    running = threading.Thread(target=scheduler.run)
    running.start()
    try:
        assert _soon(lambda: _ended_sessions(pathway_url) > 0, seconds=10.0)
        clock.forward(days=2)
        assert _soon(lambda: bool(told(store, in_a_stage.pathway_id)), seconds=20.0)
    finally:
        scheduler.ended.set()
        running.join(10)
    assert len(told(store, in_a_stage.pathway_id)) == 1


def test_the_command_tells_once_what_is_due(
    pathway_url: str, in_a_stage: Done, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATHWAY_DATABASE_URL", pathway_url)
    first = CliRunner().invoke(app, ["scheduler", "--once"])
    second = CliRunner().invoke(app, ["scheduler", "--once"])

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "Told of 1 deadline." in first.output
    assert "Told of 0 deadlines." in second.output


def _ended_sessions(url: str) -> int:
    with psycopg.connect(url, autocommit=True) as connection:
        ended = connection.execute(
            "select count(pg_terminate_backend(pid)) from pg_stat_activity"
            " where datname = current_database() and application_name = 'pathway scheduler'"
        ).fetchone()
    return ended[0] if ended else 0


def _soon(true: Callable[[], bool], *, seconds: float) -> bool:
    """Whether it becomes true within that time."""
    waiting = threading.Event()
    for _ in range(round(seconds / 0.05)):
        if true():
            return True
        waiting.wait(0.05)
    return False
