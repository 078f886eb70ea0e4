"""The report of one register: what it holds, and which lines were passed over or refused."""

import json
from array import array
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from pathway.register.rules import MIGRATIONS, RegisterRow, Rule

_RULES = tuple(Rule)
_AT_ONCE = 1000
"""Lines that are written in one piece."""


class Report:
    """Counts while the rows go by; a refused or doubled row costs it nine bytes at most."""

    def __init__(self) -> None:
        self.rows = 0
        self.enrolled = 0
        self.modules_started = 0
        self.migrated: dict[str, int] = dict.fromkeys(MIGRATIONS, 0)
        self.ended_without_migration = 0
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

    def accept(self, row: RegisterRow, *, new_person: bool, names_first: bool) -> None:
        """Count a row; `names_first`: of its person's rows the first that names a measure."""
        self.rows += 1
        self.modules_started += 1
        self.enrolled += new_person
        if names_first and row.migrates:
            self.migrated[row.scheme or ""] += 1
        elif names_first:
            self.ended_without_migration += 1

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
        counts: dict[str, object] = {
            "rows": self.rows,
            "enrolled": self.enrolled,
            "modules_started": self.modules_started,
            "migrated": self.migrated,
            "ended_without_migration": self.ended_without_migration,
        }
        yield _json(counts).removesuffix("\n}").encode()
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
