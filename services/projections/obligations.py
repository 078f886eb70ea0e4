"""Obligations to hire after an IBO, and what became of them; both read models ask this."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from projections.modules import Module
from projections.projection import Event, data_of
from schemas.codes import BreachMotive, ContractKind, ObligationStatus, WaiverMotive
from schemas.events import (
    HiredInNec,
    HireObligationBreached,
    HireObligationWaived,
    IboCompleted,
)

_EMPLOYED = (ContractKind.ONBEPAALDE_DUUR, ContractKind.BEPAALDE_DUUR)


@dataclass(frozen=True)
class Obligation:
    """By which day an employer hires. A hire may come after a decision, and stands beside it."""

    due_by: date
    met_on: date | None = None
    decision: ObligationStatus | None = None
    motive: WaiverMotive | BreachMotive | None = None
    decided_on: date | None = None


def obligations(told: Sequence[Event], modules: Sequence[Module]) -> dict[UUID, Obligation]:
    """By its module, each obligation that an IBO led to; `told` is what stands, in the order of its days."""
    found: dict[UUID, Obligation] = {}
    for event in told:
        match data_of(event):
            case IboCompleted(module_id=module_id, hire_due_by=date() as by):
                found[module_id] = Obligation(by)
            case HireObligationWaived() as data:
                _decide(found, event.occurredon, data, ObligationStatus.VRIJGESTELD)
            case HireObligationBreached() as data:
                _decide(found, event.occurredon, data, ObligationStatus.GESCHONDEN)
            case _:
                pass
    hires = [(e.occurredon, d) for e in told if isinstance(d := data_of(e), HiredInNec)]
    of = {module.module_id: module for module in modules}
    return {
        module_id: replace(one, met_on=_met_on(of.get(module_id), one.due_by, hires))
        for module_id, one in found.items()
    }


def _decide(
    found: dict[UUID, Obligation],
    on: date,
    data: HireObligationWaived | HireObligationBreached,
    decision: ObligationStatus,
) -> None:
    if one := found.get(data.module_id):
        found[data.module_id] = replace(one, decision=decision, motive=data.motive, decided_on=on)


def _met_on(
    module: Module | None, by: date, hires: Sequence[tuple[date, HiredInNec]]
) -> date | None:
    """The first day of the first hire that names the module, or that came in time."""
    if module is None or module.last_day is None:
        return None
    return next(
        (
            on
            for on, hire in hires
            if hire.employer == module.organisation
            and hire.contract in _EMPLOYED
            and (module.last_day <= on <= by or hire.linked_module_id == module.module_id)
        ),
        None,
    )
