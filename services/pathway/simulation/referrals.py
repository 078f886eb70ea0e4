"""Screenings, plans, hand-overs and referrals as they go: who guides whom, and for how long a provider does."""

from datetime import date, timedelta

from pathway.domain.codes import Scheme
from pathway.domain.guidance import Screen, TransferCounsellor, UnassignCounsellor
from pathway.domain.guidance_codes import (
    Advice,
    Distance,
    GuideChangeReason,
    HandOverReason,
    Need,
    PlanAction,
    ReferralRefusal,
    ScreeningMethod,
)
from pathway.domain.plan import AgreePlan
from pathway.domain.referral import (
    ChangeGuidingOrganisation,
    ConfirmReferral,
    ExtendReferral,
    ReferToProvider,
    RefuseReferral,
)
from pathway.domain.rules import MIGRATION
from pathway.simulation import modules, organisations
from pathway.simulation.acts import AT_ONCE, Dossier, Life, Telling
from pathway.simulation.modules import After

# Referrals to the tender, early enough to be answered while it is open.
TENDER = (date(2016, 1, 4), date(2018, 10, 31))
_DISTANCES = {
    Distance.DIRECT_INZETBAAR: 34, Distance.KLEINE_AFSTAND: 30, Distance.MATIGE_AFSTAND: 22,
    Distance.GROTE_AFSTAND: 14,
}  # fmt: skip
_NEEDS = {
    Need.TAAL: 18, Need.COMPETENTIES: 22, Need.DIGITAAL: 10, Need.LOOPBAANKEUZE: 10,
    Need.SOLLICITEREN: 14, Need.WERKERVARING: 10, Need.MOBILITEIT: 12, Need.KINDEROPVANG: 6,
    Need.HUISVESTING: 3, Need.FINANCIEEL: 4, Need.GEZONDHEID: 8, Need.PSYCHISCH: 4,
    Need.ARBEIDSBEPERKING: 4, Need.VERSLAVING: 1, Need.JUSTITIE: 1, Need.ANDERE: 2,
}  # fmt: skip
_ADVICE = {
    Advice.ZELF_ZOEKEN: 26, Advice.BEMIDDELING: 30, Advice.OPLEIDING: 16, Advice.WERKPLEKLEREN: 16,
    Advice.BEGELEIDING_PARTNER: 7, Advice.GESPECIALISEERDE_BEGELEIDING: 3, Advice.ACTIVERINGSZORG: 2,
}  # fmt: skip
_ACTIONS = {
    PlanAction.SOLLICITEREN: 34, PlanAction.LOOPBAANKEUZE: 10, PlanAction.OPLEIDING: 18,
    PlanAction.TAALOPLEIDING: 10, PlanAction.WERKPLEKLEREN: 18, PlanAction.DREMPELS_WEGWERKEN: 6,
    PlanAction.GESPECIALISEERDE_BEGELEIDING: 3, PlanAction.ACTIVERINGSZORG: 1,
}  # fmt: skip
_METHODS = {
    ScreeningMethod.GESPREK: 60, ScreeningMethod.VRAGENLIJST: 22, ScreeningMethod.STATISTISCH: 12,
    ScreeningMethod.ICF: 6,
}  # fmt: skip
_HAND_OVERS = {
    HandOverReason.HERVERDELING: 40, HandOverReason.AFWEZIGHEID: 22, HandOverReason.VERHUIZING: 14,
    HandOverReason.VRAAG_WERKZOEKENDE: 14, HandOverReason.UIT_DIENST: 10,
}  # fmt: skip
_REFUSALS = {
    ReferralRefusal.GEEN_PLAATS: 30, ReferralRefusal.VOORWAARDEN_NIET_VOLDAAN: 26,
    ReferralRefusal.NIET_OPGEDAAGD: 24, ReferralRefusal.WERKZOEKENDE_WEIGERT: 12,
    ReferralRefusal.WERK_GEVONDEN: 8,
}  # fmt: skip


def screening(d: Dossier, on: date) -> Screen:
    """What a counsellor finds in a first or a later talk."""
    return Screen(
        on=on,
        distance=d.one_of(_DISTANCES),
        needs=tuple({d.one_of(_NEEDS) for _ in range(d.chance.randint(0, 3))}),
        advice=d.one_of(_ADVICE),
        method=d.one_of(_METHODS),
    )


def plan(d: Dossier, on: date) -> AgreePlan:
    """What somebody aims at and what is agreed on for it, to be looked at again after half a year or more."""
    goals = {d.chance.choice(modules.OCCUPATIONS) for _ in range(d.chance.randint(0, 2))}
    actions = tuple({d.one_of(_ACTIONS) for _ in range(d.chance.randint(1, 3))})
    d.review_on = d.later(on, 180, 330)
    return AgreePlan(
        on=on,
        goals=tuple(sorted(goals)),
        competent_version=f"{on.year}-1" if goals else None,
        actions=actions,
        review_on=d.review_on,
    )


def another_counsellor(d: Dossier, day: date) -> Life:
    """Somebody else guides: handed over, told as an assignment, or after some days without anybody."""
    before, d.counsellor = d.counsellor, d.counsellors.other(d.chance, d.counsellor)
    after = d.counsellor
    reason = d.one_of(_HAND_OVERS)
    if d.happens(0.6):
        given = {"counsellor": after.ref, "unit": after.unit, "reason": reason}
        yield d.registered(day, TransferCounsellor.model_validate({"on": day, **given}))
        return
    if d.happens(0.2):
        ends = UnassignCounsellor(on=day, reason=reason)
        yield d.registered(day, ends, delays=AT_ONCE, by=before.actor)
        day = d.later(d.registered_at.date(), 1, 9)
    yield d.registered(day, d.assigned(day))


def can_be_referred(day: date) -> bool:
    """Whether the tender takes people on this day."""
    return TENDER[0] <= day <= TENDER[1]


def referred(d: Dossier, day: date) -> Telling[After]:
    """A referral to a provider of the tender: four in five become definitive."""
    command = ReferToProvider(
        on=day,
        provider=organisations.promotor(d.chance),
        lot=f"PERCEEL-{d.chance.randint(1, 9)}",
        scheme=Scheme.IWPL_TENDER,
    )
    yield d.registered(day, command)
    answered = d.later(max(day, d.registered_at.date()), 5, 24)
    if d.happens(0.2):
        yield d.registered(answered, RefuseReferral(on=answered, reason=d.one_of(_REFUSALS)))
        return After(answered)
    yield d.registered(answered, ConfirmReferral(on=answered))
    return (yield from _with_a_provider(d, answered, command.provider))


def _with_a_provider(d: Dossier, since: date, provider: str) -> Telling[After]:
    """Months with the provider: stages, for some a job, for some another provider or more time."""
    day = since
    for _ in range(d.chance.randint(1, 3)):
        day = d.later(max(day, d.registered_at.date()), 30, 90)
        if d.happens(0.15):
            yield d.registered(day, _handed_over(d, day, provider))
            return After(day)
        after = yield from modules.stage(d, day)
        if after.at_work:
            return after
        day = after.day
    yield from _extended(d, day, since)
    return After(day)


def _extended(d: Dossier, day: date, since: date) -> Life:
    """More time, where the first year is not over yet."""
    clock = MIGRATION[Scheme.IWPL_TENDER]
    if clock.soft_max is None or clock.hard_max is None or not d.happens(0.7):
        return
    on = d.later(max(day, d.registered_at.date()), 7, 30)
    if on > clock.soft_max.last_day(since):
        return
    until = min(clock.soft_max.last_day(since) + d.days(30, 182), clock.hard_max.last_day(since))
    yield d.registered(on, ExtendReferral(on=on, until=until, decision_ref=f"MOTIEF-{on:%Y-%m}"))


def _handed_over(d: Dossier, day: date, provider: str) -> ChangeGuidingOrganisation:
    """By agreement, or because the provider's mandate ended."""
    other = organisations.promotor(d.chance)
    while other == provider:
        other = organisations.promotor(d.chance)
    agreed = d.happens(0.7)
    return ChangeGuidingOrganisation(
        on=day,
        to_organisation=other,
        reason=GuideChangeReason.OVERDRACHT if agreed else GuideChangeReason.EINDE_OPDRACHT,
        agreement_ref=f"AKKOORD-{day:%Y-%m}" if agreed else None,
        mandate_ended_on=None if agreed else day - timedelta(days=1),
    )
