"""A log to publish and to project, made once for a run: a simulated population and its messages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import psycopg
from pathway import outgoing
from pathway.simulation.arrivals import Plan
from pathway.simulation.run import simulate
from pathway.states import States
from pathway.store import Store
from psycopg.rows import dict_row

from tests.benchmarks.appending import MASTER
from tests.benchmarks.measuring import Say, Sizes
from tests.benchmarks.place import Place

SCHEMAS_BASE = "http://127.0.0.1:8401/schemas"
_FROM, _UNTIL = date(2014, 1, 1), date(2026, 11, 1)

Message = tuple[bytes, bytes]
"""A record's key and value."""


@dataclass(frozen=True)
class Window:
    """What the publisher sends in one transaction: the facts' events, the newest states."""

    events: Sequence[Message]
    states: Sequence[Message]


@dataclass(frozen=True)
class Log:
    """A store full of facts, and the messages that must stand on the topics for them."""

    url: str
    windows: Sequence[Window]

    @property
    def facts(self) -> int:
        return sum(len(window.events) for window in self.windows)

    def by_window(self, size: int, facts: int) -> list[Window]:
        """The first so many facts in windows of another size; states as they are after all."""
        one_by_one = [event for window in self.windows for event in window.events][:facts]
        states = {key: value for window in self.windows for key, value in window.states}
        return [
            Window(part, [(key, states[key]) for key in dict.fromkeys(k for k, _ in part)])
            for part in (one_by_one[n : n + size] for n in range(0, facts, size))
        ]


_made: dict[Place, Log] = {}


def history(place: Place, sizes: Sizes, say: Say) -> Log:
    """The log of this run, made at the first call."""
    if place not in _made:
        say("making a log to measure with")
        url = place.store()
        simulate(Plan(sizes.simulated_pathways, 1, _FROM, _UNTIL), url, MASTER)
        _made[place] = Log(url, _windows(url, sizes.window))
    return _made[place]


def _windows(url: str, size: int) -> list[Window]:
    store, position, made = Store(url), 0, list[Window]()
    with psycopg.connect(url, autocommit=True, row_factory=dict_row) as session:
        states = States(session)
        while facts := store.log(after=position, limit=size):
            after = states.after_each(facts)
            position = facts[-1].position
            events = [
                (
                    outgoing.key(one.pathway_id),
                    outgoing.event(one, state, frozenset(), SCHEMAS_BASE),
                )
                for one, state in zip(facts, after, strict=True)
            ]
            newest = [
                (outgoing.key(one.pathway_id), outgoing.state(one, state, SCHEMAS_BASE))
                for one, state in outgoing.newest(facts, after)
            ]
            made.append(
                Window(
                    [(key, message.to_bytes()) for key, message in events],
                    [(key, message.to_bytes()) for key, message in newest],
                )
            )
    store.close()
    return made
