"""The report of a bulk, by pathway."""

from collections.abc import Mapping
from typing import Any, BinaryIO

from pathway.bulk import Bulk
from pathway.bulk_run import BulkRun, Found, Item, Outcome
from pathway.report_file import ReportFile


class Report:
    """What was asked, a line for each pathway of the group, and the counts at the end."""

    def __init__(self, file: BinaryIO, bulk: Bulk, *, dry_run: bool) -> None:
        asked = {"id": str(bulk.bulk_id), "name": bulk.name, "asked": _asked(bulk)}
        self._file = ReportFile(file, {"bulk": asked, "dry_run": dry_run})

    def add(self, found: Found) -> None:
        """One more pathway."""
        parts = [_part(item) for item in found.items]
        self._file.add({"pathway_id": str(found.pathway_id), "parts": parts})

    def end(self, run: BulkRun) -> None:
        """The counts, after which it is whole."""
        self._file.end(counts(run))


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
