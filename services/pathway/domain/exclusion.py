"""Employers who get no IBO for some years, because they did not hire after one."""

from typing import NamedTuple

from pathway.domain.state import Pathway
from pathway.domain.values import Day


class Exclusion(NamedTuple):
    """An employer (KBO number) gets no IBO from `since` up to and including `until`, Europe/Brussels.

    Source: hrsquare.be (about 2009) and werkgevers.vdab.be/faq; domain 1.2 and 7.5.
    """

    employer: str
    since: Day
    until: Day

    def holds(self, on: Day) -> bool:
        """Whether an IBO there cannot start on this day."""
        return self.since <= on <= self.until


def exclusions(pathway: Pathway) -> tuple[Exclusion, ...]:
    """Those that decisions about the modules of this pathway led to; a void pathway leads to none."""
    if pathway.void:
        return ()
    decided = ((one.organisation, one.hire_decision) for one in pathway.modules)
    return tuple(
        Exclusion(employer, decision.on, decision.sanction_until)
        for employer, decision in decided
        if decision and decision.sanction_until
    )
