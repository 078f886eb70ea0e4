"""The embedded PostgreSQL: real, durable by default, and gone when it is told to go."""

import psycopg


def test_two_tests_never_see_the_same_database(temporary_database, database_url):
    with psycopg.connect(database_url) as connection:
        connection.execute("create table mine (n int)")
    with temporary_database() as other, psycopg.connect(other) as connection:
        tables = connection.execute("select count(*) from pg_tables where tablename = 'mine'")

        assert tables.fetchone() == (0,)


def test_a_database_can_be_copied_from_a_template(new_database, temporary_database):
    template = new_database()
    with psycopg.connect(template) as connection:
        connection.execute("create table prepared (n int)")

    with temporary_database(template=template) as copy, psycopg.connect(copy) as connection:
        assert connection.execute("select * from prepared").fetchall() == []
