"""What changed since a register was imported, recorded as corrections: row by row, each whole or not at all."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from pathway.domain.facts import Told, standing
from pathway.domain.refusals import NotCorrectable, Refused
from pathway.identity import Person
from pathway.recorded import Recorded
from pathway.refused import Why
from pathway.register.cells import written
from pathway.register.importing import Changes, FileImport, Plan
from pathway.register.wep_plus.changed import commands
from pathway.register.wep_plus.matching import Differing, Matched, matched
from pathway.register.wep_plus.rules import RegisterRow

_NAMES = frozenset({"Naam", "Voornaam"})
_NOT_SHOWN = frozenset({"NIS-code"})
"""Corrected, and yet about the person: where somebody lives is not put on a screen or into a report."""


class Correcting:
    """One person's changed rows; what they correct goes into the plan, and into `streams` at once."""

    def __init__(
        self,
        run: FileImport[RegisterRow],
        plan: Plan[RegisterRow],
        streams: dict[UUID, list[Recorded]],
        named: Person | None,
    ) -> None:
        self._run = run
        self._plan = plan
        self._streams = streams
        self._named = named

    def each(self) -> None:
        """Correct what each changed row says of facts; a refused row leaves everything as it was."""
        before = self._matched(self._streams)
        for line in sorted(_correctable(before)):
            now = self._matched(self._streams)
            # The row of a person's other module may have put right what both of them say.
            if line in _correctable(now):
                try:
                    self._correct(now.changed[line], now)
                except Refused as refused:
                    self._plan.refuse([now.changed[line].row], Why.of(refused))
        for line in sorted(_correctable(before) - self._plan.refused.keys()):
            self._plan.corrected[line] = _shown(before.changed[line])

    def _correct(self, differing: Differing, before: Matched) -> None:
        if differing.module.start is None:
            return
        line, pathway_id = differing.row.line, differing.module.start.pathway_id
        stream, pathways = self._streams[pathway_id], self._run.pathways
        deciding = pathways.deciding(pathway_id, stream)
        stands = standing(Told(one.fact_id, one.fact) for one in stream)
        for command in commands(differing, stream, stands, self._run.authority):
            deciding.take(command)
        new = deciding.new_facts(self._run.context(line))
        pathways.alone(stream, new)
        facts = pathways.store.enveloped(new)
        streams = {**self._streams, pathway_id: [*stream, *facts]}
        self._refuse_if_unsettled(line, before, self._matched(streams))
        self._streams.update(streams)
        self._plan.record(facts, new)

    def _refuse_if_unsettled(self, line: int, before: Matched, after: Matched) -> None:
        """The same file must find nothing to correct next time, or its rows would take turns."""
        lost = {row.line for row in before.already} - {row.line for row in after.already}
        changed = _correctable(after) - _correctable(before)
        if lost or changed or line in _correctable(after):
            other = min(lost | changed, default=None)
            says = f"line {other} of the same file" if other else "another row of the same file"
            raise NotCorrectable(
                f"Corrected like this, {says} would differ from what is recorded of this person. "
                "Mend whichever of the two is wrong."
            )

    def _matched(self, streams: Mapping[UUID, Sequence[Recorded]]) -> Matched:
        facts = [fact for stream in streams.values() for fact in stream]
        return matched(self._plan.person, facts, self._named)


def _correctable(rows: Matched) -> set[int]:
    """The lines that say of facts, not only of the person, what nobody told before."""
    return {line for line, one in rows.changed.items() if not set(one.columns) <= _NAMES}


def _shown(differing: Differing) -> Changes:
    was, cells = differing.module.forms[-1], differing.cells
    return {
        column: None if column in _NOT_SHOWN else (written(was[column]), written(cells[column]))
        for column in differing.columns
        if column not in _NAMES
    }
