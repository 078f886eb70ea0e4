"""A pathway over time: the spells that are drawn as bars, and by which fact each value stands as it does."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from projections.amending import annulled_on, merged_into, standing
from projections.counsellor.projection import told_by
from projections.jobs import jobs_of
from projections.modules import Module, modules_of
from projections.projection import Event, data_of
from schemas.codes import ModuleKind, ModuleStatus
from schemas.events import (
    DataCorrected,
    HiredInNec,
    ModuleData,
    PathwayClosed,
    PathwayResumed,
    PathwaySuspended,
)


class Lane(StrEnum):
    """What a spell is of; each is drawn in a lane of its own, in this order."""

    IBO = "IBO"
    STAGE = "STAGE"
    WEP_PLUS = "WEP_PLUS"
    SUSPENSION = "SUSPENSION"
    WORK = "WORK"


class Spell(BaseModel):
    """Something that lasted from a first day up to and including a last one; both Europe/Brussels."""

    model_config = ConfigDict(frozen=True)
    lane: Lane
    what: Annotated[
        str, Field(description="Code of the form or kind of module, or of the contract")
    ]
    organisation: str | None
    first_day: date
    last_day: Annotated[date | None, Field(description="Null: it goes on, or was only planned")]
    planned_until: Annotated[date | None, Field(description="Its last day as planned")]
    planned: Annotated[bool, Field(description="It was agreed on and did not start yet")]
    version: Annotated[int, Field(description="The fact that it begins with")]


def spells(events: Sequence[Event]) -> list[Spell]:
    """What lasted in a pathway with these events, in the order of versions: by lane, then by day."""
    if annulled_on(events) or merged_into(events):
        return []
    told = standing(events)
    found = [*_of_modules(told), *_of_suspensions(told), *_of_work(told)]
    return sorted(found, key=lambda spell: (list(Lane).index(spell.lane), spell.first_day))


def set_by(events: Sequence[Event]) -> dict[str, int]:
    """By the version of which fact each column of the caseload row stands as it does.

    Of a fact that was corrected, the correction; columns that nothing told, and those that follow from
    several facts, are left out.
    """
    corrected: dict[UUID, int] = {}
    for event in events:
        if isinstance(data := data_of(event), DataCorrected):
            corrected[data.target] = event.streamversion
    found: dict[str, int] = {}
    for event in standing(events):
        version = corrected.get(event.id, event.streamversion)
        # The enrolment that counts is the earliest.
        found |= {
            column: version
            for column in told_by(event)
            if column != "enrolled_on" or column not in found
        }
    before: str | None = None
    for event in events:
        data = data_of(event)
        if data and data.pathway_status != before:
            before = data.pathway_status
            found["status"] = event.streamversion
    return found


def _of_modules(told: Sequence[Event]) -> Iterator[Spell]:
    begun = _begun(told)
    for module in modules_of(told):
        if module.status != ModuleStatus.NIET_GESTART:
            yield Spell(
                lane=_lane(module),
                what=module.form or module.kind,
                organisation=module.organisation,
                first_day=module.started_on,
                last_day=module.last_day,
                planned_until=module.planned_until,
                planned=module.planned,
                version=begun[module.module_id],
            )


def _begun(told: Sequence[Event]) -> dict[UUID, int]:
    """By module, the version of the fact with which it started; while it is only planned, of the first plan."""
    planned: dict[UUID, int] = {}
    started: dict[UUID, int] = {}
    for event in told:
        if isinstance(data := data_of(event), ModuleData):
            of_status = planned if data.module_status == ModuleStatus.GEPLAND else started
            first = of_status.get(data.module_id, event.streamversion)
            # The first that was told, not of the first day: a contract may be signed before the start.
            of_status[data.module_id] = min(first, event.streamversion)
    return planned | started


def _lane(module: Module) -> Lane:
    of_training = {ModuleKind.IBO: Lane.IBO, ModuleKind.STAGE: Lane.STAGE}
    return of_training.get(module.kind, Lane.WEP_PLUS)


def _of_suspensions(told: Sequence[Event]) -> Iterator[Spell]:
    waits: Spell | None = None
    for event in told:
        match data_of(event):
            case PathwaySuspended() as data:
                waits = Spell(
                    lane=Lane.SUSPENSION,
                    what=data.reason,
                    organisation=None,
                    first_day=event.occurredon,
                    last_day=None,
                    planned_until=data.expected_until,
                    planned=False,
                    version=event.streamversion,
                )
            case PathwayResumed() | HiredInNec() | PathwayClosed() if waits:
                last_day = max(waits.first_day, event.occurredon - timedelta(days=1))
                yield waits.model_copy(update={"last_day": last_day})
                waits = None
            case _:
                pass
    if waits:
        yield waits


def _of_work(told: Sequence[Event]) -> list[Spell]:
    return [
        Spell(
            lane=Lane.WORK,
            what=job.data.contract,
            organisation=job.data.employer,
            first_day=job.first_day,
            last_day=job.last_day,
            planned_until=job.data.until,
            planned=False,
            version=job.hire.streamversion,
        )
        for job in jobs_of(told)
    ]
