"""Where a pathway stood from day to day, folded from events that each tell it of their own moment."""

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from projections.modules import Module, tell
from projections.projection import Event, data_of
from schemas.codes import PathwayStatus
from schemas.events import (
    CounsellorAssigned,
    EmploymentEnded,
    Enrolled,
    HiredInNec,
    ModuleData,
    ModuleStart,
    PathwayClosed,
    PathwayReopened,
    PathwayResumed,
    PathwaySuspended,
)

_LEAVE_CLOSED = (CounsellorAssigned, ModuleStart, HiredInNec, PathwaySuspended, PathwayResumed)
"""What moves an open pathway, and brings no closed one back."""


def statuses(events: Sequence[Event], told: Sequence[Event]) -> Iterator[tuple[Event, str | None]]:
    """Each of `told`, in the order of their days, with the status after it; None before an enrolment.

    Those of `events`, in the order of their versions, tell what moved the status when they were
    told. It is folded by the kinds that are known to move it, and by what else moved it then.
    """
    moved = _moved(events)
    status: str | None = None
    modules: dict[UUID, Module] = {}
    guided = False
    for event in told:
        closed = status == PathwayStatus.AFGESLOTEN
        if not (closed and isinstance(data_of(event), _LEAVE_CLOSED)):
            status = _after(event, modules, status, moved, guided=guided)
        guided = guided or isinstance(data_of(event), CounsellorAssigned | ModuleData)
        tell(modules, event)
        yield event, status


def _after(
    event: Event,
    modules: Mapping[UUID, Module],
    status: str | None,
    moved: Mapping[UUID, str],
    *,
    guided: bool,
) -> str | None:
    match data_of(event):
        case Enrolled():
            return status or PathwayStatus.INGESCHREVEN
        case CounsellorAssigned():
            first = status == PathwayStatus.INGESCHREVEN
            return PathwayStatus.IN_BEGELEIDING if first else status
        case ModuleStart():
            waits = status == PathwayStatus.GESCHORST
            return status if waits else PathwayStatus.IN_BEGELEIDING
        case PathwaySuspended():
            return PathwayStatus.GESCHORST
        case PathwayResumed():
            return PathwayStatus.IN_BEGELEIDING
        case PathwayReopened():
            return PathwayStatus.IN_BEGELEIDING if guided else PathwayStatus.INGESCHREVEN
        case EmploymentEnded(returns_to_guidance=True) if status == PathwayStatus.NAZORG:
            return PathwayStatus.IN_BEGELEIDING
        case HiredInNec():
            return status if any(m.runs for m in modules.values()) else PathwayStatus.NAZORG
        case PathwayClosed():
            return PathwayStatus.AFGESLOTEN
        case _:
            return moved.get(event.id, status)


def _moved(events: Sequence[Event]) -> dict[UUID, str]:
    """The events that moved the status when they were told, by id, and where to.

    Not what became of a module: that moves it by what was told before, and from a day of its own.
    """
    moved: dict[UUID, str] = {}
    before: str | None = None
    for event in events:
        data = data_of(event)
        if data and data.pathway_status != before:
            before = data.pathway_status
            if not isinstance(data, ModuleData):
                moved[event.id] = before
    return moved
