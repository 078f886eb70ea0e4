"""At a terminal: who works there is traced before anything is shown or changed, and numbers come in unseen."""

import os
import pwd
import sys
from collections.abc import Collection
from uuid import UUID

import typer
from plumbing.callers import Caller, CallerKind
from plumbing.cef import cef_log_of_settings

from pathway import identifiers
from pathway.identifiers import InvalidIdentifier
from pathway.recorded import VDAB, Actor
from pathway.saying import Failed
from pathway.store import Store
from schemas.codes import ActorKind

UPKEEP = "BEHEER"
"""The purpose of who operates the write side."""
RULE = "OPDRACHTREGEL"
"""What decided: whoever may run the command with the database's and the vault's keys."""


def looked(
    store: Store,
    about: Collection[UUID],
    command: str,
    purpose: str = UPKEEP,
    or_else: str = "Nothing was changed by this step.",
) -> None:
    """Trace that who runs `command` looks at these people, or asked about somebody who is unknown.

    Nobody is shown before. Raises `Failed` when it cannot be traced, with `or_else`, which says what
    has happened till then, and `StoreAway`.
    """
    # Not at the top: the web framework takes as long to load as all other commands together.
    from plumbing import access  # noqa: PLC0415
    from plumbing.problems import Problem  # noqa: PLC0415

    try:
        with store.connection() as connection:
            access.look(
                connection,
                "pathway",
                caller=caller(),
                about=about,
                endpoint=command,
                purpose=purpose,
                decision=access.Decision.PERMIT if about else access.Decision.DENY,
                at=store.clock(),
                rule=RULE,
                cef=cef_log_of_settings(),
            )
    except Problem as problem:
        raise Failed(f"{problem.title}. {or_else}") from None


def caller() -> Caller:
    """The operating system's user, who is asked of the system: the environment can be made up."""
    number = os.getuid()
    try:
        name = pwd.getpwuid(number).pw_name
    except KeyError:  # A container may run as a number that nobody is named by.
        name = str(number)
    return Caller(f"opdrachtregel:{name}", CallerKind.SYSTEEM, "", frozenset())


def actor() -> Actor:
    """The same user, for the envelope of facts that a command records."""
    return Actor(kind=ActorKind.SYSTEEM, ref=caller().ref[:64], organisation=VDAB)


def asked_insz(what: str) -> str:
    """The INSZ that is typed unseen, or stands on the next line of input. Raises `Failed`."""
    if sys.stdin.isatty():
        told: str = typer.prompt(what, hide_input=True, err=True)
    else:
        told = sys.stdin.readline().strip()
    try:
        return identifiers.insz(told)
    except InvalidIdentifier as invalid:
        raise Failed(f"{what}: {invalid.why}.") from None
