"""Statuses, modules, ways out, and why something is put right."""

from enum import StrEnum


class PathwayStatus(StrEnum):
    """Where a pathway stands."""

    INGESCHREVEN = "INGESCHREVEN"
    IN_BEGELEIDING = "IN_BEGELEIDING"
    GESCHORST = "GESCHORST"
    NAZORG = "NAZORG"
    AFGESLOTEN = "AFGESLOTEN"
    GEANNULEERD = "GEANNULEERD"
    SAMENGEVOEGD = "SAMENGEVOEGD"


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


class AbsenceReason(StrEnum):
    """Why somebody was not in a module. ANDERE stands for several, some of which would tell about health."""

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


class MergeReason(StrEnum):
    """Why two pathways are one."""

    TWEE_NUMMERS = "TWEE_NUMMERS"
    DUBBEL = "DUBBEL"
    ANDERE = "ANDERE"


def general(listed: type[StrEnum]) -> StrEnum | None:
    """The code of this list that stands for all without a code of their own; None where there is none."""
    return StageKind.STAGE if listed is StageKind else listed.__members__.get("ANDERE")
