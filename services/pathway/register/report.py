"""The report of one file: what it holds, and which lines were passed over or refused."""

import json
from array import array
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Generic, TypeVar

from pathway.register.outcomes import Row, Rule

R = TypeVar("R", bound=Row)

_RULES = tuple(Rule)
_AT_ONCE = 1000
"""Lines that are written in one piece."""


class Report(Generic[R]):
    """Counts while the rows go by; a refused or doubled row costs it nine bytes at most."""

    def __init__(self) -> None:
        self.rows = 0
        self.people = 0
        self.modules = 0
        self._duplicates = array("Q")
        self._refused_lines = array("Q")
        self._refused_rules = bytearray()

    @property
    def duplicates(self) -> list[int]:
        """The lines that say what an earlier one says, in the file's order."""
        return self._duplicates.tolist()

    @property
    def rejected(self) -> dict[int, Rule]:
        """The first rule that each refused line breaks, in the file's order."""
        return dict(self._rejected())

    @property
    def duplicate(self) -> int:
        """How many lines say what an earlier one says."""
        return len(self._duplicates)

    @property
    def refused(self) -> int:
        """How many lines break a rule."""
        return len(self._refused_lines)

    def accept(self, row: R, *, new_person: bool, claims_first: bool) -> None:
        """Count a row that stands; whether it is its person's first, and the first of its claim."""
        self.rows += 1
        self.modules += 1
        self.people += new_person
        self.note(row, claims_first=claims_first)

    def note(self, row: R, *, claims_first: bool) -> None:
        """Count what rows of this kind of file tell besides."""
        raise NotImplementedError

    def counts(self) -> Mapping[str, object]:
        """What the report begins with."""
        raise NotImplementedError

    def sentence(self) -> str:
        """The counts for people: what the file holds of this kind."""
        raise NotImplementedError

    def pass_over(self, line: int) -> None:
        """Count a duplicate."""
        self.rows += 1
        self._duplicates.append(line)

    def refuse(self, line: int, rule: Rule) -> None:
        """Count a refused row."""
        self.rows += 1
        self._refused_lines.append(line)
        self._refused_rules.append(_RULES.index(rule))

    def to_json(self, store: Mapping[str, object] | None = None) -> bytes:
        """The report as JSON, whole; `store` as in `pieces`."""
        return b"".join(self.pieces(store))

    def pieces(self, store: Mapping[str, object] | None = None) -> Iterator[bytes]:
        """The report as JSON, piece by piece, so that no refused line costs memory once more.

        `store` is what the store had or refused; its key is there only if it is not empty.
        """
        yield _json(self.counts()).removesuffix("\n}").encode()
        duplicates = (f"  {line}" for line in self._duplicates)
        yield from _block("duplicates", "[]", duplicates)
        rejected = (f'  "{line}": "{rule}"' for line, rule in self._rejected())
        yield from _block("rejected", "{}", rejected)
        if store:
            yield b"," + _json({"store": store}).removeprefix("{").removesuffix("\n}").encode()
        yield b"\n}"

    def _rejected(self) -> Iterator[tuple[int, Rule]]:
        rules = (_RULES[at] for at in self._refused_rules)
        return zip(self._refused_lines, rules, strict=True)


def _block(name: str, around: str, lines: Iterable[str]) -> Iterator[bytes]:
    """A list or an object of the report, with its lines as `json` would indent them."""
    yield f',\n "{name}": {around[0]}'.encode()
    before, lines = "\n", iter(lines)
    while group := list(islice(lines, _AT_ONCE)):
        yield (before + ",\n".join(group)).encode()
        before = ",\n"
    yield (around[1] if before == "\n" else f"\n {around[1]}").encode()


def _json(value: object) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False)
