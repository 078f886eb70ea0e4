"""What the write side refuses, in Dutch; in English it says so itself, with the days and codes at hand."""

from collections.abc import Mapping

from projections.words import LANGUAGES

_DUTCH: Mapping[str, str] = {
    "already-absent": "Voor die dagen is al een afwezigheid geregistreerd.",
    "already-checked": "Dit meetpunt is al nagegaan. Verbeter dat feit als het fout is.",
    "already-exempt": "De persoon is op die dag al vrijgesteld. Beëindig die vrijstelling eerst.",
    "already-imported": "Deze overname is al geregistreerd.",
    "already-migrated": "Er is niets meer om over te zetten.",
    "already-open": "Deze persoon heeft al een open traject. Ga daarmee verder.",
    "already-signed": "Deze partij heeft al getekend.",
    "another-guides": "Op die dag begeleidt iemand anders. Kies een andere dag of verbeter de overdracht.",
    "appointment-before": "De afspraak ligt vóór de dag waarop ze gemaakt is.",
    "appointment-there": "Op die dag is er al een afspraak.",
    "backdated-too-far": "Die dag is langer geleden dan u mag registreren. Vraag het uw teamleider.",
    "before-enrolment": "Die dag ligt vóór de inschrijving.",
    "check-too-early": "De maanden tot dat meetpunt zijn nog niet voorbij.",
    "closed-before-fact": "Er is na die dag nog iets gebeurd. Sluit ten vroegste dan af.",
    "history-impossible": "Dit past niet bij wat er al geregistreerd is.",
    "consent-missing": "Zeg waar het akkoord staat, of wanneer het mandaat eindigde.",
    "end-after-measure": "Modules van WEP+ konden niet zo lang lopen.",
    "end-before-start": "Het einde ligt vóór het begin.",
    "exempt": "De persoon is op die dag vrijgesteld.",
    "exported-before": "De export ligt vóór wat ze zou bevatten.",
    "hire-obligation-settled": "Over deze plicht tot aanwerving is al beslist.",
    "in-the-future": "Die dag moet nog komen. Registreer het op de dag zelf.",
    "inflow-closed": "Op die dag kon niemand meer in WEP+ beginnen.",
    "insz-cancelled": "Dit nummer geldt niet meer. Vraag het nummer dat de persoon nu heeft.",
    "instrument-not-open": "Die vorm bestond niet op die dag.",
    "invalid-request": "Verbeter wat hieronder aangeduid staat.",
    "job-ended": "Deze job is al geëindigd.",
    "merge-in-use": "Op wat samengevoegd werd, volgde nog iets. Verbeter dat eerst.",
    "pathway-merged": "Dit traject hoort nu bij een ander. Ga daarmee verder.",
    "migration-out-of-range": "Die maatregel stond op die dag niet open.",
    "module-ended": "De module is al geëindigd.",
    "module-running": "Er loopt nog een module. Beëindig die eerst.",
    "unknown-pathway": "Dat traject is er niet, of u mag het niet zien.",
    "never-merged": "Er is niets samengevoegd met dit traject.",
    "no-appointment": "Op die dag is er geen afspraak.",
    "no-duty-missed": "Er is geen plicht geregistreerd die niet is nagekomen.",
    "no-extension": "Deze toeleiding kan niet langer.",
    "employer-excluded": "Deze werkgever krijgt op die dag geen IBO: hij is uitgesloten.",
    "no-hire-obligation": "Na deze module hoeft niemand aan te werven.",
    "no-referral": "Er is geen toeleiding.",
    "not-assigned": "Op die dag begeleidt niemand. Wijs eerst een bemiddelaar toe.",
    "not-correctable": "Dit kan zo niet verbeterd worden. Annuleer het en registreer het opnieuw.",
    "not-eligible": "De persoon komt niet in aanmerking voor die vorm.",
    "not-exempt": "De persoon is op die dag niet vrijgesteld.",
    "not-extendable": "Deze vorm kan niet verlengd worden.",
    "not-in-module": "Op die dag loopt de module niet.",
    "not-in-this-status": "Dat kan niet zoals het traject of de module nu staat.",
    "not-in-work": "Wie niet werkt, heeft geen werkgever.",
    "not-mergeable": "Deze trajecten kunnen niet samengevoegd worden.",
    "not-one-person": "Deze trajecten zijn niet van één persoon.",
    "nothing-changes": "Dat is al zo.",
    "nothing-recorded": "Vul minstens één kenmerk in.",
    "nothing-to-check": "Er is nog niets om na te gaan: geen aanwerving en geen afsluiting.",
    "nothing-to-migrate": "Alleen wie een module van WEP+ had, kan overgezet worden.",
    "pathway-annulled": "Dit traject is geannuleerd.",
    "pathway-closed": "Dit traject is afgesloten. Open het opnieuw, of schrijf de persoon opnieuw in.",
    "plan-in-the-past": "Een plan ligt in de toekomst. Begin de module op haar eigen dag.",
    "plan-unchanged": "Het plan verandert zo niet.",
    "reason-not-allowed": "Die reden past niet bij deze module.",
    "referral-out-of-range": "Die maatregel had op die dag geen dienstverleners.",
    "referral-pending": "Er wacht nog een toeleiding op antwoord.",
    "same-employer": "Die vorm moet bij een andere werkgever.",
    "too-few-hours": "Dat zijn te weinig uren per week voor die vorm.",
    "too-late-to-reopen": "Het traject is te lang geleden afgesloten. Schrijf de persoon opnieuw in.",
    "too-long": "Dat is langer dan die vorm mag duren.",
    "too-many-hours": "Samen met wat er loopt, is dat meer dan 38 uur per week.",
    "too-many-of-a-kind": "De persoon had deze vorm al zo vaak als mag.",
    "too-much-temp-work": "Er is te lang als uitzendkracht gewerkt bij die werkgever.",
    "too-short": "Dat is korter dan die vorm moet duren.",
    "unknown-fact": "Dit feit staat niet in dit traject.",
    "unknown-hire": "Bij die werkgever loopt geen job.",
    "unknown-module": "Geen module van dit traject kan dit nu.",
    "wrong-form": "Die vorm hoort bij een ander soort module.",
    "wrong-module-kind": "Geen module van dit traject is van die soort.",
}


def refused_words(rule: str, language: str) -> str:
    """The rule in the reader's language; empty where the write side's own words have to do."""
    return _DUTCH.get(rule, "") if language == LANGUAGES[0] else ""


def told_rules() -> frozenset[str]:
    """The rules that are told in Dutch."""
    return frozenset(_DUTCH)
