"""Days on which somebody was not in their module: only while it runs, and each day once."""

import pytest
from pathway.domain import refusals, report_refusals
from pathway.domain.absence import AbsenceReported, ReportAbsence
from pathway.domain.codes import (
    AbsenceReason,
    AnnulmentReason,
    InterruptionReason,
    ModuleKind,
)
from pathway.domain.corrections import AnnulModule
from pathway.domain.course import ModuleInterrupted, ModuleResumed
from pathway.domain.planning import ModulePlanned
from pathway.domain.values import DataClass

from tests.pathway.domain.kit import (
    EMPLOYER,
    Given,
    day,
    enrolled,
    given,
    ibo_completed,
    ibo_started,
    module_id,
)

RUNNING = given(enrolled(), ibo_started(1, "2015-01-05", "2015-06-26"))
PAUSE = ModuleInterrupted(
    occurred_on=day("2015-03-02"), module_id=module_id(1), reason=InterruptionReason.FAMILIAAL
)
AGAIN = ModuleResumed(
    occurred_on=day("2015-03-09"), module_id=module_id(1), planned_until=day("2015-07-03")
)


def absent(
    on: str, until: str, reason: AbsenceReason = AbsenceReason.ZIEKTE, module: int = 1
) -> ReportAbsence:
    return ReportAbsence(
        on=day(on), module_id=module_id(module), last_day=day(until), reason=reason
    )


def reported(before: Given, *commands: ReportAbsence) -> Given:
    for command in commands:
        before = given(*before.facts, *before.when(command))
    return before


def test_an_absence_leaves_the_module_as_it_is() -> None:
    after = reported(RUNNING, absent("2015-02-02", "2015-02-04"))

    assert after.facts[-1] == AbsenceReported(
        occurred_on=day("2015-02-02"),
        module_id=module_id(1),
        last_day=day("2015-02-04"),
        reason=AbsenceReason.ZIEKTE,
    )
    assert after.pathway.modules == RUNNING.pathway.modules
    assert [(one.since, one.last_day) for one in after.pathway.absences] == [
        (day("2015-02-02"), day("2015-02-04"))
    ]


def test_the_same_absence_is_reported_once() -> None:
    known = reported(RUNNING, absent("2015-02-02", "2015-02-04"))

    assert known.when(absent("2015-02-02", "2015-02-04")) == []


@pytest.mark.parametrize(
    ("on", "until"), [("2015-02-04", "2015-02-06"), ("2015-02-03", "2015-02-03")]
)
def test_nobody_is_absent_twice_on_one_day(on: str, until: str) -> None:
    known = reported(RUNNING, absent("2015-02-02", "2015-02-04"))

    with pytest.raises(report_refusals.AlreadyAbsent):
        known.when(absent(on, until, AbsenceReason.ONWETTIG))
    assert known.when(absent("2015-02-05", "2015-02-06"))


def test_one_that_is_told_late_may_not_reach_into_a_later_one() -> None:
    known = reported(RUNNING, absent("2015-02-09", "2015-02-13"))

    with pytest.raises(refusals.Collides, match="2015-02-09"):
        known.when(absent("2015-02-02", "2015-02-09"))
    assert known.when(absent("2015-02-02", "2015-02-08"))


def test_in_a_module_beside_it_the_person_was_absent_too() -> None:
    part_time = given(
        enrolled(),
        ibo_started(1, "2015-01-05", "2015-06-26", 19),
        ibo_started(2, "2015-01-05", "2015-06-26", 19),
    )

    both = reported(
        part_time, absent("2015-02-02", "2015-02-04"), absent("2015-02-02", "2015-02-04", module=2)
    )

    assert {one.module_id for one in both.pathway.absences} == {module_id(1), module_id(2)}


def test_the_first_and_the_last_day_of_a_module_are_days_in_it() -> None:
    done = given(*RUNNING.facts, ibo_completed(1, "2015-06-26"))

    assert done.when(absent("2015-01-05", "2015-01-05"))
    assert done.when(absent("2015-06-26", "2015-06-26"))


@pytest.mark.parametrize(
    ("on", "refusal"),
    [
        # Before its start there is no such module yet.
        ("2015-01-04", refusals.UnknownModule),
        ("2015-06-27", report_refusals.NotInModule),
    ],
)
def test_outside_of_a_module_nobody_is_absent_from_it(
    on: str, refusal: type[refusals.Refused]
) -> None:
    done = given(*RUNNING.facts, ibo_completed(1, "2015-06-26"))

    with pytest.raises(refusal):
        done.when(absent(on, on))


def test_from_what_is_only_planned_nobody_is_absent() -> None:
    planned = ModulePlanned(
        occurred_on=day("2015-01-05"),
        module_id=module_id(1),
        module_kind=ModuleKind.IBO,
        organisation=EMPLOYER,
        planned_from=day("2015-01-12"),
        planned_until=day("2015-06-26"),
        hours_per_week=RUNNING.facts[-1].hours_per_week,
    )

    with pytest.raises(report_refusals.NotInModule):
        given(enrolled(), planned).when(absent("2015-02-02", "2015-02-02"))


def test_during_a_pause_nobody_is_absent_and_before_it_and_after_it_one_is() -> None:
    paused = given(*RUNNING.facts, PAUSE, AGAIN)

    for during in ("2015-03-02", "2015-03-08"):
        with pytest.raises(report_refusals.NotInModule):
            paused.when(absent(during, during))
    assert paused.when(absent("2015-03-01", "2015-03-01"))
    assert paused.when(absent("2015-03-09", "2015-03-09"))


def test_an_absence_does_not_end_before_it_begins() -> None:
    with pytest.raises(refusals.EndBeforeStart) as refused:
        RUNNING.when(absent("2015-02-02", "2015-02-01"))

    assert refused.value.field == "last_day"


def test_of_a_module_that_nobody_knows_there_is_no_absence() -> None:
    with pytest.raises(refusals.UnknownModule):
        RUNNING.when(absent("2015-02-02", "2015-02-02", module=7))


def test_with_an_annulled_module_its_absences_go() -> None:
    known = reported(RUNNING, absent("2015-02-02", "2015-02-04"))
    annul = AnnulModule(
        on=day("2015-03-02"), module_id=module_id(1), reason=AnnulmentReason.VERKEERD_INSTRUMENT
    )

    assert given(*known.facts, *known.when(annul)).pathway.absences == ()


def test_an_absence_is_a_matter_of_health_and_goes_along_with_its_module() -> None:
    assert AbsenceReported.data_class is DataClass.SPECIAL
    assert AbsenceReported.carried
