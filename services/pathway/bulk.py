"""What can be asked of a whole group at once: of an employer's or a lot's modules, of a caseload.

Each is decided pathway by pathway by the ordinary command, so that no rule exists twice.
"""

from collections.abc import Sequence
from typing import ClassVar, NamedTuple, Self
from uuid import UUID, uuid5

from pydantic import model_validator

from pathway.deciding import Deciding
from pathway.domain import refusals
from pathway.domain.commands import Command, Terms
from pathway.domain.facts import Told
from pathway.domain.guidance import CounsellorTransferred, TransferCounsellor
from pathway.domain.guidance_codes import HandOverReason
from pathway.domain.lots import lot_on
from pathway.domain.modules import StopModule, StopTerms
from pathway.domain.state import Module, Pathway
from pathway.domain.values import Code, Day, Kbo

_BULKS = UUID("6d2f7a54-0c9e-4b4b-9f43-8f4a1c6a27e0")
"""The namespace of their ids; never another one, because by its id a bulk is known again."""


class Part(NamedTuple):
    """What is asked of one pathway: a command about one of its modules, or about the pathway (None)."""

    module_id: UUID | None
    command: Command


class Bulk(Terms):
    """Something asked of a group. `on` is the day that it is true for, Europe/Brussels."""

    name: ClassVar[str]
    on: Day

    @property
    def bulk_id(self) -> UUID:
        """The same whenever the same is asked, by whomever: what was done already is known by it."""
        return uuid5(_BULKS, f"{self.name} {self.model_dump_json(exclude_none=True)}")

    @property
    def mark(self) -> bytes:
        """Bytes that some stored fact of each pathway in the group holds, and of others perhaps."""
        raise NotImplementedError

    def parts(self, pathway: Pathway, told: Sequence[Told]) -> Sequence[Part]:
        """What is asked of an open pathway; nothing when it is not in the group."""
        raise NotImplementedError

    def decide(self, deciding: Deciding, part: Part) -> None:
        """Let a part's command decide. Raises `Refused`; whoever asks takes back what it added."""
        deciding.take(part.command)


class EndModules(Bulk, StopTerms):
    """Every module that has not ended stops: with one organisation, or of who is guided in one lot on the day.

    A module that is only planned is asked too, and refused with the way out: nothing of the group is
    passed over in silence.
    """

    name: ClassVar[str] = "end-modules"
    employer: Kbo | None = None
    """Employer of an IBO, host of a stage, promotor of WEP+."""
    lot: Code | None = None

    @model_validator(mode="after")
    def _one_group(self) -> Self:
        if (self.employer is None) == (self.lot is None):
            raise ValueError("give an employer or a lot, one of the two")
        return self

    @property
    def mark(self) -> bytes:
        return (f'"{self.employer}"' if self.employer else f'"lot":"{self.lot}"').encode()

    def parts(self, pathway: Pathway, told: Sequence[Told]) -> Sequence[Part]:
        terms = {name: getattr(self, name) for name in StopTerms.model_fields}
        return [
            Part(module.module_id, StopModule(on=self.on, module_id=module.module_id, **terms))
            for module in self._of_group(pathway, told)
            if not module.ended
        ]

    def _of_group(self, pathway: Pathway, told: Sequence[Told]) -> Sequence[Module]:
        if self.employer:
            return [m for m in pathway.modules if m.organisation == self.employer]
        return pathway.modules if lot_on(told, self.on) == self.lot else ()


class HandOver(Bulk):
    """Every open pathway that a counsellor guides goes to another one, or with them to another unit."""

    name: ClassVar[str] = "hand-over"
    from_counsellor: Code
    counsellor: Code
    unit: Code | None = None
    """None: each pathway stays in its unit."""
    reason: HandOverReason = HandOverReason.HERVERDELING

    @model_validator(mode="after")
    def _to_somebody_else(self) -> Self:
        if self.counsellor == self.from_counsellor and self.unit is None:
            raise ValueError("to the same counsellor only with another unit")
        return self

    @property
    def mark(self) -> bytes:
        return f'"counsellor":"{self.from_counsellor}"'.encode()

    def parts(self, pathway: Pathway, told: Sequence[Told]) -> Sequence[Part]:
        if pathway.counsellor != self.from_counsellor:
            return ()
        guides = pathway.guided_on(self.on)
        transfer = TransferCounsellor(
            on=self.on,
            counsellor=self.counsellor,
            unit=self.unit or (guides.unit if guides else pathway.unit) or "",
            reason=self.reason,
        )
        return [Part(None, transfer)]

    def decide(self, deciding: Deciding, part: Part) -> None:
        for fact in deciding.take(part.command):
            if isinstance(fact, CounsellorTransferred):
                self._from_them(fact)

    def _from_them(self, fact: CounsellorTransferred) -> None:
        """Who got the pathway later cannot hand it over on a day when somebody else guided."""
        if fact.from_counsellor != self.from_counsellor:
            raise refusals.AnotherGuides(
                f"{fact.from_counsellor} guides on {self.on}; {self.from_counsellor} does since a "
                "later day. Hand it over on that day or a later one.",
                "on",
            )
