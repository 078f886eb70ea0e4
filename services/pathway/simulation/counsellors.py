"""The counsellors of a simulation: as many as keep their caseloads within reach, the demo's own ones first."""

from dataclasses import dataclass
from random import Random

from pathway.recorded import VDAB, Actor
from pathway.simulation.chance import one_of
from schemas.codes import ActorKind

# The units of the demo's sign-ins, three counsellors in each; further ones follow in the same way.
_UNITS = ("OE-VOORBEELD-NOORD", "OE-VOORBEELD-ZUID", "OE-VOORBEELD-OOST", "OE-VOORBEELD-WEST")
_A_UNIT = 3
_ORDER_OF_FIRST = (1, 2, 4)
"""So that even the smallest population has two units."""

_THE_LARGER_PART = 5

CASELOAD = 100
"""Open pathways that a counsellor has on average; chance takes some of them to 120."""


@dataclass(frozen=True)
class Counsellor:
    """Who guides, and for which unit."""

    ref: str
    unit: str

    @property
    def actor(self) -> Actor:
        return Actor(kind=ActorKind.BEMIDDELAAR, ref=self.ref, organisation=VDAB)


class Counsellors:
    """Everyone who guides in this population."""

    def __init__(self, open_pathways: float) -> None:
        count = max(len(_ORDER_OF_FIRST), -(-int(open_pathways) // CASELOAD))
        rest = (n for n in range(1, count + 2) if n not in _ORDER_OF_FIRST)
        numbers = [*_ORDER_OF_FIRST, *rest][:count]
        self.everyone = tuple(_counsellor(number) for number in numbers)
        # Of a small population the demo's first counsellor has the larger part, to have a full list.
        first = _THE_LARGER_PART if count == len(_ORDER_OF_FIRST) else 1
        self._weights = dict.fromkeys(self.everyone, 1) | {self.everyone[0]: first}

    def pick(self, chance: Random) -> Counsellor:
        """Somebody with room for one more."""
        return one_of(chance, self._weights)

    def other(self, chance: Random, than: Counsellor) -> Counsellor:
        """A colleague, of the same unit if there is one."""
        colleagues = [one for one in self.everyone if one != than]
        near = [one for one in colleagues if one.unit == than.unit]
        return one_of(chance, {one: self._weights[one] for one in near or colleagues})


STAFF = Actor(kind=ActorKind.MEDEWERKER, ref="beheerder-01", organisation=VDAB)
"""Who puts right what no counsellor may alone: the wrong person, or one person with two numbers."""


def partner(kbo: str) -> Actor:
    """The partner organisation with this KBO number, which registers for its own people."""
    return Actor(kind=ActorKind.PARTNER, ref=f"partner-{kbo}", organisation=kbo)


def _counsellor(number: int) -> Counsellor:
    group = (number - 1) // _A_UNIT
    unit = _UNITS[group] if group < len(_UNITS) else f"OE-VOORBEELD-{group + 1:02d}"
    return Counsellor(ref=f"bemiddelaar-{number:02d}", unit=unit)
