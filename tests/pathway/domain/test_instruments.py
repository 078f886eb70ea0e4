"""IBO and stage by the rules of their own day, also when they are registered today."""

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given as whenever, strategies as st
from pathway.domain import refusals
from pathway.domain.catalogue import PathwayFact
from pathway.domain.codes import IboVariant, ModuleKind, StageKind
from pathway.domain.commands import Moment
from pathway.domain.corrections import CorrectData
from pathway.domain.enrolment import ParticipantCharacteristicsRecorded
from pathway.domain.facts import Fact
from pathway.domain.ibo import CONTRACT_NOT_SIGNED, IboStarted, StartIbo
from pathway.domain.judging import RULE_UNCERTAIN, SOFT_MAXIMUM_PASSED, judged
from pathway.domain.lengths import length
from pathway.domain.refusals import Refused
from pathway.domain.rules import SHIPPED, TABLE, Certainty, Instrument, Table
from pathway.domain.stage import StageStarted, StartStage
from pathway.domain.state import Module

from tests.pathway.domain.kit import (
    EMPLOYER,
    HOST,
    NEW,
    OTHER_EMPLOYER,
    day,
    enrolled,
    fact_id,
    given,
    ibo_started,
    module_id,
)

TODAY = date(2026, 11, 26)
"""Long after: every row is asked of a day that lies years back."""
ENROLLED = enrolled("2009-01-05")
IBO, C_IBO, GIBO, IBO_T, K_IBO = IboVariant


def ibo(on: str, until: str, variant: IboVariant = IBO, **more: object) -> StartIbo:
    told = {"hours_per_week": "38", "employer": EMPLOYER, "variant": variant, **more}
    return StartIbo.model_validate({"on": on, "planned_until": until, **told})


def stage(kind: StageKind, on: str, until: str, hours: str = "38", host: str = HOST) -> StartStage:
    return StartStage(
        on=day(on), planned_until=day(until), hours_per_week=hours, stage=kind, host=host
    )


def started(command: StartIbo | StartStage, *before: PathwayFact) -> Fact:
    """The fact that follows today."""
    (fact,) = given(ENROLLED, *before).when(command, TODAY)
    return fact


def warned(command: StartIbo | StartStage, *before: PathwayFact) -> tuple[str, ...]:
    """What the table warns of; whether a contract was signed is another matter."""
    pathway = given(ENROLLED, *before).pathway
    warnings = started(command, *before).warnings(pathway)
    return tuple(warning for warning in warnings if warning != CONTRACT_NOT_SIGNED)


def judged_by(command: StartIbo | StartStage, *before: PathwayFact) -> str:
    """The row that judged it, beside the full week."""
    row, week = started(command, *before).judged_by(given(ENROLLED, *before).pathway)
    assert week == "full-week-38/2003"
    return row


def refused(
    command: StartIbo | StartStage, rule: type[Refused], *before: PathwayFact
) -> tuple[str, str | None]:
    """What is said of it, and the field."""
    with pytest.raises(rule) as why:
        given(ENROLLED, *before).when(command, TODAY)
    assert type(why.value) is rule
    return why.value.message, why.value.field


def recorded(**told: object) -> ParticipantCharacteristicsRecorded:
    return ParticipantCharacteristicsRecorded.model_validate({"occurred_on": "2009-01-05", **told})


# --- The row of the fact's own day -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "row"),
    [
        (ibo("2018-08-31", "2018-12-31"), "ibo/until-2018"),
        (ibo("2018-09-01", "2018-12-31"), "ibo/2018"),
        (ibo("2012-01-01", "2012-12-29", C_IBO), "c-ibo/2012"),
        (ibo("2018-08-31", "2018-12-31", GIBO), "gibo/until-2018"),
        (ibo("2018-08-31", "2018-12-31", IBO_T), "ibo-t/until-2018"),
        (ibo("2010-01-01", "2010-03-31", IBO_T), "ibo-t/until-2018"),
        (ibo("2018-09-01", "2018-12-31", IBO_T), "ibo-t/2018"),
        (ibo("2018-09-01", "2019-08-31", K_IBO), "k-ibo/2018"),
        (stage(StageKind.BVS, "2022-12-31", "2023-01-20"), "bvs/2009"),
        (stage(StageKind.OS, "2012-03-01", "2013-03-01"), "os/ongoing"),
        (stage(StageKind.AS, "2017-04-11", "2017-10-10"), "as/2017"),
        (stage(StageKind.WES, "2017-02-01", "2017-07-31"), "wes/2017"),
        (stage(StageKind.WES, "2023-01-01", "2023-06-30"), "wes/2023"),
        (stage(StageKind.IS, "2013-02-01", "2013-04-30"), "is/2013"),
        (stage(StageKind.BIS, "2020-02-01", "2021-02-01"), "bis/ongoing"),
        (stage(StageKind.KOS, "2020-02-03", "2020-02-07"), "kos/ongoing"),
        (stage(StageKind.ORS, "2018-08-31", "2018-09-30"), "ors/until-2018"),
        (stage(StageKind.WIJ, "2010-01-01", "2010-03-31"), "wij/2010s"),
        (stage(StageKind.WIJ, "2015-08-31", "2015-12-31"), "wij/2010s"),
        (stage(StageKind.WIJ, "2019-12-31", "2020-03-31"), "wij/2010s"),
    ],
    ids=lambda told: told if isinstance(told, str) else "",
)
def test_a_start_of_years_ago_is_judged_today_by_the_row_of_its_own_day(
    command: StartIbo | StartStage, row: str
) -> None:
    assert judged_by(command) == row
    assert warned(command) == ()


@pytest.mark.parametrize(
    ("command", "was_open"),
    [
        (ibo("2018-08-31", "2019-02-28", K_IBO), "from 2018-09-01 on"),
        (ibo("2011-12-31", "2012-06-29", C_IBO), "from 2012-01-01 to 2018-08-31"),
        (stage(StageKind.BVS, "2009-06-04", "2009-06-20"), "from 2009-06-05 to 2022-12-31"),
        (stage(StageKind.AS, "2017-04-10", "2017-05-10"), "from 2017-04-11 to 2022-12-31"),
        (stage(StageKind.AS, "2023-01-01", "2023-05-10"), "from 2017-04-11 to 2022-12-31"),
        (stage(StageKind.WES, "2017-01-31", "2017-05-10"), "from 2017-02-01 to 2022-12-31 and from"),
        (stage(StageKind.IS, "2013-01-31", "2013-03-31"), "from 2013-02-01 to 2018-08-31"),
        (stage(StageKind.IS, "2018-09-01", "2018-11-30"), "from 2013-02-01 to 2018-08-31"),
    ],
    ids=lambda told: told if isinstance(told, str) else "",
)  # fmt: skip
def test_what_was_not_open_on_its_day_is_refused_with_when_it_was(
    command: StartIbo | StartStage, was_open: str
) -> None:
    message, field = refused(command, refusals.InstrumentNotOpen)

    assert was_open in message
    assert f"not on {command.on}" in message
    form = command.model_dump().get("stage") or command.model_dump()["variant"]
    assert form not in message.replace("IBO could", ""), "a form may tell of an illness"
    assert field == "on"


@pytest.mark.parametrize(
    "command",
    [
        ibo("2018-09-01", "2018-12-31", C_IBO),
        ibo("2018-09-01", "2018-12-31", GIBO),
        ibo("2009-12-31", "2010-03-31", IBO_T),
        stage(StageKind.BVS, "2023-01-01", "2023-01-20"),
        stage(StageKind.ORS, "2018-09-01", "2018-09-20"),
        stage(StageKind.WIJ, "2009-12-31", "2010-03-20"),
        stage(StageKind.WIJ, "2020-01-01", "2020-03-20"),
    ],
    ids=lambda command: str(command.model_dump().get("stage") or command.variant),
)
def test_where_sources_leave_the_bounds_open_a_start_outside_them_is_warned_of(
    command: StartIbo | StartStage,
) -> None:
    assert warned(command) == (RULE_UNCERTAIN,)


# --- Lengths -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("variant", "on", "until", "too_long"),
    [
        (IBO, "2015-03-01", "2015-08-31", "2015-09-01"),
        (IBO, "2014-09-01", "2015-03-01", "2015-03-02"),
        (IBO, "2018-09-03", "2019-03-03", "2019-03-04"),
        (IBO, "2019-03-01", "2019-08-31", "2019-09-01"),
        (IBO, "2019-09-02", "2020-03-01", "2020-03-02"),
        (C_IBO, "2015-01-01", "2015-12-31", "2016-01-01"),
        (IBO_T, "2014-09-01", "2015-03-01", "2015-03-02"),
        (IBO_T, "2015-03-01", "2015-08-31", "2015-09-01"),
        (IBO_T, "2018-09-03", "2019-03-03", "2019-03-04"),
        (IBO_T, "2019-03-01", "2019-08-31", "2019-09-01"),
        (IBO_T, "2019-09-02", "2020-03-01", "2020-03-02"),
        (K_IBO, "2019-01-01", "2019-12-31", "2020-01-01"),
    ],
)
def test_an_ibo_lasts_no_longer_than_its_hard_maximum(
    variant: IboVariant, on: str, until: str, too_long: str
) -> None:
    assert started(ibo(on, until, variant))

    message, field = refused(ibo(on, too_long, variant), refusals.TooLong)
    assert f"to {until} at the latest, not to {too_long}" in message
    assert field == "planned_until"


@pytest.mark.parametrize(
    ("kind", "on", "until", "too_long"),
    [
        (StageKind.AS, "2018-01-15", "2018-07-14", "2018-07-15"),
        (StageKind.WES, "2018-01-15", "2018-07-14", "2018-07-15"),
        (StageKind.WES, "2024-01-15", "2024-07-14", "2024-07-15"),
        (StageKind.IS, "2015-02-10", "2015-05-09", "2015-05-10"),
        (StageKind.KOS, "2015-06-01", "2015-06-07", "2015-06-08"),
    ],
)
def test_a_stage_lasts_no_longer_than_its_hard_maximum(
    kind: StageKind, on: str, until: str, too_long: str
) -> None:
    assert started(stage(kind, on, until))

    message, field = refused(stage(kind, on, too_long), refusals.TooLong)
    assert "at most" in message
    assert field == "planned_until"


def test_a_short_course_with_stage_takes_five_full_or_ten_half_days() -> None:
    assert started(stage(StageKind.KOS, "2015-06-01", "2015-06-12", "19"))
    refused(stage(StageKind.KOS, "2015-06-01", "2015-06-15", "19"), refusals.TooLong)


@pytest.mark.parametrize(
    ("variant", "on", "until", "too_short"),
    [
        (IBO, "2015-06-01", "2015-06-26", "2015-06-25"),
        (IBO, "2019-06-03", "2019-06-28", "2019-06-27"),
        (C_IBO, "2015-06-01", "2015-06-26", "2015-06-25"),
        (IBO_T, "2015-06-01", "2015-06-26", "2015-06-25"),
        (IBO_T, "2019-06-03", "2019-06-28", "2019-06-27"),
    ],
)
def test_an_ibo_lasts_four_weeks_at_least(
    variant: IboVariant, on: str, until: str, too_short: str
) -> None:
    assert started(ibo(on, until, variant))

    message, field = refused(ibo(on, too_short, variant), refusals.TooShort)
    assert "at least 4 weeks" in message
    assert field == "planned_until"


@pytest.mark.parametrize("variant", [IBO, IBO_T])
def test_past_its_soft_maximum_an_ibo_since_2018_starts_with_a_warning(variant: IboVariant) -> None:
    assert warned(ibo("2019-09-02", "2020-02-16", variant)) == ()
    assert warned(ibo("2019-09-02", "2020-02-17", variant)) == (SOFT_MAXIMUM_PASSED,)
    assert warned(ibo("2015-09-01", "2016-02-29", variant)) == ()


@pytest.mark.parametrize(
    "command",
    [
        ibo("2015-01-01", "2016-01-01", GIBO),
        stage(StageKind.BVS, "2015-03-02", "2015-04-01"),
    ],
    ids=["GIBO", "BVS"],
)
def test_past_a_maximum_that_is_hearsay_it_starts_with_a_warning(
    command: StartIbo | StartStage,
) -> None:
    assert warned(command) == (RULE_UNCERTAIN,)
    shorter = command.model_copy(update={"planned_until": command.planned_until - timedelta(1)})
    assert warned(shorter) == ()


# --- Hours and earlier work --------------------------------------------------------------------------


@pytest.mark.parametrize("variant", IboVariant)
@pytest.mark.parametrize("on", ["2015-06-01", "2019-06-03"])
def test_an_ibo_takes_half_of_the_week_at_least(variant: IboVariant, on: str) -> None:
    until = str(day(on) + timedelta(days=60))
    if TABLE.on(Instrument.IBO, variant, day(on)) is None:
        return

    assert started(ibo(on, until, variant, hours_per_week="17.5"))
    message, field = refused(ibo(on, until, variant, hours_per_week="17.25"), refusals.TooFewHours)
    assert "at least 17.5 hours" in message
    assert field == "hours_per_week"


def test_a_work_experience_stage_took_twenty_hours_a_week_until_2022() -> None:
    assert started(stage(StageKind.WES, "2022-12-31", "2023-03-31", "20"))
    refused(stage(StageKind.WES, "2022-12-31", "2023-03-31", "19.75"), refusals.TooFewHours)
    assert started(stage(StageKind.WES, "2023-01-01", "2023-03-31", "4"))


@pytest.mark.parametrize(
    ("variant", "on", "allowed"),
    [
        (IBO, "2018-08-31", 10),
        (IBO, "2018-09-01", 20),
        (C_IBO, "2018-08-31", 10),
        (GIBO, "2018-08-31", 10),
        (IBO_T, "2018-08-31", 10),
        (IBO_T, "2018-09-01", 20),
        (K_IBO, "2018-09-01", 20),
    ],
)
def test_only_so_many_days_of_agency_work_may_come_before_an_ibo(
    variant: IboVariant, on: str, allowed: int
) -> None:
    assert started(ibo(on, "2018-12-31", variant, prior_temp_days=allowed))

    more = ibo(on, "2018-12-31", variant, prior_temp_days=allowed + 1)
    message, field = refused(more, refusals.TooMuchTempWork)
    assert f"At most {allowed} days" in message
    assert field == "prior_temp_days"


def test_agency_work_that_was_not_told_is_not_judged() -> None:
    assert started(ibo("2015-09-01", "2016-02-29", prior_temp_days=None))


# --- The others of the pathway -----------------------------------------------------------------------


def instapstage(number: int, on: str, until: str, host: str) -> StageStarted:
    return StageStarted(
        occurred_on=day(on),
        module_id=module_id(number),
        planned_until=day(until),
        hours_per_week="38",
        stage=StageKind.IS,
        host=host,
    )


FIRST = instapstage(1, "2015-01-05", "2015-04-04", HOST)
SECOND = instapstage(2, "2015-05-04", "2015-08-03", EMPLOYER)


def test_a_second_instapstage_is_with_another_employer() -> None:
    there = stage(StageKind.IS, "2015-05-04", "2015-08-03", host=HOST)

    assert started(there.model_copy(update={"host": EMPLOYER}), FIRST)
    message, field = refused(there, refusals.SameEmployer, FIRST)
    assert "the one of 2015-01-05" in message
    assert field == "host"


def test_an_instapstage_told_late_is_with_another_employer_than_the_later_one() -> None:
    late = stage(StageKind.IS, "2014-09-01", "2014-11-30", host=HOST)

    refused(late, refusals.SameEmployer, FIRST)


def test_a_person_has_two_instapstages_at_most() -> None:
    third = stage(StageKind.IS, "2015-09-01", "2015-11-30", host=OTHER_EMPLOYER)

    assert started(third, FIRST)
    message, field = refused(third, refusals.TooManyOfAKind, FIRST, SECOND)
    assert "at most 2" in message
    assert field == "stage"


def test_other_stages_and_ibos_do_not_count_as_instapstages() -> None:
    ibo_there = IboStarted(
        occurred_on=day("2014-01-06"),
        module_id=module_id(3),
        planned_until=day("2014-06-30"),
        hours_per_week="38",
        employer=OTHER_EMPLOYER,
    )
    elsewhere = FIRST.model_copy(update={"stage": StageKind.OS, "host": OTHER_EMPLOYER})
    second = stage(StageKind.IS, "2015-09-01", "2015-11-30", host=OTHER_EMPLOYER)

    assert started(second, ibo_there, elsewhere, SECOND)


def test_any_number_of_other_stages_may_follow_at_one_place() -> None:
    another = stage(StageKind.OS, "2015-09-01", "2015-11-30", host=HOST)
    before = [
        one.model_copy(update={"stage": StageKind.OS, "host": HOST}) for one in (FIRST, SECOND)
    ]

    assert started(another, *before)


# --- For whom, as far as it is known -----------------------------------------------------------------


INSTAPSTAGE = stage(StageKind.IS, "2015-01-05", "2015-04-04")
INLEVING = stage(StageKind.WIJ, "2015-01-05", "2015-04-04")


@pytest.mark.parametrize("command", [INSTAPSTAGE, INLEVING], ids=["IS", "WIJ"])
def test_what_is_for_the_young_is_refused_to_who_was_older_at_entry(command: StartStage) -> None:
    assert started(command, recorded(age_group="<25"))

    message, field = refused(command, refusals.NotEligible, recorded(age_group="25-49"))
    assert "age group" in message
    assert "25-49" not in message
    assert field == "stage"


def test_an_instapstage_is_refused_to_who_has_a_diploma() -> None:
    assert started(INSTAPSTAGE, recorded(education="KORT"))

    message, _ = refused(INSTAPSTAGE, refusals.NotEligible, recorded(education="MIDDEN"))
    assert "education" in message
    assert "MIDDEN" not in message


def test_what_nobody_recorded_of_the_person_is_not_judged() -> None:
    assert started(INSTAPSTAGE)
    assert started(INSTAPSTAGE, recorded(commune="44021"))
    assert started(ibo("2015-06-01", "2015-12-31", C_IBO), recorded(commune="44021"))


def test_what_was_recorded_for_a_later_day_is_not_judged() -> None:
    later = recorded(education="HOOG").model_copy(update={"occurred_on": day("2015-01-06")})

    assert started(INSTAPSTAGE, later)


@pytest.mark.parametrize(
    ("age", "long_enough", "too_short"),
    [
        ("<25", "2014-05-31", "2014-06-02"),
        (None, "2014-05-31", "2014-06-02"),
        ("25-49", "2013-05-31", "2013-06-02"),
        ("55+", "2013-05-31", "2013-06-02"),
    ],
)
def test_a_curative_ibo_asks_twelve_months_without_work_and_from_25_on_twenty_four(
    age: str | None, long_enough: str, too_short: str
) -> None:
    command = ibo("2015-06-01", "2015-12-31", C_IBO)

    assert started(command, recorded(age_group=age, unemployed_since=long_enough))
    message, field = refused(
        command, refusals.NotEligible, recorded(age_group=age, unemployed_since=too_short)
    )
    assert "time without work" in message
    assert too_short not in message
    assert field == "variant"


# --- What the table says, whatever it says -----------------------------------------------------------


def with_row(row_id: str, **changed: object) -> Table:
    """The table with this row changed."""
    rows = (row.model_copy(update=changed) if row.id == row_id else row for row in TABLE.rows)
    return Table(tuple(rows))


def test_a_row_of_low_certainty_warns_of_everything_and_refuses_nothing() -> None:
    low = Table(tuple(row.model_copy(update={"certainty": Certainty.LOW}) for row in TABLE.rows))
    too_much = IboStarted(
        occurred_on=day("2018-08-31"),
        module_id=NEW,
        planned_until=day("2020-12-31"),
        hours_per_week="4",
        variant=K_IBO,
        employer=EMPLOYER,
        prior_temp_days=200,
    )

    verdict = too_much.verdict(given(ENROLLED).pathway, low)

    verdict.hold()
    assert [finding.rule for finding in verdict.findings] == [
        "instrument-not-open",
        "too-long",
        "too-few-hours",
        "too-much-temp-work",
    ]
    assert verdict.warnings == (RULE_UNCERTAIN,)
    with pytest.raises(refusals.InstrumentNotOpen):
        too_much.verdict(given(ENROLLED).pathway).hold()


def test_a_form_without_any_row_was_open_on_no_day() -> None:
    lines = SHIPPED.read_text().split("[[row]]")
    without = Table.read("[[row]]".join(part for part in lines if 'variant = "BIS"' not in part))
    bis = started(stage(StageKind.BIS, "2020-02-03", "2020-03-27"))

    verdict = bis.verdict(None, without)

    assert verdict.rows == ()
    with pytest.raises(refusals.InstrumentNotOpen, match="on no day"):
        verdict.hold()


def test_a_changed_row_decides_otherwise_without_a_change_of_the_program() -> None:
    shorter = with_row("ibo/2018", soft_max=None, hard_max=length("20 weeks"))
    half_a_year = started(ibo("2019-09-02", "2020-02-28"))

    assert half_a_year.verdict(None).warnings == (SOFT_MAXIMUM_PASSED,)
    with pytest.raises(refusals.TooLong, match="at most 20 weeks"):
        half_a_year.verdict(None, shorter).hold()


FORMS = [
    *((ModuleKind.IBO, form) for form in IboVariant),
    *((ModuleKind.STAGE, form) for form in StageKind),
]


def modules() -> Iterator[st.SearchStrategy[Module]]:
    for kind, form in FORMS:
        yield st.builds(
            lambda start, days, hours, kind=kind, form=form: Module(
                module_id=UUID(int=1),
                kind=kind,
                started_on=start,
                planned_until=start + timedelta(days=days),
                hours_per_week=hours,
                organisation=EMPLOYER,
                form=form,
            ),
            st.dates(date(2008, 1, 1), date(2026, 1, 1)),
            st.integers(0, 500),
            st.integers(1, 38),
        )


@whenever(st.one_of(*modules()))
def test_whatever_starts_is_judged_by_one_row_of_its_form_and_refused_by_that_alone(
    module: Module,
) -> None:
    verdict = judged(module, None)

    (row,) = verdict.rows
    assert (row.instrument, row.variant) == (module.kind, module.form)
    assert row.holds_on(module.started_on) or verdict.findings[0].rule == "instrument-not-open"
    for finding in verdict.findings:
        assert finding.row == row
        assert bool(finding.refused) != bool(finding.warning)


def test_a_command_decides_what_the_fact_says_of_itself() -> None:
    pathway = given(ENROLLED).pathway
    command = ibo("2015-03-01", "2015-09-01")

    with pytest.raises(refusals.TooLong):
        command.decide(pathway, Moment(TODAY, lambda: NEW))
    with pytest.raises(refusals.TooLong):
        command.started(NEW).verdict(pathway).hold()


# --- Corrected later ---------------------------------------------------------------------------------


def correction(until: str, **changes: object) -> CorrectData:
    told = {"fact_id": fact_id(2), "changes": {"planned_until": until, **changes}}
    return CorrectData.model_validate({"on": "2015-01-05", "reason": "INVOERFOUT", **told})


def test_a_start_is_not_corrected_into_what_the_rules_of_its_day_refuse() -> None:
    running = given(ENROLLED, ibo_started(1, "2015-01-05", "2015-06-30"))

    assert running.when(correction("2015-07-05"), TODAY)
    with pytest.raises(refusals.TooLong) as why:
        running.when(correction("2015-07-06"), TODAY)
    assert why.value.field == "planned_until"


def test_a_start_that_broke_a_rule_before_can_be_corrected_in_what_else_was_wrong() -> None:
    too_long = given(ENROLLED, ibo_started(1, "2015-01-05", "2015-12-31"))

    assert too_long.when(correction("2015-12-31", employer=OTHER_EMPLOYER), TODAY)
    with pytest.raises(refusals.TooFewHours):
        too_long.when(correction("2015-12-31", hours_per_week=10), TODAY)


def test_the_row_and_the_warnings_of_the_corrected_start_are_kept() -> None:
    running = given(ENROLLED, ibo_started(1, "2015-01-05", "2015-06-30"))
    (corrected,) = running.when(correction("2015-07-05", variant="C_IBO"), TODAY)

    assert corrected.judged_by(running.pathway) == ("c-ibo/2012", "full-week-38/2003")
    assert corrected.warnings(running.pathway) == (CONTRACT_NOT_SIGNED,)
