"""The table of rules by date: what an administrator can read is whole, and has no hole that nobody meant."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from pathway.domain import rules
from pathway.domain.codes import Scheme
from pathway.domain.rules import (
    SHIPPED,
    TABLE,
    VARIANTS,
    Certainty,
    Instrument,
    RuleRow,
    Table,
    TableWrong,
)

# From the last row of one thing to the first of what took its place: days without either (0: the
# next day; below 0: days with both), and why that is meant.
SUCCESSIONS: dict[tuple[str, str], tuple[int, str]] = {
    ("c-ibo/2012", "k-ibo/2018"): (0, "the reform of IBO replaced one by the other"),
    ("wep-plus-inflow/2015", "iwpl-subsidie/2015"): (
        91,
        "from April to June 2015 nobody could come in: the new system began on 1-7-2015",
    ),
    ("wep-plus/2015", "iwpl-subsidie/2015"): (
        -92,
        "the new system began in phases, while WEP+ ran out until 30-9-2015",
    ),
    ("iwpl-subsidie/2015", "iwpl-tender/2016"): (0, "the subsidy bridged the time to the tender"),
    ("iwpl-tender/2016", "twe/2017"): (-730, "TWE began beside the tender, which ran to its end"),
}
GAPS_WITHIN_A_FORM: dict[tuple[str, str], str] = {}
"""By the ids of the rows on both sides: why nothing was open between them."""


def by_id(row: RuleRow) -> str:
    return row.id


def days_between(row: RuleRow, after: RuleRow) -> int:
    assert row.until is not None
    return (after.since - row.until).days - 1


def with_rows(*changed: tuple[str, str]) -> str:
    """The table's text, with these texts replaced."""
    text = SHIPPED.read_text()
    for old, new in changed:
        assert text.count(old) == 1
        text = text.replace(old, new)
    return text


@pytest.mark.parametrize("row", TABLE.rows, ids=by_id)
def test_each_row_says_for_whom_it_is_where_it_stands_and_has_its_days_in_order(
    row: RuleRow,
) -> None:
    assert row.who.strip()
    assert row.source.strip()
    assert row.until is None or row.since <= row.until


@pytest.mark.parametrize("row", TABLE.rows, ids=by_id)
def test_each_row_has_its_lengths_in_order(row: RuleRow) -> None:
    day = max(row.since, date(2015, 1, 5))
    lengths = [length for length in (row.min_length, row.soft_max, row.hard_max) if length]
    assert [length.last_day(day) for length in lengths] == sorted(
        length.last_day(day) for length in lengths
    )


@pytest.mark.parametrize(
    "row", [row for row in TABLE.rows if row.instrument is Instrument.IBO], ids=by_id
)
def test_every_ibo_can_be_extended_and_leads_to_a_hire(row: RuleRow) -> None:
    assert row.extendable
    assert row.hire_obligation


def test_the_full_week_has_38_hours_since_2003() -> None:
    week = TABLE.row("full-week-38/2003")

    assert (week.since, week.until, week.max_hours) == (date(2003, 1, 1), None, 38)


def test_each_form_that_can_be_registered_has_a_row() -> None:
    forms = {(instrument, form) for instrument in Instrument for form in VARIANTS[instrument]}

    assert {(row.instrument, row.variant) for row in TABLE.rows} == forms


def test_no_form_has_two_rows_on_one_day_or_a_gap_that_nobody_meant() -> None:
    gaps = {}
    for instrument in Instrument:
        for form in VARIANTS[instrument]:
            for row, after in pairwise(TABLE.about(instrument, form)):
                if days_between(row, after):
                    gaps[row.id, after.id] = days_between(row, after)

    assert set(gaps) == set(GAPS_WITHIN_A_FORM)
    assert all(many > 0 for many in gaps.values())


@pytest.mark.parametrize("pair", SUCCESSIONS, ids="-".join)
def test_what_took_the_place_of_another_follows_it_as_is_meant(pair: tuple[str, str]) -> None:
    row, after = map(TABLE.row, pair)

    assert days_between(row, after) == SUCCESSIONS[pair][0], SUCCESSIONS[pair][1]


def test_a_row_is_looked_up_by_the_day_both_ends_included() -> None:
    def wes(day: date) -> str | None:
        row = TABLE.on(Instrument.STAGE, "WES", day)
        return row and row.id

    assert wes(date(2017, 1, 31)) is None
    assert wes(date(2017, 2, 1)) == wes(date(2022, 12, 31)) == "wes/2017"
    assert wes(date(2023, 1, 1)) == wes(date(2099, 1, 1)) == "wes/2023"


def test_rows_keep_the_ids_under_which_facts_were_judged() -> None:
    judged = {rules.WEP_PLUS_INFLOW, rules.WEP_PLUS, rules.FULL_WEEK, *rules.MIGRATION.values()}

    assert {row.id for row in judged} == {
        "wep-plus-inflow/2015",
        "wep-plus/2015",
        "full-week-38/2003",
        "iwpl-subsidie/2015",
        "iwpl-tender/2016",
        "vdab-regulier/2015",
        "twe/2017",
    }
    assert set(rules.MIGRATION) == set(Scheme)


def test_a_row_is_sure_of_its_limits_but_for_those_that_it_names() -> None:
    bvs = TABLE.row("bvs/2009")
    low = bvs.model_copy(update={"certainty": Certainty.LOW})

    assert (bvs.is_sure_of("since"), bvs.is_sure_of("until")) == (True, False)
    assert not low.is_sure_of("since")


def test_how_far_a_day_lies_from_a_row() -> None:
    instapstage = TABLE.row("is/2013")

    assert instapstage.away_from(instapstage.since) == 0
    assert instapstage.away_from(instapstage.since - timedelta(days=3)) == 3
    assert instapstage.away_from(date(2018, 9, 1)) == 1


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ((('id = "ibo/2018"', 'id = "ibo/until-2018"'),), "ibo/until-2018: 2 rows have this id"),
        ((("since = 2017-02-01", "since = 2023-02-01"),), "wes/2017: ends on 2022-12-31, before"),
        ((("since = 2023-01-01", "since = 2022-12-31"),), "wes/2023: begins on 2022-12-31, while"),
        ((('= "5 full days"', '= "5 moons"'),), 'kos/ongoing hard_max: "5 moons" is no l'),
        ((('variant = "BIS"', 'variant = "BIO"'),), "bis/ongoing: STAGE has no variant BIO. It has"),
        ((("max_number = 2", "at_most = 2"),), "is/2013 at_most: Extra inputs are not permitted"),
        ((("max_number = 2", "max_number = two"),), "It is not TOML"),
        ((('source = "vdab.be/korte-opleiding-met-stage"', ""),), "kos/ongoing source: Field requ"),
    ],
)  # fmt: skip
def test_a_table_that_is_wrong_is_refused_with_the_row_that_is(
    changed: tuple[tuple[str, str], ...], said: str
) -> None:
    with pytest.raises(TableWrong) as wrong:
        Table.read(with_rows(*changed))

    assert said in str(wrong.value)


@pytest.mark.parametrize("text", ["a = 1", "row = 3", "[[rows]]\nid = 'a/b'"])
def test_a_file_that_holds_something_else_is_refused(text: str) -> None:
    with pytest.raises(TableWrong, match="row"):
        Table.read(text)


def test_the_table_as_it_is_shipped_is_read_whole() -> None:
    assert Table.read(with_rows()).rows == TABLE.rows
