"""Writes schemas/vectors: messages as the topics may bring them, and what a right consumer makes of each.

`make vectors` writes them, `python -m tests.contract.vectors --check` only says what is stale. The messages
are made by the use cases themselves (`lives`); what is to be concluded is written here by hand.
"""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
from pathway.topics import partition_of

import schemas
from schemas.kit import Verdict
from tests.contract.lives import (
    Lives,
    Told,
    Usual,
    amended,
    closed,
    merged,
)

FOLDER = Path(schemas.__file__).parent / "vectors"
NEW, UNKNOWN, REPEAT, GAP = Verdict.NEW, Verdict.UNKNOWN, Verdict.REPEAT, Verdict.GAP
FORK, BROKEN, HELD = Verdict.FORK, Verdict.BROKEN, Verdict.HELD
STATE, TOMBSTONE = Verdict.STATE, Verdict.TOMBSTONE
COUNT = {NEW, UNKNOWN}
STOP = {GAP, FORK, BROKEN}


@dataclass
class _Stand:
    """What a right consumer has of a pathway."""

    version: int = 0
    id: str | None = None
    status: str | None = None
    waits: Verdict | None = None
    gone: bool = False

    def take(self, value: Mapping[str, Any], verdict: Verdict) -> None:
        """An event that counts; what an unknown type says of the status is not known."""
        self.version, self.id = value["streamversion"], value["id"]
        self.status = value["data"]["pathway_status"] if verdict is not UNKNOWN else self.status


@dataclass
class Vector:
    """One file: steps, each with its verdict, and how each pathway stands after the last."""

    name: str
    about: str
    lives: Lives
    steps: list[dict[str, Any]] = field(default_factory=list)
    stands: dict[str, _Stand] = field(default_factory=dict)
    _offsets: dict[tuple[str, int], int] = field(default_factory=dict)

    def event(
        self, value: bytes | None, verdict: Verdict, *, key: object = "", **more: object
    ) -> None:
        """A record of the events topic, under its own pathway's key unless another is given."""
        self._record("events", value, verdict, key, more)

    def state(self, value: bytes | None, verdict: Verdict, *, key: object = "") -> None:
        """A record of the state topic."""
        self._record("state", value, verdict, key, {})

    def heal(
        self, pathway_id: UUID, told: Sequence[bytes], verdicts: Sequence[Verdict], *, whole: bool
    ) -> None:
        """The pathway's events are asked for again; `whole` when nothing is missing any more."""
        stand = self.stands[str(pathway_id)]
        for value, verdict in zip(map(orjson.loads, told), verdicts, strict=True):
            if verdict in COUNT:
                stand.take(value, verdict)
        stand.waits = None if whole else stand.waits
        events = [value.decode() for value in told]
        self.steps.append({"heal": str(pathway_id), "events": events, "verdicts": [*verdicts]})

    def _record(
        self,
        topic: str,
        value: bytes | None,
        verdict: Verdict,
        key: object,
        more: Mapping[str, Any],
    ) -> None:
        name = str(key) if key or key is None else orjson.loads(value or b"")["subject"]
        name = None if key is None else name
        partition = partition_of((name or "").encode())
        # Every second place is a mark of a transaction: readers are to count versions.
        offset = self._offsets.get((topic, partition), 40)
        self._offsets[topic, partition] = offset + 2
        place = {"topic": topic, "partition": partition, "offset": offset, "key": name}
        text = value.decode() if value is not None else None
        self.steps.append({**place, "value": text, "verdict": verdict, **more})
        if name:
            self._conclude(self.stands.setdefault(name, _Stand()), value, verdict)

    def _conclude(self, stand: _Stand, value: bytes | None, verdict: Verdict) -> None:
        if verdict in STOP:
            stand.waits = verdict
        elif verdict is TOMBSTONE:
            stand.gone = True
        elif verdict in COUNT or verdict is STATE:
            stand.take(orjson.loads(value or b""), verdict)

    def document(self) -> str:
        """The text of the file."""
        end = {pathway: self._end(pathway, stand) for pathway, stand in self.stands.items()}
        whole = {"name": self.name, "about": self.about, "steps": self.steps, "end": end}
        return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"

    def _end(self, pathway: str, stand: _Stand) -> dict[str, Any] | None:
        if stand.gone:
            return None
        told = self.lives.told(UUID(pathway))
        state = orjson.loads(told[stand.version - 1].state)["data"] if stand.version else None
        return {
            "version": stand.version,
            "id": stand.id,
            "status": stand.status,
            "waits": stand.waits,
            "waiting_at": stand.version + 1 if stand.waits else None,
            "state": state,
        }


Tell = Callable[[Vector], None]
_VECTORS: dict[str, tuple[str, Tell]] = {}


def vector(about: str) -> Callable[[Tell], Tell]:
    """Enter a vector, under the name of its function."""

    def enter(tell: Tell) -> Tell:
        _VECTORS[tell.__name__.replace("_", "-")] = about, tell
        return tell

    return enter


def values(told: Sequence[Told]) -> list[bytes]:
    return [one.value for one in told]


def changed(value: bytes, **attributes: object) -> bytes:
    """The message with other attributes; `data` is put over what it has."""
    raw = orjson.loads(value)
    data = {**raw["data"], **attributes.pop("data", {})}  # type: ignore[dict-item]
    return orjson.dumps({**raw, **attributes, "data": data})


@vector("One pathway, each event once and in order.")
def in_order(told: Vector) -> None:
    usual = Usual(told.lives)
    closed(told.lives, usual.pathway_id)
    for value in values(usual.told):
        told.event(value, NEW)


@vector("Three pathways mixed: there is an order within a pathway, and none between them.")
def several_pathways_mixed(told: Vector) -> None:
    first, second, third = (Usual(told.lives) for _ in range(3))
    one, two, three = (values(each.told) for each in (first, second, third))
    for value in (two[0], one[0], two[1], three[0], three[1], one[1], one[2], two[2], three[2]):
        told.event(value, NEW)
    for value in (*one[3:], *three[3:], *two[3:]):
        told.event(value, NEW)


@vector("Messages that come again, singly and as a whole batch, under new offsets.")
def repeats(told: Vector) -> None:
    events = values(Usual(told.lives).told)
    told.event(events[0], NEW)
    told.event(events[0], REPEAT)
    for value in events[1:4]:
        told.event(value, NEW)
    for value in events[:4]:
        told.event(value, REPEAT)
    told.event(events[4], NEW)


@vector("Versions 3 and 4 never came. The pathway waits, another one goes on.")
def gap(told: Vector) -> None:
    usual, other = Usual(told.lives), Usual(told.lives)
    events, others = values(usual.told), values(other.told)
    told.event(events[0], NEW)
    told.event(events[1], NEW)
    told.event(others[0], NEW)
    told.event(events[4], GAP, missing=[3, 4])
    told.event(others[1], NEW)
    told.event(events[5], HELD)


@vector("A gap is healed by reading the pathway's events again, and what comes then is the next.")
def gap_healed(told: Vector) -> None:
    usual = Usual(told.lives)
    events = values(usual.told)
    told.event(events[0], NEW)
    told.event(events[2], GAP, missing=[2])
    told.event(events[3], HELD)
    told.heal(usual.pathway_id, events[:4], [REPEAT, NEW, NEW, NEW], whole=True)
    told.event(events[4], NEW)


@vector(
    "Healing gives less than came by the topic at first: the pathway goes on waiting until it has all."
)
def gap_healed_in_two(told: Vector) -> None:
    usual = Usual(told.lives)
    events = values(usual.told)
    told.event(events[0], NEW)
    told.event(events[2], GAP, missing=[2])
    told.event(events[4], HELD)
    told.heal(usual.pathway_id, events[:3], [REPEAT, NEW, NEW], whole=False)
    told.heal(usual.pathway_id, events[:5], [REPEAT, REPEAT, REPEAT, NEW, NEW], whole=True)
    told.event(events[5], NEW)


@vector(
    "What was missing comes late by the topic: it is held like all else, and healing brings it."
)
def out_of_order(told: Vector) -> None:
    usual = Usual(told.lives)
    events = values(usual.told)
    told.event(events[0], NEW)
    told.event(events[2], GAP, missing=[2])
    told.event(events[1], HELD)
    told.event(events[3], HELD)
    told.heal(usual.pathway_id, events[:4], [REPEAT, NEW, NEW, NEW], whole=True)
    told.event(events[3], REPEAT)
    told.event(events[4], NEW)


@vector("Another event at a version that is taken: two histories. The pathway waits for people.")
def fork(told: Vector) -> None:
    usual = Usual(told.lives)
    events = values(usual.told)
    for value in events[:3]:
        told.event(value, NEW)
    told.event(changed(events[1], id=_other_id(events[1])), FORK)
    told.event(events[3], HELD)


@vector("Another event at the version that came last.")
def fork_at_the_newest(told: Vector) -> None:
    events = values(Usual(told.lives).told)
    told.event(events[0], NEW)
    told.event(events[1], NEW)
    told.event(changed(events[1], id=_other_id(events[1])), FORK)


@vector("What is read again holds another event than the one that came: a fork, found by healing.")
def fork_found_by_healing(told: Vector) -> None:
    usual = Usual(told.lives)
    events = values(usual.told)
    told.event(events[0], NEW)
    told.event(events[1], NEW)
    told.event(events[3], GAP, missing=[3])
    again = [events[0], changed(events[1], id=_other_id(events[1])), *events[2:4]]
    told.heal(usual.pathway_id, again, [REPEAT, FORK, HELD, HELD], whole=False)
    told.stands[str(usual.pathway_id)].waits = FORK


@vector(
    "A type that nobody knows yet, and a newer version of a known one: kept, counted, no error."
)
def unknown_types(told: Vector) -> None:
    events = values(Usual(told.lives).told)
    new = {"type": "be.vdab.pathway.of-tomorrow.v1", "data": {"with": ["what", "nobody knows"]}}
    told.event(events[0], NEW)
    told.event(events[1], NEW)
    told.event(changed(events[2], **new), UNKNOWN)
    told.event(events[3], NEW)
    newer = orjson.loads(events[4])["type"].replace(".v1", ".v2")
    told.event(changed(events[4], type=newer), UNKNOWN)
    told.event(events[5], NEW)


@vector("Fields that nobody knows yet, in the envelope and in the data.")
def unknown_fields(told: Vector) -> None:
    for value in values(Usual(told.lives).told):
        data = {"of_tomorrow": {"new": [1, "2", None]}}
        told.event(changed(value, oftomorrow="new", data=data), NEW)


@vector("A code that nobody knows yet, of a list with a general code: read as that one (ANDERE).")
def unknown_code(told: Vector) -> None:
    events = values(Usual(told.lives).told)
    told.event(events[0], NEW)
    told.event(changed(events[1], data={"reason": "EEN_NIEUWE"}), NEW)
    told.event(events[2], NEW)


@vector(
    "A status that nobody knows: not to know it is not to know how things stand, so the pathway waits."
)
def unknown_status(told: Vector) -> None:
    events = values(Usual(told.lives).told)
    told.event(events[0], NEW)
    told.event(changed(events[1], data={"pathway_status": "EEN_NIEUWE"}), BROKEN)
    told.event(events[2], HELD)


@vector(
    "Records that are none of ours: no JSON, no value, a key that is none, another pathway's key."
)
def broken(told: Vector) -> None:
    usual, second, third = (Usual(told.lives) for _ in range(3))
    events = values(usual.told)
    told.event(events[0], NEW)
    told.event(b"{", BROKEN, key=usual.pathway_id)
    told.event(None, BROKEN, key=second.pathway_id)
    told.event(events[1], BROKEN, key=third.pathway_id)
    told.event(events[1], BROKEN, key="no-id")
    told.event(events[1], BROKEN, key=None)
    told.event(events[1], HELD)
    del told.stands["no-id"]


@vector("A fact whose data are kept back: its version counts, and so does its status.")
def withheld(told: Vector) -> None:
    usual = Usual(told.lives)
    events = values(usual.told)
    for place, value in enumerate(events):
        told.event(usual.told[2].withheld if place == 2 else value, NEW)


@vector(
    "A correction, two registrations, a module and in the end the pathway annulled: all are events."
)
def corrections_and_annulments(told: Vector) -> None:
    for value in values(told.lives.told(amended(told.lives))):
        told.event(value, NEW)


@vector("Two pathways of one person become one: the survivor tells everything of the absorbed one.")
def merge(told: Vector) -> None:
    survivor, absorbed = merged(told.lives)
    mine, other = values(told.lives.told(survivor)), values(told.lives.told(absorbed))
    for value in (mine[0], *other[:4], mine[1], other[4]):
        told.event(value, NEW)


@vector("States first, then the log from before they ended: what they have in them is a repeat.")
def hand_over(told: Vector) -> None:
    usual, other = Usual(told.lives), Usual(told.lives)
    mine, others = usual.told, other.told
    told.state(mine[1].state, STATE)
    told.state(others[2].state, STATE)
    told.state(mine[3].state, STATE)
    told.state(mine[3].state, REPEAT)
    told.event(mine[1].value, REPEAT)
    told.event(others[2].value, REPEAT)
    told.event(mine[2].value, REPEAT)
    told.event(others[3].value, NEW)
    told.event(mine[3].value, REPEAT)
    told.event(mine[4].value, NEW)


@vector("A hand-over that began reading the log too late, and is healed.")
def hand_over_with_a_gap(told: Vector) -> None:
    usual = Usual(told.lives)
    mine = usual.told
    told.state(mine[1].state, STATE)
    told.event(mine[3].value, GAP, missing=[3])
    told.heal(usual.pathway_id, values(mine[:4]), [REPEAT, REPEAT, NEW, NEW], whole=True)
    told.event(mine[4].value, NEW)


@vector(
    "A state with the id of another event than the log's: found by the version that it has in it."
)
def hand_over_with_a_fork(told: Vector) -> None:
    mine = Usual(told.lives).told
    told.state(changed_state(mine[2].state), STATE)
    told.event(mine[1].value, REPEAT)
    told.event(mine[2].value, FORK)
    told.event(mine[3].value, HELD)


@vector(
    "Tombstones on the state topic: the pathway's data had to go, and nothing of it is taken any more."
)
def tombstones(told: Vector) -> None:
    usual, other, third = (Usual(told.lives) for _ in range(3))
    told.state(usual.told[3].state, STATE)
    told.state(other.told[1].state, STATE)
    told.state(None, TOMBSTONE, key=usual.pathway_id)
    told.state(None, TOMBSTONE, key=third.pathway_id)
    told.event(usual.told[4].value, HELD)
    told.event(other.told[2].value, NEW)
    told.event(third.told[0].value, HELD)


def changed_state(value: bytes) -> bytes:
    return orjson.dumps(orjson.loads(value) | {"id": _other_id(value)})


def _other_id(value: bytes) -> str:
    return orjson.loads(value)["id"][:-4] + "ffff"


def documents() -> Iterator[tuple[Path, str]]:
    """Every vector with its file."""
    for name, (about, tell) in _VECTORS.items():
        told = Vector(name, about, Lives())
        tell(told)
        yield FOLDER / f"{name}.json", told.document()


def main() -> int:
    """Write every vector; with `--check` write none, and return 1 when one is stale."""
    wanted = dict(documents())
    stale = [path for path, text in wanted.items() if not path.exists() or path.read_text() != text]
    left_over = [path for path in FOLDER.glob("*.json") if path not in wanted]
    if "--check" in sys.argv[1:]:
        for path in (*stale, *left_over):
            print(f"{path.name} is stale: run `make vectors`")
        return 1 if stale or left_over else 0
    for path in stale:
        path.write_text(wanted[path], encoding="utf-8")
    for path in left_over:
        path.unlink()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
