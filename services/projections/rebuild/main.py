"""The commands that rebuild a read model beside the live one: `projections rebuild --help`."""

import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import Annotated
from uuid import UUID

import typer
from plumbing.clock import utc_now
from plumbing.database import connect
from plumbing.settings import load_or_exit

from projections import topic
from projections.rebuild import telling
from projections.rebuild.bar import bar
from projections.rebuild.build import How, build
from projections.rebuild.compare import compare
from projections.rebuild.places import CannotRebuild, before_of, next_of
from projections.rebuild.reasons import Otherwise
from projections.rebuild.switch import drop, switch, switch_back
from projections.settings import DatabaseSettings, FollowSettings
from projections.terminal import PROJECTIONS, Name, fail, say, show, told_plainly

rebuild_commands = typer.Typer(
    help="Make a read model anew beside the live one, compare both, and switch.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)
Model = Annotated[Name, typer.Argument(help="The read model.")]
Patience = Annotated[
    float, typer.Option(min=1, help="Seconds to wait for who reads or writes at the moment.")
]


@contextmanager
def _told() -> Generator[None]:
    with told_plainly():
        try:
            yield
        except CannotRebuild as cannot:
            fail(cannot)
        except topic.OutOfRange as gone:
            fail(f"the topic does not have what was to be read on from ({gone}): build again")
        except KeyboardInterrupt:
            fail("Ended; nothing live was touched.", 130)


@rebuild_commands.command("build")
def build_command(
    name: Model,
    workers: Annotated[int, typer.Option(min=1, max=32, help="Processes that fold.")] = 2,
    brake_seconds: Annotated[
        float, typer.Option(min=0.1, help="Wait while the live one is further behind than this.")
    ] = 10.0,
    rows_at_once: Annotated[
        int, typer.Option(min=1, max=100_000, help="Events whose rows are copied together.")
    ] = 5_000,
) -> None:
    """Fill new tables beside the live ones from the whole topic; nothing live is touched.

    Meanwhile it takes some three times the read model's size of disk. What an earlier one left is dropped.

    Example: `projections rebuild build counsellor --workers 4`
    """
    settings = load_or_exit(FollowSettings)
    how = How(workers, brake_seconds, rows_at_once)
    began = time.monotonic()
    with _told(), bar(say) as shown:
        built = build(name.projection, settings, how, shown, clock=utc_now)
    show(telling.built_lines(next_of(name.projection).name, built, time.monotonic() - began))
    say.print(
        f"Next: `projections rebuild compare {name}`, then `projections rebuild switch {name}`."
    )


@rebuild_commands.command("compare")
def compare_command(
    name: Model,
    details: Annotated[
        int, typer.Option(min=0, max=1_000, help="Pathways to show row by row, with the events.")
    ] = 10,
) -> None:
    """Compare the rebuilt read model with the live one, row by row; exit 1 where they differ.

    A projection that was changed is meant to differ: each difference is told with the event behind it.

    Example: `projections rebuild compare counsellor --details 50`
    """
    settings = load_or_exit(FollowSettings)

    def tell(pathway_id: UUID, found: list[Otherwise]) -> None:
        show(telling.otherwise_lines(pathway_id, found))

    with _told():
        compared = compare(name.projection, settings, details=details, tell=tell, at=utc_now())
    show(telling.compared_lines(name.value, compared))
    say.print(f"Next: `projections rebuild switch {name}`, when what differs is meant to.")
    if not compared.same:
        raise typer.Exit(1)


@rebuild_commands.command("switch")
def switch_command(name: Model, patience: Patience = 60.0) -> None:
    """Bring the rebuilt read model up to date and put it in the live one's place, in one transaction.

    Consumers and pages may run, and go on by themselves with what is there then.

    Example: `projections rebuild switch counsellor`
    """
    settings = load_or_exit(FollowSettings)
    with _told():
        switch(name.projection, settings, clock=utc_now, patience=patience)
    show([f"{name}: the rebuilt one is live; the one from before stands as {name}_before"])
    say.print(
        f"Next: look at the pages. `projections rebuild switch-back {name}` undoes it; "
        f"`projections rebuild drop {name} --before` ends it."
    )


@rebuild_commands.command("switch-back")
def switch_back_command(name: Model, patience: Patience = 60.0) -> None:
    """Put the read model from before back in its place, in one transaction.

    Example: `projections rebuild switch-back counsellor`
    """
    settings = load_or_exit(FollowSettings)
    with _told():
        brought_on = switch_back(name.projection, settings, clock=utc_now, patience=patience)
    show([f"{name}: the one from before is live again; the rebuilt one stands as {name}_next"])
    if brought_on:
        say.print(f"Next: `projections status`; `projections rebuild drop {name} --next` ends it.")
    else:
        say.print(
            "Another release made it: it stands where it stood at the switch, and lacks what came since. "
            f"Next: start the consumers of that release, `projections consumer {name}`."
        )


@rebuild_commands.command("drop")
def drop_command(
    name: Model,
    *,
    next_one: Annotated[bool, typer.Option("--next", help="The one that was rebuilt.")] = False,
    before: Annotated[bool, typer.Option("--before", help="The one from before.")] = False,
) -> None:
    """Remove what stands beside the live read model; say which.

    Example: `projections rebuild drop counsellor --before`
    """
    if next_one == before:
        fail("say which: --next or --before; `projections rebuild status` shows what is there", 2)
    settings = load_or_exit(DatabaseSettings)
    place = next_of(name.projection) if next_one else before_of(name.projection)
    with _told():
        there = drop(name.projection, settings, place)
    show([f"{place.name}: {'dropped' if there else 'was not there'}"])


@rebuild_commands.command("status")
def status_command() -> None:
    """Show what stands beside the live read models, and whose code made which rows.

    Example: `projections rebuild status`
    """
    url = load_or_exit(DatabaseSettings).projections_database_url
    with _told(), connect(url, "projections status", autocommit=True) as connection:
        for projection in PROJECTIONS.values():
            lines = list(telling.beside_lines(connection, projection))
            show(lines or [f"{projection.name}: nothing stands beside it"])
    say.print("Next: `projections rebuild build NAME` makes one anew.")
