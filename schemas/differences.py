"""What differs between two states of the contract, and what of it breaks a reader.

A release is read in two directions. Whoever was made for it reads what is sent from now on; and whoever
takes the newest schemas reads what was sent before, because the events topic is kept. Both must go well.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Schema = dict[str, Any]
Schemas = Mapping[str, Schema]
"""JSON Schemas by their names, such as `ibo-started.v1`."""


class Kind(StrEnum):
    """How something differs."""

    TYPE_ADDED = "type-added"
    FIELD_ADDED = "field-added"
    TYPE_REMOVED = "type-removed"
    FIELD_REMOVED = "field-removed"
    FIELD_OPTIONAL = "field-optional"
    FIELD_DEMANDED = "field-demanded"
    NULL_ALLOWED = "null-allowed"
    RETYPED = "retyped"
    WIDENED = "widened"
    NARROWED = "narrowed"
    CODE_ADDED = "code-added"
    CODE_REMOVED = "code-removed"


GROWS = frozenset({Kind.TYPE_ADDED, Kind.FIELD_ADDED})
"""What breaks nobody: readers pass over types and fields that they do not know."""
ON_THE_TOPIC = frozenset({Kind.FIELD_DEMANDED, Kind.NARROWED, Kind.CODE_REMOVED})
"""What is sent still fits; what was sent before no longer does."""

_ANNOTATIONS = frozenset({"title", "description", "examples", "default", "$schema", "$defs"})
_LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems")
_UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems")


@dataclass(frozen=True)
class Difference:
    """One of them. `field` is a path such as `modules[].last_day`, empty for a type as a whole."""

    kind: Kind
    type: str
    field: str = ""
    what: str = ""
    """What exactly, such as the code that is new."""
    codes: str = ""
    """The name of the list of codes, where it is about one."""

    @property
    def breaks(self) -> bool:
        """Whether a reader may stop at it, or go wrong."""
        return self.kind not in GROWS


@dataclass(frozen=True)
class _Side:
    """A value of one of the two contracts: its schema, and the definitions that it refers to."""

    schema: Schema
    definitions: Schemas

    def at(self, schema: Schema) -> "_Side":
        return _Side(schema, self.definitions)

    def resolved(self) -> "tuple[_Side, bool, str]":
        """What it is besides null, whether it may be null, and the name that it is defined under."""
        choices = self.schema.get("anyOf", [self.schema])
        told = [choice for choice in choices if choice.get("type") != "null"]
        null = len(told) < len(choices)
        if len(told) != 1:
            return self, null, ""
        if "$ref" not in told[0]:
            return self.at(told[0]), null, ""
        name = str(told[0]["$ref"]).rpartition("/")[2]
        return self.at(self.definitions[name]), null, name


def differences(before: Schemas, now: Schemas) -> list[Difference]:
    """Everything that differs between two contracts, type by type."""
    found: list[Difference] = []
    for name in sorted(before.keys() | now.keys()):
        if name not in now:
            found.append(Difference(Kind.TYPE_REMOVED, name))
        elif name not in before:
            found.append(Difference(Kind.TYPE_ADDED, name))
        else:
            old, new = (_Side(one, one.get("$defs", {})) for one in (before[name], now[name]))
            found += _of_object(name, "", old, new)
    return found


def _of_object(name: str, path: str, old: _Side, new: _Side) -> Iterator[Difference]:
    fields: tuple[Schemas, Schemas] = old.schema["properties"], new.schema.get("properties", {})
    always = (set(old.schema.get("required", [])), set(new.schema.get("required", [])))
    for field in fields[0]:
        place = f"{path}{field}"
        if field not in fields[1]:
            yield Difference(Kind.FIELD_REMOVED, name, place)
            continue
        if field in always[0] - always[1]:
            yield Difference(Kind.FIELD_OPTIONAL, name, place)
        if field in always[1] - always[0]:
            yield Difference(Kind.FIELD_DEMANDED, name, place)
        yield from _of_value(name, place, old.at(fields[0][field]), new.at(fields[1][field]))
    for field in fields[1]:
        if field not in fields[0]:
            kind = Kind.FIELD_DEMANDED if field in always[1] else Kind.FIELD_ADDED
            yield Difference(kind, name, f"{path}{field}")


def _of_value(name: str, place: str, old: _Side, new: _Side) -> Iterator[Difference]:
    (was, was_null, _), (becomes, null, listed) = old.resolved(), new.resolved()
    if null and not was_null:
        yield Difference(Kind.NULL_ALLOWED, name, place)
    if was_null and not null:
        yield Difference(Kind.NARROWED, name, place, "null")
    if "enum" in was.schema and "enum" in becomes.schema:
        yield from _of_codes(name, place, was.schema, becomes.schema, listed)
    elif "properties" in was.schema and "properties" in becomes.schema:
        yield from _of_object(name, f"{place}.", was, becomes)
    elif "items" in was.schema and "items" in becomes.schema:
        items = was.at(was.schema["items"]), becomes.at(becomes.schema["items"])
        yield from _of_value(name, f"{place}[]", *items)
        yield from _of_limits(name, place, was.schema, becomes.schema)
    else:
        yield from _of_limits(name, place, was.schema, becomes.schema)


def _of_codes(
    name: str, place: str, was: Schema, becomes: Schema, listed: str
) -> Iterator[Difference]:
    for code in becomes["enum"]:
        if code not in was["enum"]:
            yield Difference(Kind.CODE_ADDED, name, place, str(code), listed)
    for code in was["enum"]:
        if code not in becomes["enum"]:
            yield Difference(Kind.CODE_REMOVED, name, place, str(code), listed)


def _of_limits(name: str, place: str, was: Schema, becomes: Schema) -> Iterator[Difference]:
    for keyword in sorted((was.keys() | becomes.keys()) - _ANNOTATIONS - {"items"}):
        old, new = was.get(keyword), becomes.get(keyword)
        if keyword.startswith("x-") or old == new:
            continue
        what = f"{keyword} {_told(old)}, now {_told(new)}"
        yield Difference(_direction(keyword, old, new), name, place, what)


def _direction(keyword: str, old: Any, new: Any) -> Kind:  # noqa: ANN401 - any JSON.
    limit = keyword in _LOWER or keyword in _UPPER
    if limit and old is not None and new is not None:
        return Kind.NARROWED if (new > old) == (keyword in _LOWER) else Kind.WIDENED
    if limit or keyword == "pattern":
        if old is None:
            return Kind.NARROWED
        if new is None:
            return Kind.WIDENED
    # What nobody thought of, such as another pattern, is taken for another type: it is not passed over.
    return Kind.RETYPED


def _told(value: object) -> str:
    return "none" if value is None else str(value)
