"""Codes of guidance, referrals and duties."""

from enum import StrEnum


class AssignmentReason(StrEnum):
    """Why somebody guides from now on."""

    EERSTE_TOEWIJZING = "EERSTE_TOEWIJZING"
    OVERDRACHT = "OVERDRACHT"
    VERHUIZING = "VERHUIZING"
    AFWEZIGHEID = "AFWEZIGHEID"
    VRAAG_WERKZOEKENDE = "VRAAG_WERKZOEKENDE"
    ANDERE = "ANDERE"


class HandOverReason(StrEnum):
    """Why a counsellor guides somebody no longer."""

    HERVERDELING = "HERVERDELING"
    VERHUIZING = "VERHUIZING"
    AFWEZIGHEID = "AFWEZIGHEID"
    UIT_DIENST = "UIT_DIENST"
    VRAAG_WERKZOEKENDE = "VRAAG_WERKZOEKENDE"
    ANDERE = "ANDERE"


class GuideChangeReason(StrEnum):
    """Why another organisation guides from now on."""

    EINDE_OPDRACHT = "EINDE_OPDRACHT"
    OVERDRACHT = "OVERDRACHT"
    PARTNER_STOPT = "PARTNER_STOPT"
    VERHUIZING = "VERHUIZING"
    VRAAG_WERKZOEKENDE = "VRAAG_WERKZOEKENDE"
    ANDERE = "ANDERE"


class Distance(StrEnum):
    """How far someone is from the labour market, as a screening found."""

    DIRECT_INZETBAAR = "DIRECT_INZETBAAR"
    KLEINE_AFSTAND = "KLEINE_AFSTAND"
    MATIGE_AFSTAND = "MATIGE_AFSTAND"
    GROTE_AFSTAND = "GROTE_AFSTAND"


class Need(StrEnum):
    """What someone needs help with. ANDERE stands for several, some of which would tell about health."""

    TAAL = "TAAL"
    COMPETENTIES = "COMPETENTIES"
    DIGITAAL = "DIGITAAL"
    LOOPBAANKEUZE = "LOOPBAANKEUZE"
    SOLLICITEREN = "SOLLICITEREN"
    WERKERVARING = "WERKERVARING"
    MOBILITEIT = "MOBILITEIT"
    KINDEROPVANG = "KINDEROPVANG"
    HUISVESTING = "HUISVESTING"
    FINANCIEEL = "FINANCIEEL"
    ANDERE = "ANDERE"


class Advice(StrEnum):
    """What a screening advises. ANDERE stands for several, some of which would tell about health."""

    ZELF_ZOEKEN = "ZELF_ZOEKEN"
    BEMIDDELING = "BEMIDDELING"
    OPLEIDING = "OPLEIDING"
    WERKPLEKLEREN = "WERKPLEKLEREN"
    BEGELEIDING_PARTNER = "BEGELEIDING_PARTNER"
    ANDERE = "ANDERE"


class ScreeningMethod(StrEnum):
    """How somebody was screened. ANDERE stands for several, one of which would tell about health."""

    GESPREK = "GESPREK"
    VRAGENLIJST = "VRAGENLIJST"
    STATISTISCH = "STATISTISCH"
    ANDERE = "ANDERE"


class PlanAction(StrEnum):
    """What was agreed to do. ANDERE stands for several, some of which would tell about health."""

    SOLLICITEREN = "SOLLICITEREN"
    LOOPBAANKEUZE = "LOOPBAANKEUZE"
    OPLEIDING = "OPLEIDING"
    TAALOPLEIDING = "TAALOPLEIDING"
    WERKPLEKLEREN = "WERKPLEKLEREN"
    BEGELEIDING_PARTNER = "BEGELEIDING_PARTNER"
    DREMPELS_WEGWERKEN = "DREMPELS_WEGWERKEN"
    ANDERE = "ANDERE"


class ReferralStatus(StrEnum):
    """Where a referral to a provider stands."""

    AANGEMELD = "AANGEMELD"
    DEFINITIEF = "DEFINITIEF"
    GEWEIGERD = "GEWEIGERD"


class ReferralRefusal(StrEnum):
    """Why a referral to a provider came to nothing."""

    GEEN_PLAATS = "GEEN_PLAATS"
    VOORWAARDEN_NIET_VOLDAAN = "VOORWAARDEN_NIET_VOLDAAN"
    NIET_OPGEDAAGD = "NIET_OPGEDAAGD"
    WERKZOEKENDE_WEIGERT = "WERKZOEKENDE_WEIGERT"
    WERK_GEVONDEN = "WERK_GEVONDEN"
    ANDERE = "ANDERE"


class AppointmentChannel(StrEnum):
    """How an appointment is held."""

    KANTOOR = "KANTOOR"
    TELEFOON = "TELEFOON"
    VIDEO = "VIDEO"


class ExemptionKind(StrEnum):
    """Why somebody need not look for work. ANDERE stands for several, some of which would tell about health."""

    OPLEIDING = "OPLEIDING"
    WIJK_WERKEN = "WIJK_WERKEN"
    ANDERE = "ANDERE"


class TransmissionReason(StrEnum):
    """Which duty was not met."""

    AFSPRAAK_GEMIST = "AFSPRAAK_GEMIST"
    TOELEIDING_GEWEIGERD = "TOELEIDING_GEWEIGERD"
    GEEN_MEDEWERKING = "GEEN_MEDEWERKING"


class SuspensionReason(StrEnum):
    """Why guidance waits. ANDERE stands for several, some of which would tell about health."""

    FAMILIAAL = "FAMILIAAL"
    ANDERE = "ANDERE"


class ReopeningReason(StrEnum):
    """Why a closed pathway goes on."""

    TE_VROEG_AFGESLOTEN = "TE_VROEG_AFGESLOTEN"
    WERK_GING_NIET_DOOR = "WERK_GING_NIET_DOOR"
    TERUGKEER = "TERUGKEER"
    ANDERE = "ANDERE"


class Scheme(StrEnum):
    """What took over from WEP+; TWE is tijdelijke werkervaring, from 2017 on."""

    IWPL_SUBSIDIE = "IWPL_SUBSIDIE"
    IWPL_TENDER = "IWPL_TENDER"
    VDAB_REGULIER = "VDAB_REGULIER"
    TWE = "TWE"
