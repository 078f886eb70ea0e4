"""Facts that were allowed and are worth a look: past a soft maximum, late, waived, or one's own case."""

from collections.abc import Iterator, Sequence
from datetime import date
from enum import StrEnum

from plumbing.clock import brussels_today

from projections.counsellor.soft_maximum import lengths
from projections.projection import Event, Row, data_of
from schemas.codes import ActorKind
from schemas.events import HireObligationWaived, ModuleData, ReferralExtended

EVERYDAY_LATE = 7
"""How many days after a fact its registration is everyday work, as the write side warns by itself."""
_NOT_PEOPLE = frozenset({ActorKind.IMPORT, ActorKind.SYSTEEM})


class Exceptional(StrEnum):
    """What is exceptional about a fact."""

    SOFT_MAXIMUM = "SOFT_MAXIMUM"
    """It plans a module, or guidance by a provider, beyond the soft maximum."""
    BACKDATED = "BACKDATED"
    """A person registered it more than EVERYDAY_LATE days after its day."""
    WAIVED = "WAIVED"
    """An employer need not hire after an IBO."""
    OWN_CASE = "OWN_CASE"
    """It is one of the others, registered by who guided the pathway on its day: nobody else looked."""


def exceptional(
    events: Sequence[Event], told: Sequence[Event], situations: Sequence[Row]
) -> Iterator[tuple[date, Row]]:
    """A row for each fact of `told` and what is exceptional about it, on the fact's own day.

    `told` are those of `events` that stand, as they stand; `situations` say who guided when. What came along
    with a merge is left out: it tells neither when nor by whom it was registered first.
    """
    own = {event.id for event in events}
    after = lengths(told).after
    for event in (one for one in told if one.id in own):
        data = data_of(event)
        until: date | None = getattr(data, "planned_until", None)
        limits = after.get(event.id) if isinstance(data, ModuleData) else None
        passed = bool(limits and until and limits.passed_by(until))
        late = (brussels_today(event.time) - event.occurredon).days
        kinds = [
            *([Exceptional.SOFT_MAXIMUM] if passed or isinstance(data, ReferralExtended) else []),
            *([Exceptional.BACKDATED] if late > EVERYDAY_LATE and _by_people(event) else []),
            *([Exceptional.WAIVED] if isinstance(data, HireObligationWaived) else []),
        ]
        if kinds and event.actorref in _guiding(situations, event.occurredon):
            kinds.append(Exceptional.OWN_CASE)
        for kind in kinds:
            row = {"event_id": event.id, "kind": kind, "exception_on": event.occurredon}
            yield event.occurredon, row


def _by_people(event: Event) -> bool:
    return event.actortype not in _NOT_PEOPLE


def _guiding(situations: Sequence[Row], day: date) -> Iterator[object]:
    """Who guided at the end of that day."""
    for row in situations:
        since, until = row["since"], row["until"]
        if isinstance(since, date) and since <= day and (until is None or day <= until):  # pyright: ignore[reportOperatorIssue]
            yield row["counsellor"]
