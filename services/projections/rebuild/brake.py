"""Holds a rebuild back while the live read model falls behind, for as long as somebody keeps that up."""

import time
from collections.abc import Callable

from plumbing.clock import Clock
from psycopg import sql

from projections.freshness import freshness
from projections.schema import Database

SECONDS_BETWEEN_LOOKS = 0.5
PATIENCE = 15.0
"""Seconds without a move of the live one: nobody keeps it up, and waiting would not help it."""

Braking = Callable[[float | None], None]
"""Told how many seconds the live one is behind, while that holds the work back; then None."""


class Brake:
    """Looks at the live read model on `connection`; `seconds` is how far behind it may be."""

    def __init__(
        self, connection: Database, live: str, seconds: float, clock: Clock, tell: Braking
    ) -> None:
        self._connection, self._live, self._seconds = connection, live, seconds
        self._clock, self._tell = clock, tell
        self._stood: object = None

    def hold(self) -> None:
        """Return once the live one is fresh enough, or stands still."""
        since, seen = time.monotonic(), self._standing()
        while (behind := self._behind()) is not None and behind > self._seconds:
            now = self._standing()
            if now != seen:
                since, seen = time.monotonic(), now
            # It stood so at the last look already: who waited once does not wait for each task.
            if now == self._stood or time.monotonic() - since > PATIENCE:
                self._stood = now
                break
            self._tell(behind)
            time.sleep(SECONDS_BETWEEN_LOOKS)
        self._tell(None)

    def _behind(self) -> float | None:
        """For how many seconds the live one may lack something; None before it was ever complete."""
        complete = freshness(self._connection, self._live).complete_until
        return (self._clock() - complete).total_seconds() if complete else None

    def _standing(self) -> object:
        query = sql.SQL("select sum(next_offset), max(complete_until) from {}.partition_progress")
        return self._connection.execute(query.format(sql.Identifier(self._live))).fetchone()
