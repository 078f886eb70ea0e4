"""What others may know of work, and of the pathway's end."""

from collections.abc import Mapping

from pathway.domain import codes as stored, work_codes
from pathway.domain.closing import PathwayClosed
from pathway.domain.employment import EmploymentChecked, EmploymentEnded
from pathway.domain.obligation import HireObligationBreached, HireObligationWaived
from pathway.domain.state import Hire, Pathway
from pathway.domain.work import HiredInNec
from pathway.telling.frame import status_of, told
from pathway.telling.modules import module_after
from schemas import codes, events

GENERAL_EXIT: Mapping[stored.ExitType, codes.ExitType] = {
    stored.ExitType.NIET_TOELEIDBAAR: codes.ExitType.ANDERE,
    stored.ExitType.VRIJSTELLING: codes.ExitType.ANDERE,
    stored.ExitType.ONBEKEND: codes.ExitType.ANDERE,
}


GENERAL_JOB_END: Mapping[work_codes.JobEndReason, codes.JobEndReason] = {
    work_codes.JobEndReason.MEDISCHE_OVERMACHT: codes.JobEndReason.ANDERE,
    # An accusation, which nobody needs to read on a topic.
    work_codes.JobEndReason.DRINGENDE_REDEN: codes.JobEndReason.ANDERE,
}


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
        protected_until=after.protected_until(fact.job()),
    )


@told.register
def _ended(fact: EmploymentEnded, after: Pathway) -> events.EmploymentEnded:
    job = _ended_job(fact, after)
    return events.EmploymentEnded(
        pathway_status=status_of(after),
        employer=fact.employer,
        hired_on=job.started_on if job else fact.hired_on,
        reason=GENERAL_JOB_END.get(fact.reason) or codes.JobEndReason(fact.reason),
        returns_to_guidance=fact.returns_to_guidance,
        protected_until=after.protected_until(job) if job else None,
    )


def _ended_job(fact: EmploymentEnded, after: Pathway) -> Hire | None:
    ended = (job for job in fact.jobs(after) if job.ended_on == fact.occurred_on)
    return next(ended, None)


@told.register
def _checked(fact: EmploymentChecked, after: Pathway) -> events.EmploymentChecked:
    return events.EmploymentChecked(
        pathway_status=status_of(after),
        checkpoint=codes.Checkpoint(fact.checkpoint),
        since=fact.counted_from(after),
        in_work=fact.in_work,
        same_employer=fact.same_employer,
        source=codes.Proof(fact.source),
    )


@told.register
def _waived(fact: HireObligationWaived, after: Pathway) -> events.HireObligationWaived:
    decided = {"motive": fact.motive, "decision_ref": fact.decision_ref}
    return events.HireObligationWaived.model_validate({**module_after(fact, after), **decided})


@told.register
def _breached(fact: HireObligationBreached, after: Pathway) -> events.HireObligationBreached:
    decided = {
        "motive": fact.motive,
        "decision_ref": fact.decision_ref,
        "sanction_until": fact.sanction_until,
    }
    return events.HireObligationBreached.model_validate({**module_after(fact, after), **decided})


@told.register
def _closed(fact: PathwayClosed, after: Pathway) -> events.PathwayClosed:
    exit_type = exit_type_of(fact.exit_type)
    return events.PathwayClosed(
        pathway_status=status_of(after),
        exit_type=exit_type,
        proof=codes.Proof(fact.proof) if fact.proof else None,
    )


def exit_type_of(told: stored.ExitType) -> codes.ExitType:
    return GENERAL_EXIT.get(told) or codes.ExitType(told)
