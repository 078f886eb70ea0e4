"""Which organisation guides, as published events tell it."""

from schemas.events import Data, GuidingOrganisationChanged, ReferralConfirmed, WepPlusMigrated


def guides_from(data: Data | None) -> str | None:
    """The organisation (KBO) that guides from this event's day on, where it changes that."""
    match data:
        case WepPlusMigrated():
            return data.guiding_organisation_after
        case GuidingOrganisationChanged():
            return data.to_organisation
        case ReferralConfirmed():
            return data.provider
        case _:
            return None
