"""Which commands a pathway would take now, and the fields of each, from the declarations and the rules."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple, cast
from uuid import UUID

from plumbing.ids import new_id
from pydantic import BaseModel, ValidationError

from pathway.domain import merge_refusals, refusals, report_refusals
from pathway.domain.commands import Command, Moment
from pathway.domain.corrections import AmendmentCommand, standing_fact
from pathway.domain.enrolment import Enrolled
from pathway.domain.facts import Fact, Told
from pathway.domain.modules import NewModule
from pathway.domain.refusals import Refused
from pathway.domain.state import Module, Pathway
from pathway.domain.values import Day

OF_A_FACT = frozenset({"correct", "annul-registration"})
"""Commands about one fact; they are offered where that fact is told."""
NOT_OF_A_FACT = frozenset({"kind", "module_id", "person_ref", "occurred_on"})
"""Fields of a fact that are not corrected like the others."""
CHANGES = "changes."
"""What the names of a corrected fact's own fields begin with."""

_OF_THE_STATE = (
    refusals.Closed,
    refusals.Annulled,
    merge_refusals.Merged,
    merge_refusals.NeverMerged,
    refusals.NotInThisStatus,
    refusals.NotExtendable,
    refusals.NothingToMigrate,
    refusals.AlreadyMigrated,
    refusals.InflowClosed,
    refusals.MigrationOutOfRange,
    refusals.NoReferral,
    refusals.ReferralPending,
    refusals.NoAppointment,
    refusals.NotExempt,
    refusals.NoDutyMissed,
    refusals.NotAssigned,
    refusals.TooLateToReopen,
    refusals.NothingToCheck,
    refusals.ModuleRunning,
)
"""Refusals by which a command is not possible now, whatever its fields say."""
_OF_THE_MODULE = (
    *_OF_THE_STATE,
    refusals.UnknownModule,
    refusals.ModuleEnded,
    refusals.WrongModuleKind,
    refusals.NoHireObligation,
    refusals.HireObligationSettled,
    report_refusals.NotInModule,
)
"""Likewise for one module."""


class Offered(NamedTuple):
    """A command, whether the pathway would take it now, and the modules that it could be about.

    `why_not` is the refusal by which it is not possible; `values` are what its fields begin with.
    """

    command: type[Command]
    why_not: Refused | None
    modules: Sequence[Module]
    values: Mapping[str, Any]


class Offering:
    """A pathway on a day, asked what it would take; nothing is decided for good here."""

    def __init__(self, pathway: Pathway, told: Sequence[Told], today: Day) -> None:
        self.pathway = pathway
        self.today = today
        self._moment = Moment(today, new_id, tuple(told))

    def offered(self, command: type[Command], example: Mapping[str, Any]) -> Offered:
        """The command as the pathway takes it, tried with the days and codes of its `example`."""
        if "module_id" not in command.model_fields:
            return Offered(command, self._refusal(command, example, _OF_THE_STATE), (), {})
        why: Refused | None = None
        fitting: list[Module] = []
        for module in self.pathway.modules:
            asked = {**example, "module_id": str(module.module_id)}
            refused = self._refusal(command, asked, _OF_THE_MODULE)
            why = refused or why
            if refused is None:
                fitting.append(module)
        if not fitting:
            none = refusals.UnknownModule("No module of this pathway can take this now.")
            return Offered(command, why or none, (), {})
        return Offered(command, None, fitting, {})

    def about(self, fact_id: UUID) -> Fact:
        """The fact as it stands. Raises `UnknownFact` and `NotCorrectable`."""
        return standing_fact(fact_id, self._moment)

    def _refusal(
        self, command: type[Command], example: Mapping[str, Any], kinds: tuple[type[Refused], ...]
    ) -> Refused | None:
        """The refusal of one of these kinds that the command meets on each day on which it may be told."""
        first: Refused | None = None
        for day in dict.fromkeys((self.today, self.pathway.last_fact_on, self.pathway.enrolled_on)):
            try:
                _on(command, example, day).decide(self.pathway, self._moment)
            except kinds as refused:
                first = first or refused
            except (Refused, ValidationError):
                return None
            else:
                return None
        return first


def amendments_of(fact: Fact) -> Sequence[str]:
    """By which commands a fact is put right: those of a module's begin go with the module."""
    if isinstance(fact, Enrolled):
        return ("correct",)
    if isinstance(fact, NewModule):
        return ("correct", "annul-module")
    return ("correct", "annul-registration")


def fields_of(
    model: type[BaseModel], *, besides: frozenset[str] = frozenset()
) -> Iterator[dict[str, Any]]:
    """The fields of a command or fact, each as its JSON Schema with what it refers to put in its place."""
    schema = model.model_json_schema()
    required = schema.get("required", [])
    for name, told in schema["properties"].items():
        if name not in besides:
            yield _resolved(told, schema.get("$defs", {})) | {
                "name": name,
                "required": name in required,
            }


def _resolved(told: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """A property in one level: of "this or nothing" this, of a reference what it means."""
    found = dict(told)
    for choice in found.pop("anyOf", []):
        if choice.get("type") != "null":
            found = {**_resolved(choice, known), **found}
    if reference := found.pop("$ref", None):
        meant = known[str(reference).rpartition("/")[2]]
        # Its own description says what the list of codes is for, which is nothing for a form.
        found = {**{k: v for k, v in meant.items() if k != "description"}, **found}
    if "items" in found:
        found["items"] = _resolved(cast("Mapping[str, Any]", found["items"]), known)
    return found


def _on(command: type[Command], example: Mapping[str, Any], day: Day) -> Command:
    """The example as if it were told of this day: all its days move along."""
    by = day - date.fromisoformat(str(example["on"]))
    moved = {name: _moved(value, by) for name, value in example.items()}
    return command.model_validate(moved)


def _moved(value: object, by: timedelta) -> object:
    try:
        return (date.fromisoformat(str(value)) + by).isoformat()
    except ValueError:
        return value


def takes_late(command: type[Command]) -> bool:
    """Whether its day may lie before the enrolment, as that of an amendment."""
    return issubclass(command, AmendmentCommand)
