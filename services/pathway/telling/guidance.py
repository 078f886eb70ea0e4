"""What others may know of guidance."""

from pathway.domain.guidance import CounsellorAssigned
from pathway.domain.state import Pathway
from pathway.telling.frame import status_of, told
from schemas import codes, events


@told.register
def _counsellor_assigned(fact: CounsellorAssigned, after: Pathway) -> events.CounsellorAssigned:
    return events.CounsellorAssigned(
        pathway_status=status_of(after),
        counsellor=fact.counsellor,
        unit=fact.unit,
        reason=codes.AssignmentReason(fact.reason) if fact.reason else None,
    )
