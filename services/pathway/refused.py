"""Refused commands, which are kept too: which rule, who, when and on what, without personal data."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, NamedTuple, Self
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row

from pathway.domain.refusals import Refused
from pathway.store import Context


class Why(NamedTuple):
    """Which rule stood in the way, and the way out; holds nothing of a person."""

    rule: str
    detail: str
    field: str | None = None

    @classmethod
    def of(cls, refused: Refused) -> Self:
        """What the domain refused."""
        return cls(refused.rule, refused.message, refused.field)


@dataclass(frozen=True)
class RefusedCommand:
    """One refusal. `refused_id` is a UUIDv7, so it sorts by the moment; `refused_at` is UTC."""

    refused_id: UUID
    refused_at: datetime
    actor_kind: str
    actor_ref: str
    actor_org: str
    pathway_id: UUID | None
    command: str
    rule: str
    field: str | None
    detail: str
    command_id: str
    correlation_id: str


def refused_command(
    why: Why,
    context: Context,
    *,
    command: str,
    pathway_id: UUID | None,
    refused_id: UUID,
    at: datetime,
) -> RefusedCommand:
    """What is kept of a refusal. `command` is the command's name, `at` is UTC."""
    return RefusedCommand(
        refused_id=refused_id,
        refused_at=at,
        actor_kind=context.actor.kind,
        actor_ref=context.actor.ref,
        actor_org=context.actor.organisation,
        pathway_id=pathway_id,
        command=command,
        rule=why.rule,
        field=why.field,
        detail=why.detail,
        command_id=context.command_id,
        correlation_id=context.correlation_id,
    )


def keep(connection: Connection[Any], *refused: RefusedCommand) -> None:
    """Write them down, in `connection`'s transaction.

    Not again what an earlier run kept: of a line of a file, or of a part of a bulk.
    """
    connection.cursor().executemany(
        """
        insert into pathway.refused_command
            (refused_id, refused_at, actor_kind, actor_ref, actor_org, pathway_id,
             command, rule, field, detail, command_id, correlation_id)
        values
            (%(refused_id)s, %(refused_at)s, %(actor_kind)s, %(actor_ref)s, %(actor_org)s,
             %(pathway_id)s, %(command)s, %(rule)s, %(field)s, %(detail)s, %(command_id)s,
             %(correlation_id)s)
        on conflict (command_id) where actor_kind = 'IMPORT' or starts_with(command_id, 'bulk:')
        do nothing
        """,
        [asdict(one) for one in refused],
    )


def newest(
    connection: Connection[Any], *, pathway_id: UUID | None, before: UUID | None, limit: int
) -> list[RefusedCommand]:
    """At most `limit` refusals, the newest first: those of one pathway, those before another one."""
    rows = connection.cursor(row_factory=class_row(RefusedCommand))
    return rows.execute(
        """
        select refused_id, refused_at, actor_kind, actor_ref, actor_org, pathway_id,
               command, rule, field, detail, command_id, correlation_id
        from pathway.refused_command
        where (%(pathway_id)s::uuid is null or pathway_id = %(pathway_id)s)
          and (%(before)s::uuid is null or refused_id < %(before)s)
        order by refused_id desc limit %(limit)s
        """,
        {"pathway_id": pathway_id, "before": before, "limit": limit},
    ).fetchall()
