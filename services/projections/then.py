"""A pathway's events as they stood at a point of two clocks: the same folds make rows of them."""

from collections.abc import Sequence
from uuid import UUID

from projections.amending import annulled_on, merged_into, standing
from projections.points import Point
from projections.projection import Event, data_of
from projections.status_by_day import statuses
from schemas.codes import PathwayStatus
from schemas.events import (
    DataCorrected,
    DeadlineReached,
    MergeReverted,
    ModuleAnnulled,
    PathwayAbsorbed,
    PathwayAnnulled,
    PathwaysMerged,
    RegistrationAnnulled,
)

_AMENDMENTS = (
    DataCorrected,
    RegistrationAnnulled,
    ModuleAnnulled,
    PathwayAnnulled,
    PathwaysMerged,
    PathwayAbsorbed,
    MergeReverted,
)


def events_at(events: Sequence[Event], point: Point) -> list[Event]:
    """Those that were known there and are true by its day, in the order of their versions.

    What amends is kept whatever its day, as it is about events; of what is annulled, the day that
    was told counts. None at all where nothing that stands is true by the day.
    """
    known = [event for event in events if point.knows(event)]
    stand = {event.id: event for event in standing(known)}
    if all(event.occurredon > point.as_of for event in stand.values()):
        return []
    return [
        _came_along(event, point)
        for event in known
        if isinstance(data_of(event), _AMENDMENTS)
        or stand.get(event.id, event).occurredon <= point.as_of
    ]


def _came_along(event: Event, point: Point) -> Event:
    """The event; of a merge, with what came along that is true by the day."""
    data = data_of(event)
    if not isinstance(data, PathwaysMerged):
        return event
    true = tuple(one for one in data.events if one.occurred_on <= point.as_of)
    return event.model_copy(update={"data": data.model_copy(update={"events": true})})


def status_at(events: Sequence[Event], at: Sequence[Event]) -> str | None:
    """Where the pathway stood after those of its `events` that are `at` a point, as `events_at` gives them.

    Each event tells the status after it, with all that was recorded before it; nobody told it of an
    earlier day. There it is folded by day.
    """
    if annulled_on(at):
        return PathwayStatus.GEANNULEERD
    if merged_into(at):
        return PathwayStatus.SAMENGEVOEGD
    if len(at) == len(events):
        return next((d.pathway_status for e in reversed(at) if (d := data_of(e))), None)
    folded = [status for _, status in statuses(events, standing(at))]
    return folded[-1] if folded else None


def made_the_difference(events: Sequence[Event], one: Point, other: Point) -> list[Event]:
    """The events by which a pathway stands otherwise at `other` than at `one`, by version.

    Those that are known, or true, at one of the two only, and the amendments between them that
    change one that is true at either.
    """
    known = [[event for event in events if point.knows(event)] for point in (one, other)]
    whole = [_by_id(standing(each)) for each in known]
    true = [
        {key: event for key, event in each.items() if event.occurredon <= point.as_of}
        for each, point in zip(whole, (one, other), strict=True)
    ]
    differ = {key for key in true[0] | true[1] if true[0].get(key) != true[1].get(key)}
    between = {event.id for event in known[0]} ^ {event.id for event in known[1]}

    def made_it(place: int, event: Event) -> bool:
        if isinstance(data_of(event), DeadlineReached):
            return False
        if isinstance(data_of(event), _AMENDMENTS):
            changed = _changed(events[:place], events[: place + 1])
            annuls_all = isinstance(data_of(event), PathwayAnnulled)
            return event.id in between and bool(annuls_all or changed & differ)
        # Known at both and standing otherwise, it was amended: then that made the difference.
        amended = whole[0].get(event.id) != whole[1].get(event.id)
        return event.id in differ and (event.id in between or not amended)

    return [event for place, event in enumerate(events) if made_it(place, event)]


def _by_id(events: Sequence[Event]) -> dict[UUID, Event]:
    return {event.id: event for event in events}


def _changed(before: Sequence[Event], after: Sequence[Event]) -> set[UUID]:
    """The ids of the events of `before` that stand otherwise after one more."""
    stood, stands = _by_id(standing(before)), _by_id(standing(after))
    return {key for key in stood if stood[key] != stands.get(key)}
