"""What others may know of the course of a module and of guidance."""

from collections.abc import Mapping

from pathway.domain import codes as stored
from pathway.domain.absence import AbsenceReported
from pathway.domain.closing import PathwayReopened
from pathway.domain.course import (
    ModuleExtended,
    ModuleIntensityChanged,
    ModuleInterrupted,
    ModuleResumed,
    ModuleShortened,
    NewEnd,
)
from pathway.domain.planning import ModuleNotStarted, ModulePlanned
from pathway.domain.state import Pathway
from pathway.domain.suspension import PathwayResumed, PathwaySuspended
from pathway.telling.frame import hours_of, status_of, told
from pathway.telling.modules import GENERAL_STAGE, length_limits, module_after
from schemas import codes, events

GENERAL_INTERRUPTION: Mapping[stored.InterruptionReason, codes.InterruptionReason] = {
    stored.InterruptionReason.ZIEKTE: codes.InterruptionReason.ANDERE,
    stored.InterruptionReason.ARBEIDSONGEVAL: codes.InterruptionReason.ANDERE,
    stored.InterruptionReason.BEVALLING: codes.InterruptionReason.ANDERE,
}
GENERAL_ABSENCE: Mapping[stored.AbsenceReason, codes.AbsenceReason] = {
    stored.AbsenceReason.ZIEKTE: codes.AbsenceReason.ANDERE,
    stored.AbsenceReason.ARBEIDSONGEVAL: codes.AbsenceReason.ANDERE,
}
GENERAL_SUSPENSION: Mapping[stored.SuspensionReason, codes.SuspensionReason] = {
    stored.SuspensionReason.ZIEKTE: codes.SuspensionReason.ANDERE,
    stored.SuspensionReason.BEVALLING: codes.SuspensionReason.ANDERE,
    stored.SuspensionReason.VRIJSTELLING: codes.SuspensionReason.ANDERE,
    stored.SuspensionReason.DETENTIE: codes.SuspensionReason.ANDERE,
}


@told.register
def _planned(fact: ModulePlanned, after: Pathway) -> events.ModulePlanned:
    # The variant of an IBO stays here, as in its start.
    stage = fact.stage
    return events.ModulePlanned.model_validate(
        {
            **module_after(fact, after),
            **length_limits(fact.module()),
            "planned_from": fact.planned_from,
            "planned_until": fact.planned_until,
            "hours_per_week": hours_of(fact.hours_per_week),
            "organisation": fact.organisation,
            "stage": (GENERAL_STAGE.get(stage) or codes.StageKind(stage)) if stage else None,
        }
    )


@told.register
def _not_started(fact: ModuleNotStarted, after: Pathway) -> events.ModuleNotStarted:
    return events.ModuleNotStarted.model_validate(
        {**module_after(fact, after), "reason": fact.reason}
    )


@told.register
def _interrupted(fact: ModuleInterrupted, after: Pathway) -> events.ModuleInterrupted:
    reason = GENERAL_INTERRUPTION.get(fact.reason) or codes.InterruptionReason(fact.reason)
    return events.ModuleInterrupted.model_validate({**module_after(fact, after), "reason": reason})


@told.register
def _resumed(fact: ModuleResumed, after: Pathway) -> events.ModuleResumed:
    return events.ModuleResumed.model_validate(
        {**module_after(fact, after), "planned_until": fact.planned_until}
    )


@told.register
def _extended(fact: ModuleExtended, after: Pathway) -> events.ModuleExtended:
    return events.ModuleExtended.model_validate(_replanned(fact, after))


@told.register
def _shortened(fact: ModuleShortened, after: Pathway) -> events.ModuleShortened:
    return events.ModuleShortened.model_validate(_replanned(fact, after))


def _replanned(fact: NewEnd, after: Pathway) -> dict[str, object]:
    return {
        **module_after(fact, after),
        "planned_until": fact.planned_until,
        "motive": fact.motive,
        "decision_ref": fact.decision_ref,
    }


@told.register
def _intensity(fact: ModuleIntensityChanged, after: Pathway) -> events.ModuleIntensityChanged:
    return events.ModuleIntensityChanged.model_validate(
        {
            **module_after(fact, after),
            "hours_per_week": hours_of(fact.hours_per_week),
            "motive": fact.motive,
            "decision_ref": fact.decision_ref,
        }
    )


@told.register
def _absent(fact: AbsenceReported, after: Pathway) -> events.AbsenceReported:
    reason = GENERAL_ABSENCE.get(fact.reason) or codes.AbsenceReason(fact.reason)
    return events.AbsenceReported.model_validate(
        {**module_after(fact, after), "last_day": fact.last_day, "reason": reason}
    )


@told.register
def _suspended(fact: PathwaySuspended, after: Pathway) -> events.PathwaySuspended:
    return events.PathwaySuspended(
        pathway_status=status_of(after),
        reason=GENERAL_SUSPENSION.get(fact.reason) or codes.SuspensionReason(fact.reason),
        expected_until=fact.expected_until,
    )


@told.register
def _pathway_resumed(_fact: PathwayResumed, after: Pathway) -> events.PathwayResumed:
    return events.PathwayResumed(pathway_status=status_of(after))


@told.register
def _reopened(fact: PathwayReopened, after: Pathway) -> events.PathwayReopened:
    return events.PathwayReopened(
        pathway_status=status_of(after), reason=codes.ReopeningReason(fact.reason)
    )
