"""Pathways of many facts: what one more fact costs does not grow with the facts before it."""

import sys
from collections.abc import Sequence
from itertools import pairwise

from pathway.domain.consistency import consistent
from pathway.domain.facts import Told, state_of

from tests.pathway.long_life import again, long_life

LONG, SHORT = 1_000, 50


def calls_to_fold(told: Sequence[Told]) -> int:
    """How many calls the fold makes; unlike time, it is the same on every machine."""
    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    state_of(told)
    sys.setprofile(None)
    return calls


def test_a_fold_of_a_thousand_facts_does_twenty_times_the_work_of_one_of_fifty() -> None:
    life = long_life(LONG)

    # The first fact of a kind is spared what a later one does, which is worth a few calls of fifty facts.
    assert calls_to_fold(life) <= 20.4 * calls_to_fold(life[:SHORT])


def test_the_long_life_is_possible_and_of_many_kinds_of_facts() -> None:
    life = long_life(LONG)

    consistent(life)
    assert len(life) == LONG
    assert len({one.fact.name for one in life}) >= 14
    assert any(one.fact.occurred_on < two.fact.occurred_on for two, one in pairwise(life))


def test_a_life_lived_again_comes_to_the_same_under_other_ids() -> None:
    life = long_life(LONG)[:200]
    other = again(life, 1)

    assert not {one.fact_id for one in life} & {one.fact_id for one in other}
    assert state_of(other) == state_of(life)
