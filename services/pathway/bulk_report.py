"""The report of a bulk, by pathway: written as it goes, so that a large group costs no memory."""

from collections.abc import Mapping
from typing import Any, BinaryIO

import orjson

from pathway.bulk import Bulk
from pathway.bulk_run import BulkRun, Found, Item, Outcome


class Report:
    """JSON: what was asked, a line for each pathway of the group, and the counts at the end."""

    def __init__(self, file: BinaryIO, bulk: Bulk, *, dry_run: bool) -> None:
        self._file = file
        self._before = b"\n  "
        head = {
            "bulk": {"id": str(bulk.bulk_id), "name": bulk.name, "asked": _asked(bulk)},
            "dry_run": dry_run,
        }
        file.write(orjson.dumps(head, option=orjson.OPT_INDENT_2).removesuffix(b"\n}"))
        file.write(b',\n  "pathways": [')

    def add(self, found: Found) -> None:
        """One more pathway."""
        line = {
            "pathway_id": str(found.pathway_id),
            "parts": [_part(item) for item in found.items],
        }
        self._file.write(self._before + b"  " + orjson.dumps(line))
        self._before = b",\n  "

    def end(self, run: BulkRun) -> None:
        """The counts, after which it is whole."""
        self._file.write(b'\n  ],\n  "counts": ' + orjson.dumps(counts(run)) + b"\n}\n")


def counts(run: BulkRun) -> Mapping[str, int]:
    """How many parts came to each outcome, and how many of the accepted ones are warned of."""
    return {**{outcome.value: run.counts[outcome] for outcome in Outcome}, "warned": run.warned}


def _asked(bulk: Bulk) -> Mapping[str, Any]:
    return bulk.model_dump(mode="json", exclude_none=True)


def _part(item: Item) -> Mapping[str, Any]:
    why = item.why
    told = {
        "module_id": str(item.module_id) if item.module_id else None,
        "outcome": item.outcome,
        "warnings": list(item.warnings),
        "rule": why.rule if why else None,
        "detail": why.detail if why else None,
    }
    return {name: value for name, value in told.items() if value}
