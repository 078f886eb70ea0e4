"""The commands `pathway bulk`: one for a whole group, with a preview, and a report by pathway."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Annotated, TypeVar
from uuid import UUID

import typer
from plumbing.clock import brussels_today
from pydantic import ValidationError

from pathway.application import Pathways
from pathway.at_terminal import actor, looked
from pathway.auditing import progress
from pathway.bulk import Bulk, EndModules, HandOver
from pathway.bulk_report import counts, entry, head
from pathway.bulk_run import BulkRun, Found, Outcome, marked
from pathway.domain.codes import StoppedBy, StopReason
from pathway.domain.guidance_codes import HandOverReason
from pathway.opening import open_pathways
from pathway.report_file import ReportFile, new_report
from pathway.saying import Failed, say

AT_ONCE = 50
"""Pathways whose looks are traced together, before any of them is told of."""
SHOWN = 20
STAYS = "What was recorded stays; the same again does the rest."
"""How many refusals and warnings of a run are told on the screen; the report has them all."""

bulk_commands = typer.Typer(
    help="The same for a whole group: an employer's modules, a caseload.", no_args_is_help=True
)
B = TypeVar("B", bound=Bulk)

OnDay = Annotated[
    datetime,
    typer.Option("--on", formats=["%Y-%m-%d"], help="The day it is true for, Europe/Brussels."),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Tell what would happen to each pathway; write nothing.")
]
ReportTo = Annotated[
    Path | None, typer.Option("--report", help="Write every pathway's outcome here, as JSON.")
]
_OPTIONS = {"from_counsellor": "--from", "counsellor": "--to"}


@bulk_commands.command("end-modules")
def end_modules(
    on: OnDay,
    reason: Annotated[StopReason, typer.Option(help="Why they stop.")],
    employer: Annotated[
        str | None,
        typer.Option(help="KBO number of the employer (IBO), host (stage) or promotor (WEP+)."),
    ] = None,
    lot: Annotated[
        str | None, typer.Option(help="Tender lot in which people are guided on that day.")
    ] = None,
    *,
    stopped_by: Annotated[StoppedBy | None, typer.Option(help="Who ended them.")] = None,
    decision_ref: Annotated[str | None, typer.Option(help="Where the decision stands.")] = None,
    dry_run: DryRun = False,
    report: ReportTo = None,
) -> None:
    """Stop every module of an employer, or of the people in a tender lot, that has not ended.

    The day is each module's last. What cannot end on it is refused alone, with the rule, and the rest
    goes on. Run the same again after a stop half-way: nothing is recorded twice.

    Examples:
    `pathway bulk end-modules --employer 0887010362 --on 2015-09-30 --reason TEKORTKOMING_WERKGEVER --dry-run`

    `pathway bulk end-modules --lot PERCEEL-7 --on 2018-12-31 --reason EINDE_MAATREGEL --report report.json`

    """
    asked = _asked(
        EndModules,
        on=on.date(),
        reason=reason,
        employer=employer,
        lot=lot,
        stopped_by=stopped_by,
        decision_ref=decision_ref,
    )
    _carry_out(asked, report, dry_run=dry_run)


@bulk_commands.command("hand-over")
def hand_over(
    from_counsellor: Annotated[str, typer.Option("--from", help="Who guides until now.")],
    to: Annotated[str, typer.Option("--to", help="Who guides from that day on.")],
    on: OnDay,
    unit: Annotated[
        str | None, typer.Option(help="The unit they go to. [default: each stays in its own]")
    ] = None,
    reason: Annotated[HandOverReason, typer.Option(help="Why.")] = HandOverReason.HERVERDELING,
    *,
    dry_run: DryRun = False,
    report: ReportTo = None,
) -> None:
    """Hand every open pathway of a counsellor over to another one, or with the same one to another unit.

    What another counsellor guided on that day is refused alone, and the rest goes on. Run the same
    again after a stop half-way: nothing is recorded twice.

    Examples:
    `pathway bulk hand-over --from bemiddelaar-01 --to bemiddelaar-02 --on 2016-01-04 --dry-run`

    `pathway bulk hand-over --from bemiddelaar-01 --to bemiddelaar-02 --on 2016-01-04 --reason UIT_DIENST`

    """
    asked = _asked(
        HandOver,
        on=on.date(),
        from_counsellor=from_counsellor,
        counsellor=to,
        unit=unit,
        reason=reason,
    )
    _carry_out(asked, report, dry_run=dry_run)


def _asked(kind: type[B], **told: object) -> B:
    try:
        return kind.model_validate({n: value for n, value in told.items() if value is not None})
    except ValidationError as invalid:
        raise Failed(_what_does_not_fit(invalid)) from None


def _what_does_not_fit(invalid: ValidationError) -> str:
    """Option and rule, without what was given."""
    told: list[str] = []
    for one in invalid.errors(include_url=False, include_input=False, include_context=False):
        field = str(one["loc"][0]) if one["loc"] else ""
        option = _OPTIONS.get(field, f"--{field.replace('_', '-')}") if field else "bulk"
        told.append(f"{option}: {one['msg'].removeprefix('Value error, ')}")
    return "; ".join(told) + "."


def _carry_out(bulk: Bulk, to: Path | None, *, dry_run: bool) -> None:
    try:
        with open_pathways() as pathways, new_report(to, head(bulk, dry_run=dry_run)) as report:
            _has_come(bulk.on, pathways)
            run = BulkRun(pathways, bulk, actor(), preview=dry_run)
            with marked(pathways.store.database_url, bulk.mark) as (total, ids):
                _work_through(run, ids, total, report)
            if report:
                report.end(counts(run))
    except OSError as failed:
        raise Failed(f"{failed.filename or to}: {failed.strerror}.") from None
    except KeyboardInterrupt:
        stays = "" if dry_run else f" {STAYS}"
        raise Failed(f"Ended half-way.{stays}") from None
    _conclude(run)


def _has_come(day: date, pathways: Pathways) -> None:
    """Says once what would be refused of each: facts have happened."""
    today = brussels_today(pathways.store.clock())
    if day > today:
        raise Failed(f"{day} has not come yet (today is {today}). Do it on the day itself.")


def _work_through(run: BulkRun, ids: Iterable[UUID], total: int, report: ReportFile | None) -> None:
    shown = 0
    with progress(say) as bar:
        for found in _traced(run, bar.track(ids, total=total, description="pathways")):
            if report:
                report.add(entry(found))
            for line in _lines(found, all_of_them=run.preview):
                shown += 1
                if run.preview or shown <= SHOWN:
                    bar.console.print(line, markup=False, soft_wrap=True)
    if not run.preview and shown > SHOWN:
        say.print(f"... and {shown - SHOWN} more; --report FILE has every one of them.")


def _traced(run: BulkRun, ids: Iterable[UUID]) -> Iterator[Found]:
    """The pathways of the group, decided; who is not told of by facts is traced before being shown."""
    ids = iter(ids)
    while some := list(islice(ids, AT_ONCE)):
        found = [one for pathway_id in some if (one := run.decide(pathway_id))]
        shown = (one.person_ref for one in found if run.preview or not one.all_accepted)
        seen = list(dict.fromkeys(person for person in shown if person))
        if seen:
            stays = "Nothing was recorded." if run.preview else STAYS
            looked(run.store, seen, f"pathway bulk {run.bulk.name}", or_else=stays)
        yield from found


def _lines(found: Found, *, all_of_them: bool) -> Iterator[str]:
    """A line for each part: all of them, or those with a refusal or a warning."""
    for item in found.items:
        module = f", module {item.module_id}" if item.module_id else ""
        where = f"pathway {found.pathway_id}{module}"
        if item.why:
            yield f"{where}: refused. {item.why.detail} ({item.why.rule})"
        elif item.outcome is Outcome.UNREADABLE:
            yield f"{where}: cannot be read; `pathway audit chain` names the place"
        elif item.warnings or all_of_them:
            yield f"{where}: {', '.join((item.outcome, *item.warnings))}"


def _conclude(run: BulkRun) -> None:
    told = counts(run)
    if not sum(run.counts.values()):
        say.print("Nothing is in this group. Check the number or reference, and the day.")
        return
    recorded = "would be recorded" if run.preview else "recorded"
    say.print(
        f"{told['accepted']} {recorded}, {told['warned']} of them with a warning; "
        f"{told['refused']} refused; {told['already']} recorded by an earlier run of the same.",
        soft_wrap=True,
    )
    if told["unreadable"]:
        raise Failed(f"{told['unreadable']} pathways cannot be read and were left as they are.")
    if run.preview:
        say.print("Nothing was recorded (--dry-run). Next: the same without --dry-run.")
