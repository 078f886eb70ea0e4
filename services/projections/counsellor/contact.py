"""What was done for a person: the first contact, since when nobody guides, and the newest referral."""

from collections.abc import Sequence
from datetime import date

from projections.projection import Event, Row, data_of
from schemas.events import (
    AppointmentMissed,
    AppointmentPlanned,
    CounsellorAssigned,
    CounsellorTransferred,
    CounsellorUnassigned,
    DeadlineReached,
    Enrolled,
    ImportedFromLegacy,
    ParticipantCharacteristicsRecorded,
    ReferredToProvider,
)

_NO_CONTACT = (
    AppointmentMissed,
    AppointmentPlanned,
    CounsellorAssigned,
    CounsellorTransferred,
    CounsellorUnassigned,
    DeadlineReached,
    Enrolled,
    ImportedFromLegacy,
    ParticipantCharacteristicsRecorded,
)
"""Facts that somebody registers without the person."""


def contact_columns(told: Sequence[Event]) -> Row:
    """Columns of the caseload row, from what stands, in the order of its days."""
    row: dict[str, date | None]
    row = dict.fromkeys(("first_contact_on", "without_counsellor_since", "referred_on"))
    for event in told:
        data = data_of(event)
        match data:
            case Enrolled() | CounsellorUnassigned():
                row["without_counsellor_since"] = event.occurredon
            case CounsellorAssigned() | CounsellorTransferred():
                row["without_counsellor_since"] = None
            case ReferredToProvider():
                row["referred_on"] = event.occurredon
            case _:
                pass
        if data and not isinstance(data, _NO_CONTACT):
            row["first_contact_on"] = row["first_contact_on"] or event.occurredon
    return row
