"""What of the read side is running, how far each read model is, what rebuilds and proofs say; of nobody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from plumbing.running import Kind, Process, processes

from projections import freshness, proof, schema
from projections.freshness import Freshness
from projections.projection import Projection
from projections.proof import Kind as ProofKind
from projections.readers import readers
from projections.rebuild.noting import Noted, noted
from projections.rebuild.places import before_of, is_at_work, next_of
from projections.schema import Database, MadeFromOther, NotMigrated
from projections.twin import LOCK

TWIN = Kind("projections twin", "projections twin", LOCK)


@dataclass(frozen=True)
class Proven:
    """What the twin has proven: up to which place in the log, when (UTC), and how much differs."""

    position: int
    at: datetime
    differences: int
    whole_at: datetime | None


@dataclass(frozen=True)
class Rebuild:
    """What stands beside a live read model. `noted` is what the last rebuild wrote down of itself.

    AT_WORK: a command builds, compares or switches. READY: it can be switched in. LEFT: an earlier one
    was ended before it was whole. NONE: nothing is to come. `before`: the one from before can come back.
    """

    state: Literal["AT_WORK", "READY", "LEFT", "NONE"]
    before: bool
    noted: Noted | None


@dataclass(frozen=True)
class ReadModel:
    """One read model at a moment; `wrong` is why its consumer cannot follow, if that shows."""

    name: str
    freshness: Freshness
    wrong: str | None
    proven: Proven | None
    rebuild: Rebuild

    @property
    def applied(self) -> int:
        """The place in the log of the newest fact that it has."""
        return self.freshness.newest_position or 0


@dataclass(frozen=True)
class Running:
    """The read side at a moment."""

    processes: tuple[Process, ...]
    read_models: tuple[ReadModel, ...]


def running(connection: Database, projections: Sequence[Projection]) -> Running:
    """What runs now. Raises psycopg.Error."""
    models = tuple(_read_model(connection, one) for one in projections)
    found = readers(connection, [one.name for one in models])
    told = map(_with_why, found, models)
    return Running((*told, *processes(connection, [TWIN])), models)


def _with_why(process: Process, model: ReadModel) -> Process:
    if not model.wrong:
        return process
    told = {"state": "STOPPED", "why": "TABLES", "way_out": model.wrong}
    return process.model_copy(update=told)


def _read_model(connection: Database, projection: Projection) -> ReadModel:
    return ReadModel(
        projection.name,
        freshness.freshness(connection, projection.name),
        _wrong(connection, projection),
        _proven(connection, projection.name),
        _rebuild(connection, projection),
    )


def _wrong(connection: Database, projection: Projection) -> str | None:
    try:
        made_from = schema.statements_of(connection, projection.name)
        schema.require(projection, made_from)
    except (NotMigrated, MadeFromOther) as wrong:
        return str(wrong)
    return None


def _proven(connection: Database, name: str) -> Proven | None:
    found = proof.stored(connection, name)
    following, whole = found.get(ProofKind.FOLLOWING), found.get(ProofKind.COMPLETE)
    if following is None:
        return None
    differences = max(following.differences, whole.differences if whole else 0)
    return Proven(following.position, following.at, differences, whole.at if whole else None)


def _rebuild(connection: Database, projection: Projection) -> Rebuild:
    told = noted(connection, projection.name)
    before = schema.statements_of(connection, before_of(projection).name) is not None
    coming = schema.statements_of(connection, next_of(projection).name) is not None
    if is_at_work(connection, projection):
        return Rebuild("AT_WORK", before, told)
    if not coming:
        return Rebuild("NONE", before, told)
    return Rebuild("READY" if told and told.filled_at else "LEFT", before, told)
