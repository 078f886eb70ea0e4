"""The data of each published event: what others may know of a fact, in full, without any other message.

Identifiers are references: who a `person_ref` is, only the vault can tell. Days are Europe/Brussels.
A field is never removed or renamed within a version; readers pass over fields that they do not know.
The first sentence of each docstring is the event's Dutch title and its meaning.
"""

# ruff: noqa: F403 - Whoever reads an event finds it here, and no list has to be kept of them.
from collections.abc import Iterator
from types import ModuleType

from schemas.events import (
    amendments,
    course,
    deadlines,
    duties,
    guidance,
    merging,
    modules,
    referral,
    wep_plus,
    work,
)
from schemas.events.amendments import *
from schemas.events.course import *
from schemas.events.deadlines import *
from schemas.events.duties import *
from schemas.events.frame import *
from schemas.events.frame import Data
from schemas.events.guidance import *
from schemas.events.merging import *
from schemas.events.modules import *
from schemas.events.referral import *
from schemas.events.state import *
from schemas.events.wep_plus import *
from schemas.events.work import *

_ROOMS: tuple[ModuleType, ...] = (
    guidance,
    referral,
    duties,
    modules,
    wep_plus,
    course,
    work,
    deadlines,
    amendments,
    merging,
)
"""In the order in which a pathway usually meets what they hold."""


def _told(room: ModuleType) -> Iterator[type[Data]]:
    for one in vars(room).values():
        here = isinstance(one, type) and one.__module__ == room.__name__
        if here and issubclass(one, Data) and "event" in vars(one):
            yield one


EVENTS: tuple[type[Data], ...] = tuple(event for room in _ROOMS for event in _told(room))
"""Every event on the events topic."""
