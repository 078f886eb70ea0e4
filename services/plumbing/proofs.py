"""What the standing proofs of both sides have in common: how they go, and what becomes of what they find."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from pydantic import Field

from plumbing.logs import logger
from plumbing.settings import Settings

MOST_NAMED = 20
"""Differences that are kept with their place; the others are counted."""
MOST_AT_ONCE = 500

log = logger(__name__)


class Kind(StrEnum):
    """Of what there is a row."""

    FOLLOWING = "following"
    ROUND = "round"
    COMPLETE = "complete"


class ProofSettings(Settings):
    """How fast is proven; the names are the same on both sides."""

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
        """How many are proven before others get their turn."""
        return min(MOST_AT_ONCE, self.auditor_facts_per_second)

    def is_round_due(self, last: "Findings | None", now: datetime) -> bool:
        """Whether it is time for a complete round, after the `last` one that came to its end."""
        return last is None or now - last.begun_at >= timedelta(hours=self.auditor_full_every_hours)


@dataclass(kw_only=True)
class Findings:
    """What one of the kinds found. Moments are UTC."""

    kind: Kind
    begun_at: datetime
    differences: int = 0
    first_differences: list[str] = field(default_factory=list[str])
    found_at: datetime | None = None

    def differs(self, where: str, what: str) -> None:
        """Name a difference: the place, and what is wrong there; no value that is held there."""
        self.differences += 1
        if len(self.first_differences) < MOST_NAMED:
            self.first_differences.append(f"{where}: {what}")
            log.error("difference", **self.named(), proof=self.kind, where=where, what=what)

    def named(self) -> dict[str, str]:
        """What else its log lines say, of which proof of several it is."""
        return {}

    @contextmanager
    def finding(self, now: datetime) -> Generator[None]:
        """What is named in the block was found at `now` (UTC)."""
        before = self.differences
        yield
        if self.differences > before:
            self.found_at = now

    def cleared_by(self, walked: "Findings") -> bool:
        """Forget what was found before a sound round began; whether there was anything."""
        before = self.found_at is not None and self.found_at < walked.begun_at
        if walked.differences or not before:
            return False
        self.differences, self.first_differences, self.found_at = 0, [], None
        return True

    def as_kind(self, kind: Kind) -> Self:
        """The same as another row."""
        return replace(self, kind=kind, first_differences=list(self.first_differences))
