"""What the twin has proven, as it stands in the database: how far, when, and what differs."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from plumbing.proofs import Findings, Kind
from psycopg.rows import dict_row

from projections.schema import Database
from projections.topic import Identity


@dataclass
class Proof(Findings):
    """How far a read model is proven. Moments are UTC, offsets by partition.

    `position` is the place in the log up to which all facts of the topic were read, `compared_to` of a
    round the pathway up to which, in the order of ids, it compared; `events` and `pathways` say how many.
    """

    projection: str
    cluster_id: str
    topic_id: UUID
    at: datetime
    offsets: dict[int, int]
    until: dict[int, int] = field(default_factory=dict[int, int])
    compared_to: UUID | None = None
    position: int = 0
    events: int = 0
    pathways: int = 0

    def is_of(self, identity: Identity) -> bool:
        """Whether it is this topic that was read."""
        return (self.cluster_id, self.topic_id) == (identity.cluster_id, identity.topic_id)

    @property
    def has_read(self) -> bool:
        """Of a round: whether all of the topic is read that it is about."""
        return all(self.offsets.get(p, 0) >= end for p, end in self.until.items())

    def named(self) -> dict[str, str]:
        """Each read model has a proof of its own."""
        return {"projection": self.projection}


class Told(NamedTuple):
    """What a topic told of a pathway: its newest version, and a digest over all messages up to that."""

    version: int = 0
    digest: bytes = bytes(32)

    def after(self, message: bytes) -> "Told":
        """With one more message, as JSON in any form."""
        form = orjson.dumps(orjson.loads(message), option=orjson.OPT_SORT_KEYS)
        return Told(self.version + 1, hashlib.sha256(self.digest + form).digest())


def stored(connection: Database, projection: str) -> dict[Kind, Proof]:
    """The rows of a read model by their kind."""
    with connection.cursor(row_factory=dict_row) as rows:
        rows.execute("select * from projections.proof where projection = %s", [projection])
        return {Kind(row["kind"]): _of_row(row) for row in rows}


def _of_row(row: dict[str, Any]) -> Proof:
    told: dict[str, Any] = {
        **row,
        "kind": Kind(row["kind"]),
        "offsets": {int(p): offset for p, offset in row["offsets"].items()},
        "until": {int(p): offset for p, offset in row["until"].items()},
    }
    return Proof(**told)


def keep(connection: Database, proof: Proof) -> None:
    """Write a row, in the place of the one of its kind."""
    connection.execute(
        """
        insert into projections.proof (projection, kind, cluster_id, topic_id, offsets, until,
            compared_to, position, begun_at, at, events, pathways, differences, first_differences,
            found_at)
        values (%(projection)s, %(kind)s, %(cluster_id)s, %(topic_id)s, %(offsets)s, %(until)s,
            %(compared_to)s, %(position)s, %(begun_at)s, %(at)s, %(events)s, %(pathways)s,
            %(differences)s, %(first_differences)s, %(found_at)s)
        on conflict (projection, kind) do update
        set cluster_id = excluded.cluster_id, topic_id = excluded.topic_id,
            offsets = excluded.offsets, until = excluded.until, compared_to = excluded.compared_to,
            position = excluded.position, begun_at = excluded.begun_at, at = excluded.at,
            events = excluded.events, pathways = excluded.pathways,
            differences = excluded.differences, first_differences = excluded.first_differences,
            found_at = excluded.found_at
        """,
        {**vars(proof), "offsets": _json(proof.offsets), "until": _json(proof.until)},
        prepare=True,
    )


def _json(offsets: Mapping[int, int]) -> str:
    return orjson.dumps(offsets, option=orjson.OPT_NON_STR_KEYS).decode()


def forget(connection: Database, projection: str, *kinds: Kind) -> None:
    """Remove rows, and what was told of each pathway for them."""
    for table in ("proof", "proof_pathway"):
        connection.execute(
            f"delete from projections.{table} where projection = %s and kind = any(%s)",
            [projection, list(kinds)],
        )


def told(
    connection: Database, projection: str, kind: Kind, pathways: Iterable[UUID]
) -> dict[UUID, Told]:
    """What the topic told of these pathways; those of which it told nothing are left out."""
    found = connection.execute(
        """
        select pathway_id, version, digest from projections.proof_pathway
         where projection = %s and kind = %s and pathway_id = any(%s)
        """,
        [projection, kind, list(pathways)],
        prepare=True,
    )
    return {row[0]: Told(row[1], row[2]) for row in found}


def keep_told(
    connection: Database, projection: str, kind: Kind, newest: Mapping[UUID, Told]
) -> None:
    """Write what the topic told of these pathways."""
    connection.execute(
        """
        insert into projections.proof_pathway (projection, kind, pathway_id, version, digest)
        select %s, %s, * from unnest(%s::uuid[], %s::int[], %s::bytea[])
            on conflict (projection, kind, pathway_id) do update
           set version = excluded.version, digest = excluded.digest
        """,
        [
            projection,
            kind,
            list(newest),
            [one.version for one in newest.values()],
            [one.digest for one in newest.values()],
        ],
        prepare=True,
    )


def follow_from(connection: Database, read: Proof) -> Proof:
    """Let following begin where a round has read to; what it will go on with."""
    following = replace(
        read.as_kind(Kind.FOLLOWING), until={}, differences=0, first_differences=[], found_at=None
    )
    keep(connection, following)
    connection.execute(
        """
        insert into projections.proof_pathway (projection, kind, pathway_id, version, digest)
        select projection, %s, pathway_id, version, digest from projections.proof_pathway
         where projection = %s and kind = %s
        """,
        [Kind.FOLLOWING, read.projection, Kind.ROUND],
    )
    return following


def want_round(connection: Database, projection: str, now: datetime) -> None:
    """Ask for a complete round; the twin begins it at its next look."""
    connection.execute(
        "insert into projections.proof_wanted values (%s, %s) on conflict do nothing",
        [projection, now],
    )


def is_wanted(connection: Database, projection: str) -> bool:
    """Whether somebody asked for one that did not begin yet."""
    asked = "select since from projections.proof_wanted where projection = %s"
    return connection.execute(asked, [projection]).fetchone() is not None


def grant_round(connection: Database, projection: str) -> None:
    """It begins: nobody waits for it any more."""
    connection.execute("delete from projections.proof_wanted where projection = %s", [projection])
