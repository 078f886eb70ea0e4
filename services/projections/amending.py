"""What stands of a pathway's events: corrected ones as they should have been, annulled ones gone."""

from collections.abc import Iterator, Sequence
from uuid import UUID

import schemas
from projections.projection import Event, data_of
from schemas.events import (
    DataCorrected,
    MergeReverted,
    ModuleAnnulled,
    ModuleData,
    PathwayAbsorbed,
    PathwayAnnulled,
    PathwaysMerged,
    RegistrationAnnulled,
)

CORRECTED, ANNULLED, UNDONE = "CORRECTED", "ANNULLED", "UNDONE"


def standing(events: Sequence[Event]) -> list[Event]:
    """The events that stand, given in the order of their versions, in the order of their days.

    An event corrected by a type that this release does not know stays as it was. Raises
    `BrokenMessage` for a correction that does not fit its type.
    """
    stand: dict[UUID, Event] = {}
    for event in not_undone(events):
        match data_of(event):
            case DataCorrected() as correction:
                _correct(stand, correction)
            case RegistrationAnnulled(target=target):
                stand.pop(target, None)
            case ModuleAnnulled(module_id=module_id):
                for one in [e for e in stand.values() if _module_of(e) == module_id]:
                    del stand[one.id]
            case PathwaysMerged() as merge:
                stand |= {one.id: one for one in _carried(event, merge)}
            case PathwayAnnulled() | PathwayAbsorbed() | MergeReverted():
                pass
            case _:
                stand[event.id] = event
    return sorted(stand.values(), key=lambda event: (event.occurredon, event.streamversion))


def not_undone(events: Sequence[Event]) -> list[Event]:
    """The events without the merges that were reverted afterwards."""
    undone = {data.target for event in events if isinstance(data := data_of(event), MergeReverted)}
    return [event for event in events if event.id not in undone]


def merged_into(events: Sequence[Event]) -> tuple[UUID, Event] | None:
    """The pathway that this one is a part of now, and the event that says so."""
    for event in not_undone(events):
        if isinstance(data := data_of(event), PathwayAbsorbed):
            return data.survivor, event
    return None


def _carried(event: Event, merge: PathwaysMerged) -> Iterator[Event]:
    """What came along with a merge, as events of this pathway; what is of a newer type is left out."""
    for one in merge.events:
        data = schemas.carried(one)
        if data is not None:
            told = {"id": one.id, "type": one.type, "occurredon": one.occurred_on, "data": data}
            yield event.model_copy(update=told)


def annulled_on(events: Sequence[Event]) -> Event | None:
    """The event by which the whole pathway was annulled, if there is one."""
    return next((event for event in events if isinstance(data_of(event), PathwayAnnulled)), None)


def amended(events: Sequence[Event]) -> dict[UUID, str]:
    """The events that did not stay as they were told, by id: CORRECTED, ANNULLED or UNDONE."""
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
            case MergeReverted(target=target):
                found[target] = UNDONE
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
