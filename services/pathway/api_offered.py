"""What a caller may send about a pathway now, with all that a form needs: `GET /v1/pathways/{id}/commands`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Annotated, Any, NamedTuple
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from plumbing import problems
from plumbing.callers import Caller, Role
from plumbing.clock import brussels_today
from plumbing.row_rights import Rule
from plumbing.sign_in import signed_in
from pydantic import BaseModel, ConfigDict, Field

from pathway import api_problems
from pathway.api_examples import EXAMPLES
from pathway.api_offered_models import (
    Choice,
    FieldType,
    FieldView,
    ModuleChoice,
    OfferedAnswer,
    OfferedView,
    RuleView,
    WhyNot,
    Wording,
)
from pathway.api_problems import REFUSALS
from pathway.api_rights import COMMAND_ENDPOINTS, RIGHTS, Trace
from pathway.api_sight import Sight
from pathway.api_state import COMMON, json_answer
from pathway.application import Pathways
from pathway.backdating import MAY_REGISTER, Age, Backdating
from pathway.domain.commands import Command
from pathway.domain.facts import Fact, Told, state_of
from pathway.domain.judging import row_of, without_pauses
from pathway.domain.refusals import Refused, UnknownPathway
from pathway.domain.rules import TABLE, VARIANTS, Instrument, RuleRow
from pathway.domain.state import Module, Pathway
from pathway.offering import (
    CHANGES,
    NOT_OF_A_FACT,
    OF_A_FACT,
    Offered,
    Offering,
    amendments_of,
    fields_of,
    takes_late,
)
from pathway.recorded import Recorded

SignedIn = Annotated[Caller, Depends(signed_in)]
_BY_NAME: Mapping[str, FieldType] = {
    "module_id": "module",
    "planned_module_id": "module",
    "linked_module_id": "module",
    "fact_id": "fact",
    "absorbed": "pathway",
}
_BY_TYPE: Mapping[str, FieldType] = {
    "number": "number",
    "integer": "integer",
    "boolean": "yes-no",
    "string": "text",
}
_MERGE = frozenset({Role.TEAM_LEADER})
_RULED = (Instrument.IBO, Instrument.STAGE, Instrument.AFTER_WEP_PLUS)


class OfferedAsked(BaseModel):
    """About the pathway, or about one of its facts."""

    model_config = ConfigDict(extra="forbid")
    fact_id: Annotated[
        UUID | None, Field(description="The commands that put this fact right, with its values")
    ] = None


def offered_routes(
    pathways: Pathways, trace: Trace, sight: Sight, backdating: Backdating
) -> APIRouter:
    """`GET /v1/pathways/{pathway_id}/commands`."""
    routes = APIRouter(prefix="/v1/pathways/{pathway_id}", tags=["commands"])

    @routes.get(
        "/commands",
        name="pathway_commands",
        operation_id="pathway_commands",
        summary="Which commands the caller may send about the pathway now, with the fields of each",
        response_model=OfferedAnswer,
        responses=problems.responses(*COMMON, api_problems.ONLY_SEEN),
    )
    def pathway_commands(  # pyright: ignore[reportUnusedFunction]
        pathway_id: UUID,
        asked: Annotated[OfferedAsked, Query()],
        request: Request,
        caller: SignedIn,
    ) -> Response:
        """From the declarations of commands and facts, and the rules of today; it promises nothing."""
        ruling = sight.pathway(request, caller, pathway_id)
        trace.permitted(request, caller, {ruling.person_ref: ruling.rule})
        if ruling.rule is Rule.OVERRIDE:
            raise api_problems.ONLY_SEEN.problem()
        others: list[UUID] = []
        if caller.is_one_of(_MERGE):
            theirs = sight.person(request, caller, ruling.person_ref)
            others = [o.pathway_id for o in theirs if o.permits and o.pathway_id != pathway_id]
        facts = pathways.store.load(pathway_id)
        today = brussels_today(pathways.store.clock())
        return json_answer(_answer(facts, today, asked, _By(caller, backdating, others)))

    return routes


class _By(NamedTuple):
    """Who asks, how far back they may register, and which other pathways of the person they see."""

    caller: Caller
    backdating: Backdating
    others: Sequence[UUID]


def _answer(facts: Sequence[Recorded], today: date, asked: OfferedAsked, by: _By) -> OfferedAnswer:
    """What a pathway with these facts takes on that day. Raises `UnknownPathway`."""
    told = [Told(one.fact_id, one.fact) for one in facts]
    pathway = state_of(told)
    if pathway is None:
        raise UnknownPathway("There is no pathway with this id.")
    form = _Forms(Offering(pathway, told, today), *by)
    return OfferedAnswer(
        pathway_id=facts[-1].pathway_id,
        version=facts[-1].version,
        today=today,
        fresh_from=today - timedelta(days=by.backdating.free_days),
        commands=list(form.of_fact(asked.fact_id) if asked.fact_id else form.all()),
    )


class _Forms:
    """The commands that a caller has the right to, as forms."""

    def __init__(
        self, offering: Offering, caller: Caller, backdating: Backdating, others: Sequence[UUID]
    ) -> None:
        self._offering = offering
        self._caller = caller
        self._backdating = backdating
        self._others = others
        self._mine = {
            command.path: command
            for command, name in COMMAND_ENDPOINTS.items()
            if caller.is_one_of(RIGHTS[name])  # pyright: ignore[reportArgumentType]
        }

    def all(self) -> Iterator[OfferedView]:
        """Those about the pathway."""
        for path, command in self._mine.items():
            if path not in OF_A_FACT:
                offered = self._offering.offered(command, EXAMPLES[command])
                yield self._view(offered, list(self._fields(offered)))

    def of_fact(self, fact_id: UUID) -> Iterator[OfferedView]:
        """Those that put one fact right; why not, where nothing does."""
        try:
            fact = self._offering.about(fact_id)
        except Refused as refused:
            command = self._mine["correct"]
            yield self._view(Offered(command, refused, (), {}), [])
            return
        values = {"fact_id": str(fact_id), "on": fact.occurred_on.isoformat()}
        for path in amendments_of(fact):
            command = self._mine[path]
            known = values | {"module_id": str(getattr(fact, "module_id", ""))}
            if path != "correct":
                known["on"] = self._offering.today.isoformat()
            offered = Offered(command, None, self._offering.pathway.modules, known)
            besides = frozenset({"changes"})
            fields = list(self._fields(offered, besides))
            yield self._view(offered, fields + (list(self._of(fact)) if path == "correct" else []))

    def _of(self, fact: Fact) -> Iterator[FieldView]:
        """The fact's own fields, with the values that they have."""
        stands = fact.model_dump(mode="json")
        for told in fields_of(type(fact), besides=NOT_OF_A_FACT):
            name = told["name"]
            yield self._field({**told, "name": f"{CHANGES}{name}"}, (), stands[name])

    def _view(self, offered: Offered, fields: list[FieldView]) -> OfferedView:
        command, refused = offered.command, offered.why_not
        summary = (command.__doc__ or "").strip().partition("\n")[0]
        why_not = None
        if refused:
            kind = REFUSALS[type(refused)]
            why_not = WhyNot(rule=kind.slug, title=kind.title, detail=refused.message)
        return OfferedView(
            command=command.path,
            does=Wording(nl=command.nl, en=summary),
            why_not=why_not,
            fields=fields if refused is None else [],
        )

    def _fields(
        self, offered: Offered, besides: frozenset[str] = frozenset()
    ) -> Iterator[FieldView]:
        begins = {"counsellor": self._caller.ref, "unit": self._caller.unit}
        mine = begins if offered.command.path == "assign-counsellor" else {}
        # The day first: people think of it first.
        for told in sorted(
            fields_of(offered.command, besides=besides), key=lambda one: one["name"] != "on"
        ):
            known = {"on": self._offering.today.isoformat(), **mine, **offered.values}
            view = self._field(told, offered.modules, known.get(told["name"], told.get("default")))
            yield self._bounded(view, offered.command) if view.name == "on" else view

    def _bounded(self, view: FieldView, command: type[Command]) -> FieldView:
        """The day, within what this caller may register."""
        today = self._offering.today
        earliest = None if takes_late(command) else self._offering.pathway.enrolled_on
        limits = self._backdating
        for age, days in ((Age.OLD, limits.limit_days), (Age.LATE, limits.free_days)):
            if limits.enforced and not self._caller.is_one_of(MAY_REGISTER[age]):
                earliest = max(earliest or date.min, today - timedelta(days=days))
        return view.model_copy(update={"earliest": earliest, "latest": today})

    def _field(
        self, told: Mapping[str, Any], modules: Iterable[Module], value: object
    ) -> FieldView:
        name, kind = str(told["name"]), _type(told)
        return FieldView(
            name=name,
            label=Wording(nl=told.get("x-title-nl", name), en=told.get("title", name)),
            help=_help(told),
            type=kind,
            required=bool(told["required"]),
            choices=list(self._choices(name, kind, told, modules)),
            pattern=(told.get("items") or told).get("pattern"),
            least=told.get("minimum"),
            most=told.get("maximum"),
            earliest=None,
            latest=None,
            value=value,
        )

    def _choices(
        self, name: str, kind: FieldType, told: Mapping[str, Any], modules: Iterable[Module]
    ) -> Iterator[Choice]:
        pathway, today = self._offering.pathway, self._offering.today
        if kind == "module":
            yield from map(_of_module, _modules(name, pathway, modules))
        elif kind == "pathway":
            yield from (Choice(code=str(one)) for one in self._others)
        else:
            codes = (told.get("items") or told).get("enum", [])
            yield from (Choice(code=code, rule=_rule(code, codes, today)) for code in codes)


def _type(told: Mapping[str, Any]) -> FieldType:
    name = str(told["name"]).removeprefix(CHANGES)
    if name in _BY_NAME:
        return _BY_NAME[name]
    if told.get("type") == "array":
        return "codes" if "enum" in told["items"] else "texts"
    if "enum" in told:
        return "code"
    return "day" if told.get("format") == "date" else _BY_TYPE[str(told["type"])]


def _help(told: Mapping[str, Any]) -> Wording | None:
    nl = told.get("x-description-nl")
    return Wording(nl=nl, en=told["description"]) if nl else None


def _modules(name: str, pathway: Pathway, fitting: Iterable[Module]) -> list[Module]:
    """Those that a field can name: what fits the command, what is planned, or what ever ran."""
    if name == "planned_module_id":
        return [one for one in pathway.modules if not one.ran and not one.ended and not one.runs]
    if name == "module_id":
        return list(fitting)
    return [one for one in pathway.modules if one.ran]


def _of_module(module: Module) -> Choice:
    row = row_of(module)
    start, hours = module.started_on, module.hours_per_week
    paused = module.planned_until - without_pauses(module).planned_until
    ends = [
        length.last_day(start, hours) + paused if length else None
        for length in ((row.soft_max, row.hard_max) if row else (None, None))
    ]
    return Choice(
        code=str(module.module_id),
        module=ModuleChoice(
            kind=module.kind,
            form=module.form,
            organisation=module.organisation,
            started_on=start,
            planned_until=module.planned_until,
            last_day=module.last_day,
            soft_maximum_on=ends[0],
            hard_maximum_on=ends[1],
        ),
    )


def _rule(code: str, codes: Sequence[str], today: date) -> RuleView | None:
    """The row of today, or the nearest one, of a code that is a form of something that rows are about."""
    about = next((one for one in _RULED if set(codes) <= VARIANTS[one]), None)
    row = TABLE.nearest(about, code, today) if about else None
    return _rule_view(row) if row else None


def _rule_view(row: RuleRow) -> RuleView:
    return RuleView(
        rule=row.id,
        since=None if row.since == date.min else row.since,
        until=row.until,
        min_length=str(row.min_length) if row.min_length else None,
        soft_max=str(row.soft_max) if row.soft_max else None,
        hard_max=str(row.hard_max) if row.hard_max else None,
        min_hours=float(row.min_hours) if row.min_hours else None,
        max_hours=float(row.max_hours) if row.max_hours else None,
    )
