"""Tables as files: CSV, Excel and Parquet, each with what it tells of itself inside; memory stays flat."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import islice
from tempfile import TemporaryFile
from typing import IO, Any, Literal, cast

import xlsxwriter  # pyright: ignore[reportMissingTypeStubs]
from plumbing.problems import ProblemType

from projections.publishing.tables import Table

NO_PARQUET = ProblemType(
    "no-parquet",
    501,
    "This installation writes no Parquet",
    "Ask for `csv` or `xlsx`, or have the extra `parquet` of the read side installed.",
)
AT_ONCE = 2_000
FORMULAS = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes a cell for a formula by."""

Kind = Literal["text", "whole", "number", "yes", "day"]


class Format(StrEnum):
    """In which format a file comes."""

    CSV = "csv"
    EXCEL = "xlsx"
    PARQUET = "parquet"


MEDIA = {
    Format.CSV: ("zip", "application/zip"),
    Format.EXCEL: (
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    Format.PARQUET: ("parquet", "application/vnd.apache.parquet"),
}
"""A file name's ending, and its media type. CSV comes as two files, so that neither holds comments."""


@dataclass(frozen=True)
class Sheet:
    """A table to write: columns with their kinds, lines once, and what it tells of itself."""

    columns: Mapping[str, Kind]
    lines: Iterable[Mapping[str, object]]
    about: Sequence[tuple[str, str]]


def sheet_of(table: Table, about: Sequence[tuple[str, str]]) -> Sheet:
    """A report's table; a column's kind is that of what it holds."""
    kinds: dict[str, Kind] = {
        name: _kind(line.get(name) for line in table.lines) for name in table.columns
    }
    return Sheet(kinds, table.lines, about)


def written(sheet: Sheet, form: Format) -> IO[bytes]:
    """The file, from its beginning; it is gone when closed. Raises NO_PARQUET as a Problem."""
    file = cast("IO[bytes]", TemporaryFile())  # noqa: SIM115  # Whoever reads it closes it.
    try:
        {Format.CSV: _csv, Format.EXCEL: _excel, Format.PARQUET: _parquet}[form](sheet, file)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file


def _kind(values: Iterator[object]) -> Kind:
    kinds = {type(value) for value in values if value is not None}
    if kinds == {bool}:
        return "yes"
    if kinds == {int}:
        return "whole"
    return "number" if kinds and kinds <= {int, float} else "text"


def plain(value: object) -> str:
    """A cell as text that no spreadsheet takes for a formula."""
    if value is None:
        return ""
    if isinstance(value, (int, float)):
        return str(value)
    text = str(value)
    return f"'{text}" if text.startswith(FORMULAS) else text


def _csv(sheet: Sheet, file: IO[bytes]) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as both:
        _csv_part(both, "data.csv", [*sheet.columns], _values(sheet))
        _csv_part(both, "definition.csv", ["what", "value"], sheet.about)


def _csv_part(
    both: zipfile.ZipFile, name: str, columns: Sequence[str], lines: Iterable[Sequence[object]]
) -> None:
    with both.open(name, "w", force_zip64=True) as part:
        # A mark at the beginning, by which Excel knows that it is UTF-8.
        text = io.TextIOWrapper(part, "utf-8-sig", newline="")
        told = csv.writer(text)
        told.writerow(columns)
        told.writerows([plain(value) for value in line] for line in lines)
        text.flush()
        text.detach()


def _excel(sheet: Sheet, file: IO[bytes]) -> None:
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with cast("Any", xlsxwriter).Workbook(file, options) as book:
        bold = book.add_format({"bold": True})
        days = book.add_format({"num_format": "dd/mm/yyyy"})
        data = book.add_worksheet("Data")
        data.freeze_panes(1, 0)
        data.write_row(0, 0, [*sheet.columns], bold)
        for row, line in enumerate(_values(sheet), 1):
            for column, value in enumerate(line):
                if isinstance(value, date):
                    data.write_datetime(row, column, value, days)
                elif isinstance(value, (bool, int, float)):
                    data.write(row, column, value)
                elif value is not None:
                    data.write_string(row, column, str(value))
        told = book.add_worksheet("Definition")
        told.set_column(0, 1, 40)
        for row, (what, value) in enumerate(sheet.about):
            told.write_string(row, 0, what, bold)
            told.write_string(row, 1, value)


def _parquet(sheet: Sheet, file: IO[bytes]) -> None:
    try:
        # An extra of some hundred MB: not everybody installs it.
        import pyarrow as pa  # noqa: PLC0415  # pyright: ignore[reportMissingTypeStubs]
        import pyarrow.parquet as pq  # noqa: PLC0415  # pyright: ignore[reportMissingTypeStubs]
    except ImportError:
        raise NO_PARQUET.problem() from None
    arrow = cast("Any", pa)
    types: dict[Kind, Any] = {
        "text": arrow.string(),
        "whole": arrow.int64(),
        "number": arrow.float64(),
        "yes": arrow.bool_(),
        "day": arrow.date32(),
    }
    schema = arrow.schema(
        [(name, types[kind]) for name, kind in sheet.columns.items()],
        metadata={f"vdab.{what}": value for what, value in sheet.about},
    )
    with cast("Any", pq).ParquetWriter(file, schema) as told:
        for lines in _batches(sheet.lines):
            rows = [{name: line.get(name) for name in sheet.columns} for line in lines]
            told.write_batch(arrow.RecordBatch.from_pylist(rows, schema=schema))


def _values(sheet: Sheet) -> Iterator[list[object]]:
    return ([line.get(name) for name in sheet.columns] for line in sheet.lines)


def _batches(lines: Iterable[Mapping[str, object]]) -> Iterator[list[Mapping[str, object]]]:
    left = iter(lines)
    while some := list(islice(left, AT_ONCE)):
        yield some
