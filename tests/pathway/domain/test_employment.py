"""What becomes of a job: it ends, or somebody looks whether the person still works."""

import pytest
from pathway.domain import refusals
from pathway.domain.codes import PathwayStatus, Proof
from pathway.domain.consistency import consistent
from pathway.domain.corrections import AnnulRegistration
from pathway.domain.employment import (
    CheckEmployment,
    EmploymentChecked,
    EmploymentEnded,
    EndEmployment,
)
from pathway.domain.facts import Told, state_of
from pathway.domain.work_codes import Checkpoint, JobEndReason

from tests.pathway.domain.kit import (
    EMPLOYER,
    OTHER_EMPLOYER,
    assigned,
    closed,
    day,
    enrolled,
    fact_id,
    given,
    hired,
    ibo_completed,
    ibo_started,
)
from tests.pathway.domain.test_hire import hire
from tests.pathway.domain.test_status import close

AT_WORK = given(enrolled(), assigned("2014-02-03"), hired("2015-03-02"))
CLOSED = given(*AT_WORK.facts, closed("2015-04-30"))
# From 1 January to 30 June 2015: 181 days, so that the protection lasts until 28 December.
AFTER_IBO = given(
    enrolled(),
    ibo_started(1, "2015-01-01", "2015-06-30"),
    ibo_completed(1, "2015-06-30"),
    hired("2015-07-01"),
)


def end(on: str, **more: object) -> EndEmployment:
    told = {"employer": EMPLOYER, "reason": JobEndReason.ONTSLAG_WERKGEVER, **more}
    return EndEmployment.model_validate({"on": day(on), **told})


def ended(on: str, **more: object) -> EmploymentEnded:
    return EmploymentEnded.model_validate(end(on, **more).told())


def check(
    on: str, checkpoint: str = "1M", source: Proof = Proof.VERKLARING, **more: object
) -> CheckEmployment:
    told = {"checkpoint": checkpoint, "source": source, "in_work": True, **more}
    return CheckEmployment.model_validate({"on": day(on), **told})


def checked(on: str, checkpoint: str = "1M", source: Proof = Proof.VERKLARING) -> EmploymentChecked:
    return EmploymentChecked.model_validate(check(on, checkpoint, source).told())


def test_a_job_ends_and_the_hire_says_when_and_why() -> None:
    assert AT_WORK.when(end("2015-05-29")) == [ended("2015-05-29")]

    (job,) = given(*AT_WORK.facts, ended("2015-05-29")).pathway.hires
    assert (job.ended_on, job.end_reason) == (day("2015-05-29"), JobEndReason.ONTSLAG_WERKGEVER)


def test_who_lost_the_job_stays_in_aftercare_until_told_to_come_back() -> None:
    lost = given(*AT_WORK.facts, ended("2015-05-29"))
    back = given(*AT_WORK.facts, ended("2015-05-29", returns_to_guidance=True))

    assert lost.pathway.status == PathwayStatus.NAZORG
    assert back.pathway.status == PathwayStatus.IN_BEGELEIDING


@pytest.mark.parametrize("returns", [False, True])
def test_the_same_end_told_twice_changes_nothing(*, returns: bool) -> None:
    told = given(*AT_WORK.facts, ended("2015-05-29", returns_to_guidance=returns))

    assert told.when(end("2015-05-29", returns_to_guidance=returns)) == []


def test_a_job_that_ended_does_not_end_again() -> None:
    with pytest.raises(refusals.JobEnded, match="ended on 2015-05-29") as refused:
        given(*AT_WORK.facts, ended("2015-05-29")).when(end("2015-06-30"))

    assert refused.value.field == "employer"


@pytest.mark.parametrize(
    "command", [end("2015-03-01"), end("2015-05-29", employer=OTHER_EMPLOYER)], ids=["early", "who"]
)
def test_a_job_that_nobody_registered_cannot_end(command: EndEmployment) -> None:
    with pytest.raises(refusals.UnknownHire) as refused:
        AT_WORK.when(command)

    assert refused.value.field == "employer"


def test_of_two_jobs_with_one_employer_it_is_told_which_one_ended() -> None:
    two = given(*AT_WORK.facts, hired("2015-04-01"))

    with pytest.raises(refusals.UnknownHire, match="2015-03-02 and 2015-04-01") as refused:
        two.when(end("2015-05-29"))
    assert refused.value.field == "hired_on"

    (fact,) = two.when(end("2015-05-29", hired_on=day("2015-03-02")))
    assert [h.ended_on for h in given(*two.facts, fact).pathway.hires] == [day("2015-05-29"), None]


def test_a_job_of_one_day_ends_on_its_day() -> None:
    assert AT_WORK.when(end("2015-03-02")) == [ended("2015-03-02")]


def test_a_hire_told_again_after_its_end_is_no_second_one() -> None:
    assert given(*AT_WORK.facts, ended("2015-05-29")).when(hire("2015-03-02")) == []


@pytest.mark.parametrize(
    ("on", "warned"),
    [("2015-07-01", True), ("2015-12-27", True), ("2015-12-28", False), ("2016-02-01", False)],
)
def test_an_end_inside_the_protection_after_an_ibo_warns(on: str, *, warned: bool) -> None:
    (fact,) = AFTER_IBO.when(end(on))

    assert fact.warnings(AFTER_IBO.pathway) == (("ended-inside-protection",) if warned else ())


def test_without_an_ibo_there_is_no_protection() -> None:
    (fact,) = AT_WORK.when(end("2015-03-03"))

    assert fact.warnings(AT_WORK.pathway) == ()


def test_a_hire_that_ended_is_not_annulled_alone() -> None:
    told = given(*AT_WORK.facts, ended("2015-05-29"))
    annul = AnnulRegistration.model_validate(
        {"on": day("2015-06-01"), "fact_id": fact_id(3), "reason": "DUBBEL"}
    )

    with pytest.raises(refusals.Collides, match="EmploymentEnded of 2015-05-29"):
        told.when(annul)


@pytest.mark.parametrize(
    ("checkpoint", "first", "too_early"),
    [
        ("1M", "2015-04-02", "2015-04-01"),
        ("3M", "2015-06-02", "2015-06-01"),
        ("6M", "2015-09-02", "2015-09-01"),
        ("12M", "2016-03-02", "2016-03-01"),
    ],
)
def test_work_is_checked_when_the_months_have_passed(
    checkpoint: str, first: str, too_early: str
) -> None:
    assert Checkpoint(checkpoint).months == int(checkpoint[:-1])
    assert AT_WORK.when(check(first, checkpoint)) == [checked(first, checkpoint)]

    with pytest.raises(refusals.CheckTooEarly, match="count from 2015-03-02") as refused:
        AT_WORK.when(check(too_early, checkpoint))
    assert refused.value.field == "on"


def test_a_closed_pathway_is_checked_and_stays_closed() -> None:
    assert CLOSED.when(check("2016-03-02", "12M")) == [checked("2016-03-02", "12M")]

    after = given(*CLOSED.facts, checked("2016-03-02", "12M"))
    assert (after.pathway.status, after.pathway.closed_on) == (
        PathwayStatus.AFGESLOTEN,
        day("2015-04-30"),
    )
    assert [c.measured_on for c in after.pathway.checks] == [day("2016-03-02")]
    consistent(after.told)


def test_nothing_else_happens_after_the_closing() -> None:
    with pytest.raises(refusals.Closed):
        CLOSED.when(end("2015-05-29"))


def test_a_closing_may_be_told_after_a_check_of_a_later_day() -> None:
    told = given(*AT_WORK.facts, checked("2015-06-02", "3M"))

    assert told.when(close("2015-04-30")) == [closed("2015-04-30")]


def test_who_was_not_hired_is_checked_from_the_closing_on() -> None:
    left = given(enrolled(), closed("2015-04-30"))

    assert left.when(check("2015-07-30", "3M")) == [checked("2015-07-30", "3M")]
    with pytest.raises(refusals.CheckTooEarly, match="count from 2015-04-30"):
        left.when(check("2015-07-29", "3M"))


def test_nothing_is_checked_before_somebody_works_or_leaves() -> None:
    with pytest.raises(refusals.NothingToCheck):
        given(enrolled()).when(check("2015-07-31", "3M"))
    with pytest.raises(refusals.NothingToCheck):
        AT_WORK.when(check("2015-02-27"))


def test_each_source_tells_of_a_checkpoint_once() -> None:
    told = given(*AT_WORK.facts, checked("2015-06-03", "3M"))

    assert told.when(check("2015-06-03", "3M")) == []
    assert told.when(check("2015-06-30", "3M", Proof.DMFA))
    for other_day in ("2015-06-02", "2015-06-04"):
        with pytest.raises(refusals.AlreadyChecked, match="on 2015-06-03") as refused:
            told.when(check(other_day, "3M"))
        assert refused.value.field == "checkpoint"


def test_dmfa_counts_before_what_somebody_says_in_whatever_order() -> None:
    says, is_so = checked("2015-06-02", "3M"), checked("2015-06-30", "3M", Proof.DMFA)
    late = checked("2015-07-15", "3M", Proof.CONTRACT)

    for facts in ((says, is_so, late), (late, is_so, says), (is_so, says, late)):
        counting = [c for c in given(*AT_WORK.facts, *facts).pathway.checks if c.counts]
        assert [c.source for c in counting] == [Proof.DMFA]


def test_checkpoints_count_apart() -> None:
    told = given(*AT_WORK.facts, checked("2015-04-02"), checked("2015-06-02", "3M"))

    assert [c.counts for c in told.pathway.checks] == [True, True]


def test_who_came_back_and_is_hired_again_is_checked_anew() -> None:
    again = given(
        *AT_WORK.facts,
        checked("2015-04-02"),
        ended("2015-05-29", returns_to_guidance=True),
        hired("2015-08-03", OTHER_EMPLOYER),
    )

    with pytest.raises(refusals.CheckTooEarly, match="count from 2015-08-03"):
        again.when(check("2015-09-02"))
    told = given(*again.facts, *again.when(check("2015-09-03")))
    assert [c.counts for c in told.pathway.checks] == [True, True]


def test_a_late_check_counts_from_the_way_out_before_its_own_day() -> None:
    again = given(
        *AT_WORK.facts,
        ended("2015-05-29", returns_to_guidance=True),
        hired("2015-08-03", OTHER_EMPLOYER),
    )

    (fact,) = again.when(check("2015-04-15"))

    told = given(*again.facts, fact)
    assert [c.since for c in told.pathway.checks] == [day("2015-03-02")]
    consistent(told.told)


def test_another_job_in_aftercare_starts_no_new_count() -> None:
    moved = given(*AT_WORK.facts, ended("2015-05-29"), hired("2015-06-01", OTHER_EMPLOYER))

    (fact,) = moved.when(check("2015-09-02", "6M"))

    assert [c.since for c in given(*moved.facts, fact).pathway.checks] == [day("2015-03-02")]


def test_who_does_not_work_is_with_no_employer() -> None:
    with pytest.raises(refusals.NotInWork) as refused:
        AT_WORK.when(check("2015-04-02", in_work=False, same_employer=True))

    assert refused.value.field == "same_employer"


def test_as_of_a_day_nothing_of_a_later_check_is_known() -> None:
    told = given(*CLOSED.facts, checked("2016-03-02", "12M")).told

    before = state_of(told, day("2016-03-01"))
    assert before is not None
    assert before.checks == ()


def test_every_order_of_telling_gives_one_state() -> None:
    facts = [*CLOSED.facts, checked("2015-06-02", "3M"), checked("2015-04-02")]
    late = [facts[0], *reversed(facts[1:])]

    assert state_of(Told(None, fact) for fact in late) == state_of(
        Told(None, fact) for fact in facts
    )
