"""Rows that the store refuses: what is kept of each, once for a line of a file."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, NamedTuple, Self
from uuid import UUID

from psycopg import Connection

from pathway.domain.refusals import AlreadyOpen, InszCancelled, Refused
from pathway.refused import RefusedCommand
from pathway.register.rules import Rule
from pathway.store import Context, Store

COMMAND = "import wep-plus"


class RefusedLine(NamedTuple):
    """Why the store refuses a row; holds nothing of the row itself."""

    rule: str
    detail: str
    field: str | None = None

    @classmethod
    def by(cls, refused: Refused) -> Self:
        """What the domain refused."""
        return cls(refused.rule, refused.message, refused.field)


GOES_OVER_ONCE = RefusedLine(
    Rule.MIGRATION_CONFLICT,
    "A row of this person differs in measure, date or guide from what is recorded, or the person "
    "went over otherwise before: one person goes over once. Correct that first.",
)


CANCELLED = RefusedLine(
    InszCancelled.rule,
    "This number was cancelled. Import the person with the number that they have now.",
    "insz",
)
OPEN_THEN = RefusedLine(
    AlreadyOpen.rule,
    "The row begins before the person's last closed pathway ended: no other one can start beside it.",
    "on",
)


def refused_line(
    store: Store, context: Context, pathway_id: UUID | None, why: RefusedLine
) -> RefusedCommand:
    """What is kept of a refused line; the context's command names its file and line."""
    return RefusedCommand(
        refused_id=store.new_id(),
        refused_at=store.clock(),
        actor_kind=context.actor.kind,
        actor_ref=context.actor.ref,
        actor_org=context.actor.organisation,
        pathway_id=pathway_id,
        command=COMMAND,
        rule=why.rule,
        field=why.field,
        detail=why.detail,
        command_id=context.command_id,
        correlation_id=context.correlation_id,
    )


def keep_once(connection: Connection[Any], refused: Sequence[RefusedCommand]) -> None:
    """Write them down in the connection's transaction, but for those that an earlier run kept."""
    connection.cursor().executemany(
        """
        insert into pathway.refused_command
            (refused_id, refused_at, actor_kind, actor_ref, actor_org, pathway_id,
             command, rule, field, detail, command_id, correlation_id)
        values
            (%(refused_id)s, %(refused_at)s, %(actor_kind)s, %(actor_ref)s, %(actor_org)s,
             %(pathway_id)s, %(command)s, %(rule)s, %(field)s, %(detail)s, %(command_id)s,
             %(correlation_id)s)
        on conflict (command_id) where actor_kind = 'IMPORT' do nothing
        """,
        [asdict(one) for one in refused],
    )
