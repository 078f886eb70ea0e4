"""Where a pathway and a module can go from where they stand: the status tables (domain model 7.2).

A fact that is in no cell of its row is refused, and told what is possible instead.
"""

from collections.abc import Mapping

from pathway.domain import refusals
from pathway.domain.codes import ModuleStatus as Of, PathwayStatus as In

_STARTS = (
    "IboStarted",
    "StageStarted",
    "WorkExperienceModuleStarted",
    "InsertionModuleStarted",
)
_COMPLETIONS = ("IboCompleted", "StageCompleted", "ModuleCompleted")
_REPLANS = ("ModuleExtended", "ModuleShortened", "ModuleIntensityChanged")

PATHWAY: Mapping[In, Mapping[str, In]] = {
    In.INGESCHREVEN: {
        "CounsellorAssigned": In.IN_BEGELEIDING,
        **dict.fromkeys(_STARTS, In.IN_BEGELEIDING),
        "PathwaySuspended": In.GESCHORST,
        "HiredInNec": In.NAZORG,
        "EmploymentEnded": In.INGESCHREVEN,
        "PathwayClosed": In.AFGESLOTEN,
    },
    In.IN_BEGELEIDING: {
        "CounsellorAssigned": In.IN_BEGELEIDING,
        **dict.fromkeys(_STARTS, In.IN_BEGELEIDING),
        "PathwaySuspended": In.GESCHORST,
        "HiredInNec": In.NAZORG,
        "EmploymentEnded": In.IN_BEGELEIDING,
        "PathwayClosed": In.AFGESLOTEN,
    },
    In.GESCHORST: {
        "CounsellorAssigned": In.GESCHORST,
        "PathwayResumed": In.IN_BEGELEIDING,
        "HiredInNec": In.NAZORG,
        "EmploymentEnded": In.GESCHORST,
        "PathwayClosed": In.AFGESLOTEN,
    },
    # A module that starts in aftercare brings the person back into guidance, and so does the end of the
    # job of who comes back; of who does not, it changes nothing.
    In.NAZORG: {
        "CounsellorAssigned": In.NAZORG,
        **dict.fromkeys(_STARTS, In.IN_BEGELEIDING),
        "HiredInNec": In.NAZORG,
        "EmploymentEnded": In.IN_BEGELEIDING,
        "PathwayClosed": In.AFGESLOTEN,
    },
    In.AFGESLOTEN: {"PathwayReopened": In.IN_BEGELEIDING},
    In.GEANNULEERD: {},
    In.SAMENGEVOEGD: {},
}
"""To where each fact that can move a pathway does, with no module running. Every status can be annulled."""

MODULE: Mapping[Of, Mapping[str, Of]] = {
    Of.GEPLAND: {
        **dict.fromkeys(_STARTS, Of.LOPEND),
        "ModuleNotStarted": Of.NIET_GESTART,
    },
    Of.NIET_GESTART: {},
    Of.LOPEND: {
        "ModuleInterrupted": Of.ONDERBROKEN,
        **dict.fromkeys(_REPLANS, Of.LOPEND),
        **dict.fromkeys(_COMPLETIONS, Of.VOLTOOID),
        "ModuleStopped": Of.STOPGEZET,
    },
    Of.ONDERBROKEN: {
        "ModuleResumed": Of.LOPEND,
        **dict.fromkeys(_REPLANS, Of.ONDERBROKEN),
        **dict.fromkeys(_COMPLETIONS, Of.VOLTOOID),
        "ModuleStopped": Of.STOPGEZET,
    },
    Of.VOLTOOID: {},
    Of.STOPGEZET: {},
}
"""To where each fact of a module brings it. Every status can be annulled, and an end can be corrected."""


def pathway_may(status: In, fact: str) -> None:
    """Refuse a fact that does not follow on a pathway of this status."""
    if fact not in PATHWAY[status]:
        raise refusals.NotInThisStatus(
            f"The pathway is {status}; {fact} is not possible then. "
            f"Possible are {', '.join((*sorted(PATHWAY[status]), 'or an annulment'))}."
        )


def module_may(status: Of, fact: str) -> None:
    """Refuse a fact that does not follow on a module of this status."""
    if fact not in MODULE[status]:
        raise refusals.NotInThisStatus(
            f"The module is {status}; {fact} is not possible then. {of_a_module(status)}",
            "module_id",
        )


def of_a_module(status: Of) -> str:
    """What is possible of a module of this status, in words."""
    follow = [*sorted(MODULE[status]), "an annulment", "or a correction of what was told"]
    return f"Possible are {', '.join(follow)}."
