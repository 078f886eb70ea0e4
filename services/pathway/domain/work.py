"""Work in the NEC, the regular labour market: the hire that a pathway is for."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pathway.domain import refusals, rules, state
from pathway.domain.codes import ContractKind, ModuleKind, PathwayStatus, Proof, StopReason
from pathway.domain.commands import Moment, PathwayCommand, Terms
from pathway.domain.facts import About, Fact, Label, Source, Text
from pathway.domain.modules import ModuleStopped, known_module, not_past_a_hire
from pathway.domain.rules import Certainty
from pathway.domain.state import Module, Pathway
from pathway.domain.state_values import added
from pathway.domain.values import Code, Day, Establishment, Hours, Kbo

FIXED_TERM_WITHOUT_APPROVAL = "fixed-term-without-approval"
FEWER_HOURS_THAN_IBO = "fewer-hours-than-ibo"


class HireTerms(Terms):
    """A job, and on what evidence."""

    employer: Annotated[Kbo, Label("Werkgever (KBO)", "Employer (KBO)")]
    establishment: Annotated[
        Establishment | None, Label("Vestigingseenheid (KBO)", "Establishment unit (KBO)")
    ] = None
    contract: Annotated[ContractKind, Label("Contract", "Contract")]
    until: Annotated[Day | None, Label("Tot en met", "Until")] = None
    hours_per_week: Annotated[Hours, Label("Uren per week", "Hours a week")]
    occupation: Annotated[Code | None, Label("Beroep (Competent)", "Occupation (Competent)")] = None
    linked_module_id: Annotated[UUID | None, Label("Volgt op module", "Follows module")] = None
    proof: Annotated[Proof, Label("Bewijs", "Proof")]
    approval_ref: Annotated[
        Code | None,
        Label(
            "Goedkeuring (kenmerk)",
            "Approval (reference)",
            Text(
                "Van VDAB, voor een contract van bepaalde duur na een IBO.",
                "Of VDAB, for a fixed-term contract after an IBO.",
            ),
        ),
    ] = None


class HiredInNec(Fact, HireTerms):
    """Work in the regular labour market starts on `occurred_on`."""

    about: ClassVar[About] = About(
        Text("Aangeworven in het NEC", "Hired in the NEC"),
        Text(
            "Werk in het normaal economisch circuit begint op deze dag. Een module die nog liep, eindigt de "
            "dag ervoor.",
            "Work in the regular labour market begins on this day. A module that still ran ends the day "
            "before.",
        ),
        Source(
            "1.2, 3.2",
            "vdab.be/ibo; Vlaams Parlement, schriftelijke vraag Werkplekleren",
            Certainty.HIGH,
        ),
    )
    kind: Literal["HiredInNec"] = "HiredInNec"
    carried: ClassVar[bool] = True

    def fits(self, pathway: Pathway | None) -> None:
        if self.until is not None and self.until < self.occurred_on:
            raise refusals.EndBeforeStart(
                f"The contract would end on {self.until}, before it starts on {self.occurred_on}.",
                "until",
            )
        for module in pathway.modules if pathway else ():
            if (
                module.ran
                and module.ended
                and module.started_on <= self.occurred_on < module.through
            ):
                raise refusals.ModuleEnded(
                    f"The {module.kind} at {module.organisation} ran until {module.last_day} "
                    f"({module.status}): a hire on {self.occurred_on} would have ended it the day "
                    "before. Correct one of the two days.",
                    "on",
                )
        if pathway is not None:
            self._not_after_a_decision(pathway)

    def _not_after_a_decision(self, pathway: Pathway) -> None:
        """Refuse a late hire that would have met an obligation before somebody decided about it."""
        module = pathway.ibo_of(self.job())
        decision = module.hire_decision if module else None
        if decision and self.occurred_on <= decision.on:
            raise refusals.HireObligationSettled(
                f"On {decision.on} it was decided that this employer does not hire after the IBO "
                f"({decision.status}). Correct that registration if it is wrong.",
                "on",
            )

    def after(self, pathway: Pathway) -> Pathway:
        stays = pathway.closed or pathway.in_a_module
        followed = pathway.status == PathwayStatus.NAZORG and pathway.aftercare_since
        return pathway.but(
            status=pathway.status if stays else PathwayStatus.NAZORG,
            suspension=pathway.suspension if stays else None,
            hires=added(pathway.hires, self.job()),
            aftercare_since=followed or self.occurred_on,
        )

    def warnings(self, pathway: Pathway | None) -> tuple[str, ...]:
        ibo = _ibo_before(self.job(), pathway) if pathway else None
        if ibo is None:
            return ()
        fixed = self.contract is ContractKind.BEPAALDE_DUUR and self.approval_ref is None
        agreed = ibo.hours_on(min(ibo.through, self.occurred_on))
        fewer = agreed is not None and self.hours_per_week < agreed
        return (
            *((FIXED_TERM_WITHOUT_APPROVAL,) if fixed else ()),
            *((FEWER_HOURS_THAN_IBO,) if fewer else ()),
        )

    def job(self) -> state.Hire:
        """The job as it stands from its first day."""
        told = {name: getattr(self, name) for name in HireTerms.model_fields}
        return state.Hire(started_on=self.occurred_on, **told)


class Hire(PathwayCommand, HireTerms):
    """Record a hire in the NEC; modules that still run end the day before."""

    path: ClassVar[str] = "hire"
    nl: ClassVar[str] = (
        "Leg een aanwerving in het NEC vast; modules die nog lopen, eindigen de dag ervoor."
    )

    def follow(self, pathway: Pathway, moment: Moment) -> Sequence[Fact]:
        if self.linked_module_id is not None:
            known_module(pathway, self.linked_module_id, "linked_module_id")
        hired = HiredInNec.model_validate(self.told())
        if hired.job() in (job.but(ended_on=None, end_reason=None) for job in pathway.hires):
            return []
        hired.fits(pathway)
        running = [m for m in pathway.running() if m.started_on <= self.on]
        ended = [self._ended_by_hire(pathway, module) for module in running]
        return [*ended, hired]

    def _ended_by_hire(self, pathway: Pathway, module: Module) -> ModuleStopped:
        last_day = self.on - timedelta(days=1)
        if module.kind.wep_plus and rules.WEP_PLUS.until:
            last_day = min(last_day, rules.WEP_PLUS.until)
        if last_day < module.started_on:
            raise refusals.EndBeforeStart(
                f"The {module.kind} at {module.organisation} started on {module.started_on}: it "
                f"cannot end the day before a hire on {self.on}. Correct one of the two days.",
                "on",
            )
        not_past_a_hire(pathway, module, last_day)
        same = module.organisation == self.employer
        reason = StopReason.WERK_ZELFDE_WERKGEVER if same else StopReason.WERK_ANDERE_WERKGEVER
        stopped = ModuleStopped(occurred_on=last_day, module_id=module.module_id, reason=reason)
        stopped.in_place(pathway).hold()
        return stopped


def _ibo_before(job: state.Hire, pathway: Pathway) -> Module | None:
    """The IBO that the employer had the person in just before, or has until this hire ends it."""
    if not job.as_employee:
        return None
    runs = (
        m for m in pathway.running() if m.kind is ModuleKind.IBO and m.organisation == job.employer
    )
    return next(runs, None) or pathway.ibo_of(job)
