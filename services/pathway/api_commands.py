"""Commands over HTTP: enrol, and an endpoint for each command that the domain knows."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Annotated, Any, NamedTuple, cast
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from plumbing import problems
from plumbing.callers import Caller
from plumbing.clock import brussels_today
from plumbing.correlation import current
from plumbing.ids import new_id
from plumbing.problems import INVALID_REQUEST, MALFORMED_JSON, Problem, ProblemType
from plumbing.row_rights import Rule
from plumbing.sign_in import signed_in

from pathway import api_problems, refused
from pathway.answering import Answer, Answers, Claim, InFlight, KeyReused
from pathway.api_enrolment import Enrolling
from pathway.api_examples import EXAMPLES
from pathway.api_models import CommandDone, EnrolPerson, NewFact
from pathway.api_problems import REFUSALS
from pathway.api_requests import (
    IF_MATCH_PARAMETER,
    KEY_PARAMETER,
    SOURCE_TIME_PARAMETER,
    idempotency_key,
    if_match,
    parsed,
    read_body,
    source_time,
)
from pathway.api_rights import COMMAND_ENDPOINTS, Trace
from pathway.api_sight import Sight
from pathway.application import Answering, Done, Enrolment, Pathways
from pathway.backdating import Backdating, Review
from pathway.domain.commands import Command
from pathway.domain.modules import ModuleFact
from pathway.domain.refusals import AlreadyOpen, InszCancelled, Refused
from pathway.identity import Person
from pathway.recorded import Actor
from pathway.rows import Ruling
from pathway.store import AnsweredMeanwhile, Context, Outpaced
from schemas.codes import ActorKind

Raw = Annotated[bytes, Depends(read_body)]
SignedIn = Annotated[Caller, Depends(signed_in)]
Preview = Annotated[
    bool,
    Query(description="Tell what would come of it, and record nothing; the answer has no ETag"),
]
Decide = Callable[[Context, Answering], Done]

_DONE = 200
COMMON = (
    api_problems.KEY_MISSING,
    MALFORMED_JSON,
    api_problems.IN_FLIGHT,
    api_problems.TOO_LARGE,
    api_problems.NOT_JSON,
    INVALID_REQUEST,
    api_problems.KEY_REUSED,
    api_problems.STORE_AWAY,
)
ETAG = {"ETag": {"description": "The pathway's version", "schema": {"type": "string"}}}


@dataclass(frozen=True)
class Asked:
    """A command as somebody asks for it; `request` is text that says all of it."""

    command: str
    request: str
    caller: Caller
    key: str
    pathway_id: UUID | None = None
    source_time: datetime | None = None

    @property
    def actor(self) -> Actor:
        """Who asks, for the envelope: from the token, never from the body."""
        return Actor(
            kind=ActorKind(self.caller.kind),
            ref=self.caller.ref,
            organisation=self.caller.organisation,
        )

    def context(self, command_id: str) -> Context:
        """The envelope's part of what the command leads to."""
        correlation = current()
        return Context(
            actor=self.actor,
            command_id=command_id,
            correlation_id=correlation.correlation_id,
            causation_id=command_id,
            traceparent=correlation.traceparent,
            source_time=self.source_time,
        )


class Using(NamedTuple):
    """What the endpoints of commands are made with."""

    pathways: Pathways
    answers: Answers
    trace: Trace
    sight: Sight
    backdating: Backdating

    def review(self, caller: Caller) -> Review:
        """How far back this caller may register now."""
        return self.backdating.review(caller, brussels_today(self.pathways.store.clock()))


def command_routes(using: Using) -> APIRouter:
    """`POST /v1/pathways` and `POST /v1/pathways/{pathway_id}/COMMAND` for each command."""
    routes = APIRouter(prefix="/v1/pathways", tags=["commands"])
    _add_enrol(routes, using)
    for command, name in COMMAND_ENDPOINTS.items():
        routes.add_api_route(
            f"/{{pathway_id}}/{command.path}",
            _endpoint(command, using),
            methods=["POST"],
            name=name,
            operation_id=name,
            summary=_summary(command),
            description=(command.__doc__ or "").strip(),
            response_model=CommandDone,
            responses=_documented(command),
            openapi_extra={
                "parameters": [KEY_PARAMETER, IF_MATCH_PARAMETER, SOURCE_TIME_PARAMETER],
                "requestBody": _body_documented(command.__name__, EXAMPLES[command]),
            },
        )
    return routes


def _add_enrol(routes: APIRouter, using: Using) -> None:
    pathways, answers, trace, sight, _ = using

    @routes.post(
        "",
        name="enrol",
        operation_id="enrol",
        summary=_summary(EnrolPerson),
        status_code=201,
        response_model=CommandDone,
        responses=_documented_enrolment(),
        openapi_extra=_ENROLMENT_ASKED,
    )
    def enrol(request: Request, raw: Raw, caller: SignedIn) -> Response:  # pyright: ignore[reportUnusedFunction]
        """Start a pathway for a person, who is found again by INSZ when known."""
        key, body = idempotency_key(request), parsed(EnrolPerson, raw)
        person = Person(insz=body.insz, last_name=body.last_name, first_name=body.first_name)
        enrolment = Enrolment(person, body.on, body.category, body.channel)
        then = [body.characteristics.recorded(body.on)] if body.characteristics else []
        review = using.review(caller)
        enrolling = Enrolling(pathways, sight, request, caller, enrolment, then, review)
        told = f"POST /v1/pathways\n{body.model_dump_json()}"
        asked = Asked("enrol", told, caller, key, source_time=source_time(request))
        try:
            answer = _answered(answers, asked, enrolling.look, enrolling.decide, _enrolled)
        except Outpaced:
            raise api_problems.STORE_AWAY.problem(headers=api_problems.RETRY_SOON) from None
        enrolling.trace(trace)
        return _response(answer)


def _endpoint(command: type[Command], using: Using) -> Callable[..., Response]:
    def endpoint(
        pathway_id: UUID,
        request: Request,
        raw: Raw,
        caller: SignedIn,
        preview: Preview = False,  # noqa: FBT002 - of the query, by name.
    ) -> Response:
        key, version, body = idempotency_key(request), if_match(request), parsed(command, raw)
        told = f"POST /v1/pathways/{pathway_id}/{command.path}\n{body.model_dump_json()}"
        asked = Asked(command.path, told, caller, key, pathway_id, source_time(request))
        answer = _previewed if preview else _decided
        return answer(using, request, asked, body, version)

    return endpoint


def _decided(
    using: Using, request: Request, asked: Asked, command: Command, version: int
) -> Response:
    """The command decided, once, and its answer."""
    pathway_id, caller = cast("UUID", asked.pathway_id), asked.caller
    rulings: list[Ruling] = []

    def traced() -> None:
        using.trace.permitted(request, caller, {one.person_ref: one.rule for one in rulings})

    def look(again: bool) -> None:  # noqa: FBT001
        rulings.extend(_rulings(using.sight, request, caller, (pathway_id, command), again=again))
        if not again and any(one.rule is Rule.OVERRIDE for one in rulings):
            traced()
            raise api_problems.ONLY_SEEN.problem()

    decided = partial(
        using.pathways.command,
        pathway_id,
        [command],
        expected_version=version,
        review=using.review(caller),
    )

    def decide(context: Context, answering: Answering) -> Done:
        try:
            return decided(context, answering=answering)
        except Outpaced:
            traced()
            raise _moved(using.pathways, pathway_id) from None

    if (answer := _answered(using.answers, asked, look, decide, _done)).status != _DONE:
        # A refusal tells of the pathway; what was done, the facts themselves say and by whom.
        traced()
    return _response(answer)


def _previewed(
    using: Using, request: Request, asked: Asked, command: Command, version: int
) -> Response:
    """What the command would come to now, as it would be answered; nothing is recorded or kept."""
    pathway_id = cast("UUID", asked.pathway_id)
    about = (pathway_id, command)
    rulings = _rulings(using.sight, request, asked.caller, about, again=False)
    using.trace.permitted(request, asked.caller, {one.person_ref: one.rule for one in rulings})
    if any(one.rule is Rule.OVERRIDE for one in rulings):
        raise api_problems.ONLY_SEEN.problem()
    try:
        done = using.pathways.command(
            pathway_id,
            [command],
            asked.context(asked.key),
            expected_version=version,
            review=using.review(asked.caller),
            preview=True,
        )
    except Outpaced:
        raise _moved(using.pathways, pathway_id) from None
    except Refused as refused_by:
        raise api_problems.refusal_problem(refused_by) from None
    return Response(_done(done).body, media_type="application/json")


def _rulings(
    sight: Sight, request: Request, caller: Caller, asked: tuple[UUID, Command], *, again: bool
) -> list[Ruling]:
    """What decides about the pathway of a command, and about the other one of a command on two."""
    pathway_id, command = asked
    rulings = [sight.pathway(request, caller, pathway_id, again=again)]
    if other := command.counterpart(pathway_id):
        rulings.append(sight.pathway(request, caller, other[0], again=again, field="absorbed"))
    return rulings


def _answered(
    answers: Answers,
    asked: Asked,
    look: Callable[[bool], None],
    decide: Decide,
    told: Callable[[Done], Answer],
) -> Answer:
    """The first answer to this command: remembered, or decided now and committed with its facts.

    `look` finds out whether the caller may ask, or be told again, and raises what it refuses.
    """
    who = f"{asked.actor.kind}:{asked.actor.organisation}:{asked.actor.ref}"
    try:
        with answers.claim(who, asked.key, asked.request) as claim:
            context = asked.context(claim.command_id)
            try:
                look(claim.first is not None)
                if claim.first:
                    return claim.first
                return told(decide(context, lambda done: claim.row(told(done))))
            except Refused as refusal:
                return _refused(refusal, asked, claim, context)
    except (InFlight, AnsweredMeanwhile):
        raise api_problems.IN_FLIGHT.problem(headers={"Retry-After": "1"}) from None
    except KeyReused:
        raise api_problems.KEY_REUSED.problem() from None


def _refused(refusal: Refused, asked: Asked, claim: Claim, context: Context) -> Answer:
    """The refusal as an answer; it is kept, and what the state refused is repeated as it is."""
    kept = refused.refused_command(
        refused.Why.of(refusal),
        context,
        command=asked.command,
        pathway_id=asked.pathway_id,
        refused_id=new_id(),
        at=claim.at,
    )
    refused.keep(claim.connection, kept)
    problem = api_problems.refusal_problem(refusal)
    answer = Answer(
        problem.status, json.dumps(problem.as_json()), {"Content-Type": problems.MEDIA_TYPE}
    )
    if problem.status == 409:  # noqa: PLR2004 - the state's refusals; the others are the request's.
        claim.keep(answer)
    return answer


def _enrolled(done: Done) -> Answer:
    answer = _done(done)
    location = {"Location": f"/v1/pathways/{done.pathway_id}"}
    return Answer(201, answer.body, {**answer.headers, **location})


def _done(done: Done) -> Answer:
    before = done.version - len(done.facts)
    told = CommandDone(
        pathway_id=done.pathway_id,
        version=done.version,
        facts=[
            NewFact(
                kind=fact.name,
                version=before + place,
                module_id=fact.module_id if isinstance(fact, ModuleFact) else None,
            )
            for place, fact in enumerate(done.facts, start=1)
        ],
        warnings=list(done.warnings),
    )
    headers = {"Content-Type": "application/json", "ETag": f'"{done.version}"'}
    return Answer(200, told.model_dump_json(), headers)


def _moved(pathways: Pathways, pathway_id: UUID) -> Problem:
    newest = pathways.store.load(pathway_id)[-1].version
    return api_problems.PATHWAY_MOVED.problem(
        f"The pathway is at version {newest}. Ask for its state, see what changed, and send the "
        "command with the new ETag.",
        headers={"ETag": f'"{newest}"'},
        version=newest,
    )


def _response(answer: Answer) -> Response:
    return Response(answer.body, answer.status, answer.headers)


_ENROLMENT_RULES = {
    "already-open",
    "insz-cancelled",
    "in-the-future",
    "backdated-too-far",
    "before-enrolment",
    "nothing-recorded",
}


def _documented_enrolment() -> dict[int | str, dict[str, Any]]:
    refusing = [kind for rule, kind in REFUSALS.items() if rule.rule in _ENROLMENT_RULES]
    headers = ETAG | {"Location": {"schema": {"type": "string"}}}
    return {201: {"headers": headers}, **problems.responses(*COMMON, *refusing)}


def _documented(command: type[Command]) -> dict[int | str, dict[str, Any]]:
    refusing: list[ProblemType] = [
        kind for rule, kind in REFUSALS.items() if rule not in (AlreadyOpen, InszCancelled)
    ]
    if command.path != "record-characteristics":
        refusing = [kind for kind in refusing if kind.slug != "nothing-recorded"]
    own = (api_problems.IF_MATCH_MISSING, api_problems.PATHWAY_MOVED, api_problems.ONLY_SEEN)
    return {200: {"headers": ETAG}, **problems.responses(*COMMON, *own, *refusing)}


def _body_documented(schema: str, example: Mapping[str, object]) -> dict[str, Any]:
    content = {"schema": {"$ref": f"#/components/schemas/{schema}"}, "example": example}
    return {"required": True, "content": {"application/json": content}}


_ENROLMENT_ASKED = {
    "parameters": [KEY_PARAMETER, SOURCE_TIME_PARAMETER],
    "requestBody": _body_documented("EnrolPerson", EXAMPLES[EnrolPerson]),
}


def _summary(of: type) -> str:
    return (of.__doc__ or "").strip().partition("\n")[0].rstrip(".")
