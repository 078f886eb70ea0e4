"""What others may know of guidance."""

from collections.abc import Iterable, Mapping

from pathway.domain import guidance_codes as stored
from pathway.domain.guidance import (
    CounsellorAssigned,
    CounsellorTransferred,
    CounsellorUnassigned,
    Screened,
)
from pathway.domain.plan import PathwayPlanAgreed
from pathway.domain.state import Pathway
from pathway.telling.frame import status_of, told
from schemas import codes, events

GENERAL_NEED: Mapping[stored.Need, codes.Need] = {
    stored.Need.GEZONDHEID: codes.Need.ANDERE,
    stored.Need.PSYCHISCH: codes.Need.ANDERE,
    stored.Need.ARBEIDSBEPERKING: codes.Need.ANDERE,
    stored.Need.VERSLAVING: codes.Need.ANDERE,
    stored.Need.JUSTITIE: codes.Need.ANDERE,
}
GENERAL_ADVICE: Mapping[stored.Advice, codes.Advice] = {
    stored.Advice.GESPECIALISEERDE_BEGELEIDING: codes.Advice.ANDERE,
    stored.Advice.ACTIVERINGSZORG: codes.Advice.ANDERE,
}
GENERAL_METHOD: Mapping[stored.ScreeningMethod, codes.ScreeningMethod] = {
    stored.ScreeningMethod.ICF: codes.ScreeningMethod.ANDERE,
}
GENERAL_ACTION: Mapping[stored.PlanAction, codes.PlanAction] = {
    stored.PlanAction.GESPECIALISEERDE_BEGELEIDING: codes.PlanAction.ANDERE,
    stored.PlanAction.ACTIVERINGSZORG: codes.PlanAction.ANDERE,
}


@told.register
def _counsellor_assigned(fact: CounsellorAssigned, after: Pathway) -> events.CounsellorAssigned:
    return events.CounsellorAssigned(
        pathway_status=status_of(after),
        counsellor=fact.counsellor,
        unit=fact.unit,
        reason=codes.AssignmentReason(fact.reason) if fact.reason else None,
    )


@told.register
def _counsellor_transferred(
    fact: CounsellorTransferred, after: Pathway
) -> events.CounsellorTransferred:
    return events.CounsellorTransferred(
        pathway_status=status_of(after),
        from_counsellor=fact.from_counsellor,
        counsellor=fact.counsellor,
        unit=fact.unit,
        reason=codes.HandOverReason(fact.reason),
    )


@told.register
def _counsellor_unassigned(
    fact: CounsellorUnassigned, after: Pathway
) -> events.CounsellorUnassigned:
    return events.CounsellorUnassigned(
        pathway_status=status_of(after),
        counsellor=fact.counsellor,
        reason=codes.HandOverReason(fact.reason),
    )


@told.register
def _screened(fact: Screened, after: Pathway) -> events.Screened:
    return events.Screened(
        pathway_status=status_of(after),
        distance=codes.Distance(fact.distance),
        needs=_needs(fact.needs),
        advice=GENERAL_ADVICE.get(fact.advice) or codes.Advice(fact.advice),
        method=GENERAL_METHOD.get(fact.method) or codes.ScreeningMethod(fact.method),
    )


def _needs(told: Iterable[stored.Need]) -> tuple[codes.Need, ...]:
    # Each once and in order, or the number of general ones would tell of what they stand for.
    return tuple(sorted({GENERAL_NEED.get(need) or codes.Need(need) for need in told}))


@told.register
def _plan_agreed(fact: PathwayPlanAgreed, after: Pathway) -> events.PathwayPlanAgreed:
    actions = {GENERAL_ACTION.get(action) or codes.PlanAction(action) for action in fact.actions}
    return events.PathwayPlanAgreed(
        pathway_status=status_of(after),
        goals=fact.goals,
        competent_version=fact.competent_version,
        # Each once and in order, as the needs of a screening.
        actions=tuple(sorted(actions)),
        review_on=fact.review_on,
    )
