"""What needs a counsellor around work after a module: a contract not signed, a hire overdue, a job lost."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from projections.modules import Module
from projections.obligations import obligations
from projections.projection import Event, Row, data_of
from schemas.codes import ContractParty, ModuleKind
from schemas.events import EmploymentEnded, HiredInNec, IboContractSigned


def work_columns(told: Sequence[Event], modules: Sequence[Module]) -> Row:
    """Columns of the caseload row, from what stands, in the order of its days."""
    return {
        "hire_due_by": min(_due(told, modules), default=None),
        "ended_in_protection_on": _ended_in_protection(told),
        "unsigned_ibos": _unsigned(told, modules),
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
