"""What a changed row corrects: fields of recorded facts, all of one row together or none."""

from collections.abc import Mapping, Sequence
from typing import ClassVar
from uuid import UUID

from pydantic_core import to_jsonable_python

from pathway.domain.codes import CorrectionReason
from pathway.domain.commands import Moment
from pathway.domain.corrections import AmendmentCommand, CorrectData, no_new_breach
from pathway.domain.facts import Amendment, Fact
from pathway.domain.state import Pathway


class CorrectTogether(AmendmentCommand):
    """Corrections of which the history need only be possible after all of them; `on` is the last day."""

    path: ClassVar[str] = "correct-together"
    corrections: tuple[CorrectData, ...]

    def decide(self, pathway: Pathway | None, moment: Moment) -> Sequence[Fact]:
        corrected = super().decide(pathway, moment)
        no_new_breach(corrected, pathway, moment)
        return corrected

    def amendments(self, pathway: Pathway, moment: Moment) -> Sequence[Amendment]:
        return [one for each in self.corrections for one in each.amendments(pathway, moment)]


class Edits:
    """Fields of facts that are to be corrected, gathered fact by fact."""

    def __init__(self, stands: Mapping[UUID, Fact], authority: str) -> None:
        self.stands = stands
        self._authority = authority
        self._changes: dict[UUID, dict[str, object]] = {}

    def change(self, fact_id: UUID, **fields: object) -> None:
        """Have these fields of a fact corrected; its day is `occurred_on`."""
        told = self.stands[fact_id]
        new = {name: value for name, value in fields.items() if getattr(told, name) != value}
        if new:
            self._changes.setdefault(fact_id, {}).update(new)

    def commands(self) -> list[CorrectTogether]:
        """What corrects them, if there is anything to correct."""
        each = tuple(self._correction(*one) for one in self._changes.items())
        return [CorrectTogether(on=max(one.on for one in each), corrections=each)] if each else []

    def _correction(self, fact_id: UUID, fields: Mapping[str, object]) -> CorrectData:
        told = self.stands[fact_id]
        late = all(getattr(told, name) is None for name in fields)
        return CorrectData.model_validate(
            {
                "on": fields.get("occurred_on", told.occurred_on),
                "fact_id": fact_id,
                "changes": {
                    n: to_jsonable_python(v) for n, v in fields.items() if n != "occurred_on"
                },
                "reason": CorrectionReason.LAAT_GEMELD if late else CorrectionReason.NIEUW_BEWIJS,
                "authority": self._authority,
            }
        )
