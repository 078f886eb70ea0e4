"""What a changed table says of ends, of the week, and of WEP+; and its report, which names everybody."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from pathway.application import Pathways
from pathway.domain.codes import InterruptionReason, PlanMotive
from pathway.domain.course import ModuleExtended, ModuleInterrupted, ModuleResumed
from pathway.domain.facts import fold
from pathway.domain.ibo import IboCompleted
from pathway.domain.lengths import length
from pathway.identity import Person
from pathway.main import app
from pathway.rules_main import FIRST
from pathway.what_if import Count, Hit, each_before
from typer.testing import CliRunner, Result

from tests.pathway.domain.kit import (
    completed,
    day,
    enrolled,
    given,
    i_started,
    ibo_completed,
    ibo_started,
    module_id,
    stage_started,
    w_started,
)
from tests.pathway.domain.test_wep_plus_rules import W_KIND, migrated
from tests.pathway.given import enrolment, said
from tests.pathway.test_rules_commands import changed, ibo, named, with_row
from tests.people import invented_insz

WEEK_OF_36 = with_row("full-week-38/2003", max_hours=Decimal(36))
ONE = {"module_id": module_id(1)}


def hit(place: int, fact: str, on: str, rule: str, *, refused: bool = True, runs: bool) -> Hit:
    """A hit of the fact at this place of the history, the enrolment being the first."""
    return Hit(UUID(int=999 + place), fact, day(on), rule, refused, runs)


def test_a_shorter_week_hits_exactly_what_takes_more_than_it() -> None:
    full = given(enrolled(), ibo_started(1, "2015-01-05", "2015-05-29"))
    within = given(enrolled(), ibo_started(1, "2015-01-05", "2015-05-29", 36))
    side_by_side = given(
        enrolled(),
        ibo_started(1, "2015-01-05", "2015-05-29", 19),
        stage_started(2, "2015-02-02", "2015-02-27", 17),
        stage_started(3, "2015-03-02", "2015-03-27", 19),
        ibo_completed(1, "2015-05-29"),
    )
    stretched = given(
        enrolled(),
        ibo_started(1, "2015-01-05", "2015-05-29"),
        ModuleExtended(
            occurred_on=day("2015-04-01"),
            **ONE,
            planned_until=day("2015-06-26"),
            motive=PlanMotive.OVERMACHT,
        ),
        ibo_completed(1, "2015-06-26"),
    )

    what_if, hits = named(WEEK_OF_36, full, within, side_by_side, stretched)

    assert hits == {
        1: (hit(2, "IboStarted", "2015-01-05", "too-many-hours", runs=True),),
        3: (hit(4, "StageStarted", "2015-03-02", "too-many-hours", runs=True),),
        4: (
            hit(2, "IboStarted", "2015-01-05", "too-many-hours", runs=False),
            hit(3, "ModuleExtended", "2015-04-01", "too-many-hours", runs=False),
        ),
    }
    assert what_if.found == {
        ("too-many-hours", "full-week-38/2003"): Count(refused=4, hit=4, running=2)
    }
    assert (what_if.hit, what_if.running) == (3, 2)


def test_a_sooner_soft_maximum_warns_of_what_is_extended_past_it() -> None:
    sooner = with_row("ibo/2018", soft_max=length("20 weeks"))
    extended = given(
        enrolled(),
        ibo_started(1, "2019-01-07", "2019-05-03"),
        ModuleExtended(
            occurred_on=day("2019-04-01"),
            **ONE,
            planned_until=day("2019-05-31"),
            motive=PlanMotive.OVERMACHT,
        ),
    )

    _, hits = named(sooner, extended)

    late = {"rule": "soft-maximum-passed", "refused": False, "runs": True}
    assert hits == {1: (hit(3, "ModuleExtended", "2019-04-01", **late),)}


def test_a_lower_maximum_warns_of_an_end_that_lay_past_it() -> None:
    lower = with_row("ibo/until-2018", hard_max=length("20 weeks"))
    ended_late = given(
        enrolled(),
        ibo_started(1, "2015-01-05", "2015-04-24"),
        ibo_completed(1, "2015-06-05"),
    )

    what_if, hits = named(lower, ended_late)

    late = {"rule": "hard-maximum-passed", "refused": False, "runs": False}
    assert hits == {1: (hit(3, "IboCompleted", "2015-06-05", **late),)}
    assert what_if.found == {
        ("ended-after-plan", "no row"): Count(warned=1),
        ("hard-maximum-passed", "ibo/until-2018"): Count(warned=1, hit=1),
    }


def test_an_earlier_end_of_wep_plus_hits_starts_resumptions_ends_and_migrations() -> None:
    earlier = with_row("wep-plus/2015", until=date(2015, 6, 30))
    paused = ModuleInterrupted(
        occurred_on=day("2015-03-02"), **ONE, reason=InterruptionReason.FAMILIAAL
    )
    resumed = ModuleResumed(occurred_on=day("2015-03-16"), **ONE, planned_until=day("2015-07-10"))
    went_on = given(enrolled(), w_started(1, until="2015-06-30"), paused, resumed)
    ended = given(
        enrolled(),
        i_started(1, until="2015-06-30"),
        completed(1, "2015-07-03"),
        migrated("2015-08-01", (1, W_KIND, "2015-07-03")),
    )

    _, hits = named(earlier, given(enrolled(), w_started(1)), went_on, ended)

    assert hits == {
        1: (
            hit(2, "WorkExperienceModuleStarted", "2014-10-15", "end-after-measure", runs=True),
        ),
        2: (hit(4, "ModuleResumed", "2015-03-16", "end-after-measure", runs=True),),
        3: (
            hit(3, "ModuleCompleted", "2015-07-03", "end-after-measure", runs=False),
            hit(4, "WepPlusMigrated", "2015-08-01", "end-after-measure", runs=True),
        ),
    }  # fmt: skip


def test_each_fact_is_judged_by_the_pathway_as_it_was_known_when_it_was_told() -> None:
    facts = [
        enrolled(),
        ibo_started(1, "2015-01-05", "2015-05-29", 19),
        stage_started(2, "2015-03-02", "2015-03-27", 19),
        ModuleInterrupted(
            occurred_on=day("2015-02-02"), **ONE, reason=InterruptionReason.FAMILIAAL
        ),
        ModuleResumed(occurred_on=day("2015-02-09"), **ONE, planned_until=day("2015-06-05")),
        IboCompleted(occurred_on=day("2015-06-05"), **ONE),
    ]

    before = list(each_before(facts))

    by_day = [facts[0], facts[1], facts[3], facts[4], facts[2], facts[5]]
    assert before == [
        None,
        fold(facts[:1]),
        fold(facts[:2]),
        fold(facts[:3]),
        fold([*by_day[:3], facts[2]]),
        fold(by_day[:5]),
    ]


# --- At a terminal -----------------------------------------------------------------------------------


SHORTER = 'hard_max = "26 weeks or 6 months"', 'hard_max = "20 weeks"'


@pytest.fixture
def shell(pathway_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATHWAY_DATABASE_URL", pathway_url)


def tried(table: Path, *options: str | Path) -> Result:
    return CliRunner().invoke(app, ["rules", "try", str(table), *map(str, options)])


def person(number: int) -> Person:
    insz = invented_insz(date(1980, 5, 17), 2 * number + 2)
    return Person(insz=insz, last_name="Testers", first_name="Anna")


def with_ibos(pathways: Pathways, many: int) -> list[UUID]:
    """Pathways with an IBO of half a year each, and one more with a shorter one; by their ids."""
    long = ibo(date(2016, 2, 29))
    ids = [
        pathways.enrol(enrolment(person(n)), said(f"c-{n}"), then=[long]).pathway_id
        for n in range(many)
    ]
    pathways.enrol(enrolment(person(many)), said("c-short"), then=[ibo(date(2015, 11, 30))])
    return sorted(ids)


def looks(pathway_url: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(pathway_url) as connection:
        return connection.execute(
            "select endpoint, purpose, decision, about from pathway.access_row order by id"
        ).fetchall()


@pytest.mark.usefixtures("shell")
def test_the_report_has_everybody_and_the_screen_the_first(
    pathways: Pathways, tmp_path: Path, pathway_url: str
) -> None:
    ids = with_ibos(pathways, FIRST + 2)
    table = changed(tmp_path / "t.toml", *SHORTER)

    result = tried(table, "--report", tmp_path / "r.json")

    assert result.exit_code == 3, result.output
    shown = [line for line in result.output.splitlines() if line.startswith("pathway ")]
    assert shown == [
        f"pathway {one}: IboStarted of 2015-09-01: refused (too-long), still runs"
        for one in ids[:FIRST]
    ]
    assert "... and 2 more pathways; --report FILE has every one of them." in result.output
    report = json.loads((tmp_path / "r.json").read_bytes())
    assert [one["pathway_id"] for one in report["pathways"]] == list(map(str, ids))
    (fact,) = report["pathways"][0]["facts"]
    assert UUID(fact.pop("fact_id"))
    assert fact == {
        "fact": "IboStarted",
        "on": "2015-09-01",
        "rule": "too-long",
        "finding": "refused",
        "runs": True,
    }
    assert report["changed_table"] == "t.toml"
    assert report["counts"] == {
        "pathways": FIRST + 3,
        "judged": FIRST + 3,
        "hit": FIRST + 2,
        "running": FIRST + 2,
        "relieved": 0,
        "rules": [
            {
                "rule": "too-long",
                "row": "ibo/until-2018",
                "refused": FIRST + 2,
                "warned": 0,
                "hit": FIRST + 2,
                "running": FIRST + 2,
            }
        ],
    }
    assert len(looks(pathway_url)) == FIRST + 2


@pytest.mark.usefixtures("shell")
def test_who_is_shown_is_traced_and_nobody_else(
    pathways: Pathways, tmp_path: Path, pathway_url: str
) -> None:
    with_ibos(pathways, FIRST + 1)

    tried(changed(tmp_path / "t.toml", *SHORTER))

    traced = looks(pathway_url)
    assert len({about for *_, about in traced}) == len(traced) == FIRST
    assert {tuple(why) for *why, _ in traced} == {("pathway rules try", "BEHEER", "PERMIT")}


@pytest.mark.usefixtures("shell")
def test_nobody_is_shown_who_cannot_be_traced(
    pathways: Pathways, tmp_path: Path, pathway_url: str
) -> None:
    (one,) = with_ibos(pathways, 1)
    with psycopg.connect(pathway_url) as connection:
        connection.execute("alter function pathway.record_looks rename to away")

    result = tried(changed(tmp_path / "t.toml", *SHORTER), "--report", tmp_path / "r.json")

    assert result.exit_code == 1
    assert str(one) not in result.output
    assert not (tmp_path / "r.json").exists()


@pytest.mark.usefixtures("shell")
def test_a_report_that_hits_nobody_is_whole_too(tmp_path: Path) -> None:
    result = tried(changed(tmp_path / "same.toml"), "--report", tmp_path / "r.json")

    assert result.exit_code == 0, result.output
    report = json.loads((tmp_path / "r.json").read_bytes())
    assert (report["pathways"], report["counts"]["judged"]) == ([], 0)


@pytest.mark.usefixtures("shell")
def test_a_report_that_cannot_be_written_is_a_line(tmp_path: Path) -> None:
    result = tried(changed(tmp_path / "same.toml"), "--report", tmp_path / "no folder" / "r.json")

    assert result.exit_code == 1
    assert "No such file or directory" in result.output
