"""How far the facts have come: stored, published, applied; asked of the databases for the status."""

import contextlib
from collections.abc import Mapping
from typing import LiteralString, Self

import psycopg
from psycopg import Connection, sql
from psycopg.rows import TupleRow

STORED = "stored"
PUBLISHED = "published"
BEHIND = "behind"
PROVEN = "proven"
ROWS_PROVEN = "rows proven"
# All count in places of the log, so that they can be compared.
QUESTIONS_TO_THE_WRITE_SIDE: dict[str, LiteralString] = {
    STORED: "select coalesce(max(notification_id), 0) from pathway.pathway_events",
    PUBLISHED: "select coalesce(max(position), 0) from pathway.publisher_status",
    PROVEN: "select coalesce(max(position), 0) from pathway.proof where kind = 'following'",
}
QUESTIONS_TO_THE_READ_SIDE: dict[str, LiteralString] = {
    "in counsellor": "select coalesce(max(newest_position), 0) from counsellor.partition_progress",
    "in reporting": "select coalesce(max(newest_position), 0) from reporting.partition_progress",
    ROWS_PROVEN: "select coalesce(min(position), 0) from projections.proof where kind = 'following'",
}


class Figures:
    """A context manager that keeps its connections; what cannot be asked is left out."""

    def __init__(self, pathway_url: str, projections_url: str) -> None:
        self._questions: list[tuple[str, str, LiteralString]] = [
            *((name, pathway_url, words) for name, words in QUESTIONS_TO_THE_WRITE_SIDE.items()),
            *((name, projections_url, words) for name, words in QUESTIONS_TO_THE_READ_SIDE.items()),
        ]
        self._connections: dict[str, Connection[TupleRow]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for connection in self._connections.values():
            connection.close()

    def now(self) -> Mapping[str, int]:
        """How many facts are stored, published, in each read model and proven; how far the last is behind.

        A proof comes behind what it proves, and keeps nobody waiting.
        """
        found: dict[str, int] = {}
        for name, url, question in self._questions:
            with contextlib.suppress(psycopg.Error):
                found[name] = self._ask(url, question)
        waited_for = [one for name, one in found.items() if name not in {PROVEN, ROWS_PROVEN}]
        if STORED in found and len(waited_for) > 1:
            found[BEHIND] = max(0, found[STORED] - min(waited_for))
        return found

    def _ask(self, url: str, question: LiteralString) -> int:
        connection = self._connections.get(url)
        if connection is None or connection.closed:
            connection = psycopg.connect(url, autocommit=True, connect_timeout=2)
            self._connections[url] = connection
        row = connection.execute(sql.SQL(question)).fetchone()
        return int(row[0]) if row else 0
