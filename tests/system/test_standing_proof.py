"""The processes that prove all the time: they prove what real ones recorded, and go on after a kill."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from embedded import process

from tests.system.clients import Client, anybody
from tests.system.stack import Stack

pytestmark = pytest.mark.system

PROVERS = ("auditor", "twin")
WITHIN = 120.0


@pytest.fixture
def counsellor(stack: Stack) -> Iterator[Client]:
    with closing(Client(stack)) as client:
        yield client


@pytest.fixture
def proven_stack(stack: Stack) -> Iterator[Stack]:
    """Auditor and twin beside everybody, killed at the end."""
    for name in PROVERS:
        stack.start_again(name)
    yield stack
    for name in PROVERS:
        stack.kill(name)


def wait_until_proven(stack: Stack) -> None:
    """Wait until log, topics and both read models are proven up to what is published now."""
    stack.wait_until_caught_up()
    published = stack.published()

    def proven() -> bool:
        log = stack.ask("select position from pathway.proof where kind = 'following'")
        rows = stack.ask_rows("select position from projections.proof where kind = 'following'")
        return len(log) == 1 and len(rows) == 2 and min(*log, *rows) >= (published,)

    assert process.eventually(proven, within=WITHIN, every=0.1), stack.said()


def test_what_is_recorded_is_proven_and_they_go_on_after_a_kill(
    proven_stack: Stack, counsellor: Client
) -> None:
    counsellor.insist("/v1/pathways", anybody())
    wait_until_proven(proven_stack)
    for name in PROVERS:
        proven_stack.kill(name)
    counsellor.insist("/v1/pathways", anybody())
    for name in PROVERS:
        proven_stack.start_again(name)

    wait_until_proven(proven_stack)

    assert "No difference." in proven_stack.run("pathway", "audit", "proof")
    said = proven_stack.run("projections", "audit", "proof")
    assert said.count("no differences") == 2, said
