"""What a merge makes of the rows: the survivor's are those of one pathway that had it all, the other's go."""

from datetime import date
from uuid import UUID

import pytest
from projections.counsellor.projection import counsellor_rows
from projections.counsellor.queries import Entry
from projections.counsellor.sentences import other_pathway, sentence
from projections.reporting.projection import reporting_rows
from projections.words import words

import schemas
from schemas.codes import Checkpoint, CorrectionReason, ExitType, MergeReason, PathwayStatus
from schemas.events import CarriedEvent, MergeReverted, PathwayAbsorbed, PathwaysMerged

from .history import BAKERY, GARDEN, History, events, named

MARCH, APRIL, MAY, JUNE, JULY = (date(2024, month, 1) for month in range(3, 8))
FOLDS = [counsellor_rows, reporting_rows]
COMES_ALONG = ("ibo-started", "ibo-completed", "hired-in-nec")


def anna() -> History:
    return History("anna").enrolled(MARCH).assigned(MARCH).stage("s", MARCH, APRIL)


def anna_too() -> History:
    other = History("anna too").enrolled(APRIL).assigned(APRIL, "u200", "OE-OTHER")
    return other.ibo("i", APRIL, JUNE, GARDEN).completed("i", JUNE).hired(JUNE, GARDEN)


def merged(survivor: History, absorbed: History, *also: str) -> History:
    """The survivor's history after it took the other one in."""
    kinds = {f"be.vdab.pathway.{name}.v1" for name in (*COMES_ALONG, *also)}
    carried = [
        CarriedEvent(
            id=one.id,
            type=one.type,
            occurred_on=one.occurredon,
            data=one.data.model_dump(mode="json")
            | ({"person_ref": str(survivor.person_ref)} if "enrolled" in one.type else {}),
        )
        for one in events(absorbed)
        if one.type in kinds
    ]
    survivor.status = PathwayStatus.NAZORG
    return survivor.tell(
        PathwaysMerged,
        JULY,
        absorbed=absorbed.pathway_id,
        absorbed_person=absorbed.person_ref,
        absorbed_enrolled_on=APRIL,
        events=tuple(carried),
        reason=MergeReason.TWEE_NUMMERS,
    )


def absorbed() -> History:
    other = anna_too()
    other.status = PathwayStatus.SAMENGEVOEGD
    survivor = named("pathway anna")
    return other.tell(PathwayAbsorbed, JULY, survivor=survivor, reason=MergeReason.TWEE_NUMMERS)


def reverted(history: History) -> History:
    target = history.event_id(len(history))
    history.status = PathwayStatus.IN_BEGELEIDING
    other = named("pathway anna too")
    reason = CorrectionReason.INVOERFOUT
    return history.tell(MergeReverted, JULY, target=target, other=other, reason=reason)


def told(rows: dict[str, list[dict[str, object]]]) -> dict[str, object]:
    """Rows without what tells of recording and of where a fact was told first."""
    apart = {"version", "last_recorded_at", "event_id", "recorded_at", "status", "module_id"}
    return {
        table: [{k: v for k, v in row.items() if k not in apart} for row in each]
        for table, each in rows.items()
        if table not in {"timeline", "contact"}
    }


@pytest.mark.parametrize("fold", FOLDS)
def test_the_survivors_rows_are_those_of_one_pathway_that_had_it_all(fold) -> None:
    whole = anna().ibo("i", APRIL, JUNE, GARDEN).completed("i", JUNE).hired(JUNE, GARDEN)

    rows = fold(events(merged(anna(), anna_too())))

    assert told(rows) == told(fold(events(whole)))


def test_who_merged_had_no_contact_on_the_days_of_what_came_along() -> None:
    rows = reporting_rows(events(merged(anna(), anna_too())))

    alone = reporting_rows(events(anna()))["contact"]
    assert rows["contact"] == alone != []


def test_several_hires_that_came_along_are_a_row_each() -> None:
    rows = reporting_rows(events(merged(anna(), anna_too().hired(JULY, BAKERY))))

    assert [row["employer"] for row in rows["hire"]] == [GARDEN, BAKERY]
    assert len({row["event_id"] for row in rows["hire"]}) == 2


def test_a_check_of_work_that_came_along_counts_from_the_way_out_that_stayed_there() -> None:
    left = anna_too().checked(JULY, Checkpoint.ONE, since=MAY)

    (row,) = reporting_rows(events(merged(anna(), left, "employment-checked")))["employment_check"]

    assert (row["months"], row["since"], row["measured_on"]) == (1, MAY, JULY)
    assert row["counts"]


def test_the_absorbed_pathway_is_in_no_report() -> None:
    assert not any(reporting_rows(events(absorbed())).values())


def test_the_absorbed_pathway_keeps_a_row_that_points_to_the_survivor() -> None:
    rows = counsellor_rows(events(absorbed()))

    (row,) = rows["caseload"]
    assert (row["merged_into"], row["status"]) == (named("pathway anna"), "SAMENGEVOEGD")
    assert (row["closed_on"], row["hires"], row["modules"]) == (JULY, 0, 0)
    assert rows["module"] == []


def test_a_pathway_that_was_closed_before_keeps_that_day() -> None:
    other = anna_too().closed(JUNE, ExitType.WERK_NEC_LOONTREKKEND)
    other.tell(PathwayAbsorbed, JULY, survivor=named("pathway anna"), reason=MergeReason.DUBBEL)

    (row,) = counsellor_rows(events(other))["caseload"]

    assert (row["closed_on"], row["exit_type"]) == (JUNE, None)


def test_an_earlier_enrolment_that_came_along_is_the_inflow() -> None:
    late = History("anna").enrolled(MAY).assigned(MAY)

    rows = reporting_rows(events(merged(late, anna_too(), "enrolled")))

    (inflow,) = rows["inflow"]
    assert (inflow["enrolled_on"], inflow["person_ref"]) == (APRIL, named("person anna"))
    assert inflow["first_module_on"] == APRIL


@pytest.mark.parametrize("fold", FOLDS)
def test_a_reverted_merge_leaves_the_rows_as_they_were(fold) -> None:
    survivor, other = reverted(merged(anna(), anna_too())), reverted(absorbed())

    assert told(fold(events(survivor))) == told(fold(events(anna())))
    assert told(fold(events(other))) == told(fold(events(anna_too())))


def test_what_is_of_a_newer_type_than_this_release_knows_is_passed_over() -> None:
    history = merged(anna(), anna_too())
    newest = events(history)[-1]
    later = CarriedEvent(id=named("x"), type="be.vdab.pathway.new.v1", occurred_on=MAY, data={})
    data = newest.data.model_copy(update={"events": (*newest.data.events, later)})
    before = events(history)[:-1]

    rows = reporting_rows([*before, newest.model_copy(update={"data": data})])

    assert len(rows["module"]) == 2


def said(history: History, language: str = "nl") -> list[tuple[str, str | None]]:
    found = [Entry(**row) for row in counsellor_rows(events(history))["timeline"]]
    return [(sentence(one, words(language)), other_pathway(one)) for one in found]


def test_both_timelines_say_what_happened_and_where_to_read_on() -> None:
    what, where = said(merged(anna(), anna_too()))[-1]
    pointer, survivor = said(absorbed())[-1]

    assert what.startswith("Een ander traject van deze persoon is in dit traject opgenomen (twee")
    assert "op 01/04/2024: IBO gestart bij" in what
    assert where == str(named("pathway anna too"))
    assert (survivor, "telt niet meer mee" in pointer) == (str(named("pathway anna")), True)


def test_a_reverted_merge_says_so_in_the_timeline() -> None:
    *_, before, after = said(reverted(merged(anna(), anna_too())))

    assert before[0].endswith("Later ongedaan gemaakt.")
    assert after == (
        "Een samenvoeging met een ander traject ongedaan gemaakt: invoerfout.",
        str(named("pathway anna too")),
    )


def test_a_carried_event_that_does_not_fit_its_type_is_told_as_broken() -> None:
    broken = CarriedEvent(
        id=UUID(int=1), type="be.vdab.pathway.hired-in-nec.v1", occurred_on=MAY, data={}
    )
    with pytest.raises(schemas.BrokenMessage):
        schemas.carried(broken)
