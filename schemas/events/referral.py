"""Referral: the organisation that guides, and the way to a provider."""

from datetime import date
from typing import ClassVar

from pydantic import Field

from schemas.codes import GuideChangeReason, ReferralRefusal, Scheme
from schemas.events.frame import Data, Kbo, Reference


class GuidingOrganisationChanged(Data):
    """Begeleidende organisatie gewijzigd: another organisation guides from the event's day on."""

    event: ClassVar[str] = "guiding-organisation-changed"
    from_organisation: Kbo | None = Field(description="Who guided until then; null is VDAB itself")
    to_organisation: Kbo
    lot: Reference | None = Field(description="Lot of the tender; null is none or not told")
    reason: GuideChangeReason = Field(description="Why")
    agreement_ref: Reference | None = Field(
        description="Where the agreement of who guided stands; null where their mandate had ended"
    )
    mandate_ended_on: date | None = Field(
        description="Last day of the mandate of who guided; null is not told"
    )


class ReferredToProvider(Data):
    """Toegeleid: the person is referred to a provider, which still has to answer."""

    event: ClassVar[str] = "referred-to-provider"
    provider: Kbo
    lot: Reference | None = Field(description="Lot of the tender; null for other schemes")
    scheme: Scheme = Field(description="For what")


class ReferralConfirmed(Data):
    """Toeleiding bevestigd: the referral is definitive, and the provider guides from the event's day on."""

    event: ClassVar[str] = "referral-confirmed"
    provider: Kbo
    lot: Reference | None = Field(description="Lot of the tender; null for other schemes")
    scheme: Scheme | None = Field(description="For what; null where it is not known any more")
    until: date | None = Field(
        description="When the scheme's clock ends by what was known then; null is no end"
    )


class ReferralRefused(Data):
    """Toeleiding geweigerd: the referral came to nothing."""

    event: ClassVar[str] = "referral-refused"
    provider: Kbo
    reason: ReferralRefusal = Field(description="Why")


class ReferralExtended(Data):
    """Toeleiding verlengd: guidance by the provider runs longer, once."""

    event: ClassVar[str] = "referral-extended"
    provider: Kbo
    until: date = Field(description="Last day, inclusive")
    decision_ref: Reference | None = Field(
        default=None, description="Where the motive stands; null is not told"
    )
