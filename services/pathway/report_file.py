"""A report by pathway as JSON: written as it goes, so that a large one costs no memory."""

from collections.abc import Mapping
from typing import Any, BinaryIO

import orjson


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
