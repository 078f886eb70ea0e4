"""`pathway rules`: an administrator reads the table, and asks a changed one whom it would hit."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from pathway.application import Pathways
from pathway.domain.codes import AgeGroup, AnnulmentReason, CorrectionReason, Education, StopReason
from pathway.domain.corrections import DataCorrected, ModuleAnnulled, PathwayAnnulled
from pathway.domain.facts import Fact, Told
from pathway.domain.ibo import StartIbo
from pathway.domain.lengths import length
from pathway.domain.rules import SHIPPED, TABLE, Certainty, RuleRow, Table
from pathway.main import app
from pathway.rules_main import described
from pathway.what_if import Count, Hit, WhatIf
from typer.testing import CliRunner, Result

from tests.pathway.domain.kit import (
    ANNA as PERSON,
    TODAY,
    Given,
    closed,
    enrolled,
    given,
    i_started,
    ibo_completed,
    ibo_started,
    module_id,
    w_started,
)
from tests.pathway.domain.test_referral import confirmed, referred
from tests.pathway.domain.test_wep_plus_rules import W_KIND, migrated
from tests.pathway.given import ANNA, BRAM, enrolment, said

START = UUID(int=1001)
"""The id of the second fact of a history."""


def told(history: Given | list[Fact]) -> list[Told]:
    facts = history.facts if isinstance(history, Given) else history
    return [Told(UUID(int=1000 + place), fact) for place, fact in enumerate(facts)]


def with_row(row_id: str, **changed: object) -> Table:
    return Table([r.model_copy(update=changed) if r.id == row_id else r for r in TABLE.rows])


SHORTER = with_row("ibo/until-2018", hard_max=length("20 weeks"))
HALF_A_YEAR = ibo_started(1, "2015-01-01", "2015-06-30")


def judged(changed: Table, *histories: Given | list[Fact]) -> WhatIf:
    return named(changed, *histories)[0]


def named(
    changed: Table, *histories: Given | list[Fact]
) -> tuple[WhatIf, dict[int, tuple[Hit, ...]]]:
    """What was counted, and what is hit of each pathway, by its number."""
    what_if = WhatIf(changed)
    hit: dict[int, tuple[Hit, ...]] = {}
    for number, history in enumerate(histories, start=1):
        one = what_if.judge(UUID(int=number), told(history))
        if one:
            assert (one.pathway_id, one.person_ref) == (UUID(int=number), PERSON)
            hit[number] = one.hits
    return what_if, hit


def test_a_referral_that_became_definitive_is_judged_by_a_changed_table_too() -> None:
    sooner = with_row("iwpl-tender/2016", until=date(2016, 6, 30))
    definitive = given(enrolled(), referred("2016-06-01"), confirmed("2016-07-01"))

    what_if = judged(sooner, definitive)

    assert (what_if.judged, what_if.hit, what_if.running) == (1, 1, 1)


def test_a_start_that_a_changed_row_refuses_is_counted_and_its_pathway_named() -> None:
    short = ibo_started(1, "2015-01-01", "2015-03-31")

    what_if, hit = named(SHORTER, given(enrolled(), HALF_A_YEAR), given(enrolled(), short))

    assert (what_if.pathways, what_if.judged, what_if.hit) == (2, 2, 1)
    assert what_if.found == {
        ("too-long", "ibo/until-2018"): Count(refused=1, warned=0, hit=1, running=1)
    }
    assert hit == {
        1: (Hit(START, "IboStarted", date(2015, 1, 1), "too-long", refused=True, runs=True),)
    }
    assert what_if.running == 1


def test_the_table_in_force_hits_nobody_also_where_it_warns() -> None:
    long = ibo_started(1, "2019-09-02", "2020-02-28")

    what_if = judged(Table.read(SHIPPED.read_text()), given(enrolled(), long))

    assert what_if.found == {("soft-maximum-passed", "ibo/2018"): Count(warned=1)}
    assert (what_if.hit, what_if.relieved, what_if.running) == (0, 0, 0)


def test_a_warning_that_becomes_a_refusal_hits() -> None:
    long = ibo_started(1, "2019-09-02", "2020-02-28")
    hard = with_row("ibo/2018", hard_max=length("24 weeks"))

    what_if = judged(hard, given(enrolled(), long))

    assert what_if.found == {("too-long", "ibo/2018"): Count(refused=1, hit=1, running=1)}


def test_a_warning_that_goes_is_told_as_relief() -> None:
    long = ibo_started(1, "2019-09-02", "2020-02-28")

    what_if = judged(with_row("ibo/2018", soft_max=None), given(enrolled(), long))

    assert (what_if.relieved, what_if.hit, dict(what_if.found)) == (1, 0, {})


def test_a_row_under_another_id_hits_nobody() -> None:
    long = ibo_started(1, "2019-09-02", "2020-02-28")

    assert judged(with_row("ibo/2018", id="ibo/renamed"), given(enrolled(), long)).hit == 0


@pytest.mark.parametrize(
    "ended",
    [
        [ibo_completed(1, "2015-06-30")],
        [ibo_completed(1, "2015-06-30"), closed("2015-07-01")],
    ],
    ids=["completed", "closed"],
)
def test_what_has_ended_is_hit_and_does_not_run(ended: list[Fact]) -> None:
    what_if = judged(SHORTER, given(enrolled(), HALF_A_YEAR, *ended))

    assert (what_if.hit, what_if.running) == (1, 0)
    assert what_if.found["too-long", "ibo/until-2018"].running == 0


def test_a_start_in_wep_plus_and_a_migration_are_judged_too() -> None:
    gone = with_row("wep-plus-inflow/2015", until=date(2014, 9, 30))
    later = with_row("iwpl-subsidie/2015", since=date(2015, 8, 1))
    history = given(enrolled(), w_started(1), i_started(2))
    moved = given(enrolled(), w_started(1), migrated("2015-07-01", (1, W_KIND, "2015-06-30")))

    assert judged(gone, history).found == {
        ("inflow-closed", "wep-plus-inflow/2015"): Count(refused=2, hit=2, running=2)
    }
    assert judged(later, moved).found == {
        ("migration-out-of-range", "iwpl-subsidie/2015"): Count(refused=1, hit=1, running=1)
    }


def test_each_start_is_judged_by_what_was_told_before_it() -> None:
    first, second, third = (
        ibo_started(n, f"2015-0{n}-05", f"2015-0{n + 1}-20", 0.25) for n in (1, 3, 5)
    )
    once = with_row("ibo/until-2018", max_number=1)

    what_if = judged(once, given(enrolled(), first, second, third))

    assert what_if.found["too-many-of-a-kind", "ibo/until-2018"].refused == 2


def test_what_was_corrected_is_judged_as_it_was_corrected() -> None:
    corrected = DataCorrected(
        occurred_on=TODAY,
        target=START,
        becomes=HALF_A_YEAR.model_copy(update={"planned_until": date(2015, 3, 31)}),
        reason=CorrectionReason.INVOERFOUT,
    )

    assert judged(SHORTER, [enrolled(), HALF_A_YEAR]).hit == 1
    assert judged(SHORTER, [enrolled(), HALF_A_YEAR, corrected]).hit == 0


@pytest.mark.parametrize(
    "annulled",
    [
        ModuleAnnulled(
            occurred_on=TODAY, module_id=module_id(1), reason=AnnulmentReason.VERKEERD_INSTRUMENT
        ),
        PathwayAnnulled(occurred_on=TODAY, reason=AnnulmentReason.VERKEERDE_PERSOON),
    ],
    ids=["the module", "the pathway"],
)
def test_what_was_annulled_is_not_judged(annulled: Fact) -> None:
    what_if = judged(SHORTER, [enrolled(), HALF_A_YEAR, annulled])

    assert (what_if.pathways, what_if.judged, what_if.hit) == (1, 0, 0)


# --- At a terminal -----------------------------------------------------------------------------------


@pytest.fixture
def shell(pathway_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATHWAY_DATABASE_URL", pathway_url)


def rules(*words: str | Path) -> Result:
    return CliRunner().invoke(app, ["rules", *map(str, words)])


def ibo(until: date) -> StartIbo:
    return StartIbo(
        on=date(2015, 9, 1), planned_until=until, hours_per_week="38", employer="0887010362"
    )


@pytest.fixture
def two_pathways(pathways: Pathways) -> tuple[UUID, UUID]:
    """One with an IBO of half a year that runs, one with a shorter IBO."""
    long = pathways.enrol(enrolment(ANNA), said("c-1"), then=[ibo(date(2016, 2, 29))])
    short = pathways.enrol(enrolment(BRAM), said("c-2"), then=[ibo(date(2015, 11, 30))])
    return long.pathway_id, short.pathway_id


def changed(file: Path, old: str = "", new: str = "") -> Path:
    text = SHIPPED.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))
    return file


@pytest.mark.usefixtures("shell")
def test_a_changed_table_tells_whom_it_hits_and_changes_nothing(
    two_pathways: tuple[UUID, UUID], tmp_path: Path, pathway_url: str
) -> None:
    long, short = two_pathways
    shorter = changed(
        tmp_path / "t.toml", 'hard_max = "26 weeks or 6 months"', 'hard_max = "20 weeks"'
    )

    result = rules("try", shorter)

    assert result.exit_code == 3, result.output
    lines = [" ".join(line.split()) for line in result.output.splitlines()]
    assert "2 facts judged in 2 pathways." in lines
    assert "too-long ibo/until-2018 1 0 1 1" in lines
    assert (
        "1 pathways are hit, which the table in force lets through; 1 of them are open, and what "
        "is hit still runs."
    ) in lines
    assert f"pathway {long}: IboStarted of 2015-09-01: refused (too-long), still runs" in lines
    assert str(short) not in result.output
    with psycopg.connect(pathway_url) as connection:
        (facts,) = connection.execute("select count(*) from pathway.pathway_events").fetchone()
    assert facts == 4


@pytest.mark.usefixtures("shell", "two_pathways")
def test_the_table_as_it_is_hits_nobody(tmp_path: Path) -> None:
    result = rules("try", changed(tmp_path / "same.toml"))

    assert result.exit_code == 0, result.output
    assert "Nobody is hit" in result.output


@pytest.mark.usefixtures("shell")
def test_a_store_without_facts_can_be_asked(tmp_path: Path) -> None:
    result = rules("try", changed(tmp_path / "same.toml"))

    assert (result.exit_code, "0 facts judged in 0 pathways" in result.output) == (0, True)


@pytest.mark.usefixtures("shell")
def test_a_table_that_cannot_be_used_is_a_line_for_each_thing(tmp_path: Path) -> None:
    wrong = changed(tmp_path / "wrong.toml", 'certainty = "HIGH"', 'certainty = "SURE"')

    result = rules("try", wrong)

    assert result.exit_code == 1
    assert "ibo/until-2018 certainty" in result.output
    assert rules("try", tmp_path / "none.toml").exit_code == 1
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe")
    assert "UTF-8" in rules("try", tmp_path / "bytes.toml").output


def test_a_database_that_is_away_is_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATHWAY_DATABASE_URL", "postgresql://127.0.0.1:1/pathway")

    result = rules("try", changed(tmp_path / "same.toml"))

    assert result.exit_code == 1
    assert "The database cannot be used" in result.output


def test_the_table_is_shown_whole_or_as_of_a_day() -> None:
    whole, then = rules("show").output, rules("show", "--on", "2015-09-01").output

    assert all(row.id in whole and row.source in whole for row in TABLE.rows)
    assert f"{len(TABLE.rows)} rows." in whole
    assert "ibo/until-2018" in then
    assert "at most 26 weeks or 6 months" in then
    assert "wes/2017" not in then


SAID = {
    "id": ("ibo/tried", "ibo/tried, sure: MEDIUM"),
    "min_length": (length("4 weeks"), "at least 4 weeks"),
    "soft_max": (length("5 weeks"), "a warning past 5 weeks"),
    "hard_max": (length("6 weeks or 1 month"), "at most 6 weeks or 1 month"),
    "extendable": (False, "cannot be extended"),
    "min_hours": (Decimal("17.5"), "at least 17.5 hours a week"),
    "max_hours": (Decimal(36), "at most 36 hours a week"),
    "max_number": (2, "at most 2 for a person"),
    "other_employer": (True, "each with another employer"),
    "prior_temp_days": (0, "at most 0 days of agency work there before"),
    "ages": ((AgeGroup.UNDER_25, AgeGroup.FROM_25), "ages <25, 25-49"),
    "education": ((Education.KORT,), "education KORT"),
    "unemployed_under_25": (length("12 months"), "under 25: 12 months without work before"),
    "unemployed_from_25": (length("24 months"), "from 25: 24 months without work before"),
    "hire_obligation": (True, "the employer hires afterwards"),
    "vdab_stops_for": (
        (StopReason.DOEL_BEREIKT, StopReason.NIET_OPGEDAAGD),
        "VDAB stops it only for DOEL_BEREIKT, NIET_OPGEDAAGD",
    ),
    "who": ("somebody", "For: somebody"),
    "money": ("nothing", "Money: nothing"),
    "note": ("noted", "Note: noted"),
    "source": ("a page", "Source: a page"),
    "certainty": (Certainty.LOW, "os/ongoing, sure: LOW"),
    "unsure": (frozenset({"until", "ages"}), "os/ongoing, sure: MEDIUM, but for ages, until"),
}
"""What each field of a row is told as; the other four stand in the heading of the row."""
PLAIN = TABLE.row("os/ongoing")


def test_no_field_of_a_row_is_left_out() -> None:
    assert SAID.keys() | {"instrument", "variant", "since", "until"} == RuleRow.model_fields.keys()


@pytest.mark.parametrize("field", SAID)
def test_each_field_of_a_row_is_told(field: str) -> None:
    value, said_of_it = SAID[field]
    row = PLAIN.model_copy(update={field: value})

    assert said_of_it in list(described(row))
    assert said_of_it not in list(described(PLAIN))


def test_the_table_is_printed_as_the_file_that_it_is(tmp_path: Path) -> None:
    assert rules("show", "--toml").output == SHIPPED.read_text()


@pytest.mark.parametrize("command", ["show", "try"])
def test_each_command_has_an_example(command: str) -> None:
    assert "Example: pathway rules show" in " ".join(rules(command, "--help").output.split())
