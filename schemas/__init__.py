"""The contract: what the pathway service publishes and promises, and all that its readers need to know.

Messages are CloudEvents 1.0 in structured JSON (`content-type: application/cloudevents+json`), their key
is the pathway's id. The models here are the source; `json/`, the topic pages and `asyncapi.yaml` follow.
"""

from copy import deepcopy
from datetime import UTC, date
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Generic, Literal, TypeVar, cast
from uuid import UUID

import orjson
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    SerializeAsAny,
    ValidationError,
)

from schemas.codes import ActorKind
from schemas.events import EVENTS, CarriedEvent, Data, DataCorrected, PathwayState
from schemas.tolerance import with_general_codes

EVENTS_TOPIC = "vdab.pathway.events.v1"
STATE_TOPIC = "vdab.pathway.state.v1"
SOURCE = "/vdab/pathway"
STATE_SOURCE = "/vdab/pathway/state"
"""A state has the id of the newest fact in it; its own source keeps the two apart."""
CONTENT_TYPE = "application/cloudevents+json"
TYPE_PREFIX = "be.vdab.pathway."
JSON_SCHEMAS = Path(__file__).parent / "json"
"""The generated JSON Schemas, one file for each name that `schema_name` gives."""

LEFT_OUT = ("sourcetime", "traceparent")
"""The attributes that a message without a value for them does not have."""

Instant = Annotated[AwareDatetime, AfterValidator(lambda at: at.astimezone(UTC))]
Hash = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
AnyModel = TypeVar("AnyModel", bound=BaseModel)
AnyData_co = TypeVar("AnyData_co", bound=Data, covariant=True)


class Message(BaseModel, Generic[AnyData_co]):
    """One CloudEvents message. Attribute names are CloudEvents' own: lower case, no underscores."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    specversion: Literal["1.0"] = Field(default="1.0", description="Version of CloudEvents")
    id: UUID = Field(description="The fact's id (UUIDv7); the same in every repeat")
    source: str = Field(
        default=SOURCE,
        min_length=1,
        description=f"`{SOURCE}` on the events topic, `{STATE_SOURCE}` on the state topic",
    )
    type: str = Field(min_length=1, description="`be.vdab.pathway.<event>.v<version>`")
    subject: UUID = Field(description="The pathway's id")
    time: Instant = Field(
        description="When the fact was recorded, UTC; never decreases within a pathway"
    )
    sourcetime: Instant | None = Field(
        default=None,
        description="When the sending system took it in, by its own clock, UTC; absent where it was "
        "not told",
    )
    datacontenttype: Literal["application/json"] = Field(
        default="application/json", description="Media type of `data`"
    )
    dataschema: str = Field(min_length=1, description="Address of the JSON Schema of `data`")
    partitionkey: UUID = Field(description="The pathway's id; the Kafka key")
    streamversion: int = Field(ge=1, description="1, 2, 3 ... within the pathway, without holes")
    globalposition: str = Field(
        pattern="^[0-9]+$",
        description="Place in the whole log, digits in a string; rises, may have holes",
    )
    occurredon: date = Field(description="The day the fact is true for, Europe/Brussels")
    actortype: ActorKind = Field(description="Who caused the fact")
    actorref: str = Field(description="Reference of the person or system that caused it")
    actororg: str = Field(description="OVO code or KBO number of the actor's organisation")
    correlationid: str = Field(description="The same in everything that followed from one request")
    causationid: str = Field(description="The command or event that directly caused the fact")
    traceparent: str | None = Field(
        default=None, description="W3C trace context of the request; absent when there was none"
    )
    dataclass: int = Field(
        ge=0, le=1, description="0 no personal data, 1 pseudonymous personal data"
    )
    ruleversion: str = Field(
        description="Ids of the rule rows that judged the fact, comma separated; may be empty"
    )
    prevhash: Hash = Field(
        description="`hash` of the pathway's previous fact; 64 zeros at version 1"
    )
    hash: Hash = Field(description="SHA-256 chain over the pathway's stored facts, in hex")
    data: SerializeAsAny[AnyData_co] = Field(description="The event itself; see `dataschema`")

    def to_bytes(self) -> bytes:
        """The message as it goes on a topic: UTF-8 JSON, attributes without a value left out."""
        unset = {name for name in LEFT_OUT if getattr(self, name) is None}
        return self.model_dump_json(exclude=unset).encode()


def schema_name(data: type[Data]) -> str:
    """The name of these data with their version, such as `ibo-started.v1`."""
    return f"{data.event}.v{data.version}"


def event_type(data: type[Data]) -> str:
    """The CloudEvents type of these data, such as `be.vdab.pathway.ibo-started.v1`."""
    return TYPE_PREFIX + schema_name(data)


_DATA: dict[str, type[Data]] = {event_type(data): data for data in (*EVENTS, PathwayState)}


@cache
def _reader(data: type[Data]) -> type[Message[Data]]:
    # Made when the first of its type is read: all of them cost every process's start a seventh of a second.
    return Message[data]


class BrokenMessage(ValueError):
    """A message of a known type that does not fit its schema, or is no CloudEvent at all.

    Its text names the places and what is wrong there, never a value.
    """


class Unknown(Message[Data]):
    """A message of a type that this release does not know: its version still counts, its data do not."""

    data: Any = None


def corrected(told: DataCorrected) -> Data | None:
    """The data that the corrected event should have had; None for a type that this release does not know.

    Raises `BrokenMessage`.
    """
    return _data(told.corrected_type, told.corrected)


def carried(told: CarriedEvent) -> Data | None:
    """The data of an event that came along with a merge, likewise. Raises `BrokenMessage`."""
    return _data(told.type, told.data)


def _data(kind: str, told: dict[str, Any]) -> Data | None:
    data = _DATA.get(kind)
    if data is None:
        return None
    return _read(data, deepcopy(told))


def parse(value: bytes) -> Message[Data]:
    """The message in these bytes; an `Unknown` for a newer type. Raises `BrokenMessage`.

    Fields that this release does not know are passed over, and a code is read as its list's general one.
    """
    try:
        raw = cast("object", orjson.loads(value))
    except orjson.JSONDecodeError as broken:
        raise BrokenMessage(f"not JSON: {broken.msg} at byte {broken.pos}") from None
    kind = cast("dict[str, object]", raw).get("type") if isinstance(raw, dict) else None
    data = _DATA.get(kind) if isinstance(kind, str) else None
    return _read(_reader(data) if data else Unknown, cast("object", raw))


def _read(model: type[AnyModel], told: object) -> AnyModel:
    """`told` as this model; unknown codes in it are changed in place. Raises `BrokenMessage`."""
    try:
        return model.model_validate(told)
    except ValidationError as broken:
        if with_general_codes(model, told, broken):
            return _read(model, told)
        raise BrokenMessage(_places(broken)) from None


def _places(broken: ValidationError) -> str:
    errors = broken.errors(include_url=False, include_context=False, include_input=False)
    return "; ".join(".".join(map(str, e["loc"])) + ": " + e["msg"] for e in errors)
