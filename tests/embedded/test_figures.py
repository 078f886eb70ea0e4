"""The figures of the status: what can be asked is told, and how far the last one is behind."""

import psycopg
from embedded.figures import Figures

TABLES = """
    create schema pathway;
    create table pathway.pathway_events as select 120 as notification_id;
    create table pathway.publisher_status as select 110 as position;
    create table pathway.proof as select 'following' as kind, 70 as position;
    create schema counsellor;
    create table counsellor.partition_progress as select unnest(array[90, 100]) as newest_position;
"""


def test_the_last_one_says_how_far_it_is_behind(database_url):
    with psycopg.connect(database_url) as connection:
        connection.execute(TABLES)

    with Figures(database_url, database_url) as figures:
        told = figures.now()

    assert told == {
        "stored": 120,
        "published": 110,
        "proven": 70,
        "in counsellor": 100,
        "behind": 20,
    }


def test_what_cannot_be_asked_is_left_out(database_url):
    with Figures(database_url, "postgresql://127.0.0.1:9/none") as figures:
        assert figures.now() == {}
