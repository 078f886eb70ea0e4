"""A message on a topic held against what must stand there for a fact: the same for every audit."""

import hashlib

from pathway.recorded import Recorded
from pathway.topic_copy import Seen
from schemas import earlier

NOT_ITS_FOLD = "is not what its facts add up to"
TOLD_EARLIER = "of them told by an earlier release"


def is_whole(there: Seen, expected: bytes) -> bool:
    """Whether it is this message."""
    whole = earlier.canonical(expected) if there.lacks else expected
    return there.digest == hashlib.sha256(whole).digest()


def is_told_earlier(there: Seen, expected: bytes) -> bool:
    """Whether an earlier release of the contract wrote it: nothing else differs than what that did not tell."""
    if not there.lacks:
        return False
    before = earlier.without(expected, there.lacks)
    return before is not None and hashlib.sha256(before).digest() == there.digest


def difference(fact: Recorded, there: Seen) -> str:
    """What differs, of a message that is neither the one of now nor an earlier release's."""
    for name, ours, theirs in (
        ("id", fact.fact_id, there.id),
        ("pathway", fact.pathway_id, there.pathway),
        ("version", fact.version, there.version),
        ("hash", fact.hash, there.hash),
    ):
        if ours != theirs:
            return f"has the {name} {theirs} on the topic and {ours} in the store"
    return "has another content on the topic than the contract gives"


def no_such_fact(there: Seen) -> str:
    """What a message is that the store has no fact for."""
    return f"tells of fact {there.id} (position {there.position}), which the store does not have"
