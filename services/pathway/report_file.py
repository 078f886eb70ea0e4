"""A report by pathway as JSON: written as it goes, so that a large one costs no memory."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from pathway.drafts import drafted


class ReportFile:
    """What was asked, a line for each pathway, and the counts at the end."""

    def __init__(self, file: BinaryIO, asked: Mapping[str, Any]) -> None:
        self._file = file
        self._before = b"\n  "
        file.write(orjson.dumps(asked, option=orjson.OPT_INDENT_2).removesuffix(b"\n}"))
        file.write(b',\n  "pathways": [')

    def add(self, pathway: Mapping[str, Any]) -> None:
        """One more pathway."""
        self._file.write(self._before + b"  " + orjson.dumps(pathway))
        self._before = b",\n  "

    def end(self, counts: Mapping[str, Any]) -> None:
        """The counts, after which it is whole."""
        self._file.write(b'\n  ],\n  "counts": ' + orjson.dumps(counts) + b"\n}\n")


@contextmanager
def new_report(to: Path | None, asked: Mapping[str, Any]) -> Generator[ReportFile | None]:
    """The report to fill in this block, in its place at the end of a good one; None where none is asked.

    Raises OSError.
    """
    if to is None:
        yield None
        return
    with drafted(to) as draft, draft.open("wb") as written:
        yield ReportFile(written, asked)
