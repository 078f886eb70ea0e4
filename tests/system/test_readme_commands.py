"""The commands of the README do what it says, word for word but for addresses and ids."""

import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from embedded import process

from tests.system.stack import ROOT, Stack

pytestmark = pytest.mark.system

README = (ROOT / "README.md").read_text()
SECONDS_TO_READ = 60.0


def section(title: str) -> str:
    """What stands under this heading."""
    return README.split(f"## {title}\n")[1].split("\n## ")[0]


def at_the_stack(text: str, stack: Stack) -> str:
    """The same with the test's addresses for those of `make up`."""
    settings = stack.settings
    here = {
        "127.0.0.1:8401": f"127.0.0.1:{settings.api_port}",
        "127.0.0.1:8402": f"127.0.0.1:{settings.issuer_port}",
        "127.0.0.1:8403": stack.brokers,
        "vdab.pathway.events.v1": stack.events_topic,
    }
    for there, ours in here.items():
        text = text.replace(there, ours)
    return text


@pytest.fixture(scope="module")
def commands(stack: Stack) -> list[str]:
    """Getting a token, enrolling, assigning: the counsellor's commands in their order."""
    if shutil.which("curl") is None:
        pytest.fail("the README's commands need curl; on Debian: apt-get install curl (as root)")
    blocks = re.findall(r"(?:^    .+\n)+", section("Five minutes as a counsellor"), re.MULTILINE)
    token, *asked = (at_the_stack(block, stack) for block in blocks)
    assert token.strip().startswith("TOKEN=")
    assert [one.count("curl -i ") for one in asked] == [1, 1]
    return [token, *asked]


def answered(token: str, command: str) -> str:
    """What this command prints at a terminal: the answer with its head."""
    done = subprocess.run(
        ["bash", "-euc", f"{token}\n{command}"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout.replace("\r", "")


@pytest.fixture(scope="module")
def enrolled(commands: list[str]) -> str:
    """The id of the pathway that the README's first command enrols, after a repeat."""
    token, enrol, _ = commands
    first, again = answered(token, enrol), answered(token, enrol)
    assert first.startswith("HTTP/1.1 201 "), first
    assert 'etag: "1"' in first.lower()
    (pathway_id,) = re.findall(
        r"^location: /v1/pathways/(\S+)$", first, re.IGNORECASE | re.MULTILINE
    )
    assert f"/v1/pathways/{pathway_id}" in again, "the same key gets the same answer"
    return pathway_id


@pytest.fixture(scope="module")
def assigned(commands: list[str], enrolled: str) -> str:
    """The same pathway after the README's second command."""
    token, _, assign = commands
    answer = answered(token, assign.replace("PATHWAY_ID", enrolled))
    assert answer.startswith("HTTP/1.1 200 "), answer
    assert 'etag: "2"' in answer.lower()
    return enrolled


def test_a_counsellor_enrols_somebody_and_takes_them_on_with_two_commands(
    stack: Stack, assigned: str
) -> None:
    stored = stack.ask(
        "select topic from pathway.pathway_events where originator_id = %s"
        " order by originator_version",
        assigned,
    )
    assert stored == [("Enrolled.v1",), ("CounsellorAssigned.v1",)]


@contextmanager
def consuming(stack: Stack, printed: Path) -> Iterator[process.Child]:
    """The README's reader, at work until the end of the block."""
    (program,) = re.findall(
        r"```python\n(.*?)```", section("Five minutes as a consuming system"), re.DOTALL
    )
    child = process.start(
        [sys.executable, "-u", "-c", at_the_stack(program, stack)], log=printed, cwd=ROOT
    )
    try:
        yield child
    finally:
        process.stop(child)


def test_a_consuming_system_reads_each_fact_in_its_pathways_order(
    stack: Stack, assigned: str, tmp_path: Path
) -> None:
    printed = tmp_path / "printed.txt"

    with consuming(stack, printed) as reader:
        until = time.monotonic() + SECONDS_TO_READ
        while printed.read_text().count(f"{assigned} ") < 2:
            assert reader.poll() is None, printed.read_text()
            assert time.monotonic() < until, printed.read_text()
            time.sleep(0.1)

    theirs = [line for line in printed.read_text().splitlines() if line.startswith(assigned)]
    assert theirs == [
        f"{assigned} 1 2026-11-02 be.vdab.pathway.enrolled.v1",
        f"{assigned} 2 2026-11-02 be.vdab.pathway.counsellor-assigned.v1",
    ]
