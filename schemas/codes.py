"""The codes on the wire: Dutch, upper case, never renamed. What is sensitive goes out general."""

from enum import StrEnum


class PathwayStatus(StrEnum):
    """Where a pathway stands."""

    INGESCHREVEN = "INGESCHREVEN"
    IN_BEGELEIDING = "IN_BEGELEIDING"
    GESCHORST = "GESCHORST"
    NAZORG = "NAZORG"
    AFGESLOTEN = "AFGESLOTEN"
    GEANNULEERD = "GEANNULEERD"


class ModuleStatus(StrEnum):
    """Where a module stands."""

    GEPLAND = "GEPLAND"
    NIET_GESTART = "NIET_GESTART"
    LOPEND = "LOPEND"
    ONDERBROKEN = "ONDERBROKEN"
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


class NotStartedReason(StrEnum):
    """Why a planned module did not start."""

    GEEN_PLAATS = "GEEN_PLAATS"
    VOORWAARDEN_NIET_VOLDAAN = "VOORWAARDEN_NIET_VOLDAAN"
    NIET_OPGEDAAGD = "NIET_OPGEDAAGD"
    WERK_GEVONDEN = "WERK_GEVONDEN"
    WERKGEVER_TREKT_IN = "WERKGEVER_TREKT_IN"
    ANDERE = "ANDERE"


class InterruptionReason(StrEnum):
    """Why a module pauses. ANDERE stands for several, some of which would tell about health."""

    COLLECTIEVE_SLUITING = "COLLECTIEVE_SLUITING"
    FAMILIAAL = "FAMILIAAL"
    OVERMACHT = "OVERMACHT"
    SCHORSING = "SCHORSING"
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
    """Why guidance waits. ANDERE stands for several, some of which would tell about health."""

    FAMILIAAL = "FAMILIAAL"
    ANDERE = "ANDERE"


class ReopeningReason(StrEnum):
    """Why a closed pathway goes on."""

    TE_VROEG_AFGESLOTEN = "TE_VROEG_AFGESLOTEN"
    WERK_GING_NIET_DOOR = "WERK_GING_NIET_DOOR"
    TERUGKEER = "TERUGKEER"
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


class JobEndReason(StrEnum):
    """Why a job ended. ANDERE stands for several, some of which would tell about health."""

    ONTSLAG_WERKGEVER = "ONTSLAG_WERKGEVER"
    ONTSLAG_WERKNEMER = "ONTSLAG_WERKNEMER"
    EINDE_CONTRACT = "EINDE_CONTRACT"
    ONDERLING_AKKOORD = "ONDERLING_AKKOORD"
    ECONOMISCHE_REDEN_WERKGEVER = "ECONOMISCHE_REDEN_WERKGEVER"
    PENSIOEN = "PENSIOEN"
    OVERLIJDEN = "OVERLIJDEN"
    ANDERE = "ANDERE"


class Checkpoint(StrEnum):
    """How many months after the way out it is looked at whether the person works."""

    ONE = "1M"
    THREE = "3M"
    SIX = "6M"
    TWELVE = "12M"


class ContractParty(StrEnum):
    """Who signs the contract of an IBO; a partner of VDAB signs for it."""

    CURSIST = "CURSIST"
    WERKGEVER = "WERKGEVER"
    VDAB = "VDAB"


class WaiverMotive(StrEnum):
    """Why an employer need not hire after an IBO."""

    ONDERNEMING_IN_MOEILIJKHEDEN = "ONDERNEMING_IN_MOEILIJKHEDEN"
    HERSTRUCTURERING = "HERSTRUCTURERING"
    COLLECTIEF_ONTSLAG = "COLLECTIEF_ONTSLAG"
    PERSONEELSBESTAND = "PERSONEELSBESTAND"
    ORDERBOEK = "ORDERBOEK"
    CURSIST_ZIET_AF = "CURSIST_ZIET_AF"
    ANDERE = "ANDERE"


class BreachMotive(StrEnum):
    """What an employer did against the obligation to hire after an IBO."""

    GEEN_AANWERVING = "GEEN_AANWERVING"
    MINDERE_VOORWAARDEN = "MINDERE_VOORWAARDEN"
    ANDERE = "ANDERE"


class ObligationStatus(StrEnum):
    """Where the obligation to hire after an IBO stands."""

    OPEN = "OPEN"
    NAGEKOMEN = "NAGEKOMEN"
    VRIJGESTELD = "VRIJGESTELD"
    GESCHONDEN = "GESCHONDEN"
