"""The command `pathway access`: who looked at someone's file, for the citizen who asks."""

import csv
import sys
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import typer
from plumbing import access_reading
from plumbing.access_reading import Look, LooksAsked, Page
from plumbing.database import checked, connect
from plumbing.settings import Settings, load_or_exit
from psycopg import Connection
from psycopg.errors import (
    InsufficientPrivilege,
    InvalidSchemaName,
    OperationalError,
    UndefinedTable,
)
from pydantic import AfterValidator, Field
from rich.console import Console
from rich.table import Table

from pathway.at_terminal import looked
from pathway.opening import open_store, telling
from pathway.persons import looked_at_as
from pathway.saying import Failed, say

access_commands = typer.Typer(help="Who looked at whom.", no_args_is_help=True)
AT_ONCE = 1_000
REQUEST = "INZAGEVERZOEK"
"""The purpose of who answers a citizen's request to know who looked."""
WRITE_SIDE, READ_SIDE = "pathway", "projections"
"""The services, by the schemas of their traces."""
COLUMNS = ("service", *Look.model_fields)

Looks = list[tuple[str, Look]]
"""The service that answered, and the look."""


class ReadSideSettings(Settings):
    """Where the read side's trace is, if it may be read from here."""

    projections_database_url: Annotated[str, AfterValidator(checked)] | None = Field(
        default=None,
        description="the PostgreSQL address of the read side, or leave it out",
    )


@access_commands.command("about")
def about(
    reference: Annotated[UUID, typer.Argument(help="The person's reference, or a pathway's id.")],
    since: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="The first day (Europe/Brussels)."),
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option("--until", formats=["%Y-%m-%d"], help="The last day, included."),
    ] = None,
    *,
    as_csv: Annotated[bool, typer.Option("--csv", help="As CSV, to hand over.")] = False,
) -> None:
    """Show each look at this person, the newest first; leaves a look of its own.

    Those of the pages and of the read side's API too, when PROJECTIONS_DATABASE_URL is set.
    Example: `pathway access about 01931f0a-7c1e-7bb2-9d0e-6a1f5f0c2b3d --csv > looks.csv`
    """
    told = {"from": since.date() if since else None, "until": until.date() if until else None}
    asked = LooksAsked.model_validate({name: day for name, day in told.items() if day})
    read_side = load_or_exit(ReadSideSettings).projections_database_url
    with open_store() as store, telling():
        whom = looked_at_as(store, reference)
        looked(store, [whom[0]], "pathway access about", REQUEST)
        with store.connection() as connection:
            found = _all(connection, WRITE_SIDE, asked, whom)
        if read_side:
            found += _of_read_side(read_side, asked, whom)
    found.sort(key=lambda one: one[1].at, reverse=True)
    if as_csv:
        _write_csv(found)
    else:
        _show(found)
    if not read_side:
        say.print(
            "Looks at the pages and at the read side's API are not among these. Set "
            "PROJECTIONS_DATABASE_URL for this command, or ask the read side's GET /v1/access?about="
            f"{whom[0]} as an auditor.",
            soft_wrap=True,
        )


def _of_read_side(url: str, asked: LooksAsked, whom: list[UUID]) -> Looks:
    try:
        with connect(url, "pathway access") as connection:
            return _all(connection, READ_SIDE, asked, whom)
    except OperationalError as away:
        raise Failed(
            f"The read side's database cannot be used: {away}. Set PROJECTIONS_DATABASE_URL to where "
            "it is, or leave it out."
        ) from None
    except (UndefinedTable, InvalidSchemaName):
        raise Failed(
            "PROJECTIONS_DATABASE_URL names a database without the read side's trace. Set the read "
            "side's, or leave it out."
        ) from None
    except InsufficientPrivilege:
        raise Failed(
            "This login may not read the read side's trace. Set PROJECTIONS_DATABASE_URL to one that "
            "may, or leave it out."
        ) from None


def _all(connection: Connection[Any], service: str, asked: LooksAsked, whom: list[UUID]) -> Looks:
    found: Looks = []
    before = None
    while True:
        page = access_reading.looks(connection, service, asked, whom, Page(before, AT_ONCE))
        found += [(service, look) for look in page.looks]
        if page.next_cursor is None:
            return found
        before = int(page.next_cursor)


def _write_csv(found: Looks) -> None:
    rows = csv.DictWriter(sys.stdout, COLUMNS, lineterminator="\r\n")
    rows.writeheader()
    rows.writerows({"service": service, **look.model_dump(mode="json")} for service, look in found)


def _show(found: Looks) -> None:
    table = Table("when (UTC)", "service", "who", "of", "what", "why", "right", "rule", "decision")
    for service, look in found:
        table.add_row(
            f"{look.at:%Y-%m-%d %H:%M:%S}",
            service,
            look.caller,
            look.organisation,
            look.endpoint,
            look.purpose,
            look.role,
            look.rule,
            look.decision,
        )
    out = Console(highlight=False)
    out.print(table, markup=False)
    out.print(f"{len(found)} looks.")
