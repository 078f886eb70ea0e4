"""Which processes are at work on a database, as its sessions and locks tell: nobody writes a heartbeat."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, LiteralString

from psycopg import Connection
from psycopg.rows import dict_row
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

_SESSIONS: LiteralString = """
    with led as (
        select pid, classid::bigint << 32 | objid::bigint as number
        from pg_locks
        where locktype = 'advisory' and granted and objsubid = 1
          and database = (select oid from pg_database where datname = current_database())
    )
    select s.application_name as session, led.number as leads, s.backend_start as since,
           s.state_change as last_sign,
           coalesce(s.state <> 'active' and s.state_change < now() - make_interval(secs => %s), false) as silent
    from pg_stat_activity as s left join led on led.pid = s.pid and led.number = any(%s)
    where s.datname = current_database() and s.application_name = any(%s)
"""

SECONDS_OF_SILENCE = 60.0
"""Each process asks its database something every few seconds, also when there is nothing to do."""


@dataclass(frozen=True)
class Kind:
    """A kind of process: its name, the name of its session, and the lock of its leader where one leads."""

    process: str
    session: str
    lock: int | None = None


class Process(BaseModel):
    """How it is with one kind of process. Moments are UTC."""

    model_config = ConfigDict(frozen=True)
    process: str
    state: Literal["LEADS", "RUNS", "STANDS_BY", "SILENT", "STOPPED", "NOT_RUNNING"] = Field(
        description="STOPPED: it runs or ran, and a person has to decide something first; "
        "STANDS_BY: some wait to lead, and none does at this moment; "
        "SILENT: it asked nothing for a minute, and hangs"
    )
    processes: int = Field(description="How many there are, those that stand by included")
    since: AwareDatetime | None = Field(
        description="null: not running, or the database does not tell it to this login"
    )
    last_sign: AwareDatetime | None = Field(description="When it last asked the database something")
    why: str | None = Field(default=None, description="Why it stopped")
    way_out: str | None = Field(default=None, description="What a person does about it")


def processes(connection: Connection[Any], kinds: Sequence[Kind]) -> Iterator[Process]:
    """How it is with each of `kinds`. Raises psycopg.Error."""
    locks = [kind.lock for kind in kinds if kind.lock is not None]
    values = (SECONDS_OF_SILENCE, locks, [kind.session for kind in kinds])
    with connection.cursor(row_factory=dict_row) as cursor:
        found = cursor.execute(_SESSIONS, values).fetchall()
    for kind in kinds:
        yield _process(kind, [row for row in found if row["session"] == kind.session])


def _process(kind: Kind, sessions: Sequence[Mapping[str, Any]]) -> Process:
    leading = [one for one in sessions if one["leads"] is not None]
    told = leading or sessions
    if not sessions:
        state = "NOT_RUNNING"
    elif all(one["silent"] for one in told):
        state = "SILENT"
    elif kind.lock is None:
        state = "RUNS"
    else:
        state = "LEADS" if leading else "STANDS_BY"
    return Process(
        process=kind.process,
        state=state,
        processes=len(sessions),
        since=min((one["since"] for one in told if one["since"]), default=None),
        last_sign=max((one["last_sign"] for one in told if one["last_sign"]), default=None),
    )
