"""A provider's modules: what a row must be, and what becomes of it on the person's open pathway."""

import json
import tracemalloc
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from pathway import numbers
from pathway.application import Pathways
from pathway.domain.closing import Close
from pathway.domain.codes import AnnulmentReason, ExitType, IboVariant
from pathway.domain.corrections import AnnulModule, DataCorrected
from pathway.domain.ibo import StartIbo
from pathway.domain.state import Pathway
from pathway.identity import Person
from pathway.register import reading
from pathway.register.importing import StoreFindings
from pathway.register.modules import MODULES
from pathway.register.modules.importing import ModulesImport
from pathway.register.outcomes import RefusedRow
from pathway.register.wep_plus import open_register

from tests.modules import EMPLOYER, a_module, modules_file
from tests.pathway.given import SetClock, enrolment, said
from tests.people import invented_kbo
from tests.wep_plus import ANNA, BORIS

SAMPLES = Path(__file__).parents[3] / "deploy/embedded/samples"
OTHER = invented_kbo(4_200_009)
STAGE = {"instrument": "STAGE", "vorm": "BIS", "kenmerk": "2015-0043"}
DONE = {"einddatum": "03/04/2015", "einde": "VOLTOOID"}
STOPPED = {"einddatum": "27/02/2015", "einde": "STOPGEZET", "reden": "ZIEKTE"}


@pytest.fixture
def anna(pathways: Pathways) -> str:
    enrol(pathways, ANNA)
    return ANNA


def enrol(pathways: Pathways, insz: str, on: date = date(2014, 1, 6)) -> None:
    person = Person(insz=insz, last_name="Peeters", first_name="Anna")
    pathways.enrol(enrolment(person, on=on), said())


def imported(
    pathways: Pathways, folder: Path, *rows: str, corrections: bool = False, preview: bool = False
) -> StoreFindings:
    with reading.opened(modules_file(folder, *rows), MODULES) as register:
        run = ModulesImport(pathways, "d1ce5t", corrections=corrections, preview=preview)
        for _ in run.run(register):
            pass
        return run.findings


def adds_nothing(
    pathways: Pathways, folder: Path, *rows: str, corrections: bool = False
) -> StoreFindings:
    before = pathways.store.position()
    found = imported(pathways, folder, *rows, corrections=corrections)
    assert pathways.store.position() == before
    return found


def standing(pathways: Pathways) -> Pathway:
    (pathway_id,) = {f.pathway_id for f in pathways.store.log()}
    return pathways.standing(pathway_id).pathway


def the_pathway(pathways: Pathways):
    return pathways.store.log()[0].pathway_id


def verdicts(folder: Path, *rows: str) -> list[str]:
    with reading.opened(modules_file(folder, *rows), MODULES) as register:
        return [
            f"{row.rule}, {row.column}" if isinstance(row, RefusedRow) else type(row).__name__
            for row in register.rows()
        ]


@pytest.mark.parametrize(
    ("cells", "verdict"),
    [
        ({}, "ModuleRow"),
        (DONE, "ModuleRow"),
        (STOPPED, "ModuleRow"),
        (STAGE, "ModuleRow"),
        ({"kenmerk": ""}, "required-missing, Kenmerk"),
        ({"uren": ""}, "required-missing, Uren per week"),
        ({"insz": ANNA[:9] + "00"}, "insz-invalid, INSZ"),
        ({"aanbieder": "123"}, "kbo-invalid, Aanbieder KBO"),
        ({"kenmerk": "Anna Peeters"}, "value-invalid, Kenmerk"),
        ({"kenmerk": f"A-{ANNA}"}, "value-invalid, Kenmerk"),
        ({"instrument": "WEP"}, "module-unknown, Instrument"),
        ({"instrument": "WEP_WERKERVARING"}, "module-unknown, Instrument"),
        ({"vorm": "BIS"}, "value-invalid, Vorm"),
        ({"organisatie": "123"}, "kbo-invalid, Organisatie KBO"),
        ({"begindatum": "2015-01-05"}, "date-invalid, Begindatum"),
        ({"uren": "40"}, "value-invalid, Uren per week"),
        ({"geplande": "04/01/2015"}, "end-before-start, Geplande einddatum"),
        ({**DONE, "einde": "GESTOPT"}, "value-invalid, Einde"),
        ({**STOPPED, "reden": "moe"}, "value-invalid, Reden"),
        ({**DONE, "einde": ""}, "end-incomplete, Einde"),
        ({**DONE, "einddatum": ""}, "end-incomplete, Einddatum"),
        ({**DONE, "reden": "ZIEKTE"}, "end-incomplete, Reden"),
        ({**STOPPED, "reden": ""}, "end-incomplete, Reden"),
        ({**DONE, "einddatum": "04/01/2015"}, "end-before-start, Einddatum"),
    ],
    ids=str,
)
def test_each_rule_names_its_column(tmp_path: Path, cells: dict[str, str], verdict: str) -> None:
    assert verdicts(tmp_path, a_module(**cells)) == [verdict]


def test_a_reference_is_of_one_module_told_in_one_way(tmp_path: Path) -> None:
    rows = a_module(), a_module(), a_module(uren="19"), a_module(uren="19", aanbieder=OTHER)

    assert verdicts(tmp_path, *rows) == [
        "ModuleRow", "DuplicateRow", "reference-conflict, Kenmerk", "ModuleRow",
    ]  # fmt: skip


def test_the_report_counts_people_modules_and_ends(tmp_path: Path) -> None:
    rows = a_module(**DONE), a_module(**{**STAGE, **STOPPED}), a_module(instrument="X")
    with reading.opened(modules_file(tmp_path, *rows), MODULES) as register:
        list(register.rows())

        assert json.loads(register.report.to_json()) == {
            "rows": 3,
            "people": 1,
            "modules": 2,
            "ended": {"VOLTOOID": 1, "STOPGEZET": 1},
            "duplicates": [],
            "rejected": {"4": "module-unknown"},
        }


def test_starts_and_ends_come_on_the_open_pathway_and_the_same_file_adds_nothing(
    pathways: Pathways, anna: str, tmp_path: Path
) -> None:
    stage = {**STAGE, "begindatum": "06/04/2015", "geplande": "05/06/2015"}
    rows = a_module(**DONE), a_module(**stage)

    assert imported(pathways, tmp_path, *rows) == StoreFindings(continued=1)

    ibo, running = standing(pathways).modules
    assert (ibo.kind, ibo.status, ibo.last_day) == ("IBO", "VOLTOOID", date(2015, 4, 3))
    assert (running.form, running.status) == ("BIS", "LOPEND")
    assert adds_nothing(pathways, tmp_path, *rows) == StoreFindings(already=2)


def test_the_end_comes_in_a_later_file(pathways: Pathways, anna: str, tmp_path: Path) -> None:
    imported(pathways, tmp_path, a_module())

    assert imported(pathways, tmp_path, a_module(**STOPPED)) == StoreFindings(continued=1)

    (module,) = standing(pathways).modules
    assert (module.status, module.reason) == ("STOPGEZET", "ZIEKTE")
    for row in (a_module(**STOPPED), a_module()):
        assert adds_nothing(pathways, tmp_path, row) == StoreFindings(already=1)


@pytest.mark.parametrize("closed", [False, True], ids=["unknown", "closed"])
def test_nobody_is_enrolled_by_a_provider(
    pathways: Pathways, tmp_path: Path, *, closed: bool
) -> None:
    if closed:
        enrol(pathways, ANNA)
        close = Close(on=date(2014, 12, 1), exit_type=ExitType.UITSCHRIJVING)
        pathways.command(the_pathway(pathways), [close], said())

    found = adds_nothing(pathways, tmp_path, a_module())

    assert found == StoreFindings(refused={2: "no-open-pathway"})


def test_what_was_imported_before_the_pathway_closed_is_there(
    pathways: Pathways, anna: str, tmp_path: Path
) -> None:
    imported(pathways, tmp_path, a_module(**DONE))
    close = Close(on=date(2015, 6, 1), exit_type=ExitType.UITSCHRIJVING)
    pathways.command(the_pathway(pathways), [close], said())

    assert adds_nothing(pathways, tmp_path, a_module(**DONE)) == StoreFindings(already=1)


def test_a_refused_row_leaves_nothing_and_is_kept_once_without_the_person(
    pathways: Pathways, anna: str, tmp_path: Path
) -> None:
    rows = a_module(), a_module(**STAGE), a_module(kenmerk="9", begindatum="04/01/2013")

    for _ in range(2):
        found = imported(pathways, tmp_path, *rows)
        assert found.refused == {3: "too-many-hours", 4: "before-enrolment"}

    assert len(standing(pathways).modules) == 1
    with pathways.store.connection() as connection:
        kept = connection.execute("select * from pathway.refused_command").fetchall()
    assert {one["command_id"] for one in kept} == {"modules:d1ce5t:3", "modules:d1ce5t:4"}
    assert {one["command"] for one in kept} == {"import modules"}
    assert not [told for told in (ANNA, "2015-0043") if told in str(kept)]


def test_a_start_does_not_stay_behind_where_its_end_is_refused(
    pathways: Pathways, anna: str, tmp_path: Path, clock: SetClock
) -> None:
    ends_later = a_module(**{**DONE, "einddatum": "01/02/2016"})

    assert adds_nothing(pathways, tmp_path, ends_later).refused == {2: "in-the-future"}


def test_a_module_that_a_counsellor_registered_is_not_registered_twice(
    pathways: Pathways, anna: str, tmp_path: Path
) -> None:
    start = StartIbo(
        on=date(2015, 1, 5), planned_until=date(2015, 4, 3), hours_per_week=Decimal(38),
        employer=EMPLOYER, variant=IboVariant.IBO,
    )  # fmt: skip
    pathways.command(the_pathway(pathways), [start], said())

    assert adds_nothing(pathways, tmp_path, a_module()) == StoreFindings(already=1)
    imported(pathways, tmp_path, a_module(**DONE))
    assert [module.status for module in standing(pathways).modules] == ["VOLTOOID"]


def test_a_cancelled_number_starts_nothing(pathways: Pathways, anna: str, tmp_path: Path) -> None:
    numbers.cancel(pathways.store, pathways.vault, ANNA, since=date(2015, 6, 1), source="KSZ")

    found = adds_nothing(pathways, tmp_path, a_module())

    assert found == StoreFindings(refused={2: "insz-cancelled"})


def test_under_another_number_the_same_reference_is_another_persons_module(
    pathways: Pathways, anna: str, tmp_path: Path
) -> None:
    enrol(pathways, BORIS)
    imported(pathways, tmp_path, a_module())

    assert imported(pathways, tmp_path, a_module(insz=BORIS)) == StoreFindings(continued=1)

    ids = [getattr(f.fact, "module_id", None) for f in pathways.store.log()]
    assert len({one for one in ids if one}) == 2


@pytest.mark.parametrize(
    ("known", "changed", "shown"),
    [
        ({}, {"uren": "19"}, {"Uren per week": ("38", "19")}),
        ({}, {"begindatum": "12/01/2015"}, {"Begindatum": ("05/01/2015", "12/01/2015")}),
        ({}, {"geplande": "10/04/2015"}, {"Geplande einddatum": ("03/04/2015", "10/04/2015")}),
        ({}, {"organisatie": OTHER}, {"Organisatie KBO": (EMPLOYER, OTHER)}),
        ({}, {"vorm": "IBO_T"}, {"Vorm": None}),
        (DONE, {**DONE, "einddatum": "27/03/2015"}, {"Einddatum": ("03/04/2015", "27/03/2015")}),
        (STOPPED, {**STOPPED, "reden": "OVERMACHT"}, {"Reden": None}),
    ],
    ids=str,
)
def test_a_changed_row_is_told_and_corrected_only_when_asked(
    pathways: Pathways, anna: str, tmp_path: Path, *,
    known: dict[str, str], changed: dict[str, str], shown: dict[str, object],
) -> None:  # fmt: skip
    imported(pathways, tmp_path, a_module(**known))
    before, row = pathways.store.position(), a_module(**changed)

    assert adds_nothing(pathways, tmp_path, row) == StoreFindings(differs={2: list(shown)})
    preview = imported(pathways, tmp_path, row, corrections=True, preview=True)
    assert pathways.store.position() == before
    found = imported(pathways, tmp_path, row, corrections=True)

    added = [f.fact for f in pathways.store.log(after=before)]
    assert [type(fact) for fact in added] == [DataCorrected]
    assert added[0].authority == "modules:d1ce5t"
    assert found == preview == replace(StoreFindings(continued=1), corrected={2: shown})
    for corrections in (True, False):
        again = adds_nothing(pathways, tmp_path, row, corrections=corrections)
        assert again == StoreFindings(already=1)


def test_a_changed_start_and_a_new_end_come_together(
    pathways: Pathways, anna: str, tmp_path: Path
) -> None:
    imported(pathways, tmp_path, a_module())

    row = a_module(**{**DONE, "uren": "19"})
    assert adds_nothing(pathways, tmp_path, row).differs == {2: ["Uren per week"]}
    imported(pathways, tmp_path, row, corrections=True)

    (module,) = standing(pathways).modules
    assert (module.status, module.hours_per_week) == ("VOLTOOID", Decimal(19))


@pytest.mark.parametrize(
    ("known", "changed", "rule"),
    [
        ({}, {"instrument": "STAGE", "vorm": "BIS"}, "not-correctable"),
        (DONE, STOPPED, "not-correctable"),
        ({}, {"begindatum": "02/01/2014"}, "history-impossible"),
        ({}, {"geplande": "30/12/2016"}, "too-long"),
    ],
    ids=str,
)
def test_what_cannot_be_corrected_is_refused(
    pathways: Pathways, anna: str, tmp_path: Path, *,
    known: dict[str, str], changed: dict[str, str], rule: str,
) -> None:  # fmt: skip
    imported(pathways, tmp_path, a_module(**known))

    found = adds_nothing(pathways, tmp_path, a_module(**changed), corrections=True)

    assert found == StoreFindings(refused={2: rule})


def test_an_annulled_module_does_not_come_back(
    pathways: Pathways, anna: str, tmp_path: Path
) -> None:
    imported(pathways, tmp_path, a_module())
    annul = AnnulModule(
        on=date(2015, 9, 1),
        module_id=standing(pathways).modules[0].module_id,
        reason=AnnulmentReason.DUBBEL,
    )
    pathways.command(the_pathway(pathways), [annul], said())

    assert adds_nothing(pathways, tmp_path, a_module(**DONE)) == StoreFindings(already=1)
    found = adds_nothing(pathways, tmp_path, a_module(uren="19"), corrections=True)
    assert found == StoreFindings(refused={2: "not-correctable"})


def test_a_row_that_is_refused_or_doubled_costs_a_few_bytes(tmp_path: Path) -> None:
    def most_memory(rows: int) -> int:
        file = modules_file(tmp_path, *[a_module(instrument="X"), a_module()] * (rows // 2))
        tracemalloc.start()
        try:
            with reading.opened(file, MODULES) as register:
                for _ in register.rows():
                    pass
                assert register.report.refused + register.report.duplicate == rows - 1
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert most_memory(60_000) - most_memory(20_000) < 40_000 * 20


def test_the_sample_is_of_people_in_the_sample_register() -> None:
    register = SAMPLES / "wep_plus_register.csv"
    with (
        open_register(register) as known,
        reading.opened(SAMPLES / "modules.csv", MODULES) as sample,
    ):
        people = {person.insz for person in known.persons()}
        assert {person.insz for person in sample.persons()} <= people
        assert sample.report.refused == 1
