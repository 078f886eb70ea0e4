"""The codes on the wire: Dutch, upper case, never renamed. What is sensitive goes out general."""

from enum import StrEnum


class PathwayStatus(StrEnum):
    """Where a pathway stands."""

    INGESCHREVEN = "INGESCHREVEN"
    IN_BEGELEIDING = "IN_BEGELEIDING"
    NAZORG = "NAZORG"
    AFGESLOTEN = "AFGESLOTEN"
    GEANNULEERD = "GEANNULEERD"
    SAMENGEVOEGD = "SAMENGEVOEGD"


class ModuleStatus(StrEnum):
    """Where a module stands."""

    LOPEND = "LOPEND"
    VOLTOOID = "VOLTOOID"
    STOPGEZET = "STOPGEZET"
    GEANNULEERD = "GEANNULEERD"


class ModuleKind(StrEnum):
    """What a module is. Every form of IBO goes out as IBO, every form of stage as STAGE."""

    IBO = "IBO"
    STAGE = "STAGE"
    WEP_WERKERVARING = "WEP_WERKERVARING"
    WEP_INSCHAKELING = "WEP_INSCHAKELING"


class StageKind(StrEnum):
    """The form of a stage. STAGE stands for several, some of which would tell about health."""

    STAGE = "STAGE"
    OS = "OS"
    WES = "WES"
    IS = "IS"
    BIS = "BIS"
    KOS = "KOS"
    WIJ = "WIJ"


class StopReason(StrEnum):
    """Why a module stopped. ANDERE stands for several, some of which would tell about health."""

    WERK_ZELFDE_WERKGEVER = "WERK_ZELFDE_WERKGEVER"
    WERK_ANDERE_WERKGEVER = "WERK_ANDERE_WERKGEVER"
    DOEL_BEREIKT = "DOEL_BEREIKT"
    DOEL_NIET_HAALBAAR = "DOEL_NIET_HAALBAAR"
    NIET_OPGEDAAGD = "NIET_OPGEDAAGD"
    TEKORTKOMING_CURSIST = "TEKORTKOMING_CURSIST"
    TEKORTKOMING_WERKGEVER = "TEKORTKOMING_WERKGEVER"
    ECONOMISCHE_REDEN_WERKGEVER = "ECONOMISCHE_REDEN_WERKGEVER"
    ONDERLING_AKKOORD = "ONDERLING_AKKOORD"
    ANDERE_MAATREGEL = "ANDERE_MAATREGEL"
    OPLEIDING = "OPLEIDING"
    VERHUIZING = "VERHUIZING"
    OVERMACHT = "OVERMACHT"
    PARTNER_STOPT = "PARTNER_STOPT"
    EINDE_MAATREGEL = "EINDE_MAATREGEL"
    OVERLIJDEN = "OVERLIJDEN"
    ANDERE = "ANDERE"


class ExitType(StrEnum):
    """How someone left. ANDERE stands for several, some of which would tell about health."""

    WERK_NEC_LOONTREKKEND = "WERK_NEC_LOONTREKKEND"
    WERK_NEC_INTERIM = "WERK_NEC_INTERIM"
    WERK_ZELFSTANDIG = "WERK_ZELFSTANDIG"
    WERK_DEELTIJDS_IGU = "WERK_DEELTIJDS_IGU"
    SOCIALE_ECONOMIE = "SOCIALE_ECONOMIE"
    OPLEIDING_STUDIE = "OPLEIDING_STUDIE"
    OVERGEDRAGEN_ANDER_GEWEST = "OVERGEDRAGEN_ANDER_GEWEST"
    PENSIOEN = "PENSIOEN"
    GEEN_MEDEWERKING = "GEEN_MEDEWERKING"
    UITSCHRIJVING = "UITSCHRIJVING"
    OVERLIJDEN = "OVERLIJDEN"
    ANDERE = "ANDERE"


class Category(StrEnum):
    """VDAB's registration category. ANDERE stands for several (OCMW, benefit for a handicap, ...)."""

    UVW_WZ = "00"
    BEROEPSINSCHAKELINGSTIJD = "02"
    VRIJ_INGESCHREVEN = "03"
    VRIJWILLIG_DEELTIJDS = "07"
    OPZEGPERIODE = "10"
    DEELTIJDS_LEREND = "11"
    CAMPUS = "18"
    STUDENT = "19"
    WIJK_WERKEN = "30"
    DEELTIJDS_IGU = "80"
    DEELTIJDS_BIT = "82"
    DEELTIJDS = "93"
    ANDERE = "ANDERE"


class Scheme(StrEnum):
    """What took over from WEP+."""

    IWPL_SUBSIDIE = "IWPL_SUBSIDIE"
    IWPL_TENDER = "IWPL_TENDER"
    VDAB_REGULIER = "VDAB_REGULIER"


class LegalStatus(StrEnum):
    """What someone is in law: employee of a promotor in WEP+, jobseeker otherwise."""

    DOELGROEPWERKNEMER = "DOELGROEPWERKNEMER"
    WERKZOEKENDE = "WERKZOEKENDE"


class ContractKind(StrEnum):
    """The contract of a hire."""

    ONBEPAALDE_DUUR = "ONBEPAALDE_DUUR"
    BEPAALDE_DUUR = "BEPAALDE_DUUR"
    INTERIM = "INTERIM"
    ZELFSTANDIG = "ZELFSTANDIG"


class Evaluation(StrEnum):
    """How an IBO was judged at its end."""

    GUNSTIG = "GUNSTIG"
    ONGUNSTIG = "ONGUNSTIG"


class Result(StrEnum):
    """What came of a module that was completed."""

    GESLAAGD = "GESLAAGD"
    NIET_GESLAAGD = "NIET_GESLAAGD"
    NIET_BEOORDEELD = "NIET_BEOORDEELD"


class StoppedBy(StrEnum):
    """Who ended a module before its time."""

    CURSIST = "CURSIST"
    WERKGEVER = "WERKGEVER"
    VDAB = "VDAB"
    PARTNER = "PARTNER"


class AssignmentReason(StrEnum):
    """Why somebody guides from now on."""

    EERSTE_TOEWIJZING = "EERSTE_TOEWIJZING"
    OVERDRACHT = "OVERDRACHT"
    VERHUIZING = "VERHUIZING"
    AFWEZIGHEID = "AFWEZIGHEID"
    VRAAG_WERKZOEKENDE = "VRAAG_WERKZOEKENDE"
    ANDERE = "ANDERE"


class CorrectionReason(StrEnum):
    """Why an event is corrected."""

    INVOERFOUT = "INVOERFOUT"
    NIEUW_BEWIJS = "NIEUW_BEWIJS"
    LAAT_GEMELD = "LAAT_GEMELD"
    VRAAG_BETROKKENE = "VRAAG_BETROKKENE"
    ANDERE = "ANDERE"


class AnnulmentReason(StrEnum):
    """Why something is annulled: it should never have been registered."""

    VERKEERDE_PERSOON = "VERKEERDE_PERSOON"
    DUBBEL = "DUBBEL"
    VERKEERD_INSTRUMENT = "VERKEERD_INSTRUMENT"
    TEST = "TEST"
    ANDERE = "ANDERE"


class Proof(StrEnum):
    """On what evidence a hire stands."""

    CONTRACT = "CONTRACT"
    DIMONA = "DIMONA"
    DMFA = "DMFA"
    VERKLARING = "VERKLARING"


class Channel(StrEnum):
    """Where an enrolment came in."""

    LOKET = "LOKET"
    ONLINE = "ONLINE"
    TELEFOON = "TELEFOON"
    PARTNER = "PARTNER"
    IMPORT = "IMPORT"


class AgeGroup(StrEnum):
    """Age at entry."""

    UNDER_25 = "<25"
    FROM_25 = "25-49"
    FROM_50 = "50-54"
    FROM_55 = "55+"


class Gender(StrEnum):
    """As registered."""

    MAN = "M"
    VROUW = "V"
    X = "X"


class Education(StrEnum):
    """Highest diploma, in three groups."""

    KORT = "KORT"
    MIDDEN = "MIDDEN"
    HOOG = "HOOG"


class ActorKind(StrEnum):
    """Who caused a fact. MEDEWERKER is staff of VDAB that guides nobody."""

    BEMIDDELAAR = "BEMIDDELAAR"
    MEDEWERKER = "MEDEWERKER"
    PARTNER = "PARTNER"
    WERKGEVER = "WERKGEVER"
    BURGER = "BURGER"
    SYSTEEM = "SYSTEEM"
    IMPORT = "IMPORT"


class MergeReason(StrEnum):
    """Why two pathways are one."""

    TWEE_NUMMERS = "TWEE_NUMMERS"
    DUBBEL = "DUBBEL"
    ANDERE = "ANDERE"
