"""What a correction or an annulment makes of the rows: as if it had been so from the start, with its trace."""

from datetime import date

import pytest
from projections.counsellor.projection import counsellor_rows
from projections.counsellor.queries import Entry
from projections.counsellor.sentences import sentence
from projections.reporting.projection import reporting_rows
from projections.words import Words

import schemas
from schemas import event_type
from schemas.codes import (
    AnnulmentReason,
    CorrectionReason,
    ModuleKind,
    ModuleStatus,
    PathwayStatus,
)
from schemas.events import (
    DataCorrected,
    IboStarted,
    ModuleAnnulled,
    PathwayAnnulled,
    RegistrationAnnulled,
)

from .history import BAKERY, History, named

MARCH, APRIL, MAY, JUNE, JULY = (date(2024, month, 1) for month in range(3, 8))


def events(history: History) -> list[schemas.Message[schemas.Data]]:
    return [schemas.parse(value) for value in history.values]


def in_ibo() -> History:
    return History("anna").enrolled(MARCH).assigned(MARCH).ibo("i", APRIL, JUNE)


def corrected(history: History, version: int, on: date, **changes: object) -> History:
    """A correction of that event, told a day after the newest."""
    before = events(history)[version - 1]
    right = before.data.model_copy(update=changes)
    return history.tell(
        DataCorrected,
        on,
        target=before.id,
        corrected_type=event_type(type(before.data)),
        corrected_on=on,
        corrected=right.model_dump(mode="json"),
        reason=CorrectionReason.INVOERFOUT,
    )


def without_trace(rows: dict[str, list[dict[str, object]]]) -> dict[str, object]:
    """Rows without what tells of recording: versions, moments and the timeline."""
    apart = {"version", "last_recorded_at", "event_id", "recorded_at"}
    return {
        table: [{k: v for k, v in row.items() if k not in apart} for row in each]
        for table, each in rows.items()
        if table != "timeline"
    }


@pytest.mark.parametrize("fold", [counsellor_rows, reporting_rows])
def test_rows_after_a_correction_are_those_of_the_right_history(fold) -> None:
    right = History("anna").enrolled(MARCH).assigned(MARCH).ibo("i", MAY, JULY)

    rows = fold(events(corrected(in_ibo(), 3, MAY, planned_until=JULY)))

    assert without_trace(rows) == without_trace(fold(events(right)))


@pytest.mark.parametrize("fold", [counsellor_rows, reporting_rows])
def test_an_annulled_registration_counts_nowhere(fold) -> None:
    once = in_ibo().hired(MAY, BAKERY)
    twice = in_ibo().hired(MAY, BAKERY).hired(JUNE, BAKERY)
    twice.tell(RegistrationAnnulled, JUNE, target=twice.event_id(5), reason=AnnulmentReason.DUBBEL)

    assert without_trace(fold(events(twice))) == without_trace(fold(events(once)))


def annul_module(history: History) -> History:
    return history.tell(
        ModuleAnnulled,
        JUNE,
        module_id=events(history)[2].data.module_id,
        module_kind=ModuleKind.IBO,
        module_status=ModuleStatus.GEANNULEERD,
        reason=AnnulmentReason.VERKEERD_INSTRUMENT,
    )


@pytest.mark.parametrize("fold", [counsellor_rows, reporting_rows])
def test_an_annulled_module_counts_nowhere(fold) -> None:
    without = History("anna").enrolled(MARCH).assigned(MARCH)

    rows = fold(events(annul_module(in_ibo())))

    assert without_trace(rows) == without_trace(fold(events(without)))


def test_an_annulled_pathway_is_in_no_report_and_closed_in_the_caseload() -> None:
    history = in_ibo()
    history.status = PathwayStatus.GEANNULEERD
    history.tell(PathwayAnnulled, JUNE, reason=AnnulmentReason.VERKEERDE_PERSOON)

    (row,) = counsellor_rows(events(history))["caseload"]

    assert all(rows == [] for rows in reporting_rows(events(history)).values())
    assert (row["status"], row["closed_on"], row["modules"]) == ("GEANNULEERD", JUNE, 0)
    assert row["person_ref"] == named("person anna")


def test_a_correction_of_a_newer_kind_leaves_what_was_told() -> None:
    history = in_ibo()
    start = events(history)[2]
    history.tell(
        DataCorrected,
        MAY,
        target=start.id,
        corrected_type="be.vdab.pathway.ibo-started.v9",
        corrected_on=MAY,
        corrected={"anything": 1},
        reason=CorrectionReason.INVOERFOUT,
    )

    (module,) = counsellor_rows(events(history))["module"]

    assert isinstance(start.data, IboStarted)
    assert module["started_on"] == APRIL


def test_the_timeline_says_what_was_corrected_and_what_is_right() -> None:
    history = corrected(in_ibo(), 3, MAY, planned_until=JULY)
    entries = counsellor_rows(events(history))["timeline"]
    words = Words("nl")

    told = [
        sentence(Entry(**{k: v for k, v in entry.items() if k != "pathway_id"}), words)
        for entry in entries
    ]

    assert told[2].endswith("Later gecorrigeerd.")
    assert told[3].startswith("Gecorrigeerd (invoerfout); juist is, op 01/05/2024: IBO gestart bij")


def test_a_migrated_module_whose_completion_was_annulled_ended_with_its_measure() -> None:
    history = History("anna").enrolled(date(2015, 1, 5))
    history.work_experience("w", date(2015, 1, 12), date(2015, 9, 30))
    history.completed("w", date(2015, 6, 30)).migrated(date(2015, 10, 1), "w")
    history.tell(
        RegistrationAnnulled,
        date(2015, 10, 2),
        target=history.event_id(3),
        reason=AnnulmentReason.TEST,
    )

    (row,) = reporting_rows(events(history))["module"]

    assert (row["ending"], row["reason"]) == ("MEASURE_ENDED", "EINDE_MAATREGEL")
