"""Starting a pathway, who guides it, and what is told of the person."""

import pytest
from pathway.domain import refusals
from pathway.domain.catalogue import COMMANDS
from pathway.domain.codes import AgeGroup, Channel, Education
from pathway.domain.enrolment import (
    Enrol,
    ParticipantCharacteristicsRecorded,
    RecordCharacteristics,
)
from pathway.domain.guidance import AssignCounsellor
from pathway.domain.ibo import StartIbo
from pathway.domain.state import Assignment, Characteristics

from tests.pathway.domain.kit import ANNA, EMPLOYER, TODAY, assigned, closed, day, enrolled, given


def enrol(on: str) -> Enrol:
    return Enrol(on=day(on), person_ref=ANNA, category=None, channel=Channel.LOKET)


def assign(on: str, counsellor: str = "bemiddelaar-01") -> AssignCounsellor:
    return AssignCounsellor(on=day(on), counsellor=counsellor, unit="OE-GENT")


def characteristics(on: str, **told: object) -> ParticipantCharacteristicsRecorded:
    return ParticipantCharacteristicsRecorded.model_validate({"occurred_on": day(on), **told})


def test_a_person_is_enrolled() -> None:
    facts = given().when(enrol("2014-01-06"))

    assert facts == [enrolled("2014-01-06")]


def test_a_person_can_be_enrolled_late_but_not_ahead() -> None:
    assert given().when(enrol(str(TODAY))) == [enrolled(str(TODAY))]

    with pytest.raises(refusals.InTheFuture, match="2016-06-02 has not come yet"):
        given().when(enrol("2016-06-02"))


def test_a_pathway_is_enrolled_once() -> None:
    with pytest.raises(refusals.AlreadyOpen):
        given(enrolled()).when(enrol("2014-01-06"))


def test_nothing_comes_before_the_enrolment() -> None:
    with pytest.raises(refusals.BeforeEnrolment, match="enrolled on 2014-01-06") as refused:
        given(enrolled("2014-01-06")).when(
            StartIbo(
                on=day("2014-01-05"),
                planned_until=day("2014-03-31"),
                hours_per_week="38",
                employer=EMPLOYER,
            )
        )

    assert refused.value.field == "on"


def test_a_module_can_start_on_the_day_of_enrolment() -> None:
    facts = given(enrolled("2014-01-06")).when(
        StartIbo(
            on=day("2014-01-06"),
            planned_until=day("2014-03-31"),
            hours_per_week="38",
            employer=EMPLOYER,
        )
    )

    assert len(facts) == 1


def test_every_command_but_enrol_needs_a_pathway() -> None:
    with pytest.raises(refusals.UnknownPathway):
        given().when(assign("2014-01-06"))


def test_nothing_is_recorded_on_a_closed_pathway() -> None:
    with pytest.raises(refusals.Closed, match="closed on 2014-05-01"):
        given(enrolled(), closed("2014-05-01")).when(assign("2014-06-01"))


def test_nothing_is_recorded_of_tomorrow() -> None:
    with pytest.raises(refusals.InTheFuture) as refused:
        given(enrolled()).when(assign("2016-06-02"))

    assert refused.value.field == "on"


def test_a_counsellor_is_assigned() -> None:
    facts = given(enrolled()).when(assign("2014-02-01"))

    assert facts == [assigned("2014-02-01")]


def test_assigning_the_same_counsellor_again_changes_nothing() -> None:
    pathway = given(enrolled(), assigned("2014-02-01"))

    assert pathway.when(assign("2014-02-01")) == []
    assert pathway.when(assign("2014-03-01")) == []


def test_the_same_counsellor_in_another_unit_is_news() -> None:
    moved = AssignCounsellor(on=day("2014-03-01"), counsellor="bemiddelaar-01", unit="OE-AALST")

    assert len(given(enrolled(), assigned("2014-02-01")).when(moved)) == 1


def test_a_late_assignment_told_twice_changes_nothing_the_second_time() -> None:
    pathway = given(
        enrolled(),
        assigned("2014-09-01", "bemiddelaar-02"),
        assigned("2014-02-01", "bemiddelaar-01"),
    )

    assert pathway.when(assign("2014-02-01", "bemiddelaar-01")) == []


def test_that_todays_counsellor_guided_on_an_earlier_day_too_is_news() -> None:
    pathway = given(
        enrolled(),
        assigned("2014-02-01", "bemiddelaar-01"),
        assigned("2014-09-01", "bemiddelaar-02"),
    )

    facts = pathway.when(assign("2014-06-01", "bemiddelaar-02"))

    assert facts == [assigned("2014-06-01", "bemiddelaar-02")]


def test_a_late_assignment_leaves_the_newer_one_in_place() -> None:
    pathway = given(
        enrolled(),
        assigned("2014-09-01", "bemiddelaar-02"),
        assigned("2014-02-01", "bemiddelaar-01"),
    ).pathway

    assert pathway.counsellor == "bemiddelaar-02"
    guided = pathway.guided_on(day("2014-08-31"))
    assert guided == Assignment(
        since=day("2014-02-01"), counsellor="bemiddelaar-01", unit="OE-GENT"
    )
    assert pathway.guided_on(day("2014-01-31")) is None


def test_characteristics_are_recorded_as_far_as_told() -> None:
    facts = given(enrolled()).when(
        RecordCharacteristics(on=day("2014-01-06"), commune="44021", age_group=AgeGroup.FROM_25)
    )

    assert facts == [characteristics("2014-01-06", commune="44021", age_group="25-49")]


def test_what_is_not_told_stays_as_it_was() -> None:
    pathway = given(
        enrolled(),
        characteristics("2014-01-06", commune="44021"),
        characteristics("2014-02-01", education="KORT"),
    ).pathway

    assert pathway.characteristics == Characteristics(
        since=day("2014-02-01"), commune="44021", education=Education.KORT
    )


def test_recording_what_is_known_changes_nothing() -> None:
    pathway = given(enrolled(), characteristics("2014-01-06", commune="44021", education="KORT"))

    assert pathway.when(RecordCharacteristics(on=day("2014-02-01"), commune="44021")) == []


def test_that_todays_characteristics_held_on_an_earlier_day_is_news() -> None:
    pathway = given(
        enrolled(),
        characteristics("2014-01-06", education="KORT"),
        characteristics("2014-09-01", education="MIDDEN"),
    )
    command = RecordCharacteristics(on=day("2014-06-01"), education=Education.MIDDEN)

    assert pathway.when(command) == [characteristics("2014-06-01", education="MIDDEN")]


def test_there_must_be_something_to_record() -> None:
    with pytest.raises(refusals.NothingRecorded):
        given(enrolled()).when(RecordCharacteristics(on=day("2014-02-01")))


def test_every_command_has_a_path_of_its_own() -> None:
    assert len({command.path for command in COMMANDS}) == len(COMMANDS)


def test_an_import_that_learns_of_an_earlier_begin_enrols_sooner() -> None:
    known = given(enrolled("2014-10-15").model_copy(update={"inferred": True}))
    sooner = Enrol(
        on=day("2014-09-01"), person_ref=ANNA, category=None, channel=Channel.IMPORT, inferred=True
    )

    (fact,) = known.when(sooner)

    assert fact.occurred_on == day("2014-09-01")
    assert given(fact, *known.facts).pathway.enrolled_on == day("2014-09-01")


@pytest.mark.parametrize(
    "told", ["80.05.17-004.37", "80051700437", "insz:80051700437", "B_80.05.17-004.37_x"]
)
def test_an_insz_is_no_reference_and_stands_in_none(told: str) -> None:
    with pytest.raises(ValueError, match="number of a person"):
        assign("2014-02-01", counsellor=told)


def test_a_long_number_that_is_nobodys_may_stand_in_a_reference() -> None:
    assert assign("2014-02-01", counsellor="dossier-20140132001").counsellor
