"""From a recorded fact to the event that others are promised, in its envelope, and to the pathway's state.

Every fact gives exactly one message with the fact's own id and version. What it tells, `telling` decides.
"""

import schemas
from pathway.domain import state
from pathway.domain.rules import TABLE, Instrument
from pathway.domain.state import Module, Pathway
from pathway.domain.state_values import Referral
from pathway.recorded import Recorded
from pathway.telling import exit_type_of, hours_of, status_of, told
from schemas import codes, events

Message = schemas.Message[schemas.Data]


# Rows of IBO and stage tell the form, and some forms are for people with a handicap or an illness.
_OPEN_ROWS = {
    row.id for row in TABLE.rows if row.instrument not in (Instrument.IBO, Instrument.STAGE)
}


def published(recorded: Recorded, after: Pathway, schema_base: str) -> Message:
    """The message for the events topic.

    `after` is the pathway with this fact folded in, as of the day it was recorded; `schema_base` is
    the address under which the JSON Schemas are served. Raises LookupError when `after` lacks a
    module that the fact is about: then it is not the pathway after this fact.
    """
    data = told(recorded.fact, after)
    return _message(recorded, data, schema_base)


def state_message(recorded: Recorded, after: Pathway, schema_base: str) -> Message:
    """The message for the compacted topic: the pathway after this fact, its newest one."""
    return _message(recorded, _state(after), schema_base, source=schemas.STATE_SOURCE)


def withheld(recorded: Recorded, after: Pathway, schema_base: str) -> Message:
    """The message in place of a fact that others may not know, or that Kafka will never take."""
    data = events.Withheld(pathway_status=status_of(after))
    message = _message(recorded, data, schema_base)
    return message.model_copy(update={"ruleversion": ""})


def _state(after: Pathway) -> events.PathwayState:
    return events.PathwayState(
        pathway_status=status_of(after),
        person_ref=after.person_ref,
        enrolled_on=after.enrolled_on,
        counsellor=after.counsellor,
        unit=after.unit,
        scheme=codes.Scheme(after.scheme) if after.scheme else None,
        guiding_organisation=after.guiding_organisation,
        referral=_state_referral(after.referral) if after.referral else None,
        modules=tuple(_state_module(module, after) for module in after.modules),
        hires=tuple(_state_hire(hire, after) for hire in after.hires),
        checks=tuple(_state_check(check) for check in after.checks if check.counts),
        closed_on=after.closed_on,
        exit_type=exit_type_of(after.exit_type) if after.exit_type else None,
        merged_into=after.merged_into,
    )


def _state_module(module: Module, after: Pathway) -> events.StateModule:
    obligation = next((o for o in after.obligations if o.module_id == module.module_id), None)
    signed = {s.party for s in after.signatures if s.module_id == module.module_id}
    return events.StateModule(
        module_id=module.module_id,
        module_kind=codes.ModuleKind(module.kind),
        module_status=codes.ModuleStatus(module.status),
        started_on=module.started_on,
        planned_until=module.planned_until,
        last_day=module.last_day,
        hours_per_week=hours_of(module.hours_per_week),
        organisation=module.organisation,
        hire_due_by=obligation.due_by if obligation else None,
        hire_obligation=codes.ObligationStatus(obligation.status) if obligation else None,
        signed_by=tuple(party for party in codes.ContractParty if party in signed),
    )


def _state_referral(referral: Referral) -> events.StateReferral:
    return events.StateReferral(
        provider=referral.provider,
        lot=referral.lot,
        scheme=codes.Scheme(referral.scheme),
        status=codes.ReferralStatus(referral.status),
        referred_on=referral.referred_on,
        answered_on=referral.answered_on,
        until=referral.until,
    )


def _state_hire(hire: state.Hire, after: Pathway) -> events.StateHire:
    return events.StateHire(
        employer=hire.employer,
        started_on=hire.started_on,
        linked_module_id=hire.linked_module_id,
        protected_until=after.protected_until(hire),
        ended_on=hire.ended_on,
    )


def _state_check(check: state.Check) -> events.StateCheck:
    return events.StateCheck(
        checkpoint=codes.Checkpoint(check.checkpoint),
        since=check.since,
        measured_on=check.measured_on,
        in_work=check.in_work,
        same_employer=check.same_employer,
        source=codes.Proof(check.source),
    )


def _message(
    recorded: Recorded, data: schemas.Data, schema_base: str, *, source: str = schemas.SOURCE
) -> Message:
    name = schemas.schema_name(type(data))
    return Message(
        id=recorded.fact_id,
        source=source,
        type=schemas.event_type(type(data)),
        subject=recorded.pathway_id,
        time=recorded.recorded_at,
        sourcetime=recorded.source_time,
        dataschema=f"{schema_base.rstrip('/')}/{name}.json",
        partitionkey=recorded.pathway_id,
        streamversion=recorded.version,
        globalposition=str(recorded.position),
        occurredon=recorded.fact.occurred_on,
        actortype=recorded.actor.kind,
        actorref=recorded.actor.ref,
        actororg=recorded.actor.organisation,
        correlationid=recorded.correlation_id,
        causationid=recorded.causation_id,
        traceparent=recorded.traceparent,
        # Above 1 is what no message holds: it goes out general, or not at all.
        dataclass=min(recorded.data_class, 1),
        ruleversion=",".join(row for row in recorded.rules if row in _OPEN_ROWS),
        prevhash=recorded.prev_hash,
        hash=recorded.hash,
        data=data,
    )
