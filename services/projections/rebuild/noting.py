"""What a rebuild writes down of itself, for whoever looks from elsewhere: how far, how fast, and its end."""

import time
from dataclasses import dataclass
from datetime import datetime

from plumbing.clock import Clock
from psycopg.rows import class_row

from projections.schema import Database

SECONDS_BETWEEN_NOTES = 1.0


@dataclass(frozen=True)
class Noted:
    """The last rebuild of a read model, as it wrote itself down. Moments are UTC.

    `share` is how much of its work is done, 0 to 1; `per_second` counts events of the present phase;
    `switched_at` is when a switch was last made, `back` when it brought the one from before back.
    """

    phase: str
    share: float
    per_second: float
    seconds_left: float | None
    began_at: datetime | None
    told_at: datetime | None
    filled_at: datetime | None
    switched_at: datetime | None
    back: bool


@dataclass
class Noting:
    """Notes of one rebuild, a second apart at least."""

    connection: Database
    projection: str
    clock: Clock

    def __post_init__(self) -> None:
        self._next = 0.0
        self.connection.execute(
            """
            insert into projections.rebuild (projection, began_at, told_at) values (%s, %s, %s)
            on conflict (projection) do update
            set began_at = excluded.began_at, told_at = excluded.told_at, filled_at = null,
                phase = '', share = 0, per_second = 0, seconds_left = null
            """,
            [self.projection, now := self.clock(), now],
        )

    def note(self, phase: str, share: float, per_second: float, seconds_left: float | None) -> None:
        """How far it is now; nothing when that was written within the last second."""
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + SECONDS_BETWEEN_NOTES
        self.connection.execute(
            """
            update projections.rebuild
            set phase = %s, share = %s, per_second = %s, seconds_left = %s, told_at = %s
            where projection = %s
            """,
            [phase, share, per_second, seconds_left, self.clock(), self.projection],
        )

    def filled(self) -> None:
        """It is whole, and ready to be switched in."""
        self.connection.execute(
            "update projections.rebuild set filled_at = %(at)s, told_at = %(at)s, share = 1"
            " where projection = %(projection)s",
            {"at": self.clock(), "projection": self.projection},
        )


def switched(connection: Database, projection: str, at: datetime, *, back: bool) -> None:
    """A switch was made at `at` (UTC), or taken back."""
    connection.execute(
        """
        insert into projections.rebuild (projection, switched_at, back) values (%s, %s, %s)
        on conflict (projection) do update
        set switched_at = excluded.switched_at, back = excluded.back
        """,
        [projection, at, back],
    )


def noted(connection: Database, projection: str) -> Noted | None:
    """What was written down of a read model's rebuilds."""
    with connection.cursor(row_factory=class_row(Noted)) as rows:
        return rows.execute(
            """
            select phase, share, per_second, seconds_left, began_at, told_at, filled_at,
                   switched_at, back
            from projections.rebuild where projection = %s
            """,
            [projection],
        ).fetchone()
