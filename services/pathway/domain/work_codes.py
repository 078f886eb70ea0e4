"""The codes of work after a module: Dutch, stored for ever."""

from enum import StrEnum


class JobEndReason(StrEnum):
    """Why a job in the NEC ended."""

    ONTSLAG_WERKGEVER = "ONTSLAG_WERKGEVER"
    DRINGENDE_REDEN = "DRINGENDE_REDEN"
    ONTSLAG_WERKNEMER = "ONTSLAG_WERKNEMER"
    EINDE_CONTRACT = "EINDE_CONTRACT"
    ONDERLING_AKKOORD = "ONDERLING_AKKOORD"
    ECONOMISCHE_REDEN_WERKGEVER = "ECONOMISCHE_REDEN_WERKGEVER"
    MEDISCHE_OVERMACHT = "MEDISCHE_OVERMACHT"
    PENSIOEN = "PENSIOEN"
    OVERLIJDEN = "OVERLIJDEN"
    ANDERE = "ANDERE"


class Checkpoint(StrEnum):
    """How many months after the way out it is looked at whether the person works."""

    ONE = "1M"
    THREE = "3M"
    SIX = "6M"
    TWELVE = "12M"

    @property
    def months(self) -> int:
        return int(self.removesuffix("M"))


class DeadlineKind(StrEnum):
    """What a day was the last one for, or of a checkpoint the first one."""

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
    """Why an employer need not hire after an IBO (hrsquare.be: what VDAB looks at)."""

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
