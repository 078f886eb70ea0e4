"""Which employers get no IBO for a time, whosever pathway led to that: kept with who holds each pathway."""

from datetime import date

import orjson

from pathway.domain.exclusion import Exclusion
from pathway.store import Store


def exclusions_of(store: Store, employer: str) -> list[Exclusion]:
    """The exclusions of this employer (KBO number), the first day first. Raises `StoreAway`.

    As committed: one that is recorded at this very moment may be missed.
    """
    with store.connection() as connection:
        rows = connection.execute(
            """
            select one ->> 'since' as since, one ->> 'until' as until
              from pathway.holder as h cross join jsonb_array_elements(h.excludes) as one
             where h.excludes @> %(asked)s and one ->> 'employer' = %(employer)s
             order by 1, 2
            """,
            {"asked": orjson.dumps([{"employer": employer}]).decode(), "employer": employer},
        ).fetchall()
    return [
        Exclusion(employer, date.fromisoformat(row["since"]), date.fromisoformat(row["until"]))
        for row in rows
    ]
