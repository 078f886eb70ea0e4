"""What a population looks like: loosely as the published figures, strictly by the rules."""

from collections import Counter
from datetime import date, timedelta
from statistics import mean
from typing import Any
from uuid import UUID

import psycopg
import pytest
from pathway.application import folded
from pathway.domain.catalogue import FACTS
from pathway.domain.codes import IboVariant, ModuleStatus, Scheme, StageKind, StopReason
from pathway.domain.corrections import (
    DataCorrected,
    ModuleAnnulled,
    PathwayAnnulled,
    RegistrationAnnulled,
)
from pathway.domain.enrolment import Enrolled
from pathway.domain.ibo import IboCompleted, IboStarted
from pathway.domain.merging import MergeReverted, PathwaysMerged
from pathway.domain.modules import ModuleStart, ModuleStopped
from pathway.domain.stage import StageStarted
from pathway.domain.state import Pathway
from pathway.domain.wep_plus import WepPlusMigrated, WepPlusModuleStart
from pathway.domain.work import HiredInNec
from pathway.recorded import Recorded
from plumbing.clock import brussels_today

from tests.pathway.simulation.conftest import PLAN, TODAY, Simulated

LAST_INFLOW, WEP_PLUS_ENDS = date(2015, 3, 31), date(2015, 9, 30)
LIST_OF_A_COUNSELLOR = 120
MOST_WHO_NEED_SOMETHING = 15


def told(simulated: Simulated, *kinds: type) -> list[Any]:
    return [f.fact for f in simulated.log if isinstance(f.fact, kinds)]


@pytest.fixture(scope="module")
def states(simulated: Simulated) -> dict[UUID, Pathway]:
    pathways = {facts[0].pathway_id: folded(facts) for facts in simulated.by_pathway()}
    return {pathway_id: pathway for pathway_id, pathway in pathways.items() if pathway}


def test_there_are_as_many_pathways_as_were_asked_for(simulated: Simulated) -> None:
    assert simulated.summary.pathways == PLAN.pathways
    assert simulated.summary.facts.total() == len(simulated.log)


def test_every_kind_of_fact_occurs(simulated: Simulated) -> None:
    assert {f.fact.name for f in simulated.log} == {kind.__name__ for kind in FACTS}


def test_no_life_is_cut_short_by_a_refusal_that_nobody_meant(simulated: Simulated) -> None:
    assert simulated.summary.cut_short == Counter()


def test_some_commands_are_refused_and_kept_with_the_moment_of_the_refusal(
    simulated: Simulated,
) -> None:
    with psycopg.connect(simulated.url) as connection:
        kept = connection.execute(
            "select rule, count(*), min(refused_at) from pathway.refused_command group by rule"
        ).fetchall()

    assert {rule: many for rule, many, _ in kept} == simulated.summary.refused
    assert len(kept) >= 4
    assert min(at for _, _, at in kept).date() < date(2017, 1, 1)


def test_recorded_times_span_the_years_rise_with_position_and_end_before_today(
    simulated: Simulated,
) -> None:
    instants = [f.recorded_at for f in simulated.log]

    assert instants == sorted(instants)
    assert {at.year for at in instants} == set(range(2014, 2027))
    assert brussels_today(instants[0]) >= PLAN.first
    assert brussels_today(instants[-1]) < TODAY
    assert brussels_today(instants[-1]) > TODAY - timedelta(days=7)


def test_nothing_is_registered_before_it_happened(simulated: Simulated) -> None:
    assert all(f.fact.occurred_on <= brussels_today(f.recorded_at) for f in simulated.log)


def test_some_facts_are_registered_days_or_weeks_late(simulated: Simulated) -> None:
    delays = [(brussels_today(f.recorded_at) - f.fact.occurred_on).days for f in simulated.log]

    assert 0.7 < mean(delay <= 3 for delay in delays) < 0.95
    assert max(delays) > 45


def test_every_pathway_folds_and_none_has_two_open_for_one_person(
    states: dict[UUID, Pathway],
) -> None:
    still_open = [p.person_ref for p in states.values() if p.open]

    assert len(states) == PLAN.pathways
    assert len(set(still_open)) == len(still_open) > 0


def test_some_people_come_back_after_their_pathway_was_closed(states: dict[UUID, Pathway]) -> None:
    people = Counter(p.person_ref for p in states.values())

    assert 0.03 < sum(many > 1 for many in people.values()) / len(people) < 0.25


def test_wep_plus_takes_people_until_its_last_day_of_inflow_and_ends_with_the_measure(
    simulated: Simulated, states: dict[UUID, Pathway]
) -> None:
    starts = told(simulated, WepPlusModuleStart)
    modules = [m for p in states.values() for m in p.modules if m.kind.wep_plus]

    assert 0.15 < len({s.project for s in starts}) / len(starts) < 0.9
    assert max(s.occurred_on for s in starts) <= LAST_INFLOW
    assert max(s.planned_until for s in starts) <= WEP_PLUS_ENDS
    assert all(m.ended for m in modules)
    assert max(m.through for m in modules) <= WEP_PLUS_ENDS
    assert 0.1 < mean(any(m.kind.wep_plus for m in p.modules) for p in states.values()) < 0.3


def test_most_go_on_from_wep_plus_by_subsidy_fewer_at_vdab_some_by_tender(
    simulated: Simulated,
) -> None:
    migrations = told(simulated, WepPlusMigrated)
    schemes = Counter(m.to_scheme for m in migrations)

    assert schemes[Scheme.IWPL_SUBSIDIE] > schemes[Scheme.VDAB_REGULIER] > 0
    assert schemes[Scheme.IWPL_TENDER] > 0
    for migration in migrations:
        assert migration.occurred_on >= date(2015, 7, 1)
        if migration.to_scheme == Scheme.IWPL_TENDER:
            assert migration.occurred_on >= date(2016, 1, 1)
        if migration.to_scheme == Scheme.IWPL_SUBSIDIE:
            assert migration.occurred_on <= date(2015, 12, 31)


def test_an_ibo_lasts_four_to_twenty_six_weeks_and_for_some_variants_up_to_fifty_two(
    simulated: Simulated,
) -> None:
    for ibo in told(simulated, IboStarted):
        weeks = ((ibo.planned_until - ibo.occurred_on).days + 6) / 7
        longest = 26 if ibo.variant in (IboVariant.IBO, IboVariant.IBO_T) else 52
        assert 4 <= weeks <= longest + 1
        if ibo.variant == IboVariant.K_IBO:
            assert ibo.occurred_on >= date(2018, 9, 1)


def test_most_ibos_are_completed_and_most_of_those_people_hired_where_they_trained(
    simulated: Simulated, states: dict[UUID, Pathway]
) -> None:
    completed = {f.module_id for f in told(simulated, IboCompleted)}
    stopped = {f.module_id for f in told(simulated, ModuleStopped)}
    ibos = {f.module_id for f in told(simulated, IboStarted)}
    hires = {h.linked_module_id: h for p in states.values() for h in p.hires}
    hired = [i for i in completed if i in hires]

    assert 0.7 < len(completed) / (len(completed) + len(ibos & stopped)) < 0.92
    assert 0.65 < len(hired) / len(completed) < 0.95


def test_stages_are_of_kinds_that_existed_on_their_day(simulated: Simulated) -> None:
    stages = told(simulated, StageStarted)

    assert len({s.stage for s in stages}) >= 7
    for stage in stages:
        if stage.stage == StageKind.WES:
            assert stage.occurred_on >= date(2017, 2, 1)
        if stage.stage == StageKind.AS:
            assert date(2017, 4, 11) <= stage.occurred_on <= date(2022, 12, 31)
        if stage.stage == StageKind.IS:
            assert stage.planned_until <= date(2018, 8, 31)


def test_one_pathway_in_five_has_a_correction(simulated: Simulated) -> None:
    wrong = (DataCorrected, RegistrationAnnulled, ModuleAnnulled, PathwayAnnulled)
    corrected = {f.pathway_id for f in simulated.log if isinstance(f.fact, wrong)}

    assert 0.15 < len(corrected) / PLAN.pathways < 0.25
    assert corrected <= simulated.summary.amended


def test_days_hours_reasons_and_organisations_are_corrected_each_at_a_later_moment(
    simulated: Simulated,
) -> None:
    told = {f.fact_id: f for f in simulated.log}
    changed: set[str] = set()
    for f in simulated.log:
        if isinstance(f.fact, DataCorrected):
            before = told[f.fact.target]
            assert f.recorded_at > before.recorded_at
            was, becomes = before.fact.model_dump(), f.fact.becomes.model_dump()
            changed |= {name for name in becomes if becomes[name] != was[name]}

    assert {"occurred_on", "hours_per_week", "reason", "exit_type"} < changed
    assert changed & {"employer", "host", "work_floor"}


def test_some_facts_are_corrected_more_than_once_and_kinds_of_facts_are_of_many(
    simulated: Simulated,
) -> None:
    corrections = told(simulated, DataCorrected)
    times = Counter(one.target for one in corrections)

    assert max(times.values()) > 1
    assert len({type(one.becomes) for one in corrections}) >= 12


def test_a_few_come_in_twice_and_their_pathways_are_merged_some_for_a_time(
    simulated: Simulated, states: dict[UUID, Pathway]
) -> None:
    merged, reverted = told(simulated, PathwaysMerged), told(simulated, MergeReverted)
    pointers = [p for p in states.values() if p.merged_into]

    assert 3 <= len(merged) <= PLAN.pathways * 0.03
    assert 0 < len(reverted) / 2 < len(merged)
    assert len(pointers) == len(merged) - len(reverted) / 2
    assert simulated.summary.open == sum(p.open for p in states.values())


def test_people_are_hired_with_and_without_a_module_that_still_runs(simulated: Simulated) -> None:
    hires = told(simulated, HiredInNec)
    reasons = Counter(f.reason for f in told(simulated, ModuleStopped))

    assert 0.5 < len(hires) / PLAN.pathways < 0.9
    assert reasons[StopReason.WERK_ZELFDE_WERKGEVER] > 0
    assert reasons[StopReason.WERK_ANDERE_WERKGEVER] > 0
    assert reasons[StopReason.EINDE_MAATREGEL] > 0


def test_more_came_in_for_ibo_in_2015_than_in_2019_and_fewest_in_2020(simulated: Simulated) -> None:
    years = Counter(f.occurred_on.year for f in told(simulated, Enrolled) if f.category)

    assert years[2015] > years[2019] > years[2020] > 0


def test_a_counsellor_of_a_hundred_and_twenty_has_few_who_need_something(
    simulated: Simulated, states: dict[UUID, Pathway]
) -> None:
    newest = {f.pathway_id: f for f in simulated.log}
    still_open = {i: p for i, p in states.items() if p.open}
    needing = [i for i, p in still_open.items() if needs_something(p, newest[i])]
    lists = Counter(p.counsellor for p in still_open.values() if p.counsellor)

    share = len(needing) / len(still_open)
    assert share * LIST_OF_A_COUNSELLOR <= MOST_WHO_NEED_SOMETHING
    assert max(lists.values()) <= LIST_OF_A_COUNSELLOR
    assert lists["bemiddelaar-01"] >= 30


def needs_something(pathway: Pathway, newest: Recorded) -> bool:
    """An alert of a caseload, as far as this domain's facts tell."""
    if pathway.counsellor is None:
        return (TODAY - brussels_today(newest.recorded_at)).days > 2
    running = pathway.running()
    if running:
        return min(m.planned_until for m in running) <= TODAY + timedelta(days=14)
    ibo_done = [
        m.through
        for m in pathway.modules
        if m.kind == "IBO" and m.status == ModuleStatus.VOLTOOID and not pathway.hires
    ]
    if ibo_done and timedelta(7) < TODAY - max(ibo_done) < timedelta(40):
        return True
    return (TODAY - brussels_today(newest.recorded_at)).days > 60


def test_modules_side_by_side_are_the_exception_and_start_after_enrolment(
    simulated: Simulated, states: dict[UUID, Pathway]
) -> None:
    for pathway in states.values():
        assert all(m.started_on >= pathway.enrolled_on for m in pathway.modules)
    assert len(told(simulated, ModuleStart)) > PLAN.pathways / 2
