"""Which pathways are behind a figure, as far as the caller may see them: the facts that a report counts."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import LiteralString
from uuid import UUID

from plumbing.row_rights import RULE, VISIBLE
from psycopg import sql
from psycopg.rows import class_row

from projections.counsellor.queries import Seen
from projections.reporting.groups import (
    LIVE,
    OF_CLOSING,
    OF_EXCEPTION,
    OF_HIRE,
    OF_MODULE,
    OF_SITUATION,
    SITUATION,
    Groups,
)
from projections.reporting.queries import AT_ENTRY_OR_FIRST_MODULE
from projections.reporting.reports import GroupBy
from projections.schema import Database

MOST_LISTED = 200


class Facts(StrEnum):
    """What a report counts, each a fact of one pathway on a day."""

    ENTRIES = "entries"
    MODULES_STARTED = "modules_started"
    MODULES_ENDED = "modules_ended"
    IBOS_COMPLETED = "ibos_completed"
    HIRES = "hires"
    CLOSINGS = "closings"
    OPEN = "open"
    EXCEPTIONS = "exceptions"


_FACTS: Mapping[Facts, LiteralString] = {
    Facts.ENTRIES: """
        select i.*, i.first_module_on as day, i.enrolled_on as counted_on
          from {rows}.inflow i where not i.inferred
    """,
    Facts.MODULES_STARTED: """
        select m.*, m.started_on as day, m.started_on as counted_on, m.commune_at_start as commune
          from {rows}.module m
    """,
    Facts.MODULES_ENDED: """
        select m.*, m.last_day as day, m.last_day as counted_on, m.commune_at_end as commune
          from {rows}.module m
         where (%(kinds)s::text[] = '{{}}' or m.kind = any(%(kinds)s))
           and (%(organisation)s::text is null or m.organisation = %(organisation)s)
           and (%(province)s::text is null
                or reporting.province_at(m.commune_at_end, m.last_day) = %(province)s)
    """,
    Facts.IBOS_COMPLETED: """
        select m.*, m.last_day as day, m.last_day as counted_on, m.commune_at_end as commune
          from {rows}.module m where m.kind = 'IBO' and m.ending = 'COMPLETED'
    """,
    Facts.HIRES: "select x.*, x.hired_on as day, x.hired_on as counted_on from {rows}.hire x",
    Facts.CLOSINGS: "select c.*, c.closed_on as day, c.closed_on as counted_on from {rows}.closing c",
    Facts.EXCEPTIONS: """
        select x.*, x.exception_on as day, x.exception_on as counted_on
          from {rows}.exceptional_fact x
    """,
    Facts.OPEN: """
        select o.pathway_id, o.status, o.commune, %(last)s::date as day, %(last)s::date as counted_on
          from {rows}.situation o
         where o.open and %(last)s between o.since and coalesce(o.until, 'infinity')
    """,
}
_GROUPS: Mapping[Facts, Groups] = {
    Facts.ENTRIES: AT_ENTRY_OR_FIRST_MODULE,
    Facts.MODULES_STARTED: OF_MODULE,
    Facts.MODULES_ENDED: {**OF_MODULE, GroupBy.ENDING: "h.ending"},
    Facts.IBOS_COMPLETED: OF_MODULE,
    Facts.HIRES: {
        by: group for by, group in OF_HIRE.items() if by not in (GroupBy.KIND, GroupBy.MEASURE)
    },
    Facts.CLOSINGS: OF_CLOSING,
    Facts.EXCEPTIONS: OF_EXCEPTION,
    Facts.OPEN: {
        **OF_SITUATION,
        GroupBy.STATUS: "h.status",
        GroupBy.PROVINCE: "reporting.province_at(h.commune, day)",
    },
}
WITHOUT_MODULE = "ZONDER_MODULE"

_BEHIND: LiteralString = """
    with counted as (
        select distinct h.pathway_id
          from ({facts}) as h
          {situation}
         where h.counted_on between %(first)s and least(%(last)s::date, %(as_of)s::date)
           and (%(group)s::text is null or coalesce({group}, 'ONBEKEND') = %(group)s)
    )
    select c.pathway_id, c.person_ref, c.status, c.counsellor, c.unit, c.enrolled_on, c.closed_on,
           c.running_kinds, {rule} as rule, count(*) over () as of
      from counsellor.caseload c
      join counted on counted.pathway_id = c.pathway_id
     where {visible}
     order by c.enrolled_on nulls last, c.pathway_id
     limit %(most)s
"""


@dataclass(frozen=True)
class PathwayBehind:
    """A pathway that the caller may see, by which `rule`, and `of` how many of them."""

    pathway_id: UUID
    person_ref: UUID | None
    status: str
    counsellor: str | None
    unit: str | None
    enrolled_on: date | None
    closed_on: date | None
    running_kinds: list[str]
    rule: str
    of: int


@dataclass(frozen=True)
class Figure:
    """What was counted: facts of the days from `first` to `last`, seen from `as_of`, of one group or all.

    The others narrow modules that ended, as in the report of the flow.
    """

    facts: Facts
    first: date
    last: date
    as_of: date
    by: GroupBy
    group: str | None
    kinds: Sequence[str] = ()
    organisation: str | None = None
    province: str | None = None


def leads(facts: Facts | None, by: GroupBy) -> bool:
    """Whether a figure of these facts, by that grouping, leads to the pathways behind it."""
    return facts is not None and by in _GROUPS[facts]


def behind(
    connection: Database, figure: Figure, seen: Seen, *, rows: sql.Identifier = LIVE
) -> list[PathwayBehind]:
    """The pathways behind the figure that the caller sees, the first MOST_LISTED of them.

    How the pathways stand is as now, whatever the point of `rows`. Raises KeyError where it leads nowhere.
    """
    unknown = figure.facts is Facts.ENTRIES and figure.group == WITHOUT_MODULE
    query = sql.SQL(_BEHIND).format(
        facts=sql.SQL(_FACTS[figure.facts]).format(rows=rows),
        situation=sql.SQL(SITUATION).format(rows=rows),
        group=sql.SQL(_GROUPS[figure.facts][figure.by]),
        rule=sql.SQL(RULE),
        visible=sql.SQL(VISIBLE),
    )
    values = {
        **seen,
        **asdict(figure),
        "kinds": list(figure.kinds),
        "group": "ONBEKEND" if unknown else figure.group,
        "most": MOST_LISTED,
    }
    with connection.cursor(row_factory=class_row(PathwayBehind)) as cursor:
        return cursor.execute(query, values).fetchall()
