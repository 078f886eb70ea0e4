"""The report of a bulk, by pathway."""

from collections.abc import Mapping
from typing import Any

from pathway.bulk import Bulk
from pathway.bulk_run import BulkRun, Found, Item, Outcome


def head(bulk: Bulk, *, dry_run: bool) -> Mapping[str, Any]:
    """What was asked."""
    asked = bulk.model_dump(mode="json", exclude_none=True)
    return {
        "bulk": {"id": str(bulk.bulk_id), "name": bulk.name, "asked": asked},
        "dry_run": dry_run,
    }


def entry(found: Found) -> Mapping[str, Any]:
    """A pathway of the group, and what became of each part."""
    return {"pathway_id": str(found.pathway_id), "parts": [_part(item) for item in found.items]}


def counts(run: BulkRun) -> Mapping[str, int]:
    """How many parts came to each outcome, and how many of the accepted ones are warned of."""
    return {**{outcome.value: run.counts[outcome] for outcome in Outcome}, "warned": run.warned}


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
