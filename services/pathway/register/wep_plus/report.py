"""What a WEP+ register adds up to: people, modules, and where people went on."""

from collections.abc import Mapping

from pathway.register.report import Report
from pathway.register.wep_plus.rules import MIGRATIONS, RegisterRow


class RegisterReport(Report[RegisterRow]):
    """The report of a register; the row that first names a measure counts for its person."""

    def __init__(self) -> None:
        super().__init__()
        self.migrated: dict[str, int] = dict.fromkeys(MIGRATIONS, 0)
        self.ended_without_migration = 0

    def note(self, row: RegisterRow, *, claims_first: bool) -> None:
        if claims_first and row.migrates:
            self.migrated[row.scheme or ""] += 1
        elif claims_first:
            self.ended_without_migration += 1

    def counts(self) -> Mapping[str, object]:
        return {
            "rows": self.rows,
            "enrolled": self.people,
            "modules_started": self.modules,
            "migrated": self.migrated,
            "ended_without_migration": self.ended_without_migration,
        }

    def sentence(self) -> str:
        migrated = ", ".join(f"{count} to {scheme}" for scheme, count in self.migrated.items())
        return f"migrated {migrated}; {self.ended_without_migration} ended without a successor"
