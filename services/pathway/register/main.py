"""The commands `pathway import wep-plus` and `pathway import modules`."""

import hashlib
import sys
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Generic

import typer
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from pathway.drafts import draft_of, drafted
from pathway.opening import open_pathways
from pathway.register.importing import Changes, FileImport, StoreFindings
from pathway.register.kinds import Kind, R
from pathway.register.modules import MODULES
from pathway.register.modules.importing import ModulesImport
from pathway.register.outcomes import DuplicateRow, RefusedRow
from pathway.register.reading import Register, UnreadableRegister, opened
from pathway.register.wep_plus import WEP_PLUS
from pathway.register.wep_plus.importing import RegisterImport
from pathway.saying import Failed, say

SHOWN = 20
"""How many refused rows are told on the screen; the report has them all."""

commands = typer.Typer(help="Bring in what other administrations hand over.", no_args_is_help=True)


@commands.callback()
def _import() -> None:
    """Bring in what other administrations hand over."""


DryRun = Annotated[
    bool,
    typer.Option(
        "--dry-run", help="Judge the file only; needs no server, unless with --corrections."
    ),
]
ReportTo = Annotated[Path | None, typer.Option(help="Write what was found to this file, as JSON.")]
Corrections = Annotated[
    bool,
    typer.Option(
        "--corrections", help="Show what changed in rows imported before, and correct it."
    ),
]


@dataclass(frozen=True)
class Asked(Generic[R]):
    """Which file is to be imported, and how."""

    kind: Kind[R]
    file: Path
    dry_run: bool
    corrections: bool
    report: Path | None
    started: Callable[..., FileImport[R]]
    """Begins a run with a store, the file's digest, and whether to correct and to preview."""


@commands.command("wep-plus")
def wep_plus(
    file: Annotated[Path, typer.Argument(help="The promotor's register, a semicolon CSV.")],
    *,
    dry_run: DryRun = False,
    corrections: Corrections = False,
    report: ReportTo = None,
) -> None:
    """Import a promotor's WEP+ register; run it again after mending the file, or after a stop.

    A wrong row is refused alone and the rest goes on. What is there already is not written twice.
    A row that changed since it was imported is told; with --corrections it is recorded as a
    correction, on the authority of the file.

    Examples:
    `pathway import wep-plus register.csv --dry-run`

    `pathway import wep-plus register.csv --report report.json`

    `pathway import wep-plus register.csv --corrections --dry-run`

    """
    _import_file(Asked(WEP_PLUS, file, dry_run, corrections, report, RegisterImport))


@commands.command("modules")
def modules(
    file: Annotated[Path, typer.Argument(help="A provider's modules, a semicolon CSV.")],
    *,
    dry_run: DryRun = False,
    corrections: Corrections = False,
    report: ReportTo = None,
) -> None:
    """Import starts and ends of IBO and stage as a provider sends them; run it again as you like.

    Each row is known again by the provider's own reference. People are not enrolled by such a file:
    a row of somebody without an open pathway is refused. A later file may tell the end of a module
    that is known. Otherwise as `pathway import wep-plus`.

    Examples:
    `pathway import modules modules.csv --dry-run`

    `pathway import modules modules.csv --report report.json`

    `pathway import modules modules.csv --corrections --dry-run`

    """
    _import_file(Asked(MODULES, file, dry_run, corrections, report, ModulesImport))


def _import_file(asked: Asked[R]) -> None:
    file = asked.file
    try:
        with (
            _new_report(file, asked.report) as beside,
            opened(file, asked.kind) as register,
        ):
            _judge(register)
            offline = asked.dry_run and not asked.corrections
            findings = StoreFindings() if offline else _record(asked, register)
            if beside:
                with beside.open("wb") as written:
                    written.writelines(register.report.pieces(findings.told()))
            _tell(register, findings, asked)
    except UnreadableRegister as unreadable:
        raise Failed(str(unreadable)) from None
    except OSError as failed:
        raise Failed(f"{failed.filename or file}: {failed.strerror}") from None


@contextmanager
def _new_report(file: Path, report: Path | None) -> Generator[Path | None]:
    """Where to write the report, beside its place, into which it goes at the end of a good block."""
    if report is None:
        yield None
        return
    for path in (report, draft_of(report)):
        if path.exists() and file.exists() and path.samefile(file):
            raise Failed(
                f"The report would be written over the register: {path} is {file}. Give --report "
                "another name."
            )
    with drafted(report) as beside:
        yield beside


def _judge(register: Register[R]) -> None:
    shown = 0
    with _bar("rows", None) as bar:
        task = bar.add_task("Reading", total=register.size, rows=0)

        def progress(read: int, rows: int) -> None:
            bar.update(task, completed=read, rows=rows)

        for row in register.rows(progress):
            if isinstance(row, RefusedRow | DuplicateRow):
                shown += 1
                if shown <= SHOWN:
                    bar.console.print(row.message, markup=False, soft_wrap=True)
        if shown > SHOWN:
            bar.console.print(_more(shown - SHOWN))


def _record(asked: Asked[R], register: Register[R]) -> StoreFindings:
    people = register.report.people
    doing = "Comparing" if asked.dry_run else "Recording"
    with open_pathways() as pathways, _bar("people", people) as bar:
        run = asked.started(
            pathways, _digest(asked.file), corrections=asked.corrections, preview=asked.dry_run
        )
        task = bar.add_task(doing, total=people, rows=0)
        for done in run.run(register):
            bar.update(task, completed=done, rows=done)
    say.print(f"{run.facts} facts {'would be ' if asked.dry_run else ''}recorded.")
    return run.findings


def _bar(unit: str, total: int | None) -> Progress:
    amount = MofNCompleteColumn() if total is not None else TextColumn("{task.fields[rows]}")
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        amount,
        TextColumn(unit),
        _Rate(unit),
        TimeRemainingColumn(),
        console=say,
        disable=not sys.stderr.isatty(),
    )


class _Rate(ProgressColumn):
    """Rows or people a second since the start."""

    def __init__(self, unit: str) -> None:
        super().__init__()
        self._unit = unit

    def render(self, task: Task) -> Text:
        elapsed = task.elapsed or 0
        rate = task.fields["rows"] / elapsed if elapsed else 0
        return Text(f"{rate:,.0f} {self._unit}/s")


def _digest(file: Path) -> str:
    """The first half of the file's SHA-256: kept with each fact, it says where the fact is from."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()[:32]


def _tell(register: Register[R], findings: StoreFindings, asked: Asked[R]) -> None:
    found = register.report
    say.print(
        f"The file: {found.rows} rows, {found.people} people, {found.modules} modules; "
        f"{found.sentence()}; {found.duplicate} duplicates, {found.refused} refused."
    )
    if findings.already or findings.continued:
        say.print(
            f"The store: {findings.already} rows were there already; "
            f"{findings.continued} people had an open pathway and go on in it."
        )
    _tell_lines(findings, asked)
    say.print(
        "Nothing was recorded (--dry-run). Next: the same without --dry-run."
        if asked.dry_run
        else "Next: mend the refused rows and import the file again, or `pathway audit chain`."
    )


def _tell_lines(findings: StoreFindings, asked: Asked[R]) -> None:
    """How many rows the store has something against, and the first of them."""
    if findings.corrected:
        done = "would be corrected" if asked.dry_run else "were corrected"
        say.print(f"{len(findings.corrected)} rows that changed since they were imported {done}:")
    _tell_some(f"line {line}: {_changes(changes)}." for line, changes in findings.corrected.items())
    if findings.differs:
        say.print(f"{len(findings.differs)} rows differ from what was imported before:")
    way_out = (
        "Who the person is, is corrected in the vault, not by a file."
        if asked.corrections
        else "See what changed with --corrections --dry-run, or mend the file."
    )
    _tell_some(
        f"line {line}: differs from what was imported before in {', '.join(columns)}; nothing was "
        f"written of that. {way_out}"
        for line, columns in findings.differs.items()
    )
    if findings.refused:
        say.print(f"{len(findings.refused)} rows were refused by the store:")
    _tell_some(
        f"line {line}: refused by the store ({rule})." for line, rule in findings.refused.items()
    )
    if findings.name_differs:
        say.print(f"{len(findings.name_differs)} people are known under another name:")
    _tell_some(
        f"line {line}: this person is known under another name, which was kept (name-differs). "
        "See which one is right."
        for line in findings.name_differs
    )


def _changes(changes: Changes) -> str:
    return ", ".join(
        f"{column} {was or 'empty'} -> {now or 'empty'}"
        if both
        else f"{column} (about the person: not shown)"
        for column, both in changes.items()
        for was, now in [both or (None, None)]
    )


def _tell_some(sentences: Iterable[str]) -> None:
    told = 0
    for told, sentence in enumerate(sentences, start=1):
        if told <= SHOWN:
            say.print(sentence, markup=False, soft_wrap=True)
    if told > SHOWN:
        say.print(_more(told - SHOWN))


def _more(left: int) -> str:
    return f"... and {left} more; --report FILE has every one of them."
