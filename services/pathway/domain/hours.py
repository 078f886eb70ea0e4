"""The full week: what modules side by side may take together, which the table of rules tells by date."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from decimal import Decimal

from pathway.domain import refusals
from pathway.domain.codes import ModuleKind, ModuleStatus
from pathway.domain.judging import Finding, Verdict, limit_broken
from pathway.domain.rules import ALL, TABLE, Instrument, RuleRow, Table
from pathway.domain.state import Module, Pathway
from pathway.domain.values import Day


def within_the_week(
    pathway: Pathway | None,
    module: Module,
    field: str,
    table: Table = TABLE,
    before: Module | None = None,
) -> Verdict:
    """Whether a module, new or changed, leaves each week within the hours that its row allows.

    A changed one answers for the days on which it takes more than `before`. The W and the I module of
    one WEP+ project run side by side and count once. `field` is the command's that asks too much.
    """
    beside = _beside(module, pathway) if pathway else []
    rows: dict[str, RuleRow] = {}
    findings: dict[str, Finding] = {}
    for day in _rises(module, beside, before):
        row = table.nearest(Instrument.WEEK, ALL, day)
        if row is None or row.max_hours is None:
            continue
        rows[row.id] = row
        more = before is None or _load(module, day) > _load(before, day)
        if more and row.id not in findings and _hours_on(day, (*beside, module)) > row.max_hours:
            findings[row.id] = _too_many(row, day, module, beside, field)
    return Verdict(tuple(rows.values()), tuple(findings.values()))


def _beside(module: Module, pathway: Pathway) -> list[Module]:
    return [
        m
        for m in pathway.modules
        if m.module_id != module.module_id
        and m.status != ModuleStatus.NIET_GESTART
        and m.started_on <= module.through
        and module.started_on <= m.through
    ]


def _rises(module: Module, beside: Sequence[Module], before: Module | None) -> list[Day]:
    """The days on which the load can rise while the module runs: those are enough to look at."""
    rises = {m.started_on for m in (*beside, module)}
    rises |= {told.since for m in (*beside, module) for told in m.hours_told}
    if before is not None:
        rises.add(before.through + timedelta(days=1))
    return sorted({max(day, module.started_on) for day in rises if day <= module.through})


def _too_many(
    row: RuleRow, day: Day, module: Module, beside: Sequence[Module], field: str
) -> Finding:
    running = [m for m in beside if m.started_on <= day <= m.through]
    names = ", ".join(
        f"{m.kind} from {m.started_on} to {m.through} ({m.hours_on(day)} h)" for m in running
    )
    collides = f" It collides with {names}." if names else ""
    many = refusals.TooManyHours(
        f"From {day} on the modules would take {_hours_on(day, (*beside, module))} hours a week "
        f"together; at most {row.max_hours} are allowed.{collides}",
        field,
    )
    return limit_broken(row, "max_hours", many)


def _load(module: Module, day: Day) -> Decimal:
    runs = module.started_on <= day <= module.through
    return (module.hours_on(day) if runs else None) or Decimal(0)


def _hours_on(day: Day, modules: Iterable[Module]) -> Decimal:
    running = [m for m in modules if m.started_on <= day <= m.through]
    loads: dict[object, dict[ModuleKind, Decimal]] = {}
    for module in running:
        one = _project(module, running) if module.kind.wep_plus else module.module_id
        by_kind = loads.setdefault(one, {})
        by_kind[module.kind] = by_kind.get(module.kind, Decimal(0)) + (module.hours_on(day) or 0)
    return sum((max(by_kind.values()) for by_kind in loads.values()), Decimal(0))


def _project(module: Module, running: Sequence[Module]) -> str:
    """The WEP+ project of a module: its number; where it lacks one, its promotor's in that time."""
    if module.project:
        return module.project
    told = (m.project for m in running if m.project and m.organisation == module.organisation)
    return min(told, default=module.organisation)
