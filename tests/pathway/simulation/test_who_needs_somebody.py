"""What the simulated counsellors find on their list today: a day's work, and not everybody overdue."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from pathway import outgoing
from pathway.domain.facts import Told, state_of
from pathway.recorded import Recorded
from projections.counsellor.alerts import THRESHOLDS, alerts
from projections.counsellor.projection import counsellor_rows
from projections.counsellor.queries import CaseloadRow
from projections.projection import Event

import schemas
from tests.pathway.simulation.conftest import TODAY, Simulated

CASELOAD, AT_MOST = 120, 15
SEEN_AFTER_CLOSING = timedelta(days=40)
LATELY = timedelta(days=400)
DAYS = (0, 9, 18, 27)
"""So many weeks before the last day of the simulation."""


def published(log: Sequence[Recorded]) -> list[Event]:
    told = [Told(one.fact_id, one.fact) for one in log]
    events: list[Event] = []
    for number, one in enumerate(log, start=1):
        after = state_of(told[:number])
        assert after is not None
        message = outgoing.event(one, after, frozenset(), "http://schemas.example")
        events.append(schemas.parse(message.to_bytes()))
    return events


def row_of(log: Sequence[Recorded]) -> CaseloadRow:
    [row] = counsellor_rows(published(log))["caseload"]
    known = {name: row[name] for name in CaseloadRow._fields if name in row}
    return CaseloadRow(**known, pathway_id=UUID(int=1), waits_from=None, rule="", sort_key="")


def seen_on(today: date, simulated: Simulated) -> list[CaseloadRow]:
    """The rows of who is guided, or was until lately, as everything recorded before that day tells them."""
    rows: list[CaseloadRow] = []
    for log in simulated.by_pathway():
        known = [one for one in log if one.recorded_at.date() < today]
        if known and known[-1].fact.occurred_on >= today - LATELY:
            rows.append(row_of(known))
    since = today - SEEN_AFTER_CLOSING
    return [row for row in rows if row.closed_on is None or row.closed_on >= since]


def needs_somebody(row: CaseloadRow, today: date) -> bool:
    return any(THRESHOLDS[one.reason].worklist for one in alerts(row, today))


def test_of_a_caseload_of_120_at_most_15_need_somebody_on_an_ordinary_day(
    simulated: Simulated,
) -> None:
    guided = need = 0

    for weeks in DAYS:
        today = TODAY - timedelta(weeks=weeks)
        rows = seen_on(today, simulated)
        guided += sum(row.closed_on is None for row in rows)
        need += sum(needs_somebody(row, today) for row in rows)

    assert guided > CASELOAD * len(DAYS)
    assert 0 < need / guided * CASELOAD <= AT_MOST
