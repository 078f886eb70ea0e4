"""Exits: how pathways were closed, exit types kept apart, and the share that nobody measured."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, LiteralString

from psycopg import sql
from pydantic import Field, computed_field

from projections.freshness import freshness
from projections.reporting.definitions import definitions
from projections.reporting.groups import LIVE, OF_CLOSING, grouped
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
        select h.person_ref, h.exit_type, h.proof, coalesce({group}, 'ONBEKEND') as label,
               (h.closed_on + make_interval(months => %(months)s))::date < %(as_of)s as reached,
               k.in_work
          from (select c.*, c.closed_on as day from {rows}.closing c) as h
          {situation}
          left join {rows}.employment_check k
            on k.pathway_id = h.pathway_id and k.months = %(months)s and k.counts
           and k.measured_on <= %(as_of)s
         where h.closed_on between %(first)s and %(last)s
           and h.closed_on <= %(as_of)s
    )
    select label as group, exit_type,
           count(distinct person_ref) as persons,
           count(*) as pathways,
           count(*) filter (where exit_type like 'WERK\\_%%') as to_work,
           count(*) filter (where proof is null) as without_proof,
           count(*) filter (where reached) as reached,
           count(in_work) filter (where reached) as measured,
           count(*) filter (where reached and in_work) as in_work
      from closed
     group by grouping sets ((label, exit_type), (label), (exit_type), ())
     order by grouping(label), label, grouping(exit_type) desc, exit_type
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
    values = {**period.days, "as_of": as_of, "months": months}
    groups, total = grouped(connection, _EXITS, OF_CLOSING[by], values, _row, rows=rows)
    return ExitsReport(
        period=period,
        by=by,
        as_of=as_of,
        months=months,
        rows=groups,
        total=total,
        definitions=FIGURES,
        freshness=freshness(connection, "reporting"),
    )


def _row(lines: Sequence[dict[str, int]]) -> ExitsRow:
    """One group's row: the line of all exit types together comes first, then one for each."""
    whole, *types = lines
    apart = [{**line, "share": share_of(line["pathways"], whole["pathways"])} for line in types]
    return ExitsRow.model_validate({**whole, "exits": apart})
