"""In which tender lot somebody is guided: by the newest fact that handed the guidance over."""

from collections.abc import Iterable
from operator import attrgetter

from pathway.domain.facts import Told, standing
from pathway.domain.referral import (
    GuidingOrganisationChanged,
    ReferralConfirmed,
    ReferredToProvider,
)
from pathway.domain.values import Day
from pathway.domain.wep_plus import WepPlusMigrated


def lot_on(told: Iterable[Told], day: Day) -> str | None:
    """The lot in which the person is guided on this day; None outside the tender.

    Of facts in the order of their versions, as they stand after amendments. A referral counts from
    the day on which it became definitive, because the provider guides from then on.
    """
    lot, referred = None, None
    facts = (fact for fact in standing(told).values() if fact.occurred_on <= day)
    for fact in sorted(facts, key=attrgetter("occurred_on")):
        match fact:
            case WepPlusMigrated() | GuidingOrganisationChanged():
                lot = fact.lot
            case ReferredToProvider():
                referred = fact.lot
            case ReferralConfirmed():
                lot = referred
            case _:
                pass
    return lot
