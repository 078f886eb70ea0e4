"""Rebuilding as the commands do, without a terminal; and looks at what came of it."""

import io
from collections.abc import Callable

import pytest
from plumbing.clock import utc_now
from projections import audit as auditing
from projections.audit import Audited, Difference
from projections.projection import Projection
from projections.rebuild.bar import bar
from projections.rebuild.build import Built, How, build
from projections.settings import FollowSettings
from rich.console import Console

from tests.projections.eventually import eventually
from tests.projections.kafka import following

Rebuild = Callable[..., Built]
Live = Callable[..., None]


@pytest.fixture
def rebuild(settings) -> Rebuild:
    """Fills the tables of the next one, with two processes and small batches."""

    def rebuilt(projection: Projection, **how: object) -> Built:
        quiet = Console(file=io.StringIO())
        with bar(quiet) as shown:
            return build(
                projection,
                settings,
                How(**{"rows_at_once": 40, "brake_seconds": 1e9, **how}),
                shown,
                clock=utc_now,
            )

    return rebuilt


@pytest.fixture
def live(settings, rows) -> Live:
    """Lets a consumer apply so many events, and ends it."""

    def applied(projection: Projection, events: int, parked: int = 0) -> None:
        progress = f"select coalesce(sum(version), 0)::int from {projection.name}.pathway_progress"
        waiting = "select count(*)::int from projections.parked"
        with following(projection, settings):
            eventually(lambda: rows(progress) + rows(waiting), [(events,), (parked,)])

    return applied


class Found(Audited):
    """An audit with the rows that differ."""

    def __init__(self, projection: Projection) -> None:
        self.differences: list[Difference] = []
        super().__init__(projection.name, self.differences.append)


def audited(projection: Projection, settings: FollowSettings) -> Found:
    """What an audit finds of the rows in the projection's schema."""
    found = Found(projection)
    auditing.audit(projection, settings, found, at=utc_now())
    return found
