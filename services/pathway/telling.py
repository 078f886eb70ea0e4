"""What others may know of each fact: decided here, fact by fact, and of no fact anywhere else.

Codes that would tell about health, handicap or detention go out as a general one, which stands for
others as well.
"""

from collections.abc import Mapping
from decimal import Decimal
from functools import singledispatch
from uuid import UUID

import schemas
from pathway.domain import values
from pathway.domain.catalogue import FACTS
from pathway.domain.closing import PathwayClosed
from pathway.domain.corrections import (
    DataCorrected,
    ModuleAnnulled,
    PathwayAnnulled,
    RegistrationAnnulled,
)
from pathway.domain.enrolment import Enrolled, ParticipantCharacteristicsRecorded
from pathway.domain.facts import Fact
from pathway.domain.guidance import CounsellorAssigned
from pathway.domain.ibo import IboCompleted, IboStarted
from pathway.domain.modules import CompletionTerms, ModuleFact, ModuleStart, ModuleStopped
from pathway.domain.stage import StageCompleted, StageStarted
from pathway.domain.state import Module, Pathway
from pathway.domain.wep_plus import (
    InsertionModuleStarted,
    MigratedModule,
    ModuleCompleted,
    WepPlusMigrated,
    WepPlusModuleStart,
    WorkExperienceModuleStarted,
)
from pathway.domain.work import HiredInNec
from schemas import codes, events

GENERAL_CATEGORY: Mapping[values.Category, codes.Category] = {
    values.Category.FOD_SZ: codes.Category.ANDERE,
    # Not about health, but a word that stood for one category alone would hide nothing.
    values.Category.OCMW: codes.Category.ANDERE,
    values.Category.UITGESLOTEN: codes.Category.ANDERE,
}
GENERAL_STAGE: Mapping[values.StageKind, codes.StageKind] = {
    values.StageKind.AS: codes.StageKind.STAGE,
    values.StageKind.ORS: codes.StageKind.STAGE,
    values.StageKind.BVS: codes.StageKind.STAGE,
}
GENERAL_REASON: Mapping[values.StopReason, codes.StopReason] = {
    values.StopReason.ZIEKTE: codes.StopReason.ANDERE,
    values.StopReason.ARBEIDSONGEVAL: codes.StopReason.ANDERE,
}
GENERAL_EXIT: Mapping[values.ExitType, codes.ExitType] = {
    values.ExitType.NIET_TOELEIDBAAR: codes.ExitType.ANDERE,
    values.ExitType.VRIJSTELLING: codes.ExitType.ANDERE,
    values.ExitType.ONBEKEND: codes.ExitType.ANDERE,
}


@singledispatch
def told(fact: Fact, after: Pathway) -> schemas.Data:
    """What others may know of this fact, given the pathway after it.

    A fact for which nobody decided that keeps this module from being loaded: see its last lines.
    """
    raise NotImplementedError(f"nobody decided what others may know of {fact.name}")


@told.register
def _enrolled(fact: Enrolled, after: Pathway) -> events.Enrolled:
    return events.Enrolled(
        pathway_status=status_of(after),
        person_ref=fact.person_ref,
        category=_category(fact.category),
        channel=codes.Channel(fact.channel),
        inferred=fact.inferred,
    )


@told.register
def _characteristics(
    fact: ParticipantCharacteristicsRecorded, after: Pathway
) -> events.ParticipantCharacteristicsRecorded:
    return events.ParticipantCharacteristicsRecorded(
        pathway_status=status_of(after),
        commune=fact.commune,
        unemployed_since=fact.unemployed_since,
        age_group=codes.AgeGroup(fact.age_group) if fact.age_group else None,
        gender=codes.Gender(fact.gender) if fact.gender else None,
        education=codes.Education(fact.education) if fact.education else None,
    )


@told.register
def _counsellor_assigned(fact: CounsellorAssigned, after: Pathway) -> events.CounsellorAssigned:
    return events.CounsellorAssigned(
        pathway_status=status_of(after),
        counsellor=fact.counsellor,
        unit=fact.unit,
        reason=codes.AssignmentReason(fact.reason) if fact.reason else None,
    )


@told.register
def _ibo_started(fact: IboStarted, after: Pathway) -> events.IboStarted:
    # Variant and premium stay here: GIBO and K-IBO are for people with a handicap or an illness, and
    # who pays nothing has a K-IBO.
    return events.IboStarted.model_validate(
        {
            **_start(fact, after),
            "employer": fact.employer,
            "establishment": fact.establishment,
            "occupation": fact.occupation,
        }
    )


@told.register
def _stage_started(fact: StageStarted, after: Pathway) -> events.StageStarted:
    return events.StageStarted.model_validate(
        {
            **_start(fact, after),
            "stage": GENERAL_STAGE.get(fact.stage) or codes.StageKind(fact.stage),
            "host": fact.host,
        }
    )


@told.register
def _module_stopped(fact: ModuleStopped, after: Pathway) -> events.ModuleStopped:
    reason = GENERAL_REASON.get(fact.reason) or codes.StopReason(fact.reason)
    return events.ModuleStopped.model_validate(
        {
            **_module_after(fact, after),
            "reason": reason,
            "stopped_by": fact.stopped_by,
            "decision_ref": fact.decision_ref,
        }
    )


@told.register
def _migrated(fact: WepPlusMigrated, after: Pathway) -> events.WepPlusMigrated:
    return events.WepPlusMigrated(
        pathway_status=status_of(after),
        from_modules=tuple(_migrated_module(module, after) for module in fact.from_modules),
        to_scheme=codes.Scheme(fact.to_scheme),
        lot=fact.lot,
        legal_status_before=codes.LegalStatus(fact.legal_status_before),
        legal_status_after=codes.LegalStatus(fact.legal_status_after),
        guiding_organisation_before=fact.guiding_organisation_before,
        guiding_organisation_after=fact.guiding_organisation_after,
        host_organisation=fact.host_organisation,
        aftercare_premium=fact.aftercare_premium,
    )


def _migrated_module(module: MigratedModule, after: Pathway) -> events.MigratedModule:
    annulled = any(one.module_id == module.module_id for one in after.annulled)
    status = None if annulled else _module(module.module_id, after).status
    return events.MigratedModule(
        module_id=module.module_id,
        module_kind=codes.ModuleKind(module.kind),
        module_status=codes.ModuleStatus(status) if status else codes.ModuleStatus.GEANNULEERD,
        last_day=module.last_day,
    )


@told.register
def _hired(fact: HiredInNec, after: Pathway) -> events.HiredInNec:
    return events.HiredInNec(
        pathway_status=status_of(after),
        employer=fact.employer,
        establishment=fact.establishment,
        contract=codes.ContractKind(fact.contract),
        until=fact.until,
        hours_per_week=float(fact.hours_per_week),
        occupation=fact.occupation,
        linked_module_id=fact.linked_module_id,
        proof=codes.Proof(fact.proof),
    )


@told.register
def _closed(fact: PathwayClosed, after: Pathway) -> events.PathwayClosed:
    exit_type = exit_type_of(fact.exit_type)
    return events.PathwayClosed(
        pathway_status=status_of(after),
        exit_type=exit_type,
        proof=codes.Proof(fact.proof) if fact.proof else None,
    )


@told.register
def _corrected(fact: DataCorrected, after: Pathway) -> events.DataCorrected:
    right = told(fact.becomes, after)
    return events.DataCorrected(
        pathway_status=status_of(after),
        target=fact.target,
        corrected_type=schemas.event_type(type(right)),
        corrected_on=fact.becomes.occurred_on,
        corrected=right.model_dump(mode="json"),
        reason=codes.CorrectionReason(fact.reason),
    )


@told.register
def _registration_annulled(
    fact: RegistrationAnnulled, after: Pathway
) -> events.RegistrationAnnulled:
    return events.RegistrationAnnulled(
        pathway_status=status_of(after),
        target=fact.target,
        reason=codes.AnnulmentReason(fact.reason),
    )


@told.register
def _module_annulled(fact: ModuleAnnulled, after: Pathway) -> events.ModuleAnnulled:
    module = next((m for m in after.annulled if m.module_id == fact.module_id), None)
    if module is None:
        raise LookupError(f"the pathway has no annulled module {fact.module_id}")
    return events.ModuleAnnulled(
        pathway_status=status_of(after),
        module_id=fact.module_id,
        module_kind=codes.ModuleKind(module.kind),
        module_status=codes.ModuleStatus.GEANNULEERD,
        reason=codes.AnnulmentReason(fact.reason),
    )


@told.register
def _pathway_annulled(fact: PathwayAnnulled, after: Pathway) -> events.PathwayAnnulled:
    return events.PathwayAnnulled(
        pathway_status=status_of(after), reason=codes.AnnulmentReason(fact.reason)
    )


def hours_of(hours: Decimal | None) -> float | None:
    return None if hours is None else float(hours)


def _start(fact: ModuleStart, after: Pathway) -> dict[str, object]:
    """What the start of every module tells."""
    return {
        **_module_after(fact, after),
        "planned_until": fact.planned_until,
        "hours_per_week": hours_of(fact.module().hours_per_week),
    }


@told.register
def _work_experience_module(
    fact: WorkExperienceModuleStarted, after: Pathway
) -> events.WorkExperienceModuleStarted:
    return events.WorkExperienceModuleStarted.model_validate(_wep_plus_start(fact, after))


@told.register
def _insertion_module(
    fact: InsertionModuleStarted, after: Pathway
) -> events.InsertionModuleStarted:
    return events.InsertionModuleStarted.model_validate(_wep_plus_start(fact, after))


@told.register
def _ibo_completed(fact: IboCompleted, after: Pathway) -> events.IboCompleted:
    completed = {"evaluation": fact.evaluation, "hire_due_by": fact.hire_due_by}
    return events.IboCompleted.model_validate({**_module_after(fact, after), **completed})


@told.register
def _stage_completed(fact: StageCompleted, after: Pathway) -> events.StageCompleted:
    return events.StageCompleted.model_validate(_completed(fact, fact, after))


@told.register
def _module_completed(fact: ModuleCompleted, after: Pathway) -> events.ModuleCompleted:
    return events.ModuleCompleted.model_validate(_completed(fact, fact, after))


def _completed(fact: ModuleFact, terms: CompletionTerms, after: Pathway) -> dict[str, object]:
    came_of_it = {"result": terms.result, "competences_ref": terms.competences_ref}
    return {**_module_after(fact, after), **came_of_it}


def _wep_plus_start(fact: WepPlusModuleStart, after: Pathway) -> dict[str, object]:
    return {
        **_start(fact, after),
        "promotor": fact.promotor,
        "project": fact.project,
        "work_floor": fact.work_floor,
        "aftercare_premium": fact.aftercare_premium,
    }


def _module_after(fact: ModuleFact, after: Pathway) -> dict[str, object]:
    """What every event of a module tells."""
    module = _module(fact.module_id, after)
    return {
        "pathway_status": status_of(after),
        "module_id": fact.module_id,
        "module_kind": codes.ModuleKind(module.kind),
        "module_status": codes.ModuleStatus(module.status),
    }


def _module(module_id: UUID, after: Pathway) -> Module:
    module = after.module(module_id)
    if module is None:
        raise LookupError(
            f"the pathway has no module {module_id}: it is not the one after the fact"
        )
    return module


def status_of(after: Pathway) -> codes.PathwayStatus:
    return codes.PathwayStatus(after.status)


def _category(told: values.Category | None) -> codes.Category | None:
    if told is None:
        return None
    return GENERAL_CATEGORY.get(told) or codes.Category(told)


def exit_type_of(told: values.ExitType) -> codes.ExitType:
    return GENERAL_EXIT.get(told) or codes.ExitType(told)


_undecided = [fact.__name__ for fact in FACTS if told.dispatch(fact) is told.dispatch(object)]
if _undecided:
    raise TypeError(f"nobody decided what others may know of {', '.join(_undecided)}")
