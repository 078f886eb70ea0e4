"""Puts a rebuilt read model in the place of the live one, or the one from before back, in one transaction."""

import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from plumbing import database
from plumbing.clock import Clock
from plumbing.failpoints import reach
from psycopg import sql

from projections import schema, topic
from projections.audit import offsets_of
from projections.belonging import check_identity
from projections.catching_up import Fold
from projections.projection import Projection
from projections.rebuild.compare import require_filled
from projections.rebuild.noting import switched
from projections.rebuild.places import (
    CannotRebuild,
    alone,
    before_of,
    beside,
    next_of,
    remove,
)
from projections.schema import Database
from projections.settings import DatabaseSettings, FollowSettings

LOCK_MS = 200
"""Who reads or writes waits no longer for us than this; then we let go, and try again."""

SECONDS_BETWEEN_TRIES = 0.5
SECONDS_TO_CATCH_UP = 1.0
"""While everybody waits: what came between the last look and the lock."""


class _TooFar(Exception):
    """More came than can be applied while everybody waits."""


_BUSY = (
    psycopg.errors.LockNotAvailable,
    psycopg.errors.QueryCanceled,
    psycopg.errors.DeadlockDetected,
    _TooFar,
)


@dataclass(frozen=True)
class Exchange:
    """Who comes (`coming`) in the place of `live`, which stands as `aside` afterwards."""

    live: Projection
    coming: Projection
    aside: Projection


def switch(
    projection: Projection, settings: FollowSettings, *, clock: Clock, patience: float = 60.0
) -> None:
    """Bring the rebuilt read model up to date and put it in the place of the live one.

    Live consumers and readers may run: each finds the one or the other whole. What was live stands
    beside it afterwards. Within `patience` seconds, or nothing is changed. Raises CannotRebuild,
    belonging.CannotFollow, topic.BrokersAway, topic.KafkaFailed and topic.OutOfRange.
    """
    exchange = Exchange(projection, next_of(projection), before_of(projection))
    with _at_work(exchange, settings) as connection:
        require_filled(connection, projection, exchange.coming)
        _catch_up_and_exchange(connection, exchange, settings, clock, patience)
        switched(connection, projection.name, clock(), back=False)


def switch_back(
    projection: Projection, settings: FollowSettings, *, clock: Clock, patience: float = 60.0
) -> bool:
    """Put the one from before back; what is live stands as the next one afterwards.

    Whether it was brought up to date first: only this release's code can do so; otherwise its own
    consumers do afterwards. Raises as `switch`.
    """
    exchange = Exchange(projection, before_of(projection), next_of(projection))
    with _at_work(exchange, settings) as connection:
        there = beside(connection, exchange.coming)
        if there is None:
            raise CannotRebuild(f"there is no {exchange.coming.name} to go back to")
        if there.made_by(exchange.coming):
            schema.use(connection, exchange.coming)
            _catch_up_and_exchange(connection, exchange, settings, clock, patience)
        else:
            exchange_within(connection, exchange, None, patience)
        switched(connection, projection.name, clock(), back=True)
        return there.made_by(exchange.coming)


def drop(projection: Projection, settings: DatabaseSettings, place: Projection) -> bool:
    """Remove what stands at `place` beside a read model; False when nothing does. Raises CannotRebuild."""
    name = f"projections rebuild {projection.name}"
    with (
        database.connect(settings.projections_database_url, name, autocommit=True) as connection,
        alone(connection, projection),
    ):
        there = schema.statements_of(connection, place.name) is not None
        remove(connection, place)
        return there


@contextmanager
def _at_work(exchange: Exchange, settings: FollowSettings) -> Generator[Database]:
    name = f"projections rebuild {exchange.live.name}"
    with (
        database.connect(settings.projections_database_url, name, autocommit=True) as connection,
        alone(connection, exchange.live),
    ):
        if schema.statements_of(connection, exchange.aside.name) is not None:
            which = exchange.aside.name.removeprefix(exchange.live.name + "_")
            raise CannotRebuild(
                f"{exchange.aside.name} still stands there, in the way of what is live now; "
                f"`projections rebuild drop {exchange.live.name} --{which}` removes it"
            )
        yield connection


def _catch_up_and_exchange(
    connection: Database,
    exchange: Exchange,
    settings: FollowSettings,
    clock: Clock,
    patience: float,
) -> None:
    identity = topic.identify(settings)
    check_identity(connection, identity)
    with topic.reader(settings, None) as reading:
        fold = Fold(exchange.coming, connection, reading, {}, clock())
        fold.read_to(reading.ends(identity.partitions))
        exchange_within(connection, exchange, fold, patience)


def exchange_within(
    connection: Database, exchange: Exchange, fold: Fold | None, patience: float
) -> None:
    """Try for `patience` seconds; `fold` brings the one that comes up to date. Raises CannotRebuild."""
    deadline = time.monotonic() + patience
    _outlive_older_readers(connection, deadline)
    while True:
        try:
            if fold:
                fold.take_up()
                fold.read_to(offsets_of(connection, exchange.live.name))
            _exchange(connection, exchange, fold)
        except _BUSY as busy:
            if time.monotonic() > deadline:
                raise CannotRebuild(
                    f"nothing is changed: for {patience:.0f} s somebody read or wrote all the time "
                    f"({type(busy).__name__}). Try again when less is asked, or with more `--patience`"
                ) from busy
            time.sleep(SECONDS_BETWEEN_TRIES)
        else:
            return


def _outlive_older_readers(connection: Database, deadline: float) -> None:
    """Wait for who reads as of an earlier moment: the rows that come would not be there for them yet."""
    older = _running(connection)
    while older := older & _running(connection):
        if time.monotonic() > deadline:
            told = ", ".join(sorted(f"{name or 'unnamed'} (pid {pid})" for _, pid, name in older))
            raise CannotRebuild(
                f"nothing is changed: these sessions keep a transaction open: {told}. End them, or "
                "try again with more `--patience`"
            )
        time.sleep(SECONDS_BETWEEN_TRIES / 5)


def _running(connection: Database) -> set[tuple[str, int, str]]:
    """The transactions of clients of this database at this moment."""
    found = connection.execute(
        """
        select l.virtualtransaction, a.pid, a.application_name
          from pg_locks l join pg_stat_activity a on a.pid = l.pid
         where l.locktype = 'virtualxid' and l.granted and a.datname = current_database()
           and a.usesysid is not null and a.pid <> pg_backend_pid()
        """
    ).fetchall()
    return {(transaction, pid, name) for transaction, pid, name in found}


def _exchange(connection: Database, exchange: Exchange, fold: Fold | None) -> None:
    """In one transaction: nobody is in either of them, the one that comes lacks nothing, the names change."""
    live, coming, aside = (p.name for p in (exchange.live, exchange.coming, exchange.aside))
    with connection.transaction():
        connection.execute(sql.SQL("set local lock_timeout = {}").format(LOCK_MS))
        connection.execute(sql.SQL("set local statement_timeout = {}").format(2 * LOCK_MS))
        connection.execute("select pg_advisory_xact_lock(hashtext('projections migrate'))")
        _lock(connection, (live, coming))
        connection.execute("set local statement_timeout = 0")
        if fold and _same_topic(connection, live, coming):
            _bring_on(fold, offsets_of(connection, live))
            _carry_over(connection, live, coming)
        for one, other in ((live, aside), (coming, live)):
            names = (sql.Identifier(one), sql.Identifier(other))
            connection.execute(sql.SQL("alter schema {} rename to {}").format(*names))
            connection.execute(
                "update projections.parked set projection = %s where projection = %s", [other, one]
            )
        reach("before-switch")
    reach("after-switch")


def _lock(connection: Database, names: tuple[str, str]) -> None:
    """Every table of both, so that who began with the one ends with it; consumers' first."""
    found = connection.execute(
        """
        select n.nspname, c.relname
          from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where n.nspname = any(%s) and c.relkind = 'r'
         order by c.relname <> 'partition_progress', n.nspname, c.relname
        """,
        [list(names)],
    ).fetchall()
    tables = sql.SQL(", ").join(sql.Identifier(*one) for one in found)
    connection.execute(sql.SQL("lock table {} in access exclusive mode").format(tables))


def _same_topic(connection: Database, live: str, coming: str) -> bool:
    """Whether both follow the same topic: offsets of another one say nothing."""
    query = sql.SQL(
        "select (l.topic_id, l.cluster_id) = (c.topic_id, c.cluster_id)"
        " from {}.made_from l, {}.made_from c"
    )
    found = connection.execute(
        query.format(sql.Identifier(live), sql.Identifier(coming))
    ).fetchone()
    return bool(found and found[0])


def _bring_on(fold: Fold, ends: Mapping[int, int]) -> None:
    deadline = time.monotonic() + SECONDS_TO_CATCH_UP
    while not fold.reached(ends):
        fold.read_some(0.1)
        if time.monotonic() > deadline:
            raise _TooFar


def _carry_over(connection: Database, live: str, coming: str) -> None:
    """What the live one knows beside rows: until when it is whole, since when who waits, what is forgotten."""
    progress = sql.SQL(
        """
        update {}.partition_progress c
           set complete_until = greatest(c.complete_until, l.complete_until)
          from {}.partition_progress l
         where l.partition = c.partition and l.next_offset <= c.next_offset
        """
    )
    connection.execute(progress.format(sql.Identifier(coming), sql.Identifier(live)))
    connection.execute(
        """
        update projections.parked c set since = least(c.since, l.since)
          from projections.parked l
         where c.projection = %s and l.projection = %s
           and c.pathway_id = l.pathway_id and c.from_version = l.from_version
        """,
        [coming, live],
    )
    forgotten = sql.SQL(
        """
        delete from projections.parked c
         using {}.partition_progress p
         where c.projection = %s and c.pathway_id is null
           and p.partition = c.partition and c."offset" < p.next_offset
           and not exists (select from projections.parked l
                            where l.projection = %s and l.pathway_id is null
                              and l.partition = c.partition and l."offset" = c."offset")
        """
    )
    connection.execute(forgotten.format(sql.Identifier(live)), [coming, live])
