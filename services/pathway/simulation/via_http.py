"""Lives through the REST API, as any other system would drive it: a command a request, registered now."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx2
from plumbing.clock import utc_now
from plumbing.settings import Settings
from pydantic import BaseModel, Field

from pathway.api_state import MOST_FACTS
from pathway.application import Enrolment
from pathway.domain.catalogue import PathwayFact
from pathway.domain.commands import Command
from pathway.domain.facts import Told
from pathway.domain.guidance import AssignCounsellor, TransferCounsellor
from pathway.identity import Person
from pathway.simulation.acts import Act
from pathway.simulation.arrivals import Plan
from pathway.simulation.population import LifeCutShort, Population
from pathway.simulation.recording import Summary
from pathway.simulation.run import NotHere
from schemas.codes import ActorKind

TIMEOUT = httpx2.Timeout(30, connect=5)

_FIRST, _READER = "bemiddelaar-01", "auditor-01"
_REFUSED = (409, 422)
_SIGN_IN_AGAIN = 401
_NOT_SEEN = 404
NOT_SEEN_ANY_MORE = "not-seen-any-more"


class HttpSettings(Settings):
    """Where the REST API and the demo's sign-in are."""

    pathway_api_url: str = Field(
        default="http://127.0.0.1:8401", description="the address of the REST API"
    )
    oidc_issuer: str = Field(
        default="http://127.0.0.1:8402", description="the address of the demo's sign-in issuer"
    )


class _NewFact(BaseModel):
    kind: str
    module_id: UUID | None = None

    def started(self) -> list[UUID]:
        """The module that this fact starts, if it starts one."""
        begins = self.kind.endswith(("Started", "Planned")) and self.kind != "ModuleNotStarted"
        return [self.module_id] if self.module_id and begins else []


class _Done(BaseModel):
    pathway_id: UUID
    version: int
    facts: list[_NewFact]


class _ToldFact(BaseModel):
    fact_id: UUID
    version: int
    fact: PathwayFact


class _History(BaseModel):
    facts: list[_ToldFact]


class _Problem(BaseModel):
    type: str = ""
    title: str = "it gave no reason"


@dataclass
class _Open:
    pathway_id: UUID
    version: int
    counsellor: str


class HttpRun:
    """A plan on its way through the API. Make one, then go through `acts` to the end.

    Days are those of the plan; everything is registered now, because the API has its own clock. Keys
    follow from the plan, so an ended run goes on where it was when the same is asked again.
    """

    def __init__(self, plan: Plan, api: httpx2.Client, issuer: httpx2.Client) -> None:
        self.plan = plan
        self.summary = Summary()
        self._api = api
        self._issuer = issuer
        self._tokens: dict[str, str] = {}
        self._open: dict[int, _Open] = {}
        self._population = Population(plan)

    @property
    def counsellors(self) -> int:
        """How many counsellors share the pathways."""
        return len(self._population.counsellors.everyone)

    def acts(self) -> Iterator[Act]:
        """Carry out the plan, act by act. Raises `NotHere` when API or sign-in are away."""
        yield from self._population.live(self)

    def close(self) -> None:
        """Give back every connection."""
        self._api.close()
        self._issuer.close()

    def known(self, people: Sequence[Person]) -> set[str]:
        """Nobody: of an ended run that goes on, everybody would be known."""
        return set()

    def carry_out(self, number: int, act: Act) -> Sequence[UUID]:
        # Whoever guides registers, also what partners and former counsellors tell: only they may.
        if act.actor.kind in (ActorKind.SYSTEEM, ActorKind.MEDEWERKER):
            # What other systems tell, they tell by themselves; two pathways merge, or one is annulled,
            # by who guides neither. It starts no module.
            return ()
        before = self._open.get(number)
        who = before.counsellor if before else _typist(act)
        key = f"simulation-{_named(self.plan)}-{number}-{act.at:%Y%m%d%H%M%S}"
        started: list[UUID] = []
        if act.enrolment:
            answer = self._post(who, "/v1/pathways", _enrol_body(act.enrolment), key)
            if done := self._done(act, answer):
                self._open[number] = _Open(done.pathway_id, done.version, who)
        commands = act.chosen(self._told(self._open[number])) if act.chosen else act.commands
        for place, command in enumerate(commands):
            pathway = self._open[number]
            done = self._done(act, self._command(who, pathway, command, f"{key}-{place}"))
            if done:
                pathway.version = done.version
                if isinstance(command, AssignCounsellor | TransferCounsellor):
                    pathway.counsellor = command.counsellor
                started += [module for fact in done.facts for module in fact.started()]
        return started

    def forget(self, number: int) -> None:
        self._open.pop(number, None)

    def _told(self, pathway: _Open) -> list[Told]:
        """What was told of the pathway so far: up to the version of the answers, also in a run that goes on."""
        address = f"/v1/pathways/{pathway.pathway_id}/history"
        # Who guided then may not see it any more; an auditor always does.
        answer = self._asked(_READER, "GET", address, params={"limit": MOST_FACTS})
        if not answer.is_success:
            raise NotHere(f"The API answered {answer.status_code} to {address}.")
        facts = _History.model_validate_json(answer.content).facts
        return [Told(one.fact_id, one.fact) for one in facts if one.version <= pathway.version]

    def _command(self, who: str, pathway: _Open, command: Command, key: str) -> httpx2.Response:
        address = f"/v1/pathways/{pathway.pathway_id}/{command.path}"
        body = command.model_dump(mode="json", exclude_none=True)
        return self._post(who, address, body, key, **{"If-Match": f'"{pathway.version}"'})

    def _done(self, act: Act, answer: httpx2.Response) -> _Done | None:
        """What it came to, or None when it was refused as it was meant to be."""
        if answer.status_code == _NOT_SEEN and not act.enrolment:
            # Closed on a day long past, it is seen no more by who guided: what followed stays untold.
            self.summary.refused[NOT_SEEN_ANY_MORE] += 1
            return None
        rule, meant = _rule(answer), act.refused_by and act.refused_by.rule
        if rule != meant and not act.may_be_refused:
            surprise = rule or f"accepted: {meant}"
            self.summary.cut_short[surprise] += 1
            raise LifeCutShort(surprise)
        if rule is not None:
            self.summary.refused[rule] += 1
            return None
        done = _Done.model_validate_json(answer.content)
        now = utc_now()
        for fact in done.facts:
            self.summary.count(fact.kind, now.date(), now)
        if act.chosen and done.facts:
            self.summary.amended.add(done.pathway_id)
        return done

    def _post(
        self, who: str, address: str, body: dict[str, object], key: str, **headers: str
    ) -> httpx2.Response:
        headers = {"Idempotency-Key": key, **headers}
        return self._asked(who, "POST", address, headers, json=body)

    def _asked(
        self,
        who: str,
        method: str,
        address: str,
        headers: Mapping[str, str] | None = None,
        **more: Any,  # noqa: ANN401 - What httpx takes.
    ) -> httpx2.Response:
        for fresh in (False, True):
            bearer = {"Authorization": f"Bearer {self._token(who, fresh=fresh)}"}
            try:
                answer = self._api.request(
                    method, address, headers={**(headers or {}), **bearer}, **more
                )
            except httpx2.HTTPError as error:
                raise NotHere(
                    f"The API at {self._api.base_url} does not answer ({type(error).__name__}). "
                    "Start it with `make up` or `pathway api`, or set PATHWAY_API_URL."
                ) from None
            if answer.status_code != _SIGN_IN_AGAIN:
                break
        return answer

    def _token(self, who: str, *, fresh: bool) -> str:
        if fresh or who not in self._tokens:
            try:
                answer = self._issuer.get("/demo/token", params={"user": who}).raise_for_status()
            except httpx2.HTTPError:
                raise NotHere(
                    f"There is no demo sign-in at {self._issuer.base_url}: only a demo can be "
                    "simulated. Start one with `make up`, or set OIDC_ISSUER."
                ) from None
            self._tokens[who] = answer.text
        return self._tokens[who]


def _typist(act: Act) -> str:
    return act.actor.ref if act.actor.kind == ActorKind.BEMIDDELAAR else _FIRST


def _named(plan: Plan) -> str:
    return f"{plan.seed}-{plan.pathways}-{plan.first:%Y%m%d}-{plan.until:%Y%m%d}"


def _enrol_body(enrolment: Enrolment) -> dict[str, object]:
    return {
        "on": str(enrolment.on),
        "insz": enrolment.person.insz,
        "last_name": enrolment.person.last_name,
        "first_name": enrolment.person.first_name,
        "category": enrolment.category,
        "channel": enrolment.channel,
    }


def _rule(answer: httpx2.Response) -> str | None:
    """The rule by which it was refused, None when it was accepted. Raises `NotHere` otherwise."""
    if answer.is_success:
        return None
    is_problem = "json" in answer.headers.get("content-type", "")
    problem = _Problem.model_validate_json(answer.content) if is_problem else _Problem()
    if answer.status_code not in _REFUSED:
        raise NotHere(
            f"The API answered {answer.status_code}: {problem.title}. What was recorded is valid "
            "and stays; ask for the same again to go on."
        )
    return problem.type.rpartition("/")[2]
