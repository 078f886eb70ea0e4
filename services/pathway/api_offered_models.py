"""What a caller is told of the commands that they may send: enough for a form."""

from datetime import date
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from pathway.api_views import Answered

FieldType = Literal[
    "day",
    "code",
    "codes",
    "text",
    "texts",
    "number",
    "integer",
    "yes-no",
    "module",
    "pathway",
    "fact",
]


class Wording(Answered):
    """The same in Dutch and in English."""

    nl: str
    en: str


class RuleView(Answered):
    """What the rules of today say of a form; lengths as the table has them, such as `26 weeks`."""

    rule: str = Field(description="The id of the row", examples=["ibo/2018-9"])
    since: date | None
    until: date | None
    min_length: str | None
    soft_max: str | None
    hard_max: str | None
    min_hours: float | None
    max_hours: float | None


class ModuleChoice(Answered):
    """A module that the command could be about."""

    kind: str
    form: str | None
    organisation: str
    started_on: date
    planned_until: date
    last_day: date | None
    soft_maximum_on: date | None = Field(description="Last day that passes no soft maximum")
    hard_maximum_on: date | None = Field(description="Last day that is taken at all")


class Choice(Answered):
    """One value that a field takes: a code, or the id of a module or a pathway."""

    code: str
    rule: RuleView | None = None
    module: ModuleChoice | None = None


class FieldView(Answered):
    """A field as a form shows it. A name that begins with `changes.` goes into `changes`."""

    name: str
    label: Wording
    help: Wording | None
    type: FieldType
    required: bool
    choices: list[Choice]
    pattern: str | None
    least: float | None
    most: float | None
    earliest: date | None
    latest: date | None
    value: Any = Field(description="What it begins with; null is empty")


class WhyNot(Answered):
    """Why it is not possible now."""

    rule: str
    title: str
    detail: str


class OfferedView(Answered):
    """A command that the caller has the right to, whether it is possible now, and its fields."""

    command: str = Field(description="Its name in the address", examples=["start-ibo"])
    does: Wording
    why_not: WhyNot | None = Field(description="Null: it is possible now")
    fields: list[FieldView]


class OfferedAnswer(Answered):
    """What the caller may send; `version` is what a form was made on, for If-Match."""

    pathway_id: UUID
    version: int
    today: date
    fresh_from: date = Field(description="A day before is warned of as registered late")
    commands: list[OfferedView]
