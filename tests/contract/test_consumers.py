"""The register of readers against what our own read models do with the examples."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from projections.counsellor.projection import COUNSELLOR
from projections.points import KnownBy, Point
from projections.projection import Event, Projection
from projections.reporting.projection import REPORTING
from projections.then import events_at

import schemas
from schemas.compatibility import checked
from schemas.consumers import EVERYTHING, Consumer, registered
from schemas.differences import Schema, Schemas
from schemas.events import EVENTS, EmploymentEnded, Enrolled, HiredInNec
from schemas.generate import json_schemas
from schemas.pages import ENVELOPE
from schemas.releases import Release, Version

OURS = {one.name: one for one in registered() if one.name.startswith("projections ")}
V1, RELEASED_ON = Version(1, 0, 0), date(2027, 1, 1)
LATER = Point(date(2030, 1, 1), datetime(2030, 1, 1, tzinfo=UTC), KnownBy.SOURCE)
# After these nothing of the pathway is reported, so that nobody looks at what else they tell.
THE_END = {"pathway-annulled.v1", "pathway-absorbed.v1"}
PUT_RIGHT = {
    "data-corrected.v1",
    "registration-annulled.v1",
    "module-annulled.v1",
    "merge-reverted.v1",
}
Reads = dict[str, set[str]]


def lives() -> Iterator[Sequence[Event]]:
    """The examples by pathway, each after an enrolment: as they are, had it not ended so, or been put right."""
    examples = [
        schemas.parse(file.read_bytes())
        for file in (Path(schemas.__file__).parent / "examples").iterdir()
        if file.stem != "state.v1"
    ]
    enrolment = next(one for one in examples if isinstance(one.data, Enrolled))
    for pathway in {one.subject for one in examples}:
        of_it = [one for one in examples if one.subject == pathway and one is not enrolment]
        life = [enrolment, *sorted(of_it, key=lambda one: one.streamversion)]
        for left_out in (set[str](), THE_END, THE_END | PUT_RIGHT):
            yield [one for one in life if schemas.schema_name(type(one.data)) not in left_out]
    # An end is read with the job that it ends, which the example of another pathway begins.
    yield [
        enrolment,
        *(one for one in examples if isinstance(one.data, HiredInNec | EmploymentEnded)),
    ]


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
            projection.fold(life)
            projection.fold(events_at(life, LATER))
            monkeypatch.undo()
        return reads

    return fold


def of_fields(kind: type) -> set[str]:
    return set(getattr(kind, "model_fields", ()))


def types() -> set[str]:
    """Every type of the events topic."""
    return {schemas.schema_name(data) for data in EVENTS}


def without(schema: Schema, name: str, field: str) -> Schemas:
    """The contract without the type, or without one field of it."""
    if not field:
        return {}
    left = {one: told for one, told in schema["properties"].items() if one != field}
    required = [one for one in schema.get("required", []) if one != field]
    return {name: {**schema, "properties": left, "required": required}}


def is_told(entry: Consumer, before: Schemas, now: Schemas) -> bool:
    released = [Release(V1, RELEASED_ON, before)]
    (finding,) = checked(now, released, V1, RELEASED_ON, [entry]).findings
    return f"breaks   {entry.name}" in str(finding)


def test_both_of_our_read_models_are_registered() -> None:
    assert set(OURS) == {f"projections {one.name}" for one in (COUNSELLOR, REPORTING)}
    assert not any(one.example for one in OURS.values())


def test_the_counsellors_timeline_keeps_everything() -> None:
    assert OURS["projections counsellor"].reads == {EVERYTHING: {EVERYTHING}}


@pytest.mark.parametrize("projection", [COUNSELLOR, REPORTING], ids=lambda one: one.name)
def test_what_a_read_model_reads_is_registered(
    read_by: Callable[[Projection], Reads], projection: Projection
) -> None:
    entry = OURS[f"projections {projection.name}"]

    unregistered = {
        name: missing
        for name, fields in read_by(projection).items()
        if (missing := {field for field in fields if not entry.reads_of(name, field)})
    }

    assert unregistered == {}, "add these to schemas/consumers.toml"


def test_every_example_is_looked_at(read_by: Callable[[Projection], Reads]) -> None:
    assert types() - read_by(REPORTING).keys() <= THE_END


def test_what_reports_do_not_read_is_not_registered(
    read_by: Callable[[Projection], Reads],
) -> None:
    entry = OURS["projections reporting"]
    reads = read_by(REPORTING)

    unread = {
        name: fields - reads.get(name, set())
        for name, fields in entry.reads.items()
        # The projector reads the envelope outside of the fold.
        if name not in (ENVELOPE, EVERYTHING) and not fields <= reads.get(name, set())
    }
    of_each = entry.reads[EVERYTHING]
    unread |= {name: of_each - reads[name] for name in types() - THE_END if of_each - reads[name]}

    assert unread == {}, "take these out of schemas/consumers.toml"


def test_reports_read_who_guides_what_ended_work_and_what_came_along() -> None:
    reads = OURS["projections reporting"].reads

    assert reads["counsellor-transferred.v1"] == {"counsellor", "unit"}
    assert reads["referral-confirmed.v1"] == {"lot", "provider", "scheme"}
    assert reads["guiding-organisation-changed.v1"] == {"lot", "to_organisation"}
    assert reads["employment-ended.v1"] == {"employer", "hired_on", "returns_to_guidance"}
    assert reads["pathways-merged.v1"] == {"events"}
    assert reads[EVERYTHING] == {"pathway_status"}


@pytest.mark.parametrize("projection", [COUNSELLOR, REPORTING], ids=lambda one: one.name)
def test_whoever_takes_out_what_a_read_model_reads_is_told_its_name(
    read_by: Callable[[Projection], Reads], projection: Projection
) -> None:
    # By what it says that it reads, not because it checks whatever comes.
    entry = OURS[f"projections {projection.name}"].model_copy(update={"checks_schemas": False})
    contract, reads = json_schemas(), read_by(projection)

    silent = [
        f"{name} {field}".rstrip()
        for name in sorted({ENVELOPE} | types())
        for field in ["", *reads.get(name, ())]
        if not is_told(entry, {name: contract[name]}, without(contract[name], name, field))
    ]

    assert silent == []


def test_who_reads_a_field_of_every_type_reads_it_beside_those_of_one_type() -> None:
    reads = {EVERYTHING: frozenset({"a"}), "visit.v1": frozenset({"b"})}
    entry = Consumer(name="a", team="b", topic=schemas.EVENTS_TOPIC, purpose="c", reads=reads)

    assert [entry.reads_of("visit.v1", field) for field in "abc"] == [True, True, False]
    assert [entry.reads_of("other.v1", field) for field in "abc"] == [True, False, False]


def test_a_reader_that_does_not_say_stops_at_an_unknown_code() -> None:
    silent = Consumer(name="a", team="b", topic="vdab.pathway.events.v1", purpose="c", reads={})

    assert (silent.unknown_codes, silent.checks_schemas, silent.example) == ("stop", False, False)
