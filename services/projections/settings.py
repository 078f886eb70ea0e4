"""What the projections' processes are told by their environment."""

from typing import Annotated

from plumbing.database import checked
from plumbing.kafka_clients import KafkaSettings
from plumbing.proofs import ProofSettings
from plumbing.settings import Settings
from pydantic import AfterValidator, Field

import schemas


class DatabaseSettings(Settings):
    """Where the read models stand."""

    projections_database_url: Annotated[str, AfterValidator(checked)] = Field(
        description="the PostgreSQL address of the read side, postgresql://USER:PASSWORD@HOST:PORT/DATABASE"
    )


class FollowSettings(DatabaseSettings, KafkaSettings):
    """Where the read models stand, and the topic that they follow."""

    events_topic: str = Field(
        default=schemas.EVENTS_TOPIC, description="the name of the topic with every event"
    )
    projections_group: str = Field(
        default="vdab.projections",
        description="how the names of our consumer groups begin; `.counsellor` and so on follow",
    )


class TwinSettings(FollowSettings, ProofSettings):
    """The same, and how fast the read models are proven."""
