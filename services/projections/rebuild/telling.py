"""What the rebuild's commands show, in plain lines."""

from collections.abc import Iterable
from uuid import UUID

import orjson
from psycopg import Connection
from psycopg.rows import TupleRow

from projections import schema
from projections.printing import audit_lines
from projections.projection import Event, Projection
from projections.rebuild.build import Built
from projections.rebuild.compare import Compared
from projections.rebuild.places import Beside, before_of, beside, next_of
from projections.rebuild.reasons import Otherwise


def built_lines(name: str, built: Built, seconds: float) -> Iterable[str]:
    """What a rebuild made, and how fast."""
    if built.leftover:
        yield f"{name}: what an earlier rebuild had left was dropped"
    folded = built.folded
    yield (
        f"{name}: {folded.events:,} events of {built.pathways:,} pathways in {seconds:,.1f} s "
        f"({folded.records / max(0.001, seconds):,.0f} events/s); {folded.passed_over:,} came once more"
    )
    if folded.parked:
        yield f"{name}: {folded.parked:,} pathways wait, and {folded.waiting:,} events behind them"


def otherwise_lines(pathway_id: UUID, found: Iterable[Otherwise]) -> Iterable[str]:
    """What of one pathway is otherwise, and by which events."""
    yield f"pathway {pathway_id}"
    for one in found:
        where = " ".join((one.table, *one.key))
        if one.column is not None:
            told = f"{one.column} {_shown(one.live)} becomes {_shown(one.rebuilt)}"
        elif one.live is None:
            told = f"a row comes: {_shown(one.rebuilt)}"
        else:
            told = f"a row goes: {_shown(one.live)}"
        yield f"  {where}: {told}; {_behind(one.event)}"


def _behind(event: Event | None) -> str:
    if event is None:
        return "by no one event"
    kind = event.type.removeprefix("be.vdab.pathway.")
    return f"by version {event.streamversion}, {kind} of {event.occurredon} ({event.id})"


def compared_lines(name: str, compared: Compared) -> Iterable[str]:
    """What was compared, and how many rows of which tables differ in what."""
    yield from audit_lines(compared.audited, "the rebuilt one")
    yield from (f"{name}: {line}" for line in compared.apart)
    for table, counted in compared.by_table.items():
        columns = ", ".join(f"{c} in {n:,}" for c, n in counted.columns.most_common())
        yield (
            f"{name}: {table}, {counted.pathways:,} pathways: {counted.otherwise:,} rows otherwise"
            + (f" ({columns})" if columns else "")
            + f", {counted.only_live:,} go, {counted.only_rebuilt:,} come"
        )


def beside_lines(connection: Connection[TupleRow], projection: Projection) -> Iterable[str]:
    """What stands beside a read model, and whether its own rows may be of another release."""
    if schema.other_code(connection, projection):
        yield f"{projection.name}: {schema.OTHER_CODE.format(name=projection.name)}"
    for place in (next_of(projection), before_of(projection)):
        if there := beside(connection, place):
            yield _beside(projection, place, there)


def _beside(projection: Projection, place: Projection, there: Beside) -> str:
    if there.filled_at is None and place.name == next_of(projection).name:
        return f"{there.name}: a rebuild is at work there, or was ended before it was whole"
    release = "this release" if there.made_by(place) else "another release"
    since = f", filled {there.filled_at:%Y-%m-%d %H:%M} UTC" if there.filled_at else ""
    return (
        f"{there.name}: stands there, by the code of {release}{since}; {there.events:,} events of "
        f"{there.pathways:,} pathways, {there.parked:,} parked"
    )


def _shown(value: object) -> str:
    return orjson.dumps(value, default=str).decode()
