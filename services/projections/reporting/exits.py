"""Exits: how pathways were closed, exit types kept apart, and the share that nobody measured."""

from datetime import date
from itertools import groupby
from typing import Annotated, LiteralString

from psycopg import sql
from psycopg.rows import dict_row
from pydantic import Field, computed_field

from projections.freshness import freshness
from projections.reporting.definitions import definitions
from projections.reporting.groups import LIVE, OF_CLOSING
from projections.reporting.reports import (
    Answer,
    Count,
    Group,
    GroupBy,
    Measured,
    Period,
    share_of,
)
from projections.schema import Database

EXITS_BY = frozenset(OF_CLOSING) - {GroupBy.REASON}
"""What exits can be grouped by: each group tells its exit types apart already."""

FIGURES = definitions(
    "outflow", "persons", "to_work", "without_proof", "reached", "measured", "in_work"
)


class Exits(Measured):
    """Closings of a group, or of one exit type in it."""

    persons: Count
    pathways: Count
    without_proof: Annotated[
        int, Field(ge=0, description="Pathways closed without evidence of how the person left")
    ]

    @computed_field
    @property
    def share_without_proof(self) -> float | None:
        """`without_proof` of `pathways`."""
        return share_of(self.without_proof, self.pathways)


class ExitsOfType(Exits):
    """Closings with one exit type."""

    exit_type: str
    share: Annotated[float, Field(description="`pathways` of those of the whole group")]


class ExitsRow(Exits):
    """How pathways of a group were closed."""

    group: Group
    to_work: Annotated[int, Field(ge=0, description="Pathways closed with an exit type WERK_...")]
    exits: tuple[ExitsOfType, ...]

    @computed_field
    @property
    def share_to_work(self) -> float | None:
        """`to_work` of `pathways`."""
        return share_of(self.to_work, self.pathways)


class ExitsReport(Answer):
    """How pathways were closed in the period, and who of them worked so many months later."""

    as_of: date
    months: Annotated[int, Field(description="After so many months work was measured")]
    rows: tuple[ExitsRow, ...]
    total: ExitsRow


_EXITS: LiteralString = """
    with closed as (
        select c.person_ref, c.exit_type, c.proof, coalesce({group}, 'ONBEKEND') as label,
               (c.closed_on + make_interval(months => %(months)s))::date < %(as_of)s as reached,
               k.in_work
          from {rows}.closing c
         cross join lateral (select c.closed_on as day) as d
          left join {rows}.situation s
            on s.pathway_id = c.pathway_id
           and day between s.since and coalesce(s.until, 'infinity')
          left join {rows}.employment_check k
            on k.pathway_id = c.pathway_id and k.months = %(months)s and k.counts
           and k.measured_on <= %(as_of)s
         where c.closed_on between %(first)s and %(last)s
           and c.closed_on <= %(as_of)s
    )
    select grouping(label) as total, label as group, grouping(exit_type) as together, exit_type,
           count(distinct person_ref) as persons,
           count(*) as pathways,
           count(*) filter (where exit_type like 'WERK\\_%%') as to_work,
           count(*) filter (where proof is null) as without_proof,
           count(*) filter (where reached) as reached,
           count(in_work) filter (where reached) as measured,
           count(*) filter (where reached and in_work) as in_work
      from closed
     group by grouping sets ((label, exit_type), (label), (exit_type), ())
     order by total, label, together desc, exit_type
"""


def exits(
    connection: Database,
    period: Period,
    *,
    as_of: date,
    months: int = 6,
    by: GroupBy = GroupBy.MONTH,
    rows: sql.Identifier = LIVE,
) -> ExitsReport:
    """How pathways were closed in `period`, and work `months` (1, 3, 6 or 12) later, seen from `as_of`.

    `rows` is the schema of the rows that it is of. Raises KeyError for a `by` not in EXITS_BY.
    """
    query = sql.SQL(_EXITS).format(group=sql.SQL(OF_CLOSING[by]), rows=rows)
    values = {"first": period.first, "last": period.last, "as_of": as_of, "months": months}
    with connection.cursor(row_factory=dict_row) as cursor:
        found = cursor.execute(query, values).fetchall()
    *groups, total = [
        _row([*lines]) for _, lines in groupby(found, lambda line: (line["total"], line["group"]))
    ]
    return ExitsReport(
        period=period,
        by=by,
        as_of=as_of,
        months=months,
        rows=tuple(groups),
        total=total,
        definitions=FIGURES,
        freshness=freshness(connection, "reporting"),
    )


def _row(lines: list[dict[str, int]]) -> ExitsRow:
    """One group's row: the line of all exit types together comes first, then one for each."""
    whole, *types = lines
    apart = [{**line, "share": share_of(line["pathways"], whole["pathways"])} for line in types]
    return ExitsRow.model_validate({**whole, "exits": apart})
