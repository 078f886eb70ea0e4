"""Somebody who comes in twice, under two numbers: a second pathway, until both turn out to be of one person."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from plumbing.clock import brussels_today

from pathway.domain.closing import Close
from pathway.domain.codes import CorrectionReason, ExitType, MergeReason, StageKind
from pathway.domain.commands import Command
from pathway.domain.merging import MergePathways, RevertMerge
from pathway.domain.stage import CompleteStage, StartStage
from pathway.simulation import lives, organisations
from pathway.simulation.acts import AT_ONCE, Act, Dossier, Life, Twice
from pathway.simulation.counsellors import STAFF
from pathway.simulation.modules import FULL
from pathway.simulation.people import Jobseeker

_A_STAGE_FIRST = 0.4
_REVERTED = 0.3
_FOUND_OUT = (4, 30)


def double(d: Dossier, on: date, number: int, first: Jobseeker) -> Life:
    """The second pathway of the person of life `number`; it is merged into the first, or closed soon."""
    yield from lives.enrolled(d, on, on - d.days(10, 300))
    if d.happens(_A_STAGE_FIRST):
        yield from _short_stage(d)
    numbers = (d.jobseeker.person.insz, first.person.insz)
    merged = yield _asked(d, Twice(number, numbers, lambda other: _merge(d, other)))
    if merged and not d.happens(_REVERTED):
        return
    if merged:
        reverted = yield _asked(d, Twice(number, numbers, lambda other: _revert(d, other)))
        if not reverted:
            return
    day = d.later(brussels_today(d.registered_at), 2, 12)
    yield d.registered(day, Close(on=day, exit_type=ExitType.UITSCHRIJVING), delays=AT_ONCE)


def _short_stage(d: Dossier) -> Life:
    start = d.later(brussels_today(d.registered_at), 2, 20)
    until = start + d.days(1, 3)
    command = StartStage(
        on=start,
        planned_until=until,
        hours_per_week=FULL,
        stage=StageKind.KOS,
        host=organisations.host(d.chance),
    )
    (module_id,) = yield d.registered(start, command, delays=AT_ONCE)
    yield d.registered(until, CompleteStage(on=until, module_id=module_id), delays=AT_ONCE)


def _asked(d: Dossier, twice: Twice) -> Act:
    """Found out some weeks later. What the rules refuse is not done."""
    on = brussels_today(d.registered_at) + d.days(*_FOUND_OUT)
    act = d.registered(on, delays=AT_ONCE, by=STAFF)
    return replace(act, twice=twice, may_be_refused=True)


def _merge(d: Dossier, other: UUID) -> Command:
    on = brussels_today(d.registered_at)
    return MergePathways(on=on, absorbed=other, reason=MergeReason.TWEE_NUMMERS, authority="KSZ")


def _revert(d: Dossier, other: UUID) -> Command:
    on = brussels_today(d.registered_at)
    return RevertMerge(on=on, absorbed=other, reason=CorrectionReason.INVOERFOUT)
