"""The field's own codes: Dutch, stored for ever, and what each list is for."""

from enum import StrEnum


class Category(StrEnum):
    """VDAB's registration categories of a jobseeker (domain source: Arvastat, 2015 to 2024)."""

    UVW_WZ = "00"
    BEROEPSINSCHAKELINGSTIJD = "02"
    VRIJ_INGESCHREVEN = "03"
    OCMW = "05"
    FOD_SZ = "06"
    VRIJWILLIG_DEELTIJDS = "07"
    OPZEGPERIODE = "10"
    DEELTIJDS_LEREND = "11"
    UITGESLOTEN = "14"
    CAMPUS = "18"
    STUDENT = "19"
    WIJK_WERKEN = "30"
    DEELTIJDS_IGU = "80"
    DEELTIJDS_BIT = "82"
    DEELTIJDS = "93"


class Channel(StrEnum):
    """Where an enrolment came in."""

    LOKET = "LOKET"
    ONLINE = "ONLINE"
    TELEFOON = "TELEFOON"
    PARTNER = "PARTNER"
    IMPORT = "IMPORT"


class AgeGroup(StrEnum):
    """Age at entry, in the groups that VDAB and ESF report by."""

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


class ModuleKind(StrEnum):
    """What a module of a pathway is."""

    IBO = "IBO"
    STAGE = "STAGE"
    WEP_WERKERVARING = "WEP_WERKERVARING"
    WEP_INSCHAKELING = "WEP_INSCHAKELING"

    @property
    def wep_plus(self) -> bool:
        """True for the two modules of WEP+."""
        return self in (ModuleKind.WEP_WERKERVARING, ModuleKind.WEP_INSCHAKELING)


class IboVariant(StrEnum):
    """The forms of IBO; which of them existed when is a matter of the rule table."""

    IBO = "IBO"
    C_IBO = "C_IBO"
    GIBO = "GIBO"
    IBO_T = "IBO_T"
    K_IBO = "K_IBO"


class StageKind(StrEnum):
    """The forms of work-place learning that are called stage."""

    BVS = "BVS"
    OS = "OS"
    AS = "AS"
    WES = "WES"
    IS = "IS"
    BIS = "BIS"
    KOS = "KOS"
    ORS = "ORS"
    WIJ = "WIJ"


class ModuleStatus(StrEnum):
    """Where a module stands."""

    GEPLAND = "GEPLAND"
    NIET_GESTART = "NIET_GESTART"
    LOPEND = "LOPEND"
    ONDERBROKEN = "ONDERBROKEN"
    VOLTOOID = "VOLTOOID"
    STOPGEZET = "STOPGEZET"


class PathwayStatus(StrEnum):
    """Where a pathway stands."""

    INGESCHREVEN = "INGESCHREVEN"
    IN_BEGELEIDING = "IN_BEGELEIDING"
    GESCHORST = "GESCHORST"
    NAZORG = "NAZORG"
    AFGESLOTEN = "AFGESLOTEN"
    GEANNULEERD = "GEANNULEERD"
    SAMENGEVOEGD = "SAMENGEVOEGD"


class StopReason(StrEnum):
    """Why a module stopped; EINDE_MAATREGEL counts neither as completion nor as early stop."""

    WERK_ZELFDE_WERKGEVER = "WERK_ZELFDE_WERKGEVER"
    WERK_ANDERE_WERKGEVER = "WERK_ANDERE_WERKGEVER"
    DOEL_BEREIKT = "DOEL_BEREIKT"
    DOEL_NIET_HAALBAAR = "DOEL_NIET_HAALBAAR"
    ZIEKTE = "ZIEKTE"
    ARBEIDSONGEVAL = "ARBEIDSONGEVAL"
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


class NotStartedReason(StrEnum):
    """Why a planned module did not start."""

    GEEN_PLAATS = "GEEN_PLAATS"
    VOORWAARDEN_NIET_VOLDAAN = "VOORWAARDEN_NIET_VOLDAAN"
    NIET_OPGEDAAGD = "NIET_OPGEDAAGD"
    WERK_GEVONDEN = "WERK_GEVONDEN"
    WERKGEVER_TREKT_IN = "WERKGEVER_TREKT_IN"
    ANDERE = "ANDERE"


class InterruptionReason(StrEnum):
    """Why a module pauses; some are health data."""

    ZIEKTE = "ZIEKTE"
    ARBEIDSONGEVAL = "ARBEIDSONGEVAL"
    BEVALLING = "BEVALLING"
    COLLECTIEVE_SLUITING = "COLLECTIEVE_SLUITING"
    FAMILIAAL = "FAMILIAAL"
    OVERMACHT = "OVERMACHT"
    SCHORSING = "SCHORSING"
    ANDERE = "ANDERE"


class AbsenceReason(StrEnum):
    """Why somebody was not in a module (4, 5 and 8 in the IBO system); the first two are health data."""

    ZIEKTE = "ZIEKTE"
    ARBEIDSONGEVAL = "ARBEIDSONGEVAL"
    ONWETTIG = "ONWETTIG"
    ANDERE = "ANDERE"


class PlanMotive(StrEnum):
    """Why a module is planned to run longer, shorter or for other hours."""

    INHALEN_AFWEZIGHEID = "INHALEN_AFWEZIGHEID"
    COMPETENTIES_NIET_BEREIKT = "COMPETENTIES_NIET_BEREIKT"
    COMPETENTIES_SNELLER_BEREIKT = "COMPETENTIES_SNELLER_BEREIKT"
    VRAAG_CURSIST = "VRAAG_CURSIST"
    VRAAG_WERKGEVER = "VRAAG_WERKGEVER"
    OVERMACHT = "OVERMACHT"
    ANDERE = "ANDERE"


class SuspensionReason(StrEnum):
    """Why guidance is suspended; some are health or judicial data (GDPR art. 9 and 10)."""

    ZIEKTE = "ZIEKTE"
    BEVALLING = "BEVALLING"
    VRIJSTELLING = "VRIJSTELLING"
    DETENTIE = "DETENTIE"
    FAMILIAAL = "FAMILIAAL"
    ANDERE = "ANDERE"


class ReopeningReason(StrEnum):
    """Why a closed pathway goes on."""

    TE_VROEG_AFGESLOTEN = "TE_VROEG_AFGESLOTEN"
    WERK_GING_NIET_DOOR = "WERK_GING_NIET_DOOR"
    TERUGKEER = "TERUGKEER"
    ANDERE = "ANDERE"


class Scheme(StrEnum):
    """What took over from WEP+: a subsidy in the second half of 2015, the tender from 2016, TWE from 2017.

    TWE is tijdelijke werkervaring (decree of 9-12-2016); nobody went on in it from WEP+ itself.
    """

    IWPL_SUBSIDIE = "IWPL_SUBSIDIE"
    IWPL_TENDER = "IWPL_TENDER"
    VDAB_REGULIER = "VDAB_REGULIER"
    TWE = "TWE"


class LegalStatus(StrEnum):
    """What someone is in law: in WEP+ an employee of the promotor, in IWPL a jobseeker."""

    DOELGROEPWERKNEMER = "DOELGROEPWERKNEMER"
    WERKZOEKENDE = "WERKZOEKENDE"


class ContractKind(StrEnum):
    """The contract of a hire in the NEC."""

    ONBEPAALDE_DUUR = "ONBEPAALDE_DUUR"
    BEPAALDE_DUUR = "BEPAALDE_DUUR"
    INTERIM = "INTERIM"
    ZELFSTANDIG = "ZELFSTANDIG"


class Proof(StrEnum):
    """On what evidence a hire stands."""

    CONTRACT = "CONTRACT"
    DIMONA = "DIMONA"
    DMFA = "DMFA"
    VERKLARING = "VERKLARING"


class ExitType(StrEnum):
    """How someone leaves, kept apart: 'to work' means different things in different reports."""

    WERK_NEC_LOONTREKKEND = "WERK_NEC_LOONTREKKEND"
    WERK_NEC_INTERIM = "WERK_NEC_INTERIM"
    WERK_ZELFSTANDIG = "WERK_ZELFSTANDIG"
    WERK_DEELTIJDS_IGU = "WERK_DEELTIJDS_IGU"
    SOCIALE_ECONOMIE = "SOCIALE_ECONOMIE"
    OPLEIDING_STUDIE = "OPLEIDING_STUDIE"
    NIET_TOELEIDBAAR = "NIET_TOELEIDBAAR"
    OVERGEDRAGEN_ANDER_GEWEST = "OVERGEDRAGEN_ANDER_GEWEST"
    VRIJSTELLING = "VRIJSTELLING"
    PENSIOEN = "PENSIOEN"
    GEEN_MEDEWERKING = "GEEN_MEDEWERKING"
    UITSCHRIJVING = "UITSCHRIJVING"
    OVERLIJDEN = "OVERLIJDEN"
    ONBEKEND = "ONBEKEND"


class MoneyScheme(StrEnum):
    """Who pays what during an IBO: by share of the wage until 31-8-2018, by band since (Voka)."""

    PRODUCTIVITEITSPREMIE = "PRODUCTIVITEITSPREMIE"
    VASTE_PREMIE = "VASTE_PREMIE"
    GRATIS = "GRATIS"
    ANDERE = "ANDERE"


class Evaluation(StrEnum):
    """How an IBO was judged at its end."""

    GUNSTIG = "GUNSTIG"
    ONGUNSTIG = "ONGUNSTIG"


class Result(StrEnum):
    """What came of a stage or another module that was completed."""

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
    """Why a fact is corrected."""

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


class MergeReason(StrEnum):
    """Why two pathways are one."""

    TWEE_NUMMERS = "TWEE_NUMMERS"
    DUBBEL = "DUBBEL"
    ANDERE = "ANDERE"
