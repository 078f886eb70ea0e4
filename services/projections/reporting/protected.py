"""Reports for who may see no person: counted over a protected population, and rounded to fives.

The one method of small cells; what it promises, and why, is in docs/small-cells.md.
"""

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, LiteralString, TypeVar, cast

from psycopg import sql
from pydantic import BaseModel

from projections.reporting.groups import LIVE
from projections.reporting.projection import REPORTING
from projections.reporting.reports import Figures, GroupBy, share_of
from projections.schema import Database

AnyFigures = TypeVar("AnyFigures", bound=Figures)

STEP = 5
"""Every number that is told is a multiple of this: none from 1 to 4 is."""
LEAST_FOR_A_MEDIAN = 10
MEDIAN_OF: Mapping[str, str] = {
    "median_days_to_first_module": "with_module",
    "median_days_to_work": "with_work",
    "median_days_from_module_to_work": "with_work_after_module",
    "median_pathways": "pathways_assigned",
    "most_pathways": "pathways_assigned",
}
"""Which number each median, or highest, is of: of few it would tell of one."""
NOT_COUNTED = frozenset({"months"})
NOT_FIGURES = frozenset({"months", "definitions", "freshness", "taken", "period", "by"})
SHARES: Mapping[str, tuple[str, str]] = {
    "exits": ("pathways", "pathways"),
    "reasons": ("modules", "started"),
}
"""Parts of a row, which of their numbers is a share, and of which number of the row."""
THERE_ANYHOW = frozenset({GroupBy.WEEK, GroupBy.CHECKPOINT})
"""Groups that are there whoever is in them, so that a row of nothing tells nothing."""

_IDS = frozenset({"pathway_id", "person_ref", "module_id", "linked_module_id"})

# A byte of a hash of the key and the person says who is left out, and who counts twice.
_VIEW: LiteralString = """
    create temporary view {name} as
    select {columns} from {source} as t {person} where {drawn} >= {moved}
     union all
    select {twins} from {source} as t {person} where {drawn} >= 256 - {moved}
"""
_DRAWN = sql.SQL(
    "get_byte(sha256((select key from projections.report_key) || uuid_send(p.person_ref)), 0)"
)
_MOVED = sql.SQL("(select moved from projections.report_key)")
_OF_ROW = sql.SQL("cross join lateral (select t.person_ref) as p")
_OF_PATHWAY: LiteralString = "join {} as p on p.pathway_id = t.pathway_id"


@contextmanager
def protected_rows(connection: Database, rows: sql.Identifier) -> Generator[sql.Identifier]:
    """The schema with the protected population's rows of `rows`, within this block of a transaction.

    `rows` is LIVE, or the temporary tables that `rows_at` made, which have another name from then on.
    """
    exact = {table: sql.Identifier("reporting", table) for table in REPORTING.tables}
    if rows != LIVE:
        for table in REPORTING.tables:
            exact[table] = sql.Identifier("pg_temp", f"exact_{table}")
            connection.execute(
                sql.SQL("alter table pg_temp.{} rename to {}").format(
                    sql.Identifier(table), sql.Identifier(f"exact_{table}")
                )
            )
    exact["special_characteristic"] = sql.Identifier("projections", "special_characteristic")
    of_pathway = sql.SQL(_OF_PATHWAY).format(exact["inflow"])
    columns = _columns(connection, exact)
    views = [
        _view(table, source, columns[table], of_pathway if table == "contact" else _OF_ROW)
        for table, source in exact.items()
    ]
    # In one go: each by itself would cost a question and its answer.
    connection.execute(sql.SQL(";").join(views))
    yield sql.Identifier("pg_temp")
    made = sql.SQL(", ").join(sql.Identifier("pg_temp", table) for table in exact)
    connection.execute(sql.SQL("drop view {}").format(made))


def _columns(
    connection: Database, exact: Mapping[str, sql.Identifier]
) -> Mapping[str, Sequence[str]]:
    """The columns of each table, in their order."""
    found = connection.execute(
        """
        select t.name, array_agg(a.attname::text order by a.attnum)
          from unnest(%s::text[], %s::text[]) as t (name, source)
          join pg_attribute a
            on a.attrelid = to_regclass(t.source) and a.attnum > 0 and not a.attisdropped
         group by t.name
        """,
        [list(exact), [source.as_string(connection) for source in exact.values()]],
    )
    return dict(found.fetchall())


def _view(
    table: str, source: sql.Identifier, names: Sequence[str], person: sql.Composable
) -> sql.Composed:
    """The view with the rows of all but those left out, and those of who counts twice as somebody else's."""
    columns = [sql.SQL("t.{}").format(sql.Identifier(name)) for name in names]
    twins = [
        sql.SQL("md5('twin' || {0})::uuid").format(column) if name in _IDS else column
        for name, column in zip(names, columns, strict=True)
    ]
    return sql.SQL(_VIEW).format(
        name=sql.Identifier(table),
        columns=sql.SQL(", ").join(columns),
        twins=sql.SQL(", ").join(twins),
        source=source,
        person=person,
        drawn=_DRAWN,
        moved=_MOVED,
    )


def rounded(report: AnyFigures) -> AnyFigures:
    """The same with each number as a multiple of STEP, and without rows of nothing.

    Shares follow from the rounded numbers; medians of few are not told.
    """
    told: dict[str, Any] = {name: _rounded(value) for name, value in report}
    told |= {name: getattr(report, name) for name in NOT_FIGURES if name in told}
    if report.by not in THERE_ANYHOW:
        told["rows"] = tuple(row for row in told["rows"] if _is_of_some(row))
    return report.model_copy(update={**told, "protected": True})


def _rounded(value: object) -> object:
    """A number, what holds numbers, or anything else as it is."""
    match value:
        case bool():
            return value
        case int():
            return (value + STEP // 2) // STEP * STEP
        case tuple():
            return tuple(map(_rounded, cast("tuple[object, ...]", value)))
        case BaseModel():
            return _of_row(value)
        case _:
            return value


def _of_row(row: BaseModel) -> BaseModel:
    told: dict[str, Any] = {
        name: value if name in NOT_COUNTED else _rounded(value) for name, value in row
    }
    for name, number in MEDIAN_OF.items():
        if name in told and told[number] < LEAST_FOR_A_MEDIAN:
            told[name] = None
    for parts, (of_part, of_row) in SHARES.items():
        if parts in told:
            told[parts] = tuple(
                part.model_copy(
                    update={"share": share_of(getattr(part, of_part), told[of_row]) or 0.0}
                )
                for part in told[parts]
                if getattr(part, of_part)
            )
    return row.model_copy(update=told)


def _is_of_some(row: BaseModel) -> bool:
    """Whether any number of the row, or of a part of it, is more than nothing."""
    return any(
        any(map(_is_of_some, cast("tuple[BaseModel, ...]", value)))
        if isinstance(value, tuple)
        else isinstance(value, int) and name not in NOT_COUNTED and value > 0
        for name, value in row
    )
