"""`kill -9` of any one process while commands come in and a simulation runs: nothing is lost or doubled."""

import re
import signal
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from embedded import process

from tests.people import invented_kbo
from tests.system.clients import COUNSELLOR, UNIT, Client, anybody
from tests.system.proofs import assert_everything_is_there_once
from tests.system.stack import Stack, stack_of_its_own

pytestmark = pytest.mark.system

OURS = ("issuer", "api", "publisher", "scheduler", "counsellor", "reporting", "web")
SERVERS = ("kafka", "postgres")
SIMULATED = 400
"""With those that come by HTTP, about 500 pathways in all."""
BY_HTTP = 20
CLIENTS = 2
LIVES = 6
"""How many people each client enrols for each victim."""
COMMANDS = (
    ("assign-counsellor", {"on": "2024-01-10", "counsellor": COUNSELLOR, "unit": UNIT}),
    (
        "start-stage",
        {
            "on": "2024-01-15",
            "planned_until": "2024-02-09",
            "hours_per_week": 38,
            "stage": "BVS",
            "host": invented_kbo(4_300_001),
        },
    ),
    (
        "hire",
        {
            "on": "2024-02-01",
            "employer": invented_kbo(4_300_001),
            "contract": "ONBEPAALDE_DUUR",
            "hours_per_week": 38,
            "proof": "DIMONA",
        },
    ),
    ("close", {"on": "2024-02-02", "exit_type": "WERK_NEC_LOONTREKKEND"}),
)


@dataclass
class Callers:
    """Clients that go on until each of their commands was answered; what they were answered."""

    stack: Stack
    answered: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    failed: list[BaseException] = field(default_factory=list[BaseException])

    def __post_init__(self) -> None:
        self.threads = [threading.Thread(target=self._call) for _ in range(CLIENTS)]

    def __enter__(self) -> "Callers":
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for thread in self.threads:
            thread.join()

    def _call(self) -> None:
        try:
            with closing(Client(self.stack)) as client:
                for _ in range(LIVES):
                    self._live(client)
        except BaseException as failed:
            self.failed.append(failed)
            raise

    def _live(self, client: Client) -> None:
        answer = client.insist("/v1/pathways", anybody())
        self.answered.append(answer)
        address = f"/v1/pathways/{answer['pathway_id']}"
        for command, body in COMMANDS:
            answer = client.insist(f"{address}/{command}", body, answer["version"])
            self.answered.append(answer)

    def half_way(self) -> bool:
        return bool(self.failed) or len(self.answered) >= CLIENTS * LIVES * (len(COMMANDS) + 1) / 2


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """A stack on servers of its own; small transactions, so that a kill falls into one."""
    with (
        tempfile.TemporaryDirectory(prefix="pathway-kill-") as folder,
        stack_of_its_own(Path(folder), PUBLISHER_WINDOW="25", PUBLISHER_LEASE_SECONDS="3") as stack,
    ):
        yield stack


def assert_each_answer_is_stored_once(stack: Stack, answered: list[dict[str, Any]]) -> None:
    """Every fact that a client was told of is there, once; of these pathways, only deadlines are besides."""
    told = [
        (answer["pathway_id"], fact["version"], fact["kind"])
        for answer in answered
        for fact in answer["facts"]
    ]
    stored = stack.ask(
        """
        select originator_id::text, originator_version, split_part(topic, '.', 1)
          from pathway.pathway_events
         where originator_id::text = any(%s) and topic <> 'DeadlineReached.v1'
        """,
        list({answer["pathway_id"] for answer in answered}),
    )
    assert sorted(stored) == sorted(told)
    assert_each_deadline_is_told_once(stack)


def assert_each_deadline_is_told_once(stack: Stack) -> None:
    """However often the scheduler was killed."""
    times = stack.ask(
        """
        select count(*) from pathway.pathway_events where topic = 'DeadlineReached.v1'
        group by originator_id, convert_from(state, 'UTF8')::jsonb -> 'fact'
        """
    )
    assert times
    assert {one for (one,) in times} == {1}


@pytest.mark.parametrize("victim", ["api", "publisher", "counsellor", *SERVERS])
def test_what_clients_were_answered_outlives_the_killing_of(victim: str, stack: Stack) -> None:
    with Callers(stack) as callers:
        half_way = process.eventually(callers.half_way, within=60, every=0.005)
        stack.kill(victim)
        stack.start_again(victim)
    stack.wait_until_caught_up()

    assert half_way
    assert callers.failed == []
    assert_each_answer_is_stored_once(stack, callers.answered)
    assert_everything_is_there_once(stack)


def test_a_simulation_goes_on_while_each_process_in_turn_is_killed(stack: Stack) -> None:
    before = stack.told()
    words = ("simulate", "--pathways", str(SIMULATED), "--seed", "11")
    with stack.begun("pathway", *words) as simulation:
        for victim in OURS:
            stack.wait_for_more_published(simulation)
            stack.kill(victim)
            stack.start_again(victim)
        ended = simulation.wait(120)
    stack.wait_until_caught_up()

    assert ended == 0
    assert stack.told() > before + 5 * SIMULATED
    assert_everything_is_there_once(stack)


def test_a_simulation_whose_database_is_killed_leaves_whole_pathways(stack: Stack) -> None:
    before = stack.told()
    words = ("simulate", "--pathways", str(SIMULATED // 4), "--seed", "12")
    with stack.begun("pathway", *words) as simulation:
        assert process.eventually(lambda: stack.told() > before, within=60, every=0.005)
        stack.kill("postgres")
        ended = simulation.wait(120)
    stack.start_again("postgres")
    stack.wait_until_caught_up()

    assert ended in (0, 1)
    assert "Traceback" not in stack.log("commands").read_text()
    assert_everything_is_there_once(stack)


def test_a_simulation_by_http_that_is_killed_goes_on_where_it_was(stack: Stack) -> None:
    before = stack.told(), pathways(stack)
    words = ("simulate", "--pathways", str(BY_HTTP), "--seed", "13", "--via", "http")
    with stack.begun("pathway", *words) as simulation:
        assert process.eventually(
            lambda: stack.told() > before[0] + BY_HTTP, within=60, every=0.005
        )
        assert simulation.poll() is None
    half_way = stack.told()
    said = stack.run("pathway", *words)
    stack.wait_until_caught_up()
    whole = stack.told()

    assert before[0] < half_way < whole
    assert "unexpected refusal" not in said
    assert re.search(rf"\b{BY_HTTP} pathways, .* {whole - before[0]} facts in", said), said
    assert pathways(stack) == before[1] + BY_HTTP
    assert_everything_is_there_once(stack)


def test_a_simulation_that_is_killed_stays_as_it_was_and_is_not_doubled(stack: Stack) -> None:
    before = stack.told()
    words = ("simulate", "--pathways", str(SIMULATED), "--seed", "14")
    with stack.begun("pathway", *words) as simulation:
        assert process.eventually(lambda: stack.told() > before, within=60, every=0.005)
        assert simulation.poll() is None
    recorded = stack.told()
    with stack.begun("pathway", *words) as again:
        refused = again.wait(60)
    after = stack.told()
    stack.run("pathway", "simulate", "--pathways", str(SIMULATED // 4), "--seed", "15")
    stack.wait_until_caught_up()

    assert refused == 1
    assert "another seed" in stack.log("commands").read_text()
    assert stack.told() > after == recorded > before
    assert_everything_is_there_once(stack)


def pathways(stack: Stack) -> int:
    """How many there are."""
    return stack.ask("select count(*) from pathway.person_pathway")[0][0]


@pytest.mark.parametrize("frozen", ["publisher", "counsellor"])
def test_what_is_frozen_is_replaced_and_doubles_nothing_when_it_goes_on(
    frozen: str, stack: Stack
) -> None:
    was_frozen = stack.freeze(frozen)
    stack.start_again(frozen)
    with Callers(stack) as callers:
        pass
    stack.wait_until_caught_up()
    was_frozen.send_signal(signal.SIGCONT)
    with Callers(stack) as more:
        pass
    stack.wait_until_caught_up()
    process.stop(was_frozen)

    assert callers.failed == more.failed == []
    assert_each_answer_is_stored_once(stack, callers.answered + more.answered)
    assert_everything_is_there_once(stack)


def test_after_all_of_it_the_audit_finds_no_difference(stack: Stack) -> None:
    stack.wait_until_caught_up()

    stack.assert_no_difference()
