"""The judge finds each kind of failure when it is planted, and nothing when all is well."""

from dataclasses import replace

import pytest

from tests.faults.judge import Acknowledged, Event, Row, Told, Verdict, judge

ANNA, BRAM = "anna", "bram"
ANSWERS = [
    Acknowledged("k1", (Told(ANNA, 1, "Enrolled"),), ((201, "anna 1"),)),
    Acknowledged("k2", (Told(BRAM, 1, "Enrolled"),), ((201, "bram 1"), (201, "bram 1"))),
    Acknowledged(
        "k3",
        (Told(ANNA, 2, "ModuleStopped"), Told(ANNA, 3, "HiredInNec")),
        ((200, "anna 3"),),
    ),
]
"""Three commands, one of them sent twice; the last led to two facts."""
TOPIC = [
    Event(ANNA, 1, "a1", "enrolled", 0),
    Event(BRAM, 1, "b1", "enrolled", 1),
    Event(ANNA, 2, "a2", "module-stopped", 0),
    Event(ANNA, 3, "a3", "hired-in-nec", 0),
    Event(ANNA, 4, "a4", "deadline-reached", 0),
    Event("somebody else", 7, "c7", "enrolled", 0),
]
ROWS = [Row(*event[:3]) for event in TOPIC]
A1, B1, A2, A3, A4, C7 = TOPIC


def judged(topic: list[Event] = TOPIC, rows: list[Row] = ROWS) -> Verdict:
    return judge(ANSWERS, topic, {"counsellor": rows})


def rows_of(topic: list[Event]) -> list[Row]:
    return [Row(*event[:3]) for event in topic]


def test_nothing_is_wrong_where_nothing_is() -> None:
    assert judged() == Verdict(3, [], [], [], [])


def test_what_is_withheld_was_not_lost() -> None:
    assert judged([A1, B1, A2._replace(type="withheld"), A3, A4]).wrong == []


@pytest.mark.parametrize(
    ("topic", "said"),
    [
        (
            [A1, A2, A3, A4],
            "version 1 of pathway bram (Enrolled) was acknowledged and is not there",
        ),
        ([A1, B1, A2], "version 3 of pathway anna (HiredInNec) was acknowledged and is not there"),
        ([A1, B1, A2, A4], "version 3 of pathway anna is missing before 4"),
        (
            [A1, B1, A2._replace(type="stage-started"), A3, A4],
            "version 2 of pathway anna was acknowledged as ModuleStopped and is stage-started",
        ),
        ([], "version 1 of pathway anna (Enrolled) was acknowledged and is not there"),
    ],
    ids=["whole pathway", "newest", "hole", "another fact", "emptied topic"],
)
def test_a_lost_event_is_found(topic: list[Event], said: str) -> None:
    verdict = judged(topic, rows_of(topic))

    assert said in verdict.lost
    assert verdict.doubled == verdict.out_of_order == []


@pytest.mark.parametrize("missing", range(5))
def test_a_lost_row_is_found(missing: int) -> None:
    rows = [row for place, row in enumerate(ROWS) if place != missing]

    [said] = judged(rows=rows).wrong

    gone = ROWS[missing]
    assert said == f"counsellor lacks version {gone.version} of pathway {gone.pathway_id}"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (A2, "the event a2 is there 2 times"),
        (A3._replace(event_id="x"), "version 3 of pathway anna is 2 different events"),
        (
            Event(ANNA, 5, "a5", "hired-in-nec", 0),
            "version 5 of pathway anna (hired-in-nec) is there and no command was told of it",
        ),
    ],
    ids=["sent twice", "fork", "recorded twice"],
)
def test_a_doubled_event_is_found(more: Event, said: str) -> None:
    topic = [*TOPIC, more]

    verdict = judged(topic, sorted(set(rows_of(topic))))

    assert said in verdict.doubled
    assert verdict.lost == []


def test_an_event_that_comes_once_more_is_doubled_and_not_out_of_order() -> None:
    verdict = judged([A1, B1, A2, A3, A1, A4])

    assert verdict.doubled == ["the event a1 is there 2 times"]
    assert verdict.out_of_order == []


def test_a_doubled_row_is_found() -> None:
    verdict = judged(rows=[*ROWS, ROWS[2]])

    assert verdict.wrong == verdict.doubled == ["counsellor has version 2 of pathway anna 2 times"]


def test_a_row_of_an_event_that_nobody_published_is_found() -> None:
    verdict = judged(rows=[*ROWS, Row(BRAM, 2, "b2")])

    assert verdict.doubled == [
        "counsellor has version 2 of pathway bram as an event that the topic lacks"
    ]


def test_a_version_that_two_commands_were_told_of_is_found() -> None:
    second = Acknowledged("k4", (Told(BRAM, 1, "Enrolled"),), ((201, "bram 1"),))

    verdict = judge([*ANSWERS, second], TOPIC, {})

    assert verdict.wrong == ["version 1 of pathway bram was acknowledged to 2 commands"]


def test_events_in_another_order_are_found() -> None:
    verdict = judged([A1, B1, A3, A2, A4])

    assert verdict.wrong == ["version 2 of pathway anna came after 3"] == verdict.out_of_order


def test_a_pathway_in_two_partitions_is_found() -> None:
    verdict = judged([A1, B1, A2, A3._replace(partition=5), A4])

    assert verdict.wrong == ["pathway anna is in several partitions"] == verdict.out_of_order


@pytest.mark.parametrize("later", [(200, "bram 1"), (201, "bram 2")], ids=["status", "body"])
def test_a_repeat_that_got_another_answer_is_found(later: tuple[int, str]) -> None:
    changed = replace(ANSWERS[1], answers=((201, "bram 1"), later))

    verdict = judge([ANSWERS[0], changed, ANSWERS[2]], TOPIC, {"counsellor": ROWS})

    assert verdict.wrong == ["the key k2 got other answers later"] == verdict.other_answers
