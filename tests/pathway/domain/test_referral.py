"""The organisation that guides, and the referral to a provider with its clock."""

from datetime import date

import pytest
from pathway.domain import refusals
from pathway.domain.catalogue import PathwayFact
from pathway.domain.codes import Scheme
from pathway.domain.commands import Command
from pathway.domain.consistency import consistent
from pathway.domain.facts import state_of
from pathway.domain.guidance_codes import GuideChangeReason, ReferralRefusal, ReferralStatus
from pathway.domain.judging import SOFT_MAXIMUM_PASSED
from pathway.domain.referral import (
    ChangeGuidingOrganisation,
    ConfirmReferral,
    ExtendReferral,
    GuidingOrganisationChanged,
    ReferralConfirmed,
    ReferralRefused,
    ReferredToProvider,
    ReferToProvider,
    RefuseReferral,
)
from pathway.domain.state import Guide

from tests.pathway.domain.kit import EMPLOYER, GUIDE, HOST, PROMOTOR, day, enrolled, given

TODAY = date(2019, 12, 1)
AGREED = "AKKOORD-1"


def refer(on: str, provider: str = GUIDE, **changes: object) -> ReferToProvider:
    told = {"on": day(on), "provider": provider, "lot": "perceel-4", "scheme": Scheme.IWPL_TENDER}
    return ReferToProvider.model_validate(told | changes)


def referred(on: str, provider: str = GUIDE) -> ReferredToProvider:
    return ReferredToProvider(
        occurred_on=day(on), provider=provider, lot="perceel-4", scheme=Scheme.IWPL_TENDER
    )


def confirmed(on: str, provider: str = GUIDE) -> ReferralConfirmed:
    return ReferralConfirmed(occurred_on=day(on), provider=provider)


def refused(on: str) -> ReferralRefused:
    return ReferralRefused(occurred_on=day(on), provider=GUIDE, reason=ReferralRefusal.GEEN_PLAATS)


def change(on: str, to: str = HOST, **by: object) -> ChangeGuidingOrganisation:
    told = {"on": day(on), "to_organisation": to, "reason": GuideChangeReason.OVERDRACHT}
    return ChangeGuidingOrganisation.model_validate(told | (by or {"agreement_ref": AGREED}))


def changed(on: str, before: str | None, to: str) -> GuidingOrganisationChanged:
    return GuidingOrganisationChanged(
        occurred_on=day(on),
        from_organisation=before,
        to_organisation=to,
        reason=GuideChangeReason.OVERDRACHT,
        agreement_ref=AGREED,
    )


def then(*facts: PathwayFact, command: Command) -> list[PathwayFact]:
    return given(enrolled(), *facts).when(command, TODAY)


REFERRED = referred("2016-01-11")
DEFINITIVE = (REFERRED, confirmed("2016-02-01"))


def test_a_person_is_referred_and_the_provider_does_not_guide_yet() -> None:
    assert then(command=refer("2016-01-11")) == [REFERRED]

    pathway = given(enrolled(), REFERRED).pathway
    assert pathway.referral is not None
    assert (pathway.referral.status, pathway.referral.until) == (ReferralStatus.AANGEMELD, None)
    assert pathway.guiding_organisation is None


def test_at_most_one_referral_waits_for_its_answer() -> None:
    with pytest.raises(refusals.ReferralPending, match=f"to {GUIDE} of 2016-01-11"):
        then(REFERRED, command=refer("2016-01-20", HOST))

    assert len(then(REFERRED, refused("2016-01-18"), command=refer("2016-01-20", HOST))) == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"lot": None}, "lot"),
        ({"scheme": Scheme.IWPL_SUBSIDIE}, "lot"),
        ({"scheme": Scheme.VDAB_REGULIER, "lot": None}, "scheme"),
    ],
)
def test_a_referral_is_to_a_lot_of_the_tender_or_to_the_subsidy(
    changes: dict[str, object], field: str
) -> None:
    with pytest.raises(refusals.ReferralOutOfRange) as broken:
        then(command=refer("2016-01-11", **changes))
    assert broken.value.field == field


def test_by_its_confirmation_the_provider_guides_and_the_clock_of_twelve_months_starts() -> None:
    assert then(REFERRED, command=ConfirmReferral(on=day("2016-02-01"))) == [DEFINITIVE[1]]

    pathway = given(enrolled(), *DEFINITIVE).pathway
    assert pathway.guiding_organisation == GUIDE
    assert pathway.referral is not None
    assert pathway.referral.answered_on == day("2016-02-01")
    assert pathway.referral.until == day("2017-01-31")


IN_TWE = (
    ReferredToProvider(occurred_on=day("2017-01-09"), provider=GUIDE, scheme=Scheme.TWE),
    confirmed("2017-02-01"),
)


def test_a_referral_to_twe_has_no_lot_and_a_clock_of_twenty_four_months() -> None:
    asked = {"scheme": Scheme.TWE, "lot": None}
    assert then(command=refer("2017-01-09", **asked)) == [IN_TWE[0]]
    with pytest.raises(refusals.ReferralOutOfRange) as with_a_lot:
        then(command=refer("2017-01-09", scheme=Scheme.TWE))
    assert with_a_lot.value.field == "lot"

    pathway = given(enrolled(), *IN_TWE).pathway

    assert pathway.guiding_organisation == GUIDE
    assert pathway.referral is not None
    assert pathway.referral.until == day("2019-01-31")
    assert IN_TWE[1].judged_by(given(enrolled(), IN_TWE[0]).pathway) == ("twe/2017",)


def test_twe_began_in_2017() -> None:
    before = ReferredToProvider(occurred_on=day("2016-12-01"), provider=GUIDE, scheme=Scheme.TWE)

    with pytest.raises(refusals.ReferralOutOfRange, match="TWE was open from 2017-01-01 on"):
        then(before, command=ConfirmReferral(on=day("2016-12-31")))
    assert then(before, command=ConfirmReferral(on=day("2017-01-01")))


def test_twe_is_not_extended() -> None:
    with pytest.raises(refusals.NoExtension, match="24 months at most from 2017-02-01 on"):
        then(*IN_TWE, command=ExtendReferral(on=day("2018-12-03"), until=day("2019-03-31")))


def test_a_confirmation_is_judged_by_the_row_of_the_definitive_day() -> None:
    before = given(enrolled(), REFERRED).pathway

    assert confirmed("2016-02-01").judged_by(before) == ("iwpl-tender/2016",)
    for late in ("2015-12-31", "2019-01-01"):
        with pytest.raises(refusals.ReferralOutOfRange, match="IWPL_TENDER was open") as broken:
            then(referred("2015-12-01"), command=ConfirmReferral(on=day(late)))
        assert broken.value.field == "on"


def test_a_subsidy_has_no_clock() -> None:
    to_subsidy = ReferredToProvider(
        occurred_on=day("2015-07-01"), provider=GUIDE, scheme=Scheme.IWPL_SUBSIDIE
    )
    history = (to_subsidy, confirmed("2015-07-13"))

    referral = given(enrolled(), *history).pathway.referral
    assert referral is not None
    assert (referral.status, referral.until) == (ReferralStatus.DEFINITIEF, None)
    with pytest.raises(refusals.NoExtension, match="has no end"):
        then(*history, command=ExtendReferral(on=day("2015-12-01"), until=day("2016-12-01")))


def test_a_refused_referral_leaves_the_guide_as_it_was() -> None:
    known = (changed("2015-03-01", None, PROMOTOR), REFERRED)
    command = RefuseReferral(on=day("2016-01-18"), reason=ReferralRefusal.GEEN_PLAATS)

    assert then(*known, command=command) == [refused("2016-01-18")]
    pathway = given(enrolled(), *known, refused("2016-01-18")).pathway
    assert pathway.guiding_organisation == PROMOTOR
    assert pathway.referral is not None
    assert pathway.referral.status == ReferralStatus.GEWEIGERD


@pytest.mark.parametrize("command", [ConfirmReferral, RefuseReferral, ExtendReferral])
def test_what_was_not_asked_is_not_answered(command: type[Command]) -> None:
    told = {"reason": "GEEN_PLAATS"} if command is RefuseReferral else {}
    told |= {"until": day("2017-06-30")} if command is ExtendReferral else {}
    asked = command.model_validate({"on": day("2016-01-10"), **told})

    for history in ([], [REFERRED], [REFERRED, refused("2016-01-18")]):
        with pytest.raises(refusals.NoReferral):
            then(*history, command=asked)
    if command is not ExtendReferral:
        with pytest.raises(refusals.NoReferral):
            then(*DEFINITIVE, command=asked.model_copy(update={"on": day("2016-03-01")}))


def test_the_clock_is_extended_once_to_eighteen_months_at_most() -> None:
    last = ExtendReferral(on=day("2016-12-01"), until=day("2017-07-31"))

    (extended,) = then(*DEFINITIVE, command=last)
    before = given(enrolled(), *DEFINITIVE).pathway
    pathway = given(enrolled(), *DEFINITIVE, extended).pathway

    assert pathway.referral is not None
    assert pathway.referral.until == day("2017-07-31")
    assert extended.judged_by(before) == ("iwpl-tender/2016",)
    assert extended.warnings(before) == (SOFT_MAXIMUM_PASSED,)
    with pytest.raises(refusals.TooLong, match="18 months from 2016-02-01") as broken:
        then(*DEFINITIVE, command=last.model_copy(update={"until": day("2017-08-01")}))
    assert broken.value.field == "until"
    with pytest.raises(refusals.NothingChanges, match="until 2017-01-31 already"):
        then(*DEFINITIVE, command=last.model_copy(update={"until": day("2017-01-31")}))
    earlier = given(
        enrolled(), *DEFINITIVE, extended.model_copy(update={"until": day("2017-05-01")})
    )
    with pytest.raises(refusals.NoExtension, match="extended before"):
        earlier.when(last, TODAY)


def test_a_corrected_definitive_day_moves_the_clock() -> None:
    moved = given(enrolled(), REFERRED, confirmed("2016-03-01")).pathway

    assert moved.referral is not None
    assert moved.referral.until == day("2017-02-28")


def test_guidance_goes_over_and_both_parties_stay_on_the_file() -> None:
    assert then(*DEFINITIVE, command=change("2016-09-01")) == [changed("2016-09-01", GUIDE, HOST)]

    pathway = given(enrolled(), *DEFINITIVE, changed("2016-09-01", GUIDE, HOST)).pathway
    assert pathway.guides == (
        Guide(organisation=GUIDE, until=day("2016-08-31")),
        Guide(organisation=HOST),
    )


def test_a_guide_that_comes_back_guides_again() -> None:
    pathway = given(
        enrolled(),
        *DEFINITIVE,
        changed("2016-09-01", GUIDE, HOST),
        changed("2016-11-01", HOST, GUIDE),
    ).pathway

    assert pathway.guiding_organisation == GUIDE
    assert [guide.until for guide in pathway.guides] == [
        day("2016-08-31"),
        day("2016-10-31"),
        None,
    ]


def test_a_hand_over_changes_the_guide() -> None:
    with pytest.raises(refusals.NothingChanges) as broken:
        then(*DEFINITIVE, command=change("2016-09-01", GUIDE))
    assert broken.value.field == "to_organisation"


@pytest.mark.parametrize("by", [{"lot": "perceel-1"}, {"mandate_ended_on": day("2016-09-01")}])
def test_a_hand_over_needs_an_agreement_or_a_mandate_that_ended(by: dict[str, object]) -> None:
    with pytest.raises(refusals.ConsentMissing, match="before 2016-09-01"):
        then(*DEFINITIVE, command=change("2016-09-01", **by))

    ended = change("2016-09-01", mandate_ended_on=day("2016-08-31"))
    assert len(then(*DEFINITIVE, command=ended)) == 1


def test_a_history_in_which_somebody_else_guided_is_refused() -> None:
    history = given(
        enrolled(), changed("2016-09-01", None, HOST), changed("2016-08-01", None, EMPLOYER)
    )

    with pytest.raises(refusals.Collides, match=f"On 2016-09-01 {EMPLOYER} guides"):
        consistent(history.told)


def test_a_provider_that_guides_already_goes_on_guiding() -> None:
    pathway = given(enrolled(), changed("2015-03-01", None, GUIDE), *DEFINITIVE).pathway

    assert pathway.guides == (Guide(organisation=GUIDE),)


def test_a_hand_over_told_late_is_from_who_guided_on_that_day() -> None:
    known = given(enrolled(), *DEFINITIVE)

    (fact,) = known.when(change("2015-03-01", PROMOTOR), TODAY)

    assert fact == changed("2015-03-01", None, PROMOTOR)
    late = state_of(given(*known.facts, fact).told)
    assert late is not None
    assert [guide.organisation for guide in late.guides] == [PROMOTOR, GUIDE]
