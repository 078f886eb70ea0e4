"""Where a pathway stands, and when it can close."""

import pytest
from pathway.domain import refusals
from pathway.domain.catalogue import PathwayFact
from pathway.domain.closing import Close
from pathway.domain.codes import (
    CorrectionReason,
    ExitType,
    ModuleKind,
    PathwayStatus,
    SuspensionReason,
)
from pathway.domain.corrections import CorrectData
from pathway.domain.planning import ModulePlanned
from pathway.domain.suspension import PathwaySuspended

from tests.pathway.domain.kit import (
    EMPLOYER,
    GUIDE,
    HOST,
    assigned,
    closed,
    day,
    enrolled,
    fact_id,
    given,
    hired,
    ibo_completed,
    ibo_started,
    module_id,
    stopped,
    w_started,
)
from tests.pathway.domain.test_referral import confirmed, referred, refused

IBO = ibo_started(1, "2015-01-01", "2015-06-30")


def close(on: str) -> Close:
    return Close(on=day(on), exit_type=ExitType.WERK_NEC_LOONTREKKEND)


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        pytest.param([], PathwayStatus.INGESCHREVEN, id="enrolled"),
        pytest.param([assigned("2014-02-01")], PathwayStatus.IN_BEGELEIDING, id="assigned"),
        pytest.param([IBO], PathwayStatus.IN_BEGELEIDING, id="module"),
        pytest.param([w_started(1)], PathwayStatus.IN_BEGELEIDING, id="WEP+ module"),
        pytest.param(
            [IBO, ibo_completed(1, "2015-06-30")], PathwayStatus.IN_BEGELEIDING, id="completed"
        ),
        pytest.param([hired("2014-05-01")], PathwayStatus.NAZORG, id="hired at once"),
        pytest.param(
            [IBO, stopped(1, "2015-02-28"), hired("2015-03-01")], PathwayStatus.NAZORG, id="hired"
        ),
        pytest.param(
            [hired("2015-03-01"), assigned("2015-04-01")],
            PathwayStatus.NAZORG,
            id="another counsellor in aftercare",
        ),
        pytest.param(
            [hired("2014-03-01"), IBO], PathwayStatus.IN_BEGELEIDING, id="module after a hire"
        ),
        pytest.param(
            [hired("2015-03-01"), assigned("2014-02-01")],
            PathwayStatus.NAZORG,
            id="hired, the assignment told late",
        ),
        pytest.param(
            [IBO, hired("2014-06-01")],
            PathwayStatus.IN_BEGELEIDING,
            id="a hire before the module, told late",
        ),
        pytest.param(
            [closed("2015-03-01"), assigned("2014-02-01")], PathwayStatus.AFGESLOTEN, id="closed"
        ),
    ],
)
def test_a_pathway_stands_where_its_facts_put_it(
    facts: list[PathwayFact], status: PathwayStatus
) -> None:
    assert given(enrolled(), *facts).pathway.status == status


def test_a_pathway_closes_after_its_last_fact() -> None:
    ended = given(enrolled(), IBO, ibo_completed(1, "2015-06-30"))

    assert ended.when(close("2015-06-30")) == [closed("2015-06-30")]


def test_a_pathway_does_not_close_while_a_module_runs() -> None:
    with pytest.raises(refusals.ModuleRunning, match=r"IBO at .* runs since 2015-01-01"):
        given(enrolled(), IBO).when(close("2015-07-01"))


def test_a_pathway_does_not_close_before_something_that_happened() -> None:
    ended = given(enrolled(), IBO, ibo_completed(1, "2015-06-30"))

    with pytest.raises(refusals.ClosedBeforeFact, match="2015-06-30") as refused:
        ended.when(close("2015-06-29"))
    assert refused.value.field == "on"


def test_a_pathway_does_not_close_while_a_referral_waits_for_its_answer() -> None:
    referred_then = given(enrolled(), referred("2016-01-11"))

    with pytest.raises(refusals.ReferralPending, match=f"referral to {GUIDE} of 2016-01-11"):
        referred_then.when(close("2016-02-01"))
    for answer in (confirmed("2016-02-01"), refused("2016-02-01")):
        assert given(*referred_then.facts, answer).when(close("2016-02-01"))


def test_all_that_keeps_a_pathway_from_closing_is_told_at_once() -> None:
    planned = ModulePlanned(
        occurred_on=day("2016-01-12"),
        module_id=module_id(2),
        module_kind=ModuleKind.STAGE,
        organisation=HOST,
        planned_from=day("2016-03-01"),
        planned_until=day("2016-03-31"),
        hours_per_week=19,
    )
    busy = given(enrolled(), IBO, referred("2016-01-11"), planned)

    with pytest.raises(refusals.ModuleRunning) as told:
        busy.when(close("2016-01-11"))

    assert told.value.message == (
        f"The IBO at {EMPLOYER} runs since 2015-01-01: complete or stop it first. "
        f"The STAGE at {HOST} is planned from 2016-03-01: tell that it does not start first. "
        f"The referral to {GUIDE} of 2016-01-11 has no answer yet: confirm or refuse it first. "
        "Something is registered for 2016-01-12: close on that day or later."
    )
    assert told.value.field is None


def test_a_closing_waits_for_no_checkpoint_and_no_end_of_a_suspension() -> None:
    hired_then = given(enrolled(), hired("2015-03-02"))
    suspended = PathwaySuspended(occurred_on=day("2015-03-02"), reason=SuspensionReason.FAMILIAAL)

    assert hired_then.when(close("2015-03-02"))
    assert given(enrolled(), suspended).when(close("2015-03-02"))


def test_a_history_that_was_closed_over_a_referral_can_still_be_corrected() -> None:
    told = given(enrolled(), referred("2016-01-11"), closed("2016-02-01"))
    correct = CorrectData(
        on=day("2016-02-02"), fact_id=fact_id(3), reason=CorrectionReason.INVOERFOUT
    )

    assert told.when(correct)


def test_a_closed_pathway_is_not_closed_again() -> None:
    with pytest.raises(refusals.Closed):
        given(enrolled(), closed("2014-05-01")).when(close("2014-05-01"))


def test_a_closed_pathway_knows_when_and_how() -> None:
    pathway = given(enrolled(), closed("2014-05-01")).pathway

    assert (pathway.closed_on, pathway.exit_type) == (
        day("2014-05-01"),
        ExitType.WERK_NEC_LOONTREKKEND,
    )
