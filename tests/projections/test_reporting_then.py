"""The tables of a report of then, against a fold of every pathway's events of then."""

from datetime import UTC, date, datetime

import orjson
import pytest
from projections.points import KnownBy, Point
from projections.reporting import REPORTING, then
from projections.reporting.projection import reporting_rows
from projections.rows import of_pathway
from projections.then import events_at

from .conftest import Worker
from .history import events
from .web.given import everyone, greta
from .web.test_two_clocks import people

POINTS = [
    Point(date(2015, 10, 1)),
    Point(date(2015, 6, 15)),
    Point(date(2014, 6, 1)),
    Point(date(2015, 10, 1), datetime(2015, 7, 15, tzinfo=UTC)),
    Point(date(2015, 3, 15), datetime(2015, 7, 15, tzinfo=UTC)),
    Point(date(2015, 3, 15), datetime(2015, 7, 15, tzinfo=UTC), KnownBy.SOURCE),
    Point(date(2015, 10, 1), datetime(2013, 1, 1, tzinfo=UTC)),
]


@pytest.mark.parametrize("at_once", [1, 2_000])
@pytest.mark.parametrize("point", POINTS, ids=str)
def test_the_tables_of_then_are_the_fold_of_every_pathway(
    reporting: Worker, point: Point, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(then, "_AT_ONCE", at_once)
    histories = [*everyone(), greta(), *people()]
    reporting.put(*histories)
    connection = reporting.connection

    with connection.transaction():
        then.rows_at(connection, point)
        for history in histories:
            # Temporary tables come before others of their name.
            found = of_pathway(connection, REPORTING, history.pathway_id)
            rows = reporting_rows(events_at(events(history), point))
            told = {table: sorted(map(shown, made)) for table, made in rows.items()}
            assert {table: sorted(map(shown, each)) for table, each in found.items()} == told


def shown(row) -> list[tuple[str, str]]:
    """A row as JSON has it, whatever the order of its columns; numbers as such."""
    plain = orjson.loads(orjson.dumps(dict(row)))
    return sorted((name, str(value)) for name, value in plain.items() if name != "pathway_id")
