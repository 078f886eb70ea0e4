"""Facts that were allowed and are worth a look, counted by hand; and the pathways behind such a figure."""

from datetime import date

from projections.reporting.exceptions import ExceptionsRow, exceptions
from projections.reporting.reports import GroupBy, Period

from .conftest import Worker
from .history import History

JANUARY, MARCH, JULY = date(2024, 1, 2), date(2024, 3, 4), date(2024, 7, 31)
YEAR = Period(first=date(2024, 1, 1), last=date(2024, 12, 31))
SOFT, HARD = date(2024, 8, 18), date(2024, 9, 3)
LONG_AFTER = date(2026, 11, 23)


def guided(name: str, by: str = "u200") -> History:
    return History(name).enrolled(JANUARY).assigned(JANUARY, by)


def test_each_exception_is_told_apart_and_a_fact_of_two_kinds_counts_once(
    reporting: Worker,
) -> None:
    limits = {"soft_maximum_on": SOFT, "hard_maximum_on": HARD}
    reporting.put(
        guided("within").ibo("ibo", MARCH, JULY, **limits),
        guided("long").ibo("ibo", MARCH, date(2024, 8, 31), **limits),
        # Told by who guides, ten days late.
        guided("own", "u100")
        .ibo("ibo", MARCH, JULY, **limits)
        .completed("ibo", JULY)
        .waived("ibo", date(2024, 7, 21)),
        guided("waived").ibo("ibo", MARCH, JULY).completed("ibo", JULY).waived("ibo", JULY),
        guided("of another year").ibo("ibo", date(2025, 1, 6), JULY.replace(year=2025)),
    )

    report = exceptions(reporting.connection, YEAR, as_of=LONG_AFTER)

    told = {row.group: (row.persons, row.facts) for row in report.rows}
    assert told == {
        "SOFT_MAXIMUM": (1, 1),
        "BACKDATED": (1, 1),
        "WAIVED": (2, 2),
        "OWN_CASE": (1, 1),
    }
    assert report.total == ExceptionsRow(
        group=None, persons=3, facts=3, soft_maximum=1, backdated=1, waived=2, own_case=1
    )
    by_month = exceptions(reporting.connection, YEAR, as_of=LONG_AFTER, by=GroupBy.MONTH)
    assert [(row.group, row.facts) for row in by_month.rows] == [("2024-03", 1), ("2024-07", 2)]
    soon = exceptions(reporting.connection, YEAR, as_of=date(2024, 7, 25))
    assert (soon.total.facts, soon.as_of) == (2, date(2024, 7, 25))
