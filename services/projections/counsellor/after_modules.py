"""What needs a counsellor around work after a module: a contract, a hire, a job lost, a check that is due."""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from projections.modules import Module
from projections.obligations import obligations
from projections.projection import Event, Row, data_of
from projections.status_by_day import statuses
from schemas.codes import Checkpoint, ContractParty, ExitType, ModuleKind, PathwayStatus
from schemas.events import (
    EmploymentChecked,
    EmploymentEnded,
    HiredInNec,
    IboContractSigned,
    PathwayClosed,
    PathwayReopened,
)

_WORKS_NO_MORE = frozenset({ExitType.OVERLIJDEN, ExitType.PENSIOEN})


def work_columns(events: Sequence[Event], told: Sequence[Event], modules: Sequence[Module]) -> Row:
    """Columns of the caseload row; `events` by their versions, `told` what stands of them, by its days."""
    return {
        "hire_due_by": min(_due(told, modules), default=None),
        "ended_in_protection_on": _ended_in_protection(told),
        "unsigned_ibos": _unsigned(told, modules),
        "check_due_on": _check_due_on(events, told),
    }


def _due(told: Sequence[Event], modules: Sequence[Module]) -> list[date]:
    """By which days employers have to hire who did not yet, and of whom nothing was decided."""
    return [
        one.due_by
        for one in obligations(told, modules).values()
        if one.decision is None and one.met_on is None
    ]


def _ended_in_protection(told: Sequence[Event]) -> date | None:
    """The last day of a protected job that nobody followed with another one."""
    ended: date | None = None
    for event in told:
        match data_of(event):
            case EmploymentEnded(protected_until=date() as until) if event.occurredon < until:
                ended = event.occurredon
            case HiredInNec():
                ended = None
            case _:
                pass
    return ended


def _unsigned(told: Sequence[Event], modules: Sequence[Module]) -> int:
    """How many IBOs run whose contract not all three parties signed before the start."""
    signed: defaultdict[UUID, set[ContractParty]] = defaultdict(set)
    starts = {module.module_id: module.started_on for module in modules}
    for event in told:
        match data_of(event):
            case IboContractSigned(module_id=module_id, party=party):
                if event.occurredon <= starts.get(module_id, date.min):
                    signed[module_id].add(party)
            case _:
                pass
    return sum(
        module.runs
        and module.kind is ModuleKind.IBO
        and signed[module.module_id] != set(ContractParty)
        for module in modules
    )


def _check_due_on(events: Sequence[Event], told: Sequence[Event]) -> date | None:
    """From which day on it is due to look whether the person works: the first check that nobody told."""
    since = _way_out(events, told)
    checks = (data for event in told if isinstance(data := data_of(event), EmploymentChecked))
    done = {check.checkpoint for check in checks if check.since == since}
    due = (_months_on(since, point) for point in Checkpoint if point not in done) if since else ()
    return min(due, default=None)


def _way_out(events: Sequence[Event], told: Sequence[Event]) -> date | None:
    """From which day checks count: the first of the work that was not given up since, or the closing."""
    if not any(isinstance(data_of(event), HiredInNec | PathwayClosed) for event in told):
        return None
    works_since: date | None = None
    closed: tuple[date, ExitType] | None = None
    before: str | None = None
    for event, status in statuses(events, told):
        at_work = before == PathwayStatus.NAZORG
        match data_of(event):
            case HiredInNec():
                works_since = works_since if at_work and works_since else event.occurredon
            case EmploymentEnded(returns_to_guidance=True) if at_work:
                works_since = None
            case PathwayClosed(exit_type=how):
                closed = event.occurredon, how
            case PathwayReopened():
                closed = None
            case _:
                pass
        before = status
    if closed and closed[1] in _WORKS_NO_MORE:
        return None
    return works_since or (closed[0] if closed else None)


def _months_on(day: date, checkpoint: Checkpoint) -> date:
    """The same day so many months on; where that month is too short, the first of the next."""
    years, month = divmod(day.month - 1 + int(checkpoint.removesuffix("M")), 12)
    first = date(day.year + years, month + 1, 1)
    return first + timedelta(days=min(day.day - 1, monthrange(first.year, first.month)[1]))
