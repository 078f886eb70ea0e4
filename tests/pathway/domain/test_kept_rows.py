"""The rows that judged a fact are kept with it: every row that could have stood in its way, and no other."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from pathway.domain import refusals
from pathway.domain.carrying import Carried
from pathway.domain.catalogue import PathwayFact
from pathway.domain.codes import InterruptionReason, MergeReason, ModuleKind, PlanMotive, Scheme
from pathway.domain.course import (
    ModuleExtended,
    ModuleIntensityChanged,
    ModuleInterrupted,
    ModuleResumed,
    ModuleShortened,
)
from pathway.domain.merging import PathwaysMerged
from pathway.domain.planning import ModulePlanned
from pathway.domain.rules import TABLE, Certainty, Table
from pathway.domain.wep_plus import WepPlusMigrated

from tests.pathway.domain.kit import (
    ANNA,
    EMPLOYER,
    GUIDE,
    PROMOTOR,
    completed,
    day,
    enrolled,
    given,
    hired,
    ibo_completed,
    ibo_started,
    module_id,
    stage_started,
    stopped,
    w_started,
)
from tests.pathway.domain.test_wep_plus_rules import W_KIND, migrated

IBO = ibo_started(1, "2015-01-05", "2015-05-29", 19)
W = w_started(1, until="2015-06-30", hours=19)
ONE = {"module_id": module_id(1)}
BECAUSE = {"motive": PlanMotive.OVERMACHT}
PAUSED = ModuleInterrupted(
    occurred_on=day("2015-03-02"), **ONE, reason=InterruptionReason.FAMILIAAL
)
RESUMED = ModuleResumed(occurred_on=day("2015-03-16"), **ONE, planned_until=day("2015-06-30"))
EXTENDED = ModuleExtended(
    occurred_on=day("2015-03-16"), **ONE, planned_until=day("2015-07-03"), **BECAUSE
)
SHORTENED = ModuleShortened(
    occurred_on=day("2015-03-16"), **ONE, planned_until=day("2015-05-15"), **BECAUSE
)
MORE_HOURS = ModuleIntensityChanged(
    occurred_on=day("2015-03-16"), **ONE, hours_per_week=Decimal(30), **BECAUSE
)


def planned(kind: ModuleKind, organisation: str) -> ModulePlanned:
    return ModulePlanned(
        occurred_on=day("2015-01-05"),
        **ONE,
        module_kind=kind,
        organisation=organisation,
        planned_from=day("2015-02-02"),
        planned_until=day("2015-06-26"),
        hours_per_week=Decimal(38),
    )


OF_IBO, OF_WEEK = "ibo/until-2018", "full-week-38/2003"
INFLOW, MEASURE = "wep-plus-inflow/2015", "wep-plus/2015"
KEPT: list[tuple[PathwayFact, tuple[PathwayFact, ...], tuple[str, ...]]] = [
    (planned(ModuleKind.IBO, EMPLOYER), (), (OF_IBO, OF_WEEK)),
    (planned(ModuleKind.WEP_WERKERVARING, PROMOTOR), (), (INFLOW, MEASURE, OF_WEEK)),
    (IBO, (), (OF_IBO, OF_WEEK)),
    (stage_started(1, "2015-03-02", "2015-03-27"), (), ("os/ongoing", OF_WEEK)),
    (PAUSED, (IBO,), ()),
    (RESUMED, (IBO, PAUSED), (OF_IBO, OF_WEEK)),
    (EXTENDED, (IBO,), (OF_IBO, OF_WEEK)),
    (SHORTENED, (IBO,), (OF_IBO, OF_WEEK)),
    (MORE_HOURS, (IBO,), (OF_IBO, OF_WEEK)),
    (PAUSED, (W,), ()),
    (RESUMED, (W, PAUSED), (MEASURE, OF_WEEK)),
    (EXTENDED, (W,), (MEASURE, OF_WEEK)),
    (SHORTENED, (W,), (MEASURE, OF_WEEK)),
    (MORE_HOURS, (W,), (OF_WEEK,)),
    (ibo_completed(1, "2015-05-29"), (IBO,), (OF_IBO, OF_WEEK)),
    (stopped(1, "2015-05-29"), (IBO,), (OF_WEEK,)),
    (stopped(1, "2015-06-05"), (IBO,), (OF_IBO, OF_WEEK)),
    (completed(1, "2015-06-30"), (W,), (MEASURE, OF_WEEK)),
    (migrated("2015-07-01", (1, W_KIND, "2015-06-30")), (W,), ("iwpl-subsidie/2015", MEASURE)),
    (hired("2015-03-02"), (IBO,), ()),
]


@pytest.mark.parametrize(
    ("fact", "before", "rows"),
    KEPT,
    ids=[f"{fact.name} after {','.join(b.name for b in before)}" for fact, before, _ in KEPT],
)
def test_a_fact_keeps_the_rows_that_judged_it(
    fact: PathwayFact, before: tuple[PathwayFact, ...], rows: tuple[str, ...]
) -> None:
    assert fact.judged_by(given(enrolled(), *before).pathway) == rows


def merged(*facts: PathwayFact) -> PathwaysMerged:
    return PathwaysMerged(
        occurred_on=day("2016-01-04"),
        absorbed=UUID(int=5),
        absorbed_person=ANNA,
        absorbed_enrolled_on=day("2014-01-06"),
        reason=MergeReason.TWEE_NUMMERS,
        facts=tuple(Carried(fact_id=UUID(int=n), fact=fact) for n, fact in enumerate(facts)),
    )


@pytest.mark.parametrize(
    ("came", "rows"),
    [
        ((IBO, ibo_completed(1, "2015-05-29")), (OF_WEEK,)),
        ((planned(ModuleKind.IBO, EMPLOYER),), (OF_WEEK,)),
        ((hired("2015-03-02"),), ()),
    ],
    ids=["started", "only planned", "no module"],
)
def test_a_merge_keeps_the_row_that_the_week_was_judged_by_once_more(
    came: tuple[PathwayFact, ...], rows: tuple[str, ...]
) -> None:
    assert merged(*came).judged_by(given(enrolled()).pathway) == rows


def test_a_migration_that_ended_a_module_past_the_measure_is_refused() -> None:
    late = WepPlusMigrated.model_validate(
        {
            **migrated("2015-11-02", (1, W_KIND, "2015-10-01")).model_dump(),
            "to_scheme": Scheme.VDAB_REGULIER,
            "guiding_organisation_after": GUIDE,
        }
    )

    with pytest.raises(refusals.EndAfterMeasure, match="2015-09-30, not on 2015-10-01"):
        late.fits(given(enrolled(), W).pathway)


# --- The week by its row ------------------------------------------------------------------------------


def week_of(hours: int, **changed: object) -> Table:
    week = {"max_hours": Decimal(hours), **changed}
    return Table(
        [r.model_copy(update=week) if r.id == OF_WEEK else r for r in TABLE.rows],
    )


def refused(fact: PathwayFact, before: tuple[PathwayFact, ...], table: Table) -> list[str]:
    return [f.rule for f in fact.in_place(given(enrolled(), *before).pathway, table).findings]


@pytest.mark.parametrize(
    ("fact", "before", "hit"),
    [
        (ibo_started(1, "2015-01-05", "2015-05-29", 37), (), True),
        (ibo_started(1, "2015-01-05", "2015-05-29", 36), (), False),
        (stage_started(2, "2015-03-02", "2015-03-27", 18), (IBO,), True),
        (stage_started(2, "2015-03-02", "2015-03-27", 17), (IBO,), False),
        (MORE_HOURS, (IBO, stage_started(2, "2015-03-02", "2015-03-27", 7)), True),
        (MORE_HOURS, (IBO, stage_started(2, "2015-02-02", "2015-03-13", 7)), False),
    ],
)
def test_a_module_and_a_change_are_judged_by_the_week_of_the_table_that_is_given(
    fact: PathwayFact, before: tuple[PathwayFact, ...], hit: bool
) -> None:
    assert refused(fact, before, week_of(36)) == ["too-many-hours"] * hit
    assert refused(fact, before, TABLE) == []


FULL = ibo_started(1, "2015-01-05", "2015-05-29", 38)


@pytest.mark.parametrize(
    ("fact", "hit"),
    [
        (EXTENDED, True),
        (stopped(1, "2015-06-05"), True),
        (SHORTENED, False),
        (stopped(1, "2015-05-29"), False),
        (stopped(1, "2015-03-06"), False),
        (ModuleIntensityChanged.model_validate(MORE_HOURS.model_dump() | {"hours_per_week": 37}), False),
    ],
    ids=["extended", "ended late", "shortened", "ended as planned", "ended early", "fewer hours"],
)  # fmt: skip
def test_only_what_takes_more_than_before_answers_for_a_week_that_was_too_full(
    fact: PathwayFact, hit: bool
) -> None:
    assert refused(fact, (FULL,), week_of(36)) == ["too-many-hours"] * hit


def test_the_first_day_past_the_planned_end_is_named() -> None:
    pathway = given(enrolled(), FULL).pathway

    (finding,) = EXTENDED.in_place(pathway, week_of(36)).findings

    assert finding.refused is not None
    assert finding.refused.message == (
        "From 2015-05-30 on the modules would take 38 hours a week together; at most 36 are allowed."
    )


def test_each_week_is_judged_by_the_row_of_its_own_day() -> None:
    later = TABLE.row(OF_WEEK).model_copy(
        update={"id": "full-week-30/2015", "since": date(2015, 3, 1), "max_hours": Decimal(30)}
    )
    until = week_of(38, until=date(2015, 2, 28))
    table = Table([*until.rows, later])
    stage = stage_started(2, "2015-02-02", "2015-04-30", 15)
    other = stage_started(3, "2015-03-02", "2015-03-27", 1)

    fits = IBO.in_place(given(enrolled(), stage).pathway, table)
    not_so = other.in_place(given(enrolled(), IBO, stage).pathway, table)

    assert (fits.judged_by, fits.findings) == ((OF_WEEK,), ())
    assert not_so.judged_by == ("full-week-30/2015",)
    assert [f.row and f.row.id for f in not_so.findings] == ["full-week-30/2015"]


def test_a_week_that_is_not_sure_warns() -> None:
    unsure = week_of(36, certainty=Certainty.LOW)

    verdict = FULL.whole_verdict(given(enrolled()).pathway, unsure)

    assert verdict.warnings == ("rule-uncertain",)
    verdict.hold()


def test_a_table_that_says_nothing_of_the_week_allows_any() -> None:
    without = Table([row for row in TABLE.rows if row.id != OF_WEEK])

    assert FULL.in_place(given(enrolled()).pathway, without) == ((), ())
