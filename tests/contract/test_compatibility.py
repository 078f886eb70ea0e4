"""The contract against its last release: what breaks, for which reader, and the way out."""

import json
import subprocess
import sys
from collections.abc import Callable
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from schemas import compatibility, consumers, kept, release_contract, releases
from schemas.compatibility import Report, checked
from schemas.consumers import Consumer
from schemas.differences import GROWS, Difference, Kind, Schemas, differences
from schemas.generate import json_schemas
from schemas.pages import ENVELOPE
from schemas.releases import Release, Version

ROOT = Path(__file__).parents[2]
V1, V1_1, V0_1, V0_2 = Version(1, 0, 0), Version(1, 1, 0), Version(0, 1, 0), Version(0, 2, 0)
RELEASED_ON, SOON = date(2027, 1, 1), date(2027, 2, 1)

COUNSELLING = {
    "visit.v1": {
        "type": "object",
        "properties": {
            "reason": {"$ref": "#/$defs/StopReason"},
            "status": {"$ref": "#/$defs/ModuleStatus"},
            "room": {"anyOf": [{"type": "string", "maxLength": 8}, {"type": "null"}]},
            "hours": {"type": "number", "exclusiveMinimum": 0, "maximum": 38},
            "number": {"type": "string", "pattern": "^[0-9]+$"},
            "on": {"type": "string", "format": "date"},
            "who": {"items": {"$ref": "#/$defs/Guest"}, "type": "array"},
        },
        "required": ["reason", "status", "hours", "number", "on", "who"],
        "$defs": {
            "StopReason": {"enum": ["VERHUIZING", "ANDERE"], "type": "string"},
            "ModuleStatus": {"enum": ["LOPEND", "VOLTOOID"], "type": "string"},
            "Guest": {
                "type": "object",
                "properties": {"ref": {"type": "string"}, "age": {"type": "integer"}},
                "required": ["ref"],
            },
        },
    },
    "other.v1": {"type": "object", "properties": {"a": {"type": "string"}}},
}
DESK = Consumer(
    name="desk",
    team="Onthaal",
    topic="vdab.pathway.events.v1",
    purpose="tests",
    reads={"visit.v1": frozenset({"reason", "status", "who"})},
)
TOLERANT = DESK.model_copy(update={"name": "tolerant", "unknown_codes": "general"})
STRICT = DESK.model_copy(update={"name": "strict", "checks_schemas": True, "reads": {}})
LAKE = DESK.model_copy(update={"name": "lake", "reads": {"*": frozenset({"*"})}, "example": True})
STATE = DESK.model_copy(update={"name": "state", "topic": "vdab.pathway.state.v1"})
EVERYBODY = (DESK, TOLERANT, STRICT, LAKE, STATE)

Change = Callable[[dict[str, Any], dict[str, Any]], object]
"""What is done to the contract: to the type `visit.v1`, and to all of it."""


def changed(change: Change) -> Schemas:
    now = deepcopy(COUNSELLING)
    change(now["visit.v1"], now)
    return now


def judged(now: Schemas, version: Version = V1_1, *, last: Version = V1) -> Report:
    released = [Release(last, RELEASED_ON, COUNSELLING)]
    return checked(now, released, version, SOON, EVERYBODY)


def fields(visit: dict[str, Any]) -> dict[str, Any]:
    return visit["properties"]


def test_nothing_breaks_that_may_not_since_the_last_release() -> None:
    report = checked(
        json_schemas(), releases.releases(), releases.present_version(), releases.today()
    )

    assert report.against, "make release-contract"
    assert not report.fails, f"\n{report}"


def test_the_same_contract_breaks_nobody() -> None:
    assert differences(COUNSELLING, deepcopy(COUNSELLING)) == []
    assert not judged(COUNSELLING).fails


BREAKS: dict[str, tuple[Change, Difference, str]] = {
    "a type is gone": (
        lambda _visit, now: now.pop("visit.v1"),
        Difference(Kind.TYPE_REMOVED, "visit.v1"),
        "desk tolerant lake",
    ),
    "a field is gone": (
        lambda visit, _: (fields(visit).pop("reason"), visit["required"].remove("reason")),
        Difference(Kind.FIELD_REMOVED, "visit.v1", "reason"),
        "desk tolerant strict lake",
    ),
    "a field inside another is gone": (
        lambda visit, _: visit["$defs"]["Guest"]["properties"].pop("age"),
        Difference(Kind.FIELD_REMOVED, "visit.v1", "who[].age"),
        "desk tolerant strict lake",
    ),
    "a field that was always there may be absent": (
        lambda visit, _: visit["required"].remove("hours"),
        Difference(Kind.FIELD_OPTIONAL, "visit.v1", "hours"),
        "strict lake",
    ),
    "a field may be null that never was": (
        lambda visit, _: fields(visit).update(
            on={"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}]}
        ),
        Difference(Kind.NULL_ALLOWED, "visit.v1", "on"),
        "strict lake",
    ),
    "a new field must be there": (
        lambda visit, _: (
            fields(visit).update(new={"type": "string"}),
            visit["required"].append("new"),
        ),
        Difference(Kind.FIELD_DEMANDED, "visit.v1", "new"),
        "strict lake",
    ),
    "a field that could be absent must be there": (
        lambda visit, _: visit["required"].append("room"),
        Difference(Kind.FIELD_DEMANDED, "visit.v1", "room"),
        "strict lake",
    ),
    "a field has another type": (
        lambda visit, _: visit["$defs"]["Guest"]["properties"].update(age={"type": "number"}),
        Difference(Kind.RETYPED, "visit.v1", "who[].age", "type integer, now number"),
        "desk tolerant strict lake",
    ),
    "a text is no longer a day": (
        lambda visit, _: fields(visit)["on"].pop("format"),
        Difference(Kind.RETYPED, "visit.v1", "on", "format date, now none"),
        "strict lake",
    ),
    "a code becomes any text": (
        lambda visit, _: fields(visit).update(reason={"type": "string"}),
        Difference(Kind.RETYPED, "visit.v1", "reason", "enum ['VERHUIZING', 'ANDERE'], now none"),
        "desk tolerant strict lake",
    ),
    "a text may be longer": (
        lambda visit, _: fields(visit)["room"]["anyOf"][0].update(maxLength=9),
        Difference(Kind.WIDENED, "visit.v1", "room", "maxLength 8, now 9"),
        "strict lake",
    ),
    "a number may be lower": (
        lambda visit, _: fields(visit)["hours"].update(exclusiveMinimum=-1),
        Difference(Kind.WIDENED, "visit.v1", "hours", "exclusiveMinimum 0, now -1"),
        "strict lake",
    ),
    "a number has no maximum any more": (
        lambda visit, _: fields(visit)["hours"].pop("maximum"),
        Difference(Kind.WIDENED, "visit.v1", "hours", "maximum 38, now none"),
        "strict lake",
    ),
    "a number has a lower maximum": (
        lambda visit, _: fields(visit)["hours"].update(maximum=20),
        Difference(Kind.NARROWED, "visit.v1", "hours", "maximum 38, now 20"),
        "strict lake",
    ),
    "a number has a minimum where it had none": (
        lambda visit, _: fields(visit)["hours"].update(minimum=1),
        Difference(Kind.NARROWED, "visit.v1", "hours", "minimum none, now 1"),
        "strict lake",
    ),
    "a list may be longer than it could be": (
        lambda visit, _: fields(visit)["who"].update(maxItems=3),
        Difference(Kind.NARROWED, "visit.v1", "who", "maxItems none, now 3"),
        "desk tolerant strict lake",
    ),
    "a field is never null any more": (
        lambda visit, _: fields(visit).update(room={"type": "string", "maxLength": 8}),
        Difference(Kind.NARROWED, "visit.v1", "room", "null"),
        "strict lake",
    ),
    "a pattern is another": (
        lambda visit, _: fields(visit)["number"].update(pattern="^[0-9]{3}$"),
        Difference(Kind.RETYPED, "visit.v1", "number", "pattern ^[0-9]+$, now ^[0-9]{3}$"),
        "strict lake",
    ),
    "a pattern is new": (
        lambda visit, _: visit["$defs"]["Guest"]["properties"]["ref"].update(pattern="^x"),
        Difference(Kind.NARROWED, "visit.v1", "who[].ref", "pattern none, now ^x"),
        "desk tolerant strict lake",
    ),
    "a pattern is gone": (
        lambda visit, _: fields(visit)["number"].pop("pattern"),
        Difference(Kind.WIDENED, "visit.v1", "number", "pattern ^[0-9]+$, now none"),
        "strict lake",
    ),
    "a keyword that nobody thought of": (
        lambda visit, _: fields(visit)["hours"].update(multipleOf=2),
        Difference(Kind.RETYPED, "visit.v1", "hours", "multipleOf none, now 2"),
        "strict lake",
    ),
    "a code is new in a list with a general one": (
        lambda visit, _: visit["$defs"]["StopReason"]["enum"].append("NIEUW"),
        Difference(Kind.CODE_ADDED, "visit.v1", "reason", "NIEUW", "StopReason"),
        "desk strict lake",
    ),
    "a code is new in a list without a general one": (
        lambda visit, _: visit["$defs"]["ModuleStatus"]["enum"].append("GEPLAND"),
        Difference(Kind.CODE_ADDED, "visit.v1", "status", "GEPLAND", "ModuleStatus"),
        "desk tolerant strict lake",
    ),
    "a code is gone": (
        lambda visit, _: visit["$defs"]["StopReason"]["enum"].remove("VERHUIZING"),
        Difference(Kind.CODE_REMOVED, "visit.v1", "reason", "VERHUIZING", "StopReason"),
        "desk tolerant strict lake",
    ),
}


@pytest.mark.parametrize(("change", "found", "readers"), BREAKS.values(), ids=BREAKS)
def test_what_breaks_is_told_with_whom_it_breaks(
    change: Change, found: Difference, readers: str
) -> None:
    report = judged(changed(change))

    (finding,) = report.findings
    assert finding.change == found
    assert [reader.name for reader in finding.readers] == readers.split()
    assert report.fails


def test_each_kind_that_breaks_is_tried() -> None:
    assert {found.kind for _, found, _ in BREAKS.values()} == set(Kind) - GROWS


@pytest.mark.parametrize(("change", "found", "readers"), BREAKS.values(), ids=BREAKS)
def test_a_finding_names_type_field_readers_and_the_way_out(
    change: Change, found: Difference, readers: str
) -> None:
    told = str(judged(changed(change)).findings[0])

    assert told.startswith(f"{found.type} {found.field}".rstrip() + f": {found.kind}\n")
    assert found.what in told
    assert all(f"{name} (Onthaal" in told for name in readers.split())
    assert "way out" in told
    assert "visit.v2" in told
    assert "beside" in told
    assert "12 months" in told


def test_a_new_code_has_its_general_one_as_the_way_out() -> None:
    change, _, _ = BREAKS["a code is new in a list with a general one"]

    told = str(judged(changed(change)))

    assert "send it as ANDERE in visit.v1, and by its own name in visit.v2" in told
    assert "lake (Onthaal, example)" in told


def test_what_no_registered_reader_reads_is_told_too() -> None:
    now = changed(lambda visit, _: visit["required"].remove("hours"))

    report = checked(now, [Release(V1, RELEASED_ON, COUNSELLING)], V1_1, SOON, [DESK])

    assert report.fails
    assert "no registered reader; there may be others" in str(report)


def test_what_is_new_breaks_nobody() -> None:
    now = changed(
        lambda visit, now: (
            fields(visit).update(new={"type": "string"}),
            now.update({"visit.v2": deepcopy(visit)}),
            visit.update(description="In other words.", title="Another title"),
        )
    )

    report = judged(now)

    assert report.findings == []
    assert [(one.kind, one.type, one.field) for one in report.news] == [
        (Kind.FIELD_ADDED, "visit.v1", "new"),
        (Kind.TYPE_ADDED, "visit.v2", ""),
    ]
    assert "visit.v1 new, visit.v2" in str(report)


@pytest.mark.parametrize(
    ("last", "version", "fails"),
    [
        (V0_1, V0_1, True),
        (V0_1, Version(0, 1, 1), True),
        (V0_1, V0_2, False),
        (V0_1, V1, False),
        (V1, V1, True),
        (V1, V1_1, True),
        (V1, Version(2, 0, 0), True),
    ],
)
def test_before_1_0_0_a_minor_version_may_break_and_afterwards_none(
    last: Version, version: Version, fails: bool
) -> None:
    report = judged(changed(lambda _, now: now.pop("other.v1")), version, last=last)

    assert report.fails is fails
    assert "other.v1: type-removed" in str(report)


@pytest.mark.parametrize(
    ("on", "fails"),
    [(date(2028, 2, 28), True), (date(2028, 2, 29), True), (date(2028, 3, 1), False)],
)
def test_a_type_goes_after_twelve_months_beside_its_newer_version(on: date, fails: bool) -> None:
    beside = changed(lambda visit, now: now.update({"visit.v2": visit}))
    released = [
        Release(V1, RELEASED_ON, COUNSELLING),
        Release(V1_1, date(2027, 3, 1), beside),
        Release(Version(1, 2, 0), date(2028, 2, 1), beside),
    ]
    now = {name: schema for name, schema in beside.items() if name != "visit.v1"}

    report = checked(now, released, Version(1, 3, 0), on, [DESK])

    assert report.fails is fails
    assert ("keep it until 2028-03-01" in str(report)) is fails


def test_a_year_after_the_29th_of_february_is_the_first_of_march() -> None:
    assert compatibility.a_year_after(date(2028, 2, 29)) == date(2029, 3, 1)


def test_a_release_is_kept_as_it_is_and_never_twice(tmp_path: Path) -> None:
    (tmp_path / "releases.toml").write_text("# Each release.\n")
    visit_v2 = changed(lambda visit, now: now.update({"visit.v2": visit}))

    release_contract.keep(COUNSELLING, V1, RELEASED_ON, tmp_path)
    release_contract.keep(visit_v2, V1_1, SOON, tmp_path)

    assert releases.releases(tmp_path) == [
        Release(V1, RELEASED_ON, COUNSELLING),
        Release(V1_1, SOON, visit_v2),
    ]
    with pytest.raises(FileExistsError):
        release_contract.keep(COUNSELLING, V1, RELEASED_ON, tmp_path)


def test_no_release_was_changed() -> None:
    changed = {
        one: list(kept.not_as_kept(one)) for one in releases.RELEASED.iterdir() if one.is_dir()
    }

    assert changed
    assert not any(changed.values()), changed


def test_what_a_release_keeps_is_entered_and_a_change_of_it_found(tmp_path: Path) -> None:
    (tmp_path / "releases.toml").write_text("# Each release.\n")
    release_contract.keep(COUNSELLING, V1, RELEASED_ON, tmp_path)
    released = tmp_path / "1.0.0"
    as_kept = list(kept.not_as_kept(released))

    (released / "visit.v1.json").write_text("{}")
    (released / "other.v1.json").unlink()
    (released / "later.v1.json").write_text("{}")

    assert as_kept == []
    assert list(kept.not_as_kept(released)) == [
        "later.v1.json is not in SHA256SUMS. Enter it, so that nobody changes it.",
        "other.v1.json is gone. What was kept stays for ever: put it back.",
        "visit.v1.json was changed. What was kept never changes: put it back.",
    ]


def test_entering_another_file_leaves_the_digests_that_are_there(tmp_path: Path) -> None:
    (tmp_path / "one.json").write_text("1")
    kept.keep(tmp_path)

    (tmp_path / "one.json").write_text("2")
    (tmp_path / "another.json").write_text("3")
    kept.keep(tmp_path)

    assert [told.partition(".")[0] for told in kept.not_as_kept(tmp_path)] == ["one"]
    assert (tmp_path / "SHA256SUMS").read_text() == (
        "4e07408562bedb8b60ce05c1decfe3ad16b72230967de01f640b7e4729b49fce  another.json\n"
        "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b  one.json\n"
    )


def test_the_list_of_releases_names_the_folders_that_there_are_in_order() -> None:
    told = releases.releases()
    folders = {path.name for path in releases.RELEASED.iterdir() if path.is_dir()}

    assert {str(one.version) for one in told} == folders
    assert [one.version for one in told] == sorted(one.version for one in told)
    assert all(one.schemas for one in told)


@pytest.mark.parametrize("module", ["compatibility", "release_contract"])
def test_each_command_says_what_it_does(module: str) -> None:
    told = subprocess.run(
        [sys.executable, "-m", f"schemas.{module}", "--help"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert "schemas/released/" in " ".join(told.stdout.split())


def test_the_command_says_what_breaks_and_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["compatibility"])
    monkeypatch.setattr(compatibility, "releases", lambda: [Release(V1, SOON, COUNSELLING)])

    assert compatibility.main() == 1
    assert "visit.v1: type-removed" in capsys.readouterr().out


def test_a_release_that_breaks_is_not_kept(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["release_contract"])
    monkeypatch.setattr(release_contract, "releases", lambda: [Release(V1, SOON, COUNSELLING)])
    monkeypatch.setattr(release_contract, "present_version", lambda: V1_1)

    assert release_contract.main() == 1
    assert "visit.v1: type-removed" in capsys.readouterr().out
    assert not (releases.RELEASED / "1.1.0").exists()


def test_what_is_released_never_changes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["release_contract"])
    monkeypatch.setattr(release_contract, "releases", lambda: [Release(V1, SOON, COUNSELLING)])
    monkeypatch.setattr(release_contract, "present_version", lambda: V1)

    assert release_contract.main() == 1
    assert "raise the version in pyproject.toml" in capsys.readouterr().out


def test_the_register_names_what_is_in_the_contract() -> None:
    told = json_schemas()
    everything = {name: set(schema["properties"]) | {"*"} for name, schema in told.items()}
    # Of every type only what every type has, the envelope aside.
    everything["*"] = set.intersection(*(everything[name] for name in told if name != ENVELOPE))
    wrong = [
        f"{one.name}: {name} {sorted(read - everything.get(name, set()))}"
        for one in consumers.registered()
        for name, read in one.reads.items()
        if name not in everything
        or not read <= everything[name]
        or not (name == "*" or one.follows(name))
    ]

    assert wrong == []
    assert json.dumps(sorted({one.topic for one in consumers.registered()})) == (
        '["vdab.pathway.events.v1", "vdab.pathway.state.v1"]'
    )
