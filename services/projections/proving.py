"""What the twin does with records of the topic: what was told of each pathway, and whether its rows follow.

Of each pathway one digest over all its messages is kept, made by reading the topic. So the events that a read
model holds are proven to be the topic's without reading that again, and rows are compared with a fold of these.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from plumbing.database import one_moment

import schemas
from projections import comparing, proof
from projections.comparing import Live
from projections.projection import Projection, Record
from projections.proof import Proof, Told
from projections.schema import Database
from projections.settings import TwinSettings
from projections.twin_reader import TwinReader


class Walk:
    """What following and rounds do alike with their records and pathways; `proof` tells how far they are."""

    def __init__(
        self, projection: Projection, settings: TwinSettings, connection: Database, kept: Proof
    ) -> None:
        self.proof = kept
        self.projection, self.settings, self.connection = projection, settings, connection

    def told_after(self, records: Sequence[Record]) -> dict[UUID, Told]:
        """Of each pathway of these records what the topic told of it up to and with them.

        As a consumer takes them: what comes again, or after a gap, or is broken, tells nothing new.
        """
        kept = self.proof
        pathways = {record.pathway_id for record in records if record.pathway_id}
        found = proof.told(self.connection, kept.projection, kept.kind, pathways)
        newest = {pathway_id: found.get(pathway_id, Told()) for pathway_id in pathways}
        for record in records:
            if record.pathway_id is None:
                continue
            try:
                event = schemas.parse(record.value or b"")
            except schemas.BrokenMessage:
                continue
            told = newest[record.pathway_id]
            if event.subject == record.pathway_id and event.streamversion == told.version + 1:
                newest[record.pathway_id] = told.after(record.value or b"")
        return newest

    def keep_read(
        self,
        records: Sequence[Record],
        read_to: Mapping[int, int],
        newest: Mapping[UUID, Told],
        now: datetime,
    ) -> None:
        """Note down that these records were read, what they told, and what was found till then."""
        kept = self.proof
        kept.offsets, kept.at = dict(read_to), now
        kept.events += len(records)
        with self.connection.transaction():
            if newest:
                proof.keep_told(self.connection, kept.projection, kept.kind, newest)
            proof.keep(self.connection, kept)

    def judge(
        self,
        newest: Mapping[UUID, Told],
        found: Mapping[UUID, Live],
        may_be_ahead: Callable[[UUID], bool],
    ) -> None:
        """Hold pathways of the read model against what the topic told of them, their rows against a fold.

        One that waits for a person is passed over: it is on the list of the parked. One that
        `may_be_ahead` got later events that are to be read yet.
        """
        whole: dict[UUID, Live] = {}
        for pathway_id, told in newest.items():
            one, where = found[pathway_id], f"pathway {pathway_id}"
            versions = f"version {one.version} here and {told.version} on the topic"
            if one.waits:
                continue
            if not told.version and not one.version:
                self.proof.differs(where, "the topic has events of it, and not its first")
            elif one.version < told.version:
                self.proof.differs(where, f"lacks events: {versions}")
            elif one.version > told.version:
                if not may_be_ahead(pathway_id):
                    self.proof.differs(where, f"has events that the topic does not: {versions}")
            elif len(one.events) != told.version or one.told(told.version) != told:
                self.proof.differs(where, "its events are not those of the topic")
            else:
                whole[pathway_id] = one
        apart = comparing.differences(self.connection, self.projection, whole)
        for pathway_id, differences in apart.items():
            for what in differences:
                self.proof.differs(f"pathway {pathway_id}", what)


class Following(Walk):
    """Goes on with the topic behind the read model's own consumer, and proves the pathways that come by."""

    def __init__(
        self, projection: Projection, settings: TwinSettings, connection: Database, kept: Proof
    ) -> None:
        super().__init__(projection, settings, connection, kept)
        self._reader = TwinReader(settings, kept.offsets)
        self._in_hand: list[Record] = []

    def close(self) -> None:
        """Give the reader back."""
        self._reader.close()

    def step(self, now: datetime) -> int:
        """Prove the next records as of `now` (UTC); how many. 0 at the topic's end, or while rows lack them.

        Raises psycopg's errors, OutOfRange, KafkaFailed.
        """
        kept = self.proof
        self._in_hand = self._in_hand or self._reader.take(self.settings.at_once)
        records, read_to = self._in_hand, dict(self._reader.offsets)
        newest = self.told_after(records)
        with one_moment(self.connection), kept.finding(now):
            reached = offsets_reached(self.connection)
            if any(reached.get(record.partition, 0) <= record.offset for record in records):
                return 0
            ahead = {
                record.pathway_id
                for record in records
                if reached[record.partition] > read_to[record.partition]
            }
            found = comparing.live(self.connection, self.projection, newest)
            self.judge(newest, found, ahead.__contains__)
            if not records and all(reached.get(p, 0) <= offset for p, offset in read_to.items()):
                kept.position = max(kept.position, newest_position(self.connection))
        kept.pathways += len(newest)
        self.keep_read(records, read_to, newest, now)
        self._in_hand = []
        return len(records)


def offsets_reached(connection: Database) -> dict[int, int]:
    """The next offset of each partition for the consumer of the read model."""
    found = connection.execute("select partition, next_offset from partition_progress")
    return {row[0]: row[1] for row in found}


def newest_position(connection: Database) -> int:
    """The place in the log of the newest fact in the read model."""
    row = connection.execute("select max(newest_position) from partition_progress").fetchone()
    return (row[0] or 0) if row else 0
