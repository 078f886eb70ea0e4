"""The codes of guidance, referrals and duties: Dutch, stored for ever."""

from enum import StrEnum


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
    """What someone needs help with; some of it tells about health or detention."""

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
    GEZONDHEID = "GEZONDHEID"
    PSYCHISCH = "PSYCHISCH"
    ARBEIDSBEPERKING = "ARBEIDSBEPERKING"
    VERSLAVING = "VERSLAVING"
    JUSTITIE = "JUSTITIE"
    ANDERE = "ANDERE"


class Advice(StrEnum):
    """What a screening advises; care and specialised guidance tell about health."""

    ZELF_ZOEKEN = "ZELF_ZOEKEN"
    BEMIDDELING = "BEMIDDELING"
    OPLEIDING = "OPLEIDING"
    WERKPLEKLEREN = "WERKPLEKLEREN"
    BEGELEIDING_PARTNER = "BEGELEIDING_PARTNER"
    GESPECIALISEERDE_BEGELEIDING = "GESPECIALISEERDE_BEGELEIDING"
    ACTIVERINGSZORG = "ACTIVERINGSZORG"
    ANDERE = "ANDERE"


class ScreeningMethod(StrEnum):
    """How somebody was screened; ICF looks at how someone functions, health included."""

    GESPREK = "GESPREK"
    VRAGENLIJST = "VRAGENLIJST"
    STATISTISCH = "STATISTISCH"
    ICF = "ICF"
    ANDERE = "ANDERE"


class PlanAction(StrEnum):
    """What was agreed to do; care and specialised guidance tell about health."""

    SOLLICITEREN = "SOLLICITEREN"
    LOOPBAANKEUZE = "LOOPBAANKEUZE"
    OPLEIDING = "OPLEIDING"
    TAALOPLEIDING = "TAALOPLEIDING"
    WERKPLEKLEREN = "WERKPLEKLEREN"
    BEGELEIDING_PARTNER = "BEGELEIDING_PARTNER"
    DREMPELS_WEGWERKEN = "DREMPELS_WEGWERKEN"
    GESPECIALISEERDE_BEGELEIDING = "GESPECIALISEERDE_BEGELEIDING"
    ACTIVERINGSZORG = "ACTIVERINGSZORG"
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
    """Why somebody need not look for work; some kinds tell about health."""

    OPLEIDING = "OPLEIDING"
    WIJK_WERKEN = "WIJK_WERKEN"
    MANTELZORG = "MANTELZORG"
    GEZONDHEID = "GEZONDHEID"
    BEVALLING = "BEVALLING"
    ANDERE = "ANDERE"


class TransmissionReason(StrEnum):
    """Which duty was not met."""

    AFSPRAAK_GEMIST = "AFSPRAAK_GEMIST"
    TOELEIDING_GEWEIGERD = "TOELEIDING_GEWEIGERD"
    GEEN_MEDEWERKING = "GEEN_MEDEWERKING"


class AppointmentStatus(StrEnum):
    """What became of an appointment."""

    GEPLAND = "GEPLAND"
    GEHOUDEN = "GEHOUDEN"
    GEMIST = "GEMIST"
    VERONTSCHULDIGD = "VERONTSCHULDIGD"
