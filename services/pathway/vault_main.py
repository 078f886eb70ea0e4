"""The vault's commands for who operates it: keys, numbers, links, notes, and the index of names.

An INSZ is asked for and never stands on the command line, which other users and logs can read.
"""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from plumbing.ids import new_id

from pathway import numbers
from pathway.application import Pathways
from pathway.at_terminal import actor, asked_insz, looked
from pathway.identity import add_master_key
from pathway.name_search import index_again
from pathway.notes import Motive, Notes, UnknownNote
from pathway.numbers import NumberRefused, Replacement, Standing
from pathway.opening import open_pathways
from pathway.saying import Failed, say
from pathway.store import Context

Since = Annotated[
    datetime,
    typer.Option(formats=["%Y-%m-%d"], help="The day from which it is so, Europe/Brussels."),
]
Source = Annotated[str, typer.Option(help="Who says so, as a code such as KSZ.")]
By = Annotated[str, typer.Option(help="Who decided it, by reference.")]

vault_commands = typer.Typer(help="The vault: who pathways are about.", no_args_is_help=True)


@vault_commands.command("new-key")
def new_key(file: Annotated[Path, typer.Argument(help="The master key file.")]) -> None:
    """Put a new master key on the first line of FILE, for `pathway vault rotate`."""
    try:
        add_master_key(file)
    except OSError as failed:
        raise Failed(f"{failed.filename or file}: {failed.strerror}. FILE is as it was.") from None
    say.print(
        f"{file} has a new key, readable by its owner only. Keep a copy outside the backup. Next, "
        "where a vault is in use: start `pathway api` again, then `pathway vault rotate`.",
        markup=False,
        soft_wrap=True,
    )


@vault_commands.command("rotate")
def rotate() -> None:
    """Wrap every person's key under the newest master key, while everything goes on.

    A process knows the keys that were in the file when it started, so start them again first.
    """
    with open_pathways() as pathways:
        done = pathways.vault.rotate()
    say.print(
        f"{done} people's keys are under the newest master key. Older keys can go from the file, "
        "if every `pathway api` was started after the new one came: else its new people are under "
        "an older key, so start it again and run this once more.",
        soft_wrap=True,
    )


@vault_commands.command("index")
def index() -> None:
    """Make the index anew by which people are found by name; once after an upgrade is enough."""
    with open_pathways() as pathways:
        done = index_again(
            pathways.store,
            pathways.vault,
            before=lambda people: looked(pathways.store, people, "pathway vault index"),
        )
    say.print(f"{done} people are found by the first letters of their names.")


@vault_commands.command("replace-insz")
def replace_insz(since: Since, source: Source = "KSZ") -> None:
    """Give a person another INSZ; both numbers are asked for, or read from two lines of input."""
    old, new = asked_insz("The number that was replaced"), asked_insz("The number in its place")
    with open_pathways() as pathways:
        _looked_by_number(pathways, [old, new], "replace-insz")
        try:
            replacement = Replacement(old, new, _day(since), source)
            standing = numbers.replace(pathways, replacement, _context())
        except NumberRefused as refused:
            raise Failed(str(refused)) from None
    _tell(standing)


@vault_commands.command("cancel-insz")
def cancel_insz(since: Since, source: Source = "KSZ") -> None:
    """Cancel an INSZ, which is asked for: it finds the person still, and enrols nobody."""
    insz = asked_insz("The number that was cancelled")
    with open_pathways() as pathways:
        _looked_by_number(pathways, [insz], "cancel-insz")
        try:
            standing = numbers.cancel(
                pathways.store, pathways.vault, insz, since=_day(since), source=source
            )
        except NumberRefused as refused:
            raise Failed(str(refused)) from None
    _tell(standing)


@vault_commands.command("link")
def link(person_ref: UUID, same_as: UUID, source: Source = "KSZ") -> None:
    """Two references turned out to be one person; SAME_AS counts from now on."""
    with open_pathways() as pathways:
        looked(pathways.store, [person_ref, same_as], "pathway vault link")
        try:
            standing = numbers.link(
                pathways.store, pathways.vault, person_ref, same_as, source=source
            )
        except NumberRefused as refused:
            raise Failed(str(refused)) from None
    _tell(standing)


@vault_commands.command("redact-note")
def redact_note(
    note_id: UUID, motive: Annotated[Motive, typer.Option(help="Why.")], by: By
) -> None:
    """Destroy the text of a note for ever; who wrote it when, and why it went, stay."""
    with open_pathways() as pathways:
        notes = Notes(pathways.store, pathways.vault)
        try:
            looked(pathways.store, [notes.whose(note_id)], "pathway vault redact-note")
            notes.redact(note_id, motive, by=by)
        except UnknownNote as unknown:
            raise Failed(str(unknown)) from None
    say.print(f"The text of note {note_id} is destroyed. Backups made before still hold it.")


def _looked_by_number(pathways: Pathways, insz: list[str], command: str) -> None:
    """Under all references of those with these numbers; of nobody's number it is an attempt."""
    known = pathways.vault.references(insz).values()
    about = [one for each in pathways.vault.same_as(known).values() for one in each]
    looked(pathways.store, list(dict.fromkeys(about)), f"pathway vault {command}")


def _context() -> Context:
    """Who works at the terminal, for the envelope of what pathways tell of a replaced number."""
    command = str(new_id())
    return Context(
        actor=actor(),
        command_id=command,
        correlation_id=command,
        causation_id=command,
    )


def _day(moment: datetime) -> date:
    return moment.date()


def _tell(standing: Standing) -> None:
    counts, *others = standing.references
    say.print(f"The person's reference is {counts}.", soft_wrap=True)
    if others:
        say.print(f"Also: {', '.join(str(one) for one in others)}.", soft_wrap=True)
    if len(standing.open_pathways) > 1:
        told = ", ".join(str(one) for one in standing.open_pathways)
        say.print(
            f"They have more than one open pathway: {told}. Merge them, or close all but one."
        )
