"""What duties ask of a counsellor: appointments that were missed, and whether the person is exempt."""

from collections.abc import Sequence
from datetime import date, timedelta

from projections.projection import Event, Row, data_of
from schemas.events import AppointmentMissed, ExemptionEnded, ExemptionGranted, TransmissionSent


def duty_columns(told: Sequence[Event]) -> Row:
    """Columns of the caseload row, from what stands, in the order of its days."""
    missed: list[date] = []
    sent_on = date.min
    exempt: Row = {"exempt_since": None, "exempt_until": None}
    for event in told:
        match data_of(event):
            case AppointmentMissed(valid_excuse=False):
                missed.append(event.occurredon)
            case TransmissionSent():
                sent_on = event.occurredon
            case ExemptionGranted(until=until):
                exempt = {"exempt_since": event.occurredon, "exempt_until": until}
            case ExemptionEnded():
                exempt = {**exempt, "exempt_until": event.occurredon - timedelta(days=1)}
            case _:
                pass
    return {"missed_appointments": sum(day >= sent_on for day in missed), **exempt}
