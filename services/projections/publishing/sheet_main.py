"""The commands `projections sheet`: answer sheets, counted again, and the one that the demo comes with."""

import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import Annotated
from uuid import UUID

import typer
from plumbing.clock import utc_now
from plumbing.database import open_pool
from plumbing.problems import Problem
from plumbing.settings import load_or_exit

from projections.freshness import freshness
from projections.publishing import sheets
from projections.publishing.demo import FIRST_SHEET, make_first_sheet
from projections.settings import DatabaseSettings
from projections.terminal import fail, say, show, told_plainly
from projections.web_reading import ReadModels

sheet_commands = typer.Typer(help="Answer sheets.", no_args_is_help=True)
SECONDS_OF_QUIET = 5.0
SECONDS_BETWEEN_LOOKS = 1.0


@sheet_commands.command("list")
def sheet_list() -> None:
    """Show the newest hundred answer sheets.

    Example: `projections sheet list`
    """
    with _read_models() as read_models, read_models.snapshot() as connection:
        found = sheets.sheets(connection)
    show(f"{one.id}  {one.made_at:%Y-%m-%d %H:%M}Z  {one.title}" for one in found)
    say.print(f"{len(found)} shown. Next: `projections sheet rerun ID`.")


@sheet_commands.command("rerun")
def sheet_rerun(sheet_id: Annotated[UUID, typer.Argument(metavar="ID")]) -> None:
    """Count every figure of a sheet again and say which changed; exit 1 when one is not reproduced.

    Example: `projections sheet rerun 01931f0a-7c1e-7bb2-9d0e-0c5b8a1e4f60`
    """
    again: list[sheets.Rerun] = []
    with _read_models() as read_models:
        with read_models.snapshot() as connection:
            found = sheets.sheets(connection, sheet_id)
            figures = sheets.figures_of(connection, found[0]) if found else {}
        if not found:
            fail(f"there is no answer sheet {sheet_id}; see `projections sheet list`")
        try:
            again = sheets.rerun(read_models, list(figures.values()))
        except Problem as problem:
            fail(problem.title)
    for one in again:
        digest = "" if one.digest_holds else "  its digest does not hold"
        show([f"{one.outcome:<14}  {one.published_id}  {one.question}{digest}"])
    changed = sum(one.outcome != "SAME" for one in again)
    say.print(f"{len(again)} figures counted again, {changed} changed.")
    if any(one.outcome == "NOT_REPRODUCED" or not one.digest_holds for one in again):
        raise typer.Exit(1)


@sheet_commands.command("demo")
def sheet_demo(
    wait: Annotated[float, typer.Option(help="Seconds to wait for the read models.")] = 0.0,
) -> None:
    """Make the sheet that answers the founding document's three questions, once, of a demo's people.

    Run again it changes nothing. When the read models are not whole in time, it makes none.

    Example: `projections sheet demo --wait 600`
    """
    with _read_models() as read_models:
        with read_models.snapshot() as connection:
            there = sheets.is_shipped(connection, FIRST_SHEET)
        if there:
            say.print("The first answer sheet is there. Next: `projections sheet list`.")
        elif not _whole(read_models, wait):
            say.print("The read models are not whole yet: run `projections sheet demo` later.")
        else:
            made = make_first_sheet(read_models)
            show([f"/sheets/{made}"])


def _whole(read_models: ReadModels, wait: float) -> bool:
    """Whether something was read, and all of it, and for some seconds nothing came any more."""
    begun, seen, since = utc_now(), None, time.monotonic()
    deadline = time.monotonic() + wait
    while True:
        with read_models.snapshot() as connection:
            now = freshness(connection, "reporting")
        if now.newest_position != seen:
            seen, since = now.newest_position, time.monotonic()
        read = now.complete_until is not None and (not wait or now.complete_until >= begun)
        if read and seen and (not wait or time.monotonic() - since >= SECONDS_OF_QUIET):
            return True
        if time.monotonic() >= deadline:
            return False
        time.sleep(SECONDS_BETWEEN_LOOKS)


@contextmanager
def _read_models() -> Generator[ReadModels]:
    url = load_or_exit(DatabaseSettings).projections_database_url
    with told_plainly(), open_pool(url, "projections sheet", max_size=2) as pool:
        yield ReadModels(pool, utc_now)
