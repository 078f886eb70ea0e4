"""What comes along when a pathway is merged into another: its facts, as they are true there."""

from collections.abc import Iterator, Sequence
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from pathway.domain.corrections import AnyFact
from pathway.domain.employment import EmploymentChecked
from pathway.domain.enrolment import Enrolled, ParticipantCharacteristicsRecorded
from pathway.domain.facts import Fact, Label, Told, standing
from pathway.domain.state import Pathway
from pathway.domain.wep_plus import WepPlusMigrated

_OF_ENTRY = (Enrolled, ParticipantCharacteristicsRecorded)


class Carried(BaseModel):
    """A fact of the absorbed pathway as it stood there, under the id that it has there."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    fact_id: Annotated[UUID, Label("Feit", "Fact")]
    fact: Annotated[AnyFact, Label("Inhoud", "Content")]


def carried_from(there: Sequence[Told], other: Pathway, survivor: Pathway) -> Iterator[Carried]:
    """What of the other pathway comes along, by day and on one day as it was told."""
    stands = sorted(standing(there).items(), key=lambda one: one[1].occurred_on)
    for fact_id, fact in stands:
        # The entry is that of the earlier enrolment, with what was known of the person then.
        entry = isinstance(fact, _OF_ENTRY) and fact.occurred_on < survivor.enrolled_on
        if entry or fact.carried:
            yield Carried(fact_id=fact_id, fact=_as_of(fact, other, survivor))


def _as_of(fact: Fact, other: Pathway, survivor: Pathway) -> Fact:
    """The fact as it is true in the surviving pathway."""
    match fact:
        case Enrolled():
            return fact.model_copy(update={"person_ref": survivor.person_ref})
        case WepPlusMigrated():
            # Modules that were annulled there stay there.
            left = tuple(one for one in fact.from_modules if other.module(one.module_id))
            return fact.model_copy(update={"from_modules": left})
        case _:
            return fact


def counting_as_there(
    facts: Sequence[Carried], other: Pathway, whole: Pathway | None
) -> tuple[Carried, ...]:
    """The same, with checks of work that count from the way out that they counted from there.

    A hire comes along, a closing does not; where the whole would count from another day, a check
    says its own. Elsewhere it goes on to follow from the hire, also once that is corrected.
    """

    def counting(fact: Fact) -> Fact:
        if whole is None or not isinstance(fact, EmploymentChecked):
            return fact
        since = fact.counted_from(other)
        as_there = fact.counted_from(whole) == since
        return fact if as_there else fact.model_copy(update={"since": since})

    return tuple(one.model_copy(update={"fact": counting(one.fact)}) for one in facts)
