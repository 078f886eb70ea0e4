"""Who follows the log hears of each commit, and does not depend on it."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace

import psycopg
import pytest
from pathway.application import Pathways
from pathway.leader import Hint

from tests.pathway.publishing import Publishing, life

TWO = 2.0
UNTIL_IT_WAITS = 0.7
LONG = 60.0
SOON = 20.0


def test_a_commit_wakes_who_waits(pathways: Pathways, pathway_url: str) -> None:
    with closing(Hint(pathway_url)) as hint, ThreadPoolExecutor(1) as beside:
        hint.wait(0)
        waiting = beside.submit(hint.wait, LONG)

        life(pathways, 1)

        # Well before the wait would have ended by itself.
        waiting.result(timeout=SOON)


def test_a_hint_that_lost_its_connection_says_so_and_listens_again(
    pathways: Pathways, pathway_url: str
) -> None:
    with closing(Hint(pathway_url)) as hint, ThreadPoolExecutor(1) as beside:
        hint.wait(0)
        waiting = beside.submit(hint.wait, LONG)
        _cut_its_connection(pathway_url)
        # What came while it was deaf is looked for at once.
        waiting.result(timeout=SOON)
        hint.wait(LONG)
        waiting = beside.submit(hint.wait, LONG)

        life(pathways, 1)

        waiting.result(timeout=SOON)


def test_a_publisher_puts_a_commit_on_the_topic_long_before_it_would_look_by_itself(
    publishing: Publishing, pathways: Pathways, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pathway.publisher.SECONDS_BETWEEN_LOOKS", 30.0)
    # Who leads and asks nothing for so long loses the lead, and begins anew: with a look.
    lease = publishing.settings.model_copy(update={"publisher_lease_seconds": LONG})
    publishing = replace(publishing, settings=lease)
    took: list[float] = []
    with publishing.publishing() as publisher:
        life(pathways, 0, facts=1)
        publishing.wait_for(1)
        for number in range(1, 6):
            time.sleep(UNTIL_IT_WAITS)
            life(pathways, number, facts=1)
            committed = time.monotonic()
            publishing.wait_for(number + 1)
            took.append(time.monotonic() - committed)
        publisher.end()
        # Wakes it to its end, which the test would wait for otherwise.
        life(pathways, 6, facts=1)

    assert max(took) < TWO, sorted(took)
    assert len(publishing.events()) >= len(took) + 1


def _cut_its_connection(pathway_url: str) -> None:
    with psycopg.connect(pathway_url, autocommit=True) as other:
        other.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where application_name = 'pathway publisher hint'"
        )
