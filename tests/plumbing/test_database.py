"""Pools and migrations, against a real PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from embedded import process
from plumbing import database
from plumbing.database import (
    InvalidDatabaseUrl,
    MigrationFailed,
    connect,
    connection_string,
    migrate,
    open_pool,
)
from psycopg.rows import scalar_row

FIRST = """-- migrate:up
create table demo.thing (id int primary key);
create function demo.two() returns int language plpgsql as $$
begin
    perform pg_sleep(0.05); -- a ; in a body ends nothing
    return 2;
end $$;
create table demo.other (id int);

-- migrate:down
drop table demo.thing, demo.other;
"""
SECOND = "-- migrate:up\ninsert into demo.thing values (demo.two());\n-- migrate:down\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "0001_first.sql").write_text(FIRST)
    (tmp_path / "0002_second.sql").write_text(SECOND)
    return tmp_path


def test_migrations_run_once_and_in_order(database_url: str, folder: Path) -> None:
    migrate(database_url, folder, "demo")
    migrate(database_url, folder, "demo")

    with (
        connect(database_url, "test") as connection,
        connection.cursor(row_factory=scalar_row) as c,
    ):
        assert c.execute("select id from demo.thing").fetchall() == [2]
        assert c.execute("select version from demo.schema_migrations order by 1").fetchall() == [
            "0001",
            "0002",
        ]


def test_migrations_started_at_the_same_time_wait_for_each_other(
    database_url: str, folder: Path
) -> None:
    with ThreadPoolExecutor(4) as four:
        runs = [four.submit(migrate, database_url, folder, "demo") for _ in range(4)]

    assert [run.result() for run in runs] == [None] * 4


def test_of_several_servers_the_one_that_takes_writes_is_migrated(
    database_url: str, folder: Path
) -> None:
    nobody = f"127.0.0.1:{process.free_port()},127.0.0.1:"
    pair = f"{database_url.replace('127.0.0.1:', nobody)}?target_session_attrs=read-write"

    migrate(pair, folder, "demo")

    with connect(pair, "test") as connection:
        assert connection.execute("select id from demo.thing").fetchall() == [(2,)]


def test_a_failed_migration_names_schema_file_and_reason_and_leaves_nothing_of_itself(
    database_url: str, folder: Path
) -> None:
    (folder / "0003_wrong.sql").write_text(
        "-- migrate:up\ncreate table demo.half (id int);\nselectt 1;\n-- migrate:down\n"
    )

    with pytest.raises(MigrationFailed, match=r'(?s)demo.*"selectt".*0003_wrong'):
        migrate(database_url, folder, "demo")

    with connect(database_url, "test") as connection:
        assert connection.execute("select to_regclass('demo.half')").fetchone() == (None,)


def test_a_folder_without_migrations_is_refused(database_url: str, tmp_path: Path) -> None:
    with pytest.raises(MigrationFailed, match=r"holds no \.sql file"):
        migrate(database_url, tmp_path, "demo")


def test_a_pool_lends_connections_that_name_the_program(database_url: str) -> None:
    with open_pool(database_url, "pathway-test") as pool, pool.connection() as connection:
        assert connection.execute("show application_name").fetchone() == ("pathway-test",)


def test_a_pool_outlives_connections_that_the_server_ended_while_they_rested(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "RESTED_SECONDS", 0.0)
    with open_pool(database_url, "pathway-test") as pool:
        with pool.connection() as connection:
            ended = connection.info.backend_pid
        with connect(database_url, "other", autocommit=True) as other:
            other.execute("select pg_terminate_backend(%s, 5000)", [ended])

        with pool.connection() as connection:
            assert connection.execute("select 1").fetchone() == (1,)


def test_a_connection_that_was_in_use_a_moment_ago_is_lent_without_asking_the_server(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "RESTED_SECONDS", 3600.0)
    with open_pool(database_url, "pathway-test") as pool:
        with pool.connection() as connection:
            connection.execute("select 41")
            mine = connection.info.backend_pid
        with pool.connection() as connection, connect(database_url, "other") as other:
            asked = other.execute(
                "select query from pg_stat_activity where pid = %s", [mine]
            ).fetchone()

    assert asked == ("COMMIT",)


def test_the_address_has_the_last_word_over_our_limits() -> None:
    assert "connect_timeout=3" in connection_string("postgresql://host/db?connect_timeout=3", "x")


def test_an_address_that_is_none_is_refused_without_repeating_it() -> None:
    with pytest.raises(InvalidDatabaseUrl) as refused:
        connection_string("postgresql://anna:secret@host:port:5/db?nonsense=1", "x")

    assert "secret" not in str(refused.value)


def test_a_pools_statements_end_in_time_unless_the_address_says_otherwise(
    database_url: str,
) -> None:
    with open_pool(database_url, "test") as pool, pool.connection() as connection:
        assert connection.execute("show statement_timeout").fetchone() == ("30s",)

    patient = f"{database_url}?options=-c%20statement_timeout%3D5min"
    with open_pool(patient, "test") as pool, pool.connection() as connection:
        assert connection.execute("show statement_timeout").fetchone() == ("5min",)
        assert connection.execute("show idle_in_transaction_session_timeout").fetchone() == (
            "1min",
        )
