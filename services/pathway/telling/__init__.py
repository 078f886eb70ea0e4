"""What others may know of each fact: decided here, fact by fact, and of no fact anywhere else.

Codes that would tell about health, handicap or detention go out as a general one, which stands for
others as well. A room of a life has its module here; `told` dispatches to them.
"""

from pathway.domain.catalogue import FACTS
from pathway.telling import (
    amendments,
    course,
    deadlines,
    duties,
    enrolment,
    guidance,
    merging,
    modules,
    referral,
    wep_plus,
    work,
)
from pathway.telling.frame import hours_of, status_of, told
from pathway.telling.work import exit_type_of

__all__ = ["exit_type_of", "hours_of", "status_of", "told"]

ROOMS = (
    enrolment,
    guidance,
    referral,
    duties,
    modules,
    wep_plus,
    course,
    work,
    deadlines,
    amendments,
    merging,
)
"""Each says, by being loaded, what it decided."""

_undecided = [fact.__name__ for fact in FACTS if told.dispatch(fact) is told.dispatch(object)]
if _undecided:
    raise TypeError(f"nobody decided what others may know of {', '.join(_undecided)}")
