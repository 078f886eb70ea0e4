"""Corrections and annulments: what was registered wrongly is put right, and all of it stays on record."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, ClassVar, Literal, cast
from uuid import UUID

from pydantic import (
    Field,
    JsonValue,
    PlainValidator,
    SerializeAsAny,
    ValidationError,
    WithJsonSchema,
)

from pathway.domain import refusals
from pathway.domain.codes import AnnulmentReason, CorrectionReason, PathwayStatus
from pathway.domain.commands import (
    Command,
    Moment,
    Terms,
    not_before_enrolment,
    not_in_the_future,
    not_void,
)
from pathway.domain.consistency import consistent
from pathway.domain.enrolment import Enrolled
from pathway.domain.facts import About, Amendment, Fact, Label, Source, Text, Told, standing
from pathway.domain.modules import ModuleEnd, ModuleFact, NewModule
from pathway.domain.rules import Certainty, Instrument
from pathway.domain.state import Module, Pathway
from pathway.domain.values import Code, DataClass

_SOURCE = Source("7.2, 7.5", "EU 2016/679, art. 16", Certainty.MEDIUM)
_TOLD_IN_FULL = frozenset({"enum", "value_error", "missing"})
"""Mistakes whose message holds nothing of what was sent."""
_YEARS = range(1900, 2200)
_NEVER_CORRECTED = frozenset({"kind", "module_id", "person_ref"})


def _any_fact(told: object) -> Fact:
    """A fact of any kind from what was stored of it; the catalogue knows this room too, so it is asked late."""
    from pathway.domain.catalogue import FACTS  # noqa: PLC0415

    if type(told) in FACTS and not isinstance(told, Amendment):
        return cast("Fact", told)
    if isinstance(told, dict):
        fields: dict[str, Any] = {str(name): value for name, value in told.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
        kind = next((fact for fact in FACTS if fact.__name__ == fields.get("kind")), None)
        if kind and not issubclass(kind, Amendment):
            return kind.model_validate(fields)
    raise ValueError("this is no fact that can be corrected")


AnyFact = Annotated[
    SerializeAsAny[Fact],
    PlainValidator(_any_fact),
    WithJsonSchema({"type": "object", "description": "A fact, whole; its kind is in `kind`"}),
]


class AuthorityTerms(Terms):
    """On whose word something is put right."""

    authority: Annotated[
        Code | None,
        Label(
            "Op gezag van (kenmerk)",
            "Authority (reference)",
            Text("Een beslissing of bewijsstuk.", "A decision or a piece of evidence."),
        ),
    ] = None


class CorrectionTerms(AuthorityTerms):
    """Why and on what authority something is corrected."""

    reason: Annotated[CorrectionReason, Label("Reden", "Reason")]


class AnnulmentTerms(AuthorityTerms):
    """Why and on what authority something is annulled."""

    reason: Annotated[AnnulmentReason, Label("Reden", "Reason")]


class DataCorrected(Amendment, CorrectionTerms):
    """An earlier fact was wrong; `becomes` is the whole fact as it should have been told."""

    about: ClassVar[About] = About(
        Text("Gegevens gecorrigeerd", "Data corrected"),
        Text(
            "Een eerder feit was fout; dit is het hele feit zoals het had moeten zijn. De stand wordt "
            "gevouwen alsof het van meet af aan zo was, op de dag van het feit zelf.",
            "An earlier fact was wrong; this is the whole fact as it should have been. State is folded "
            "as if it had been so from the start, at the fact's own day.",
        ),
        _SOURCE,
    )
    kind: Literal["DataCorrected"] = "DataCorrected"
    ruled_by: ClassVar[tuple[Instrument, ...]] = tuple(Instrument)
    data_class: ClassVar[DataClass] = DataClass.SPECIAL
    target: Annotated[UUID, Label("Feit", "Fact")]
    becomes: Annotated[AnyFact, Label("Wordt", "Becomes")]

    def amend(self, facts: dict[UUID, Fact]) -> None:
        if self.target in facts:
            facts[self.target] = self.becomes

    def judged_by(self, pathway: Pathway | None) -> tuple[str, ...]:
        return self.becomes.judged_by(pathway)

    def warnings(self, pathway: Pathway | None) -> tuple[str, ...]:
        return self.becomes.warnings(pathway)


class RegistrationAnnulled(Amendment, AnnulmentTerms):
    """A fact should never have been registered, such as a hire that was told twice."""

    about: ClassVar[About] = About(
        Text("Registratie geannuleerd", "Registration annulled"),
        Text(
            "Een feit had nooit geregistreerd mogen worden, zoals een dubbel gemelde aanwerving. Het telt "
            "nergens meer mee, en blijft in de historiek staan.",
            "A fact should never have been registered, such as a hire told twice. It counts nowhere "
            "any more, and stays in the history.",
        ),
        _SOURCE,
    )
    kind: Literal["RegistrationAnnulled"] = "RegistrationAnnulled"
    target: Annotated[UUID, Label("Feit", "Fact")]

    def amend(self, facts: dict[UUID, Fact]) -> None:
        facts.pop(self.target, None)


class ModuleAnnulled(Amendment, AnnulmentTerms):
    """A module was registered wrongly: it leaves every count, with all its facts. Stopped is something else."""

    about: ClassVar[About] = About(
        Text("Module geannuleerd", "Module annulled"),
        Text(
            "Een module was verkeerd geregistreerd en verdwijnt met al haar feiten uit elke telling. Een "
            "stopgezette module is iets anders: die blijft meetellen.",
            "A module was registered wrongly, and leaves every count with all its facts. A stopped module is "
            "something else: that one still counts.",
        ),
        _SOURCE,
    )
    kind: Literal["ModuleAnnulled"] = "ModuleAnnulled"
    module_id: Annotated[UUID, Label("Module", "Module")]

    def amend(self, facts: dict[UUID, Fact]) -> None:
        known = False
        for fact_id, fact in list(facts.items()):
            if not isinstance(fact, ModuleFact) or fact.module_id != self.module_id:
                continue
            if isinstance(fact, NewModule) and not known:
                facts[fact_id] = _NeverRan(occurred_on=fact.occurred_on, module=fact.module())
                known = True
            else:
                del facts[fact_id]


class PathwayAnnulled(Amendment, AnnulmentTerms):
    """The whole pathway was registered wrongly, such as for the wrong person. Nothing follows on it."""

    about: ClassVar[About] = About(
        Text("Traject geannuleerd", "Pathway annulled"),
        Text(
            "Het hele traject was verkeerd geregistreerd, zoals voor de verkeerde persoon, en verdwijnt uit "
            "elke telling. Er kan niets meer op volgen, en de persoon kan opnieuw ingeschreven worden.",
            "The whole pathway was registered wrongly, such as for the wrong person, and leaves every count. "
            "Nothing can follow on it, and the person can be enrolled again.",
        ),
        _SOURCE,
    )
    kind: Literal["PathwayAnnulled"] = "PathwayAnnulled"
    ends: ClassVar[bool] = True

    def mark(self, pathway: Pathway) -> Pathway:
        return pathway.but(
            status=PathwayStatus.GEANNULEERD,
            annulled=(*pathway.annulled, *pathway.modules),
            modules=(),
            absences=(),
            hires=(),
            checks=(),
            signatures=(),
            closed_on=self.occurred_on,
            exit_type=None,
            guides=pathway.guided_until(self.occurred_on),
        )


class _NeverRan(Fact):
    """What stands in the place of the start of a module that was annulled; it is never stored."""

    counts: ClassVar[bool] = False
    module: Module

    def after(self, pathway: Pathway) -> Pathway:
        return pathway.but(annulled=(*pathway.annulled, self.module))


class AmendmentCommand(Command):
    """A command about what was registered; also on a closed pathway, never on one that is void."""

    def decide(self, pathway: Pathway | None, moment: Moment) -> Sequence[Fact]:
        if pathway is None:
            raise refusals.UnknownPathway("There is no pathway with this id. Check the address.")
        not_void(pathway)
        not_in_the_future(self.on, moment)
        amendments = self.amendments(pathway, moment)
        # With nothing left of it, a pathway is possible whatever its history was.
        if not all(one.ends for one in amendments):
            consistent([*moment.told, *(Told(None, one) for one in amendments)])
        elif amendments:
            # It counts as closed on this day.
            not_before_enrolment(self.on, pathway)
        return amendments

    def amendments(self, pathway: Pathway, moment: Moment) -> Sequence[Amendment]:
        """What follows, as long as the history stays possible with it."""
        raise NotImplementedError


class CorrectData(AmendmentCommand, CorrectionTerms):
    """Correct an earlier fact: `on` is its right day, `changes` are its fields that were wrong."""

    path: ClassVar[str] = "correct"
    nl: ClassVar[str] = "Verbeter een eerder feit: `on` is de juiste dag, `changes` wat fout was."
    fact_id: Annotated[
        UUID,
        Label("Feit", "Fact", Text("Zie de historiek.", "The fact's id, from the history.")),
    ]
    changes: Annotated[
        dict[str, JsonValue],
        Label("Wijzigingen", "Changes", Text("Veld en juiste waarde.", "Field and right value.")),
        Field(max_length=30),
    ] = Field(default_factory=dict)

    def decide(self, pathway: Pathway | None, moment: Moment) -> Sequence[Fact]:
        corrected = super().decide(pathway, moment)
        no_new_breach(corrected, pathway, moment)
        return corrected

    def amendments(self, pathway: Pathway, moment: Moment) -> Sequence[Amendment]:
        target = standing_fact(self.fact_id, moment)
        becomes = self._corrected(target)
        if becomes == target:
            return []
        return [
            DataCorrected(
                occurred_on=self.on,
                target=self.fact_id,
                becomes=becomes,
                reason=self.reason,
                authority=self.authority,
            )
        ]

    def _corrected(self, target: Fact) -> Fact:
        for name in self.changes:
            if name in _NEVER_CORRECTED or name == "occurred_on":
                raise refusals.NotCorrectable(
                    f"{name} is not corrected like this. The day goes in `on`; what is about the wrong "
                    "person or module is annulled and registered anew.",
                    "changes",
                )
        # What is no field is not repeated: it may be anything, and refusals are kept.
        if not self.changes.keys() <= type(target).model_fields.keys():
            fields = ", ".join(sorted(type(target).model_fields.keys() - _NEVER_CORRECTED))
            raise refusals.NotCorrectable(
                f"{target.name} does not have all of these fields. Its own are: {fields}.",
                "changes",
            )
        fields = {
            **target.model_dump(mode="json"),
            **self.changes,
            "occurred_on": self.on.isoformat(),
        }
        try:
            becomes = type(target).model_validate_json(json.dumps(fields), strict=True)
        except ValidationError as invalid:
            first = invalid.errors(include_url=False, include_input=False)[0]
            why = f": {first['msg']}" if first["type"] in _TOLD_IN_FULL else ""
            raise refusals.NotCorrectable(
                f"{target.name} does not take this for {first['loc'][0]}{why}.", "changes"
            ) from None
        self._days_as_days(becomes)
        return becomes

    def _days_as_days(self, becomes: Fact) -> None:
        # Pydantic also takes a number of seconds in a string for a day.
        for name, told in self.changes.items():
            day: object = getattr(becomes, name)
            if isinstance(day, date) and (told != day.isoformat() or day.year not in _YEARS):
                raise refusals.NotCorrectable(
                    f"{name} is a day, written as YYYY-MM-DD, from 1900 to 2199.", "changes"
                )


class AnnulRegistration(AmendmentCommand, AnnulmentTerms):
    """Annul one fact that should never have been registered."""

    path: ClassVar[str] = "annul-registration"
    nl: ClassVar[str] = "Annuleer één feit dat nooit geregistreerd had mogen worden."
    fact_id: Annotated[
        UUID,
        Label("Feit", "Fact", Text("Zie de historiek.", "The fact's id, from the history.")),
    ]

    def amendments(self, pathway: Pathway, moment: Moment) -> Sequence[Amendment]:
        target = standing_fact(self.fact_id, moment)
        if isinstance(target, Enrolled):
            raise refusals.NotCorrectable(
                "An enrolment is annulled with its pathway. Use annul-pathway.", "fact_id"
            )
        if isinstance(target, NewModule):
            raise refusals.NotCorrectable(
                "The plan or start of a module is annulled with its module. Use annul-module.",
                "fact_id",
            )
        return [
            RegistrationAnnulled(
                occurred_on=self.on,
                target=self.fact_id,
                reason=self.reason,
                authority=self.authority,
            )
        ]


class AnnulModule(AmendmentCommand, AnnulmentTerms):
    """Annul a module that was registered wrongly; it leaves every count."""

    path: ClassVar[str] = "annul-module"
    nl: ClassVar[str] = "Annuleer een module die er nooit was; ze verdwijnt uit elke telling."
    module_id: Annotated[UUID, Label("Module", "Module")]

    def amendments(self, pathway: Pathway, moment: Moment) -> Sequence[Amendment]:
        if any(module.module_id == self.module_id for module in pathway.annulled):
            return []
        known = pathway.module(self.module_id)
        if known is None:
            raise refusals.UnknownModule(
                "This pathway has no module with this id. Ask the pathway's state for its modules.",
                "module_id",
            )
        return [ModuleAnnulled.model_validate(self.told())]


class AnnulPathway(AmendmentCommand, AnnulmentTerms):
    """Annul the whole pathway, such as one of the wrong person; nothing follows on it."""

    path: ClassVar[str] = "annul-pathway"
    nl: ClassVar[str] = "Annuleer het hele traject, zoals van de verkeerde persoon."

    def amendments(self, pathway: Pathway, moment: Moment) -> Sequence[Amendment]:
        return [PathwayAnnulled.model_validate(self.told())]


def no_new_breach(corrected: Sequence[Fact], pathway: Pathway | None, moment: Moment) -> None:
    """Refuse a corrected start or end that breaks a rule which it did not break before."""
    for one in corrected:
        if isinstance(one, DataCorrected) and isinstance(one.becomes, NewModule | ModuleEnd):
            besides = standing_fact(one.target, moment).verdict(pathway)
            one.becomes.verdict(pathway).hold(besides)


def standing_fact(fact_id: UUID, moment: Moment) -> Fact:
    """The fact with this id as it stands, corrections applied. Raises `UnknownFact` and `NotCorrectable`."""
    stands = standing(moment.told)
    # What came along with a merged pathway stands here too, under its own id.
    told = {**stands, **{one.fact_id: one.fact for one in moment.told}}
    if isinstance(told.get(fact_id), Amendment):
        raise refusals.NotCorrectable(
            "This is a correction or an annulment itself. Correct the fact that it is about.",
            "fact_id",
        )
    if fact_id not in told:
        raise refusals.UnknownFact(
            "This pathway has no fact with this id. Ask for its history.", "fact_id"
        )
    if fact_id not in stands or isinstance(stands[fact_id], _NeverRan):
        raise refusals.NotCorrectable("This fact was annulled before.", "fact_id")
    if stands[fact_id].announces:
        raise refusals.NotCorrectable(
            "That this deadline was reached follows from the days of the pathway. Correct the fact that "
            "told of its day.",
            "fact_id",
        )
    return stands[fact_id]
