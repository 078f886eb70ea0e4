"""The commands `pathway rules`: the table of rules by date, and what a changed one would do."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from plumbing.settings import load_or_exit
from rich.console import Console
from rich.table import Table as Columns

from pathway.auditing import progress
from pathway.domain.rules import SHIPPED, TABLE, RuleRow, Table, TableWrong
from pathway.opening import Failed, say, telling
from pathway.settings import PathwaySettings
from pathway.what_if import FIRST, WhatIf, try_table

SOMEBODY_IS_HIT = 3
rules_commands = typer.Typer(help="The rules that changed by date.", no_args_is_help=True)
out = Console(highlight=False)

OnDay = Annotated[
    datetime | None,
    typer.Option("--on", formats=["%Y-%m-%d"], help="Only the rows that held on this day."),
]
AsFile = Annotated[
    bool, typer.Option("--toml", help="The whole table as the file that it is, to copy and change.")
]
ChangedTable = Annotated[
    Path, typer.Argument(help="A file like the one that `pathway rules show --toml` prints.")
]


@rules_commands.command("show")
def show(on: OnDay = None, *, toml: AsFile = False) -> None:
    """Print the table of rules: what could start when, how long, for whom, and where that stands.

    Example: `pathway rules show --on 2015-09-01`
    """
    if toml:
        typer.echo(SHIPPED.read_text(encoding="utf-8"), nl=False)
        return
    rows = [row for row in TABLE.rows if on is None or row.holds_on(on.date())]
    for row in rows:
        out.print(f"{row.instrument} {row.variant}, {row.period}", style="bold", markup=False)
        for line in described(row):
            out.print(f"    {line}", markup=False, soft_wrap=True)
    when = f" that held on {on.date()}" if on else ""
    say.print(f"{len(rows)} rows{when}.")


@rules_commands.command("try")
def try_changed(changed_table: ChangedTable) -> None:
    """Judge every start on record by CHANGED_TABLE, and tell whom it hits; nothing is changed.

    Exit status: 0 when nobody is hit, 3 when somebody is, 1 when it could not be tried.

    Example: `pathway rules show --toml > changed.toml`, change it, `pathway rules try changed.toml`
    """
    what_if = WhatIf(_read(changed_table))
    url = load_or_exit(PathwaySettings).pathway_database_url
    with telling(), progress(say) as bar:
        try_table(url, what_if, bar)
    for line in _told(what_if):
        out.print(line, markup=False, soft_wrap=True)
    raise typer.Exit(SOMEBODY_IS_HIT if what_if.hit else 0)


def described(row: RuleRow) -> Iterator[str]:
    """What a row says, line by line."""
    yield f"{row.id}, sure: {row.certainty}" + (
        f", but for {', '.join(sorted(row.unsure))}" if row.unsure else ""
    )
    limits = [
        f"at least {row.min_length}" if row.min_length else "",
        f"a warning past {row.soft_max}" if row.soft_max else "",
        f"at most {row.hard_max}" if row.hard_max else "",
        {True: "can be extended", False: "cannot be extended", None: ""}[row.extendable],
        f"at least {row.min_hours} hours a week" if row.min_hours else "",
        f"at most {row.max_hours} hours a week" if row.max_hours else "",
        f"at most {row.max_number} for a person" if row.max_number else "",
        "each with another employer" if row.other_employer else "",
        f"at most {row.prior_temp_days} days of agency work there before"
        if row.prior_temp_days is not None
        else "",
        "the employer hires afterwards" if row.hire_obligation else "",
        f"VDAB stops it only for {', '.join(row.vdab_stops_for)}" if row.vdab_stops_for else "",
    ]
    if any(limits):
        yield "; ".join(limit for limit in limits if limit)
    for name, told in (("For", row.who), ("Money", row.money), ("Note", row.note)):
        if told:
            yield f"{name}: {told}"
    yield f"Source: {row.source}"


def _read(file: Path) -> Table:
    try:
        return Table.read(file.read_text(encoding="utf-8"))
    except TableWrong as wrong:
        raise Failed(f"{file} cannot be used as a table of rules:\n{wrong}") from None
    except UnicodeDecodeError:
        raise Failed(f"{file} is no text in UTF-8.") from None
    except OSError as failed:
        raise Failed(f"{file}: {failed.strerror}.") from None


def _told(what_if: WhatIf) -> Iterator[str | Columns]:
    yield f"{what_if.starts:,} starts in {what_if.pathways:,} pathways."
    if what_if.found:
        yield _by_rule(what_if)
    if what_if.relieved:
        yield f"{what_if.relieved:,} starts would be refused or warned of no more."
    if not what_if.hit:
        yield "Nobody is hit: the table in force finds all of this too."
        return
    named = f"; the first {FIRST}" if what_if.hit > FIRST else ""
    yield f"{what_if.hit:,} pathways are hit, which the table in force lets through{named}:"
    yield from map(str, what_if.first)
    colon = ":" if what_if.running else "."
    yield f"{len(what_if.running):,} of them are open, with a start that still runs{colon}"
    yield from map(str, what_if.running)


def _by_rule(what_if: WhatIf) -> Columns:
    columns = Columns("rule", "row", box=None, pad_edge=False)
    for name in ("refused", "warned", "anew", "running"):
        columns.add_column(name, justify="right")
    for (rule, row), count in sorted(what_if.found.items()):
        counted = (count.refused, count.warned, count.hit, count.running)
        columns.add_row(rule, row, *(f"{many:,}" for many in counted))
    return columns
