"""What a projection is: tables of its own, and a pure function from one pathway's events to their rows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from uuid import UUID

from schemas import Message, Unknown
from schemas.events import Data

Event = Message[Data]
"""A published event of a pathway, as the contract's `parse` gives it."""

Row = Mapping[str, object]
"""A column's name to its value: what JSON can say, and dates, moments, UUIDs, sets of codes as lists."""

Rows = Mapping[str, Sequence[Row]]
"""A table's name to its rows for one pathway, without `pathway_id`, which the projector adds."""

Fold = Callable[[Sequence[Event]], Rows]


@dataclass(frozen=True)
class Projection:
    """One audience's read model.

    `name` is also its schema in the database. `ddl` is a file of statements that name no schema, so that
    the same tables can stand in another schema, for an audit. `tables` are those that `fold` fills,
    each with a column `pathway_id`. `fold` is given all events of one pathway in the order of
    their versions and looks at nothing else: not at a clock, not at another pathway.
    """

    name: str
    ddl: Path
    tables: tuple[str, ...]
    fold: Fold


@dataclass(frozen=True)
class Record:
    """What the topic holds at one place: `key` is the pathway's id, `value` a CloudEvents message."""

    partition: int
    offset: int
    key: bytes | None
    value: bytes | None

    @cached_property
    def pathway_id(self) -> UUID | None:
        """The pathway that the key names; None when the key is no UUID."""
        try:
            return UUID((self.key or b"").decode("ascii"))
        except ValueError:
            return None


def data_of(event: Event) -> Data | None:
    """What the event tells; None for a type that this release does not know."""
    return None if isinstance(event, Unknown) else event.data
