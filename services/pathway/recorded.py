"""A fact as it stands in the store: what was decided, and the envelope that says who, when and why."""

import hashlib
from collections.abc import Sequence
from datetime import UTC
from typing import Annotated, NamedTuple
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from pathway.domain.catalogue import PathwayFact
from schemas.codes import ActorKind

FIRST_HASH = "0" * 64
"""What stands in the place of the hash before a pathway's first fact."""

Instant = Annotated[AwareDatetime, AfterValidator(lambda at: at.astimezone(UTC))]
"""A moment, kept in UTC."""


VDAB = "OVO000083"
"""VDAB itself, where it acts as an organisation."""


class Actor(BaseModel):
    """Who caused a fact, as the token named them."""

    model_config = ConfigDict(frozen=True)
    kind: ActorKind
    ref: str
    organisation: str


class Judged(NamedTuple):
    """A fact that was decided and is not recorded yet, with the rule rows that judged it and its warnings."""

    fact: PathwayFact
    rules: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


class Recorded(BaseModel):
    """One stored fact with its whole envelope. Nothing of it ever changes."""

    model_config = ConfigDict(frozen=True)
    fact_id: UUID
    pathway_id: UUID
    version: int = Field(ge=1, description="1, 2, 3 ... within the pathway, without holes")
    position: int = Field(ge=1, description="Place in the whole store; rises, may have holes")
    recorded_at: Instant
    source_time: Instant | None = Field(
        default=None, description="The supplier's own clock, where told"
    )
    actor: Actor
    command_id: str
    correlation_id: str
    causation_id: str
    traceparent: str | None = None
    salt: str = Field(
        default="",
        description="Random and never published: keeps a withheld value from being guessed by its hash",
    )
    rules: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    data_class: int = Field(ge=0, le=3)
    prev_hash: str = Field(
        pattern="^[0-9a-f]{64}$", description="SHA-256 in hex; zeros at version 1"
    )
    hash: str = Field(pattern="^[0-9a-f]{64}$")
    fact: PathwayFact


def chain_hash(pathway_id: UUID, version: int, topic: str, state: bytes) -> str:
    """SHA-256 in hex over a fact as stored; the state holds the hash of the fact before it."""
    place = pathway_id.bytes + version.to_bytes(8, "big") + topic.encode() + b"\x00"
    return hashlib.sha256(place + state).hexdigest()


def stood_at(version: int, facts: Sequence[Recorded]) -> bool:
    """Whether a pathway with these facts is at this version, but for what time alone brought about since."""
    return version <= len(facts) and all(one.fact.announces for one in facts[version:])
