"""Everything that the rooms of a life hold: every fact and every command, found by looking into them."""

from collections.abc import Iterator
from types import ModuleType
from typing import TYPE_CHECKING, Annotated, TypeAlias, TypeVar, Union

from pydantic import Field

from pathway.domain import (
    absence,
    closing,
    corrections,
    course,
    deadlines,
    duties,
    employment,
    enrolment,
    guidance,
    ibo,
    ibo_contract,
    legacy,
    merging,
    modules,
    obligation,
    plan,
    planning,
    referral,
    stage,
    suspension,
    wep_plus,
    work,
)
from pathway.domain.commands import Command
from pathway.domain.facts import Fact

ROOMS: tuple[ModuleType, ...] = (
    enrolment,
    legacy,
    guidance,
    plan,
    referral,
    duties,
    ibo,
    ibo_contract,
    stage,
    wep_plus,
    planning,
    modules,
    course,
    absence,
    work,
    suspension,
    obligation,
    employment,
    closing,
    deadlines,
    corrections,
    merging,
)
"""In the order in which a pathway usually meets what they hold."""

_Kind = TypeVar("_Kind", bound=Fact | Command)


def _held(of: type[_Kind], mark: str) -> Iterator[type[_Kind]]:
    """The classes of a kind that are declared whole, in the order of the rooms and of their text."""
    for room in ROOMS:
        for one in vars(room).values():
            here = isinstance(one, type) and one.__module__ == room.__name__
            if here and issubclass(one, of) and mark in vars(one):
                yield one


FACTS: tuple[type[Fact], ...] = tuple(_held(Fact, "about"))
COMMANDS: tuple[type[Command], ...] = tuple(_held(Command, "path"))

if TYPE_CHECKING:
    PathwayFact: TypeAlias = Fact
else:
    # For pydantic: any of them, told apart by its kind.
    PathwayFact = Annotated[Union[FACTS], Field(discriminator="kind")]  # noqa: UP007
