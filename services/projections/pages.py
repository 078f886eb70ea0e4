"""Long lists in pages: a cursor says after which row the next page begins."""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

import orjson
from pydantic import TypeAdapter

Item = TypeVar("Item")
_TEXTS = TypeAdapter(list[str])


class CursorUnreadable(ValueError):
    """The cursor is not one that was handed out for this list and order; begin without a cursor."""


@dataclass(frozen=True)
class Page(Generic[Item]):
    """Some rows, and the cursor of the page after them; None on the last page."""

    items: list[Item]
    next_cursor: str | None


def cursor_after(order: str, *values: object) -> str:
    """An opaque text for "after the row with these values, in this order"."""
    return base64.urlsafe_b64encode(orjson.dumps([order, *map(str, values)])).decode().rstrip("=")


def values_of(cursor: str, order: str, *kinds: Callable[[str], object]) -> list[object]:
    """The values in a cursor that was made for `order`, each read by its kind (such as `UUID`).

    Raises CursorUnreadable.
    """
    try:
        told: object = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        made_for, *values = _TEXTS.validate_python(told)
        if made_for == order and not any("\0" in value for value in values):
            return [kind(value) for kind, value in zip(kinds, values, strict=True)]
    except (binascii.Error, ValueError):
        pass
    raise CursorUnreadable("this cursor is not of this list in this order; begin without a cursor")
