"""What the projections' processes are told by their environment."""

from typing import Annotated

from plumbing.database import checked
from plumbing.kafka_clients import KafkaSettings
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


class TwinSettings(FollowSettings):
    """The same, and how fast the read models are proven. The names are those of the write side's auditor."""

    auditor_seconds: float = Field(
        default=5.0, gt=0, le=30, description="seconds between two looks at what was published"
    )
    auditor_full_every_hours: float = Field(
        default=24.0, gt=0, description="hours between the beginnings of two complete rounds"
    )
    auditor_facts_per_second: int = Field(
        default=500, ge=1, description="facts that are proven in a second at most"
    )

    @property
    def at_once(self) -> int:
        """How many events are proven before others get their turn."""
        return min(500, self.auditor_facts_per_second)
