"""What others may know of a module."""

from collections.abc import Mapping
from uuid import UUID

from pathway.domain import codes as stored
from pathway.domain.ibo import IboCompleted, IboStarted
from pathway.domain.ibo_contract import IboContractSigned
from pathway.domain.judging import row_of
from pathway.domain.lengths import Length
from pathway.domain.modules import CompletionTerms, ModuleFact, ModuleStart, ModuleStopped
from pathway.domain.stage import StageCompleted, StageStarted
from pathway.domain.state import Module, Pathway
from pathway.domain.values import Day
from pathway.telling.frame import hours_of, status_of, told
from schemas import codes, events

GENERAL_STAGE: Mapping[stored.StageKind, codes.StageKind] = {
    stored.StageKind.AS: codes.StageKind.STAGE,
    stored.StageKind.ORS: codes.StageKind.STAGE,
    stored.StageKind.BVS: codes.StageKind.STAGE,
}


GENERAL_REASON: Mapping[stored.StopReason, codes.StopReason] = {
    stored.StopReason.ZIEKTE: codes.StopReason.ANDERE,
    stored.StopReason.ARBEIDSONGEVAL: codes.StopReason.ANDERE,
}


@told.register
def _ibo_started(fact: IboStarted, after: Pathway) -> events.IboStarted:
    # Variant and premium stay here: GIBO and K-IBO are for people with a handicap or an illness, and
    # who pays nothing has a K-IBO.
    return events.IboStarted.model_validate(
        {
            **started(fact, after),
            **length_limits(fact.module()),
            "employer": fact.employer,
            "establishment": fact.establishment,
            "occupation": fact.occupation,
        }
    )


@told.register
def _stage_started(fact: StageStarted, after: Pathway) -> events.StageStarted:
    return events.StageStarted.model_validate(
        {
            **started(fact, after),
            **length_limits(fact.module()),
            "stage": GENERAL_STAGE.get(fact.stage) or codes.StageKind(fact.stage),
            "host": fact.host,
        }
    )


@told.register
def _module_stopped(fact: ModuleStopped, after: Pathway) -> events.ModuleStopped:
    reason = GENERAL_REASON.get(fact.reason) or codes.StopReason(fact.reason)
    return events.ModuleStopped.model_validate(
        {
            **module_after(fact, after),
            "reason": reason,
            "stopped_by": fact.stopped_by,
            "decision_ref": fact.decision_ref,
        }
    )


@told.register
def _ibo_completed(fact: IboCompleted, after: Pathway) -> events.IboCompleted:
    # The day that holds, so that nobody else needs the rule for where none was agreed.
    due_by = module_of(fact.module_id, after).hire_due_by
    completed = {"evaluation": fact.evaluation, "hire_due_by": due_by}
    return events.IboCompleted.model_validate({**module_after(fact, after), **completed})


@told.register
def _ibo_contract_signed(fact: IboContractSigned, after: Pathway) -> events.IboContractSigned:
    signed = {"party": fact.party, "plan_ref": fact.plan_ref}
    return events.IboContractSigned.model_validate({**module_after(fact, after), **signed})


@told.register
def _stage_completed(fact: StageCompleted, after: Pathway) -> events.StageCompleted:
    return events.StageCompleted.model_validate(completed(fact, fact, after))


def started(fact: ModuleStart, after: Pathway) -> dict[str, object]:
    """What the start of every module tells."""
    return {
        **module_after(fact, after),
        "planned_until": fact.planned_until,
        "hours_per_week": hours_of(fact.module().hours_per_week),
    }


def length_limits(module: Module) -> dict[str, object]:
    """Until when a module may last, by what is told of it: its kind, its first day, and a form that is told."""
    # By its own row a K-IBO would be told without a soft maximum, and so as what it is.
    row = row_of(module.but(form=_form_told(module)))

    def last_day(length: Length | None) -> Day | None:
        return length.last_day(module.started_on, module.hours_per_week) if length else None

    return {
        "soft_maximum_on": last_day(row.soft_max) if row else None,
        "hard_maximum_on": last_day(row.hard_max) if row else None,
    }


def _form_told(module: Module) -> str | None:
    if module.kind is stored.ModuleKind.IBO:
        return stored.IboVariant.IBO
    return None if module.form in GENERAL_STAGE else module.form


def completed(fact: ModuleFact, terms: CompletionTerms, after: Pathway) -> dict[str, object]:
    came_of_it = {"result": terms.result, "competences_ref": terms.competences_ref}
    return {**module_after(fact, after), **came_of_it}


def module_after(fact: ModuleFact, after: Pathway) -> dict[str, object]:
    """What every event of a module tells."""
    module = module_of(fact.module_id, after)
    return {
        "pathway_status": status_of(after),
        "module_id": fact.module_id,
        "module_kind": codes.ModuleKind(module.kind),
        "module_status": codes.ModuleStatus(module.status),
    }


def module_of(module_id: UUID, after: Pathway) -> Module:
    module = after.module(module_id)
    if module is None:
        raise LookupError(
            f"the pathway has no module {module_id}: it is not the one after the fact"
        )
    return module
