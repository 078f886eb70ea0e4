"""Read models' tables are made once, refused when they are another release's, and made anew on demand."""

from dataclasses import replace
from datetime import date

import psycopg
import pytest
from plumbing import database
from projections import schema
from projections.counsellor import COUNSELLOR
from projections.main import app
from projections.parking import parked
from projections.reporting import REPORTING
from typer.testing import CliRunner

from .eventually import eventually
from .history import History, broken, record
from .kafka import following

MARCH, JUNE = date(2024, 3, 1), date(2024, 6, 1)


def test_migrating_again_changes_nothing(read_models):
    assert schema.migrate(read_models, [COUNSELLOR, REPORTING], frozenset()) == []


def test_tables_of_another_release_are_refused_with_the_way_out(read_models, tmp_path):
    other = tmp_path / "tables.sql"
    other.write_text(COUNSELLOR.ddl.read_text() + "create table extra (pathway_id uuid);")
    newer = replace(COUNSELLOR, ddl=other)

    with pytest.raises(schema.MadeFromOther, match="migrate --anew counsellor"):
        schema.migrate(read_models, [newer], frozenset())
    with (
        database.connect(read_models, "test", autocommit=True) as connection,
        pytest.raises(schema.MadeFromOther),
    ):
        schema.use(connection, newer)


def test_an_upgrade_makes_anew_what_another_release_made_and_nothing_else(
    counsellor, reporting, read_models, tmp_path
):
    for worker in (counsellor, reporting):
        worker.put(History("anna").enrolled(MARCH))
    other = tmp_path / "tables.sql"
    other.write_text(COUNSELLOR.ddl.read_text() + "create table extra (pathway_id uuid);")
    newer = replace(COUNSELLOR, ddl=other)

    done = schema.migrate(read_models, [newer, REPORTING], frozenset(), upgrade=True)

    assert done == ["counsellor: made; its consumer reads the topic from the start"]
    assert counsellor.rows("select * from counsellor.pathway_progress") == []
    assert len(reporting.rows("select * from reporting.pathway_progress")) == 1
    assert schema.migrate(read_models, [newer, REPORTING], frozenset(), upgrade=True) == []


def test_made_anew_a_read_model_is_empty_and_nobody_waits(counsellor, read_models):
    anna = History("anna").enrolled(MARCH)
    poison = record(anna, 1, 0)
    counsellor.apply(replace(poison, value=broken(poison.value)))

    schema.migrate(read_models, [COUNSELLOR], frozenset({"counsellor"}))

    assert counsellor.rows("select * from counsellor.partition_progress") == []
    assert parked(counsellor.connection) == []


def test_made_anew_while_its_consumer_runs_it_is_filled_again(topic, settings, read_models):
    people = [History(f"person {n}").enrolled(MARCH).closed(JUNE) for n in range(12)]
    topic.put(*people)
    with (
        psycopg.connect(read_models, autocommit=True) as connection,
        following(COUNSELLOR, settings),
    ):

        def applied() -> list[tuple]:
            query = "select count(*), sum(version) from counsellor.caseload"
            return connection.execute(query).fetchall()

        eventually(applied, [(12, 24)])

        schema.migrate(read_models, [COUNSELLOR], frozenset({"counsellor"}))

        eventually(applied, [(12, 24)])


def test_the_command_makes_everything_in_an_empty_database(database_url, monkeypatch):
    monkeypatch.setenv("PROJECTIONS_DATABASE_URL", database_url)

    first, second = (CliRunner().invoke(app, ["migrate"]) for _ in range(2))

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "counsellor: made" in first.output
    assert "counsellor: made" not in second.output


@pytest.mark.parametrize(
    "words", ["parked list", "parked retry counsellor", "parked forget counsellor 0 1", "status"]
)
def test_a_database_without_tables_is_told_with_the_way_out(words, settings, database_url):
    told = {
        "PROJECTIONS_DATABASE_URL": database_url,
        "KAFKA_BOOTSTRAP_SERVERS": settings.kafka_bootstrap_servers,
    }

    done = CliRunner().invoke(app, words.split(), env=told)

    assert done.exit_code == 65
    assert "run `projections migrate` first" in done.output


def test_a_missing_setting_is_told_by_name(monkeypatch):
    monkeypatch.delenv("PROJECTIONS_DATABASE_URL", raising=False)

    done = CliRunner().invoke(app, ["migrate"])

    assert done.exit_code == 78
    assert "PROJECTIONS_DATABASE_URL is not set" in done.output
