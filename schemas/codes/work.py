"""Codes of work, and of what leads to it."""

from enum import StrEnum


class ContractKind(StrEnum):
    """The contract of a hire."""

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


class DeadlineKind(StrEnum):
    """What was due: a module's planned end, a hire after an IBO, a referral's last day, a check of work."""

    MODULE_EINDE = "MODULE_EINDE"
    AANWERVING = "AANWERVING"
    TOELEIDING = "TOELEIDING"
    MEETPUNT = "MEETPUNT"


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
