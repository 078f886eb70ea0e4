"""Early stops: of the modules that started in a period, how many were stopped, each reason apart."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, LiteralString

from psycopg import sql
from pydantic import Field, computed_field

from projections.freshness import freshness
from projections.reporting.definitions import definitions
from projections.reporting.groups import LIVE, OF_MODULE, grouped
from projections.reporting.reports import Answer, Count, Group, GroupBy, Period, Report, share_of
from projections.schema import Database

STOPS_BY = frozenset(OF_MODULE)
FIGURES = definitions("started", "stopped", "stopped_of_started", "measure_ended_of_started")


class Stop(Report):
    """Modules that were stopped for one reason."""

    reason: str
    modules: Count
    share: Annotated[float, Field(description="`modules` of all of the group that started")]


class StopsRow(Report):
    """Modules of a group that started in the period, and those of them that were stopped."""

    group: Group
    started: Count
    stopped_early: Annotated[
        int, Field(ge=0, description="Of these, stopped for another reason than EINDE_MAATREGEL")
    ]
    measure_ended: Annotated[int, Field(ge=0, description="Stopped for EINDE_MAATREGEL")]
    reasons: tuple[Stop, ...]

    @computed_field
    @property
    def share_stopped_early(self) -> float | None:
        """`stopped_early` of `started`."""
        return share_of(self.stopped_early, self.started)


class StopsReport(Answer):
    """Of the modules that started in the period, those that were stopped by the day of the report."""

    as_of: date
    rows: tuple[StopsRow, ...]
    total: StopsRow


_STOPS: LiteralString = """
    with begun as (
        select case when h.last_day <= %(as_of)s then h.ending end as ending,
               case when h.last_day <= %(as_of)s and h.ending <> 'COMPLETED'
                    then coalesce(h.reason, 'ONBEKEND') end as reason,
               coalesce({group}, 'ONBEKEND') as label
          from (select m.*, m.started_on as day, m.commune_at_start as commune
                  from {rows}.module m) as h
          {situation}
         where h.started_on between %(first)s and least(%(last)s::date, %(as_of)s::date)
    )
    select label as group, reason,
           count(*) as modules,
           count(*) filter (where ending = 'STOPPED_EARLY') as stopped_early,
           count(*) filter (where ending = 'MEASURE_ENDED') as measure_ended
      from begun
     group by grouping sets ((label, reason), (label), (reason), ())
     order by grouping(label), label, grouping(reason) desc, reason
"""


def stops(
    connection: Database,
    period: Period,
    *,
    as_of: date,
    by: GroupBy = GroupBy.KIND,
    rows: sql.Identifier = LIVE,
) -> StopsReport:
    """Of the modules that started in `period`, those stopped by `as_of`; `by` is one of STOPS_BY.

    `rows` is the schema of the rows that it is of. Raises KeyError for another `by`.
    """
    values = {**period.days, "as_of": as_of}
    groups, total = grouped(connection, _STOPS, OF_MODULE[by], values, _row, rows=rows)
    return StopsReport(
        period=period,
        by=by,
        as_of=as_of,
        rows=groups,
        total=total,
        definitions=FIGURES,
        freshness=freshness(connection, "reporting"),
    )


def _row(lines: Sequence[dict[str, int]]) -> StopsRow:
    """One group's row: the line of all modules together comes first, then one for each reason."""
    whole, *apart = lines
    reasons = [
        {**line, "share": share_of(line["modules"], whole["modules"])}
        for line in apart
        if line["reason"]
    ]
    return StopsRow.model_validate({**whole, "started": whole["modules"], "reasons": reasons})
