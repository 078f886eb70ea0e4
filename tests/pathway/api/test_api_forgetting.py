"""Old answers are deleted by the hour for as long as the API runs, whatever the database does meanwhile."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import monotonic

import psycopg
import pytest
from pathway import api
from pathway.answering import Answers, Pool
from pathway.application import Pathways
from psycopg import sql

from tests.pathway.api.client import Caller
from tests.pathway.given import SetClock

DEADLINE = 15.0


@pytest.fixture
def answers(counsellor: Caller, pathways: Pathways, pool: Pool, clock: SetClock) -> Answers:
    """What was answered, one of them more than 30 days ago."""
    counsellor.enrolled()
    clock.forward(days=31)
    return Answers(pool, pathways.vault.keyed_hash, clock)


def test_forgetting_goes_on_after_any_failure_of_the_database(
    answers: Answers,
    pathways: Pathways,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(api, "FORGET_EVERY_SECONDS", 0.01)

    async def failing_and_then_well() -> None:
        forgetting = asyncio.create_task(api._forget_old(answers))
        await until(lambda: "old answers not deleted" in capsys.readouterr().out)
        await asyncio.to_thread(rename, pathways, "command_answer_away", "command_answer")
        await until(lambda: kept(pathways) == 0)
        forgetting.cancel()

    rename(pathways, "command_answer", "command_answer_away")
    # In a thread of its own: a browser's driver may keep an event loop in this one.
    with ThreadPoolExecutor(1) as alone:
        alone.submit(asyncio.run, failing_and_then_well()).result()


async def until(is_so: Callable[[], bool]) -> None:
    deadline = monotonic() + DEADLINE
    while not await asyncio.to_thread(is_so):
        assert monotonic() < deadline
        await asyncio.sleep(0.01)


def rename(pathways: Pathways, table: str, other: str) -> None:
    with psycopg.connect(pathways.store.database_url, autocommit=True) as connection:
        connection.execute(
            sql.SQL("alter table {} rename to {}").format(
                sql.Identifier("pathway", table), sql.Identifier(other)
            )
        )


def kept(pathways: Pathways) -> int:
    with pathways.store.connection() as connection:
        row = connection.execute("select count(*) as kept from pathway.command_answer").fetchone()
    return row["kept"] if row else 0
