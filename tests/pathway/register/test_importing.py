"""A register becomes pathways: once, whole, and again without adding anything."""

import json
import os
import signal
import subprocess
import sys
import time
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from pathway import numbers
from pathway.application import Pathways
from pathway.domain.closing import Close
from pathway.domain.codes import ContractKind, ExitType, Proof
from pathway.domain.enrolment import Enrolled, ParticipantCharacteristicsRecorded
from pathway.domain.modules import ModuleStopped
from pathway.domain.wep_plus import CompleteModule, WepPlusMigrated
from pathway.domain.work import Hire
from pathway.identity import Person
from pathway.register.importing import StoreFindings
from pathway.register.wep_plus import open_register
from pathway.register.wep_plus.importing import RegisterImport

from tests.pathway.given import MASTER_KEY, enrolment, said
from tests.people import invented_kbo
from tests.wep_plus import ANNA, BORIS, FIXTURES, a_register, a_row

SAMPLE = FIXTURES / "register.csv"
EXPECTED = (FIXTURES / "register.expected.json").read_bytes()
OPEN = {"maatregel": "", "overgangsdatum": "", "begeleider": ""}
"""Cells of a row that only knows a planned end."""


def imported(pathways: Pathways, file: Path) -> tuple[StoreFindings, bytes]:
    with open_register(file) as register:
        run = RegisterImport(pathways, "digest")
        for _ in run.run(register):
            pass
        return run.findings, register.report.to_json(run.findings.told())


def test_the_sample_gives_its_report_and_as_many_facts(pathways: Pathways) -> None:
    _, report = imported(pathways, SAMPLE)

    facts = [f.fact for f in pathways.store.log(limit=10_000)]
    assert report == EXPECTED
    assert sum(isinstance(f, Enrolled) for f in facts) == 382
    assert sum(hasattr(f, "planned_until") for f in facts) == 597
    assert sum(isinstance(f, WepPlusMigrated) for f in facts) == 270


def test_the_same_file_again_adds_nothing(pathways: Pathways) -> None:
    imported(pathways, SAMPLE)
    before = pathways.store.position()

    findings, report = imported(pathways, SAMPLE)

    assert pathways.store.position() == before
    assert findings == StoreFindings(already=597)
    assert report.startswith(EXPECTED[:-2])


def test_a_row_tells_all_that_it_holds(pathways: Pathways, tmp_path: Path) -> None:
    imported(pathways, a_register(tmp_path, a_row()))

    facts = [f.fact for f in pathways.store.log()]
    enrolled, characteristics, started, migrated = facts
    assert isinstance(enrolled, Enrolled)
    assert enrolled.inferred
    assert enrolled.occurred_on == started.occurred_on
    assert isinstance(characteristics, ParticipantCharacteristicsRecorded)
    assert isinstance(migrated, WepPlusMigrated)
    assert migrated.occurred_on == date(2015, 10, 1)


def test_geen_ends_the_module_and_leaves_the_pathway_open(
    pathways: Pathways, tmp_path: Path
) -> None:
    imported(pathways, a_register(tmp_path, a_row(maatregel="GEEN")))

    *_, stopped = pathways.store.log()
    assert isinstance(stopped.fact, ModuleStopped)
    assert stopped.fact.reason == "EINDE_MAATREGEL"
    assert not pathways.standing(stopped.pathway_id).pathway.closed


def test_the_mended_file_adds_exactly_the_mended_rows(pathways: Pathways, tmp_path: Path) -> None:
    good, broken, mended = a_row(), a_row(module="X"), a_row(module="I")
    imported(pathways, a_register(tmp_path, good, broken))
    before = pathways.store.position()

    findings, _ = imported(pathways, a_register(tmp_path, good, mended))

    added = pathways.store.log(after=before)
    assert [f.fact.kind for f in added] == ["InsertionModuleStarted", "WepPlusMigrated"]
    assert findings == StoreFindings(already=1, continued=1)


def test_a_mended_row_that_names_the_measure_leaves_the_others_as_they_are(
    pathways: Pathways, tmp_path: Path
) -> None:
    names_nothing = a_row(**OPEN)
    imported(pathways, a_register(tmp_path, names_nothing, a_row(module="X")))
    mended = a_register(tmp_path, names_nothing, a_row(module="I"))

    findings, _ = imported(pathways, mended)
    again, _ = imported(pathways, mended)

    *_, migrated = pathways.store.log()
    assert findings == StoreFindings(already=1, continued=1)
    assert again == StoreFindings(already=2)
    assert isinstance(migrated.fact, WepPlusMigrated)
    assert len(migrated.fact.from_modules) == 2


def test_a_mended_row_without_a_measure_migrates_with_its_person(
    pathways: Pathways, tmp_path: Path
) -> None:
    imported(pathways, a_register(tmp_path, a_row(), a_row(module="X")))

    imported(pathways, a_register(tmp_path, a_row(), a_row(module="I", **OPEN)))

    (pathway_id,) = {f.pathway_id for f in pathways.store.log()}
    assert all(m.migrated for m in pathways.standing(pathway_id).pathway.modules)


@pytest.mark.parametrize(
    "changed",
    [
        {"naam": "Peters"},
        {"voornaam": "Annie"},
        {"nis": "11002"},
        {"module": "I"},
        {"uren": "19"},
        {"einddatum": "29/09/2015"},
        {"begindatum": "20/10/2014"},
        {"promotor": invented_kbo(4_100_009)},
        {"projectnummer": "WEP-2000-0001"},
        {"maatregel": "GEEN", "overgangsdatum": "", "begeleider": ""},
        {"begeleider": invented_kbo(4_100_009)},
        {"werkvloer": ""},
        OPEN,
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_a_changed_row_of_an_imported_module_differs_and_writes_nothing(
    pathways: Pathways, tmp_path: Path, changed: dict[str, str]
) -> None:
    imported(pathways, a_register(tmp_path, a_row()))
    before = pathways.store.position()

    findings, _ = imported(pathways, a_register(tmp_path, a_row(**changed)))

    assert pathways.store.position() == before
    assert list(findings.differs) == [2]
    told = {column.lower().replace("-", " ").split()[0] for column in findings.differs[2]}
    assert told == set(changed)


def test_what_counsellors_did_since_is_no_difference(pathways: Pathways, tmp_path: Path) -> None:
    file = a_register(tmp_path, a_row(**OPEN))
    imported(pathways, file)
    (pathway_id,) = {f.pathway_id for f in pathways.store.log()}
    module = pathways.standing(pathway_id).pathway.modules[0].module_id
    complete = CompleteModule(on=date(2015, 6, 30), module_id=module)
    close = Close(on=date(2015, 9, 30), exit_type=ExitType.UITSCHRIJVING)
    pathways.command(pathway_id, [complete, close], said())

    findings, _ = imported(pathways, file)

    assert findings == StoreFindings(already=1)


def test_a_mended_row_that_begins_sooner_enrols_sooner(pathways: Pathways, tmp_path: Path) -> None:
    known = a_row(module="I")
    imported(pathways, a_register(tmp_path, known, a_row(begindatum="99/99/2014")))

    findings, _ = imported(pathways, a_register(tmp_path, known, a_row(begindatum="01/09/2014")))

    (pathway_id,) = {f.pathway_id for f in pathways.store.log()}
    standing = pathways.standing(pathway_id).pathway
    assert findings == StoreFindings(already=1, continued=1)
    assert standing.enrolled_on == date(2014, 9, 1)
    assert [m.kind for m in standing.modules] == ["WEP_WERKERVARING", "WEP_INSCHAKELING"]


def test_two_rows_of_one_module_are_one_module(pathways: Pathways, tmp_path: Path) -> None:
    file = a_register(tmp_path, a_row(), a_row(uren="10"))

    first, _ = imported(pathways, file)
    second, _ = imported(pathways, file)

    assert list(first.differs) == list(second.differs) == [3]


def test_somebody_with_an_open_pathway_goes_on_in_it(pathways: Pathways, tmp_path: Path) -> None:
    anna = Person(insz=ANNA, last_name="Peeters", first_name="Anna")
    open_pathway = pathways.enrol(enrolment(anna, on=date(2014, 1, 6)), said()).pathway_id

    findings, _ = imported(pathways, a_register(tmp_path, a_row()))

    assert findings == StoreFindings(continued=1)
    assert {f.pathway_id for f in pathways.store.log()} == {open_pathway}


def test_a_row_that_the_store_refuses_is_refused_alone(pathways: Pathways, tmp_path: Path) -> None:
    anna = Person(insz=ANNA, last_name="Peeters", first_name="Anna")
    pathways.enrol(enrolment(anna, on=date(2015, 2, 27)), said())

    findings, _ = imported(pathways, a_register(tmp_path, a_row()))

    assert findings.refused == {2: "before-enrolment"}
    assert len(pathways.store.log()) == 1


def test_a_cancelled_number_imports_nobody_and_what_was_imported_stays(
    pathways: Pathways, tmp_path: Path
) -> None:
    imported(pathways, a_register(tmp_path, a_row()))
    numbers.cancel(pathways.store, pathways.vault, ANNA, since=date(2015, 6, 1), source="KSZ")
    before = pathways.store.position()
    later = a_row(begindatum="01/03/2015", module="I")
    boris = a_row(insz=BORIS, naam="Denkbeeld", voornaam="Boris")

    findings, report = imported(pathways, a_register(tmp_path, a_row(), later, boris))

    assert findings == StoreFindings(already=1, refused={3: "insz-cancelled"})
    assert json.loads(report)["store"]["refused"] == {"3": "insz-cancelled"}
    assert pathways.store.position() == before + 4


@pytest.mark.parametrize(
    ("known_as", "differs"),
    [
        (("Peeters", "Anna"), []),
        (("PÉÉTERS", "anna"), []),
        (("Voorbeeld", "Anna"), [2]),
        (("Peeters", "Annie"), [2]),
    ],
)
def test_a_person_known_under_another_name_keeps_it_and_is_told_of_by_line(
    pathways: Pathways, tmp_path: Path, known_as: tuple[str, str], differs: list[int]
) -> None:
    last_name, first_name = known_as
    anna = Person(insz=ANNA, last_name=last_name, first_name=first_name)
    pathways.enrol(enrolment(anna, on=date(2014, 1, 6)), said())

    findings, report = imported(pathways, a_register(tmp_path, a_row()))
    again, _ = imported(pathways, a_register(tmp_path, a_row()))

    assert findings.name_differs == differs
    assert again.name_differs == []
    reference = pathways.vault.reference(ANNA)
    assert reference
    assert pathways.vault.people([reference])[reference] == anna
    assert not any(name in report.decode() for name in ("Peeters", *known_as))


def test_a_row_from_before_a_closed_pathway_ended_starts_no_other_beside_it(
    pathways: Pathways, tmp_path: Path
) -> None:
    anna = Person(insz=ANNA, last_name="Peeters", first_name="Anna")
    first = pathways.enrol(enrolment(anna, on=date(2014, 1, 6)), said()).pathway_id
    close = Close(on=date(2015, 1, 15), exit_type=ExitType.UITSCHRIJVING)
    pathways.command(first, [close], said())
    after = a_row(begindatum="15/01/2015", module="I")

    findings, _ = imported(pathways, a_register(tmp_path, a_row(), after))

    second = {f.pathway_id for f in pathways.store.log()} - {first}
    assert findings.refused == {2: "already-open"}
    assert [pathways.standing(i).pathway.enrolled_on for i in second] == [date(2015, 1, 15)]


@pytest.mark.parametrize("measure", [{}, {**OPEN, "maatregel": "GEEN"}], ids=["goes on", "ends"])
def test_of_a_row_that_the_store_refuses_nothing_stays_behind(
    pathways: Pathways, tmp_path: Path, measure: dict[str, str]
) -> None:
    anna = Person(insz=ANNA, last_name="Peeters", first_name="Anna")
    pathway_id = pathways.enrol(enrolment(anna, on=date(2014, 1, 6)), said()).pathway_id
    hire = Hire(
        on=date(2015, 6, 1),
        employer=invented_kbo(4_100_009),
        contract=ContractKind.ONBEPAALDE_DUUR,
        hours_per_week=Decimal(38),
        proof=Proof.CONTRACT,
    )
    pathways.command(pathway_id, [hire], said())
    ended_before = a_row(module="I", einddatum="31/05/2015", **OPEN)

    findings, _ = imported(pathways, a_register(tmp_path, a_row(**measure), ended_before))

    modules = pathways.standing(pathway_id).pathway.modules
    assert findings.refused == {2: "module-ended"}
    assert [module.kind for module in modules] == ["WEP_INSCHAKELING"]


def test_two_imports_at_once_come_to_one(
    pathways: Pathways, pathway_url: str, tmp_path: Path
) -> None:
    environment = given_a_key(pathway_url, tmp_path)

    both = [start(environment, tmp_path / f"{n}.json") for n in range(2)]

    assert [run.wait(120) for run in both] == [0, 0]
    facts = [f.fact for f in pathways.store.log(limit=10_000)]
    assert sum(isinstance(f, Enrolled) for f in facts) == 382
    assert sum(hasattr(f, "planned_until") for f in facts) == 597


def test_an_import_that_was_killed_is_finished_by_the_next(
    pathways: Pathways, pathway_url: str, tmp_path: Path
) -> None:
    environment = given_a_key(pathway_url, tmp_path)
    killed = start(environment, tmp_path / "killed.json")
    deadline = time.monotonic() + 60
    while not pathways.store.position() and killed.poll() is None:
        assert time.monotonic() < deadline
    killed.send_signal(signal.SIGKILL)
    assert killed.wait(10) == -signal.SIGKILL

    again = start(environment, tmp_path / "report.json")

    assert again.wait(120) == 0
    facts = [f.fact for f in pathways.store.log(limit=10_000)]
    assert sum(isinstance(f, Enrolled) for f in facts) == 382
    assert sum(isinstance(f, WepPlusMigrated) for f in facts) == 270
    report = (tmp_path / "report.json").read_bytes()
    assert report.startswith(EXPECTED[:-2])
    assert 0 < json.loads(report)["store"]["already"] < 597, "it was not killed half-way"


def test_a_report_that_cannot_be_written_is_told_before_anything_is_recorded(
    pathways: Pathways, pathway_url: str, tmp_path: Path
) -> None:
    environment = given_a_key(pathway_url, tmp_path)

    ended = start(environment, tmp_path / "no folder" / "report.json").wait(120)

    assert ended == 1
    assert pathways.store.position() == 0


def given_a_key(database_url: str, folder: Path) -> dict[str, str]:
    key = folder / "master.key"
    key.write_bytes(MASTER_KEY)
    return {
        **os.environ,
        "PATHWAY_DATABASE_URL": database_url,
        "PATHWAY_MASTER_KEY_FILE": str(key),
    }


def start(environment: dict[str, str], report: Path) -> subprocess.Popen[bytes]:
    command = [program(), "import", "wep-plus", SAMPLE, "--report", report]
    return subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)


def program() -> str:
    return str(Path(sys.executable).parent / "pathway")
