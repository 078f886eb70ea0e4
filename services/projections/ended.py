"""Why a consumer ended and waits for a person to decide; kept until one follows again."""

from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row

from projections.schema import Database


@dataclass(frozen=True)
class Ended:
    """Since when (UTC) nobody follows for a read model, and why; the ways out are in it."""

    at: datetime
    why: str


def note(connection: Database, projection: str, why: str, at: datetime) -> None:
    """The consumer of this read model ends at `at` (UTC)."""
    connection.execute(
        """
        insert into projections.ended (projection, at, why) values (%s, %s, %s)
        on conflict (projection) do update set at = excluded.at, why = excluded.why
        """,
        [projection, at, why],
    )


def forget(connection: Database, projection: str) -> None:
    """One follows again."""
    connection.execute("delete from projections.ended where projection = %s", [projection])


def ended(connection: Database, projection: str) -> Ended | None:
    """Why the last consumer of this read model ended; None when it did not, or one followed since."""
    with connection.cursor(row_factory=class_row(Ended)) as rows:
        query = "select at, why from projections.ended where projection = %s"
        return rows.execute(query, [projection]).fetchone()
