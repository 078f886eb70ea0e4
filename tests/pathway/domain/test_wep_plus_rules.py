"""WEP+: its last inflow, its end, and going on from it, day by day."""

import pytest
from pathway.domain import refusals, rules
from pathway.domain.codes import (
    LegalStatus,
    ModuleKind,
    ModuleStatus,
    PathwayStatus,
    Scheme,
    StopReason,
)
from pathway.domain.modules import StopModule
from pathway.domain.wep_plus import (
    CompleteModule,
    MigratedModule,
    MigrateWepPlus,
    StartInsertionModule,
    StartWepPlusModule,
    StartWorkExperienceModule,
    WepPlusMigrated,
)

from tests.pathway.domain.kit import (
    GUIDE,
    HOST,
    PROMOTOR,
    assigned,
    completed,
    day,
    enrolled,
    given,
    hired,
    i_started,
    ibo_started,
    module_id,
    stopped,
    w_started,
)

PATHWAY = given(enrolled())
IN_WEP_PLUS = given(enrolled(), w_started(1), i_started(2))


def start(
    on: str,
    until: str = "2015-09-30",
    kind: type[StartWepPlusModule] = StartWorkExperienceModule,
) -> StartWepPlusModule:
    return kind(on=day(on), planned_until=day(until), hours_per_week="38", promotor=PROMOTOR)


def migrate(
    on: str, to_scheme: Scheme = Scheme.IWPL_SUBSIDIE, lot: str | None = None
) -> MigrateWepPlus:
    return MigrateWepPlus(
        on=day(on),
        to_scheme=to_scheme,
        lot=lot,
        guiding_organisation=GUIDE,
        host_organisation=HOST,
        aftercare_premium=True,
    )


def migrated(
    on: str, *modules: tuple[int, ModuleKind, str], to_scheme: Scheme = Scheme.IWPL_SUBSIDIE
) -> WepPlusMigrated:
    return WepPlusMigrated(
        occurred_on=day(on),
        from_modules=tuple(
            MigratedModule(module_id=module_id(n), kind=kind, last_day=day(last))
            for n, kind, last in modules
        ),
        to_scheme=to_scheme,
        guiding_organisation_before=PROMOTOR,
        guiding_organisation_after=GUIDE,
        host_organisation=HOST,
        aftercare_premium=True,
    )


W_KIND, I_KIND = ModuleKind.WEP_WERKERVARING, ModuleKind.WEP_INSCHAKELING
BOTH = [StartWorkExperienceModule, StartInsertionModule]


@pytest.mark.parametrize("kind", BOTH)
def test_the_last_inflow_is_on_31_march_2015(kind: type[StartWepPlusModule]) -> None:
    assert PATHWAY.when(start("2015-03-31", kind=kind))

    with pytest.raises(
        refusals.InflowClosed, match="up to 2015-03-31, not on 2015-04-01"
    ) as refused:
        PATHWAY.when(start("2015-04-01", kind=kind))
    assert refused.value.field == "on"


@pytest.mark.parametrize("kind", BOTH)
def test_a_module_is_planned_up_to_30_september_2015_at_most(
    kind: type[StartWepPlusModule],
) -> None:
    assert PATHWAY.when(start("2015-01-05", "2015-09-30", kind))

    with pytest.raises(refusals.EndAfterMeasure, match="2015-09-30") as refused:
        PATHWAY.when(start("2015-01-05", "2015-10-01", kind))
    assert refused.value.field == "planned_until"


def test_a_module_ends_on_30_september_2015_at_the_latest() -> None:
    complete = CompleteModule(on=day("2015-09-30"), module_id=module_id(1))
    late = CompleteModule(on=day("2015-10-01"), module_id=module_id(1))

    assert IN_WEP_PLUS.when(complete) == [completed(1, "2015-09-30")]
    with pytest.raises(refusals.EndAfterMeasure):
        IN_WEP_PLUS.when(late)


def test_without_a_successor_a_module_ends_with_the_measure_and_the_pathway_goes_on() -> None:
    stop = StopModule(
        on=day("2015-09-30"), module_id=module_id(1), reason=StopReason.EINDE_MAATREGEL
    )
    facts = given(enrolled(), w_started(1)).when(stop)

    assert facts == [stopped(1, "2015-09-30", StopReason.EINDE_MAATREGEL)]
    assert not given(enrolled(), w_started(1), *facts).pathway.closed


def test_other_modules_do_not_end_with_wep_plus() -> None:
    running = given(enrolled(), ibo_started(1, "2015-06-01", "2015-10-31"))
    stop = StopModule(on=day("2015-10-01"), module_id=module_id(1), reason=StopReason.OPLEIDING)

    assert running.when(stop)


def test_a_person_migrates_and_the_modules_end_the_day_before() -> None:
    facts = IN_WEP_PLUS.when(migrate("2015-07-01"))

    assert facts == [migrated("2015-07-01", (1, W_KIND, "2015-06-30"), (2, I_KIND, "2015-06-30"))]


def test_a_migrant_was_an_employee_and_is_a_jobseeker_again() -> None:
    (fact,) = IN_WEP_PLUS.when(migrate("2015-07-01"))

    assert isinstance(fact, WepPlusMigrated)
    assert fact.legal_status_before == LegalStatus.DOELGROEPWERKNEMER
    assert fact.legal_status_after == LegalStatus.WERKZOEKENDE
    assert (fact.guiding_organisation_before, fact.guiding_organisation_after) == (PROMOTOR, GUIDE)


def test_a_migration_ends_modules_without_completion_and_without_early_stop() -> None:
    after = given(*IN_WEP_PLUS.facts, *IN_WEP_PLUS.when(migrate("2015-07-01"))).pathway

    assert [(m.status, m.reason, m.last_day) for m in after.modules] == [
        (ModuleStatus.STOPGEZET, StopReason.EINDE_MAATREGEL, day("2015-06-30"))
    ] * 2


def test_a_migration_is_neither_inflow_nor_outflow() -> None:
    after = given(*IN_WEP_PLUS.facts, *IN_WEP_PLUS.when(migrate("2015-07-01"))).pathway

    assert after.status == PathwayStatus.IN_BEGELEIDING
    assert after.enrolled_on == IN_WEP_PLUS.pathway.enrolled_on
    assert after.scheme == Scheme.IWPL_SUBSIDIE
    assert after.guiding_organisation == GUIDE


@pytest.mark.parametrize(
    ("scheme", "lot", "open_on", "shut_on"),
    [
        (Scheme.IWPL_SUBSIDIE, None, ["2015-07-01", "2015-12-31"], ["2015-06-30", "2016-01-01"]),
        (Scheme.VDAB_REGULIER, None, ["2015-07-01", "2016-05-31"], ["2015-06-30"]),
        (Scheme.IWPL_TENDER, "perceel-4", ["2016-01-01", "2016-05-31"], ["2015-12-31"]),
    ],
)
def test_each_scheme_is_open_on_its_own_days(
    scheme: Scheme, lot: str | None, open_on: list[str], shut_on: list[str]
) -> None:
    for on in open_on:
        assert IN_WEP_PLUS.when(migrate(on, scheme, lot))
    for on in shut_on:
        with pytest.raises(refusals.MigrationOutOfRange, match=f"not on {on}") as refused:
            IN_WEP_PLUS.when(migrate(on, scheme, lot))
        assert refused.value.field == "on"


def test_the_tender_took_people_until_the_end_of_2018() -> None:
    then = day("2019-06-03")
    last, late = (
        migrate(on, Scheme.IWPL_TENDER, "perceel-4") for on in ("2018-12-31", "2019-01-01")
    )

    assert IN_WEP_PLUS.when(last, then)
    with pytest.raises(refusals.MigrationOutOfRange, match="from 2016-01-01 to 2018-12-31"):
        IN_WEP_PLUS.when(late, then)


def test_the_tender_needs_its_lot() -> None:
    with pytest.raises(refusals.MigrationOutOfRange) as refused:
        IN_WEP_PLUS.when(migrate("2016-02-01", Scheme.IWPL_TENDER))

    assert refused.value.field == "lot"


@pytest.mark.parametrize("scheme", [Scheme.IWPL_SUBSIDIE, Scheme.VDAB_REGULIER])
def test_no_scheme_but_the_tender_has_lots(scheme: Scheme) -> None:
    with pytest.raises(refusals.MigrationOutOfRange, match="Leave the lot out") as refused:
        IN_WEP_PLUS.when(migrate("2015-10-01", scheme, "perceel-4"))

    assert refused.value.field == "lot"


def test_a_gap_before_the_migration_is_allowed_and_flagged() -> None:
    (gap,) = given(enrolled(), w_started(1)).when(migrate("2015-11-01"))
    (none,) = given(enrolled(), w_started(1)).when(migrate("2015-10-01"))

    assert gap == migrated("2015-11-01", (1, W_KIND, "2015-09-30"))
    assert gap.warnings(None) == ("gap-before-migration",)
    assert none.warnings(None) == ()


def test_a_module_that_was_planned_to_end_earlier_ends_as_planned() -> None:
    planned = given(enrolled(), w_started(1, until="2015-06-30"))

    assert planned.when(migrate("2015-10-01")) == [
        migrated("2015-10-01", (1, W_KIND, "2015-06-30"))
    ]


def test_a_completed_module_migrates_and_stays_completed() -> None:
    history = [enrolled(), w_started(1), i_started(2), completed(1, "2015-06-30")]

    facts = given(*history).when(migrate("2015-10-01"))

    assert facts == [migrated("2015-10-01", (1, W_KIND, "2015-06-30"), (2, I_KIND, "2015-09-30"))]
    after = given(*history, *facts).pathway
    assert [(m.status, m.reason) for m in after.modules] == [
        (ModuleStatus.VOLTOOID, None),
        (ModuleStatus.STOPGEZET, StopReason.EINDE_MAATREGEL),
    ]


def test_an_end_told_again_after_the_migration_changes_nothing() -> None:
    history = [enrolled(), w_started(1), completed(1, "2015-06-30")]
    after = given(*history, migrated("2015-10-01", (1, W_KIND, "2015-06-30")))

    assert after.when(CompleteModule(on=day("2015-06-30"), module_id=module_id(1))) == []


def test_an_early_stopped_module_migrates_and_keeps_its_reason() -> None:
    history = [enrolled(), w_started(1), stopped(1, "2015-06-30", StopReason.PARTNER_STOPT)]

    after = given(*history, *given(*history).when(migrate("2015-08-01"))).pathway

    assert [m.reason for m in after.modules] == [StopReason.PARTNER_STOPT]


@pytest.mark.parametrize("on", ["2015-09-15", "2015-09-30"])
def test_a_migration_never_comes_on_or_before_the_modules_last_day(on: str) -> None:
    ended = given(enrolled(), w_started(1), completed(1, "2015-09-30"))

    with pytest.raises(refusals.MigrationOutOfRange, match="2015-09-30"):
        ended.when(migrate(on))


def test_a_person_without_wep_plus_has_nothing_to_migrate() -> None:
    with pytest.raises(refusals.NothingToMigrate):
        given(enrolled(), ibo_started(1, "2015-01-01", "2015-12-31")).when(migrate("2015-10-01"))


def test_a_person_migrates_once() -> None:
    done = given(*IN_WEP_PLUS.facts, *IN_WEP_PLUS.when(migrate("2015-10-01")))

    for command in (migrate("2015-10-01"), migrate("2016-02-01", Scheme.VDAB_REGULIER)):
        with pytest.raises(refusals.AlreadyMigrated):
            done.when(command)


def test_a_migration_touches_wep_plus_only() -> None:
    pathway = given(
        enrolled(),
        w_started(1, hours=19, until="2015-06-30"),
        ibo_started(2, "2015-06-01", "2015-12-31", hours=19),
    )

    after = given(*pathway.facts, *pathway.when(migrate("2015-08-01"))).pathway

    assert [m.status for m in after.modules] == [ModuleStatus.STOPGEZET, ModuleStatus.LOPEND]


def test_a_migration_told_late_is_folded_in_at_its_own_day() -> None:
    told = given(*IN_WEP_PLUS.facts, assigned("2016-03-01"))

    facts = told.when(migrate("2015-10-01"))

    assert facts == [migrated("2015-10-01", (1, W_KIND, "2015-09-30"), (2, I_KIND, "2015-09-30"))]


def test_nobody_migrates_to_twe_which_began_after_wep_plus() -> None:
    with pytest.raises(refusals.MigrationOutOfRange, match="TWE began in 2017") as refused:
        IN_WEP_PLUS.when(migrate("2017-02-01", Scheme.TWE), day("2017-03-01"))

    assert refused.value.field == "to_scheme"


def test_a_migration_cannot_make_a_module_run_past_a_hire() -> None:
    told = given(enrolled(), hired("2015-06-01"), w_started(1))

    with pytest.raises(refusals.ModuleEnded, match="2015-06-01"):
        told.when(migrate("2015-10-01"))


def test_the_rows_that_judged_a_fact_are_kept_with_it() -> None:
    (started,) = PATHWAY.when(start("2015-03-31"))
    (done,) = IN_WEP_PLUS.when(migrate("2015-10-01"))

    assert started.judged_by(None) == (
        rules.WEP_PLUS_INFLOW.id,
        rules.WEP_PLUS.id,
        rules.FULL_WEEK.id,
    )
    assert done.judged_by(None) == (rules.MIGRATION[Scheme.IWPL_SUBSIDIE].id, rules.WEP_PLUS.id)
    assert ibo_started(1, "2015-01-01", "2015-06-30").judged_by(None) == (
        "ibo/until-2018",
        rules.FULL_WEEK.id,
    )
    assert enrolled().judged_by(None) == ()


def test_the_rows_that_judged_an_end_follow_from_its_module() -> None:
    before = given(
        enrolled(), w_started(1), ibo_started(2, "2015-01-01", "2015-06-30", 0.25)
    ).pathway
    wep_plus, full_week = rules.WEP_PLUS.id, rules.FULL_WEEK.id

    assert completed(1, "2015-06-30").judged_by(before) == (wep_plus, full_week)
    assert stopped(1, "2015-06-30").judged_by(before) == (wep_plus, full_week)
    assert stopped(2, "2015-06-30").judged_by(before) == (full_week,)
