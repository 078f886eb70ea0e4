"""A release whose code makes other rows is noticed, and said wherever somebody looks; it goes on meanwhile."""

import importlib
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from plumbing import database
from projections import schema
from projections.code_hash import code_hash
from projections.counsellor import COUNSELLOR
from projections.main import app
from projections.projection import Projection
from projections.reporting import REPORTING
from typer.testing import CliRunner

from .eventually import eventually
from .history import History
from .kafka import following
from .rebuild.folds import OTHERWISE

MARCH = date(2024, 3, 1)
FOLD = '''
"""What it is for."""

from projections.counsellor.projection import counsellor_rows

LIMIT = 3
"""How many."""


def fold(events):
    """The rows."""
    # Why so.
    return counsellor_rows(events[:LIMIT])
'''


@pytest.fixture
def hash_of(tmp_path, monkeypatch) -> Callable[[str], str]:
    """The hash of a projection whose fold's module reads so."""
    monkeypatch.syspath_prepend(tmp_path)
    file: Path = tmp_path / "fold_of_a_test.py"

    def told(source: str) -> str:
        file.write_text(source)
        importlib.invalidate_caches()
        monkeypatch.delitem(sys.modules, "fold_of_a_test", raising=False)
        module = importlib.import_module("fold_of_a_test")
        code_hash.cache_clear()
        return code_hash(replace(COUNSELLOR, fold=module.fold))

    return told


def test_other_words_for_people_are_the_same_code(hash_of):
    reworded = FOLD.replace("What it is for", "Rows").replace("How many", "So many")

    assert hash_of(FOLD) == hash_of(reworded.replace("The rows.", "All.").replace("Why so", "So"))


def test_another_number_is_other_code(hash_of):
    assert hash_of(FOLD) != hash_of(FOLD.replace("LIMIT = 3", "LIMIT = 4"))


def test_what_the_fold_reaches_is_a_part_of_it(hash_of):
    beside = FOLD.replace(
        "counsellor.projection import counsellor_rows", "guiding import guides_from"
    )

    assert hash_of(FOLD) != hash_of(beside.replace("counsellor_rows(", "guides_from("))


def test_each_projection_has_code_of_its_own():
    assert code_hash(COUNSELLOR) != code_hash(REPORTING)
    assert len({code_hash(COUNSELLOR), code_hash(replace(COUNSELLOR))}) == 1


@pytest.fixture
def after_a_release(read_models) -> str:
    """The URL of read models of which one was filled by another release, with the same tables."""
    with database.connect(read_models, "test") as connection:
        connection.execute("update counsellor.made_from set codes = '{another}'")
    return read_models


def test_migrating_says_that_rows_may_be_of_another_release_and_changes_nothing(after_a_release):
    [told] = schema.migrate(after_a_release, [COUNSELLOR, REPORTING], frozenset())

    assert told.startswith("counsellor: some of its rows may be of another release's code")
    assert "`projections rebuild build counsellor`" in told


def test_status_says_it(after_a_release, settings):
    told = {
        "PROJECTIONS_DATABASE_URL": after_a_release,
        "KAFKA_BOOTSTRAP_SERVERS": settings.kafka_bootstrap_servers,
        "EVENTS_TOPIC": settings.events_topic,
    }

    done = CliRunner().invoke(app, ["status"], env=told)

    assert done.exit_code == 0
    assert "counsellor: some of its rows may be of another release's code" in done.output
    assert "reporting: some of" not in done.output


def written_by(url: str) -> list[str]:
    with database.connect(url, "test") as connection:
        found = connection.execute("select codes from counsellor.made_from").fetchone()
    return found[0] if found else []


@pytest.mark.parametrize("release", [COUNSELLOR, OTHERWISE], ids=["as it was", "another"])
def test_a_consumer_puts_its_code_beside_the_rows_that_it_writes(
    release: Projection, topic, settings, capfd
):
    topic.put(History("anna").enrolled(MARCH))
    url = settings.projections_database_url
    had = written_by(url)
    with following(release, settings), database.connect(url, "test", autocommit=True) as connection:
        eventually(
            lambda: connection.execute("select version from counsellor.caseload").fetchall(),
            [(1,)],
        )

    same = release is COUNSELLOR
    assert written_by(url) == (had if same else [*had, code_hash(OTHERWISE)])
    assert ("other-code" in "".join(capfd.readouterr())) is not same
