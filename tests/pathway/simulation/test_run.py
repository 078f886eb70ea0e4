"""A plan carried out on a store: only in a demo, only once, and always with the same facts."""

from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from itertools import islice

import psycopg
import pytest
from pathway.application import Pathways
from pathway.domain.guidance import AssignCounsellor
from pathway.domain.work import HiredInNec
from pathway.identity import Vault
from pathway.leader import Session
from pathway.scheduler import announce_due
from pathway.simulation.arrivals import Plan
from pathway.simulation.run import Disturbed, NotHere, Run, simulate
from pathway.store import Store
from plumbing.clock import brussels_today
from plumbing.ids import new_id
from psycopg.rows import dict_row

from tests.pathway.given import MASTER, said
from tests.pathway.simulation.conftest import SMALL, Simulated, marked_as_demo, whole_log

OTHERS = Plan(pathways=20, seed=8, first=SMALL.first, until=SMALL.until)


def everything(url: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(
            "select * from pathway.pathway_events order by notification_id"
        ).fetchall()


def test_the_same_plan_on_two_stores_gives_the_same_facts_to_the_byte(
    demo_url: str, temporary_database, pathway_template: str
) -> None:
    with temporary_database(pathway_template) as other:
        simulate(SMALL, demo_url, MASTER)
        simulate(SMALL, marked_as_demo(other), MASTER)

        assert everything(demo_url) == everything(other)
        assert len(everything(other)) > 200


def test_only_a_demo_is_filled_with_invented_people(pathway_url: str) -> None:
    with pytest.raises(NotHere, match="mark-demo"):
        simulate(SMALL, pathway_url, MASTER)

    assert whole_log(pathway_url) == []


def test_the_same_plan_a_second_time_is_refused_and_nothing_is_added(demo_url: str) -> None:
    simulate(SMALL, demo_url, MASTER)
    before = everything(demo_url)

    with pytest.raises(NotHere, match="--seed 8"):
        simulate(SMALL, demo_url, MASTER)

    assert everything(demo_url) == before


def test_another_seed_adds_other_people(demo_url: str) -> None:
    first = simulate(SMALL, demo_url, MASTER)
    second = simulate(OTHERS, demo_url, MASTER)

    with psycopg.connect(demo_url) as connection:
        (people,) = connection.execute("select count(*) from vault.person").fetchone() or (0,)
    assert (first.pathways, second.pathways) == (40, 20)
    assert people > 50
    assert not second.cut_short


def test_what_a_run_recorded_before_it_was_ended_is_valid_and_stays(demo_url: str) -> None:
    run = Run(SMALL, demo_url, MASTER)
    for _ in islice(run.acts(), 280):
        pass
    run.close()

    recorded = whole_log(demo_url)
    assert recorded
    versions: dict[object, int] = {}
    for fact in recorded:
        assert fact.version == versions.get(fact.pathway_id, 0) + 1
        versions[fact.pathway_id] = fact.version
    assert simulate(OTHERS, demo_url, MASTER).pathways == 20


def test_whoever_works_on_the_same_pathways_meanwhile_stops_the_run_with_a_way_out(
    demo_url: str,
) -> None:
    run = Run(Plan(300, 7, date(2015, 1, 5), date(2016, 6, 1)), demo_url, MASTER)
    store = Store(demo_url)
    acts = run.acts()
    try:
        while not store.position():
            next(acts)
        _assign_everyone(Pathways(store, Vault(store, MASTER, new_id=new_id)))

        with pytest.raises(Disturbed, match="--seed"):
            for _ in acts:
                pass
    finally:
        store.close()
        run.close()


def _assign_everyone(pathways: Pathways) -> None:
    for pathway_id in {fact.pathway_id for fact in pathways.store.log()}:
        pathway = pathways.standing(pathway_id).pathway
        if not pathway.closed:
            told = {"on": pathway.last_fact_on, "counsellor": "bemiddelaar-99", "unit": "OE-ELDERS"}
            pathways.command(pathway_id, [AssignCounsellor.model_validate(told)], said())


def test_the_past_can_be_asked_as_it_was_known_then(simulated: Simulated) -> None:
    store = Store(simulated.url)
    pathways = Pathways(store, Vault(store, MASTER, new_id=new_id))
    late = next(
        f
        for f in simulated.log
        if isinstance(f.fact, HiredInNec) and (f.recorded_at.date() - f.fact.occurred_on).days > 3
    )
    day, before = late.fact.occurred_on, simulated.log[0].recorded_at.replace(year=2100)
    unknown = max(
        f.recorded_at
        for f in simulated.log
        if f.pathway_id == late.pathway_id and f.version < late.version
    )
    then = pathways.standing(late.pathway_id, as_of=day, known_at=unknown).pathway
    now = pathways.standing(late.pathway_id, as_of=day, known_at=before).pathway
    store.close()

    assert len(now.hires) == len(then.hires) + 1


def test_deadlines_are_told_in_the_night_after_and_the_scheduler_leaves_them_alone(
    demo_url: str,
) -> None:
    run = Run(Plan(40, 7, date(2014, 1, 6), date(2016, 6, 1)), demo_url, MASTER)
    acts = run.acts()
    for _ in islice(acts, 200):
        pass
    today = Store(demo_url, clock=lambda: datetime(2026, 11, 26, 9, 0, tzinfo=UTC))
    with (
        closing(run),
        closing(today),
        Session.connect(demo_url, autocommit=True, row_factory=dict_row) as session,
    ):
        assert announce_due(today, session) is None
        for _ in acts:
            pass

        told = [one for one in run.store.log(limit=10_000) if one.fact.announces]
        assert told
        late = [
            one
            for one in told
            if brussels_today(one.recorded_at) - one.fact.occurred_on > timedelta(days=60)
        ]
        # Only what was itself registered late is told long after its day.
        assert len(late) < len(told) / 10
        # After the simulation the scheduler goes on: with what came due between its end and today.
        assert announce_due(today, session)
