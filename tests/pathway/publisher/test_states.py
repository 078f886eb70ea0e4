"""The state after each fact is the same however much of it was remembered."""

from datetime import date
from random import Random

import pytest
from pathway.application import Pathways, folded
from pathway.leader import Session
from pathway.states import Hole, States
from psycopg.rows import dict_row

from tests.pathway.publishing import assign, life


@pytest.fixture
def facts_of_many_days(pathways: Pathways) -> None:
    """Three pathways, their facts mixed in the log and in their days."""
    chance = Random(3)
    ids = [life(pathways, number, facts=1) for number in range(3)]
    for step in range(1, 40):
        day = date(2015, chance.randint(1, 9), chance.randint(6, 28))
        assign(pathways, chance.choice(ids), step, on=day)


@pytest.mark.parametrize("remembered", [0, 1, 100])
@pytest.mark.parametrize("window", [1, 4, 100])
@pytest.mark.usefixtures("facts_of_many_days")
def test_the_state_after_each_fact_is_the_fold_by_day_and_version(
    pathways: Pathways, pathway_url: str, remembered: int, window: int
) -> None:
    log = pathways.store.log()
    with Session.connect(pathway_url, autocommit=True, row_factory=dict_row) as session:
        states = States(session, remembered)
        after = [
            state
            for begin in range(0, len(log), window)
            for state in states.after_each(log[begin : begin + window])
        ]

    assert after == [
        folded(f for f in log[: place + 1] if f.pathway_id == fact.pathway_id)
        for place, fact in enumerate(log)
    ]


@pytest.mark.usefixtures("facts_of_many_days")
def test_a_hole_in_a_pathway_is_named(pathways: Pathways, pathway_url: str) -> None:
    log = pathways.store.log()
    gone = next(f for f in log if f.version == 2)
    with Session.connect(pathway_url, autocommit=True, row_factory=dict_row) as session:
        states = States(session)

        with pytest.raises(Hole, match=f"{gone.pathway_id}: version 3 stands after 1"):
            states.after_each([f for f in log if f != gone])
