"""What a kind of file says of itself, so that reading, judging between rows and importing are written once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from pathway.register.outcomes import RefusedRow, Row
from pathway.register.report import Report

R = TypeVar("R", bound=Row)


class Claim(NamedTuple):
    """What a row says of something that no other row of the file may say otherwise."""

    of: str
    says: str


@dataclass(frozen=True)
class Kind(Generic[R]):
    """A kind of file whose rows are `R`."""

    name: str
    """As in `pathway import NAME`; in the envelope of each fact it says where that came from."""
    what: str
    """What such a file is called where people read of it."""
    columns: tuple[str, ...]
    judged: Callable[[int, tuple[str, ...]], R | RefusedRow]
    """Judges a row by itself: its cells in the order of `columns`."""
    restored: Callable[[int, list[str]], R]
    """A row from its line and the text of everything that follows it in the tuple."""
    claimed: Callable[[R], Claim | None]
    conflict: Callable[[R, int], RefusedRow]
    """The refusal of a row whose claim another line made otherwise."""
    report: Callable[[], Report[R]]
