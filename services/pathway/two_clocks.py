"""A pathway from any point of two clocks, and what made the difference between two points."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, cast
from uuid import UUID

from pathway.domain.facts import Amendment, Fact, Told, standing, state_of
from pathway.domain.state import Pathway
from pathway.recorded import Recorded

_NAMES = ("module_id", "since", "started_on", "organisation")
"""What tells the values of a list apart, where nothing else of them is the same: the first that is there."""


class KnownBy(StrEnum):
    """Whose clock says what was known at a moment."""

    RECORDED = "recorded"
    """Ours: when the fact was recorded."""
    SOURCE = "source"
    """The sending system's: when it took the command in; ours for a fact of which it did not tell."""


@dataclass(frozen=True)
class Point:
    """A day that things are true by, and a moment they are known at; None is now."""

    as_of: date
    known_at: datetime | None = None
    known_by: KnownBy = KnownBy.RECORDED

    def knows(self, one: Recorded) -> bool:
        """Whether this fact was known at the moment, by the clock that was chosen."""
        at_source = self.known_by is KnownBy.SOURCE and one.source_time
        return self.known_at is None or (at_source or one.recorded_at) <= self.known_at


@dataclass(frozen=True)
class Seen:
    """A pathway as seen from a point: None where nothing was known or true of it.

    `known` are the facts known there, `standing` what stands of them whatever its day, by the id of
    the fact, and `facts` those of `known` that the state counts in, with all amendments.
    """

    point: Point
    known: tuple[Recorded, ...]
    standing: Mapping[UUID, Fact]
    facts: tuple[Recorded, ...]
    pathway: Pathway | None

    def true(self, fact_id: UUID) -> Fact | None:
        """The fact as it stands, when it does and is true by the day."""
        fact = self.standing.get(fact_id)
        return fact if fact and fact.occurred_on <= self.point.as_of else None


@dataclass(frozen=True)
class FieldChange:
    """A field of the state that differs, such as `/modules/<id>/last_day`; None where it has no value."""

    field: str
    before: object
    after: object


def seen_from(facts: Sequence[Recorded], point: Point) -> Seen:
    """The pathway with these facts, given in the order of their versions, from this point."""
    known = tuple(one for one in facts if point.knows(one))
    told = _told(known)
    stand = standing(told)
    counted = tuple(one for one in known if _is_told_by(one, stand, point.as_of))
    return Seen(point, known, stand, counted, state_of(told, point.as_of))


def made_the_difference(facts: Sequence[Recorded], one: Seen, other: Seen) -> list[Recorded]:
    """Of a pathway's facts those by which it stands otherwise at `other` than at `one`, by version.

    Facts that are known, or true, at one of the two only, and the amendments between them that
    change one that is true at either.
    """
    ids = [fact.fact_id for fact in facts]
    differ = {fact_id for fact_id in ids if one.true(fact_id) != other.true(fact_id)}
    in_one, in_other = ({fact.fact_id for fact in seen.known} for seen in (one, other))
    between = in_one ^ in_other

    def made_it(fact: Recorded) -> bool:
        if fact.fact.announces:
            return False
        if isinstance(fact.fact, Amendment):
            changed = _changed_by(fact.fact, facts[: fact.version - 1])
            marks = type(fact.fact).mark is not Amendment.mark
            return fact.fact_id in between and bool(marks or changed & differ)
        # Known at both and standing otherwise, it was amended: then that made the difference.
        amended = one.standing.get(fact.fact_id) != other.standing.get(fact.fact_id)
        return fact.fact_id in differ and (fact.fact_id in between or not amended)

    return [fact for fact in facts if made_it(fact)]


def changes(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> list[FieldChange]:
    """What differs field by field between two states as JSON; None is no state at all."""
    had, has = dict(_fields("", before or {})), dict(_fields("", after or {}))
    return [
        FieldChange(field, had.get(field), has.get(field))
        for field in dict.fromkeys([*has, *had])
        if had.get(field) != has.get(field)
    ]


def _told(facts: Iterable[Recorded]) -> list[Told]:
    return [Told(one.fact_id, one.fact) for one in facts]


def _is_told_by(one: Recorded, stand: Mapping[UUID, Fact], day: date) -> bool:
    """Whether the fact is about a day up to this one, as it was told or as it stands."""
    right = stand.get(one.fact_id, one.fact)
    return isinstance(one.fact, Amendment) or min(one.fact.occurred_on, right.occurred_on) <= day


def _changed_by(amendment: Amendment, facts: Sequence[Recorded]) -> set[UUID]:
    """The ids of the facts that stand otherwise after this amendment than before it."""
    before = standing(_told(facts))
    after = dict(before)
    amendment.amend(after)
    return {fact_id for fact_id in before if before[fact_id] != after.get(fact_id)}


def _fields(path: str, value: object) -> Iterable[tuple[str, object]]:
    if isinstance(value, Mapping):
        for name, part in cast("Mapping[str, object]", value).items():
            yield from _fields(f"{path}/{name}", part)
    elif isinstance(value, list) and value and isinstance(value[0], Mapping):
        parts = cast("list[Mapping[str, object]]", value)
        for name, part in zip(_names_of(parts), parts, strict=True):
            yield from _fields(f"{path}/{name}", part)
    elif value is not None and value != []:
        yield path, value


def _names_of(parts: Sequence[Mapping[str, object]]) -> list[str]:
    """A name for each value of a list, by which it is found again in another state."""
    key = next((name for name in _NAMES if name in parts[0]), None)
    names = [str(part.get(key)) if key else str(place) for place, part in enumerate(parts)]
    # Two of one name, such as two jobs from one day on, are told apart by their place.
    return [
        name if names.count(name) == 1 else f"{name}.{names[:place].count(name) + 1}"
        for place, name in enumerate(names)
    ]
