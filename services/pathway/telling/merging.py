"""What others may know of two pathways that are one, and of a number that was replaced."""

import schemas
from pathway.domain.carrying import Carried
from pathway.domain.merging import (
    MergeReverted,
    PathwayAbsorbed,
    PathwaysMerged,
    PersonIdentifierReplaced,
)
from pathway.domain.state import Pathway
from pathway.telling.frame import status_of, told
from schemas import codes, events


@told.register
def _merged(fact: PathwaysMerged, after: Pathway) -> events.PathwaysMerged:
    return events.PathwaysMerged(
        pathway_status=status_of(after),
        absorbed=fact.absorbed,
        absorbed_person=fact.absorbed_person,
        absorbed_enrolled_on=fact.absorbed_enrolled_on,
        events=tuple(_carried(one, after) for one in fact.facts),
        reason=codes.MergeReason(fact.reason),
    )


def _carried(one: Carried, after: Pathway) -> events.CarriedEvent:
    # As others may know of the fact where it comes from: general, or without its content.
    data = told(one.fact, after)
    return events.CarriedEvent(
        id=one.fact_id,
        type=schemas.event_type(type(data)),
        occurred_on=one.fact.occurred_on,
        data=data.model_dump(mode="json"),
    )


@told.register
def _absorbed(fact: PathwayAbsorbed, after: Pathway) -> events.PathwayAbsorbed:
    return events.PathwayAbsorbed(
        pathway_status=status_of(after),
        survivor=fact.survivor,
        reason=codes.MergeReason(fact.reason),
    )


@told.register
def _reverted(fact: MergeReverted, after: Pathway) -> events.MergeReverted:
    return events.MergeReverted(
        pathway_status=status_of(after),
        target=fact.target,
        other=fact.other,
        reason=codes.CorrectionReason(fact.reason),
    )


@told.register
def _number(fact: PersonIdentifierReplaced, after: Pathway) -> events.PersonIdentifierReplaced:
    return events.PersonIdentifierReplaced(
        pathway_status=status_of(after), person_ref=fact.person_ref, source=fact.source
    )
