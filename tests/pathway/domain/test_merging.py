"""Two pathways of one person become one, and two again: what comes along, what stands in the way."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

import pytest
from pathway.domain import merge_refusals, refusals
from pathway.domain.catalogue import PathwayFact
from pathway.domain.codes import (
    AnnulmentReason,
    CorrectionReason,
    MergeReason,
    ModuleStatus,
    PathwayStatus,
)
from pathway.domain.commands import Command, Moment
from pathway.domain.consistency import consistent
from pathway.domain.corrections import AnnulModule, AnnulRegistration, CorrectData, PathwayAnnulled
from pathway.domain.enrolment import Enrolled, ParticipantCharacteristicsRecorded
from pathway.domain.facts import Told, state_of
from pathway.domain.guidance import AssignCounsellor
from pathway.domain.merging import (
    MergePathways,
    NoteReplacedNumber,
    PathwayAbsorbed,
    PathwaysMerged,
    RevertMerge,
)
from pathway.domain.state import Pathway
from pathway.domain.work import Hire

from tests.pathway.domain.kit import (
    ANNA,
    EMPLOYER,
    NEW,
    OTHER_EMPLOYER,
    TODAY,
    assigned,
    closed,
    day,
    enrolled,
    hired,
    ibo_completed,
    ibo_started,
    module_id,
    stage_started,
)
from tests.pathway.domain.test_employment import checked

SURVIVOR, ABSORBED, THIRD = UUID(int=0x51), UUID(int=0xAB), UUID(int=0x3D)
ANNA_TOO = UUID(int=0xA2)
ON = "2016-05-02"
MERGE = MergePathways(on=day(ON), absorbed=ABSORBED, reason=MergeReason.TWEE_NUMMERS)
REVERT = RevertMerge(on=day("2016-05-09"), absorbed=ABSORBED, reason=CorrectionReason.INVOERFOUT)


@dataclass
class Two:
    """Two pathways, each with what was told of it; ids tell where a fact was told first."""

    told: dict[UUID, list[Told]] = field(default_factory=dict)

    def tell(self, pathway: UUID, *facts: PathwayFact) -> "Two":
        stream = self.told.setdefault(pathway, [])
        for fact in facts:
            stream.append(Told(UUID(int=(pathway.int << 16) + len(stream) + 1), fact))
        return self

    def when(self, command: Command, on: UUID = SURVIVOR) -> list[PathwayFact]:
        """The command is decided on both sides, and what follows is recorded; the facts of `on`."""
        asked = [(on, command)]
        if there := command.counterpart(on):
            asked.append(there)
        decided = [(where, self.decided(one, where)) for where, one in asked]
        for where, facts in decided:
            self.tell(where, *facts)
        return decided[0][1]

    def decided(self, command: Command, on: UUID) -> list[PathwayFact]:
        told = self.told.get(on, [])
        moment = Moment(TODAY, lambda: NEW, tuple(told), lambda other: self.told.get(other, ()))
        return list(command.decide(state_of(told), moment))

    def state(self, pathway: UUID = SURVIVOR, as_of: date | None = None) -> Pathway:
        folded = state_of(self.told[pathway], as_of)
        assert folded is not None
        return folded

    def fact_id(self, pathway: UUID, version: int) -> UUID | None:
        return self.told[pathway][version - 1].fact_id


def enrolled_too(on: str = "2015-09-01") -> Enrolled:
    return enrolled(on).model_copy(update={"person_ref": ANNA_TOO})


def two(*absorbed: PathwayFact, survivor: tuple[PathwayFact, ...] = ()) -> Two:
    told = Two().tell(SURVIVOR, enrolled("2015-01-05"), assigned("2015-01-07"), *survivor)
    return told.tell(ABSORBED, enrolled_too(), assigned("2015-09-02", "bemiddelaar-02"), *absorbed)


IBO = ibo_started(1, "2015-10-01", "2016-03-31")
STAGE = stage_started(2, "2015-02-02", "2015-03-13")


def test_the_survivor_has_the_modules_and_work_of_both_each_on_its_own_day() -> None:
    both = two(IBO, ibo_completed(1, "2016-03-31"), hired("2016-04-01"), survivor=(STAGE,))

    (merged,) = both.when(MERGE)

    assert isinstance(merged, PathwaysMerged)
    assert [type(one.fact).__name__ for one in merged.facts] == [
        "IboStarted",
        "IboCompleted",
        "HiredInNec",
    ]
    now, then = both.state(), both.state(as_of=day("2015-10-01"))
    assert [m.module_id for m in now.modules] == [module_id(2), module_id(1)]
    assert [m.status for m in then.modules] == [ModuleStatus.LOPEND, ModuleStatus.LOPEND]
    assert [h.started_on for h in now.hires] == [day("2016-04-01")]
    assert both.state(as_of=day("2015-09-30")).module(module_id(1)) is None


def test_who_guides_does_not_come_along() -> None:
    both = two(IBO)

    both.when(MERGE)

    assert (both.state().counsellor, both.state().person_ref) == ("bemiddelaar-01", ANNA)


def test_the_absorbed_pathway_is_a_pointer_that_counts_nowhere_and_takes_nothing() -> None:
    both = two(IBO)

    both.when(MERGE)

    there = both.state(ABSORBED)
    assert (there.status, there.merged_into) == (PathwayStatus.SAMENGEVOEGD, SURVIVOR)
    assert (there.modules, there.hires, there.open) == ((), (), False)
    assert there.closed_on == day(ON)
    with pytest.raises(merge_refusals.Merged, match=str(SURVIVOR)):
        both.when(AssignCounsellor(on=day(ON), counsellor="c", unit="u"), on=ABSORBED)
    annul = AnnulModule(on=day(ON), module_id=module_id(1), reason=AnnulmentReason.TEST)
    with pytest.raises(merge_refusals.Merged):
        both.when(annul, on=ABSORBED)


def test_a_closed_absorbed_pathway_keeps_the_day_of_its_closing() -> None:
    both = two(closed("2016-02-01"))

    both.when(MERGE)

    there = both.state(ABSORBED)
    assert (there.closed_on, there.exit_type) == (day("2016-02-01"), None)
    assert both.state().open


def test_an_earlier_enrolment_comes_along_with_what_was_known_at_entry() -> None:
    both = Two().tell(SURVIVOR, enrolled("2015-09-01"))
    commune = ParticipantCharacteristicsRecorded(occurred_on=day("2015-01-05"), commune="44021")
    later = commune.model_copy(update={"occurred_on": day("2015-11-01"), "commune": "24062"})
    both.tell(ABSORBED, enrolled_too("2015-01-05"), commune, STAGE, later)

    both.when(MERGE)

    now = both.state()
    assert (now.enrolled_on, now.person_ref) == (day("2015-01-05"), ANNA)
    assert now.module(module_id(2))
    assert [told.commune for told in now.characteristics_told] == ["44021"]


def test_a_later_enrolment_stays_behind() -> None:
    both = two(IBO)

    both.when(MERGE)

    assert both.state().enrolled_on == day("2015-01-05")


def test_what_was_corrected_comes_along_as_it_should_have_been_and_what_was_annulled_not() -> None:
    both = two(IBO, hired("2016-04-01"), hired("2016-04-02"))
    wrong, doubled = both.fact_id(ABSORBED, 3), both.fact_id(ABSORBED, 5)
    correct = CorrectData(
        on=day("2015-10-01"),
        fact_id=wrong,
        changes={"planned_until": "2016-02-29"},
        reason=CorrectionReason.INVOERFOUT,
    )
    both.when(correct, on=ABSORBED)
    annul = AnnulRegistration(on=day(ON), fact_id=doubled, reason=AnnulmentReason.DUBBEL)
    both.when(annul, on=ABSORBED)

    both.when(MERGE)

    assert [m.planned_until for m in both.state().modules] == [day("2016-02-29")]
    assert [h.started_on for h in both.state().hires] == [day("2016-04-01")]


def test_a_check_of_work_comes_along_with_the_hire_that_it_counts_from() -> None:
    both = two(hired("2016-02-02"), checked("2016-03-02"))

    both.when(MERGE)

    (check,) = both.state().checks
    assert (check.since, check.measured_on) == (day("2016-02-02"), day("2016-03-02"))


def test_a_check_that_came_along_follows_its_hire_when_that_is_corrected() -> None:
    both = two(hired("2016-02-02"), checked("2016-03-02"))
    both.when(MERGE)

    correct = CorrectData(
        on=day("2016-02-01"), fact_id=both.fact_id(ABSORBED, 3), reason=CorrectionReason.INVOERFOUT
    )
    both.when(correct)

    assert [check.since for check in both.state().checks] == [day("2016-02-01")]


def test_a_check_of_work_that_counts_from_a_closing_comes_along_and_still_does() -> None:
    both = two(closed("2016-01-29"), checked("2016-03-02"))

    both.when(MERGE)

    (check,) = both.state().checks
    assert (check.since, check.measured_on) == (day("2016-01-29"), day("2016-03-02"))
    assert (both.state().open, both.state(ABSORBED).checks) == (True, ())
    consistent(both.told[SURVIVOR])


def test_a_check_that_came_along_counts_beside_that_of_the_survivors_own_way_out() -> None:
    own = hired("2015-12-01"), checked("2016-01-04")
    both = two(hired("2016-02-01"), checked("2016-03-02"), survivor=own)

    both.when(MERGE)

    assert [(c.since, c.measured_on, c.counts) for c in both.state().checks] == [
        (day("2015-12-01"), day("2016-01-04"), True),
        (day("2016-02-01"), day("2016-03-02"), True),
    ]


def test_a_check_that_both_were_told_of_counts_once() -> None:
    both = two(
        *(closed("2016-01-29"), checked("2016-03-02")),
        survivor=(hired("2016-01-29"), checked("2016-03-02")),
    )

    both.when(MERGE)

    assert [check.since for check in both.state().checks] == [day("2016-01-29")]


def test_a_check_goes_along_a_second_time_as_it_counted_first() -> None:
    both = two(closed("2016-01-29"), checked("2016-03-02")).tell(THIRD, enrolled("2015-01-01"))
    both.when(MERGE)

    both.when(MERGE.model_copy(update={"absorbed": SURVIVOR}), on=THIRD)

    assert [check.since for check in both.state(THIRD).checks] == [day("2016-01-29")]


def test_a_reverted_merge_gives_a_check_back_to_the_closing_that_it_counts_from() -> None:
    both = two(closed("2016-01-29"), checked("2016-03-02"))
    before = both.state(), both.state(ABSORBED)
    both.when(MERGE)

    both.when(REVERT)

    assert (both.state(), both.state(ABSORBED)) == before
    assert [check.since for check in both.state(ABSORBED).checks] == [day("2016-01-29")]


def test_a_hire_that_both_were_told_of_counts_once() -> None:
    both = two(hired("2016-04-01"), survivor=(hired("2016-04-01"),))

    both.when(MERGE)

    assert len(both.state().hires) == 1


def test_a_fact_that_came_along_can_be_corrected_in_the_survivor() -> None:
    both = two(IBO)
    both.when(MERGE)

    correct = CorrectData(
        on=day("2015-10-01"),
        fact_id=both.fact_id(ABSORBED, 3),
        changes={"employer": OTHER_EMPLOYER},
        reason=CorrectionReason.INVOERFOUT,
    )
    both.when(correct)

    assert both.state().modules[0].organisation == OTHER_EMPLOYER


def test_together_they_take_no_more_than_38_hours_a_week() -> None:
    both = two(IBO, survivor=(ibo_started(3, "2015-12-01", "2016-05-31", 20, OTHER_EMPLOYER),))

    with pytest.raises(refusals.Collides, match=r"IboStarted of 2015-12-01.* 58"):
        both.when(MERGE)


def test_nothing_comes_along_that_lies_after_the_survivor_was_closed() -> None:
    whole = (IBO, ibo_completed(1, "2016-03-31"), closed("2016-04-01"))
    both = two(*whole, survivor=(closed("2015-11-02"),))

    with pytest.raises(refusals.Collides, match="PathwayClosed of 2015-11-02: The IBO"):
        both.when(MERGE)


def test_an_open_pathway_is_not_merged_into_a_closed_one() -> None:
    both = two(IBO, survivor=(closed("2016-04-04"),))

    with pytest.raises(merge_refusals.NotMergeable, match=f"into {ABSORBED}") as refused:
        both.when(MERGE)

    assert refused.value.field == "absorbed"


def test_a_pathway_is_not_merged_into_itself() -> None:
    with pytest.raises(merge_refusals.NotMergeable, match="itself"):
        two().when(MERGE, on=ABSORBED)


def test_what_is_not_there_or_void_cannot_be_absorbed() -> None:
    third = MERGE.model_copy(update={"absorbed": THIRD})
    with pytest.raises(refusals.UnknownPathway):
        two().when(third)
    elsewhere = PathwayAbsorbed(occurred_on=day(ON), survivor=THIRD, reason=MergeReason.DUBBEL)
    with pytest.raises(merge_refusals.NotMergeable, match=str(THIRD)):
        two(IBO, elsewhere).when(MERGE)
    annulled = PathwayAnnulled(occurred_on=day(ON), reason=AnnulmentReason.TEST)
    with pytest.raises(merge_refusals.NotMergeable, match="annulled"):
        two(IBO, annulled).when(MERGE)


def test_merging_twice_changes_nothing_the_second_time() -> None:
    both = two(IBO)
    both.when(MERGE)

    assert both.when(MERGE) == []
    assert len(both.told[ABSORBED]) == 4


def test_nothing_is_absorbed_before_it_was_enrolled() -> None:
    early = MERGE.model_copy(update={"on": day("2015-08-31")})

    with pytest.raises(refusals.BeforeEnrolment, match="2015-09-01") as refused:
        two(IBO).when(early)

    assert refused.value.field == "on"
    assert len(two(IBO).when(MERGE.model_copy(update={"on": day("2015-09-01")}))) == 1


def test_one_that_absorbed_another_takes_that_along() -> None:
    third = enrolled("2015-09-15"), stage_started(5, "2016-04-04", "2016-04-29")
    both = two(IBO).tell(THIRD, *third)
    both.when(MERGE.model_copy(update={"absorbed": THIRD}), on=ABSORBED)

    both.when(MERGE)

    assert {m.module_id for m in both.state().modules} == {module_id(1), module_id(5)}


def test_a_reverted_merge_leaves_both_as_if_it_had_never_been() -> None:
    both = two(IBO, hired("2016-04-01"), survivor=(STAGE,))
    before = both.state(), both.state(ABSORBED)
    both.when(MERGE)

    both.when(REVERT)

    assert (both.state(), both.state(ABSORBED)) == before
    assert both.when(REVERT) == []
    assert len(both.when(MERGE)) == 1, "and they can be merged again"
    assert both.state(ABSORBED).merged_into == SURVIVOR


def test_what_was_never_merged_is_not_reverted() -> None:
    with pytest.raises(merge_refusals.NeverMerged):
        two(IBO).when(REVERT)


def test_a_merge_stays_while_something_told_after_it_speaks_of_what_came_along() -> None:
    both = two(IBO)
    both.when(MERGE)
    both.when(
        Hire(
            on=day("2016-05-03"),
            employer=EMPLOYER,
            contract="ONBEPAALDE_DUUR",
            hours_per_week=38,
            proof="DIMONA",
        )
    )

    with pytest.raises(merge_refusals.MergeInUse, match="ModuleStopped of 2016-05-02"):
        both.when(REVERT)


def test_a_merge_stays_while_a_hire_follows_a_module_that_came_along() -> None:
    both = two(IBO, ibo_completed(1, "2016-03-31"))
    both.when(MERGE)
    linked = hired("2016-04-01").model_copy(update={"linked_module_id": module_id(1)})
    both.tell(SURVIVOR, linked)

    with pytest.raises(merge_refusals.MergeInUse, match="HiredInNec of 2016-04-01"):
        both.when(REVERT)
    annul = AnnulRegistration(
        on=day(ON), fact_id=both.fact_id(SURVIVOR, 4), reason=AnnulmentReason.TEST
    )
    both.when(annul)

    assert len(both.when(REVERT)) == 1, "once it was annulled, nothing stands in the way"


def test_a_merge_stays_while_a_fact_lies_before_the_survivors_own_enrolment() -> None:
    both = Two().tell(SURVIVOR, enrolled("2015-09-01"))
    both.tell(ABSORBED, enrolled_too("2015-01-05"))
    both.when(MERGE)
    both.tell(SURVIVOR, STAGE)

    with pytest.raises(refusals.Collides, match="StageStarted of 2015-02-02"):
        both.when(REVERT)


def test_a_merge_stays_while_both_would_be_open_on_one_day_and_were_not_before() -> None:
    both = Two().tell(SURVIVOR, enrolled("2015-09-01"))
    both.tell(ABSORBED, enrolled_too("2015-01-05"), closed("2015-03-02"))
    both.when(MERGE)
    both.when(corrected(both.fact_id(SURVIVOR, 1), "2015-03-01"))

    with pytest.raises(refusals.AlreadyOpen, match=r"2015-01-05.* 2015-03-01") as refused:
        both.when(REVERT)

    assert refused.value.pathway_id == ABSORBED
    both.when(corrected(both.fact_id(SURVIVOR, 1), "2015-03-02"))
    assert len(both.when(REVERT)) == 1


def test_two_that_were_open_on_one_day_are_so_again_once_their_merge_is_reverted() -> None:
    both = two(IBO)
    both.when(MERGE)
    both.when(corrected(both.fact_id(SURVIVOR, 1), "2015-01-06"))

    assert len(both.when(REVERT)) == 1


def corrected(wrong: UUID | None, on: str) -> CorrectData:
    return CorrectData(on=day(on), fact_id=wrong, reason=CorrectionReason.INVOERFOUT)


def test_a_merge_is_not_reverted_from_a_pathway_that_was_merged_itself() -> None:
    both = two(IBO).tell(THIRD, enrolled("2015-01-01"))
    both.when(MERGE)
    both.when(MERGE.model_copy(update={"absorbed": SURVIVOR}), on=THIRD)

    with pytest.raises(merge_refusals.Merged, match=str(THIRD)):
        both.when(REVERT)


def test_a_replaced_number_changes_nothing_of_the_pathway_and_keeps_it_from_nothing() -> None:
    both = two(IBO)
    before = both.state()
    note = NoteReplacedNumber(on=day("2014-06-01"), person_ref=ANNA, source="KSZ")

    (fact,) = both.when(note)

    assert set(fact.model_dump()) == {"kind", "occurred_on", "person_ref", "source"}
    assert both.state() == before
    both.when(MERGE)


def test_a_closed_pathway_tells_nothing_of_a_replaced_number() -> None:
    note = NoteReplacedNumber(on=day(ON), person_ref=ANNA, source="KSZ")

    assert two(survivor=(closed("2016-04-04"),)).when(note) == []
