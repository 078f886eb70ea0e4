"""By which events a rebuilt row is otherwise than the live one: found by folding a pathway step by step."""

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from projections.audit import Difference
from projections.projection import Event, Projection, Row, Rows

OF_ONE_EVENT = ("version", "event_id")
"""Columns of keys that name an event, as its version or as its id."""

Key = tuple[str, ...]


@dataclass(frozen=True)
class Otherwise:
    """A column that the two read models have otherwise, or a whole row (`column` is None) that one lacks.

    `event` is the one since which the new row is so, or that took the old one away; None where none is known.
    """

    table: str
    key: Key
    column: str | None
    live: object
    rebuilt: object
    event: Event | None

    @property
    def gone(self) -> bool:
        """Whether only the live read model has the row."""
        return self.column is None and self.rebuilt is None


def reasons(
    projection: Projection,
    keys: Mapping[str, Sequence[str]],
    events: Sequence[Event],
    differences: Sequence[Difference],
) -> list[Otherwise]:
    """What of one pathway is otherwise, with the event behind each; `keys` are its tables' key columns.

    `events` are all of the pathway, in the order of their versions; `differences` are of one pathway.
    """
    found: list[Otherwise] = []
    for table, key, live, rebuilt in _paired(keys, differences):
        if live is None or rebuilt is None:
            found.append(Otherwise(table, key, None, live, rebuilt, None))
            continue
        found += [
            Otherwise(table, key, name, live.get(name), value, None)
            for name, value in rebuilt.items()
            if live.get(name) != value
        ]
    behind = _stepped_back(projection, keys, events, found)
    named = (_named(keys, events, one) for one in found)
    newest = events[-1] if events else None
    return [
        replace(one, event=event or by_name or (newest if one.gone else None))
        for one, event, by_name in zip(found, behind, named, strict=True)
    ]


def _paired(
    keys: Mapping[str, Sequence[str]], differences: Sequence[Difference]
) -> list[tuple[str, Key, Row | None, Row | None]]:
    """The rows of both sides under their key, those that only one side has with None."""
    sides: dict[tuple[str, Key], list[Row | None]] = {}
    for one in differences:
        row = one.live if one.live is not None else one.fold
        key = key_of(keys[one.table], row or {})
        pair = sides.setdefault((one.table, key), [None, None])
        pair[one.live is None] = row
    return [(table, key, live, rebuilt) for (table, key), (live, rebuilt) in sides.items()]


def key_of(columns: Sequence[str], row: Row) -> Key:
    """What tells a row from the pathway's others: its key, but for the pathway's id."""
    return tuple(str(row.get(name)) for name in columns if name != "pathway_id")


def _stepped_back(
    projection: Projection,
    keys: Mapping[str, Sequence[str]],
    events: Sequence[Event],
    asked: Sequence[Otherwise],
) -> list[Event | None]:
    """For each, the event since which the new rows are so, or that took a row out of them."""
    found: list[Event | None] = [None] * len(asked)
    last = _rows_after(projection, keys, events)
    now = [_seen(last, one) for one in asked]
    open_ones = {n for n, one in enumerate(asked) if one.table in projection.tables}
    for count in range(len(events) - 1, -1, -1):
        if not open_ones:
            break
        rows = _rows_after(projection, keys, events[:count])
        for n in [n for n in open_ones if _seen(rows, asked[n]) != now[n]]:
            found[n] = events[count]
            open_ones.remove(n)
    return found


def _rows_after(
    projection: Projection, keys: Mapping[str, Sequence[str]], events: Sequence[Event]
) -> Mapping[str, Mapping[Key, Row]]:
    """The rows by table and key after these events; none where they cannot be made."""
    made: Rows = {}
    # Whatever the reason, no row came of it.
    with contextlib.suppress(Exception):
        made = projection.fold(events) if events else {}
    return {table: {key_of(keys[table], row): row for row in rows} for table, rows in made.items()}


def _seen(rows: Mapping[str, Mapping[Key, Row]], one: Otherwise) -> object:
    """The column's value there, or whether there is such a row."""
    row = rows.get(one.table, {}).get(one.key)
    return row is not None if one.column is None else row and row.get(one.column)


def _named(
    keys: Mapping[str, Sequence[str]], events: Sequence[Event], one: Otherwise
) -> Event | None:
    """The newest event that the row's key names: as its version or id, or by what it is about."""
    names = [name for name in keys[one.table] if name != "pathway_id"]
    for name, value in zip(names, one.key, strict=True):
        for event in reversed(events):
            ids = (str(event.id), str(event.streamversion))
            if value in ids if name in OF_ONE_EVENT else value in event.model_dump_json():
                return event
    return None
