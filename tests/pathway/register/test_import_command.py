"""The commands `pathway import ...`: what they write where, and what they say."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from pathway.application import Pathways
from pathway.identity import Person
from pathway.main import app
from typer.testing import CliRunner, Result

from tests.modules import a_module, modules_file
from tests.pathway.given import MASTER_KEY, enrolment, said
from tests.people import invented_insz
from tests.wep_plus import a_register, a_row

MANY = [invented_insz(date(1970, 1, day), 101) for day in range(1, 26)]
Run = Callable[..., Result]


@pytest.fixture
def run(pathway_url: str, tmp_path: Path) -> Run:
    return importing("wep-plus", pathway_url, tmp_path)


@pytest.fixture
def modules(pathway_url: str, tmp_path: Path) -> Run:
    return importing("modules", pathway_url, tmp_path)


def importing(kind: str, pathway_url: str, tmp_path: Path) -> Run:
    key = tmp_path / "master.key"
    key.write_bytes(MASTER_KEY)
    environment = {"PATHWAY_DATABASE_URL": pathway_url, "PATHWAY_MASTER_KEY_FILE": str(key)}
    return lambda *words: CliRunner().invoke(
        app, ["import", kind, *map(str, words)], env=environment
    )


@pytest.mark.parametrize("report", ["register.csv", "link.csv", "folder/../register.csv"])
def test_a_report_is_never_written_over_the_register(run: Run, tmp_path: Path, report: str) -> None:
    register = a_register(tmp_path, a_row())
    (tmp_path / "link.csv").symlink_to(register)
    (tmp_path / "folder").mkdir()
    content = register.read_bytes()

    done = run(register, "--dry-run", "--report", tmp_path / report)

    assert done.exit_code == 1
    assert "written over the register" in done.output
    assert register.read_bytes() == content


def test_nor_is_its_first_draft(run: Run, tmp_path: Path) -> None:
    register = a_register(tmp_path, a_row()).rename(tmp_path / "r.json.new")
    content = register.read_bytes()

    done = run(register, "--dry-run", "--report", tmp_path / "r.json")

    assert done.exit_code == 1
    assert register.read_bytes() == content


def test_an_import_that_failed_leaves_no_draft_of_a_report_behind(run: Run, tmp_path: Path) -> None:
    register = a_register(tmp_path, a_row())
    folder = tmp_path / "reports"
    folder.mkdir()
    (tmp_path / "master.key").write_text("no key")

    done = run(register, "--report", folder / "r.json")

    assert done.exit_code == 1
    assert list(folder.iterdir()) == []


def test_what_the_store_has_against_rows_is_counted_and_shown_in_part_and_reported_whole(
    pathways: Pathways, run: Run, tmp_path: Path
) -> None:
    for number, insz in enumerate(MANY):
        person = Person(insz=insz, last_name="Voorbeeld", first_name="Anna")
        pathways.enrol(enrolment(person, on=date(2014, 1, 6)), said(f"c-{number}"))
    report = tmp_path / "r.json"
    run(a_register(tmp_path, *(a_row(insz=insz, naam="Ander") for insz in MANY)))

    changed = (
        row for insz in MANY for row in (a_row(insz=insz, uren="19"), a_row(insz=insz, module="I"))
    )
    done = run(a_register(tmp_path, *changed, *(a_row(insz=i, module="I", uren="30",
        projectnummer="WEP-1", begindatum="01/12/2014") for i in MANY)), "--report", report)  # fmt: skip

    assert done.exit_code == 0
    assert "25 rows differ" in done.output
    assert "25 rows were refused by the store" in done.output
    assert "25 people are known under another name" in done.output
    assert done.output.count("... and 5 more; --report FILE has every one of them.") == 3
    told = json.loads(report.read_bytes())["store"]
    assert [len(told[kind]) for kind in ("differs", "refused", "name_differs")] == [25] * 3


def test_a_preview_shows_each_change_without_the_persons_data_and_records_nothing(
    pathways: Pathways, run: Run, tmp_path: Path
) -> None:
    run(a_register(tmp_path, a_row()))
    before, report = pathways.store.position(), tmp_path / "r.json"
    changed = a_register(tmp_path, a_row(uren="19", nazorgpremie="", naam="Voorbeeld", nis="11002"))

    done = run(changed, "--corrections", "--dry-run", "--report", report)

    assert done.exit_code == 0
    assert pathways.store.position() == before
    assert "1 rows that changed since they were imported would be corrected" in done.output
    assert "Uren per week 38 -> 19" in done.output
    assert "Nazorgpremie J -> empty" in done.output
    assert "differs from what was imported before in Naam" in done.output
    assert json.loads(report.read_bytes())["store"] == {
        "corrected": {
            "2": {"NIS-code": None, "Uren per week": ["38", "19"], "Nazorgpremie": ["J", None]}
        },
        "differs": {"2": ["Naam"]},
    }
    for told in (done.output, report.read_text()):
        assert not [one for one in ("Voorbeeld", "Peeters", "11002", "44021") if one in told]


def test_with_corrections_the_report_counts_them_and_the_same_again_finds_none(
    pathways: Pathways, run: Run, tmp_path: Path
) -> None:
    run(a_register(tmp_path, a_row()))
    changed = a_register(tmp_path, a_row(uren="19"))

    done = run(changed, "--corrections")
    before = pathways.store.position()
    again = run(changed, "--corrections")

    assert "1 rows that changed since they were imported were corrected" in done.output
    assert "were corrected" not in again.output
    assert pathways.store.position() == before


def test_a_file_of_modules_is_judged_without_a_server_and_recorded_with_one(
    pathways: Pathways, run: Run, modules: Run, tmp_path: Path
) -> None:
    run(a_register(tmp_path, a_row(einddatum="27/02/2015", maatregel="GEEN")))
    file = modules_file(tmp_path, a_module(begindatum="02/03/2015", geplande="29/05/2015"))
    before = pathways.store.position()

    judged = modules(file, "--dry-run")
    assert pathways.store.position() == before
    recorded = modules(file)

    for done in (judged, recorded):
        assert done.exit_code == 0
        assert "The file: 1 rows, 1 people, 1 modules; 0 VOLTOOID, 0 STOPGEZET" in done.output
    assert pathways.store.log()[-1].fact.kind == "IboStarted"


def test_another_kind_of_file_is_refused_with_the_columns_that_it_misses(
    modules: Run, tmp_path: Path
) -> None:
    done = modules(a_register(tmp_path, a_row()), "--dry-run")

    assert done.exit_code == 1
    assert "misses: Aanbieder KBO, Kenmerk, Instrument" in done.output


@pytest.mark.parametrize("kind", ["wep-plus", "modules"])
def test_help_has_examples(kind: str) -> None:
    told = CliRunner().invoke(app, ["import", kind, "--help"]).output

    assert f"pathway import {kind}" in told
    assert "--corrections" in told
