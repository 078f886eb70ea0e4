"""History from an older system: where it comes from, and up to which day it may be incomplete."""

import pytest
from pathway.domain import refusals, report_refusals
from pathway.domain.facts import state_of
from pathway.domain.legacy import ImportedFromLegacy, RecordLegacyImport

from tests.pathway.domain.kit import Given, closed, day, enrolled, given, ibo_completed, ibo_started

FILE = {"source": "MIJN-LOOPBAAN-OUD", "source_ref": "D-0048112"}


def told(
    on: str = "2014-01-06", until: str = "2014-06-30", exported: str = "2014-07-04", **file: str
) -> RecordLegacyImport:
    days = {"on": day(on), "incomplete_until": day(until), "exported_on": day(exported)}
    return RecordLegacyImport.model_validate({**FILE, **days, **file})


def imported(before: Given, command: RecordLegacyImport) -> Given:
    return given(*before.facts, *before.when(command))


def test_a_pathway_says_where_its_history_comes_from_and_stands_as_it_stood() -> None:
    before = given(enrolled(), ibo_started(1, "2014-02-03", "2014-05-30"))

    after = imported(before, told())

    assert after.facts[-1] == ImportedFromLegacy(
        occurred_on=day("2014-01-06"),
        exported_on=day("2014-07-04"),
        incomplete_until=day("2014-06-30"),
        **FILE,
    )
    assert [(one.since, one.incomplete_until) for one in after.pathway.legacy] == [
        (day("2014-01-06"), day("2014-06-30"))
    ]
    assert after.pathway.but(legacy=()) == before.pathway


def test_it_is_so_as_of_its_first_day_already() -> None:
    after = imported(given(enrolled(), ibo_started(1, "2014-02-03", "2014-05-30")), told())

    then = state_of(after.told, day("2014-01-06"))

    assert then is not None
    assert len(then.legacy) == 1


def test_a_closed_pathway_can_be_told_to_come_from_there_and_stays_closed() -> None:
    done = given(
        enrolled(),
        ibo_started(1, "2014-02-03", "2014-05-30"),
        ibo_completed(1, "2014-05-30"),
        closed("2014-06-02"),
    )

    after = imported(done, told())

    assert after.pathway.closed_on == day("2014-06-02")
    assert after.pathway.legacy


def test_the_same_file_is_told_once_and_another_one_beside_it() -> None:
    known = imported(given(enrolled()), told())

    assert known.when(told()) == []
    with pytest.raises(report_refusals.AlreadyImported, match="2014-06-30"):
        known.when(told(until="2014-05-31"))
    assert known.when(told(source_ref="D-0048113"))
    assert known.when(told(source="ANDER-SYSTEEM"))


def test_it_is_incomplete_for_a_day_at_least() -> None:
    assert given(enrolled()).when(told(until="2014-01-06"))
    with pytest.raises(refusals.EndBeforeStart) as refused:
        given(enrolled()).when(told(on="2014-01-07", until="2014-01-06"))

    assert refused.value.field == "incomplete_until"


def test_an_export_cannot_tell_of_days_after_it_nor_lie_ahead() -> None:
    assert given(enrolled()).when(told(exported="2014-06-30"))
    with pytest.raises(report_refusals.ExportedBefore):
        given(enrolled()).when(told(exported="2014-06-29"))
    with pytest.raises(refusals.InTheFuture) as refused:
        given(enrolled()).when(told(exported="2016-06-02"))

    assert refused.value.field == "exported_on"


def test_no_file_reference_is_the_number_of_a_person() -> None:
    with pytest.raises(ValueError, match="number of a person"):
        told(source_ref="80051700437")
