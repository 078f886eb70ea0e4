"""What a provider's file adds up to: people, modules, and how those ended that have."""

from collections.abc import Mapping

from pathway.register.modules.rules import HOW, ModuleRow
from pathway.register.report import Report


class ModulesReport(Report[ModuleRow]):
    """The report of a provider's file."""

    def __init__(self) -> None:
        super().__init__()
        self.ended: dict[str, int] = dict.fromkeys(HOW, 0)

    def note(self, row: ModuleRow, *, claims_first: bool) -> None:
        if row.how:
            self.ended[row.how] += 1

    def counts(self) -> Mapping[str, object]:
        return {
            "rows": self.rows,
            "people": self.people,
            "modules": self.modules,
            "ended": self.ended,
        }

    def sentence(self) -> str:
        return ", ".join(f"{count} {how}" for how, count in self.ended.items())
