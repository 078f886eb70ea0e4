"""The plan that counsellor and person agree on: goals, actions, and a day to look at it again."""

import pytest
from pathway.domain import refusals
from pathway.domain.guidance_codes import PlanAction
from pathway.domain.plan import AgreePlan, PathwayPlanAgreed
from pathway.domain.values import DataClass
from pydantic import ValidationError

from tests.pathway.domain.kit import day, enrolled, given


def agree(on: str, *actions: PlanAction, review: str = "2015-06-01", goals: str = "") -> AgreePlan:
    return AgreePlan(
        on=day(on),
        goals=tuple(goals.split()),
        competent_version="2014-2" if goals else None,
        actions=actions or (PlanAction.OPLEIDING,),
        review_on=day(review),
    )


def agreed(on: str, *actions: PlanAction, **more: str) -> PathwayPlanAgreed:
    (fact,) = given(enrolled()).when(agree(on, *actions, **more))
    assert isinstance(fact, PathwayPlanAgreed)
    return fact


def test_a_plan_is_agreed_and_the_newest_by_its_day_counts() -> None:
    march, january = agreed("2015-03-02", review="2015-09-01"), agreed("2015-01-12")

    plan = given(enrolled(), march, january).pathway.plan

    assert plan is not None
    assert (plan.agreed_on, plan.review_on) == (day("2015-03-02"), day("2015-09-01"))
    assert len(given(enrolled(), march, january).pathway.plans) == 2


def test_goals_stay_in_their_order_and_actions_are_each_there_once() -> None:
    one, other = PlanAction.WERKPLEKLEREN, PlanAction.OPLEIDING

    fact = agreed("2015-01-12", one, other, one, goals="N110502 N110301 N110502")

    assert fact.goals == ("N110502", "N110301")
    assert fact.actions == (other, one)


def test_the_same_plan_on_the_same_day_is_agreed_once_and_on_another_day_again() -> None:
    known = given(enrolled(), agreed("2015-01-12"))

    assert known.when(agree("2015-01-12")) == []
    assert len(known.when(agree("2015-02-09"))) == 1


def test_a_plan_without_anything_to_do_is_none() -> None:
    with pytest.raises(ValidationError, match="actions"):
        AgreePlan(on=day("2015-01-12"), actions=(), review_on=day("2015-06-01"))


@pytest.mark.parametrize("review", ["2015-01-12", "2015-01-11"])
def test_a_plan_is_looked_at_again_on_a_later_day(review: str) -> None:
    with pytest.raises(refusals.EndBeforeStart) as refused:
        given(enrolled()).when(agree("2015-01-12", review=review))

    assert refused.value.field == "review_on"


def test_what_was_agreed_may_tell_of_health() -> None:
    assert PathwayPlanAgreed.data_class is DataClass.SPECIAL
