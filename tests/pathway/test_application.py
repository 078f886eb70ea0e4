"""The use cases on a real store."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from uuid import uuid4

import pytest
from pathway import numbers
from pathway.application import Pathways
from pathway.domain import refusals
from pathway.domain.closing import Close, Reopen
from pathway.domain.codes import (
    AnnulmentReason,
    CorrectionReason,
    ExitType,
    PathwayStatus,
    ReopeningReason,
    StopReason,
)
from pathway.domain.corrections import AnnulRegistration, CorrectData
from pathway.domain.enrolment import Enrolled
from pathway.domain.guidance import AssignCounsellor, CounsellorAssigned
from pathway.domain.ibo import StartIbo
from pathway.domain.modules import StopModule
from pathway.store import Outpaced

from tests.pathway.given import ANNA, BRAM, SetClock, enrolment, said

ASSIGN = AssignCounsellor(on=date(2015, 2, 1), counsellor="bemiddelaar-01", unit="OE-GENT")


def test_an_enrolment_is_recorded_with_its_whole_envelope(pathways: Pathways) -> None:
    done = pathways.enrol(enrolment(), said("c-7"), then=[ASSIGN])

    enrolled, assigned = pathways.store.load(done.pathway_id)
    assert isinstance(enrolled.fact, Enrolled)
    assert isinstance(assigned.fact, CounsellorAssigned)
    assert (enrolled.version, assigned.version, done.version) == (1, 2, 2)
    assert enrolled.command_id == "c-7"
    assert enrolled.actor.ref == "bemiddelaar-01"
    assert assigned.prev_hash == enrolled.hash
    assert assigned.position > enrolled.position


def test_a_person_has_at_most_one_open_pathway(pathways: Pathways) -> None:
    pathways.enrol(enrolment(), said())

    with pytest.raises(refusals.AlreadyOpen):
        pathways.enrol(enrolment(), said())


def test_a_person_whose_pathway_was_closed_can_be_enrolled_again_as_the_same_person(
    pathways: Pathways,
) -> None:
    first = pathways.enrol(enrolment(), said())
    pathways.command(
        first.pathway_id, [Close(on=date(2015, 3, 1), exit_type=ExitType.UITSCHRIJVING)], said()
    )

    second = pathways.enrol(enrolment(on=date(2015, 3, 1)), said())

    assert second.pathway_id != first.pathway_id
    both = [pathways.standing(i).pathway.person_ref for i in (first.pathway_id, second.pathway_id)]
    assert both[0] == both[1]


@pytest.mark.parametrize(("told", "warnings"), [("TÈSTERS", ()), ("Voorbeeld", ("name-differs",))])
def test_whoever_is_enrolled_again_under_another_name_keeps_the_first_and_it_is_told(
    pathways: Pathways, told: str, warnings: tuple[str, ...]
) -> None:
    first = pathways.enrol(enrolment(ANNA), said())
    closing = Close(on=date(2015, 3, 1), exit_type=ExitType.UITSCHRIJVING)
    pathways.command(first.pathway_id, [closing], said())
    renamed = ANNA.model_copy(update={"last_name": told})

    second = pathways.enrol(enrolment(renamed, on=date(2015, 3, 1)), said())

    assert (first.warnings, second.warnings) == ((), warnings)
    reference = pathways.standing(second.pathway_id).pathway.person_ref
    assert pathways.vault.people([reference]) == {reference: ANNA}


def test_a_late_enrolment_cannot_start_while_an_earlier_pathway_was_open(
    pathways: Pathways,
) -> None:
    first = pathways.enrol(enrolment(), said())
    closing = Close(on=date(2015, 3, 1), exit_type=ExitType.UITSCHRIJVING)
    pathways.command(first.pathway_id, [closing], said())

    with pytest.raises(refusals.AlreadyOpen, match="open until 2015-03-01") as refused:
        pathways.enrol(enrolment(on=date(2015, 2, 28)), said())

    assert refused.value.field == "on"


def test_a_late_enrolment_cannot_start_while_a_pathway_under_another_reference_was_open(
    pathways: Pathways,
) -> None:
    first = pathways.enrol(enrolment(ANNA, on=date(2015, 1, 5)), said())
    again = pathways.enrol(enrolment(BRAM, on=date(2015, 1, 5)), said())
    for one, on in ((first, date(2015, 3, 2)), (again, date(2015, 2, 2))):
        close = Close(on=on, exit_type=ExitType.UITSCHRIJVING)
        pathways.command(one.pathway_id, [close], said())
    same = [pathways.vault.reference(person.insz) for person in (ANNA, BRAM)]
    numbers.link(pathways.store, pathways.vault, *same, source="KSZ")

    for person in (ANNA, BRAM):
        with pytest.raises(refusals.AlreadyOpen, match=str(first.pathway_id)) as refused:
            pathways.enrol(enrolment(person, on=date(2015, 3, 1)), said())
        assert refused.value.pathway_id == first.pathway_id
    pathways.enrol(enrolment(BRAM, on=date(2015, 3, 2)), said())


def test_a_closed_pathway_is_not_opened_again_beside_one_under_another_reference(
    pathways: Pathways,
) -> None:
    first = pathways.enrol(enrolment(ANNA, on=date(2015, 1, 5)), said()).pathway_id
    again = pathways.enrol(enrolment(BRAM, on=date(2015, 1, 12)), said()).pathway_id
    close = Close(on=date(2015, 2, 2), exit_type=ExitType.UITSCHRIJVING)
    pathways.command(first, [close], said())
    same = [pathways.vault.reference(person.insz) for person in (ANNA, BRAM)]
    numbers.link(pathways.store, pathways.vault, *same, source="KSZ")
    closing = pathways.store.load(first)[-1].fact_id
    annul = AnnulRegistration(on=date(2015, 2, 3), fact_id=closing, reason=AnnulmentReason.TEST)
    correct = CorrectData(on=date(2015, 2, 3), fact_id=closing, reason=CorrectionReason.INVOERFOUT)

    for opening in (Reopen(on=date(2015, 2, 3), reason=ReopeningReason.TE_VROEG_AFGESLOTEN), annul):
        with pytest.raises(refusals.AlreadyOpen, match=str(again)):
            pathways.command(first, [opening], said())
    assert pathways.command(first, [correct], said()).facts, "what overlaps is put right bit by bit"


def test_one_of_many_enrolments_at_the_same_moment_wins(pathways: Pathways) -> None:
    def enrol(_: int) -> bool:
        try:
            pathways.enrol(enrolment(), said())
        except refusals.AlreadyOpen:
            return False
        return True

    with ThreadPoolExecutor(8) as together:
        won = list(together.map(enrol, range(16)))

    assert won.count(True) == 1
    assert len(pathways.store.log()) == 1


def test_two_people_are_two_references(pathways: Pathways) -> None:
    done = [pathways.enrol(enrolment(person), said()) for person in (ANNA, BRAM)]

    references = [pathways.standing(d.pathway_id).pathway.person_ref for d in done]
    assert pathways.vault.people(references) == {references[0]: ANNA, references[1]: BRAM}
    assert pathways.vault.reference(BRAM.insz) == references[1]


def test_a_command_on_another_version_than_expected_is_told(pathways: Pathways) -> None:
    done = pathways.enrol(enrolment(), said(), then=[ASSIGN])

    with pytest.raises(Outpaced):
        pathways.command(done.pathway_id, [ASSIGN], said(), expected_version=1)


def test_commands_at_once_without_an_expected_version_all_count(pathways: Pathways) -> None:
    done = pathways.enrol(enrolment(), said())

    def assign(number: int) -> int:
        command = ASSIGN.model_copy(update={"counsellor": f"bemiddelaar-{number:02d}"})
        return pathways.command(done.pathway_id, [command], said()).version

    with ThreadPoolExecutor(4) as together:
        versions = sorted(together.map(assign, range(4)))

    assert versions == [2, 3, 4, 5]


def test_an_unknown_pathway_is_refused(pathways: Pathways) -> None:
    with pytest.raises(refusals.UnknownPathway):
        pathways.command(uuid4(), [ASSIGN], said())


def test_state_can_be_asked_as_of_a_day_as_known_at_a_moment(
    pathways: Pathways, clock: SetClock
) -> None:
    ibo = StartIbo(
        on=date(2015, 9, 1),
        planned_until=date(2016, 2, 29),
        hours_per_week=38,
        employer="0887010362",
    )
    done = pathways.enrol(enrolment(), said(), then=[ibo])
    october = clock()
    clock.forward(days=60)
    module = pathways.standing(done.pathway_id).pathway.modules[0].module_id
    stop = StopModule(on=date(2015, 9, 15), module_id=module, reason=StopReason.OVERMACHT)
    pathways.command(done.pathway_id, [stop], said())

    asked = date(2015, 9, 20)
    then = pathways.standing(done.pathway_id, as_of=asked, known_at=october).pathway
    now = pathways.standing(done.pathway_id, as_of=asked).pathway
    before = pathways.standing(done.pathway_id, as_of=date(2015, 8, 31)).pathway

    assert [m.status for m in then.modules] == ["LOPEND"]
    assert [m.status for m in now.modules] == ["STOPGEZET"]
    assert before.status == PathwayStatus.INGESCHREVEN
