"""`pathway audit chain`: whether the store still holds every fact as it was recorded, and no other."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString, Self
from uuid import UUID

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from plumbing.database import connection_string
from psycopg import IsolationLevel
from psycopg.rows import dict_row
from rich.progress import Progress, TaskID

from pathway import checkpoints
from pathway.auditing import Findings, progress
from pathway.leader import Session
from pathway.recorded import FIRST_HASH, chain_hash

AT_ONCE = 2_000
Row = dict[str, Any]

_STREAMS: LiteralString = """
    select originator_id, originator_version, notification_id, topic, state, hash, fact_id,
           occurred_on, recorded_at
    from pathway.pathway_events order by originator_id, originator_version
"""
_LOG: LiteralString = """
    select notification_id, hash from pathway.pathway_events order by notification_id
"""


def audit(database_url: str, keys: Mapping[str, Ed25519PublicKey], findings: Findings) -> None:
    """Compare every fact with its hash, its neighbours and the checkpoints, as of one moment.

    `keys` are the public keys of the checkpoints by key id. Memory does not grow with the log.
    """
    conninfo = connection_string(database_url, "pathway audit chain")
    with Session.connect(conninfo, row_factory=dict_row) as session:
        session.isolation_level = IsolationLevel.REPEATABLE_READ
        session.read_only = True
        row = session.execute("select count(*) as facts from pathway.pathway_events").fetchone()
        facts = row["facts"] if row else 0
        with progress(findings.say) as bar:
            _streams(session, findings, bar, bar.add_task("pathways", total=facts))
            _checkpoints(session, keys, findings, bar, bar.add_task("checkpoints", total=facts))


def _rows(session: Session, query: LiteralString, bar: Progress, task: TaskID) -> Iterator[Row]:
    with session.cursor(name="audit") as cursor:
        cursor.itersize = AT_ONCE
        cursor.execute(query)
        for count, row in enumerate(cursor, start=1):
            yield row
            if count % AT_ONCE == 0:
                bar.update(task, completed=count)
    bar.update(task, completed=bar.tasks[task].total)


@dataclass
class Before:
    """What the fact before, of the same pathway, leaves to be held against the next."""

    pathway_id: UUID | None = None
    version: int = 0
    position: int = 0
    hash: str = FIRST_HASH
    recorded_at: datetime | None = None

    @classmethod
    def of(cls, row: Row) -> Self:
        """That of the fact in this row of the log."""
        return cls(
            row["originator_id"],
            row["originator_version"],
            row["notification_id"],
            row["hash"].hex(),
            row["recorded_at"],
        )


def _streams(session: Session, findings: Findings, bar: Progress, task: TaskID) -> None:
    """Each pathway's versions, chain of hashes, clocks and positions; each fact's columns and bytes."""
    before = Before()
    for row in _rows(session, _STREAMS, bar, task):
        if row["originator_id"] != before.pathway_id:
            before = Before(row["originator_id"])
            findings.compared["pathways"] += 1
        findings.compared["facts"] += 1
        where = f"pathway {row['originator_id']} version {row['originator_version']}"
        for what in (*against_before(row, before), *against_bytes(row, before)):
            findings.differs(where, what)
        before = Before.of(row)


def against_before(row: Row, before: Before) -> Iterator[str]:
    """What is wrong with a fact's place after the fact before it."""
    version: int = row["originator_version"]
    if version != before.version + 1:
        gone = version - 1 - before.version
        missing = f"version {before.version + 1}" if gone == 1 else f"{gone} versions"
        yield f"{missing} before it is missing"
    if row["notification_id"] <= before.position:
        yield "stands before an earlier version in the log: the order was changed"
    if before.recorded_at is not None and row["recorded_at"] < before.recorded_at:
        yield "was recorded before the version before it"


def against_bytes(row: Row, before: Before) -> Iterator[str]:
    """The fact's columns against what its bytes say, and its bytes against the chain."""
    version: int = row["originator_version"]
    given = chain_hash(row["originator_id"], version, row["topic"], row["state"])
    if given != row["hash"].hex():
        yield "its hash is not that of its bytes: the fact was altered or moved"
    try:
        told = orjson.loads(row["state"])
        said: dict[str, object] = {
            "fact_id": UUID(told["fact_id"]),
            "recorded_at": datetime.fromisoformat(told["recorded_at"]),
            "occurred_on": told["fact"]["occurred_on"],
            "topic": f"{told['fact']['kind']}.v1",
        }
        prev_hash = told["prev_hash"]
    except (orjson.JSONDecodeError, LookupError, TypeError, ValueError):
        yield "its bytes cannot be read"
        return
    # After a hole the hash before is unknown; the hole is named already.
    if version == before.version + 1 and prev_hash != before.hash:
        yield f"does not follow version {before.version} as that stands: one of both was replaced"
    stands: dict[str, object] = {**row, "occurred_on": row["occurred_on"].isoformat()}
    for column, value in said.items():
        if stands[column] != value:
            yield f"the column {column} says {stands[column]} and the bytes say {value}"


class _Log:
    """The hashes of the log in its order, handed out up to one position after the other."""

    def __init__(self, rows: Iterator[Row]) -> None:
        self._rows = rows
        self._next = next(rows, None)
        self.last = 0

    def upto(self, position: int) -> Iterator[bytes]:
        """The hashes from where the last call ended, up to and including that position."""
        while self._next is not None and self._next["notification_id"] <= position:
            self.last = self._next["notification_id"]
            yield self._next["hash"]
            self._next = next(self._rows, None)

    def rest(self) -> None:
        """Pass over what no checkpoint has witnessed yet."""
        for _ in self._rows:
            pass


def _checkpoints(
    session: Session,
    keys: Mapping[str, Ed25519PublicKey],
    findings: Findings,
    bar: Progress,
    task: TaskID,
) -> None:
    """The log, in its order, against what was signed of it."""
    row = session.execute("select store_id from pathway.store_mark").fetchone()
    store_id = row["store_id"] if row else UUID(int=0)
    log = _Log(_rows(session, _LOG, bar, task))
    previous = None
    # Told also when there is none yet: until then a removed last fact would not show.
    findings.compared["checkpoints"] = 0
    with session.cursor(name="checkpoints") as cursor:
        for stored in cursor.execute("select * from pathway.checkpoint order by number"):
            checkpoint = checkpoints.from_row(store_id, stored)
            findings.compared["checkpoints"] += 1
            found = checkpoints.digest(checkpoint.previous, log.upto(checkpoint.position))
            where = f"checkpoint {checkpoint.number} (position {checkpoint.position})"
            for what in (
                *_against_checkpoint(checkpoint, previous, keys),
                *_against_log(checkpoint, previous, found, log.last),
            ):
                findings.differs(where, what)
            previous = checkpoint
    log.rest()


def _against_log(
    checkpoint: checkpoints.Checkpoint,
    previous: checkpoints.Checkpoint | None,
    found: tuple[bytes, int],
    last: int,
) -> Iterator[str]:
    """A checkpoint and the facts between it and the one before: their digest, number and last position."""
    digest, count = found
    witnessed = checkpoint.facts - (previous.facts if previous else 0)
    since = f"after position {previous.position if previous else 0}"
    if last < checkpoint.position:
        yield f"the fact at its position is gone: up to there, the log ends at position {last}"
    if count != witnessed:
        yield f"{witnessed} facts came {since}, and {count} are there: one was added or removed"
    elif digest != checkpoint.digest:
        yield f"other facts {since}, or in another order, than were there when it was signed"


def _against_checkpoint(
    checkpoint: checkpoints.Checkpoint,
    previous: checkpoints.Checkpoint | None,
    keys: Mapping[str, Ed25519PublicKey],
) -> Iterator[str]:
    """A checkpoint by itself and after the one before."""
    key = keys.get(checkpoint.key_id)
    if key is None:
        yield f"signed with the key {checkpoint.key_id}, which was not given: use --public-key"
    elif not checkpoints.verified(checkpoint, key):
        yield "its signature is not for what it says"
    number, chained = (
        (previous.number, previous.digest) if previous else (0, checkpoints.FIRST_DIGEST)
    )
    if checkpoint.number != number + 1:
        yield f"checkpoint {number + 1} is missing"
    elif checkpoint.previous != chained:
        yield "does not follow the checkpoint before it"
