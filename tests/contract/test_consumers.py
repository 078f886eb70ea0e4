"""The register of readers against what our own read models do with the examples."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from projections.counsellor.projection import COUNSELLOR
from projections.projection import Event, Projection
from projections.reporting.projection import REPORTING

import schemas
from schemas.consumers import EVERYTHING, Consumer, registered
from schemas.pages import ENVELOPE

OURS = {one.name: one for one in registered() if one.name.startswith("projections ")}
Reads = dict[str, set[str]]


def lives() -> Iterator[Sequence[Event]]:
    """The examples by pathway, also as they would be if nothing had been put right."""
    examples = [
        schemas.parse(file.read_bytes())
        for file in (Path(schemas.__file__).parent / "examples").iterdir()
        if file.stem != "state.v1"
    ]
    for pathway in {one.subject for one in examples}:
        life = sorted(
            (one for one in examples if one.subject == pathway), key=lambda one: one.streamversion
        )
        yield life
        yield [one for one in life if "annulled" not in one.type and "corrected" not in one.type]


@pytest.fixture
def read_by(monkeypatch: pytest.MonkeyPatch) -> Callable[[Projection], Reads]:
    """What a projection's fold reads of the examples, by type."""
    reads: Reads = defaultdict(set)

    def watched(of: type, name_of: Callable[[type], str], but: str = "") -> None:
        def read(self: object, name: str) -> object:
            if not name.startswith("_") and name in of_fields(type(self)) and name != but:
                reads[name_of(type(self))].add(name)
            return object.__getattribute__(self, name)

        monkeypatch.setattr(of, "__getattribute__", read, raising=False)

    def fold(projection: Projection) -> Reads:
        for life in list(lives()):
            watched(schemas.Data, schemas.schema_name)
            watched(schemas.Message, lambda _: ENVELOPE, but="data")
            if life:
                projection.fold(life)
            monkeypatch.undo()
        return reads

    return fold


def of_fields(kind: type) -> set[str]:
    return set(getattr(kind, "model_fields", ()))


def test_both_of_our_read_models_are_registered() -> None:
    assert set(OURS) == {f"projections {one.name}" for one in (COUNSELLOR, REPORTING)}
    assert not any(one.example for one in OURS.values())


def test_the_counsellors_timeline_keeps_everything() -> None:
    assert OURS["projections counsellor"].reads == {EVERYTHING: {EVERYTHING}}


def test_what_reports_read_is_registered(read_by: Callable[[Projection], Reads]) -> None:
    entry = OURS["projections reporting"]

    unregistered = {
        name: fields - entry.reads.get(name, set())
        for name, fields in read_by(REPORTING).items()
        if not fields <= entry.reads.get(name, set())
    }

    assert unregistered == {}, "add these to schemas/consumers.toml"


def test_what_reports_do_not_read_is_not_registered(
    read_by: Callable[[Projection], Reads],
) -> None:
    entry = OURS["projections reporting"]
    reads = read_by(REPORTING)

    unread = {
        name: fields - reads.get(name, set())
        for name, fields in entry.reads.items()
        # The projector reads the envelope outside of the fold.
        if name != ENVELOPE and not fields <= reads.get(name, set())
    }

    assert unread == {}, "take these out of schemas/consumers.toml"


def test_a_reader_that_does_not_say_stops_at_an_unknown_code() -> None:
    silent = Consumer(name="a", team="b", topic="vdab.pathway.events.v1", purpose="c", reads={})

    assert (silent.unknown_codes, silent.checks_schemas, silent.example) == ("stop", False, False)
