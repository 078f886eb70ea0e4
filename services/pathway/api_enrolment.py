"""Enrolment over HTTP: whom one may not see is not told of, but for what the one open pathway tells.

Whom the caller may not see is enrolled again by number and name together, never by a number alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from fastapi import Request
from plumbing.callers import Caller
from plumbing.row_rights import BARRIERS, Rule

from pathway.api_rights import Trace
from pathway.api_sight import Sight
from pathway.application import Answering, Done, Enrolment, Pathways
from pathway.backdating import Review
from pathway.domain.commands import Command
from pathway.domain.refusals import AlreadyOpen, InszCancelled, Refused
from pathway.rows import Ruling
from pathway.store import Context

HIDDEN = (
    "Something of this person that you may not see stands in the way. Ask your team leader, or open "
    "the file with a reason (POST /v1/overrides)."
)
NOT_BY_A_NEW_PATHWAY = BARRIERS | {Rule.DECEASED}
"""What a new pathway would otherwise go past: it is of no unit yet, and so seen by all."""


@dataclass
class Enrolling:
    """One request to enrol somebody, of whom `look` finds out what the caller may see."""

    pathways: Pathways
    sight: Sight
    request: Request
    caller: Caller
    enrolment: Enrolment
    then: Sequence[Command]
    review: Review
    _rulings: list[Ruling] = field(default_factory=list[Ruling])

    def look(self, again: bool) -> None:  # noqa: FBT001
        """Raises `AlreadyOpen` where the caller may not enrol the person; denials are traced.

        What was answered before is told `again` unless a barrier came.
        """
        known = self.pathways.vault.reference(self.enrolment.person.insz)
        rulings = self.sight.person(self.request, self.caller, known) if known else []
        self._rulings = rulings if rulings and rulings[0].permits else []
        if known and rulings and not self._rulings:
            rule = rulings[0].rule
            refused = rule in NOT_BY_A_NEW_PATHWAY or not self._names(known)
            if rule in BARRIERS or (refused and not again):
                raise AlreadyOpen(HIDDEN)

    def decide(self, context: Context, answering: Answering) -> Done:
        """Enrol. Raises `Refused`, which names no pathway that the caller may not see."""
        try:
            return self.pathways.enrol(
                self.enrolment,
                context,
                then=self.then,
                answering=answering,
                review=self.review,
                hidden=not self._rulings,
            )
        except (AlreadyOpen, InszCancelled) as refusal:
            raise self._told(refusal) from None

    def trace(self, trace: Trace) -> None:
        """The answer tells that the person is known: a look, where the caller may see them."""
        if self._rulings:
            first = self._rulings[0]
            trace.permitted(self.request, self.caller, {first.person_ref: first.rule})

    def _names(self, person_ref: UUID) -> bool:
        """Whether the name is told that the vault has: a number alone would become a name by enrolling."""
        told = self.enrolment.person
        known = self.pathways.vault.people([person_ref]).get(person_ref)
        return known is not None and known.is_named(told.last_name, told.first_name)

    def _told(self, refusal: Refused) -> Refused:
        where: UUID | None = getattr(refusal, "pathway_id", None)
        seen = {one.pathway_id for one in self._rulings if one.permits}
        return refusal if self._rulings and where in {None, *seen} else AlreadyOpen(HIDDEN)
