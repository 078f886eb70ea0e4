"""The commands `pathway barriers`: what stands before people, for who operates the write side.

An INSZ is asked for and never stands on the command line, which other users and logs can read.
"""

from typing import Annotated
from uuid import UUID

import typer
from pydantic import ValidationError
from rich.console import Console

from pathway.api_row_models import SetBarrier
from pathway.at_terminal import asked_insz, looked
from pathway.barriers import (
    Barrier,
    BarrierKind,
    Barriers,
    NewBarrier,
    OwnBarrier,
    UnknownBarrier,
    UnknownPerson,
)
from pathway.opening import open_pathways
from pathway.saying import Failed, say

barriers_commands = typer.Typer(
    help="What stands before people, and nobody can override.", no_args_is_help=True
)
By = Annotated[str, typer.Option(help="Who decided it, by reference.")]


@barriers_commands.command("add")
def add(
    kind: Annotated[BarrierKind, typer.Option(help="What stands before the person.")],
    motive: Annotated[str, typer.Option(help="Why, as a code such as EIGEN_MELDING.")],
    by: By,
    caller: Annotated[
        str | None,
        typer.Option(help="Whose own file or relative, by vo_id; none for VERTROUWELIJK."),
    ] = None,
) -> None:
    """Put a barrier before the person whose INSZ is asked for; the same again is the one there is.

    Example: `pathway barriers add --kind VERTROUWELIJK --motive VERZOEK_BETROKKENE --by beheerder-01`
    """
    insz = asked_insz("The person's number")
    try:
        told = SetBarrier(kind=kind, insz=insz, caller_ref=caller, motive=motive)
    except ValidationError as invalid:
        raise Failed(_what_does_not_fit(invalid)) from None
    with open_pathways() as pathways:
        person_ref = pathways.vault.reference(insz)
        if person_ref is None:
            looked(pathways.store, [], "pathway barriers add")
            raise Failed("Nobody with this INSZ was ever enrolled. Check the number.")
        new = NewBarrier(kind, person_ref, told.caller_ref, motive)
        try:
            barrier, is_new = Barriers(pathways.store, pathways.vault).set(
                new,
                by=by,
                traced=lambda person: looked(pathways.store, [person], "pathway barriers add"),
            )
        except UnknownPerson as unknown:
            looked(pathways.store, [], "pathway barriers add")
            raise Failed(str(unknown)) from None
    stands = "stands now" if is_new else "stood there already"
    say.print(
        f"Barrier {barrier.barrier_id} {stands}, before the person {barrier.person_ref}.",
        soft_wrap=True,
    )


@barriers_commands.command("list")
def list_barriers(
    *,
    ended: Annotated[bool, typer.Option("--ended", help="Those that were ended too.")] = False,
    caller: Annotated[str | None, typer.Option(help="Before this caller only, by vo_id.")] = None,
) -> None:
    """Show the barriers that stand, the newest first; people by reference alone."""
    out, shown = Console(highlight=False), 0
    with open_pathways() as pathways:
        barriers = Barriers(pathways.store, pathways.vault)
        page = barriers.newest(caller_ref=caller, ended=ended)
        while page:
            people = list(dict.fromkeys(barrier.person_ref for barrier in page))
            looked(pathways.store, people, "pathway barriers list")
            for barrier in page:
                out.print(_line(barrier), markup=False, soft_wrap=True)
            shown += len(page)
            page = barriers.newest(caller_ref=caller, ended=ended, before=page[-1].barrier_id)
    out.print(f"{shown} barriers.")


@barriers_commands.command("end")
def end(barrier_id: UUID, by: By) -> None:
    """End a barrier; it stays in the list of ended ones.

    Nobody ends one before themselves, or about their own file or a relative's.
    """
    with open_pathways() as pathways:
        try:
            ended = Barriers(pathways.store, pathways.vault).end(
                barrier_id,
                by=by,
                traced=lambda person: looked(pathways.store, [person], "pathway barriers end"),
            )
        except (UnknownBarrier, OwnBarrier) as refused:
            raise Failed(str(refused)) from None
    say.print(f"Barrier {barrier_id} ended on {ended.ended_at:%Y-%m-%d %H:%M} UTC.")


def _what_does_not_fit(invalid: ValidationError) -> str:
    """Field and rule, without what was given."""
    told = [
        f"{'.'.join(str(step) for step in one['loc']) or 'barrier'}: {one['msg']}"
        for one in invalid.errors(include_url=False, include_input=False, include_context=False)
    ]
    return "; ".join(told) + "."


def _line(barrier: Barrier) -> str:
    before = f"before {barrier.caller_ref}" if barrier.caller_ref else "before everybody"
    line = (
        f"{barrier.barrier_id}  {barrier.kind} {before}, person {barrier.person_ref}: "
        f"{barrier.motive}, since {barrier.set_at:%Y-%m-%d %H:%M} UTC by {barrier.set_by}"
    )
    if barrier.ended_at is None:
        return line
    return f"{line}, ended {barrier.ended_at:%Y-%m-%d %H:%M} UTC by {barrier.ended_by}"
