"""What happened in guidance, in a sentence for each event."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Any

from projections.labels import N_
from projections.words import DASH, Words

Details = Mapping[str, Any]
"""An event's data as JSON has them, by the contract that its projection read them with."""


def told_day(told: str, words: Words) -> str:
    """A day as events tell it, in the reader's way."""
    return words.day(date.fromisoformat(told))


def _assigned(told: Details, words: Words) -> str:
    return words(
        "Toegewezen aan {counsellor}, eenheid {unit}.",
        counsellor=told["counsellor"],
        unit=told["unit"],
    )


def _transferred(told: Details, words: Words) -> str:
    return words(
        "Overgedragen van {before} aan {counsellor}, eenheid {unit}: {reason}.",
        before=told["from_counsellor"],
        counsellor=told["counsellor"],
        unit=told["unit"],
        reason=words.label(told["reason"]),
    )


def _unassigned(told: Details, words: Words) -> str:
    return words(
        "Niet langer begeleid door {counsellor}: {reason}. Het traject blijft bij de eenheid.",
        counsellor=told["counsellor"],
        reason=words.label(told["reason"]),
    )


def _screened(told: Details, words: Words) -> str:
    return words(
        "Ingeschat ({method}): {distance}; noden: {needs}; advies: {advice}.",
        method=words.label(told["method"]),
        distance=words.label(told["distance"]),
        needs=", ".join(words.label(need) for need in told["needs"]) or DASH,
        advice=words.label(told["advice"]),
    )


def _plan_agreed(told: Details, words: Words) -> str:
    return words(
        "Trajectplan afgesproken: {actions}; jobdoelen (Competent): {goals}; opnieuw te bekijken op {day}.",
        actions=words.labels(told["actions"]),
        goals=", ".join(told["goals"]) or DASH,
        day=told_day(told["review_on"], words),
    )


def _guide_changed(told: Details, words: Words) -> str:
    return words(
        "Begeleiding overgegaan van {before} naar {organisation}: {reason}.",
        before=words.organisation(told["from_organisation"] or "VDAB"),
        organisation=words.organisation(told["to_organisation"]),
        reason=words.label(told["reason"]),
    )


def _referred(told: Details, words: Words) -> str:
    return words(
        "Toegeleid naar {provider} voor {scheme}.",
        provider=words.organisation(told["provider"]),
        scheme=words.label(told["scheme"]),
    )


def _referral_confirmed(told: Details, words: Words) -> str:
    confirmed = words(
        "Toeleiding naar {provider} is definitief", provider=words.organisation(told["provider"])
    )
    until = told["until"]
    end = words("; de klok loopt tot en met {day}.", day=told_day(until, words)) if until else "."
    return f"{confirmed}{end}"


def _referral_refused(told: Details, words: Words) -> str:
    return words(
        "Toeleiding naar {provider} geweigerd: {reason}.",
        provider=words.organisation(told["provider"]),
        reason=words.label(told["reason"]),
    )


def _referral_extended(told: Details, words: Words) -> str:
    return words(
        "Begeleiding door {provider} verlengd tot en met {day}, voorbij het zachte maximum.",
        provider=words.organisation(told["provider"]),
        day=told_day(told["until"], words),
    )


def _appointment(told: Details, words: Words) -> str:
    return words(
        "Afspraak gemaakt voor {day} ({channel}).",
        day=told_day(told["planned_for"], words),
        channel=words.label(told["channel"]),
    )


def _missed(told: Details, words: Words) -> str:
    if told["valid_excuse"]:
        return words("Afspraak gemist, met geldige reden.")
    return words("Afspraak gemist, zonder geldige reden.")


def _exempt(told: Details, words: Words) -> str:
    granted = words("Vrijgesteld ({ground})", ground=words.label(told["ground"]))
    until = told["until"]
    return granted + (words(", tot en met {day}.", day=told_day(until, words)) if until else ".")


def _transmission(told: Details, words: Words) -> str:
    return words("Transmissie verstuurd: {reason}.", reason=words.label(told["reason"]))


def plainly(text: str, _told: Details, words: Words) -> str:
    """A sentence that is the same whatever the event tells."""
    return words(text)


GUIDANCE: Mapping[str, Callable[[Details, Words], str]] = {
    "counsellor-assigned": _assigned,
    "counsellor-transferred": _transferred,
    "counsellor-unassigned": _unassigned,
    "screened": _screened,
    "pathway-plan-agreed": _plan_agreed,
    "guiding-organisation-changed": _guide_changed,
    "referred-to-provider": _referred,
    "referral-confirmed": _referral_confirmed,
    "referral-refused": _referral_refused,
    "referral-extended": _referral_extended,
    "appointment-planned": _appointment,
    "appointment-held": partial(plainly, N_("Afspraak gehouden.")),
    "appointment-missed": _missed,
    "exemption-granted": _exempt,
    "exemption-ended": partial(plainly, N_("Vrijstelling beëindigd.")),
    "transmission-sent": _transmission,
}
