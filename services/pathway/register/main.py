"""The command `pathway import wep-plus`."""

import hashlib
import sys
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

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

from pathway.opening import Failed, open_pathways, say
from pathway.register.importing import RegisterImport, StoreFindings
from pathway.register.reading import Register, UnreadableRegister, open_register
from pathway.register.rules import DuplicateRow, RefusedRow

SHOWN = 20
"""How many refused rows are told on the screen; the report has them all."""

commands = typer.Typer(help="Bring in what other administrations hand over.", no_args_is_help=True)


@commands.callback()
def _import() -> None:
    """Bring in what other administrations hand over."""


@commands.command("wep-plus")
def wep_plus(
    file: Annotated[Path, typer.Argument(help="The promotor's register, a semicolon CSV.")],
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Judge the file only; needs no server.")
    ] = False,
    report: Annotated[
        Path | None, typer.Option(help="Write what was found to this file, as JSON.")
    ] = None,
) -> None:
    """Import a promotor's WEP+ register; run it again after mending the file, or after a stop.

    A wrong row is refused alone and the rest goes on. What is there already is not written twice.

    Examples:
    `pathway import wep-plus register.csv --dry-run`

    `pathway import wep-plus register.csv --report report.json`

    """
    try:
        with _new_report(file, report) as beside, open_register(file) as register:
            _judge(register)
            findings = StoreFindings() if dry_run else _record(file, register)
            if beside:
                with beside.open("wb") as written:
                    written.writelines(register.report.pieces(findings.told()))
            _tell(register, findings, dry_run=dry_run)
    except UnreadableRegister as unreadable:
        raise Failed(str(unreadable)) from None
    except OSError as failed:
        raise Failed(f"{failed.filename or file}: {failed.strerror}") from None


@contextmanager
def _new_report(file: Path, report: Path | None) -> Generator[Path | None]:
    """Where to write the report, beside its place, into which it goes at the end of a good block.

    Made at once: says now, not after the work, that it cannot be written.
    """
    if report is None:
        yield None
        return
    beside = report.with_name(report.name + ".new")
    for path in (report, beside):
        if path.exists() and file.exists() and path.samefile(file):
            raise Failed(
                f"The report would be written over the register: {path} is {file}. Give --report "
                "another name."
            )
    beside.touch()
    try:
        yield beside
        beside.replace(report)
    finally:
        beside.unlink(missing_ok=True)


def _judge(register: Register) -> None:
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


def _record(file: Path, register: Register) -> StoreFindings:
    people = register.report.enrolled
    with open_pathways() as pathways, _bar("people", people) as bar:
        run = RegisterImport(pathways, _digest(file))
        task = bar.add_task("Recording", total=people, rows=0)
        for done in run.run(register):
            bar.update(task, completed=done, rows=done)
    say.print(f"{run.facts} facts recorded.")
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


def _tell(register: Register, findings: StoreFindings, *, dry_run: bool) -> None:
    found = register.report
    migrated = ", ".join(f"{count} to {scheme}" for scheme, count in found.migrated.items())
    say.print(
        f"The file: {found.rows} rows, {found.enrolled} people, {found.modules_started} modules; "
        f"migrated {migrated}; {found.ended_without_migration} ended without a successor; "
        f"{found.duplicate} duplicates, {found.refused} refused."
    )
    if findings.already or findings.continued:
        say.print(
            f"The store: {findings.already} rows were there already; "
            f"{findings.continued} people had an open pathway and go on in it."
        )
    _tell_lines(findings)
    say.print(
        "Nothing was recorded (--dry-run). Next: the same without --dry-run."
        if dry_run
        else "Next: mend the refused rows and import the file again, or `pathway audit chain`."
    )


def _tell_lines(findings: StoreFindings) -> None:
    """How many rows the store has something against, and the first of them."""
    if findings.differs:
        say.print(f"{len(findings.differs)} rows differ from what was imported before:")
    _tell_some(
        f"line {line}: differs from what was imported before in {', '.join(columns)}; nothing was "
        "written. Correct the registration, or the file."
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


def _tell_some(sentences: Iterable[str]) -> None:
    told = 0
    for told, sentence in enumerate(sentences, start=1):
        if told <= SHOWN:
            say.print(sentence, markup=False, soft_wrap=True)
    if told > SHOWN:
        say.print(_more(told - SHOWN))


def _more(left: int) -> str:
    return f"... and {left} more; --report FILE has every one of them."
