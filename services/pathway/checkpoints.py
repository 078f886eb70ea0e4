"""Signed witnesses of the log: what its facts up to a position were, so that no last one goes unnoticed."""

import hashlib
import json
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import structlog
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from plumbing.clock import Clock, utc_now
from plumbing.database import connection_string
from psycopg import IsolationLevel
from psycopg.rows import dict_row

from pathway.leader import Session

EVERY = timedelta(minutes=1)
SECONDS_BETWEEN_LOOKS = 5.0
LOCK = 7249112019
"""Of its own: under the scheduler's, which is held for as long as it leads, nothing was ever witnessed."""
FIRST_DIGEST = bytes(32)

log = structlog.get_logger()


class KeyUnusable(Exception):
    """The key file is missing or is no Ed25519 key; the message says what to do."""


@dataclass(frozen=True)
class Checkpoint:
    """The log up to `position`: how many facts in all, and a digest over those since the last one.

    `at` is UTC; `digest` chains on `previous`, the digest of the checkpoint before.
    """

    store_id: UUID
    number: int
    at: datetime
    position: int
    facts: int
    digest: bytes
    previous: bytes
    key_id: str = ""
    signature: bytes = field(default=b"", repr=False)

    def signed(self) -> bytes:
        """The bytes that the signature is over."""
        told = {
            "store_id": str(self.store_id),
            "number": self.number,
            "at": self.at.astimezone(UTC).isoformat(),
            "position": self.position,
            "facts": self.facts,
            "digest": self.digest.hex(),
            "previous": self.previous.hex(),
        }
        return json.dumps(told, sort_keys=True, separators=(",", ":")).encode()


def digest(previous: bytes, hashes: Iterable[bytes]) -> tuple[bytes, int]:
    """The digest over these hashes of facts, in the log's order, after `previous`; and how many."""
    total, count = hashlib.sha256(previous), 0
    for one in hashes:
        total.update(one)
        count += 1
    return total.digest(), count


def new_key(file: Path) -> None:
    """Make a signing key, readable by its owner only. Raises KeyUnusable when the file exists."""
    file.parent.mkdir(parents=True, exist_ok=True)
    pem = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    try:
        file.touch(mode=0o600, exist_ok=False)
    except FileExistsError:
        raise KeyUnusable(f"{file} is there already, and signed checkpoints may need it.") from None
    file.write_bytes(pem)


def read_signing_key(file: Path) -> Ed25519PrivateKey:
    """The key in that file. Raises KeyUnusable."""
    try:
        key = serialization.load_pem_private_key(file.read_bytes(), None)
    except (OSError, ValueError, TypeError):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyUnusable(
            f"{file} holds no signing key. Make one: `pathway audit new-key {file}`, or set "
            "PATHWAY_SIGNING_KEY_FILE."
        )
    return key


def read_public_key(file: Path) -> Ed25519PublicKey:
    """The public key in that file, as `public_pem` wrote it. Raises KeyUnusable."""
    try:
        key = serialization.load_pem_public_key(file.read_bytes())
    except (OSError, ValueError):
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise KeyUnusable(f"{file} holds no public key as `pathway audit public-key` prints it.")
    return key


def public_pem(key: Ed25519PublicKey) -> str:
    """The public key for whoever verifies elsewhere, as PEM text."""
    return key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    ).decode()


def key_id(key: Ed25519PublicKey) -> str:
    """A short name of the key, the same everywhere."""
    raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return hashlib.sha256(raw).hexdigest()[:16]


def verified(checkpoint: Checkpoint, key: Ed25519PublicKey) -> bool:
    """Whether that key signed this checkpoint as it stands."""
    try:
        key.verify(checkpoint.signature, checkpoint.signed())
    except InvalidSignature:
        return False
    return True


def from_row(store_id: UUID, row: dict[str, Any]) -> Checkpoint:
    """A row of the checkpoint table."""
    return Checkpoint(store_id=store_id, **row)


def write(session: Session, key: Ed25519PrivateKey, now: datetime) -> Checkpoint | None:
    """Witness the log as of `now` (UTC), when it moved and the last checkpoint is old enough.

    Any number of processes may try at once: one writes. The session must be in autocommit mode.
    """
    session.isolation_level = IsolationLevel.REPEATABLE_READ
    with session.transaction():
        row = session.execute("select pg_try_advisory_xact_lock(%s) as ours", (LOCK,)).fetchone()
        if not row or not row["ours"]:
            return None
        last = session.execute(
            "select * from pathway.checkpoint order by number desc limit 1"
        ).fetchone()
        if last and now - last["at"] < EVERY:
            return None
        made = _made(session, last, now)
        if made is None:
            return None
        session.execute(
            """
            insert into pathway.checkpoint
                (number, at, position, facts, digest, previous, key_id, signature)
            values (%s, %s, %s, %s, %s, %s, %s, %s)
            """,
            (
                made.number,
                made.at,
                made.position,
                made.facts,
                made.digest,
                made.previous,
                key_id(key.public_key()),
                key.sign(made.signed()),
            ),
        )
    log.info("checkpoint", number=made.number, position=made.position, digest=made.digest.hex())
    return made


def _made(session: Session, last: dict[str, Any] | None, now: datetime) -> Checkpoint | None:
    """The checkpoint after `last`, unsigned; None when no fact came since."""
    previous: bytes = last["digest"] if last else FIRST_DIGEST
    position: int = last["position"] if last else 0
    with session.cursor(name="checkpoint") as cursor:
        cursor.itersize = 10_000
        cursor.execute(
            """
            select notification_id, hash from pathway.pathway_events
            where notification_id > %s order by notification_id
            """,
            (position,),
        )

        def hashes() -> Iterable[bytes]:
            nonlocal position
            for row in cursor:
                position = row["notification_id"]
                yield row["hash"]

        total, count = digest(previous, hashes())
    mark = session.execute("select store_id from pathway.store_mark").fetchone()
    if not count or mark is None:
        return None
    return Checkpoint(
        store_id=mark["store_id"],
        number=last["number"] + 1 if last else 1,
        at=now,
        position=position,
        facts=(last["facts"] if last else 0) + count,
        digest=total,
        previous=previous,
    )


def witness(
    database_url: str, key: Ed25519PrivateKey, end: threading.Event, clock: Clock = utc_now
) -> None:
    """Write checkpoints until `end`: the loop of a thread of its own, with a session of its own.

    Beside publishing and not in it: the log has to be witnessed also while Kafka is away.
    """
    conninfo = connection_string(database_url, "pathway checkpoints")
    while not end.is_set():
        try:
            with Session.connect(conninfo, autocommit=True, row_factory=dict_row) as session:
                write(session, key, clock())
        except psycopg.Error as failed:
            log.warning("no-checkpoint", exc_info=failed)
        end.wait(SECONDS_BETWEEN_LOOKS)
