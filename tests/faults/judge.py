"""The judge: holds what clients were answered against what an independent reader and the rows show.

It stands outside: it knows answers, messages and rows, and nothing of how we make them.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

DEADLINE = "deadline-reached"
"""What nobody commands: time brings it about."""
WITHHELD = "withheld"
"""How a fact goes out of which others may know nothing."""


class Told(NamedTuple):
    """A fact that an answer tells of."""

    pathway_id: str
    version: int
    kind: str


@dataclass(frozen=True)
class Acknowledged:
    """A command that was answered with 2xx, with every answer that its key ever got: status and body."""

    key: str
    facts: tuple[Told, ...]
    answers: tuple[tuple[int, str], ...]


class Event(NamedTuple):
    """A message of the events topic; `type` is its last part, such as `ibo-started`."""

    pathway_id: str
    version: int
    event_id: str
    type: str
    partition: int


class Row(NamedTuple):
    """What a read model has of one event."""

    pathway_id: str
    version: int
    event_id: str


@dataclass(frozen=True)
class Verdict:
    """What was found wrong, a sentence for each; nothing anywhere is well."""

    acknowledged: int
    lost: Sequence[str] = ()
    doubled: Sequence[str] = ()
    out_of_order: Sequence[str] = ()
    other_answers: Sequence[str] = ()

    @property
    def wrong(self) -> list[str]:
        """All of it."""
        return [*self.lost, *self.doubled, *self.out_of_order, *self.other_answers]


@dataclass
class _Findings:
    lost: list[str] = field(default_factory=list[str])
    doubled: list[str] = field(default_factory=list[str])
    out_of_order: list[str] = field(default_factory=list[str])


def judge(
    acknowledged: Sequence[Acknowledged],
    topic: Sequence[Event],
    rows: Mapping[str, Sequence[Row]],
) -> Verdict:
    """Hold answers against the topic (each partition's messages in its order) and each read model's rows.

    Of the pathways on the topic, only those that the answers name are looked at; nobody but these
    clients may have commanded them.
    """
    ours = {fact.pathway_id for one in acknowledged for fact in one.facts}
    seen = [event for event in topic if event.pathway_id in ours]
    found = _Findings()
    _answers_on_the_topic(acknowledged, seen, found)
    _each_once_and_in_order(seen, found)
    for name, has in rows.items():
        _rows(name, seen, [row for row in has if row.pathway_id in ours], found)
    return Verdict(
        len(acknowledged),
        found.lost,
        found.doubled,
        found.out_of_order,
        [f"the key {one.key} got other answers later" for one in acknowledged if _differ(one)],
    )


def _differ(one: Acknowledged) -> bool:
    return len(set(one.answers)) > 1


def _answers_on_the_topic(
    acknowledged: Sequence[Acknowledged], seen: Sequence[Event], found: _Findings
) -> None:
    types = {(event.pathway_id, event.version): event.type for event in seen}
    told = Counter((f.pathway_id, f.version) for one in acknowledged for f in one.facts)
    for fact in {fact for one in acknowledged for fact in one.facts}:
        at = fact.pathway_id, fact.version
        if at not in types:
            found.lost.append(f"{_named(at)} ({fact.kind}) was acknowledged and is not there")
        elif types[at] not in (_type(fact.kind), WITHHELD):
            found.lost.append(f"{_named(at)} was acknowledged as {fact.kind} and is {types[at]}")
    found.doubled += [
        f"{_named(at)} was acknowledged to {times} commands"
        for at, times in told.items()
        if times > 1
    ]
    found.doubled += [
        f"{_named(at)} ({kind}) is there and no command was told of it"
        for at, kind in types.items()
        if at not in told and kind != DEADLINE
    ]


def _each_once_and_in_order(seen: Sequence[Event], found: _Findings) -> None:
    for event_id, times in Counter(event.event_id for event in seen).items():
        if times > 1:
            found.doubled.append(f"the event {event_id} is there {times} times")
    by_pathway: dict[str, list[Event]] = defaultdict(list)
    for event in seen:
        by_pathway[event.pathway_id].append(event)
    for pathway_id, events in by_pathway.items():
        _one_pathway(pathway_id, events, found)


def _one_pathway(pathway_id: str, events: Sequence[Event], found: _Findings) -> None:
    ids: dict[int, set[str]] = defaultdict(set)
    for event in events:
        ids[event.version].add(event.event_id)
    found.doubled += [
        f"{_named((pathway_id, version))} is {len(different)} different events"
        for version, different in ids.items()
        if len(different) > 1
    ]
    found.lost += [
        f"{_named((pathway_id, version))} is missing before {max(ids)}"
        for version in range(1, max(ids))
        if version not in ids
    ]
    found.out_of_order += [
        f"{_named((pathway_id, late))} came after {before}" for late, before in _descents(events)
    ]
    if len({event.partition for event in events}) > 1:
        found.out_of_order.append(f"pathway {pathway_id} is in several partitions")


def _descents(events: Sequence[Event]) -> Iterator[tuple[int, int]]:
    """Where a version comes after a higher one; what merely came once more is no matter of order."""
    known: set[str] = set()
    highest = 0
    for event in events:
        if event.event_id not in known and event.version < highest:
            yield event.version, highest
        known.add(event.event_id)
        highest = max(highest, event.version)


def _rows(name: str, seen: Iterable[Event], has: Sequence[Row], found: _Findings) -> None:
    there, wanted = Counter(has), {Row(*event[:3]) for event in seen}
    found.lost += [f"{name} lacks {_named(row[:2])}" for row in sorted(wanted - set(there))]
    found.doubled += [
        f"{name} has {_named(row[:2])} {times} times" for row, times in there.items() if times > 1
    ]
    found.doubled += [
        f"{name} has {_named(row[:2])} as an event that the topic lacks"
        for row in sorted(set(there) - wanted)
    ]


def _named(at: tuple[str, int]) -> str:
    return f"version {at[1]} of pathway {at[0]}"


def _type(kind: str) -> str:
    """`IboStarted` goes out as `ibo-started`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", kind).lower()
