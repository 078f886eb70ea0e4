"""How a pathway stood from day to day, and who had to do with it: rows that other facts look up by day."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import groupby

from projections.guiding import guides_from
from projections.projection import Event, Row, data_of
from projections.status_by_day import statuses
from schemas.codes import ActorKind, PathwayStatus
from schemas.events import (
    CounsellorAssigned,
    CounsellorTransferred,
    CounsellorUnassigned,
    Data,
    Enrolled,
    GuidingOrganisationChanged,
    ParticipantCharacteristicsRecorded,
    ReferralConfirmed,
    WepPlusMigrated,
)

CHARACTERISTICS: tuple[str, ...] = (
    "commune",
    "age_group",
    "gender",
    "education",
    "unemployed_since",
)
"""The characteristics that reports group by."""

_OF_GUIDANCE = ("counsellor", "unit", "provider", "lot", "scheme", "category")


def situations(events: Sequence[Event], told: Sequence[Event]) -> list[Row]:
    """A row from each day on which something changed until the day before the next one did.

    Each is as at the end of its days; `until` is inclusive, and None in the last one. `told` are
    those of `events` that stand, in the order of their days. Until a characteristic is told, it is
    what was told first.
    """
    now: Row = {**dict.fromkeys(_OF_GUIDANCE), **first_told(told)}
    found: list[Row] = []
    by_day = groupby(statuses(events, told), key=lambda each: each[0].occurredon)
    for day, of_day in by_day:
        before = now
        for event, status in of_day:
            is_open = status not in (None, PathwayStatus.AFGESLOTEN)
            now = {**now, **_told_by(data_of(event)), "status": status, "open": is_open}
        if now != before:
            if found:
                found[-1] = {**found[-1], "until": day - timedelta(days=1)}
            found.append({**now, "since": day, "until": None})
    return found


def contacts(events: Sequence[Event], told: Sequence[Event]) -> list[Row]:
    """Who of counsellors and partners registered something, by the day it is true for, each once.

    What came along with a merge is left out: whoever merged had nothing to do with the person then.
    """
    own = {event.id: event.occurredon for event in events}
    met = {
        (event.occurredon, event.actororg, event.actorref)
        for event in told
        if event.id in own and event.actortype in (ActorKind.BEMIDDELAAR, ActorKind.PARTNER)
    }
    return [
        {"contact_on": day, "organisation": organisation, "counsellor": reference}
        for day, organisation, reference in sorted(met)
    ]


def first_told(told: Sequence[Event]) -> Row:
    """Each characteristic as it was told first, for what is grouped by how people came in."""
    recorded = [
        data
        for event in told
        if isinstance(data := data_of(event), ParticipantCharacteristicsRecorded)
    ]
    return {name: next(_values(recorded, name), None) for name in CHARACTERISTICS}


def _values(recorded: Sequence[ParticipantCharacteristicsRecorded], name: str) -> Iterator[object]:
    values: Iterator[object] = (getattr(data, name) for data in recorded)
    return (value for value in values if value is not None)


def _told_by(data: Data | None) -> Row:
    """What this event changes in how the pathway stands."""
    match data:
        case Enrolled():
            return {} if data.category is None else {"category": data.category}
        case CounsellorAssigned() | CounsellorTransferred():
            return {"counsellor": data.counsellor, "unit": data.unit}
        case CounsellorUnassigned():
            return {"counsellor": None}
        case ParticipantCharacteristicsRecorded():
            values = {name: getattr(data, name) for name in CHARACTERISTICS}
            return {name: value for name, value in values.items() if value is not None}
        case WepPlusMigrated():
            told = {"lot": data.lot, "scheme": data.to_scheme}
        case ReferralConfirmed():
            told = {"lot": data.lot, "scheme": data.scheme}
        case GuidingOrganisationChanged():
            told = {"lot": data.lot}
        case _:
            return {}
    return {"provider": guides_from(data), **told}
