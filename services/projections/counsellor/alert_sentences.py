"""Alerts in plain sentences, each with what to do next."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from projections.counsellor.alerts import Attention
from projections.counsellor.answers import AlertTold
from projections.labels import N_
from projections.words import Words
from schemas.codes import ModuleKind

_SAID: Mapping[Attention, tuple[str, str]] = {
    Attention.REMINDER: (N_("U vroeg herinnerd te worden op {day}"), N_("Dossier openen")),
    Attention.PARKED: (
        N_("Wat laatst geregistreerd werd, is nog niet te zien"),
        N_("Wacht op een operator; kijk later opnieuw"),
    ),
    Attention.ENDED_IN_PROTECTION: (
        N_("Job geëindigd tijdens de bescherming, op {day}"),
        N_("Bel de werkgever en registreer de opvolging"),
    ),
    Attention.HIRE_DUE: (
        N_("De werkgever moest aanwerven tegen {day}"),
        N_("Registreer de aanwerving of een beslissing"),
    ),
    Attention.HARD_MAXIMUM_NEAR: (
        N_("Bereikt het harde maximum op {day}"),
        N_("Bespreek wat erna komt; verlengen kan niet"),
    ),
    Attention.WEP_DEADLINE: (
        N_("WEP+ loopt af op {day}"),
        N_("Kies de maatregel die volgt en registreer de overgang"),
    ),
    Attention.MODULE_OVERDUE: (
        N_("{module} moest eindigen op {day}"),
        N_("Registreer het einde of verleng"),
    ),
    Attention.NOT_STARTED: (
        N_("Geplande start was op {day}"),
        N_("Registreer de start, of dat ze er niet komt"),
    ),
    Attention.REFERRAL_OVER: (
        N_("Begeleiding na toeleiding liep af op {day}"),
        N_("Verleng, of neem de begeleiding terug"),
    ),
    Attention.MODULE_ENDS: (
        N_("{module} eindigt op {day}"),
        N_("Bespreek en registreer het einde"),
    ),
    Attention.REFERRAL_ENDS: (
        N_("Begeleiding na toeleiding loopt af op {day}"),
        N_("Verleng, of neem de begeleiding terug"),
    ),
    Attention.CONTRACT_NOT_SIGNED: (
        N_("IBO loopt sinds {day} zonder drie handtekeningen"),
        N_("Vraag de handtekeningen en registreer ze"),
    ),
    Attention.UNASSIGNED: (N_("Zonder bemiddelaar sinds {day}"), N_("Wijs een bemiddelaar toe")),
    Attention.NO_FIRST_CONTACT: (
        N_("Ingeschreven op {day} en nog geen eerste contact"),
        N_("Plan een afspraak"),
    ),
    Attention.PROPOSAL_WAITING: (
        N_("De aanbieder antwoordt niet sinds {day}"),
        N_("Vraag de aanbieder om een antwoord"),
    ),
    Attention.SUSPENSION_OVER: (
        N_("Schorsing zou duren tot en met {day}"),
        N_("Hervat, of registreer een nieuwe einddatum"),
    ),
    Attention.SUSPENDED_LONG: (
        N_("Geschorst sinds {day}, zonder einddatum"),
        N_("Ga na of de begeleiding verder kan"),
    ),
    Attention.TRANSMISSION_CANDIDATE: (
        N_("Twee afspraken gemist zonder geldige reden"),
        N_("Beslis over de transmissie"),
    ),
    Attention.CHECK_DUE: (
        N_("Na te gaan sinds {day} of de persoon werkt"),
        N_("Registreer wat u vond"),
    ),
    Attention.NO_ACTIVITY: (N_("Niets gebeurd sinds {day}"), N_("Neem contact op")),
    Attention.PLAN_TO_REVIEW: (
        N_("Plan te herbekijken sinds {day}"),
        N_("Bekijk het plan opnieuw met de persoon"),
    ),
}
"""What is worked on: what is the case, and what to do. Marks of the list are said there."""

_FORMS: Mapping[Attention, str] = {
    Attention.HIRE_DUE: "hire",
    Attention.WEP_DEADLINE: "migrate-wep-plus",
    Attention.REFERRAL_OVER: "extend-referral",
    Attention.REFERRAL_ENDS: "extend-referral",
    Attention.CONTRACT_NOT_SIGNED: "sign-ibo-contract",
    Attention.UNASSIGNED: "assign-counsellor",
    Attention.NO_FIRST_CONTACT: "plan-appointment",
    Attention.PROPOSAL_WAITING: "confirm-referral",
    Attention.SUSPENSION_OVER: "resume",
    Attention.SUSPENDED_LONG: "resume",
    Attention.TRANSMISSION_CANDIDATE: "send-transmission",
    Attention.CHECK_DUE: "check-employment",
    Attention.NO_ACTIVITY: "plan-appointment",
    Attention.PLAN_TO_REVIEW: "agree-plan",
}
"""The command that most often follows; where none does, the reader chooses."""
_ENDS: Mapping[str, str] = {
    ModuleKind.IBO: "complete-ibo",
    ModuleKind.STAGE: "complete-stage",
    ModuleKind.WEP_WERKERVARING: "complete-module",
    ModuleKind.WEP_INSCHAKELING: "complete-module",
}


class AlertSaid(NamedTuple):
    """An alert as a page tells it; `form` is the end of its form's address, empty for all forms."""

    alert: AlertTold
    sentence: str
    when: str
    action: str
    form: str


def said(alerts: Sequence[AlertTold], running: Sequence[str], words: Words) -> list[AlertSaid]:
    """Alerts of a pathway in which modules of these kinds run, in the reader's language."""
    module = words.labels(running) or words("Module")
    return [_said(alert, running, module, words) for alert in alerts]


def _said(alert: AlertTold, running: Sequence[str], module: str, words: Words) -> AlertSaid:
    sentence, action = _SAID[alert.reason]
    told = words(sentence, day=_day(alert.day, words), module=module)
    form = _form(alert.reason, running)
    return AlertSaid(alert, told, _when(alert.days, words), words(action), form)


def _form(reason: Attention, running: Sequence[str]) -> str:
    command = _FORMS.get(reason, "")
    if reason in (Attention.MODULE_OVERDUE, Attention.MODULE_ENDS) and len(running) == 1:
        command = _ENDS.get(running[0], "")
    return f"/{command}" if command else ""


def _day(day: date | None, words: Words) -> str:
    return words.day(day) if day else words("een onbekende dag")


def _when(days: int | None, words: Words) -> str:
    """How far away a day is."""
    if days is None:
        return ""
    if days == 0:
        return words("vandaag")
    if days > 0:
        return words.many("over {n} dag", "over {n} dagen", days)
    return words.many("{n} dag geleden", "{n} dagen geleden", -days)
