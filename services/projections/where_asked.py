"""Where a fact is on the write side, asked there in the name of whoever asks; and the answer in a sentence."""

from enum import Enum
from typing import Literal, Protocol
from uuid import UUID

import httpx2
from plumbing.correlation import in_the_name_of
from plumbing.logs import failure, logger
from plumbing.running import Process
from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from projections.where import Place, Step, Told, Whereabouts
from projections.words import Words

TIMEOUT = httpx2.Timeout(20, connect=1)
"""Seconds: brokers that are away take the write side some of them."""

NAMED = r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}(:[1-9][0-9]{0,8})?$"
"""How a fact is named: by its id, or by PATHWAY:VERSION."""

log = logger(__name__)


class Published(BaseModel):
    """Whether and where the fact's event stands on the events topic; offsets are digits in a string."""

    model_config = ConfigDict(frozen=True)
    state: Literal["PUBLISHED", "WAITING", "STOPPED", "NO_PUBLISHER"]
    topic: str
    partition: int
    first_offset: str | None
    last_offset: str | None
    published_at: AwareDatetime | None
    withheld: bool
    ahead: int
    stopped_reason: str | None
    stopped_at: AwareDatetime | None


class Group(BaseModel):
    """A consumer group with a place in the fact's partition; `past` is null where nobody can tell."""

    model_config = ConfigDict(frozen=True)
    group: str
    next_offset: str
    past: bool | None


class WriteSideWhere(BaseModel):
    """What the write side tells of a fact; `groups` is null while the brokers are away."""

    fact_id: UUID
    pathway_id: UUID
    version: int
    position: str
    recorded_at: AwareDatetime
    published: Published
    groups: list[Group] | None
    groups_unknown: str | None

    @property
    def told(self) -> Told:
        """The fact, as a read model is asked about it."""
        offset = self.published.last_offset
        place = Place(self.published.partition, int(offset) if offset else None, int(self.position))
        return Told(self.pathway_id, self.version, self.fact_id, place)


class NotTold(Enum):
    """Why the write side tells nothing."""

    NO_SUCH_FACT = "no_such_fact"
    AWAY = "away"


class WhereSource(Protocol):
    """Where it is told what the write side knows of a fact."""

    def of(self, fact: str, access_token: str) -> WriteSideWhere | NotTold:
        """The fact that is so named, as the bearer of `access_token` may know of it."""
        ...


class WriteSideFacts:
    """The write side's `GET /v1/facts/{fact}/where` at `api_url`. Safe to use from many threads."""

    def __init__(self, api_url: str) -> None:
        self._address = f"{api_url.rstrip('/')}/v1/facts"

    def of(self, fact: str, access_token: str) -> WriteSideWhere | NotTold:
        """As WhereSource says; the write side leaves its own trace of this. Raises nothing."""
        headers = in_the_name_of(access_token)
        try:
            answer = httpx2.get(f"{self._address}/{fact}/where", headers=headers, timeout=TIMEOUT)
            if answer.status_code == 404:  # noqa: PLR2004
                return NotTold.NO_SUCH_FACT
            answer.raise_for_status()
            return WriteSideWhere.model_validate_json(answer.content)
        except (httpx2.HTTPError, ValidationError) as error:
            log.warning("where not told", failure=failure(error))
            return NotTold.AWAY


def sentence(words: Words, there: WriteSideWhere, here: list[Whereabouts]) -> str:
    """Why the fact is, or is not, in the read models: one sentence for a person."""
    parts = [words("geregistreerd op {moment}", moment=words.instant(there.recorded_at))]
    parts.append(_published(words, there.published))
    if there.published.state == "PUBLISHED":
        parts += [_read(words, one) + _reader(words, one.reader) for one in here]
    told = "; ".join(parts)
    return f"{told[0].upper()}{told[1:]}."


def _reader(words: Words, told: Process | None) -> str:
    """Why it is not read yet, where that is because of who reads."""
    name = told.process if told else ""
    said = {
        "SILENT": words(", want {process} zwijgt en moet opnieuw gestart worden", process=name),
        "NOT_RUNNING": words(", want {process} loopt niet en moet gestart worden", process=name),
        "STOPPED": words(", want {process} staat stil tot een operator beslist", process=name),
    }
    return said.get(told.state, "") if told else ""


def _published(words: Words, told: Published) -> str:
    if told.state == "STOPPED" and told.stopped_at:
        return words(
            "nog niet doorgegeven: het doorgeven staat stil sinds {moment} ({reason})",
            moment=words.instant(told.stopped_at),
            reason=told.stopped_reason,
        )
    if told.state == "NO_PUBLISHER":
        return words("nog niet doorgegeven: er loopt geen publisher")
    if told.state != "PUBLISHED":
        ahead = words.many("er gaat {n} feit voor", "er gaan {n} feiten voor", told.ahead)
        return words("nog niet doorgegeven: {ahead}", ahead=ahead)
    if told.withheld:
        return words("doorgegeven zonder inhoud, zoals een operator besliste")
    if told.published_at is None:
        return words("doorgegeven, op een moment dat niet genoteerd is")
    return words("doorgegeven op {moment}", moment=words.instant(told.published_at))


def _read(words: Words, told: Whereabouts) -> str:
    name = told.read_model
    if told.step is Step.APPLIED and told.applied_at:
        moment = words.instant(told.applied_at)
        return words("verwerkt op {moment} in {name}", moment=moment, name=name)
    if told.step is Step.UNREAD and told.behind is not None:
        behind = words.many("nog {n} plaats te gaan", "nog {n} plaatsen te gaan", told.behind)
        return words("{name} heeft het nog niet gelezen ({behind})", name=name, behind=behind)
    if told.step is Step.PARKED and told.waiting:
        return words(
            "in {name} wacht het traject sinds {moment} op een operator, vanaf feit {n} ({reason})",
            name=name,
            moment=words.instant(told.waiting.since),
            n=told.waiting.from_version,
            reason=told.waiting.reason,
        )
    return {
        Step.APPLIED: words("verwerkt in {name}", name=name),
        Step.UNSEEN: words("{name} las zijn plaats en vond het er niet", name=name),
        Step.ANOTHER: words("{name} heeft een ander feit op die plaats", name=name),
        Step.NOT_MADE: words("{name} is nog niet opgebouwd", name=name),
    }.get(told.step, words("{name} heeft het nog niet verwerkt", name=name))
