"""The plan: which jobs somebody aims at, what was agreed to do for it, and when it is looked at again."""

from collections.abc import Iterable, Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field

from pathway.domain import refusals
from pathway.domain.commands import Moment, PathwayCommand, Terms
from pathway.domain.facts import About, Fact, Label, Source, Text
from pathway.domain.guidance_codes import PlanAction
from pathway.domain.rules import Certainty
from pathway.domain.state import Pathway
from pathway.domain.state_values import Plan
from pathway.domain.values import Code, DataClass, Day


def _wanted_most_first(goals: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(goals))


def _each_once(actions: Iterable[PlanAction]) -> tuple[PlanAction, ...]:
    return tuple(sorted(set(actions)))


class AgreementTerms(Terms):
    """What was agreed; what stands in words is in the vault."""

    goals: Annotated[
        tuple[Code, ...],
        Label(
            "Jobdoelen (Competent)",
            "Job goals (Competent)",
            Text(
                "Codes van beroepen, het liefste eerst; leeg zolang er geen doel is.",
                "Codes of occupations, the one wanted most first; empty while there is no goal.",
            ),
        ),
        Field(max_length=10),
        AfterValidator(_wanted_most_first),
    ] = ()
    competent_version: Annotated[
        Code | None,
        Label(
            "Versie van Competent",
            "Version of Competent",
            Text("Waaruit de codes komen.", "That the codes are of."),
        ),
    ] = None
    actions: Annotated[
        tuple[PlanAction, ...],
        Label("Afgesproken acties", "Agreed actions"),
        Field(min_length=1),
        AfterValidator(_each_once),
    ]
    review_on: Annotated[Day, Label("Opnieuw te bekijken op", "To be reviewed on")]


class PathwayPlanAgreed(Fact, AgreementTerms):
    """Counsellor and person agree on a plan. Some actions tell about health."""

    about: ClassVar[About] = About(
        Text("Trajectplan afgesproken", "Plan agreed"),
        Text(
            "Op deze dag is afgesproken naar welke beroepen de persoon toewerkt, met welke acties, en wanneer "
            "dat opnieuw bekeken wordt. Een nieuw plan komt in de plaats van het vorige, dat in de historiek "
            "blijft.",
            "On this day it was agreed which occupations the person works towards, by which actions, and when "
            "that is looked at again. A new plan takes the place of the one before, which stays in the "
            "history.",
        ),
        Source("7.5", "vdab.be/competent", Certainty.MEDIUM),
    )
    kind: Literal["PathwayPlanAgreed"] = "PathwayPlanAgreed"
    data_class: ClassVar[DataClass] = DataClass.SPECIAL

    def plan(self) -> Plan:
        """What was agreed, as the state keeps it."""
        told = {name: getattr(self, name) for name in AgreementTerms.model_fields}
        return Plan(agreed_on=self.occurred_on, **told)

    def fits(self, pathway: Pathway | None) -> None:
        if self.review_on <= self.occurred_on:
            raise refusals.EndBeforeStart(
                f"It would be reviewed on {self.review_on}; it was agreed on {self.occurred_on}. "
                "Give a later day.",
                "review_on",
            )

    def after(self, pathway: Pathway) -> Pathway:
        return pathway.but(plans=(*pathway.plans, self.plan()))


class AgreePlan(PathwayCommand, AgreementTerms):
    """Record the plan that counsellor and person agreed on; it takes the place of the one before."""

    path: ClassVar[str] = "agree-plan"
    nl: ClassVar[str] = (
        "Leg het plan vast dat bemiddelaar en persoon afspraken; het vervangt het vorige."
    )

    def follow(self, pathway: Pathway, moment: Moment) -> Sequence[Fact]:
        agreed = PathwayPlanAgreed.model_validate(self.told())
        return [] if agreed.plan() in pathway.plans else [agreed]
