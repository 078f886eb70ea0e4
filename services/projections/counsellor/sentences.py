"""What happened, in a sentence for each event of a timeline."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial

from plumbing.clock import brussels_today

from projections.counsellor.guidance_sentences import GUIDANCE, Details, plainly, told_day
from projections.counsellor.queries import Entry
from projections.counsellor.soft_maximum import Limits
from projections.labels import N_
from projections.words import DASH, Words
from schemas.codes import ActorKind, ModuleKind

EVERYDAY_LATE = 7
"""How many days after a fact its registration is nothing to mention."""

_NOT_PEOPLE = frozenset({ActorKind.IMPORT, ActorKind.SYSTEEM})


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


def late(entry: Entry, words: Words) -> str:
    """That somebody registered it long after its day; empty where nobody did."""
    days = (brussels_today(entry.recorded_at) - entry.occurred_on).days
    if days <= EVERYDAY_LATE or entry.actor_type in _NOT_PEOPLE:
        return ""
    return words("Laat: {n} dagen na de dag zelf.", n=words.number(days))


def _enrolled(told: Details, words: Words) -> str:
    if told["inferred"]:
        return words("Ingeschreven; de dag is afgeleid uit de eerste module.")
    return words("Ingeschreven via {channel}.", channel=words.label(told["channel"]))


def _imported(told: Details, words: Words) -> str:
    return words(
        "Overgenomen uit {source} (export van {exported}); tot en met {day} misschien onvolledig.",
        source=told["source"],
        exported=told_day(told["exported_on"], words),
        day=told_day(told["incomplete_until"], words),
    )


def _characteristics(told: Details, words: Words) -> str:
    parts = [words.label(told[name]) for name in ("age_group", "gender", "education") if told[name]]
    if told["commune"]:
        parts.append(words("gemeente {nis} (NIS)", nis=told["commune"]))
    if told["unemployed_since"]:
        parts.append(words("werkloos sinds {day}", day=told_day(told["unemployed_since"], words)))
    return words("Kenmerken geregistreerd: {what}.", what=", ".join(parts) or DASH)


def _started(organisation: str, text: str, told: Details, words: Words) -> str:
    start = words(
        text,
        kind=words.label(told.get("stage") or told["module_kind"]),
        organisation=words.organisation(told[organisation]),
    )
    hours = told.get("hours_per_week")
    week = words(", {hours} uur per week", hours=words.number(hours)) if hours else ""
    until = words(", gepland tot en met {day}.", day=told_day(told["planned_until"], words))
    return f"{start}{week}{until}{_long(told, words)}"


def _planned(told: Details, words: Words) -> str:
    planned = words(
        "{kind} gepland bij {organisation}, van {start} tot en met {end}, {hours} uur per week.",
        kind=words.label(told.get("stage") or told["module_kind"]),
        organisation=words.organisation(told["organisation"]),
        start=told_day(told["planned_from"], words),
        end=told_day(told["planned_until"], words),
        hours=words.number(told["hours_per_week"]),
    )
    return f"{planned}{_long(told, words)}"


def _long(told: Details, words: Words) -> str:
    """That a plan goes beyond the soft maximum of the module; empty where it does not."""
    soft, hard, until = (
        told.get(name) and date.fromisoformat(told[name])
        for name in ("soft_maximum_on", "hard_maximum_on", "planned_until")
    )
    if not (soft and until and Limits(soft, hard).passed_by(until)):
        return ""
    if told.get("module_kind") == ModuleKind.IBO:
        # Its form is not told, because some tell of a handicap or an illness.
        return words(
            " Dat is voorbij het zachte maximum van een gewone IBO ({day}).", day=words.day(soft)
        )
    return words(" Dat is voorbij het zachte maximum ({day}).", day=words.day(soft))


def _because(text: str, told: Details, words: Words) -> str:
    """What happened to a module or pathway, with its reason or motive."""
    module = _module(told, words) if "module_kind" in told else ""
    reason = words.label(told.get("reason") or told.get("motive"))
    until = told.get("planned_until")
    hours = told.get("hours_per_week")
    happened = words(
        text,
        module=module,
        reason=reason,
        day=told_day(until, words) if until else DASH,
        hours=words.number(hours) if hours else DASH,
    )
    return f"{happened}{_long(told, words)}"


def _absent(told: Details, words: Words) -> str:
    return words(
        "{module}: afwezig tot en met {day} ({reason}).",
        module=_module(told, words),
        day=told_day(told["last_day"], words),
        reason=words.label(told["reason"]),
    )


def _suspended(told: Details, words: Words) -> str:
    reason = words.label(told["reason"])
    if told["expected_until"] is None:
        return words("Traject geschorst: {reason}.", reason=reason)
    return words(
        "Traject geschorst: {reason}; verwacht tot en met {day}.",
        reason=reason,
        day=told_day(told["expected_until"], words),
    )


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
    hired = words(
        "Aangeworven in het normaal economisch circuit door {employer}: contract van {contract}, "
        "{hours} uur per week (bewijs: {proof}).",
        employer=words.organisation(told["employer"]),
        contract=words.label(told["contract"]),
        hours=words.number(told["hours_per_week"]),
        proof=words.label(told["proof"]),
    )
    return f"{hired}{_protected(told, words)}"


def _protected(told: Details, words: Words) -> str:
    until = told.get("protected_until")
    if until is None:
        return ""
    return words(" Beschermd tegen ontslag tot en met {day}.", day=told_day(until, words))


def _signed(told: Details, words: Words) -> str:
    return words(
        "{module}: contract ondertekend door {party}.",
        module=_module(told, words),
        party=words.label(told["party"]),
    )


def _decided(text: str, told: Details, words: Words) -> str:
    decided = words(text, module=_module(told, words), motive=words.label(told["motive"]))
    until = told.get("sanction_until")
    if until is None:
        return decided
    return decided + words(
        " De werkgever is uitgesloten tot en met {day}.", day=told_day(until, words)
    )


def _job_ended(told: Details, words: Words) -> str:
    ended = words(
        "Job bij {employer} geëindigd: {reason}.",
        employer=words.organisation(told["employer"]),
        reason=words.label(told["reason"]),
    )
    returns = words(" Terug in begeleiding.") if told["returns_to_guidance"] else ""
    return f"{ended}{returns}{_protected(told, words)}"


def _checked(told: Details, words: Words) -> str:
    if not told["in_work"]:
        text = N_("Na {months} niet aan het werk (bron: {source}).")
    elif told["same_employer"]:
        text = N_("Na {months} aan het werk bij dezelfde werkgever (bron: {source}).")
    else:
        text = N_("Na {months} aan het werk (bron: {source}).")
    return words(text, months=words.label(told["checkpoint"]), source=words.label(told["source"]))


def _closed(told: Details, words: Words) -> str:
    return words("Traject afgesloten: {exit}.", exit=words.label(told["exit_type"]))


def _corrected(told: Details, words: Words) -> str:
    kind = told["corrected_type"].removeprefix("be.vdab.pathway.").rpartition(".")[0]
    tell = _SENTENCES.get(kind)
    right = tell(told["corrected"], words) if tell else kind
    return words(
        "Gecorrigeerd ({reason}); juist is, op {day}: {right}",
        reason=words.label(told["reason"]),
        day=told_day(told["corrected_on"], words),
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
    return words("op {day}: {what}", day=told_day(one["occurred_on"], words), what=what)


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


_PROMOTOR = N_("{kind} gestart bij promotor {organisation}")
_COMPLETED = N_("{module} voltooid.")
_REACHED = {
    "MODULE_EINDE": N_("Gepland einde bereikt: {module}."),
    "AANWERVING": N_("Laatste dag om aan te werven na {module}."),
    "TOELEIDING": N_("De klok van de toeleiding naar {provider} is afgelopen."),
    "MEETPUNT": N_("Na te gaan of de persoon werkt: {checkpoint} na de uitstroom."),
}


def _reached(told: Details, words: Words) -> str:
    """Which deadline; of one of a newer kind, only that there was one."""
    text = _REACHED.get(told["deadline"])
    if text is None:
        return words("Termijn bereikt.")
    return words(
        text,
        module=_module(told, words) if told["module_kind"] else DASH,
        provider=words.organisation(told["provider"]) if told["provider"] else DASH,
        checkpoint=words.label(told["checkpoint"]),
    )


_SENTENCES: Mapping[str, Callable[[Details, Words], str]] = {
    **GUIDANCE,
    "enrolled": _enrolled,
    "imported-from-legacy": _imported,
    "participant-characteristics-recorded": _characteristics,
    "ibo-started": partial(_started, "employer", N_("{kind} gestart bij {organisation}")),
    "stage-started": partial(_started, "host", N_("{kind} gestart bij {organisation}")),
    "work-experience-module-started": partial(_started, "promotor", _PROMOTOR),
    "insertion-module-started": partial(_started, "promotor", _PROMOTOR),
    "module-planned": _planned,
    "module-not-started": partial(_because, N_("{module} gaat niet door: {reason}.")),
    "module-interrupted": partial(_because, N_("{module} onderbroken: {reason}.")),
    "module-resumed": partial(_because, N_("{module} hervat, gepland tot en met {day}.")),
    "module-extended": partial(_because, N_("{module} verlengd tot en met {day}: {reason}.")),
    "module-shortened": partial(_because, N_("{module} ingekort tot en met {day}: {reason}.")),
    "module-intensity-changed": partial(
        _because, N_("{module}: voortaan {hours} uur per week ({reason}).")
    ),
    "absence-reported": _absent,
    "ibo-completed": partial(_ended, _COMPLETED),
    "stage-completed": partial(_ended, _COMPLETED),
    "module-completed": partial(_ended, _COMPLETED),
    "module-stopped": _stopped,
    "wep-plus-migrated": _migrated,
    "hired-in-nec": _hired,
    "pathway-suspended": _suspended,
    "pathway-resumed": partial(plainly, N_("Traject hervat.")),
    "ibo-contract-signed": _signed,
    "hire-obligation-waived": partial(
        _decided, N_("Na {module} hoeft de werkgever niet aan te werven: {motive}.")
    ),
    "hire-obligation-breached": partial(
        _decided, N_("Na {module} wierf de werkgever niet aan zoals het moest: {motive}.")
    ),
    "employment-ended": _job_ended,
    "employment-checked": _checked,
    "pathway-closed": _closed,
    "pathway-reopened": partial(_because, N_("Traject heropend: {reason}.")),
    "deadline-reached": _reached,
    "data-corrected": _corrected,
    "registration-annulled": partial(_annulled, N_("Een registratie geannuleerd: {reason}.")),
    "module-annulled": _module_annulled,
    "pathway-annulled": partial(_annulled, N_("Het hele traject geannuleerd: {reason}.")),
    "pathways-merged": _merged,
    "pathway-absorbed": _absorbed,
    "merge-reverted": _merge_reverted,
    "person-identifier-replaced": _number_replaced,
    "withheld": partial(
        plainly, N_("Er is iets geregistreerd waarvan de inhoud hier niet getoond mag worden.")
    ),
}
