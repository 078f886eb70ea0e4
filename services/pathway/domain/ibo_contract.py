"""The contract of an IBO: trainee, employer and VDAB sign it before the start."""

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pathway.domain import refusals
from pathway.domain.codes import ModuleKind
from pathway.domain.commands import Moment, PathwayCommand, Terms
from pathway.domain.facts import About, Fact, Label, Source, Text
from pathway.domain.modules import ModuleFact, known_module
from pathway.domain.rules import Certainty
from pathway.domain.state import Pathway
from pathway.domain.state_values import Signature
from pathway.domain.values import Code
from pathway.domain.work_codes import ContractParty

SIGNED_AFTER_START = "signed-after-start"


class SigningTerms(Terms):
    """Who signed what."""

    party: Annotated[ContractParty, Label("Partij", "Party")]
    plan_ref: Annotated[
        Code | None, Label("Opleidingsplan (kenmerk)", "Training plan (reference)")
    ] = None


class IboContractSigned(ModuleFact, SigningTerms):
    """One of the three parties signed the contract of an IBO on `occurred_on`."""

    about: ClassVar[About] = About(
        Text("IBO-contract ondertekend", "IBO contract signed"),
        Text(
            "Een van de drie partijen (cursist, werkgever, VDAB of haar partner) ondertekende op deze dag "
            "het IBO-contract met zijn opleidingsplan. Alle drie doen dat voor de start; een IBO die zonder "
            "begint, krijgt een waarschuwing.",
            "One of the three parties (trainee, employer, VDAB or its partner) signed the IBO contract with "
            "its training plan on this day. All three do so before the start; an IBO that starts without "
            "gets a warning.",
        ),
        Source("1.2", "vlaanderen.be, IBO; securex.be, IBO contract", Certainty.HIGH),
    )
    kind: Literal["IboContractSigned"] = "IboContractSigned"

    def signature(self) -> Signature:
        """What it is in the state."""
        return Signature(
            module_id=self.module_id, party=self.party, on=self.occurred_on, plan_ref=self.plan_ref
        )

    def after(self, pathway: Pathway) -> Pathway:
        return pathway.but(signatures=(*pathway.signatures, self.signature()))

    def fits(self, pathway: Pathway | None) -> None:
        if pathway is None:
            return
        # On the day of a signature the module has seldom started: then nothing is known of it yet.
        module = pathway.module(self.module_id)
        if module is not None and module.kind is not ModuleKind.IBO:
            raise refusals.WrongModuleKind(
                f"This module is of kind {module.kind}; only an IBO has a contract of three parties.",
                "module_id",
            )
        for signed in pathway.signatures:
            if (signed.module_id, signed.party) == (self.module_id, self.party):
                raise refusals.AlreadySigned(
                    f"{self.party} signed on {signed.on}. Correct that registration if it is wrong.",
                    "party",
                )

    def warnings(self, pathway: Pathway | None) -> tuple[str, ...]:
        module = pathway.module(self.module_id) if pathway else None
        late = module is not None and module.started_on < self.occurred_on
        return (SIGNED_AFTER_START,) if late else ()


class SignIboContract(PathwayCommand, SigningTerms):
    """One of the three parties signed the contract of an IBO on day `on`."""

    path: ClassVar[str] = "sign-ibo-contract"
    nl: ClassVar[str] = (
        "Een van de drie partijen ondertekende het contract van een IBO op dag `on`."
    )
    module_id: Annotated[UUID, Label("Module", "Module")]

    def follow(self, pathway: Pathway, moment: Moment) -> Sequence[Fact]:
        known_module(pathway, self.module_id)
        signed = IboContractSigned.model_validate(self.told())
        if signed.signature() in pathway.signatures:
            return []
        signed.fits(pathway)
        return [signed]
