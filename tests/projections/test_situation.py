"""How a pathway stands from day to day, in rows: without holes, and as the events of then tell it."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given as whatever, settings
from pathway.domain.facts import state_of
from projections.amending import standing
from projections.points import Point
from projections.reporting.projection import reporting_rows
from projections.reporting.reports import GroupBy, Period
from projections.reporting.stock import REACH_BY, STOCK_BY, reach, stock
from projections.then import events_at, status_at

from schemas.codes import PathwayStatus
from tests.pathway.domain.test_every_life import LIVES, lived
from tests.projections.test_then import published, told

from .conftest import Worker
from .history import ANTWERP, CANTEEN, GHENT, History, events
from .web.given import everyone, greta

JANUARY = date(2024, 1, 8)
YEAR = Period(first=date(2024, 1, 1), last=date(2024, 12, 31))


def eventful() -> History:
    """Guided, suspended, in a stage, hired, closed and back."""
    history = History("eventful").enrolled(JANUARY).characteristics(date(2024, 1, 15), GHENT)
    history.assigned(date(2024, 1, 15)).suspended(date(2024, 2, 1)).resumed(date(2024, 3, 1))
    history.stage("s", date(2024, 3, 4), date(2024, 6, 28)).completed("s", date(2024, 6, 28))
    history.hired(date(2024, 7, 1)).closed(date(2024, 8, 1)).reopened(date(2024, 9, 2))
    return history.confirmed(date(2024, 9, 16)).closed(date(2024, 12, 2))


@pytest.mark.parametrize(
    "history", [eventful(), greta(), *everyone()], ids=lambda history: str(history.pathway_id)
)
def test_each_day_is_in_one_row_and_stands_as_the_events_of_then_say(history: History) -> None:
    all_of_it = events(history)
    rows = reporting_rows(all_of_it)["situation"]
    first = min(event.occurredon for event in all_of_it)
    last = max(event.occurredon for event in all_of_it)

    assert rows[0]["since"] == first
    assert rows[-1]["until"] is None
    for row, following in pairwise(rows):
        assert row["until"] == following["since"] - timedelta(days=1)
    for n in range((last - first).days + 2):
        day = first + timedelta(days=n)
        (row,) = [
            r for r in rows if r["since"] <= day and (r["until"] is None or day <= r["until"])
        ]
        at = events_at(all_of_it, Point(day))
        status = status_at(all_of_it, at)
        assert (row["status"], row["open"]) == (status, status != PathwayStatus.AFGESLOTEN)
        assert row["counsellor"] == reporting_rows(at)["situation"][-1]["counsellor"]


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@whatever(LIVES)
def test_of_every_life_each_day_stands_as_the_write_side_has_it(life) -> None:
    facts = lived(life)
    rows = reporting_rows(published(facts))["situation"]
    for day in sorted({fact.occurred_on for fact in facts}):
        state = state_of(told(facts), day)
        standing_then = [
            row for row in rows if row["since"] <= day and (row["until"] or day) >= day
        ]
        if state is None or not rows:
            assert not rows or day < rows[0]["since"]
            continue
        [row] = standing_then
        assert (row["status"], row["counsellor"], row["unit"], row["provider"]) == (
            state.status,
            state.counsellor,
            state.unit,
            state.guiding_organisation,
        )
        assert row["open"] == (state.closed_on is None)


def test_what_was_told_once_holds_for_the_days_before(reporting: Worker) -> None:
    history = History("moved").enrolled(JANUARY).characteristics(date(2024, 2, 1), ANTWERP)
    reporting.put(history.characteristics(date(2024, 6, 1), GHENT))

    found = reporting.rows("select since, until, commune from reporting.situation order by since")

    assert found == [
        (JANUARY, date(2024, 5, 31), ANTWERP),
        (date(2024, 6, 1), None, GHENT),
    ]
    assert standing(events(history))[0].occurredon == JANUARY


def test_the_stock_is_what_is_open_at_the_end_of_the_day(reporting: Worker) -> None:
    reporting.put(
        History("open").enrolled(JANUARY).assigned(JANUARY).ibo("i", JANUARY, date(2024, 6, 28)),
        History("waits").enrolled(JANUARY).assigned(JANUARY).suspended(date(2024, 2, 1)),
        History("closed on the day").enrolled(JANUARY).closed(date(2024, 2, 29)),
        History("twice", "anna").enrolled(JANUARY),
        History("twice again", "anna").enrolled(JANUARY),
        History("later").enrolled(date(2024, 3, 1)),
    )

    report = stock(reporting.connection, date(2024, 2, 29))

    rows = {row.group: (row.persons, row.pathways, row.in_module) for row in report.rows}
    assert rows == {"GESCHORST": (1, 1, 0), "INGESCHREVEN": (1, 2, 0), "IN_BEGELEIDING": (1, 1, 1)}
    assert (report.total.persons, report.total.pathways, report.total.in_module) == (3, 4, 1)


def test_reach_counts_who_was_guided_on_a_day_of_the_period(reporting: Worker) -> None:
    reporting.put(
        History("the first day").enrolled(date(2023, 5, 1)).closed(date(2024, 1, 2)),
        History("closed before it").enrolled(date(2023, 5, 1)).closed(date(2024, 1, 1)),
        History("the last day").enrolled(date(2024, 12, 31)),
        History("a day too late").enrolled(date(2025, 1, 1)),
        History("suspended all of it").enrolled(date(2023, 5, 1)).suspended(date(2023, 12, 31)),
        History("moved")
        .enrolled(JANUARY)
        .characteristics(JANUARY)
        .characteristics(date(2024, 6, 1), GHENT),
    )

    report = reach(reporting.connection, YEAR)

    assert {row.group: row.persons for row in report.rows} == {
        "ANTWERPEN": 1,
        "OOST_VLAANDEREN": 1,
        "ONBEKEND": 2,
    }
    assert (report.total.persons, report.total.pathways) == (3, 3)


def test_stock_and_reach_answer_by_each_of_their_groups(reporting: Worker) -> None:
    reporting.put(eventful())

    for by in STOCK_BY:
        assert [row.persons for row in stock(reporting.connection, date(2024, 5, 1), by).rows] == [
            1
        ]
    for by in REACH_BY:
        assert reach(reporting.connection, YEAR, by).total.persons == 1


def test_the_duration_of_unemployment_is_that_of_the_day(reporting: Worker) -> None:
    # Unemployed since 1 January 2012.
    reporting.put(
        History("a")
        .enrolled(date(2012, 6, 1))
        .characteristics(date(2012, 6, 1))
        .confirmed(date(2012, 6, 1), CANTEEN)
    )

    def group(day: date) -> list[str | None]:
        report = stock(reporting.connection, day, GroupBy.UNEMPLOYMENT)
        return [row.group for row in report.rows]

    assert group(date(2012, 12, 31)) == ["<12M"]
    assert group(date(2013, 1, 1)) == ["12-23M"]
    assert group(date(2013, 12, 31)) == ["12-23M"]
    assert group(date(2014, 1, 1)) == ["24M+"]
