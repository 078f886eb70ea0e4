"""What imports told, apart from what others made of it since: the form in which a file knows its own rows."""

from collections.abc import Collection, Sequence
from typing import cast
from uuid import UUID

from pathway.domain.corrections import DataCorrected
from pathway.domain.facts import Amendment, Fact
from pathway.recorded import Recorded
from schemas.codes import ActorKind


def by_imports(facts: Sequence[Recorded]) -> set[UUID]:
    """The ids of the facts that imports recorded."""
    return {one.fact_id for one in facts if one.actor.kind == ActorKind.IMPORT}


def as_imports_left(facts: Sequence[Recorded], besides: Collection[UUID] = ()) -> dict[UUID, Fact]:
    """What imports recorded, and the facts `besides`, each with what imports corrected of it.

    A correction holds the whole fact, also what somebody else had corrected before: of it, only the
    fields that it changed are the import's.
    """
    by_import = by_imports(facts)
    left: dict[UUID, Fact] = {}
    stands: dict[UUID, Fact] = {}
    for one in facts:
        fact: Fact = one.fact
        if not isinstance(fact, Amendment):
            stands[one.fact_id] = fact
            if one.fact_id in by_import or one.fact_id in besides:
                left[one.fact_id] = fact
            continue
        if one.fact_id in by_import and isinstance(fact, DataCorrected) and fact.target in left:
            left[fact.target] = _but(left[fact.target], stands.get(fact.target), fact.becomes)
        fact.amend(stands)
    return left


def _but(left: Fact, was: Fact | None, becomes: Fact) -> Fact:
    changed = {
        name: value
        for name, value in cast("dict[str, object]", vars(becomes)).items()
        if was is None or getattr(was, name) != value
    }
    return left.model_copy(update=changed)
