"""What happened, in a sentence for each event of a timeline."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Any

from projections.counsellor.queries import Entry
from projections.labels import N_
from projections.words import DASH, Words

Details = Mapping[str, Any]
"""An event's data as JSON has them, by the contract that its projection read them with."""


def sentence(entry: Entry, words: Words) -> str:
    """The event in the reader's language; of one that this release does not know, its name."""
    tell = _SENTENCES.get(entry.event)
    if tell is None:
        return words("Gebeurtenis van een nieuwere soort: {event}.", event=entry.event)
    told = tell(entry.details, words)
    match entry.details.get("amended"):
        case "CORRECTED":
            return words("{what} Later gecorrigeerd.", what=told)
        case "ANNULLED":
            return words("{what} Later geannuleerd: telt niet mee.", what=told)
        case "UNDONE":
            return words("{what} Later ongedaan gemaakt.", what=told)
        case _:
            return told


def other_pathway(entry: Entry) -> str | None:
    """The other pathway that an event is about, as its id."""
    told = entry.details
    return next((str(told[at]) for at in ("absorbed", "survivor", "other") if told.get(at)), None)


def by_whom(entry: Entry, words: Words) -> str:
    """Who registered it: what sort of actor, of which organisation."""
    return words(
        "{actor} van {organisation}",
        actor=words.label(entry.actor_type),
        organisation=words.organisation(entry.actor_org),
    )


def _enrolled(told: Details, words: Words) -> str:
    if told["inferred"]:
        return words("Ingeschreven; de dag is afgeleid uit de eerste module.")
    return words("Ingeschreven via {channel}.", channel=words.label(told["channel"]))


def _characteristics(told: Details, words: Words) -> str:
    parts = [words.label(told[name]) for name in ("age_group", "gender", "education") if told[name]]
    if told["commune"]:
        parts.append(words("gemeente {nis} (NIS)", nis=told["commune"]))
    if told["unemployed_since"]:
        parts.append(words("werkloos sinds {day}", day=_day(told["unemployed_since"], words)))
    return words("Kenmerken geregistreerd: {what}.", what=", ".join(parts) or DASH)


def _assigned(told: Details, words: Words) -> str:
    return words(
        "Toegewezen aan {counsellor}, eenheid {unit}.",
        counsellor=told["counsellor"],
        unit=told["unit"],
    )


def _started(organisation: str, text: str, told: Details, words: Words) -> str:
    start = words(
        text,
        kind=words.label(told.get("stage") or told["module_kind"]),
        organisation=words.organisation(told[organisation]),
    )
    hours = told.get("hours_per_week")
    week = words(", {hours} uur per week", hours=words.number(hours)) if hours else ""
    until = words(", gepland tot en met {day}.", day=_day(told["planned_until"], words))
    return f"{start}{week}{until}"


def _ended(text: str, told: Details, words: Words) -> str:
    return words(text, module=_module(told, words))


def _stopped(told: Details, words: Words) -> str:
    if told["reason"] == "EINDE_MAATREGEL":
        return words("{module} beëindigd omdat de maatregel eindigde.", module=_module(told, words))
    return words(
        "{module} stopgezet: {reason}.",
        module=_module(told, words),
        reason=words.label(told["reason"]),
    )


def _module(told: Details, words: Words) -> str:
    """The module that an event ends, with its organisation where its start was told."""
    kind, organisation = words.label(told["module_kind"]), told.get("module_organisation")
    if organisation is None:
        return kind
    return words(
        "{kind} bij {organisation}", kind=kind, organisation=words.organisation(organisation)
    )


def _migrated(told: Details, words: Words) -> str:
    return words(
        "Overgestapt van WEP+ naar {scheme}; begeleiding door {organisation}.",
        scheme=words.label(told["to_scheme"]),
        organisation=words.organisation(told["guiding_organisation_after"]),
    )


def _hired(told: Details, words: Words) -> str:
    return words(
        "Aangeworven in het normaal economisch circuit door {employer}: contract van {contract}, "
        "{hours} uur per week (bewijs: {proof}).",
        employer=words.organisation(told["employer"]),
        contract=words.label(told["contract"]),
        hours=words.number(told["hours_per_week"]),
        proof=words.label(told["proof"]),
    )


def _closed(told: Details, words: Words) -> str:
    return words("Traject afgesloten: {exit}.", exit=words.label(told["exit_type"]))


def _corrected(told: Details, words: Words) -> str:
    kind = told["corrected_type"].removeprefix("be.vdab.pathway.").rpartition(".")[0]
    tell = _SENTENCES.get(kind)
    right = tell(told["corrected"], words) if tell else kind
    return words(
        "Gecorrigeerd ({reason}); juist is, op {day}: {right}",
        reason=words.label(told["reason"]),
        day=_day(told["corrected_on"], words),
        right=right,
    )


def _annulled(text: str, told: Details, words: Words) -> str:
    return words(text, reason=words.label(told["reason"]))


def _module_annulled(told: Details, words: Words) -> str:
    return words(
        "{module} geannuleerd: {reason}.",
        module=words.label(told["module_kind"]),
        reason=words.label(told["reason"]),
    )


def _merged(told: Details, words: Words) -> str:
    return words(
        "Een ander traject van deze persoon is in dit traject opgenomen ({reason}). Meegekomen: {what}",
        reason=words.label(told["reason"]),
        what=" ".join(_came_along(one, words) for one in told["events"]) or words("niets."),
    )


def _came_along(one: Details, words: Words) -> str:
    kind = one["type"].removeprefix("be.vdab.pathway.").rpartition(".")[0]
    tell = _SENTENCES.get(kind)
    what = tell(one["data"], words) if tell else f"{kind}."
    return words("op {day}: {what}", day=_day(one["occurred_on"], words), what=what)


def _absorbed(told: Details, words: Words) -> str:
    return words(
        "Dit traject is opgenomen in een ander traject van deze persoon ({reason}) en telt niet meer mee.",
        reason=words.label(told["reason"]),
    )


def _merge_reverted(told: Details, words: Words) -> str:
    return words(
        "Een samenvoeging met een ander traject ongedaan gemaakt: {reason}.",
        reason=words.label(told["reason"]),
    )


def _number_replaced(told: Details, words: Words) -> str:
    return words(
        "Het rijksregister- of bisnummer van de persoon is vervangen (bron: {source}).",
        source=told["source"],
    )


def _withheld(_told: Details, words: Words) -> str:
    return words("Er is iets geregistreerd waarvan de inhoud hier niet getoond mag worden.")


def _day(told: str, words: Words) -> str:
    return words.day(date.fromisoformat(told))


_PROMOTOR = N_("{kind} gestart bij promotor {organisation}")
_COMPLETED = N_("{module} voltooid.")
_SENTENCES: Mapping[str, Callable[[Details, Words], str]] = {
    "enrolled": _enrolled,
    "participant-characteristics-recorded": _characteristics,
    "counsellor-assigned": _assigned,
    "ibo-started": partial(_started, "employer", N_("{kind} gestart bij {organisation}")),
    "stage-started": partial(_started, "host", N_("{kind} gestart bij {organisation}")),
    "work-experience-module-started": partial(_started, "promotor", _PROMOTOR),
    "insertion-module-started": partial(_started, "promotor", _PROMOTOR),
    "ibo-completed": partial(_ended, _COMPLETED),
    "stage-completed": partial(_ended, _COMPLETED),
    "module-completed": partial(_ended, _COMPLETED),
    "module-stopped": _stopped,
    "wep-plus-migrated": _migrated,
    "hired-in-nec": _hired,
    "pathway-closed": _closed,
    "data-corrected": _corrected,
    "registration-annulled": partial(_annulled, N_("Een registratie geannuleerd: {reason}.")),
    "module-annulled": _module_annulled,
    "pathway-annulled": partial(_annulled, N_("Het hele traject geannuleerd: {reason}.")),
    "pathways-merged": _merged,
    "pathway-absorbed": _absorbed,
    "merge-reverted": _merge_reverted,
    "person-identifier-replaced": _number_replaced,
    "withheld": _withheld,
}
