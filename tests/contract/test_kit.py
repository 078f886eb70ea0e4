"""The consumer kit: it concludes what the vectors say, keeps its progress with the user's rows, and heals."""

import ast
import sqlite3
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

import schemas
from schemas import kit
from schemas.events import EVENTS
from schemas.kit import (
    Event,
    Follower,
    InMemory,
    Judged,
    Progress,
    Record,
    Rest,
    RestFailed,
    SqliteProgress,
    Verdict,
)
from tests.contract.conformance import VECTORS, Conformance

READS = frozenset(schemas.event_type(data) for data in EVENTS)


def fits(event: Event) -> None:
    """As our own reader has it; raises BrokenMessage, a ValueError."""
    schemas.parse(event.model_dump_json(by_alias=True).encode())


@pytest.fixture
def database() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as database:
        yield database


@pytest.fixture(params=["in memory", "sqlite"])
def progress(request: pytest.FixtureRequest, database: sqlite3.Connection) -> Progress:
    return InMemory() if request.param == "in memory" else SqliteProgress(database)


def follower(progress: Progress) -> Follower:
    return Follower(progress, reads=READS, fits=fits)


def taken(follower: Follower, step: dict[str, Any]) -> list[Judged]:
    """One step of a vector."""
    if "heal" in step:
        again = [Record(step["heal"], value) for value in step["events"]]
        return follower.heal(UUID(step["heal"]), lambda _: again)
    key = step["key"].encode() if step["key"] is not None else None
    value = step["value"].encode() if step["value"] is not None else None
    record = Record(key, value, step["partition"], step["offset"])
    judge = follower.judge if step["topic"] == "events" else follower.judge_state
    return [judge(record)]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.name)
def test_the_kit_concludes_what_the_vectors_say(vector: Conformance, progress: Progress) -> None:
    follows, status = follower(progress), dict[str, Any]()

    for place, step in enumerate(vector.steps):
        judged = taken(follows, step)
        assert [one.verdict for one in judged] == step.get("verdicts", [step.get("verdict")]), place
        missing = [[*one.missing] for one in judged if one.missing]
        assert missing == ([step["missing"]] if "missing" in step else []), place
        for one in judged:
            if one.verdict in {Verdict.NEW, Verdict.STATE}:
                status[str(one.pathway)] = one.event.data["pathway_status"]

    for pathway, stand in vector.end.items():
        line = progress.lines[UUID(pathway)]
        if stand is None:
            assert (line.ids, line.waits) == ((), Verdict.TOMBSTONE)
            continue
        assert (line.version, line.waits) == (stand["version"], stand["waits"])
        assert str(line.ids[-1] if line.ids else None) == str(stand["id"])
        assert status.get(pathway) == stand["status"]
    told = {str(pathway) for pathway in follows.waiting()}
    assert told == {pathway for pathway, stand in vector.end.items() if stand and stand["waits"]}


def test_its_one_file_needs_pydantic_and_the_standard_library_only() -> None:
    tree = ast.parse(Path(kit.__file__).read_text())
    names = {n.name for node in ast.walk(tree) if isinstance(node, ast.Import) for n in node.names}
    names |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}

    assert {name.partition(".")[0] for name in names} - sys.stdlib_module_names == {"pydantic"}


def events(name: str = "in-order") -> list[dict[str, Any]]:
    (vector,) = [one for one in VECTORS if one.name == name]
    return vector.steps


def record(step: dict[str, Any]) -> Record:
    return Record(step["key"], step["value"], step["partition"], step["offset"])


def test_progress_is_committed_with_the_users_rows_or_not_at_all(tmp_path: Path) -> None:
    file = tmp_path / "mine.db"
    first, second, *_ = events()
    with closing(sqlite3.connect(file)) as database:
        follows = Follower(SqliteProgress(database))
        follows.judge(record(first))
        database.commit()
        follows.judge(record(second))
        database.rollback()

    with closing(sqlite3.connect(file)) as database:
        progress = SqliteProgress(database)
        again = Follower(progress).judge(record(second))

        assert again.verdict is Verdict.NEW
        assert dict(progress.offsets) == {second["partition"]: second["offset"] + 1}


def test_the_next_offset_of_each_partition_is_noted_whatever_the_record_was(
    progress: Progress,
) -> None:
    follows = follower(progress)

    for step in events("broken"):
        taken(follows, step)

    reached = {step["partition"]: step["offset"] + 1 for step in events("broken")}
    assert dict(progress.offsets) == reached


def test_without_a_list_of_types_all_are_new() -> None:
    follows = Follower(InMemory())

    found = [follows.judge(record(step)).verdict for step in events("unknown-types")]

    assert set(found) == {Verdict.NEW}


def test_when_events_cannot_be_read_again_nothing_is_changed(progress: Progress) -> None:
    follows, (first, _, third, *_) = follower(progress), events()
    follows.judge(record(first))
    gap = follows.judge(record(third))
    before = dict(progress.lines)

    def away(_pathway: UUID) -> Iterable[Record]:
        raise RestFailed("503: away")

    with pytest.raises(RestFailed, match="503: away"):
        follows.heal(gap.pathway, away)

    assert dict(progress.lines) == before


def test_a_fork_is_healed_anew_only_and_then_everything_comes_again(progress: Progress) -> None:
    follows, steps = follower(progress), events("fork")
    *_, fork, held = [taken(follows, step)[0] for step in steps]
    own = [Record(step["key"], step["value"]) for step in (*steps[:3], steps[4])]
    assert (fork.verdict, held.verdict) == (Verdict.FORK, Verdict.HELD)

    by_itself = follows.heal(fork.pathway, lambda _: own)
    anew = follows.heal(fork.pathway, lambda _: own, anew=True)

    assert by_itself == []
    assert [one.verdict for one in anew] == [Verdict.NEW] * 4
    assert follows.waiting() == {}


def test_an_error_names_places_and_no_value(progress: Progress) -> None:
    follows = follower(progress)

    told = [taken(follows, step)[0] for step in events("unknown-status")]

    assert "pathway_status" in told[1].error
    assert "EEN_NIEUWE" not in told[1].error


@pytest.mark.parametrize("base", ["ftp://pathway.example", "http://127.0.0.1:1"])
def test_a_service_that_cannot_be_asked_is_told(base: str) -> None:
    rest = Rest(base, lambda: "a-token", timeout=5)

    with pytest.raises(RestFailed, match=base):
        list(rest.events_of(uuid4()))
