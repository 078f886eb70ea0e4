"""What stands of a pathway's events: corrected ones as they should have been, annulled ones gone."""

from collections.abc import Sequence
from uuid import UUID

import schemas
from projections.projection import Event, data_of
from schemas.events import (
    DataCorrected,
    ModuleAnnulled,
    ModuleData,
    PathwayAnnulled,
    RegistrationAnnulled,
)

CORRECTED, ANNULLED = "CORRECTED", "ANNULLED"


def standing(events: Sequence[Event]) -> list[Event]:
    """The events that stand, given in the order of their versions, in the order of their days.

    An event corrected by a type that this release does not know stays as it was. Raises
    `BrokenMessage` for a correction that does not fit its type.
    """
    stand: dict[UUID, Event] = {}
    for event in events:
        match data_of(event):
            case DataCorrected() as correction:
                _correct(stand, correction)
            case RegistrationAnnulled(target=target):
                stand.pop(target, None)
            case ModuleAnnulled(module_id=module_id):
                for one in [e for e in stand.values() if _module_of(e) == module_id]:
                    del stand[one.id]
            case PathwayAnnulled():
                pass
            case _:
                stand[event.id] = event
    return sorted(stand.values(), key=lambda event: (event.occurredon, event.streamversion))


def annulled_on(events: Sequence[Event]) -> Event | None:
    """The event by which the whole pathway was annulled, if there is one."""
    return next((event for event in events if isinstance(data_of(event), PathwayAnnulled)), None)


def amended(events: Sequence[Event]) -> dict[UUID, str]:
    """The events that did not stay as they were told, by id: CORRECTED or ANNULLED."""
    found: dict[UUID, str] = {}
    for event in events:
        match data_of(event):
            case DataCorrected(target=target):
                found.setdefault(target, CORRECTED)
            case RegistrationAnnulled(target=target):
                found[target] = ANNULLED
            case ModuleAnnulled(module_id=module_id):
                found |= {
                    e.id: ANNULLED for e in events if _module_of(e) == module_id and e is not event
                }
            case PathwayAnnulled():
                found |= {e.id: ANNULLED for e in events if e is not event}
            case _:
                pass
    return found


def _correct(stand: dict[UUID, Event], correction: DataCorrected) -> None:
    before, right = stand.get(correction.target), schemas.corrected(correction)
    if before is not None and right is not None:
        changed = {"data": right, "occurredon": correction.corrected_on}
        stand[before.id] = before.model_copy(update=changed)


def _module_of(event: Event) -> UUID | None:
    data = data_of(event)
    return data.module_id if isinstance(data, ModuleData) else None
