"""Whether a history could have been: each fact is tried at its own day, after all that came before it."""

from collections.abc import Sequence
from operator import attrgetter

from pathway.domain import refusals
from pathway.domain.enrolment import Enrolled
from pathway.domain.facts import Told, evolve, standing


def consistent(told: Sequence[Told]) -> None:
    """Refuse facts, given in the order of their versions, that could not have happened together.

    Raises `Collides`, which names the fact that does not fit and why.
    """
    pathway = None
    facts = [fact for fact in standing(told).values() if fact.counts]
    for fact in sorted(facts, key=attrgetter("occurred_on")):
        which = f"{fact.name} of {fact.occurred_on}"
        if pathway is None and not isinstance(fact, Enrolled):
            raise refusals.Collides(f"{which} would lie before the enrolment.", "on")
        may_follow = fact.after_closing or isinstance(fact, Enrolled)
        if pathway is not None and pathway.closed and not may_follow:
            raise refusals.Collides(
                f"{which} would lie after the pathway was closed on {pathway.closed_on}.", "on"
            )
        try:
            fact.fits(pathway)
        except refusals.Refused as refused:
            raise refusals.Collides(f"{which}: {refused.message}", refused.field) from None
        pathway = evolve(pathway, fact)
