"""What a mended register changes, differs in, or may not bring: row by row against what was imported."""

from datetime import date
from pathlib import Path

import pytest
from pathway.application import Pathways
from pathway.domain.codes import Scheme, StopReason
from pathway.domain.enrolment import ParticipantCharacteristicsRecorded
from pathway.domain.modules import StopModule
from pathway.domain.wep_plus import MigrateWepPlus, WepPlusMigrated
from pathway.identity import Person
from pathway.register.importing import StoreFindings
from pathway.register.wep_plus import open_register
from pathway.register.wep_plus.importing import RegisterImport

from tests.pathway.given import enrolment, said
from tests.people import invented_kbo
from tests.wep_plus import ANNA, GUIDE, WORK_FLOOR, a_register, a_row

OTHER_GUIDE = invented_kbo(4_100_009)
OPEN = {"maatregel": "", "overgangsdatum": "", "begeleider": ""}
"""Cells of a row that only knows a planned end."""
MIGRATE = MigrateWepPlus(
    on=date(2015, 10, 1), to_scheme=Scheme.IWPL_SUBSIDIE, guiding_organisation=GUIDE
)


def imported(pathways: Pathways, folder: Path, *rows: str) -> StoreFindings:
    with open_register(a_register(folder, *rows)) as register:
        run = RegisterImport(pathways, "digest")
        for _ in run.run(register):
            pass
        return run.findings


def assert_nothing_is_written(
    pathways: Pathways, folder: Path, *rows: str, found: StoreFindings
) -> None:
    before = pathways.store.position()
    assert imported(pathways, folder, *rows) == found
    assert pathways.store.position() == before


def command(pathways: Pathways, order: MigrateWepPlus | StopModule) -> None:
    """A counsellor's command on the one pathway there is."""
    (pathway_id,) = {fact.pathway_id for fact in pathways.store.log()}
    pathways.command(pathway_id, [order], said())


def migrations(pathways: Pathways) -> list[WepPlusMigrated]:
    return [f.fact for f in pathways.store.log() if isinstance(f.fact, WepPlusMigrated)]


def test_a_new_row_of_the_other_kind_beside_the_known_one_is_a_module_of_its_own(
    pathways: Pathways, tmp_path: Path
) -> None:
    imported(pathways, tmp_path, a_row(module="W"))

    findings = imported(pathways, tmp_path, a_row(module="I"), a_row(module="W"))

    assert findings == StoreFindings(already=1, continued=1)


def test_a_module_of_the_same_project_at_another_promotor_is_one_of_its_own(
    pathways: Pathways, tmp_path: Path
) -> None:
    imported(pathways, tmp_path, a_row(module="W", **OPEN))

    findings = imported(pathways, tmp_path, a_row(module="I", promotor=WORK_FLOOR, **OPEN))

    assert findings == StoreFindings(continued=1)


def test_a_known_row_that_has_changed_as_well_still_accounts_for_its_module(
    pathways: Pathways, tmp_path: Path
) -> None:
    imported(pathways, tmp_path, a_row(module="W", **OPEN))

    findings = imported(
        pathways, tmp_path, a_row(module="I", **OPEN), a_row(module="W", uren="19", **OPEN)
    )

    assert findings == StoreFindings(continued=1, differs={3: ["Uren per week"]})


@pytest.mark.parametrize(
    ("changed", "column"),
    [({"naam": "Peters"}, "Naam"), ({"voornaam": "Annie"}, "Voornaam"), ({"nis": "11002"}, "NIS-code")],
)  # fmt: skip
def test_two_rows_of_one_module_that_differ_in_the_person_only_name_the_column(
    pathways: Pathways, tmp_path: Path, changed: dict[str, str], column: str
) -> None:
    rows = a_row(), a_row(**changed)

    first = imported(pathways, tmp_path, *rows)
    second = imported(pathways, tmp_path, *rows)

    assert first == StoreFindings(differs={3: [column]})
    assert second == StoreFindings(already=1, differs={3: [column]})


def test_a_name_in_other_capitals_or_accents_is_the_same_name(
    pathways: Pathways, tmp_path: Path
) -> None:
    imported(pathways, tmp_path, a_row())

    other = a_row(naam="PÉÉTERS", voornaam="anna")

    assert_nothing_is_written(pathways, tmp_path, a_row(), other, found=StoreFindings(already=2))


def test_a_row_that_says_the_same_as_one_that_differs_is_not_written_either(
    pathways: Pathways, tmp_path: Path
) -> None:
    imported(pathways, tmp_path, a_row())
    later = {"begindatum": "20/10/2014"}

    assert_nothing_is_written(
        pathways, tmp_path, a_row(**later), a_row(**later, uren="19"),
        found=StoreFindings(differs={2: ["Begindatum"], 3: ["Uren per week"]}),
    )  # fmt: skip


def test_somebody_who_moved_between_two_modules_lives_in_both_communes_and_is_there_already(
    pathways: Pathways, tmp_path: Path
) -> None:
    rows = a_row(nis="44021"), a_row(module="I", begindatum="02/03/2015", nis="11002")

    imported(pathways, tmp_path, *rows)

    told = [f.fact for f in pathways.store.log()]
    lived = [f for f in told if isinstance(f, ParticipantCharacteristicsRecorded)]
    assert [(f.occurred_on, f.commune) for f in lived] == [
        (date(2014, 10, 15), "44021"),
        (date(2015, 3, 2), "11002"),
    ]
    assert_nothing_is_written(pathways, tmp_path, *rows, found=StoreFindings(already=2))
    changed = a_row(module="I", begindatum="02/03/2015", nis="44021")
    assert_nothing_is_written(
        pathways, tmp_path, rows[0], changed,
        found=StoreFindings(already=1, differs={3: ["NIS-code"]}),
    )  # fmt: skip


def test_a_row_without_a_commune_says_what_the_persons_other_row_says(
    pathways: Pathways, tmp_path: Path
) -> None:
    rows = a_row(nis=""), a_row(module="I")
    imported(pathways, tmp_path, *rows)

    assert_nothing_is_written(pathways, tmp_path, *rows, found=StoreFindings(already=2))


def test_where_somebody_lives_who_was_known_before_is_not_the_registers_to_tell(
    pathways: Pathways, tmp_path: Path
) -> None:
    anna = Person(insz=ANNA, last_name="Peeters", first_name="Anna")
    pathways.enrol(enrolment(anna, on=date(2014, 1, 6)), said())
    imported(pathways, tmp_path, a_row())

    assert_nothing_is_written(
        pathways, tmp_path, a_row(nis="11002"), found=StoreFindings(already=1)
    )


def test_a_row_that_names_what_a_counsellor_recorded_since_is_there_already(
    pathways: Pathways, tmp_path: Path
) -> None:
    imported(pathways, tmp_path, a_row(**OPEN))
    command(pathways, MIGRATE)

    for row in (a_row(), a_row(**OPEN)):
        assert_nothing_is_written(pathways, tmp_path, row, found=StoreFindings(already=1))


def test_a_row_that_names_another_guide_than_a_counsellor_recorded_differs_in_that_alone(
    pathways: Pathways, tmp_path: Path
) -> None:
    imported(pathways, tmp_path, a_row(**OPEN))
    command(pathways, MIGRATE)

    assert_nothing_is_written(
        pathways, tmp_path, a_row(begeleider=OTHER_GUIDE),
        found=StoreFindings(differs={2: ["Begeleider KBO"]}),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("ended_on", "found"),
    [
        (date(2015, 9, 30), StoreFindings(already=1)),
        (date(2015, 8, 31), StoreFindings(differs={2: ["Einddatum"]})),
    ],
)
def test_an_end_with_the_measure_that_a_counsellor_recorded_counts_with_its_day(
    pathways: Pathways, tmp_path: Path, ended_on: date, found: StoreFindings
) -> None:
    imported(pathways, tmp_path, a_row(**OPEN))
    (module_id,) = (
        m.module_id
        for f in pathways.store.log(limit=1)
        for m in pathways.standing(f.pathway_id).pathway.modules
    )
    command(
        pathways, StopModule(on=ended_on, module_id=module_id, reason=StopReason.EINDE_MAATREGEL)
    )

    ends = a_row(**{**OPEN, "maatregel": "GEEN"})

    assert_nothing_is_written(pathways, tmp_path, ends, found=found)


def test_a_correction_sends_nobody_to_a_second_guide(pathways: Pathways, tmp_path: Path) -> None:
    imported(pathways, tmp_path, a_row(), a_row(module="I", begeleider=OTHER_GUIDE))
    mended = [a_row(module=kind, begeleider=OTHER_GUIDE) for kind in "WI"]

    for _ in range(2):
        assert_nothing_is_written(
            pathways, tmp_path, *mended,
            found=StoreFindings(
                differs={2: ["Begeleider KBO"]}, refused={3: "migration-conflict"}
            ),
        )  # fmt: skip
    assert [m.guiding_organisation_after for m in migrations(pathways)] == [GUIDE]


def test_nor_does_a_row_beside_a_migration_that_a_counsellor_recorded(
    pathways: Pathways, tmp_path: Path
) -> None:
    imported(pathways, tmp_path, a_row(**OPEN))
    command(pathways, MIGRATE)

    assert_nothing_is_written(
        pathways, tmp_path, a_row(**OPEN), a_row(module="I", begeleider=OTHER_GUIDE),
        found=StoreFindings(already=1, refused={3: "migration-conflict"}),
    )  # fmt: skip


def test_while_a_measure_is_in_doubt_a_new_row_without_one_goes_on(
    pathways: Pathways, tmp_path: Path
) -> None:
    imported(pathways, tmp_path, a_row())

    findings = imported(
        pathways, tmp_path, a_row(begeleider=OTHER_GUIDE), a_row(module="I", **OPEN)
    )

    assert findings == StoreFindings(continued=1, differs={2: ["Begeleider KBO"]})
    assert len(migrations(pathways)) == 1


def test_two_rows_that_name_the_person_otherwise_are_told_of_at_once(
    pathways: Pathways, tmp_path: Path
) -> None:
    findings = imported(pathways, tmp_path, a_row(), a_row(module="I", naam="Voorbeeld"))

    assert findings == StoreFindings(name_differs=[3])


def test_nobody_goes_on_in_a_pathway_of_whom_every_row_was_refused(
    pathways: Pathways, tmp_path: Path
) -> None:
    anna = Person(insz=ANNA, last_name="Peeters", first_name="Anna")
    pathways.enrol(enrolment(anna, on=date(2015, 2, 27)), said())

    findings = imported(pathways, tmp_path, a_row())

    assert findings == StoreFindings(refused={2: "before-enrolment"})
