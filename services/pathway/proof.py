"""What the auditor has proven, as it stands in the store: how far, when, on which topics, what differs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self
from uuid import UUID

import orjson
from plumbing.proofs import Findings, Kind

from pathway.leader import Session
from pathway.topics import TopicIds


@dataclass(frozen=True)
class Place:
    """Which topics were read, and the next offset of each partition, by topic and partition."""

    ids: TopicIds
    offsets: Mapping[str, Mapping[int, int]]

    def to_json(self) -> str:
        """As it is kept."""
        ids = [self.ids.cluster_id, str(self.ids.events_topic_id), str(self.ids.state_topic_id)]
        told = {"ids": ids, "offsets": self.offsets}
        return orjson.dumps(told, option=orjson.OPT_NON_STR_KEYS).decode()

    @classmethod
    def of(cls, told: dict[str, Any]) -> Self:
        """From what was kept."""
        cluster, events, state = told["ids"]
        offsets = {
            topic: {int(partition): offset for partition, offset in partitions.items()}
            for topic, partitions in told["offsets"].items()
        }
        return cls(TopicIds(cluster, UUID(events), UUID(state)), offsets)


@dataclass
class Proof(Findings):
    """How far a walk along log and topics is, and what it found. Moments are UTC.

    `position` is the place in the log up to which all was compared, `until` where it ends, `facts` how
    many it compared, `told_earlier` how many of their messages an earlier release wrote.
    """

    at: datetime
    place: Place
    position: int = 0
    until: int = 0
    facts: int = 0
    told_earlier: int = 0


def stored(session: Session) -> dict[Kind, Proof]:
    """Every row by its kind."""
    rows = session.execute("select * from pathway.proof", prepare=True).fetchall()
    return {Kind(row["kind"]): _of_row(row) for row in rows}


def _of_row(row: dict[str, Any]) -> Proof:
    told: dict[str, Any] = {**row, "kind": Kind(row["kind"]), "place": Place.of(row["place"])}
    return Proof(**told)


def keep(session: Session, proof: Proof) -> None:
    """Write a row, in the place of the one of its kind."""
    session.execute(
        """
        insert into pathway.proof as p (kind, position, until, begun_at, at, facts, told_earlier,
            differences, first_differences, found_at, place)
        values (%(kind)s, %(position)s, %(until)s, %(begun_at)s, %(at)s, %(facts)s,
            %(told_earlier)s, %(differences)s, %(first_differences)s, %(found_at)s, %(place)s)
        on conflict (kind) do update
        set position = excluded.position, until = excluded.until, begun_at = excluded.begun_at,
            at = excluded.at, facts = excluded.facts, told_earlier = excluded.told_earlier,
            differences = excluded.differences, first_differences = excluded.first_differences,
            found_at = excluded.found_at, place = excluded.place
        """,
        {**vars(proof), "place": proof.place.to_json()},
        prepare=True,
    )


def forget(session: Session, *kinds: Kind) -> None:
    """Remove rows."""
    session.execute("delete from pathway.proof where kind = any(%s)", (list(kinds),))


def want_round(session: Session, now: datetime) -> None:
    """Ask for a complete round; the auditor begins it at its next look."""
    session.execute(
        "insert into pathway.proof_wanted (since) values (%s) on conflict (one) do nothing", (now,)
    )


def is_wanted(session: Session) -> bool:
    """Whether somebody asked for one that did not begin yet."""
    row = session.execute("select since from pathway.proof_wanted", prepare=True).fetchone()
    return row is not None


def grant_round(session: Session) -> None:
    """It begins: nobody waits for it any more."""
    session.execute("delete from pathway.proof_wanted")
