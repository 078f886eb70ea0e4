"""Appointments, exemptions and transmissions: what somebody has to do, and what follows when they do not."""

import pytest
from pathway.domain import refusals
from pathway.domain.catalogue import PathwayFact
from pathway.domain.codes import CorrectionReason
from pathway.domain.corrections import CorrectData
from pathway.domain.duties import (
    AppointmentHeld,
    AppointmentMissed,
    AppointmentPlanned,
    EndExemption,
    ExemptionEnded,
    ExemptionGranted,
    GrantExemption,
    HoldAppointment,
    MissAppointment,
    PlanAppointment,
    SendTransmission,
    TransmissionSent,
)
from pathway.domain.guidance_codes import (
    AppointmentChannel,
    ExemptionKind,
    ReferralRefusal,
    TransmissionReason,
)
from pathway.domain.values import DataClass

from tests.pathway.domain.kit import day, enrolled, fact_id, given
from tests.pathway.domain.test_referral import referred, refused


def planned(on: str, planned_for: str) -> AppointmentPlanned:
    return AppointmentPlanned(
        occurred_on=day(on), planned_for=day(planned_for), channel=AppointmentChannel.KANTOOR
    )


def missed(on: str, *, excused: bool = False) -> list[PathwayFact]:
    told = AppointmentMissed(occurred_on=day(on), valid_excuse=excused)
    return [planned("2015-01-05", on), told]


def exempt(on: str, until: str | None = None) -> ExemptionGranted:
    return ExemptionGranted(
        occurred_on=day(on),
        ground=ExemptionKind.GEZONDHEID,
        until=day(until) if until else None,
    )


def send(on: str) -> SendTransmission:
    return SendTransmission(
        on=day(on), reason=TransmissionReason.AFSPRAAK_GEMIST, reference="TRANSMISSIE-1"
    )


def test_an_appointment_is_planned_and_held() -> None:
    plan = PlanAppointment(
        on=day("2015-01-05"), planned_for=day("2015-01-12"), channel=AppointmentChannel.KANTOOR
    )
    made = planned("2015-01-05", "2015-01-12")

    assert given(enrolled()).when(plan) == [made]
    assert given(enrolled(), made).when(HoldAppointment(on=day("2015-01-12"))) == [
        AppointmentHeld(occurred_on=day("2015-01-12"))
    ]


def test_one_appointment_a_day_and_none_before_it_was_made() -> None:
    made = planned("2015-01-05", "2015-01-12")
    again = PlanAppointment(
        on=day("2015-01-06"), planned_for=day("2015-01-12"), channel=AppointmentChannel.VIDEO
    )

    with pytest.raises(refusals.AppointmentThere):
        given(enrolled(), made).when(again)
    with pytest.raises(refusals.AppointmentBefore):
        given(enrolled()).when(again.model_copy(update={"planned_for": day("2015-01-05")}))


def test_only_an_appointment_of_that_day_is_told_of_and_only_once() -> None:
    miss = MissAppointment(on=day("2015-01-12"), valid_excuse=True)

    with pytest.raises(refusals.NoAppointment):
        given(enrolled(), planned("2015-01-05", "2015-01-13")).when(miss)
    with pytest.raises(refusals.NoAppointment):
        given(enrolled(), *missed("2015-01-12")).when(miss)


def test_two_misses_without_an_excuse_make_a_candidate_for_transmission() -> None:
    once = [enrolled(), *missed("2015-01-12"), *missed("2015-01-19", excused=True)]
    twice = [*once, *missed("2015-01-26")]
    sent = TransmissionSent(
        occurred_on=day("2015-01-27"),
        reason=TransmissionReason.AFSPRAAK_GEMIST,
        reference="TRANSMISSIE-1",
    )

    assert not given(*once).pathway.transmission_candidate
    assert given(*twice).pathway.transmission_candidate
    assert given(*twice).when(send("2015-01-27")) == [sent]
    assert not given(*twice, sent).pathway.transmission_candidate


def test_a_transmission_needs_a_duty_that_was_missed_or_refused() -> None:
    for history in ([], missed("2015-01-12", excused=True), missed("2015-03-02")):
        with pytest.raises(refusals.NoDutyMissed):
            given(enrolled(), *history).when(send("2015-02-01"))
    no_place = [referred("2016-01-11"), refused("2016-01-18")]
    unwilling = no_place[1].model_copy(update={"reason": ReferralRefusal.WERKZOEKENDE_WEIGERT})

    with pytest.raises(refusals.NoDutyMissed):
        given(enrolled(), *no_place).when(send("2016-02-01"))
    assert given(enrolled(), no_place[0], unwilling).when(send("2016-02-01"))


def test_no_transmission_goes_out_while_the_person_is_exempt() -> None:
    history = [enrolled(), *missed("2015-01-12"), exempt("2015-02-01", "2015-02-28")]

    with pytest.raises(refusals.Exempt):
        given(*history).when(send("2015-02-28"))
    assert given(*history).when(send("2015-03-01"))
    assert given(*history).when(send("2015-01-31"))


def test_an_exemption_ends_by_itself_or_the_day_before_it_is_ended() -> None:
    open_ended = given(enrolled(), exempt("2015-02-01"))
    end = EndExemption(on=day("2015-03-01"))

    assert open_ended.when(end) == [ExemptionEnded(occurred_on=day("2015-03-01"))]
    ended = given(*open_ended.facts, ExemptionEnded(occurred_on=day("2015-03-01"))).pathway
    assert ended.exempt_on(day("2015-02-28"))
    assert not ended.exempt_on(day("2015-03-01"))
    with pytest.raises(refusals.NotExempt):
        given(enrolled(), exempt("2015-02-01", "2015-02-28")).when(end)


def test_an_exemption_holds_for_one_day_at_least() -> None:
    granted = given(enrolled(), exempt("2015-02-01"))

    with pytest.raises(refusals.EndBeforeStart, match="holds from 2015-02-01") as refused:
        granted.when(EndExemption(on=day("2015-02-01")))

    assert refused.value.field == "on"
    ended = granted.when(EndExemption(on=day("2015-02-02")))
    (exemption,) = given(*granted.facts, *ended).pathway.exemptions
    assert (exemption.since, exemption.until) == (day("2015-02-01"), day("2015-02-01"))


def test_an_end_that_was_taken_before_keeps_nobody_from_correcting_another_fact() -> None:
    history = given(enrolled(), exempt("2015-02-01"), ExemptionEnded(occurred_on=day("2015-02-01")))

    told = history.when(
        CorrectData(
            on=day("2014-01-06"),
            fact_id=fact_id(1),
            reason=CorrectionReason.INVOERFOUT,
            changes={"inferred": True},
        )
    )

    assert [fact.name for fact in told] == ["DataCorrected"]


def test_nobody_is_exempt_twice_on_one_day() -> None:
    again = GrantExemption(on=day("2015-02-15"), ground=ExemptionKind.OPLEIDING)

    with pytest.raises(refusals.AlreadyExempt):
        given(enrolled(), exempt("2015-02-01", "2015-02-28")).when(again)
    with pytest.raises(refusals.EndBeforeStart):
        given(enrolled()).when(again.model_copy(update={"until": day("2015-02-14")}))


def test_why_somebody_is_exempt_is_special_data() -> None:
    assert ExemptionGranted.data_class == DataClass.SPECIAL
