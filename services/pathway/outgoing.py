"""What must stand on the topics for the facts of the log: the publisher sends it, the audit expects it."""

from collections.abc import Sequence
from uuid import UUID

from pathway import contract
from pathway.domain.state import Pathway
from pathway.recorded import Recorded


class Unfit(Exception):
    """A fact does not fit what is promised of it; the message names the fact."""


def event(
    recorded: Recorded, after: Pathway, withheld: frozenset[UUID], schema_base: str
) -> contract.Message:
    """The fact's message for the events topic; one without its data where an operator decided so.

    Raises Unfit.
    """
    told = contract.withheld if recorded.fact_id in withheld else contract.published
    try:
        return told(recorded, after, schema_base)
    except (LookupError, ValueError) as unfit:
        raise Unfit(f"fact {recorded.fact_id} ({recorded.fact.name})") from unfit


def state(recorded: Recorded, after: Pathway, schema_base: str) -> contract.Message:
    """The message for the state topic when this fact is the pathway's newest. Raises Unfit."""
    try:
        return contract.state_message(recorded, after, schema_base)
    except (LookupError, ValueError) as unfit:
        raise Unfit(f"the state after fact {recorded.fact_id}") from unfit


def newest(window: Sequence[Recorded], after: Sequence[Pathway]) -> list[tuple[Recorded, Pathway]]:
    """The newest fact of each pathway in the window, with the state after it, in the log's order."""
    last: dict[UUID, tuple[Recorded, Pathway]] = {}
    for one, pathway in zip(window, after, strict=True):
        last.pop(one.pathway_id, None)
        last[one.pathway_id] = (one, pathway)
    return list(last.values())


def key(pathway_id: UUID) -> bytes:
    """The Kafka key of everything about a pathway."""
    return str(pathway_id).encode()
