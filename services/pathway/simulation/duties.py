"""Appointments and exemptions as they go: one in five stays away, a third of them without a good reason."""

from datetime import date

from pathway.domain.commands import Command
from pathway.domain.duties import (
    EndExemption,
    GrantExemption,
    HoldAppointment,
    MissAppointment,
    PlanAppointment,
    SendTransmission,
)
from pathway.domain.guidance_codes import AppointmentChannel, ExemptionKind, TransmissionReason
from pathway.simulation.acts import AT_ONCE, Dossier, Life, Telling

_CHANNELS = {
    AppointmentChannel.KANTOOR: 60, AppointmentChannel.TELEFOON: 30, AppointmentChannel.VIDEO: 10,
}  # fmt: skip
_GROUNDS = {
    ExemptionKind.OPLEIDING: 50, ExemptionKind.WIJK_WERKEN: 12, ExemptionKind.MANTELZORG: 10,
    ExemptionKind.GEZONDHEID: 18, ExemptionKind.BEVALLING: 8, ExemptionKind.ANDERE: 2,
}  # fmt: skip
# Of 70,000 invitations a month one in five, and a third of those without a valid reason (hbvl 2022).
_STAYS_AWAY = 0.2
_WITHOUT_REASON = 0.34
_AGAIN = 0.6


def appointment(d: Dossier, day: date) -> Life:
    """An appointment; whoever stays away without a reason gets another one, and then a transmission."""
    missed = yield from _invited(d, day, _STAYS_AWAY * _WITHOUT_REASON)
    if not missed:
        return
    missed = yield from _invited(d, d.registered_at.date(), _AGAIN)
    if missed:
        on = d.registered_at.date()
        told = {
            "reason": TransmissionReason.AFSPRAAK_GEMIST,
            "reference": f"TRANSMISSIE-{on:%Y-%m}",
        }
        sent = SendTransmission.model_validate({"on": on, **told})
        yield d.registered(on, sent, delays=AT_ONCE)


def _invited(d: Dossier, day: date, stays_away: float) -> Telling[bool]:
    """Whether the person stayed away without a reason."""
    planned_for = d.later(max(day, d.registered_at.date()), 5, 14)
    plan = PlanAppointment(on=day, planned_for=planned_for, channel=d.one_of(_CHANNELS))
    yield d.registered(day, plan, delays=AT_ONCE)
    missed = d.happens(stays_away)
    came: Command = HoldAppointment(on=planned_for)
    if missed or d.happens(_STAYS_AWAY * (1 - _WITHOUT_REASON)):
        came = MissAppointment(on=planned_for, valid_excuse=not missed)
    yield d.registered(planned_for, came, delays=AT_ONCE)
    return missed


def exemption(d: Dossier, day: date) -> Life:
    """Some weeks in which nobody asks the person to look for work; for some they end early."""
    until = day + d.days(30, 50)
    yield d.registered(day, GrantExemption(on=day, ground=d.one_of(_GROUNDS), until=until))
    ended = d.later(max(day, d.registered_at.date()), 10, 24)
    if d.happens(0.4) and ended <= until:
        yield d.registered(ended, EndExemption(on=ended))
        d.exempt_until = ended
    else:
        d.exempt_until = until
