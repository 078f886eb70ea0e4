"""What of the write side is running, how far it published and proved; nothing about anybody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from plumbing.running import Kind, Process, processes
from psycopg import Connection
from psycopg.rows import DictRow

from pathway.leader import AUDITOR, PUBLISHER, SCHEDULER, Lead

MOST_COUNTED = 10_000
"""Of the facts that wait, no more are counted."""


def kind_of(lead: Lead) -> Kind:
    """The kind of process that leads so."""
    return Kind(lead.process, lead.process, lead.lock)


LEADING = (kind_of(PUBLISHER), kind_of(SCHEDULER), kind_of(AUDITOR))


@dataclass(frozen=True)
class Waiting:
    """The facts after a place in the log: how many, MOST_COUNTED at most, and since when (UTC) the oldest."""

    after: int
    facts: int
    oldest_recorded_at: datetime | None


@dataclass(frozen=True)
class Proven:
    """What the auditor has proven: up to which place, when (UTC), and how much differs."""

    position: int
    at: datetime
    differences: int
    whole_at: datetime | None
    """When the last complete round came to its end."""


@dataclass(frozen=True)
class Running:
    """The write side at a moment; `published` counts in places of the log, as `stored`."""

    stored: int
    published: int
    processes: tuple[Process, ...]
    waiting: Waiting
    unread: tuple[Waiting, ...]
    proven: Proven | None


def running(connection: Connection[DictRow], applied: Sequence[int]) -> Running:
    """What runs now; `unread` is what was published after each place of `applied`."""
    row = connection.execute(
        """
        select coalesce(max(s.position), 0) as published, max(s.leader_since) as leader_since,
               max(s.stopped_reason) as reason, max(s.stopped_detail) as detail,
               (select coalesce(max(notification_id), 0) from pathway.pathway_events) as stored
        from pathway.publisher_status as s
        """
    ).fetchone()
    told: dict[str, Any] = dict(row or {})
    published, stored = told["published"], told["stored"]
    return Running(
        stored=stored,
        published=published,
        processes=tuple(_with_why(one, told) for one in processes(connection, LEADING)),
        waiting=_waiting(connection, published, stored),
        unread=tuple(_waiting(connection, one, published) for one in applied),
        proven=_proven(connection),
    )


def _with_why(process: Process, publishing: dict[str, Any]) -> Process:
    """The publisher writes down why it stopped, and since when it leads."""
    if process.process != PUBLISHER.process:
        return process
    if publishing["reason"]:
        told = {"why": publishing["reason"], "way_out": publishing["detail"], "state": "STOPPED"}
        return process.model_copy(update=told)
    if process.state == "LEADS" and process.since is None:
        return process.model_copy(update={"since": publishing["leader_since"]})
    return process


def _waiting(connection: Connection[DictRow], after: int, until: int) -> Waiting:
    row = connection.execute(
        """
        select count(*) as facts, min(recorded_at) as oldest
        from (select recorded_at from pathway.pathway_events
              where notification_id > %s and notification_id <= %s
              order by notification_id limit %s) as waiting
        """,
        (after, until, MOST_COUNTED),
    ).fetchone()
    found: dict[str, Any] = dict(row or {})
    return Waiting(after, found["facts"], found["oldest"])


def _proven(connection: Connection[DictRow]) -> Proven | None:
    row = connection.execute(
        """
        select f.position, f.at, greatest(f.differences, c.differences) as differences,
               c.at as whole_at
        from pathway.proof as f
        left join pathway.proof as c on c.kind = 'complete'
        where f.kind = 'following'
        """
    ).fetchone()
    return Proven(**row) if row else None
