"""What others may know of guidance."""

from collections.abc import Iterable, Mapping

from pathway.domain import guidance_codes as stored
from pathway.domain.guidance import (
    CounsellorAssigned,
    CounsellorTransferred,
    CounsellorUnassigned,
    Screened,
)
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
