"""Which tables a question reads: the read model's own, or rows as they once were, in their shape."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import LiteralString

from plumbing import row_rights
from psycopg import sql

_CHOSEN: LiteralString = """
    (%(counsellor)s::text is null or counsellor = %(counsellor)s)
    and (%(unit)s::text is null or unit = %(unit)s)
    and (%(unassigned)s::bool is null or (counsellor is null) = %(unassigned)s)
    and (%(guided_by)s::text is null or partners ? %(guided_by)s)
    and (merged_into is null or 'SAMENGEVOEGD' = any(%(status)s))
    and (%(person_ref)s::uuid is null or person_ref = %(person_ref)s)
    and (%(status)s::text[] = '{}' or status = any(%(status)s))
    and (%(running_kind)s::text is null or %(running_kind)s = any(running_kinds))
    and (%(organisation)s::text is null or %(organisation)s = any(running_organisations))
    and (%(planned_end_from)s::date is null or next_planned_end >= %(planned_end_from)s)
    and (%(planned_end_until)s::date is null or next_planned_end <= %(planned_end_until)s)
    and (%(enrolled_from)s::date is null or enrolled_on >= %(enrolled_from)s)
    and (%(enrolled_until)s::date is null or enrolled_on <= %(enrolled_until)s)
    and (%(closed)s::bool is null or (closed_on is not null) = %(closed)s)
"""

_VISIBLE: LiteralString = f"{_CHOSEN} and {row_rights.PERMITTED}"


@dataclass(frozen=True)
class Tables:
    """Where the rows stand: in the read model, or `then`, each table as JSON, as they once were.

    Who may see a row is asked of the read model, also of a row of then: rights are those of today.
    """

    then: Mapping[str, str] | None = None

    def of(self, table: str) -> sql.Composable:
        """The table, for the `from` of a query."""
        live = sql.Identifier("counsellor", table)
        if self.then is None:
            return live
        rows = sql.Placeholder(f"then_{table}")
        return sql.SQL("json_populate_recordset(null::{}, {})").format(live, rows)

    def values(self, *tables: str) -> dict[str, object]:
        """The parameters that `of` these tables needs."""
        return {f"then_{table}": self.then[table] for table in tables} if self.then else {}

    @property
    def rule(self) -> sql.Composable:
        """The rule that decides whether the caller sees the row `c` of the caseload."""
        if self.then is None:
            return sql.SQL(row_rights.RULE)
        return sql.SQL(
            "(select {} from counsellor.caseload now where now.pathway_id = c.pathway_id)"
        ).format(sql.SQL(row_rights.RULE))

    @property
    def chosen(self) -> sql.Composable:
        """The pathways of a caseload by their `rule`; those of then were let through by the caller's rights."""
        return sql.SQL(_CHOSEN if self.then else _VISIBLE)


LIVE = Tables()
OF_THEN = Tables({})
"""What a question over rows of then is made with; its `values` come from the Tables of its point."""
