"""What was registered wrongly is put right: corrected, annulled, and refused where it could not have been."""

from typing import Any

import pytest
from pathway.domain import refusals
from pathway.domain.closing import Close
from pathway.domain.codes import (
    AnnulmentReason,
    CorrectionReason,
    ExitType,
    ModuleStatus,
    PathwayStatus,
    Scheme,
    StopReason,
)
from pathway.domain.corrections import (
    AnnulModule,
    AnnulPathway,
    AnnulRegistration,
    CorrectData,
    DataCorrected,
    ModuleAnnulled,
    PathwayAnnulled,
    RegistrationAnnulled,
)
from pathway.domain.facts import Fact
from pathway.domain.guidance import AssignCounsellor
from pathway.domain.modules import StopModule
from pathway.domain.state import Pathway
from pathway.domain.wep_plus import MigrateWepPlus

from tests.pathway.domain.kit import (
    GUIDE,
    Given,
    assigned,
    closed,
    completed,
    day,
    enrolled,
    fact_id,
    given,
    hired,
    i_started,
    ibo_completed,
    ibo_started,
    module_id,
    stage_started,
    stopped,
    w_started,
)

IBO = ibo_started(1, "2015-02-02", "2015-07-31")
IN_IBO = given(enrolled(), assigned("2014-02-01"), IBO)


def correct(version: int, on: str, **changes: Any) -> CorrectData:
    return CorrectData(
        on=day(on), fact_id=fact_id(version), changes=changes, reason=CorrectionReason.INVOERFOUT
    )


def then(before: Given, facts: list[Fact]) -> Pathway:
    """The pathway after these new facts."""
    return given(*before.facts, *facts).pathway


def test_a_field_of_an_earlier_fact_is_corrected_at_its_own_day() -> None:
    facts = IN_IBO.when(correct(3, "2015-02-02", planned_until="2015-06-30"))

    right = IBO.model_copy(update={"planned_until": day("2015-06-30")})
    assert facts == [
        DataCorrected(
            occurred_on=day("2015-02-02"),
            target=fact_id(3),
            becomes=right,
            reason=CorrectionReason.INVOERFOUT,
        )
    ]
    assert then(IN_IBO, facts).modules == given(enrolled(), right).pathway.modules


def test_a_day_is_corrected_and_the_pathway_is_folded_as_if_it_had_been_so() -> None:
    facts = IN_IBO.when(correct(2, "2014-03-01"))

    after = then(IN_IBO, facts)
    assert after.assignments[0].since == day("2014-03-01")
    assert after.guided_on(day("2014-02-15")) is None


def test_a_corrected_fact_keeps_its_place_among_those_of_its_day() -> None:
    both = given(enrolled(), assigned("2014-02-01"), assigned("2014-02-01", "bemiddelaar-02"))

    after = then(both, both.when(correct(2, "2014-02-01", unit="OE-AALST")))

    assert after.counsellor == "bemiddelaar-02"


def test_what_is_right_already_is_not_corrected() -> None:
    assert IN_IBO.when(correct(3, "2015-02-02", planned_until="2015-07-31")) == []


def test_a_correction_of_a_correction_equals_correcting_once() -> None:
    once = then(IN_IBO, IN_IBO.when(correct(3, "2015-02-03", planned_until="2015-06-30")))

    first = IN_IBO.when(correct(3, "2015-02-05", planned_until="2015-07-15"))
    corrected = given(*IN_IBO.facts, *first)
    second = corrected.when(correct(3, "2015-02-03", planned_until="2015-06-30"))

    assert then(corrected, second) == once


def test_a_correction_itself_is_not_corrected_but_what_it_is_about() -> None:
    corrected = given(*IN_IBO.facts, *IN_IBO.when(correct(3, "2015-02-03")))

    with pytest.raises(refusals.NotCorrectable, match="Correct the fact that it is about"):
        corrected.when(correct(4, "2015-02-04"))


@pytest.mark.parametrize(
    ("version", "on", "changes", "collides"),
    [
        pytest.param(3, "2014-01-01", {}, "IboStarted of 2014-01-01", id="before enrolment"),
        pytest.param(1, "2014-02-02", {}, "CounsellorAssigned of 2014-02-01", id="enrolment later"),
        pytest.param(3, "2015-08-01", {}, "IboStarted of 2015-08-01", id="planned end before it"),
        pytest.param(
            3, "2015-02-02", {"planned_until": "2015-01-01"}, "IboStarted of 2015-02-02", id="end"
        ),
    ],
)
def test_what_would_make_the_history_impossible_is_refused_with_what_it_collides_with(
    version: int, on: str, changes: dict[str, Any], collides: str
) -> None:
    with pytest.raises(refusals.Collides, match=collides):
        IN_IBO.when(correct(version, on, **changes))


def test_an_end_cannot_be_corrected_to_before_its_start() -> None:
    ended = given(*IN_IBO.facts, ibo_completed(1, "2015-07-31"))

    with pytest.raises(refusals.Collides, match="IboCompleted of 2015-01-31"):
        ended.when(correct(4, "2015-01-31"))


def test_a_correction_may_not_take_a_week_past_38_hours_also_by_a_later_module() -> None:
    both = given(
        enrolled(),
        ibo_started(1, "2015-02-02", "2015-02-28"),
        stage_started(2, "2015-03-01", "2015-03-31"),
    )

    with pytest.raises(refusals.Collides, match="StageStarted of 2015-03-01"):
        both.when(correct(2, "2015-02-02", planned_until="2015-03-01"))


@pytest.mark.parametrize(
    "changes",
    [
        {"module_id": str(module_id(9))},
        {"kind": "StageStarted"},
        {"occurred_on": "2015-02-03"},
        {"employer": "123"},
        {"planned_until": "1425081600"},
        {"nothing_like_this": 1},
        {"hours_per_week": "veel"},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_what_a_fact_does_not_take_is_refused_by_field(changes: dict[str, Any]) -> None:
    with pytest.raises(refusals.NotCorrectable):
        IN_IBO.when(correct(3, "2015-02-02", **changes))


def test_an_unknown_fact_is_told_as_that() -> None:
    with pytest.raises(refusals.UnknownFact):
        IN_IBO.when(correct(77, "2015-02-02"))


def test_nothing_is_corrected_to_a_day_that_has_not_come() -> None:
    with pytest.raises(refusals.InTheFuture):
        IN_IBO.when(correct(2, "2016-06-02"))


def test_a_closed_pathway_can_still_be_corrected() -> None:
    done = given(*IN_IBO.facts, stopped(1, "2015-05-01"), closed("2015-06-01"))

    facts = done.when(correct(4, "2015-05-04", reason="OVERMACHT"))

    (module,) = then(done, facts).modules
    assert (module.last_day, module.reason) == (day("2015-05-04"), StopReason.OVERMACHT)
    with pytest.raises(refusals.Collides, match="PathwayClosed of 2015-06-01: The IBO"):
        done.when(correct(4, "2015-06-02"))


def test_an_annulled_registration_leaves_the_state() -> None:
    twice = given(enrolled(), hired("2015-06-01"), hired("2015-06-02"))
    annul = AnnulRegistration(
        on=day("2015-06-03"), fact_id=fact_id(3), reason=AnnulmentReason.DUBBEL
    )

    facts = twice.when(annul)

    assert [type(fact) for fact in facts] == [RegistrationAnnulled]
    assert then(twice, facts).hires == given(enrolled(), hired("2015-06-01")).pathway.hires
    with pytest.raises(refusals.NotCorrectable, match="annulled before"):
        given(*twice.facts, *facts).when(annul)


@pytest.mark.parametrize(("version", "instead"), [(1, "annul-pathway"), (3, "annul-module")])
def test_what_others_hang_on_is_annulled_as_a_whole(version: int, instead: str) -> None:
    with pytest.raises(refusals.NotCorrectable, match=instead):
        IN_IBO.when(
            AnnulRegistration(
                on=day("2015-06-03"), fact_id=fact_id(version), reason=AnnulmentReason.TEST
            )
        )


def test_an_annulled_closing_opens_the_pathway_again() -> None:
    done = given(enrolled(), assigned("2014-02-01"), closed("2015-06-01"))

    facts = done.when(
        AnnulRegistration(on=day("2015-06-03"), fact_id=fact_id(3), reason=AnnulmentReason.TEST)
    )

    assert then(done, facts).status is PathwayStatus.IN_BEGELEIDING


def test_an_annulled_module_counts_nowhere_and_leaves_its_hours() -> None:
    ended = given(enrolled(), IBO, ibo_completed(1, "2015-07-31"))
    annul = AnnulModule(
        on=day("2015-08-03"), module_id=module_id(1), reason=AnnulmentReason.VERKEERD_INSTRUMENT
    )

    facts = ended.when(annul)

    after = then(ended, facts)
    assert [type(fact) for fact in facts] == [ModuleAnnulled]
    assert after.modules == ()
    assert [module.module_id for module in after.annulled] == [module_id(1)]
    assert after.status is PathwayStatus.INGESCHREVEN
    again = given(*ended.facts, *facts)
    assert again.when(annul) == []
    with pytest.raises(refusals.UnknownModule):
        again.when(
            StopModule(on=day("2015-08-03"), module_id=module_id(1), reason=StopReason.OVERMACHT)
        )


def test_an_annulled_pathway_takes_nothing_more() -> None:
    annul = AnnulPathway(on=day("2015-08-03"), reason=AnnulmentReason.VERKEERDE_PERSOON)

    facts = IN_IBO.when(annul)

    after = then(IN_IBO, facts)
    assert [type(fact) for fact in facts] == [PathwayAnnulled]
    assert (after.status, after.open, after.modules) == (PathwayStatus.GEANNULEERD, False, ())
    annulled = given(*IN_IBO.facts, *facts)
    for command in (
        annul,
        correct(3, "2015-02-03"),
        AssignCounsellor(on=day("2015-08-04"), counsellor="bemiddelaar-02", unit="OE-GENT"),
    ):
        with pytest.raises(refusals.Annulled):
            annulled.when(command)


def test_a_pathway_is_not_annulled_before_it_was_enrolled() -> None:
    early = AnnulPathway(on=day("2014-01-05"), reason=AnnulmentReason.TEST)

    with pytest.raises(refusals.BeforeEnrolment, match="2014-01-06") as refused:
        IN_IBO.when(early)

    assert refused.value.field == "on"
    assert IN_IBO.when(early.model_copy(update={"on": day("2014-01-06")}))


def test_a_stopped_module_stays_where_an_annulled_one_goes() -> None:
    history = given(enrolled(), IBO, stopped(1, "2015-05-01"))

    assert [m.status for m in history.pathway.modules] == [ModuleStatus.STOPGEZET]


def annulled_ibo() -> Given:
    """Somebody whose IBO of February 2015 was annulled."""
    annul = AnnulModule(
        on=day("2015-08-03"), module_id=module_id(1), reason=AnnulmentReason.VERKEERD_INSTRUMENT
    )
    return given(*IN_IBO.facts, *IN_IBO.when(annul))


def test_the_facts_of_an_annulled_module_are_neither_corrected_nor_annulled_again() -> None:
    before = annulled_ibo()

    with pytest.raises(refusals.NotCorrectable, match="annulled before"):
        before.when(correct(3, "2015-03-02"))
    with pytest.raises(refusals.NotCorrectable, match="annulled before"):
        before.when(
            AnnulRegistration(on=day("2015-08-04"), fact_id=fact_id(3), reason=AnnulmentReason.TEST)
        )


def test_an_annulled_module_keeps_nothing_from_its_day() -> None:
    before = annulled_ibo()

    closed_early = before.when(Close(on=day("2014-06-01"), exit_type=ExitType.UITSCHRIJVING))
    assert [fact.name for fact in closed_early] == ["PathwayClosed"]
    later = correct(2, "2015-03-02")
    with_later = given(*before.facts, *before.when(later))
    enrolled_later = with_later.when(correct(1, "2015-03-01"))
    assert [fact.name for fact in enrolled_later] == ["DataCorrected"]


def test_what_is_no_field_is_not_repeated() -> None:
    with pytest.raises(refusals.NotCorrectable) as refused:
        IN_IBO.when(correct(3, "2015-02-02", **{"Jan Peeters 84051799897": 1}))

    assert "Jan" not in refused.value.message
    assert "planned_until" in refused.value.message


def migrated() -> Given:
    """W still ran and I was completed, when the person went on in October 2015."""
    before = given(enrolled(), w_started(1), i_started(2), completed(2, "2015-06-30"))
    migrate = MigrateWepPlus(
        on=day("2015-10-01"), to_scheme=Scheme.IWPL_SUBSIDIE, guiding_organisation=GUIDE
    )
    return given(*before.facts, *before.when(migrate))


def test_the_end_of_a_module_is_corrected_also_where_a_migration_names_it() -> None:
    before = migrated()

    after = then(before, before.when(correct(4, "2015-06-15")))

    assert [module.last_day for module in after.modules] == [day("2015-09-30"), day("2015-06-15")]


def test_without_its_completion_a_migrated_module_ended_with_its_measure() -> None:
    before = migrated()
    annul = AnnulRegistration(on=day("2015-10-02"), fact_id=fact_id(4), reason=AnnulmentReason.TEST)

    after = then(before, before.when(annul))

    assert {module.reason for module in after.modules} == {StopReason.EINDE_MAATREGEL}


def test_an_impossible_history_can_still_be_annulled() -> None:
    never = given(enrolled("2015-03-01"), assigned("2014-02-01"))
    annul = AnnulPathway(on=day("2015-08-03"), reason=AnnulmentReason.TEST)

    assert [fact.name for fact in never.when(annul)] == ["PathwayAnnulled"]
