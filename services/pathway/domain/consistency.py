"""Whether a history could have been: each fact is tried at its own day, after all that came before it."""

from collections.abc import Sequence
from operator import attrgetter

from pathway.domain import refusals
from pathway.domain.facts import Fact, Told, evolve, standing
from pathway.domain.state import Pathway


def consistent(told: Sequence[Told], new: Sequence[Fact] = ()) -> None:
    """Refuse facts, given in the order of their versions, that could not have happened together.

    Raises `Collides`, which names the fact that does not fit and why; of a `new` one, by itself what
    stands in its way.
    """
    pathway = None
    facts = [fact for fact in standing(told).values() if fact.counts]
    for fact in sorted(facts, key=attrgetter("occurred_on")):
        try:
            _fits(fact, pathway)
        except refusals.Refused as refused:
            if any(fact is one for one in new):
                raise
            which = f"{fact.name} of {fact.occurred_on}"
            raise refusals.Collides(f"{which}: {refused.message}", refused.field) from None
        pathway = evolve(pathway, fact)


def fitting(pathway: Pathway, told: Sequence[Told], new: Sequence[Fact]) -> None:
    """Refuse new facts that cannot follow, each at its own day; a late one is folded in before it is tried.

    `pathway` is the one that was told so far. Raises what stands in the way of a new fact, and
    `Collides` when a later fact could not have followed on it.
    """
    if all(fact.occurred_on >= pathway.last_fact_on for fact in new):
        for fact in new:
            fact.fits(pathway)
            pathway = evolve(pathway, fact) or pathway
        return
    try:
        consistent([*told, *(Told(None, fact) for fact in new)], new)
    except refusals.Collides:
        # What was impossible before does not keep anybody from registering something else.
        if _possible(told):
            raise


def _possible(told: Sequence[Told]) -> bool:
    try:
        consistent(told)
    except refusals.Collides:
        return False
    return True


def _fits(fact: Fact, pathway: Pathway | None) -> None:
    # An enrolment that is told once more, as by an import that learns of an earlier day, fits anywhere.
    if fact.begun() is None:
        if pathway is None:
            raise refusals.Collides("it would lie before the enrolment.", "on")
        if pathway.closed and not fact.after_closing:
            raise refusals.Collides(
                f"it would lie after the pathway was closed on {pathway.closed_on}.", "on"
            )
    fact.fits(pathway)
