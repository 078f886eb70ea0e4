"""What the REST API takes and answers, beside the commands themselves."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from pathway import identifiers
from pathway.api_views import Answered, PathwayView
from pathway.domain.catalogue import PathwayFact
from pathway.domain.codes import AgeGroup, Category, Channel, Education, Gender
from pathway.domain.enrolment import RecordCharacteristics
from pathway.domain.values import Day, Nis
from pathway.identity import NumberStatus
from pathway.two_clocks import KnownBy
from schemas.codes import ActorKind
from schemas.events import PathwayState

MOST_NAMES = 200


def _name(text: str) -> str:
    told = " ".join(text.split())
    if not told or not told.isprintable():
        raise ValueError("a name is made of letters, and of signs that can be printed")
    return told


Insz = Annotated[
    str,
    AfterValidator(identifiers.insz),
    Field(description="Rijksregisternummer or BIS number", examples=["84.05.17-998.97"]),
]
Name = Annotated[str, AfterValidator(_name), Field(min_length=1, max_length=100)]


class Body(BaseModel):
    """A request's body: what it does not know it refuses, and its text form shows nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def __repr__(self) -> str:
        return f"{type(self).__name__}(...)"

    __str__ = __repr__


class Characteristics(Body):
    """What reports group by; leave out what is not known."""

    commune: Nis | None = None
    unemployed_since: Day | None = None
    age_group: AgeGroup | None = None
    gender: Gender | None = None
    education: Education | None = None

    def recorded(self, on: Day) -> RecordCharacteristics:
        """The command that records them on this day."""
        return RecordCharacteristics(on=on, **self.model_dump())


class EnrolPerson(Body):
    """Start a pathway for a person."""

    on: Day = Field(description="The day of enrolment, Europe/Brussels", examples=["2015-01-05"])
    insz: Insz
    last_name: Name
    first_name: Name
    category: Category | None = Field(default=None, description="Registration category, when known")
    channel: Channel
    characteristics: Characteristics | None = Field(
        default=None, description="Recorded in the same commit"
    )


class PersonSought(Body):
    """Whom to look up."""

    insz: Insz


class NamesSought(Body):
    """Whose names to tell."""

    references: list[UUID] = Field(min_length=1, max_length=MOST_NAMES)


class NewFact(Answered):
    """A fact that a command led to."""

    kind: str = Field(examples=["IboStarted"])
    version: int
    module_id: UUID | None = Field(default=None, description="For facts of a module")


class CommandDone(Answered):
    """What a command came to; no facts when there was nothing new to record."""

    pathway_id: UUID
    version: int = Field(description="The pathway's version now; also its ETag")
    facts: list[NewFact]
    warnings: list[str] = Field(description="What is allowed but worth a look, as codes")


class StateAnswer(Answered):
    """A pathway's state: in full, or for consuming systems in the form of the state topic."""

    pathway_id: UUID
    version: int = Field(description="The newest fact that it counts in; also its ETag")
    as_of: date = Field(description="The day that it is the state of")
    known_at: datetime | None = Field(description="The moment of knowing; null is now")
    known_by: KnownBy = Field(description="By which clock it was known then")
    state: PathwayView | PathwayState


class ActorView(Answered):
    """Who caused a fact."""

    model_config = ConfigDict(frozen=True, from_attributes=True)
    kind: ActorKind
    ref: str
    organisation: str


class FactView(Answered):
    """A fact as recorded, with both clocks: `occurred_on` in the fact, and `recorded_at`."""

    model_config = ConfigDict(frozen=True, from_attributes=True)
    fact_id: UUID
    version: int
    position: Annotated[str, Field(description="Place in the whole store, digits in a string")]
    recorded_at: datetime
    source_time: datetime | None
    actor: ActorView
    command_id: str
    correlation_id: str
    causation_id: str
    traceparent: str | None
    rules: list[str] = Field(description="Ids of the rule rows that judged it")
    warnings: list[str]
    data_class: int
    prev_hash: str
    hash: str
    fact: PathwayFact


class HistoryAnswer(Answered):
    """A pathway's facts in the order of their versions."""

    pathway_id: UUID
    facts: list[FactView]
    next_cursor: str | None = Field(description="What to ask on with; null at the end")


class PublishedHistoryAnswer(Answered):
    """A pathway's published events in the order of their versions, as they stand on the topic."""

    pathway_id: UUID
    events: list[dict[str, Any]] = Field(description="CloudEvents; see /schemas/envelope.v1.json")
    next_cursor: str | None = Field(description="What to ask on with; null at the end")


class EventsAnswer(Answered):
    """Published events in the order of the log, and where it goes on."""

    events: list[dict[str, Any]] = Field(
        description="CloudEvents, as on the topic; see /schemas/envelope.v1.json"
    )
    next: str = Field(description="What to ask on with as `after`", examples=["40249"])
    position: str = Field(
        description="Place in the log up to which it is published; with `next` there, this was all"
    )


class PointView(Answered):
    """A point of the two clocks, and what there was of the pathway."""

    as_of: date
    known_at: datetime | None = Field(description="The moment of knowing; null is now")
    version: int | None = Field(description="The newest fact counted in; null: nothing was known")


class ChangeView(Answered):
    """A field of the state that differs; null where it has no value."""

    model_config = ConfigDict(frozen=True, from_attributes=True)
    field: str = Field(
        description="Its place in the state; values of a list by their own id or day"
    )
    before: Any
    after: Any


class DifferenceAnswer(Answered):
    """What differs in a pathway between two points, and the facts that made the difference."""

    pathway_id: UUID
    known_by: KnownBy
    before: PointView
    after: PointView
    changes: list[ChangeView]
    facts: list[FactView] = Field(
        description="Who did it, and when: known or true at one of the two points only, or amending"
    )


class PublishedDifferenceAnswer(Answered):
    """The same in the form of the topics."""

    pathway_id: UUID
    known_by: KnownBy
    before: PointView
    after: PointView
    changes: list[ChangeView]
    events: list[dict[str, Any]] = Field(description="CloudEvents; see /schemas/envelope.v1.json")


class PersonsPathway(Answered):
    """One of a person's pathways."""

    pathway_id: UUID
    open: bool


class PersonFound(Answered):
    """A person's reference, and every pathway of theirs."""

    person_ref: UUID
    also: list[UUID] = Field(description="Their other references, which do not count any more")
    number: NumberStatus = Field(description="What has become of the number that was given")
    pathways: list[PersonsPathway]


class PersonName(Answered):
    """The name of a person."""

    person_ref: UUID
    last_name: str
    first_name: str


class NamesAnswer(Answered):
    """Names by reference; who is not known, or was removed, is left out."""

    names: list[PersonName]


class RefusedView(Answered):
    """A command that was refused. The detail is for auditors only."""

    refused_id: UUID
    refused_at: datetime
    actor: ActorView
    pathway_id: UUID | None
    command: str
    rule: str
    field: str | None
    detail: str | None
    command_id: str
    correlation_id: str


class RefusedAnswer(Answered):
    """Refused commands, the newest first."""

    refused: list[RefusedView]
    next_cursor: str | None = Field(description="What to ask on with; null at the end")
