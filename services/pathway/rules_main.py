"""The commands `pathway rules`: the table of rules by date, and what a changed one would do."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table as Columns

from pathway.at_terminal import looked
from pathway.auditing import progress
from pathway.domain.rules import SHIPPED, TABLE, RuleRow, Table, TableWrong
from pathway.opening import open_store
from pathway.report_file import ReportFile, new_report
from pathway.saying import Failed, say
from pathway.store import Store
from pathway.what_if import Hit, HitPathway, WhatIf, try_table

SOMEBODY_IS_HIT = 3
FIRST = 20
"""How many of the pathways that are hit are told of on the screen."""
AT_ONCE = 50
"""Pathways whose looks are traced together, before any of them is told of."""
rules_commands = typer.Typer(help="The rules that changed by date.", no_args_is_help=True)
out = Console(highlight=False)

OnDay = Annotated[
    datetime | None,
    typer.Option("--on", formats=["%Y-%m-%d"], help="Only the rows that held on this day."),
]
AsFile = Annotated[
    bool, typer.Option("--toml", help="The whole table as the file that it is, to copy and change.")
]
ReportTo = Annotated[
    Path | None, typer.Option("--report", help="Write every pathway that is hit here, as JSON.")
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
def try_changed(changed_table: ChangedTable, report: ReportTo = None) -> None:
    """Judge every fact on record by CHANGED_TABLE, and tell whom it hits; no fact is changed.

    The first pathways that are hit are told of, each with its facts, the rule, and whether it would be
    refused or warned of. Who is told of is traced as looked at.

    Exit status: 0 when nobody is hit, 3 when somebody is, 1 when it could not be tried.

    Example: `pathway rules show --toml > changed.toml`, change it, `pathway rules try changed.toml`
    """
    what_if = WhatIf(_read(changed_table))
    try:
        with (
            open_store() as store,
            new_report(report, {"changed_table": changed_table.name}) as written,
        ):
            first = _try(what_if, store, written)
            if written:
                written.end(_counts(what_if))
    except OSError as failed:
        raise Failed(f"{failed.filename or report}: {failed.strerror}.") from None
    for line in _told(what_if, first):
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
        f"ages {', '.join(row.ages)}" if row.ages else "",
        f"education {', '.join(row.education)}" if row.education else "",
        f"under 25: {row.unemployed_under_25} without work before"
        if row.unemployed_under_25
        else "",
        f"from 25: {row.unemployed_from_25} without work before" if row.unemployed_from_25 else "",
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


def _try(what_if: WhatIf, store: Store, report: ReportFile | None) -> list[HitPathway]:
    """The first pathways that are hit; the report has them all. Who is told of is traced before."""
    first: list[HitPathway] = []
    with progress(say) as bar:
        hit = try_table(store.database_url, what_if, bar)
        while some := list(islice(hit, AT_ONCE)):
            shown = some[: max(0, FIRST - len(first))]
            told_of = {one.person_ref for one in (some if report else shown)}
            if told_of:
                looked(store, told_of, "pathway rules try", or_else="Nobody was told of.")
            first += shown
            if report:
                for one in some:
                    report.add(_line(one))
    return first


def _line(pathway: HitPathway) -> Mapping[str, Any]:
    return {
        "pathway_id": str(pathway.pathway_id),
        "facts": [
            {
                "fact_id": str(hit.fact_id),
                "fact": hit.fact,
                "on": hit.occurred_on.isoformat(),
                "rule": hit.rule,
                "finding": _finding(hit),
                "runs": hit.runs,
            }
            for hit in pathway.hits
        ],
    }


def _finding(hit: Hit) -> str:
    return "refused" if hit.refused else "warned"


def _counts(what_if: WhatIf) -> Mapping[str, Any]:
    return {
        "pathways": what_if.pathways,
        "judged": what_if.judged,
        "hit": what_if.hit,
        "running": what_if.running,
        "relieved": what_if.relieved,
        "rules": [
            {"rule": rule, "row": row, **asdict(count)}
            for (rule, row), count in sorted(what_if.found.items())
        ],
    }


def _told(what_if: WhatIf, first: Sequence[HitPathway]) -> Iterator[str | Columns]:
    yield f"{what_if.judged:,} facts judged in {what_if.pathways:,} pathways."
    if what_if.found:
        yield _by_rule(what_if)
    if what_if.relieved:
        yield f"{what_if.relieved:,} facts would be refused or warned of no more."
    if not what_if.hit:
        yield "Nobody is hit: the table in force finds all of this too."
        return
    yield (
        f"{what_if.hit:,} pathways are hit, which the table in force lets through; "
        f"{what_if.running:,} of them are open, and what is hit still runs."
    )
    for pathway in first:
        for hit in pathway.hits:
            runs = ", still runs" if hit.runs else ""
            yield (
                f"pathway {pathway.pathway_id}: {hit.fact} of {hit.occurred_on}: "
                f"{_finding(hit)} ({hit.rule}){runs}"
            )
    if what_if.hit > len(first):
        more = what_if.hit - len(first)
        yield f"... and {more:,} more pathways; --report FILE has every one of them."


def _by_rule(what_if: WhatIf) -> Columns:
    columns = Columns("rule", "row", box=None, pad_edge=False)
    for name in ("refused", "warned", "anew", "running"):
        columns.add_column(name, justify="right")
    for (rule, row), count in sorted(what_if.found.items()):
        counted = (count.refused, count.warned, count.hit, count.running)
        columns.add_row(rule, row, *(f"{many:,}" for many in counted))
    return columns
