"""The views for BI tools: as documented, for whom they are, and the same after other tables come in place."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import psycopg
import pytest
from projections import schema
from projections.publishing import store
from projections.publishing.demo import DEMO
from projections.publishing.figures import PublishAsked, frozen
from projections.reporting import REPORTING
from projections.web_reading import ReadModels
from psycopg_pool import ConnectionPool

from tests.projections.conftest import Worker
from tests.projections.history import History

DOCUMENT = Path(__file__).parents[2] / "docs/bi.md"
FOR_ALL = {"published_figure", "published_cell", "definition", "complete"}
NOW = datetime(2015, 10, 1, 9, tzinfo=UTC)


def documented() -> dict[str, list[str]]:
    parts = re.split(r"^## bi\.", DOCUMENT.read_text(), flags=re.MULTILINE)[1:]
    return {part.split()[0]: re.findall(r"^\| `(\w+)` \|", part, re.MULTILINE) for part in parts}


@pytest.fixture
def bi(read_models: str, reporting: Worker) -> Iterator[psycopg.Connection]:
    history = (
        History("anna").enrolled(date(2014, 1, 6)).ibo("a", date(2014, 2, 3), date(2014, 6, 27))
    )
    # Of fewer than five no published figure tells.
    others = (History(f"p{n}").enrolled(date(2014, 1, 6)) for n in range(9))
    reporting.put(
        history.completed("a", date(2014, 6, 27)).closed(date(2014, 9, 7)),
        *(one.closed(date(2014, 9, 7)) for one in others),
    )
    asked = {"from": "2014-01-01", "until": "2014-12-31", "by": "year"}
    with ConnectionPool(read_models, min_size=1, max_size=2) as pool:
        told = ReadModels(pool, lambda: NOW)
        for report in ("exits", "special"):
            parameters = asked if report == "exits" else asked | {"by": "age_group"}
            question = PublishAsked(report=report, parameters=parameters, question="Hoeveel?")
            with told.snapshot() as connection:
                store.put(connection, frozen(connection, told, question, DEMO))
    with psycopg.connect(read_models, autocommit=True) as connection:
        yield connection


def test_every_view_has_the_columns_that_are_documented(bi: psycopg.Connection) -> None:
    found = bi.execute(
        """
        select table_name, array_agg(column_name::text order by ordinal_position)
          from information_schema.columns where table_schema = 'bi' group by table_name
        """
    ).fetchall()

    assert dict(found) == documented()


def test_published_figures_are_there_cell_by_cell_and_none_of_a_special_category(
    bi: psycopg.Connection,
) -> None:
    cells = bi.execute(
        """
        select "group", part, figure, value from bi.published_cell join bi.published_figure using (id)
         where figure in ('pathways', 'exits_pathways') order by line, part
        """
    ).fetchall()

    assert cells == [
        ("2014", "", "pathways", 10),
        ("2014", "WERK_NEC_LOONTREKKEND", "exits_pathways", 10),
        ("TOTAAL", "", "pathways", 10),
        ("TOTAAL", "WERK_NEC_LOONTREKKEND", "exits_pathways", 10),
    ]
    assert bi.execute("select count(*), min(report) from bi.published_figure").fetchall() == [
        (1, "exits")
    ]


@pytest.mark.parametrize(
    ("role", "may"),
    [("projections_bi", FOR_ALL), ("projections_bi_rows", set(documented()))],
    ids=["figures", "rows"],
)
def test_each_role_reads_its_views_and_nothing_else(
    bi: psycopg.Connection, role: str, may: set[str]
) -> None:
    bi.execute(f"set role {role}")

    def reads(table: str) -> bool:
        try:
            bi.execute(f"select * from {table}").fetchall()
        except psycopg.errors.InsufficientPrivilege:
            return False
        return True

    assert {view for view in documented() if reads(f"bi.{view}")} == may
    for table in ("reporting.module", "projections.published", "projections.bi_salt"):
        assert not reads(table)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        bi.execute("select projections.bi_pseudonym(gen_random_uuid())")


def test_rows_name_no_reference_and_follow_the_tables_that_come_in_place(
    bi: psycopg.Connection,
) -> None:
    [(pathway, person)] = bi.execute("select pathway, person from bi.module_row").fetchall()
    known = bi.execute("select pathway_id::text, person_ref::text from reporting.module").fetchall()
    bi.execute("set role projections_bi_rows")
    assert bi.execute("select count(*) from bi.module_row").fetchone() == (1,)
    bi.execute("reset role")

    # As a rebuild's switch does.
    bi.execute("alter schema reporting rename to reporting_before")
    schema.make(bi, REPORTING, "reporting")

    after = bi.execute("select count(*) from bi.module_row").fetchone()
    schema.drop(bi, "reporting_before")
    assert after == bi.execute("select count(*) from bi.module_row").fetchone() == (0,)
    assert not {pathway, person} & {one.replace("-", "") for line in known for one in line}
