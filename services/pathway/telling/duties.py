"""What others may know of duties; why somebody is exempt may tell about health."""

from collections.abc import Mapping

from pathway.domain import guidance_codes as stored
from pathway.domain.duties import (
    AppointmentHeld,
    AppointmentMissed,
    AppointmentPlanned,
    ExemptionEnded,
    ExemptionGranted,
    TransmissionSent,
)
from pathway.domain.state import Pathway
from pathway.telling.frame import status_of, told
from schemas import codes, events

GENERAL_EXEMPTION: Mapping[stored.ExemptionKind, codes.ExemptionKind] = {
    stored.ExemptionKind.MANTELZORG: codes.ExemptionKind.ANDERE,
    stored.ExemptionKind.GEZONDHEID: codes.ExemptionKind.ANDERE,
    stored.ExemptionKind.BEVALLING: codes.ExemptionKind.ANDERE,
}


@told.register
def _planned(fact: AppointmentPlanned, after: Pathway) -> events.AppointmentPlanned:
    return events.AppointmentPlanned(
        pathway_status=status_of(after),
        planned_for=fact.planned_for,
        channel=codes.AppointmentChannel(fact.channel),
    )


@told.register
def _held(_fact: AppointmentHeld, after: Pathway) -> events.AppointmentHeld:
    return events.AppointmentHeld(pathway_status=status_of(after))


@told.register
def _missed(fact: AppointmentMissed, after: Pathway) -> events.AppointmentMissed:
    return events.AppointmentMissed(pathway_status=status_of(after), valid_excuse=fact.valid_excuse)


@told.register
def _exemption_granted(fact: ExemptionGranted, after: Pathway) -> events.ExemptionGranted:
    return events.ExemptionGranted(
        pathway_status=status_of(after),
        ground=GENERAL_EXEMPTION.get(fact.ground) or codes.ExemptionKind(fact.ground),
        until=fact.until,
    )


@told.register
def _exemption_ended(_fact: ExemptionEnded, after: Pathway) -> events.ExemptionEnded:
    return events.ExemptionEnded(pathway_status=status_of(after))


@told.register
def _transmission(fact: TransmissionSent, after: Pathway) -> events.TransmissionSent:
    return events.TransmissionSent(
        pathway_status=status_of(after),
        reason=codes.TransmissionReason(fact.reason),
        reference=fact.reference,
    )
