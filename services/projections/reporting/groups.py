"""What reports group by, as SQL expressions, and how a report's groups and total are read."""

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import Any, LiteralString, TypeVar

from psycopg import sql
from psycopg.rows import dict_row

from projections.reporting.reports import GroupBy, Report
from projections.schema import Database

AnyRow = TypeVar("AnyRow")
ReportT = TypeVar("ReportT", bound=Report)
Lines = Sequence[dict[str, Any]]
"""What a query tells of one group, one line or more."""

LIVE = sql.Identifier("reporting")
"""The schema of the rows as they are now; `rows_at` has those of another point."""

Groups = Mapping[GroupBy, LiteralString]

OF_SITUATION: Groups = {
    GroupBy.UNIT: "s.unit",
    GroupBy.PROVIDER: "coalesce(s.provider, 'VDAB_OF_PROMOTOR')",
    GroupBy.LOT: "coalesce(s.lot, 'ZONDER_PERCEEL')",
    GroupBy.SCHEME: "coalesce(s.scheme, 'ZONDER_REGELING')",
    GroupBy.COMMUNE: "s.commune",
    GroupBy.CATEGORY: "s.category",
    GroupBy.AGE_GROUP: "s.age_group",
    GroupBy.GENDER: "s.gender",
    GroupBy.EDUCATION: "s.education",
    GroupBy.UNEMPLOYMENT: """
        case when s.unemployed_since is null then null
             when s.unemployed_since + interval '12 months' > day then '<12M'
             when s.unemployed_since + interval '24 months' > day then '12-23M'
             else '24M+'
        end
    """,
}
"""How the pathway `s` stood on the fact's own `day`: who guided, and the person's characteristics."""

_OF_FACT: Groups = {
    **OF_SITUATION,
    GroupBy.PROVINCE: "reporting.province_at(h.commune, day)",
    GroupBy.MONTH: "to_char(day, 'YYYY-MM')",
    GroupBy.QUARTER: """to_char(day, 'YYYY-"Q"Q')""",
    GroupBy.YEAR: "to_char(day, 'YYYY')",
}
"""Something `h` on its `day`, the `commune` of the person then, and how its pathway stood."""

OF_CLOSING: Groups = {**_OF_FACT, GroupBy.REASON: "h.exit_type"}
"""A closing `h` on its `day`, and how its pathway stood then."""

OF_EXCEPTION: Groups = {**_OF_FACT, GroupBy.EXCEPTION: "h.kind"}
"""An exceptional fact `h` on its `day`, and how its pathway stood then."""

OF_MODULE: Groups = {
    **_OF_FACT,
    GroupBy.KIND: "h.kind",
    GroupBy.FORM: "coalesce(h.form, h.kind)",
    GroupBy.MEASURE: "h.measure",
    GroupBy.ORGANISATION: "h.organisation",
}
"""A module `h` with the `commune` of the `day` on which something happened to it."""

OF_HIRE: Groups = {
    **_OF_FACT,
    GroupBy.KIND: "coalesce(h.kind, 'ZONDER_MODULE')",
    GroupBy.MEASURE: "coalesce(h.measure, 'ZONDER_MODULE')",
    GroupBy.ORGANISATION: "h.employer",
}
"""A hire `h` on its `day`, with kind and measure of the module that it followed, if any."""

SITUATION: LiteralString = """
    left join {rows}.situation s
      on s.pathway_id = h.pathway_id
     and day between s.since and coalesce(s.until, 'infinity')
"""
"""The join that says how the pathway of `h` stood on its `day`."""


def one_line(kind: type[ReportT]) -> Callable[[Lines], ReportT]:
    """For a query with one line for each group: that line as a row of this kind."""
    return lambda lines: kind.model_validate(lines[0])


def grouped(
    connection: Database,
    statement: LiteralString,
    group: LiteralString,
    values: Mapping[str, object],
    made: Callable[[Lines], AnyRow],
    *,
    rows: sql.Identifier,
) -> tuple[tuple[AnyRow, ...], AnyRow]:
    """A row for each group, and the total's, each made of its lines.

    The statement names its groups in the column "group" and tells the total last, under none. Its
    {situation} is the join with how the pathway of `h` stood on the `day` of what happened.
    """
    # A day has one situation at most, so that the join changes nothing for who does not look at it.
    joined = SITUATION if "s." in group else ""
    query = sql.SQL(statement).format(
        group=sql.SQL(group), rows=rows, situation=sql.SQL(joined).format(rows=rows)
    )
    with connection.cursor(row_factory=dict_row) as cursor:
        found = cursor.execute(query, values).fetchall()
    *groups, total = [made([*lines]) for _, lines in groupby(found, lambda line: line["group"])]
    return tuple(groups), total
