"""The trace of every look at a person, permitted or denied; what cannot be traced is not shown."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import psycopg
from psycopg import Connection, sql
from psycopg.types.json import Jsonb

from plumbing.callers import Caller
from plumbing.cef import CefLog, access_line
from plumbing.correlation import current
from plumbing.problems import ProblemType
from plumbing.rights import Open, Rights

NOT_TRACED = ProblemType(
    "not-traced",
    503,
    "The look could not be traced, so nothing is shown",
    "Try again in a moment; if it stays, tell the operators the correlation id.",
)
NO_CEF = CefLog("")


class Decision(StrEnum):
    """Whether the look was permitted."""

    PERMIT = "PERMIT"
    DENY = "DENY"


BY_ENDPOINT = "EINDPUNT"
"""The rule that decides by the table of endpoints and roles."""
BY_ROW = "RIJ"
"""The rule that decides by whom the answer is about, after the endpoint's."""

STANDING_OF = "aanvrager:"
"""Before the reference of a caller, where a look is at what stands before them and at no person."""


def right_of(rights: Rights, endpoint: str, caller: Caller) -> str:
    """The roles of the caller that open the endpoint, by comma; "" when none does."""
    roles = rights.get(endpoint, frozenset())
    return "" if isinstance(roles, Open) else ",".join(sorted(roles & caller.roles))


def look(
    connection: Connection[Any],
    schema: str,
    *,
    caller: Caller,
    about: Collection[UUID | str],
    endpoint: str,
    purpose: str,
    decision: Decision,
    at: datetime,
    role: str = "",
    rule: str = BY_ENDPOINT,
    cef: CefLog = NO_CEF,
) -> None:
    """Write a chained row for each reference in `about`, in `connection`'s transaction, and a CEF line.

    The caller of this commits soon, because others' looks wait for it, and before anything is shown.
    `about` holds references (of people, or of a caller after STANDING_OF), never an INSZ; a denial
    without any still gives a row, an empty answer gives none. `at` is UTC. `role` is the right that
    was used and `rule` what decided. The current correlation is written along. Raises NOT_TRACED as a
    Problem (503) when it cannot be written.
    """
    people: list[str | None] = [str(reference) for reference in about]
    if not people and decision is Decision.DENY:
        people = [None]
    if not people:
        return
    told: dict[str, str | None] = {
        "caller_ref": caller.ref,
        "caller_kind": caller.kind,
        "organisation": caller.organisation,
        "endpoint": endpoint,
        "role": role,
        "rule": rule,
        "purpose": purpose,
        "decision": decision,
        "correlation_id": current().correlation_id,
    }
    record = sql.SQL("select {}.record_looks(%s, %s::text[])").format(sql.Identifier(schema))
    end_ms = int(at.timestamp() * 1000)
    try:
        connection.execute(record, (Jsonb({**told, "at": at.isoformat()}), people))
        cef.write(access_line(schema, {**told, "about": who}, end_ms=end_ms) for who in people)
    except (psycopg.Error, OSError) as error:
        raise NOT_TRACED.problem() from error
