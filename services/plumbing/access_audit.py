"""Whether the trace of looks still holds every row as it was written, in its order, and no other."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from psycopg import Connection, IsolationLevel, sql
from psycopg.rows import DictRow, dict_row

from plumbing.database import connection_string

AT_ONCE = 2_000
FIRST_HASH = bytes(32)
Row = dict[str, Any]
_Session = Connection[DictRow]


@dataclass(frozen=True)
class Difference:
    """A place in the trace, and what is wrong there."""

    where: str
    what: str


@dataclass
class Newest:
    """The last row that was read: its number and hash, for an auditor to keep and compare later."""

    id: int = 0
    hash: bytes = FIRST_HASH
    rows: int = 0


def audit(database_url: str, schema: str, newest: Newest) -> Iterator[Difference]:
    """Each difference between the rows of `schema` and their chain, as of one moment.

    `newest` ends as the last row. Memory does not grow with the trace. Raises psycopg.Error.
    """
    conninfo = connection_string(database_url, "audit of looks")
    with _Session.connect(conninfo, row_factory=dict_row) as connection:
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        name = sql.Identifier(schema)
        head = connection.execute(
            sql.SQL("select id, hash from {}.access_head").format(name)
        ).fetchone()
        with connection.cursor(name="looks") as cursor:
            cursor.itersize = AT_ONCE
            for row in cursor.execute(
                sql.SQL("select * from {}.access_row order by id").format(name)
            ):
                where = f"look {row['id']}"
                yield from (Difference(where, what) for what in _against(row, newest))
                newest.id, newest.hash = row["id"], row["hash"]
                newest.rows += 1
        yield from _against_head(head, newest)


def row_hash(row: Row) -> bytes:
    """The hash that a row must have, computed here as the database computes it."""
    at: datetime = row["at"]
    told = (
        row["id"],
        at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        *(row[name] for name in _TEXTS),
    )
    text = json.dumps(told, ensure_ascii=False)
    return hashlib.sha256(bytes(row["prev_hash"]) + text.encode()).digest()


_TEXTS = (
    "caller_ref",
    "caller_kind",
    "organisation",
    "about",
    "endpoint",
    "role",
    "rule",
    "purpose",
    "decision",
    "correlation_id",
)


def _against(row: Row, before: Newest) -> Iterator[str]:
    """A row by itself, and after the one before."""
    gone = row["id"] - before.id - 1
    if row["id"] < 1:
        yield "was inserted: looks are numbered from 1"
    elif gone:
        first = before.id + 1
        yield (
            f"look {first} before it is missing"
            if gone == 1
            else (f"looks {first} to {row['id'] - 1} before it are missing")
        )
    if row_hash(row) != row["hash"]:
        yield "its hash is not that of what it says: it was altered, inserted or moved here"
    # After a hole the hash before is unknown; the hole is named already.
    if not gone and row["prev_hash"] != before.hash:
        after = f"look {before.id}" if before.id else "nothing, as the first must"
        yield f"does not follow {after} as that stands: one was altered, inserted or moved"


def _against_head(head: Row | None, newest: Newest) -> Iterator[Difference]:
    where = "the end of the trace"
    if head is None:
        yield Difference(where, "the row that tells the newest look is gone")
    elif newest.id < head["id"]:
        yield Difference(where, f"looks {newest.id + 1} to {head['id']} are missing")
    elif newest.id > head["id"]:
        yield Difference(where, f"what stands after look {head['id']} was inserted")
    elif newest.hash != head["hash"]:
        yield Difference(where, f"look {newest.id} is not the one that was written last")
