"""A published figure: question, answer and what it was made of, frozen as canonical JSON under a digest."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Annotated, Any, Self
from uuid import UUID

from plumbing.callers import Caller
from plumbing.ids import new_id
from plumbing.problems import looks_like_insz
from psycopg.rows import dict_row
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, field_validator

from projections.code_hash import hash_of
from projections.points import KnownBy, PointAsked
from projections.publishing import registry
from projections.reporting.reports import Definition
from projections.schema import Database
from projections.web_reading import ReadModels

MOST_SIGNS = 500
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
BESIDE_THE_RESULT = frozenset({"definitions", "freshness", "taken"})
"""Of a report, what a published figure tells elsewhere."""


def without_people(text: str) -> str:
    """The text, which may stand in something that everybody reads. Raises ValueError when it names a number."""
    if looks_like_insz(text):
        raise ValueError("this holds something like a national number: write nothing of a person")
    if _CONTROL.search(text):
        raise ValueError("this holds a sign that cannot be shown")
    return text.replace("\r\n", "\n").strip()


class Frozen(BaseModel):
    """A value that does not change."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class PublishAsked(Frozen):
    """Which report to publish, asked how, and for which question."""

    report: Annotated[str, Field(max_length=40, description="As its address under /v1/reports")]
    parameters: Annotated[
        dict[str, Any], Field(description="As that address takes them; a list for what is repeated")
    ]
    question: Annotated[
        str,
        Field(
            min_length=3,
            max_length=MOST_SIGNS,
            description="The question that it answers, and where that was asked. Nothing of a person",
        ),
    ]

    @field_validator("question")
    @classmethod
    def _of_nobody(cls, told: str) -> str:
        return without_people(told)


class PartitionPlace(Frozen):
    """Up to where one partition of the topic was in the rows."""

    partition: int
    next_offset: int
    newest_position: int | None


class LogPlace(Frozen):
    """Up to where the log was in the rows."""

    topic_id: UUID | None
    complete_until: AwareDatetime | None
    newest_position: int | None
    newest_recorded_at: AwareDatetime | None
    parked_pathways: int
    given_up_pathways: int
    partitions: tuple[PartitionPlace, ...]


class Code(Frozen):
    """Which code made it: hashes of what made the rows, and of what counted them."""

    rows: tuple[str, ...]
    report: str


class Document(Frozen):
    """Everything that is frozen. Its canonical JSON is what the digest is of."""

    id: UUID
    report: str
    parameters: dict[str, Any]
    as_of: date
    known_at: AwareDatetime
    known_by: KnownBy
    question: str
    published_at: AwareDatetime
    published_by: str
    organisation: str
    definitions: tuple[Definition, ...]
    definition_version: Annotated[str, Field(description="SHA-256 of the definitions")]
    code: Code
    log: LogPlace
    result: Annotated[dict[str, Any], Field(description="The report's rows and total")]

    def canonical(self) -> str:
        """Names in order, no space: the same value is always the same text."""
        return canonical(self.model_dump(mode="json"))


class Published(Document):
    """A published figure, with its digest and where to cite it."""

    digest: Annotated[str, Field(pattern="^[0-9a-f]{64}$", description="SHA-256, in hex")]
    address: Annotated[str, Field(description="Where it stands, to cite; it never changes")]

    @classmethod
    def of(cls, document: Document) -> Self:
        """The same with its digest."""
        digest = digest_of(document.canonical())
        told = document.model_dump()
        return cls(**told, digest=digest, address=f"/published/{document.id}")


def canonical(value: object) -> str:
    """JSON with names in order and no space."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )


def digest_of(text: str) -> str:
    """SHA-256 of the text, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def definitions_version(definitions: object) -> str:
    """SHA-256 of definitions as JSON has them."""
    return digest_of(canonical(definitions))


def frozen(
    connection: Database, read_models: ReadModels, asked: PublishAsked, caller: Caller
) -> Document:
    """The figure as it is at this connection's one moment; known_at is now where none was asked.

    Raises UNKNOWN_REPORT, INVALID_REQUEST and TOO_MANY_THEN as Problems.
    """
    now = read_models.now()
    question = registry.question(asked.report, asked.parameters)
    point = question.point(now)
    known_at = point.known_at or now
    told = question.model_copy(update={"as_of": point.as_of, "known_at": known_at})
    counted = registry.within(for_everybody(read_models), connection)
    report = told_of(counted, asked.report, told)
    return Document(
        id=new_id(),
        report=asked.report,
        parameters=registry.parameters_of(told),
        as_of=point.as_of,
        known_at=known_at,
        known_by=point.known_by,
        question=asked.question,
        published_at=now,
        published_by=caller.ref,
        organisation=caller.organisation,
        definitions=report["definitions"],
        definition_version=definitions_version(report["definitions"]),
        code=code_of(connection, asked.report),
        log=place(connection, report["freshness"]),
        result=result_of(report),
    )


def told_of(read_models: ReadModels, name: str, asked: PointAsked) -> dict[str, Any]:
    """The report as JSON has it. Raises the Problems of reports."""
    return registry.answer(read_models, name, asked).model_dump(mode="json")


def for_everybody(read_models: ReadModels) -> ReadModels:
    """As they are counted for who may see no person: what is published, everybody may read."""
    return replace(read_models, protected=True)


def result_of(report: Mapping[str, Any]) -> dict[str, Any]:
    """What a report says, without what a published figure says beside it."""
    return {name: value for name, value in report.items() if name not in BESIDE_THE_RESULT}


def code_of(connection: Database, name: str) -> Code:
    """Which code made the rows that are there, and which counts this report."""
    found = connection.execute("select codes from reporting.made_from").fetchone()
    counts = registry.kind_of(name).counts
    return Code(rows=tuple(sorted(found[0])) if found else (), report=hash_of(counts, name))


def place(connection: Database, freshness: Mapping[str, Any]) -> LogPlace:
    """Up to where the log is in the rows; `freshness` is what the report says of it."""
    found = connection.execute("select topic_id from reporting.made_from").fetchone()
    with connection.cursor(row_factory=dict_row) as rows:
        partitions = rows.execute(
            """
            select partition, next_offset, newest_position
              from reporting.partition_progress
             order by partition
            """
        ).fetchall()
    return LogPlace(
        topic_id=found[0] if found else None,
        partitions=tuple(PartitionPlace.model_validate(one) for one in partitions),
        **freshness,
    )
