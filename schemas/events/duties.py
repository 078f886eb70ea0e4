"""Duties: appointments, exemptions, and what goes to the control service."""

from datetime import date
from typing import ClassVar

from pydantic import Field

from schemas.codes import AppointmentChannel, ExemptionKind, TransmissionReason
from schemas.events.frame import Data, Reference


class AppointmentPlanned(Data):
    """Afspraak gepland: an appointment was made; a pathway has at most one a day."""

    event: ClassVar[str] = "appointment-planned"
    planned_for: date = Field(description="Day of the appointment")
    channel: AppointmentChannel = Field(description="How it is held")


class AppointmentHeld(Data):
    """Afspraak gehouden: the person came to the appointment of the event's day."""

    event: ClassVar[str] = "appointment-held"


class AppointmentMissed(Data):
    """Afspraak gemist: the person did not come to the appointment of the event's day."""

    event: ClassVar[str] = "appointment-missed"
    valid_excuse: bool = Field(
        description="Whether there was a valid excuse; which one is not told"
    )


class ExemptionGranted(Data):
    """Vrijstelling toegekend: the person need not look for work from the event's day on."""

    event: ClassVar[str] = "exemption-granted"
    ground: ExemptionKind = Field(description="Why; ANDERE stands for several")
    until: date | None = Field(description="Last day, inclusive; null is open-ended")


class ExemptionEnded(Data):
    """Vrijstelling beëindigd: the exemption does not hold from the event's day on."""

    event: ClassVar[str] = "exemption-ended"


class TransmissionSent(Data):
    """Transmissie verstuurd: the control service is told that a duty was not met."""

    event: ClassVar[str] = "transmission-sent"
    reason: TransmissionReason = Field(description="Which duty")
    reference: Reference = Field(description="Under which reference the control service has it")
