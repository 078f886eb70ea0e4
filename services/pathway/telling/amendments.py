"""What others may know of what was put right."""

import schemas
from pathway.domain.corrections import (
    DataCorrected,
    ModuleAnnulled,
    PathwayAnnulled,
    RegistrationAnnulled,
)
from pathway.domain.state import Pathway
from pathway.telling.frame import status_of, told
from schemas import codes, events


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
