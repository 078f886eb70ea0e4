"""Who guides on which day, how that is handed over, and what a screening found."""

import pytest
from pathway.domain import refusals
from pathway.domain.codes import PathwayStatus
from pathway.domain.consistency import consistent
from pathway.domain.guidance import (
    AssignCounsellor,
    CounsellorTransferred,
    CounsellorUnassigned,
    Screen,
    Screened,
    TransferCounsellor,
    UnassignCounsellor,
)
from pathway.domain.guidance_codes import Advice, Distance, HandOverReason, Need, ScreeningMethod
from pathway.domain.values import DataClass

from tests.pathway.domain.kit import assigned, closed, day, enrolled, given, hired

ONE, OTHER = "bemiddelaar-01", "bemiddelaar-02"
GUIDED = given(enrolled(), assigned("2014-02-01", ONE))


def transfer(on: str, to: str = OTHER, unit: str = "OE-GENT") -> TransferCounsellor:
    return TransferCounsellor(
        on=day(on), counsellor=to, unit=unit, reason=HandOverReason.HERVERDELING
    )


def transferred(on: str, before: str = ONE, to: str = OTHER) -> CounsellorTransferred:
    return CounsellorTransferred(
        occurred_on=day(on),
        from_counsellor=before,
        counsellor=to,
        unit="OE-GENT",
        reason=HandOverReason.HERVERDELING,
    )


def unassign(on: str) -> UnassignCounsellor:
    return UnassignCounsellor(on=day(on), reason=HandOverReason.UIT_DIENST)


def unassigned(on: str, before: str = ONE) -> CounsellorUnassigned:
    return CounsellorUnassigned(
        occurred_on=day(on), counsellor=before, reason=HandOverReason.UIT_DIENST
    )


def screen(on: str, *needs: Need, distance: Distance = Distance.MATIGE_AFSTAND) -> Screen:
    return Screen(
        on=day(on),
        distance=distance,
        needs=needs,
        advice=Advice.OPLEIDING,
        method=ScreeningMethod.GESPREK,
    )


def test_a_transfer_says_from_whom_and_to_whom() -> None:
    assert GUIDED.when(transfer("2014-03-01")) == [transferred("2014-03-01")]


def test_the_old_assignment_ends_as_the_new_one_begins() -> None:
    pathway = given(*GUIDED.facts, transferred("2014-03-01")).pathway

    before, since = pathway.guided_on(day("2014-02-28")), pathway.guided_on(day("2014-03-01"))
    assert (before and before.counsellor, since and since.counsellor) == (ONE, OTHER)
    assert pathway.counsellor == OTHER


def test_who_guides_cannot_be_handed_the_pathway_that_they_guide() -> None:
    with pytest.raises(refusals.NothingChanges, match=f"{ONE} of OE-GENT guides") as refused:
        GUIDED.when(transfer("2014-03-01", ONE))
    assert refused.value.field == "counsellor"


def test_a_counsellor_may_take_the_pathway_along_to_another_unit() -> None:
    (fact,) = GUIDED.when(transfer("2014-03-01", ONE, "OE-AALST"))

    assert given(*GUIDED.facts, fact).pathway.unit == "OE-AALST"


def test_nobody_hands_over_what_nobody_guides() -> None:
    for command in (transfer("2014-03-01"), unassign("2014-03-01")):
        with pytest.raises(refusals.NotAssigned, match="Nobody guides on 2014-03-01"):
            given(enrolled()).when(command)
        with pytest.raises(refusals.NotAssigned):
            given(*GUIDED.facts, unassigned("2014-02-15")).when(command)


def test_a_transfer_told_late_is_from_who_guided_on_that_day() -> None:
    known = given(*GUIDED.facts, assigned("2014-09-01", "bemiddelaar-03"))

    assert known.when(transfer("2014-03-01")) == [transferred("2014-03-01")]
    assert given(*known.facts, transferred("2014-03-01")).pathway.counsellor == "bemiddelaar-03"


def test_a_history_in_which_another_handed_over_is_refused() -> None:
    history = given(*GUIDED.facts, transferred("2014-03-01"), assigned("2014-02-15", OTHER))

    with pytest.raises(refusals.Collides, match=f"{OTHER} guides since 2014-02-15, not {ONE}"):
        consistent(history.told)


def test_a_pathway_that_nobody_guides_waits_with_its_unit_in_guidance() -> None:
    assert GUIDED.when(unassign("2014-03-01")) == [unassigned("2014-03-01")]

    pathway = given(*GUIDED.facts, unassigned("2014-03-01")).pathway
    assert (pathway.counsellor, pathway.unit) == (None, "OE-GENT")
    assert pathway.status == PathwayStatus.IN_BEGELEIDING
    before = pathway.guided_on(day("2014-02-28"))
    assert before is not None
    assert before.counsellor == ONE


def test_who_guided_before_can_be_assigned_again() -> None:
    waits = given(*GUIDED.facts, unassigned("2014-03-01"))
    again = AssignCounsellor(on=day("2014-03-05"), counsellor=ONE, unit="OE-GENT")

    assert waits.when(again) == [assigned("2014-03-05", ONE)]


def test_a_hand_over_in_aftercare_brings_nobody_back_into_guidance() -> None:
    at_work = [*GUIDED.facts, hired("2014-05-01")]

    for fact in (transferred("2014-06-01"), unassigned("2014-06-01")):
        assert given(*at_work, fact).pathway.status == PathwayStatus.NAZORG


def test_a_closed_pathway_is_handed_over_to_nobody() -> None:
    with pytest.raises(refusals.Closed):
        given(*GUIDED.facts, closed("2014-05-01")).when(transfer("2014-06-01"))


def test_the_newest_screening_counts_also_when_an_older_one_is_told_late() -> None:
    first, later = screen("2014-02-01"), screen("2014-09-01", distance=Distance.KLEINE_AFSTAND)
    known = given(enrolled(), *given(enrolled()).when(later))

    pathway = given(*known.facts, *known.when(first)).pathway

    assert pathway.screening is not None
    assert pathway.screening.distance == Distance.KLEINE_AFSTAND
    assert [one.on for one in pathway.screenings] == [day("2014-02-01"), day("2014-09-01")]


def test_the_same_screening_told_again_changes_nothing_and_needs_have_no_order() -> None:
    told = given(enrolled()).when(screen("2014-02-01", Need.TAAL, Need.MOBILITEIT, Need.TAAL))

    assert isinstance(told[0], Screened)
    assert told[0].needs == (Need.MOBILITEIT, Need.TAAL)
    again = screen("2014-02-01", Need.MOBILITEIT, Need.TAAL)
    assert given(enrolled(), *told).when(again) == []
    assert len(given(enrolled(), *told).when(screen("2014-03-01", *told[0].needs))) == 1


def test_a_screening_is_special_data() -> None:
    assert Screened.data_class == DataClass.SPECIAL
