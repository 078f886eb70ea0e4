"""A row that changed since it was imported: shown, corrected whole or not at all, and settled afterwards."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest
from pathway.application import Pathways
from pathway.domain.closing import Close
from pathway.domain.codes import AnnulmentReason, CorrectionReason, ExitType, StopReason
from pathway.domain.corrections import AnnulModule, CorrectData, DataCorrected
from pathway.domain.modules import ModuleStart
from pathway.domain.state import Pathway
from pathway.identity import Person
from pathway.register.importing import StoreFindings
from pathway.register.wep_plus import open_register
from pathway.register.wep_plus.importing import RegisterImport

from tests.pathway.given import SetClock, enrolment, said
from tests.people import invented_kbo
from tests.wep_plus import ANNA, PROMOTOR, a_register, a_row

OTHER = invented_kbo(4_100_009)
OPEN = {"maatregel": "", "overgangsdatum": "", "begeleider": ""}
GEEN = {**OPEN, "maatregel": "GEEN"}


def imported(
    pathways: Pathways, folder: Path, *rows: str, corrections: bool = False, preview: bool = False
) -> StoreFindings:
    with open_register(a_register(folder, *rows)) as register:
        run = RegisterImport(pathways, "d1ce5t", corrections=corrections, preview=preview)
        for _ in run.run(register):
            pass
        return run.findings


def corrected(pathways: Pathways, folder: Path, *rows: str) -> StoreFindings:
    """What these rows correct; they find nothing more to correct when they come again."""
    found = imported(pathways, folder, *rows, corrections=True)
    position = pathways.store.position()
    again = imported(pathways, folder, *rows, corrections=True)
    assert (again.corrected, again.refused) == ({}, found.refused)
    assert pathways.store.position() == position
    return found


def standing(pathways: Pathways) -> Pathway:
    (pathway_id,) = {f.pathway_id for f in pathways.store.log()}
    return pathways.standing(pathway_id).pathway


def command(pathways: Pathways, *orders: CorrectData | AnnulModule | Close) -> None:
    """A counsellor's commands on the one pathway there is."""
    (pathway_id,) = {f.pathway_id for f in pathways.store.log()}
    pathways.command(pathway_id, orders, said())


def a_start(pathways: Pathways) -> ModuleStart:
    return next(f.fact for f in pathways.store.log() if isinstance(f.fact, ModuleStart))


def start_id(pathways: Pathways) -> UUID:
    return next(f.fact_id for f in pathways.store.log() if isinstance(f.fact, ModuleStart))


@pytest.mark.parametrize(
    ("changed", "shown"),
    [
        ({"uren": "19"}, {"Uren per week": ("38", "19")}),
        ({"uren": "28,5"}, {"Uren per week": ("38", "28,5")}),
        ({"einddatum": "29/09/2015"}, {"Einddatum": ("30/09/2015", "29/09/2015")}),
        ({"begindatum": "20/10/2014"}, {"Begindatum": ("15/10/2014", "20/10/2014")}),
        ({"begindatum": "01/10/2014"}, {"Begindatum": ("15/10/2014", "01/10/2014")}),
        ({"promotor": OTHER}, {"Promotor KBO": (PROMOTOR, OTHER)}),
        ({"projectnummer": "WEP-1"}, {"Projectnummer": ("WEP-2014-0032", "WEP-1")}),
        ({"overgangsdatum": "15/10/2015"}, {"Overgangsdatum": ("01/10/2015", "15/10/2015")}),
        ({"maatregel": "VDAB"}, {"Maatregel na WEP+": ("IWPL-SUBSIDIE", "VDAB")}),
        ({"nazorgpremie": "N"}, {"Nazorgpremie": ("J", "N")}),
        ({"nis": "11002"}, {"NIS-code": None}),
    ],
    ids=lambda changed: next(iter(changed)),
)  # fmt: skip
def test_a_changed_row_is_shown_in_a_preview_and_then_corrected_once(
    pathways: Pathways,
    tmp_path: Path,
    clock: SetClock,
    changed: dict[str, str],
    shown: dict[str, object],
) -> None:
    clock.forward(days=60)
    imported(pathways, tmp_path, a_row())
    before = pathways.store.position()

    preview = imported(pathways, tmp_path, a_row(**changed), corrections=True, preview=True)
    assert preview == StoreFindings(corrected={2: shown})
    assert pathways.store.position() == before

    assert corrected(pathways, tmp_path, a_row(**changed)) == preview
    assert imported(pathways, tmp_path, a_row(**changed)) == StoreFindings(already=1)
    added = [f.fact for f in pathways.store.log(after=before)]
    assert {type(fact) for fact in added} == {DataCorrected}
    assert {(f.authority, f.reason) for f in added} == {("wep-plus:d1ce5t", "NIEUW_BEWIJS")}


def test_the_migration_follows_what_it_was_derived_from(pathways: Pathways, tmp_path: Path) -> None:
    imported(pathways, tmp_path, a_row())

    changed = a_row(promotor=OTHER, werkvloer=OTHER, einddatum="15/09/2015", begeleider=OTHER)
    corrected(pathways, tmp_path, changed)

    migrated = [f.fact for f in pathways.store.log() if isinstance(f.fact, DataCorrected)][-1]
    told = migrated.becomes.model_dump(mode="json")
    for field in ("before", "after"):
        assert told[f"guiding_organisation_{field}"] == OTHER
    assert told["host_organisation"] == OTHER
    assert [left["last_day"] for left in told["from_modules"]] == ["2015-09-15"]
    (module,) = standing(pathways).modules
    assert (module.last_day, module.organisation, module.migrated) == (
        date(2015, 9, 15),
        OTHER,
        True,
    )


def test_what_was_empty_before_was_told_late(pathways: Pathways, tmp_path: Path) -> None:
    imported(pathways, tmp_path, a_row(uren=""))

    corrected(pathways, tmp_path, a_row())

    *_, last = pathways.store.log()
    assert isinstance(last.fact, DataCorrected)
    assert last.fact.reason is CorrectionReason.LAAT_GEMELD


@pytest.mark.parametrize("begins", ["01/09/2014", "01/12/2014"])
def test_an_inferred_enrolment_goes_with_the_first_module(
    pathways: Pathways, tmp_path: Path, begins: str
) -> None:
    imported(pathways, tmp_path, a_row())

    corrected(pathways, tmp_path, a_row(begindatum=begins))

    pathway = standing(pathways)
    assert f"{pathway.enrolled_on:%d/%m/%Y}" == begins
    assert pathway.characteristics
    assert pathway.characteristics.since == pathway.enrolled_on == pathway.modules[0].started_on


def test_a_module_that_others_came_before_leaves_the_enrolment(
    pathways: Pathways, tmp_path: Path
) -> None:
    rows = a_row(module="I", begindatum="20/10/2014")
    imported(pathways, tmp_path, a_row(), rows)

    corrected(pathways, tmp_path, a_row(begindatum="01/12/2014"), rows)

    assert standing(pathways).enrolled_on == date(2014, 10, 20)


@pytest.mark.parametrize(
    ("known", "told", "kind"),
    [
        (OPEN, {}, "WepPlusMigrated"),
        (OPEN, GEEN, "ModuleStopped"),
        (GEEN, {}, "WepPlusMigrated"),
    ],
    ids=["goes on", "ends", "ended and goes on"],
)
def test_a_measure_that_was_not_known_is_recorded_late(
    pathways: Pathways, tmp_path: Path, known: dict[str, str], told: dict[str, str], kind: str
) -> None:
    imported(pathways, tmp_path, a_row(**known), a_row(module="I", **known))

    found = corrected(pathways, tmp_path, a_row(**told), a_row(module="I", **told))

    assert sorted(found.corrected) == [2, 3]
    assert pathways.store.log()[-1].fact.kind == kind
    assert all(module.ended for module in standing(pathways).modules)


def test_both_rows_of_a_migration_that_changed_are_told_and_corrected(
    pathways: Pathways, tmp_path: Path
) -> None:
    imported(pathways, tmp_path, a_row(), a_row(module="I"))
    before = pathways.store.position()

    found = corrected(
        pathways, tmp_path, a_row(begeleider=OTHER), a_row(module="I", begeleider=OTHER)
    )

    assert sorted(found.corrected) == [2, 3]
    assert pathways.store.position() == before + 1


def test_an_end_with_the_measure_moves_with_its_row(pathways: Pathways, tmp_path: Path) -> None:
    imported(pathways, tmp_path, a_row(**GEEN, begindatum="01/03/2015", einddatum="31/05/2015"))

    moved = a_row(**GEEN, begindatum="03/11/2014", einddatum="15/03/2015")
    corrected(pathways, tmp_path, moved)

    (module,) = standing(pathways).modules
    assert (module.started_on, module.last_day) == (date(2014, 11, 3), date(2015, 3, 15))
    assert module.planned_until == module.last_day
    assert module.reason is StopReason.EINDE_MAATREGEL


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"module": "I"}, "not-correctable"),
        (OPEN, "not-correctable"),
        (GEEN, "not-correctable"),
    ],
    ids=["kind", "measure gone", "no successor"],
)
def test_what_cannot_be_corrected_is_refused_and_kept_with_the_fact_it_collides_with(
    pathways: Pathways, tmp_path: Path, changed: dict[str, str], rule: str
) -> None:
    imported(pathways, tmp_path, a_row())
    before = pathways.store.position()

    found = corrected(pathways, tmp_path, a_row(**changed, uren="19"))

    assert found == StoreFindings(refused={2: rule})
    assert pathways.store.position() == before
    with pathways.store.connection() as connection:
        (kept,) = connection.execute("select * from pathway.refused_command").fetchall()
    assert any(f"{kind} of 201" in kept["detail"] for kind in ("Started", "WepPlusMigrated"))
    assert ANNA not in str(kept)


def test_a_correction_that_makes_the_history_impossible_is_refused(
    pathways: Pathways, tmp_path: Path
) -> None:
    half = {"uren": "19", "projectnummer": "WEP-1", **OPEN}
    other = a_row(**{**half, "projectnummer": "WEP-2"})
    imported(pathways, tmp_path, a_row(**half), other)

    found = corrected(pathways, tmp_path, a_row(**{**half, "uren": "38"}), other)

    assert found == StoreFindings(already=1, refused={2: "history-impossible"})


def test_two_rows_that_would_take_turns_are_refused(pathways: Pathways, tmp_path: Path) -> None:
    imported(pathways, tmp_path, a_row())

    found = corrected(pathways, tmp_path, a_row(), a_row(uren="19"))

    assert found == StoreFindings(already=1, refused={3: "not-correctable"})


def test_a_name_that_changed_is_told_and_never_shown_or_corrected(
    pathways: Pathways, tmp_path: Path
) -> None:
    imported(pathways, tmp_path, a_row())

    found = corrected(pathways, tmp_path, a_row(naam="Voorbeeld", uren="19"))

    assert found == StoreFindings(
        corrected={2: {"Uren per week": ("38", "19")}}, differs={2: ["Naam"]}
    )
    assert "Voorbeeld" not in json.dumps(found.told())


def test_what_a_counsellor_corrected_is_not_undone_by_a_cell_that_did_not_change(
    pathways: Pathways, tmp_path: Path
) -> None:
    imported(pathways, tmp_path, a_row(**OPEN))
    hours = CorrectData(
        on=date(2014, 10, 15), fact_id=start_id(pathways), changes={"hours_per_week": 30},
        reason=CorrectionReason.INVOERFOUT,
    )  # fmt: skip
    command(pathways, hours)

    assert imported(pathways, tmp_path, a_row(**OPEN)) == StoreFindings(already=1)
    found = corrected(pathways, tmp_path, a_row(**OPEN, promotor=OTHER))

    (module,) = standing(pathways).modules
    assert found == StoreFindings(corrected={2: {"Promotor KBO": (PROMOTOR, OTHER)}})
    assert (module.hours_per_week, module.organisation) == (Decimal(30), OTHER)


def test_a_module_that_was_annulled_does_not_come_back_by_the_same_row(
    pathways: Pathways, tmp_path: Path
) -> None:
    imported(pathways, tmp_path, a_row(**OPEN))
    annul = AnnulModule(
        on=date(2015, 9, 1), module_id=a_start(pathways).module_id, reason=AnnulmentReason.DUBBEL
    )
    command(pathways, annul)

    assert corrected(pathways, tmp_path, a_row(**OPEN)) == StoreFindings(already=1)
    assert corrected(pathways, tmp_path, a_row(**OPEN, uren="19")).refused == {2: "not-correctable"}


def test_of_another_kind_than_the_annulled_one_it_comes_in(
    pathways: Pathways, tmp_path: Path
) -> None:
    imported(pathways, tmp_path, a_row(**OPEN))
    wrong = AnnulmentReason.VERKEERD_INSTRUMENT
    annul = AnnulModule(on=date(2015, 9, 1), module_id=a_start(pathways).module_id, reason=wrong)
    command(pathways, annul)

    found = corrected(pathways, tmp_path, a_row(**OPEN, module="I"))

    assert found == StoreFindings(continued=1)
    assert [module.kind for module in standing(pathways).modules] == ["WEP_INSCHAKELING"]


def test_a_closed_pathway_is_corrected_too_and_stays_closed(
    pathways: Pathways, tmp_path: Path
) -> None:
    imported(pathways, tmp_path, a_row())
    command(pathways, Close(on=date(2015, 10, 1), exit_type=ExitType.UITSCHRIJVING))

    corrected(pathways, tmp_path, a_row(uren="19"))

    assert standing(pathways).closed
    assert standing(pathways).modules[0].hours_per_week == Decimal(19)


def test_new_rows_go_on_in_the_same_run(pathways: Pathways, tmp_path: Path) -> None:
    imported(pathways, tmp_path, a_row())
    guided = {"begeleider": OTHER}

    found = corrected(pathways, tmp_path, a_row(**guided), a_row(module="I", **guided))

    assert found == replace(StoreFindings(continued=1), corrected=found.corrected)
    assert sorted(found.corrected) == [2]
    assert len(standing(pathways).modules) == 2


def test_an_enrolment_that_would_move_into_an_older_pathway_stays(
    pathways: Pathways, tmp_path: Path
) -> None:
    anna = Person(insz=ANNA, last_name="Peeters", first_name="Anna")
    first = pathways.enrol(enrolment(anna, on=date(2014, 1, 6)), said()).pathway_id
    close = Close(on=date(2015, 1, 15), exit_type=ExitType.UITSCHRIJVING)
    pathways.command(first, [close], said())
    imported(pathways, tmp_path, a_row(begindatum="15/01/2015"))

    found = corrected(pathways, tmp_path, a_row(begindatum="12/01/2015"))

    assert found == StoreFindings(refused={2: "already-open"})
