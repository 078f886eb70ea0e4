"""What the read side says of a pathway from any point of two clocks, against the write side's own fold."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from hypothesis import HealthCheck, given as whatever, settings, strategies as st
from pathway import contract
from pathway.domain.catalogue import PathwayFact
from pathway.domain.codes import AnnulmentReason, CorrectionReason
from pathway.domain.corrections import DataCorrected, RegistrationAnnulled
from pathway.domain.facts import Told, state_of
from pathway.domain.stage import StageCompleted
from projections.counsellor.then import counsellor_rows_at
from projections.points import KnownBy, Point
from projections.projection import Event
from projections.then import events_at, status_at

import schemas
from tests.pathway.domain.kit import assigned, enrolled, fact_id, hired, module_id, stage_started
from tests.pathway.domain.test_every_life import LIVES, lived
from tests.pathway.test_contract import BASE, recorded

FIRST = datetime(2026, 1, 1, 12, tzinfo=UTC)
NEXT_YEAR = date(2027, 12, 31)


def told(facts: list[PathwayFact]) -> list[Told]:
    return [Told(fact_id(at), fact) for at, fact in enumerate(facts, start=1)]


def published(facts: list[PathwayFact], **envelope: object) -> list[Event]:
    """What the topic has of these facts, recorded a day after each other."""
    return list(_published(facts, envelope))


def _published(facts: list[PathwayFact], envelope: dict[str, object]) -> Iterator[Event]:
    for version, fact in enumerate(facts, start=1):
        after = state_of(told(facts[:version]))
        assert after is not None
        own = {
            "fact_id": fact_id(version),
            "recorded_at": known_after(version),
            "position": version,
        }
        stored = recorded(fact, version).model_copy(update=own | envelope)
        yield schemas.parse(contract.published(stored, after, BASE).to_bytes())


def known_after(version: int) -> datetime:
    return FIRST + timedelta(days=version)


def at(events: list[Event], point: Point) -> str | None:
    return status_at(events, events_at(events, point))


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@whatever(LIVES, st.randoms(use_true_random=False))
def test_both_sides_say_the_same_of_every_day_as_known_at_every_moment(life, chance) -> None:
    facts = lived(life)
    events = published(facts)
    days = sorted({fact.occurred_on for fact in facts})
    for version in chance.sample(range(1, len(facts) + 1), min(4, len(facts))):
        for day in chance.sample(days, min(4, len(days))):
            state = state_of(told(facts[:version]), day)
            point = Point(day, known_after(version))
            rows = counsellor_rows_at(events, point)

            assert bool(rows["caseload"]) == (state is not None)
            if state is None:
                continue
            [row] = rows["caseload"]
            assert (row["status"], row["counsellor"], row["unit"]) == (
                state.status,
                state.counsellor,
                state.unit,
            )
            assert {(m["module_id"], m["status"], m["last_day"]) for m in rows["module"]} == {
                (m.module_id, m.status, m.last_day) for m in state.modules
            }
            assert (row["closed_on"], row["hires"]) == (state.closed_on, len(state.hires))


def test_a_late_fact_is_part_of_its_day_from_when_it_was_recorded() -> None:
    facts = [enrolled("2015-01-05"), hired("2015-06-01"), assigned("2015-01-07")]
    events = published(facts)
    may = date(2015, 5, 1)

    assert at(events, Point(may, known_after(2))) == "INGESCHREVEN"
    assert at(events, Point(may, known_after(3))) == "IN_BEGELEIDING"
    assert at(events, Point(date(2015, 6, 1), known_after(2))) == "NAZORG"
    assert at(events, Point(NEXT_YEAR)) == "NAZORG"


def test_a_module_that_is_told_late_moves_nothing_on_the_day_it_ends() -> None:
    module = [
        stage_started(1, "2015-03-02", "2015-03-20"),
        StageCompleted(occurred_on=date(2015, 3, 20), module_id=module_id(1)),
    ]
    facts = [enrolled("2015-01-05"), hired("2015-03-21"), *module]
    events = published(facts)

    assert at(events, Point(date(2015, 3, 20))) == "IN_BEGELEIDING"
    assert at(events, Point(date(2015, 3, 21))) == "NAZORG"


def test_a_fact_corrected_to_a_later_day_is_not_true_before_it() -> None:
    right = hired("2015-07-01")
    correction = DataCorrected(
        occurred_on=date(2015, 8, 1),
        target=fact_id(2),
        becomes=right,
        reason=CorrectionReason.INVOERFOUT,
    )
    events = published([enrolled("2015-01-05"), hired("2015-06-01"), correction])
    june = date(2015, 6, 15)

    assert [e.streamversion for e in events_at(events, Point(june, known_after(2)))] == [1, 2]
    assert [e.streamversion for e in events_at(events, Point(june))] == [1, 3]
    assert at(events, Point(june)) == "INGESCHREVEN"


def test_what_was_annulled_stood_until_it_was() -> None:
    annulment = RegistrationAnnulled(
        occurred_on=date(2015, 8, 1), target=fact_id(2), reason=AnnulmentReason.DUBBEL
    )
    events = published([enrolled("2015-01-05"), hired("2015-06-01"), annulment])
    point = Point(date(2015, 6, 15), known_after(2))

    assert counsellor_rows_at(events, point)["caseload"][0]["hires"] == 1
    assert counsellor_rows_at(events, Point(date(2015, 6, 15)))["caseload"][0]["hires"] == 0


def test_before_anything_was_true_or_known_there_are_no_rows() -> None:
    events = published([enrolled("2015-01-05"), assigned("2015-01-07")])

    assert events_at(events, Point(date(2015, 1, 4))) == []
    assert events_at(events, Point(NEXT_YEAR, FIRST)) == []
    assert not any(counsellor_rows_at(events, Point(date(2015, 1, 4))).values())


def test_by_the_sources_own_clock_an_event_was_known_before_it_was_recorded() -> None:
    at_source = FIRST - timedelta(days=30)
    events = published([enrolled("2015-01-05")], source_time=at_source)
    of_ours = published([enrolled("2015-01-05")])
    then = FIRST - timedelta(days=1)

    assert events_at(events, Point(NEXT_YEAR, then)) == []
    assert len(events_at(events, Point(NEXT_YEAR, then, KnownBy.SOURCE))) == 1
    # Of what no source told its clock, ours says it.
    assert events_at(of_ours, Point(NEXT_YEAR, then, KnownBy.SOURCE)) == []
