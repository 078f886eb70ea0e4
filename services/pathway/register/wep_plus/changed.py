"""Which facts a changed row of the register is about, and what it makes of each: the way back from cells."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

from pathway.application import folded
from pathway.domain.codes import StopReason
from pathway.domain.commands import Command
from pathway.domain.enrolment import (
    Enrolled,
    ParticipantCharacteristicsRecorded,
    RecordCharacteristics,
)
from pathway.domain.facts import Fact
from pathway.domain.modules import ModuleStart, ModuleStopped, StopModule
from pathway.domain.refusals import NotCorrectable
from pathway.domain.wep_plus import MigrateWepPlus, WepPlusMigrated, WepPlusModuleStart
from pathway.recorded import Recorded
from pathway.register.correcting import Edits
from pathway.register.left import by_imports
from pathway.register.wep_plus.matching import MEASURE, SCHEMES, Cells, Differing

_OF_THE_START = {
    "Promotor KBO": "promotor",
    "Projectnummer": "project",
    "Begindatum": "occurred_on",
    "Uren per week": "hours_per_week",
    "Werkvloer KBO": "work_floor",
    "Nazorgpremie": "aftercare_premium",
}
_OF_THE_MIGRATION = {
    "Promotor KBO": ("promotor", "guiding_organisation_before"),
    "Werkvloer KBO": ("work_floor", "host_organisation"),
    "Nazorgpremie": ("aftercare_premium", "aftercare_premium"),
}
"""What an import derived a migration from: the start's field, and the migration's."""
_DAY = timedelta(days=1)


def commands(
    differing: Differing, stream: Sequence[Recorded], stands: Mapping[UUID, Fact], authority: str
) -> list[Command]:
    """What makes of the recorded facts what the row says. Raises `NotCorrectable`."""
    return _Changed(differing, stream, Edits(stands, authority)).commands()


class _Changed:
    """One row that differs from the module that it speaks of, `edits` holding the facts as they stand."""

    def __init__(self, differing: Differing, stream: Sequence[Recorded], edits: Edits) -> None:
        self._columns = set(differing.columns)
        self._now: Cells = differing.cells
        self._was: Cells = differing.module.forms[-1]
        self._stream = stream
        self._edits = edits
        told = differing.module.start
        start = edits.stands.get(told.fact_id) if told else None
        if told is None or not isinstance(start, WepPlusModuleStart):
            raise NotCorrectable("This module was annulled before. Take its row out of the file.")
        self._start_id, self._start = told.fact_id, start

    def commands(self) -> list[Command]:
        if "Module" in self._columns:
            raise NotCorrectable(
                f"{self._start.name} of {self._start.occurred_on} is of another kind. Annul that "
                "module (VERKEERD_INSTRUMENT), then import the file again."
            )
        changed = self._columns & _OF_THE_START.keys()
        fields = {_OF_THE_START[column]: self._now[column] for column in changed}
        self._edits.change(self._start_id, **fields)
        if "Begindatum" in self._columns:
            self._move_enrolment()
        late = [*self._commune(), *self._measure()]
        self._end()
        self._migrate_otherwise()
        return [*self._edits.commands(), *late]

    def _move_enrolment(self) -> None:
        """An inferred enrolment goes with the first module, unless something else came before that."""
        pathway, imports = folded(self._stream), by_imports(self._stream)
        if pathway is None or not pathway.inferred:
            return
        begins: date = self._now["Begindatum"]
        others = [
            fact.occurred_on
            for fact_id, fact in self._edits.stands.items()
            if isinstance(fact, ModuleStart) and fact_id != self._start_id
        ]
        first = min([begins, *others])
        entry = {
            fact_id: fact
            for fact_id, fact in self._edits.stands.items()
            if isinstance(fact, Enrolled | ParticipantCharacteristicsRecorded)
            and fact_id in imports
            and (fact.occurred_on < first or fact.occurred_on == pathway.enrolled_on)
        }
        besides = (
            f for one, f in self._edits.stands.items() if one not in {*entry, self._start_id}
        )
        if all(fact.occurred_on >= first for fact in besides):
            for fact_id in entry:
                self._edits.change(fact_id, occurred_on=first)

    def _commune(self) -> Iterator[Command]:
        """Where the person lives, from the day of the row on."""
        if "NIS-code" not in self._columns:
            return
        imports, was, commune = (
            by_imports(self._stream),
            self._was["Begindatum"],
            self._now["NIS-code"],
        )
        told = {
            fact.occurred_on: fact_id
            for fact_id, fact in self._edits.stands.items()
            if isinstance(fact, ParticipantCharacteristicsRecorded)
            and fact.commune
            and fact_id in imports
        }
        if was in told:
            self._edits.change(told[was], commune=commune)
        elif commune:
            yield RecordCharacteristics(on=self._now["Begindatum"], commune=commune)
        else:
            raise NotCorrectable(
                "Another row of this person tells where they live. Fill it in here too."
            )

    def _measure(self) -> Iterator[Command]:
        """The end with the measure, or the migration, that nobody told before."""
        was, now = self._was[MEASURE[0]], self._now[MEASURE[0]]
        if MEASURE[0] not in self._columns or {was, now} <= SCHEMES.keys():
            return
        if now in SCHEMES:
            yield MigrateWepPlus(
                on=self._now["Overgangsdatum"],
                to_scheme=SCHEMES[now],
                guiding_organisation=self._now["Begeleider KBO"],
                host_organisation=self._now["Werkvloer KBO"],
                aftercare_premium=self._now["Nazorgpremie"],
            )
        elif now == "GEEN" and was is None:
            yield StopModule(
                on=self._now["Einddatum"],
                module_id=self._start.module_id,
                reason=StopReason.EINDE_MAATREGEL,
            )
        else:
            fact = next(f for f in (self._migration(), self._stop()) if f)[1]
            raise NotCorrectable(
                f"{fact.name} of {fact.occurred_on} is recorded, and this row no longer tells it. "
                "Annul that registration, then import the file again."
            )

    def _end(self) -> None:
        """The day of the end, in whatever facts tell it."""
        if "Einddatum" not in self._columns:
            return
        was, ends = self._was["Einddatum"], self._now["Einddatum"]
        if self._start.planned_until == was:
            self._edits.change(self._start_id, planned_until=ends)
        if stop := self._stop():
            self._edits.change(stop[0], occurred_on=ends)

    def _migrate_otherwise(self) -> None:
        """The migration itself, and what of it was derived from the row."""
        if (found := self._migration()) is None:
            return
        fact_id, migration = found
        if self._now[MEASURE[0]] in SCHEMES and self._columns & set(MEASURE):
            self._edits.change(
                fact_id,
                to_scheme=SCHEMES[self._now[MEASURE[0]]],
                occurred_on=self._now["Overgangsdatum"],
                guiding_organisation_after=self._now["Begeleider KBO"],
            )
        for column in self._columns & _OF_THE_MIGRATION.keys():
            of_start, of_migration = _OF_THE_MIGRATION[column]
            beside = [getattr(one, of_start) for one in self._beside(migration)]
            was = getattr(migration, of_migration)
            if was == getattr(self._start, of_start) and was not in beside:
                self._edits.change(fact_id, **{of_migration: self._now[column]})
        if "Einddatum" in self._columns:
            self._end_before(fact_id, migration)

    def _end_before(self, fact_id: UUID, migration: WepPlusMigrated) -> None:
        """The last day that the migration gave the module, where it followed from the planned one."""
        planned = min(migration.occurred_on - _DAY, self._start.planned_until)
        told = [one.model_dump(mode="json") for one in migration.from_modules]
        for one, left in zip(told, migration.from_modules, strict=True):
            if left.module_id == self._start.module_id and left.last_day == planned:
                # A row that names a day names one after its module's end.
                one["last_day"] = self._now["Einddatum"].isoformat()
                self._edits.change(fact_id, from_modules=told)

    def _beside(self, migration: WepPlusMigrated) -> list[WepPlusModuleStart]:
        modules = {one.module_id for one in migration.from_modules} - {self._start.module_id}
        starts = (f for f in self._edits.stands.values() if isinstance(f, WepPlusModuleStart))
        return [start for start in starts if start.module_id in modules]

    def _migration(self) -> tuple[UUID, WepPlusMigrated] | None:
        for fact_id, fact in self._edits.stands.items():
            if isinstance(fact, WepPlusMigrated) and any(
                left.module_id == self._start.module_id for left in fact.from_modules
            ):
                return fact_id, fact
        return None

    def _stop(self) -> tuple[UUID, ModuleStopped] | None:
        for fact_id, fact in self._edits.stands.items():
            if (
                isinstance(fact, ModuleStopped)
                and fact.module_id == self._start.module_id
                and fact.reason is StopReason.EINDE_MAATREGEL
            ):
                return fact_id, fact
        return None
