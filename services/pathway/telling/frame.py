"""What the telling of every fact has in common: the dispatch by fact, statuses, general words."""

from decimal import Decimal
from functools import singledispatch

import schemas
from pathway.domain.facts import Fact
from pathway.domain.state import Pathway
from schemas import codes


@singledispatch
def told(fact: Fact, after: Pathway) -> schemas.Data:
    """What others may know of this fact, given the pathway after it.

    A fact for which nobody decided that keeps this module from being loaded: see its last lines.
    """
    raise NotImplementedError(f"nobody decided what others may know of {fact.name}")


def status_of(after: Pathway) -> codes.PathwayStatus:
    return codes.PathwayStatus(after.status)


def hours_of(hours: Decimal | None) -> float | None:
    return None if hours is None else float(hours)
