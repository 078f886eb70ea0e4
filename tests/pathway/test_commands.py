"""What the command line tells of the database: where it is, whether it is there, whether it is ours."""

import gc
from collections.abc import Callable
from pathlib import Path

import pytest
from embedded.process import free_port
from pathway.main import app
from pathway.store import Store
from plumbing.memory import NEW_OBJECTS
from typer.testing import CliRunner, Result


def said(*words: str, database: str, key: Path) -> Result:
    environment = {"PATHWAY_DATABASE_URL": database, "PATHWAY_MASTER_KEY_FILE": str(key)}
    return CliRunner().invoke(app, words, env=environment)


@pytest.fixture
def key(tmp_path: Path) -> Path:
    file = tmp_path / "master.key"
    assert said("vault", "new-key", str(file), database="", key=file).exit_code == 0
    return file


@pytest.mark.parametrize("words", ["migrate", "vault rotate"])
def test_a_database_that_is_away_is_told_in_a_line(words: str, key: Path) -> None:
    nowhere = f"postgresql://somebody:hidden@127.0.0.1:{free_port()}/none"

    answer = said(*words.split(), database=nowhere, key=key)

    assert (answer.exit_code, type(answer.exception)) == (1, SystemExit)
    assert "PATHWAY_DATABASE_URL" in answer.output
    assert "hidden" not in answer.output


def test_a_database_without_our_tables_says_what_to_run(
    key: Path, new_database: Callable[..., str]
) -> None:
    answer = said("vault", "rotate", database=new_database(), key=key)

    assert (answer.exit_code, type(answer.exception)) == (1, SystemExit)
    assert "pathway migrate" in answer.output


def test_a_key_file_that_cannot_be_written_is_told_in_a_line(tmp_path: Path, key: Path) -> None:
    (tmp_path / "master.key.new").touch()
    before = key.read_text()

    answer = said("vault", "new-key", str(key), database="", key=key)

    assert (answer.exit_code, type(answer.exception)) == (1, SystemExit)
    assert "master.key.new" in answer.output
    assert key.read_text() == before


def test_rotation_says_what_must_be_started_again_before_older_keys_go(
    key: Path, pathway_url: str
) -> None:
    answer = said("vault", "rotate", database=pathway_url, key=key)

    assert answer.exit_code == 0
    assert "pathway api" in answer.output


def test_an_address_that_is_none_is_named_by_its_setting(key: Path) -> None:
    answer = said("store", "mark-demo", database="nonsense:hidden", key=key)

    assert answer.exit_code == 78
    assert "hidden" not in answer.output


def test_the_store_is_reached_as_the_whole_address_says(pathway_url: str) -> None:
    store = Store(f"{pathway_url}?options=-c%20statement_timeout%3D12345")
    try:
        with store.connection() as connection:
            told = connection.execute(
                "select current_setting('statement_timeout') as limited,"
                " current_setting('application_name') as named"
            ).fetchone()
    finally:
        store.close()

    assert told == {"limited": "12345ms", "named": "pathway"}


def test_every_command_looks_for_garbage_less_often_than_python_does_by_itself(
    tmp_path: Path,
) -> None:
    before = gc.get_threshold()
    try:
        gc.set_threshold(700, *before[1:])
        said("vault", "new-key", str(tmp_path / "another.key"), database="", key=tmp_path)

        assert gc.get_threshold() == (NEW_OBJECTS, *before[1:])
    finally:
        gc.set_threshold(*before)
