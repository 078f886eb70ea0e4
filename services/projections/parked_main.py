"""The commands `projections parked`: pathways that wait, and what a person decides about them."""

import getpass
from typing import Annotated
from uuid import UUID

import typer
from plumbing.clock import utc_now
from plumbing.database import connect
from plumbing.settings import load_or_exit

from projections import healing, parked_requests, parking, printing
from projections.parking import GiveUp
from projections.settings import DatabaseSettings, FollowSettings
from projections.terminal import Name, fail, say, show, told_plainly

parked_commands = typer.Typer(help="Pathways that wait for a person.", no_args_is_help=True)


@parked_commands.command("list")
def parked_list(
    name: Annotated[
        Name | None, typer.Argument(help="The read model; without it, every one.")
    ] = None,
) -> None:
    """Show which pathways wait, since when and why.

    Example: `projections parked list`
    """
    url = load_or_exit(DatabaseSettings).projections_database_url
    with told_plainly(), connect(url, "projections parked", autocommit=True) as connection:
        found = parking.parked(connection, name.value if name else None)
    show(printing.parked_lines(found))
    say.print(f"{len(found)} parked.")


@parked_commands.command("retry")
def parked_retry(
    name: Annotated[Name, typer.Argument(help="The read model.")],
    pathway: Annotated[UUID | None, typer.Argument(help="Without it, all that wait.")] = None,
    *,
    dry_run: Annotated[bool, typer.Option(help="Only show which rows would change.")] = False,
) -> None:
    """Read waiting pathways again from the topic, show which rows change, and let them go on.

    Example: `projections parked retry counsellor --dry-run`
    """
    settings = load_or_exit(FollowSettings)
    waits_on = False
    with told_plainly():
        with connect(settings.projections_database_url, "projections parked") as connection:
            found = parking.parked(connection, name.value, pathway)
        for pathway_id in [each.pathway_id for each in found if each.pathway_id]:
            retried = healing.retry(name.projection, settings, pathway_id, dry_run=dry_run)
            show(printing.retried_lines(retried, dry_run=dry_run))
            waits_on = waits_on or retried.still is not None
    if not found:
        say.print("Nothing waits there. See `projections parked list`.")
    if waits_on:
        raise typer.Exit(1)


@parked_commands.command("forget")
def parked_forget(
    name: Annotated[Name, typer.Argument(help="The read model.")],
    partition: Annotated[int, typer.Argument(help="The record's partition.")],
    offset: Annotated[int, typer.Argument(help="The record's offset.")],
) -> None:
    """Take a record without a pathway off the list, once it is known what it was; no row changes.

    Example: `projections parked forget counsellor 3 1204`
    """
    url = load_or_exit(DatabaseSettings).projections_database_url
    with told_plainly(), connect(url, "projections parked", autocommit=True) as connection:
        if not parking.forget_record(connection, name.value, partition, offset):
            fail(f"{partition}:{offset} is no record without a pathway on the list of {name.value}")


@parked_commands.command("show")
def parked_show(
    name: Annotated[Name, typer.Argument(help="The read model.")],
    pathway: Annotated[UUID, typer.Argument(help="The pathway that waits.")],
) -> None:
    """Show why one pathway waits, who gave it up, and what was asked of it before.

    Example: `projections parked show counsellor 01931f0a-7c1e-7bb2-9d0e-0c5b8a1e4f60`
    """
    url = load_or_exit(DatabaseSettings).projections_database_url
    with told_plainly(), connect(url, "projections parked", autocommit=True) as connection:
        found = parking.parked(connection, name.value, pathway)
        asked = parked_requests.of_pathway(connection, name.value, pathway)
    show(printing.parked_lines(found))
    show(printing.request_lines(asked))
    if not found:
        say.print("It does not wait there. See `projections parked list`.")
        raise typer.Exit(1)
    say.print(f"Next: `projections parked retry {name} {pathway} --dry-run`.", soft_wrap=True)


@parked_commands.command("give-up")
def parked_give_up(
    name: Annotated[Name, typer.Argument(help="The read model.")],
    pathway: Annotated[UUID, typer.Argument(help="The pathway that waits.")],
    reason: Annotated[
        str, typer.Option("--reason", help="Why; kept with your name, for whoever asks later.")
    ],
) -> None:
    """Leave a pathway as it is: it waits for nobody any more, and pages go on saying that it is not whole.

    Example: `projections parked give-up reporting PATHWAY --reason "written by a test, see ticket 12"`
    """
    if not reason.strip():
        fail("a reason is wanted: whoever looks later has nothing else to go by")
    url = load_or_exit(DatabaseSettings).projections_database_url
    decision = GiveUp(reason.strip(), getpass.getuser(), utc_now())
    with told_plainly(), connect(url, "projections parked", autocommit=True) as connection:
        if not parking.give_up(connection, name.value, pathway, decision):
            fail(f"pathway {pathway} does not wait in {name}; see `projections parked list`")
    say.print(
        f"It is given up. To take that back: `projections parked retry {name} {pathway}`.",
        soft_wrap=True,
    )
