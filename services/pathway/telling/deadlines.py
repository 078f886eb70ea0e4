"""What others may know of deadlines: all of it."""

from pathway.domain.deadlines import DeadlineReached
from pathway.domain.state import Pathway
from pathway.telling.frame import status_of, told
from schemas import codes, events


@told.register
def _reached(fact: DeadlineReached, after: Pathway) -> events.DeadlineReached:
    module = after.module(fact.module_id) if fact.module_id else None
    return events.DeadlineReached(
        pathway_status=status_of(after),
        deadline=codes.DeadlineKind(fact.deadline),
        module_id=fact.module_id,
        module_kind=codes.ModuleKind(module.kind) if module else None,
        checkpoint=codes.Checkpoint(fact.checkpoint) if fact.checkpoint else None,
        provider=fact.provider,
    )
