"""A complete round: the whole topic read once more, then every pathway compared with a fresh fold of it.

First the topic is read from its beginning to where it ends then, and each pathway's digest made anew. Then the
read model's pathways are gone through by id: their events must give that digest, their rows be a fold of these.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from plumbing.database import one_moment
from plumbing.logs import logger
from plumbing.proofs import Kind

from projections import comparing, proof
from projections.comparing import Live
from projections.projection import Projection
from projections.proof import Proof, Told
from projections.proving import Walk, offsets_reached
from projections.schema import Database
from projections.settings import TwinSettings
from projections.topic import Identity
from projections.twin_reader import TwinReader

PATHWAYS_AT_ONCE = 100

log = logger(__name__)


class Round(Walk):
    """One round, from its row on; `step` until `ended`."""

    def __init__(
        self, projection: Projection, settings: TwinSettings, connection: Database, kept: Proof
    ) -> None:
        super().__init__(projection, settings, connection, kept)
        self.ended = False
        self._reader = None if kept.has_read else TwinReader(settings, kept.offsets)
        self._cursor = kept.compared_to
        self._moving: set[UUID] = set()
        """Pathways that got events since the topic was read, and that following did not come to yet."""

    def close(self) -> None:
        """Give the reader back."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def step(self, now: datetime) -> int:
        """Read or compare some more as of `now` (UTC); how many events that took. 0: it has to wait.

        Raises psycopg's errors, OutOfRange, KafkaFailed.
        """
        return self._compare(now) if self._reader is None else self._read(self._reader, now)

    def _read(self, reader: TwinReader, now: datetime) -> int:
        kept = self.proof
        records = reader.take(self.settings.at_once, kept.until)
        self.keep_read(records, reader.offsets, self.told_after(records), now)
        if kept.has_read:
            self.close()
            self._let_follow()
        return max(1, len(records))

    def _let_follow(self) -> None:
        """Following begins where the first round has read to."""
        if Kind.FOLLOWING not in proof.stored(self.connection, self.proof.projection):
            with self.connection.transaction():
                proof.follow_from(self.connection, self.proof)

    def _compare(self, now: datetime) -> int:
        kept = self.proof
        # Of an empty topic nothing was read before this.
        self._let_follow()
        with one_moment(self.connection), kept.finding(now):
            reached = offsets_reached(self.connection)
            if any(reached.get(p, 0) < end for p, end in kept.until.items()):
                return 0
            fresh = self._next()
            pathways = fresh or sorted(self._moving)[:PATHWAYS_AT_ONCE]
            found = comparing.live(self.connection, self.projection, pathways)
            newest, moving = self._told(pathways, found, reached)
            self.judge(newest, found, lambda _: False)
            if not pathways:
                self._strangers()
        self._moving = (self._moving - set(pathways)) | moving
        self._cursor = fresh[-1] if fresh else self._cursor
        self._keep(len(newest), now)
        self.ended = not pathways
        done = sum(len(found[pathway_id].events) for pathway_id in newest)
        # While all that is left moves, following has to come to it first.
        return 0 if not fresh and moving else max(1, done)

    def _next(self) -> list[UUID]:
        """The next pathways by id, of those that the read model has or the topic told of."""
        after = {"after": self._cursor or UUID(int=0), "most": PATHWAYS_AT_ONCE}
        kept = {"projection": self.proof.projection, "kind": Kind.ROUND}
        here = self.connection.execute(
            "select pathway_id from pathway_progress where pathway_id > %(after)s"
            " order by pathway_id limit %(most)s",
            after,
            prepare=True,
        )
        found = {row[0] for row in here}
        told = self.connection.execute(
            "select pathway_id from projections.proof_pathway where projection = %(projection)s"
            " and kind = %(kind)s and pathway_id > %(after)s order by pathway_id limit %(most)s",
            {**kept, **after},
            prepare=True,
        )
        return sorted(found.union(row[0] for row in told))[:PATHWAYS_AT_ONCE]

    def _told(
        self,
        pathways: Sequence[UUID],
        found: Mapping[UUID, Live],
        reached: Mapping[int, int],
    ) -> tuple[dict[UUID, Told], set[UUID]]:
        """Of each what the topic told; those that have later events, of which following does not know yet."""
        name = self.projection.name
        told = proof.told(self.connection, name, Kind.ROUND, pathways)
        later = proof.told(self.connection, name, Kind.FOLLOWING, pathways)
        following = proof.stored(self.connection, name)[Kind.FOLLOWING]
        behind = any(offset > following.offsets.get(p, 0) for p, offset in reached.items())
        newest: dict[UUID, Told] = {}
        moving: set[UUID] = set()
        for pathway_id in pathways:
            one, then = found[pathway_id], told.get(pathway_id, Told())
            since = later.get(pathway_id, then)
            if one.version > then.version and one.told(then.version) != then:
                self.proof.differs(f"pathway {pathway_id}", "its events are not those of the topic")
            elif one.version > then.version and one.version != since.version and behind:
                moving.add(pathway_id)
            else:
                newest[pathway_id] = since if since.version > then.version else then
        return newest, moving

    def _strangers(self) -> None:
        for table, pathway_id in comparing.strangers(self.connection, self.projection):
            what = f"{table}: has rows, and the read model does not know the pathway"
            self.proof.differs(f"pathway {pathway_id}", what)

    def _keep(self, compared: int, now: datetime) -> None:
        kept = self.proof
        kept.at = now
        kept.pathways += compared
        # What moves is before that again, for whoever goes on after a kill.
        before = min(self._moving, default=None)
        kept.compared_to = UUID(int=before.int - 1) if before else self._cursor
        proof.keep(self.connection, kept)


def begin(
    projection: Projection,
    settings: TwinSettings,
    connection: Database,
    identity: Identity,
    now: datetime,
) -> Round:
    """A round from the beginning of the topic up to its end now (UTC)."""
    begun = Proof(
        projection.name,
        identity.cluster_id,
        identity.topic_id,
        kind=Kind.ROUND,
        begun_at=now,
        at=now,
        offsets=dict.fromkeys(identity.partitions, 0),
    )
    reader = TwinReader(settings, begun.offsets)
    try:
        begun.offsets, begun.until = dict(reader.offsets), reader.ends()
    finally:
        reader.close()
    with connection.transaction():
        proof.forget(connection, projection.name, Kind.ROUND)
        proof.keep(connection, begun)
        proof.grant_round(connection, projection.name)
    log.info("round begins", projection=projection.name)
    return Round(projection, settings, connection, begun)


def complete(connection: Database, walked: Proof, following: Proof) -> bool:
    """Keep a round that came to its end; whether it clears what `following` had found before it began."""
    walked.position = following.position
    with connection.transaction():
        proof.keep(connection, walked.as_kind(Kind.COMPLETE))
        proof.forget(connection, walked.projection, Kind.ROUND)
        if clears := following.cleared_by(walked):
            proof.keep(connection, following)
    tell = log.error if walked.differences else log.info
    tell(
        "round complete",
        projection=walked.projection,
        events=walked.events,
        pathways=walked.pathways,
        differences=walked.differences,
    )
    return clears
