"""What the overview asks a counsellor to look at, from the facts of the write side to the marks of a day."""

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given as whatever, settings
from pathway.domain.catalogue import PathwayFact
from pathway.domain.closing import PathwayClosed, PathwayReopened
from pathway.domain.codes import (
    CorrectionReason,
    ExitType,
    IboVariant,
    InterruptionReason,
    PlanMotive,
    Proof,
    ReopeningReason,
    Scheme,
)
from pathway.domain.commands import Command
from pathway.domain.corrections import DataCorrected
from pathway.domain.course import ModuleExtended, ModuleInterrupted, ModuleResumed
from pathway.domain.deadlines import pending
from pathway.domain.duties import (
    AppointmentMissed,
    AppointmentPlanned,
    ExemptionEnded,
    ExemptionGranted,
    TransmissionSent,
)
from pathway.domain.employment import EmploymentChecked, EmploymentEnded
from pathway.domain.facts import state_of
from pathway.domain.guidance_codes import (
    AppointmentChannel,
    ExemptionKind,
    GuideChangeReason,
    TransmissionReason,
)
from pathway.domain.planning import ModulePlanned
from pathway.domain.referral import (
    GuidingOrganisationChanged,
    ReferralConfirmed,
    ReferralExtended,
    ReferredToProvider,
)
from pathway.domain.wep_plus import WepPlusMigrated
from pathway.domain.work_codes import Checkpoint, DeadlineKind, JobEndReason
from projections.counsellor.answers import Attention, attention
from projections.counsellor.projection import counsellor_rows
from projections.counsellor.queries import CaseloadRow, Entry
from projections.counsellor.sentences import sentence
from projections.words import words

from tests.pathway.domain.invented import TODAY
from tests.pathway.domain.kit import (
    EMPLOYER,
    GUIDE,
    OTHER_EMPLOYER,
    assigned,
    closed,
    day,
    enrolled,
    fact_id,
    hired,
    ibo_completed,
    ibo_started,
    module_id,
    stopped,
)
from tests.pathway.domain.test_every_life import LIVES, lived
from tests.projections.test_then import published, told

GUIDED = (enrolled(), assigned("2014-01-08"))


def row_of(facts: list[PathwayFact]) -> CaseloadRow:
    """The caseload row that the facts come to on the topic."""
    [row] = counsellor_rows(published(facts))["caseload"]
    known = {name: row[name] for name in CaseloadRow._fields if name in row}
    return CaseloadRow(**known, pathway_id=UUID(int=1), waits_from=None, rule="", sort_key="")


def marks(*facts: PathwayFact, on: str) -> set[Attention]:
    return set(attention(row_of([*GUIDED, *facts]), day(on)))


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@whatever(LIVES)
def test_both_sides_say_the_same_of_checks_duties_and_exemptions(life: list[Command]) -> None:
    facts = lived(life)
    state, row = state_of(told(facts)), row_of(facts)
    assert state is not None
    checks = [d for d in pending(state.but(announced=())) if d.kind is DeadlineKind.MEETPUNT]

    assert row.check_due_on == min((check.day for check in checks), default=None)
    assert (row.missed_appointments >= 2) == state.transmission_candidate
    exempt = row.exempt_since is not None and (row.exempt_until or TODAY) >= TODAY
    assert exempt == (state.exempt_on(TODAY) is not None)


# The soft maximum.

YOUNG = ibo_started(1, "2019-01-07", "2019-05-31")
# 24 weeks from 7 January end on 23 June, 26 weeks on 7 July.
LONG = ibo_started(1, "2019-01-07", "2019-06-28")


def extended(until: str, on: str = "2019-05-06") -> ModuleExtended:
    return ModuleExtended(
        occurred_on=day(on),
        module_id=module_id(1),
        planned_until=day(until),
        motive=PlanMotive.COMPETENTIES_NIET_BEREIKT,
    )


def paused(on: str) -> ModuleInterrupted:
    reason = InterruptionReason.COLLECTIEVE_SLUITING
    return ModuleInterrupted(occurred_on=day(on), module_id=module_id(1), reason=reason)


def resumed(on: str, until: str) -> ModuleResumed:
    return ModuleResumed(occurred_on=day(on), module_id=module_id(1), planned_until=day(until))


def planned(until: str) -> ModulePlanned:
    return ModulePlanned(
        occurred_on=day("2018-12-03"),
        module_id=module_id(1),
        module_kind="IBO",
        organisation=EMPLOYER,
        planned_from=day("2019-01-07"),
        planned_until=day(until),
        hours_per_week=38,
    )


def k_ibo(until: str) -> PathwayFact:
    return ibo_started(1, "2019-01-07", until).model_copy(update={"variant": IboVariant.K_IBO})


def corrected(version: int, becomes: PathwayFact) -> DataCorrected:
    return DataCorrected(
        occurred_on=becomes.occurred_on,
        target=fact_id(version),
        becomes=becomes,
        reason=CorrectionReason.INVOERFOUT,
    )


@pytest.mark.parametrize(
    ("facts", "marked"),
    [
        pytest.param([ibo_started(1, "2019-01-07", "2019-06-23")], False, id="24 weeks"),
        pytest.param([ibo_started(1, "2019-01-07", "2019-06-24")], True, id="a day more"),
        pytest.param([ibo_started(1, "2018-01-08", "2018-07-08")], False, id="none before 2018-9"),
        pytest.param([planned("2019-06-23")], False, id="planned within"),
        pytest.param([planned("2019-06-24")], True, id="planned beyond"),
        pytest.param([YOUNG, extended("2019-06-23")], False, id="extended within"),
        pytest.param([YOUNG, extended("2019-06-24")], True, id="extended beyond"),
        pytest.param(
            [YOUNG, paused("2019-02-04"), resumed("2019-02-11", "2019-06-07"),
             extended("2019-06-30")], False, id="a week's pause does not count",
        ),
        pytest.param(
            [YOUNG, paused("2019-02-04"), resumed("2019-02-11", "2019-06-07"),
             extended("2019-07-01")], True, id="nor does it give more than its week",
        ),
        pytest.param(
            [YOUNG, extended("2019-06-28"), corrected(3, ibo_started(1, "2019-01-14", "2019-05-31"))],
            False, id="a corrected start moves it",
        ),
        pytest.param([LONG, ibo_completed(1, "2019-06-28")], False, id="it is over"),
        pytest.param([k_ibo("2019-12-20")], False, id="another form, as its length tells"),
        pytest.param([k_ibo("2019-06-24")], True, id="not told apart from an IBO"),
    ],
)  # fmt: skip
def test_a_module_past_its_soft_maximum_is_marked(
    facts: list[PathwayFact], *, marked: bool
) -> None:
    assert (Attention.SOFT_MAXIMUM_PASSED in marks(*facts, on="2019-06-28")) == marked


@pytest.mark.parametrize(
    ("ended", "told"),
    [
        ([ibo_completed(1, "2019-06-28")], True),
        ([ibo_completed(1, "2019-06-14")], False),
        ([paused("2019-06-03"), stopped(1, "2019-06-28")], False),
    ],
    ids=["at its end", "sooner", "in a pause"],
)
def test_a_module_that_ended_tells_how_long_it_lasted(
    ended: list[PathwayFact], *, told: bool
) -> None:
    events = published([*GUIDED, LONG, *ended])

    [module] = counsellor_rows(events)["module"]
    assert module["past_soft_maximum"] == told


def sentences(language: str, *facts: PathwayFact) -> list[str]:
    entries = counsellor_rows(published([*GUIDED, *facts]))["timeline"]
    return [sentence(Entry(**entry), words(language)) for entry in entries[2:]]


@pytest.mark.parametrize(
    "facts",
    [(LONG,), (planned("2019-06-28"),), (YOUNG, extended("2019-06-28"))],
    ids=["started", "planned", "extended"],
)
def test_the_timeline_tells_that_a_plan_is_past_the_soft_maximum(
    facts: tuple[PathwayFact, ...],
) -> None:
    [*_, dutch], [*_, english] = sentences("nl", *facts), sentences("en", *facts)

    assert dutch.endswith(" Dat is voorbij het zachte maximum van een gewone IBO (23/06/2019).")
    assert english.endswith(" That is past the soft maximum of an ordinary IBO (23/06/2019).")


def test_the_timeline_counts_the_pauses_up_to_each_event() -> None:
    later = resumed("2019-05-20", "2019-07-12")

    start, longer, _, goes_on = sentences(
        "nl", YOUNG, extended("2019-06-28"), paused("2019-05-06"), later
    )

    assert "zachte maximum" not in start
    assert longer.endswith("(23/06/2019).")
    assert goes_on.endswith(
        ", gepland tot en met 12/07/2019. Dat is voorbij het zachte maximum van een gewone IBO (07/07/2019)."
    )


def test_a_correction_tells_of_the_right_start() -> None:
    right = corrected(3, LONG)

    wrong, correction = sentences("nl", YOUNG, right)

    assert "zachte maximum" not in wrong
    assert correction.endswith(
        " Dat is voorbij het zachte maximum van een gewone IBO (23/06/2019)."
    )


# Referrals.


def referred(on: str = "2016-01-11") -> ReferredToProvider:
    return ReferredToProvider(
        occurred_on=day(on), provider=GUIDE, lot="perceel-4", scheme=Scheme.IWPL_TENDER
    )


# A definitive referral of 1 February 2016: twelve months end on 31 January.
DEFINITIVE = (referred(), ReferralConfirmed(occurred_on=day("2016-02-01"), provider=GUIDE))
MIGRATED = WepPlusMigrated(
    occurred_on=day("2016-03-01"),
    from_modules=(),
    to_scheme=Scheme.VDAB_REGULIER,
    guiding_organisation_before=GUIDE,
    guiding_organisation_after=OTHER_EMPLOYER,
)
REFERRAL_MARKS = {Attention.REFERRAL_ENDS, Attention.REFERRAL_OVER}
LONGER = ReferralExtended(
    occurred_on=day("2017-01-16"), provider=GUIDE, until=day("2017-06-30"), decision_ref="B-1"
)
HANDED_OVER = GuidingOrganisationChanged(
    occurred_on=day("2017-01-16"),
    from_organisation=GUIDE,
    to_organisation=OTHER_EMPLOYER,
    reason=GuideChangeReason.OVERDRACHT,
    agreement_ref="A-1",
)


@pytest.mark.parametrize(
    ("more", "on", "marked"),
    [
        ((), "2017-01-16", set()),
        ((), "2017-01-17", {Attention.REFERRAL_ENDS}),
        ((), "2017-01-31", {Attention.REFERRAL_ENDS}),
        ((), "2017-02-01", {Attention.REFERRAL_OVER}),
        ((LONGER,), "2017-02-01", set()),
        ((LONGER,), "2017-07-01", {Attention.REFERRAL_OVER}),
        ((HANDED_OVER,), "2017-02-01", set()),
        ((MIGRATED,), "2017-02-01", set()),
        ((closed("2017-01-30"),), "2017-02-01", set()),
    ],
)
def test_the_clock_of_a_referral_is_marked_when_it_runs_out(
    more: tuple[PathwayFact, ...], on: str, marked: set[Attention]
) -> None:
    assert REFERRAL_MARKS & marks(*DEFINITIVE, *more, on=on) == marked


@pytest.mark.parametrize(
    ("more", "marked"), [((), False), ((LONGER,), True), ((LONGER, HANDED_OVER), False)]
)
def test_guidance_that_was_extended_is_past_its_soft_maximum(
    more: tuple[PathwayFact, ...], *, marked: bool
) -> None:
    found = marks(*DEFINITIVE, *more, on="2017-02-01")

    assert (Attention.SOFT_MAXIMUM_PASSED in found) == marked


def test_the_timeline_tells_that_an_extension_is_past_the_soft_maximum() -> None:
    [*_, dutch], [*_, english] = (sentences(one, *DEFINITIVE, LONGER) for one in ("nl", "en"))

    assert dutch.endswith("verlengd tot en met 30/06/2017, voorbij het zachte maximum.")
    assert english.endswith("extended until 30/06/2017, past the soft maximum.")


# Checks of work.

WORKS = hired("2015-01-31")


def checked(on: str, checkpoint: Checkpoint) -> EmploymentChecked:
    return EmploymentChecked(
        occurred_on=day(on), checkpoint=checkpoint, in_work=True, source=Proof.DMFA
    )


ONE, THREE, SIX, YEAR = (
    checked(on, checkpoint)
    for on, checkpoint in zip(
        ("2015-03-02", "2015-05-04", "2015-08-03", "2016-02-01"), Checkpoint, strict=True
    )
)


def back(on: str) -> EmploymentEnded:
    return EmploymentEnded(
        occurred_on=day(on),
        employer=EMPLOYER,
        reason=JobEndReason.EINDE_CONTRACT,
        returns_to_guidance=True,
    )


def left(on: str, exit_type: ExitType = ExitType.UITSCHRIJVING) -> PathwayClosed:
    return PathwayClosed(occurred_on=day(on), exit_type=exit_type)


@pytest.mark.parametrize(
    ("facts", "due"),
    [
        pytest.param([], None, id="nobody left"),
        # February has no 31st.
        pytest.param([WORKS], "2015-03-01", id="1 month"),
        pytest.param([WORKS, ONE], "2015-05-01", id="3 months"),
        pytest.param([WORKS, ONE, THREE], "2015-07-31", id="6 months"),
        pytest.param([WORKS, ONE, THREE, SIX], "2016-01-31", id="12 months"),
        pytest.param([WORKS, ONE, THREE, SIX, YEAR], None, id="all of them"),
        pytest.param([WORKS, THREE], "2015-03-01", id="one was passed over"),
        pytest.param([WORKS, back("2015-02-20")], None, id="back in guidance"),
        pytest.param([WORKS, hired("2015-02-16", OTHER_EMPLOYER)], "2015-03-01", id="another job"),
        pytest.param(
            [WORKS, ONE, back("2015-03-16"), hired("2015-06-01")], "2015-07-01", id="out once more"
        ),
        pytest.param([left("2015-02-02")], "2015-03-02", id="closed without work"),
        pytest.param([WORKS, left("2015-02-16")], "2015-03-01", id="closed at work"),
        pytest.param([left("2015-02-02", ExitType.PENSIOEN)], None, id="with a pension"),
        pytest.param(
            [
                left("2015-02-02"),
                PathwayReopened(occurred_on=day("2015-02-16"), reason=ReopeningReason.TERUGKEER),
            ],
            None,
            id="opened again",
        ),
    ],
)
def test_the_first_check_of_work_that_nobody_told_is_due(
    facts: list[PathwayFact], due: str | None
) -> None:
    row = row_of([*GUIDED, *facts])

    assert row.check_due_on == (day(due) if due else None)
    if due:
        the_day_before = day(due) - timedelta(days=1)
        assert Attention.CHECK_DUE in attention(row, day(due))
        assert Attention.CHECK_DUE not in attention(row, the_day_before)


def test_of_a_closed_pathway_only_the_check_is_marked() -> None:
    assert marks(*DEFINITIVE, left("2017-01-02"), on="2017-03-01") == {Attention.CHECK_DUE}


# Duties.


def missed(on: str, *, excuse: bool = False) -> list[PathwayFact]:
    return [
        AppointmentPlanned(
            occurred_on=day(on), planned_for=day(on), channel=AppointmentChannel.KANTOOR
        ),
        AppointmentMissed(occurred_on=day(on), valid_excuse=excuse),
    ]


def exempt(on: str, until: str | None = None) -> ExemptionGranted:
    return ExemptionGranted(
        occurred_on=day(on), ground=ExemptionKind.OPLEIDING, until=day(until) if until else None
    )


SENT = TransmissionSent(
    occurred_on=day("2015-03-23"), reason=TransmissionReason.AFSPRAAK_GEMIST, reference="T-1"
)
TWICE = [*missed("2015-03-09"), *missed("2015-03-16")]
OF_DUTIES = {Attention.TRANSMISSION_CANDIDATE, Attention.NO_MODULE}


@pytest.mark.parametrize(
    ("facts", "marked"),
    [
        pytest.param(missed("2015-03-09"), False, id="once"),
        pytest.param(TWICE, True, id="twice"),
        pytest.param([*missed("2015-03-09"), *missed("2015-03-16", excuse=True)], False, id="ill"),
        pytest.param([*TWICE, SENT], False, id="sent"),
        pytest.param([*TWICE, SENT, *missed("2015-03-30")], False, id="once since"),
        pytest.param(
            [*TWICE, SENT, *missed("2015-03-30"), *missed("2015-04-02")], True, id="twice since"
        ),
    ],
)
def test_two_misses_without_an_excuse_make_a_candidate_for_transmission(
    facts: list[PathwayFact], *, marked: bool
) -> None:
    found = marks(*facts, on="2015-04-07")

    assert (Attention.TRANSMISSION_CANDIDATE in found) == marked


@pytest.mark.parametrize(
    ("exemption", "on", "silent"),
    [
        ([exempt("2015-03-30")], "2015-03-29", False),
        ([exempt("2015-03-30")], "2015-12-31", True),
        ([exempt("2015-03-30", "2015-06-30")], "2015-06-30", True),
        ([exempt("2015-03-30", "2015-06-30")], "2015-07-01", False),
        (
            [exempt("2015-03-30"), ExemptionEnded(occurred_on=day("2015-05-01"))],
            "2015-05-01",
            False,
        ),
        (
            [exempt("2015-03-30"), ExemptionEnded(occurred_on=day("2015-05-01"))],
            "2015-04-30",
            True,
        ),
    ],
)
def test_an_exemption_silences_what_asks_for_activity(
    exemption: list[PathwayFact], on: str, *, silent: bool
) -> None:
    found = OF_DUTIES & marks(*TWICE, *exemption, on=on)

    assert found == (set() if silent else OF_DUTIES)


def test_what_is_planned_beyond_the_hard_maximum_has_a_form_that_may_last_longer() -> None:
    plus = ibo_started(1, "2019-01-07", until="2019-12-20").model_copy(
        update={"variant": IboVariant.K_IBO}
    )
    usual = ibo_started(1, "2019-01-07", until="2019-07-07")

    assert Attention.HARD_MAXIMUM_NEAR not in marks(plus, on="2019-07-01")
    assert Attention.HARD_MAXIMUM_NEAR in marks(usual, on="2019-07-01")
