"""What others may know of referrals, and of the organisation that guides."""

from pathway.domain.referral import (
    GuidingOrganisationChanged,
    ReferralConfirmed,
    ReferralExtended,
    ReferralRefused,
    ReferredToProvider,
)
from pathway.domain.state import Pathway
from pathway.telling.frame import status_of, told
from schemas import codes, events


@told.register
def _guiding_organisation_changed(
    fact: GuidingOrganisationChanged, after: Pathway
) -> events.GuidingOrganisationChanged:
    return events.GuidingOrganisationChanged(
        pathway_status=status_of(after),
        from_organisation=fact.from_organisation,
        to_organisation=fact.to_organisation,
        lot=fact.lot,
        reason=codes.GuideChangeReason(fact.reason),
        agreement_ref=fact.agreement_ref,
        mandate_ended_on=fact.mandate_ended_on,
    )


@told.register
def _referred(fact: ReferredToProvider, after: Pathway) -> events.ReferredToProvider:
    return events.ReferredToProvider(
        pathway_status=status_of(after),
        provider=fact.provider,
        lot=fact.lot,
        scheme=codes.Scheme(fact.scheme),
    )


@told.register
def _confirmed(fact: ReferralConfirmed, after: Pathway) -> events.ReferralConfirmed:
    mine = (fact.provider, fact.occurred_on)
    referral = next((r for r in after.referrals if (r.provider, r.answered_on) == mine), None)
    return events.ReferralConfirmed(
        pathway_status=status_of(after),
        provider=fact.provider,
        lot=referral.lot if referral else None,
        scheme=codes.Scheme(referral.scheme) if referral else None,
        until=referral.until if referral else None,
    )


@told.register
def _refused(fact: ReferralRefused, after: Pathway) -> events.ReferralRefused:
    return events.ReferralRefused(
        pathway_status=status_of(after),
        provider=fact.provider,
        reason=codes.ReferralRefusal(fact.reason),
    )


@told.register
def _extended(fact: ReferralExtended, after: Pathway) -> events.ReferralExtended:
    return events.ReferralExtended(
        pathway_status=status_of(after),
        provider=fact.provider,
        until=fact.until,
        decision_ref=fact.decision_ref,
    )
