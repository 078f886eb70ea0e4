"""Reports, published figures and the caseload as files: who may ask, and what a file tells of itself."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import date, datetime
from types import UnionType
from typing import IO, Any, cast, get_args
from uuid import UUID

from fastapi import Request
from plumbing.callers import Caller
from plumbing.clock import brussels_today
from plumbing.sign_in import NOT_ALLOWED

from projections.counsellor.answers import MOST_ROWS, CaseloadAsked, Pathway
from projections.counsellor.web import Questions
from projections.freshness import freshness
from projections.publishing import registry
from projections.publishing.figures import told_of
from projections.publishing.files import Format, Kind, Sheet, sheet_of, written
from projections.publishing.service import Figures
from projections.publishing.tables import table_of
from projections.web_reading import ReadModels
from projections.web_rights import Rows, Trace, counted_for, may

About = list[tuple[str, str]]


@dataclass(frozen=True)
class Download:
    """A file to send, and what to call it."""

    name: str
    form: Format
    file: IO[bytes]


class Downloads:
    """What may be asked as a file: the same as may be asked as an answer."""

    def __init__(self, read_models: ReadModels, rows: Rows, trace: Trace) -> None:
        self._read_models = read_models
        self._rows = rows
        self._trace = trace
        self._figures = Figures(read_models, rows, trace)

    def report(
        self, caller: Caller, name: str, parameters: Mapping[str, Any], form: Format
    ) -> Download:
        """A report. Raises NOT_ALLOWED and the Problems of reports."""
        if not may(caller, registry.kind_of(name).right):
            raise NOT_ALLOWED.problem()
        counted = counted_for(self._read_models, caller)
        report = told_of(counted, name, registry.question(name, parameters))
        about: About = [("report", name)]
        about += _parameters(parameters)
        about += _clocks(report["taken"], self._read_models.now())
        about += _fresh(report["freshness"])
        about += _definitions(report["definitions"])
        file = written(sheet_of(table_of(report), about), form)
        return Download(name, form, file)

    def published(self, caller: Caller, published_id: UUID, form: Format, site: str) -> Download:
        """A published figure, with its address. Raises as Figures.one."""
        told = self._figures.one(caller, published_id)
        about: About = [
            ("address", site + told.address),
            ("digest", told.digest),
            ("question", told.question),
            ("published_at", told.published_at.isoformat()),
            ("published_by", f"{told.published_by}, {told.organisation}"),
            ("report", told.report),
            *_parameters(told.parameters),
            *_fresh(told.log.model_dump(mode="json")),
            ("definition_version", told.definition_version),
            *_definitions([one.model_dump() for one in told.definitions]),
        ]
        file = written(sheet_of(table_of(told.result), about), form)
        return Download(f"{told.report}-{told.id}", form, file)

    def caseload(
        self, request: Request, caller: Caller, asked: CaseloadAsked, form: Format
    ) -> Download:
        """All that the list would show, page by page, at one moment. It names nobody, as the answer.

        Each person in it is traced before the file goes out. Raises as Questions.caseload.
        """
        whole = asked.model_copy(update={"limit": MOST_ROWS, "cursor": None})
        told = asked.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        about: About = [("list", "caseload"), *_parameters(told)]
        about += _clocks(
            {"as_of": asked.as_of, "known_at": asked.known_at}, self._read_models.now()
        )
        questions = Questions(self._read_models, self._rows, self._trace)
        if asked.then:
            # Each page folds into tables of its own transaction; the point keeps them one answer.
            lines = _lines(questions, request, caller, whole)
            return Download("caseload", form, written(Sheet(_CASELOAD, lines, about), form))
        with ExitStack() as unless_traced:
            with self._read_models.snapshot() as connection:
                about += _fresh(asdict(freshness(connection, "counsellor")))
                at = registry.within(self._read_models, connection)
                lines = _lines(Questions(at, self._rows, self._trace), request, caller, whole)
                file = written(Sheet(_CASELOAD, lines, about), form)
                unless_traced.callback(file.close)
            unless_traced.pop_all()
        return Download("caseload", form, file)


def _lines(
    questions: Questions, request: Request, caller: Caller, asked: CaseloadAsked
) -> Iterator[Mapping[str, object]]:
    while True:
        page = questions.caseload(request, caller, asked)
        for item in page.items:
            yield {name: _cell(value) for name, value in item.model_dump().items()}
        if page.next_cursor is None:
            return
        asked = asked.model_copy(update={"cursor": page.next_cursor})


def _cell(value: object) -> object:
    if isinstance(value, (list, tuple, frozenset)):
        return "; ".join(map(str, cast("list[object]", value)))
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _kind_of(annotation: object) -> Kind:
    told = get_args(annotation) if isinstance(annotation, UnionType) else (annotation,)
    kinds: dict[object, Kind] = {bool: "yes", int: "whole", float: "number", date: "day"}
    for one in told:
        if one in kinds:
            return kinds[one]
    return "text"


_CASELOAD: Mapping[str, Kind] = {
    **{name: _kind_of(field.annotation) for name, field in Pathway.model_fields.items()},
    **dict.fromkeys(Pathway.model_computed_fields, "text"),
}


def _parameters(parameters: Mapping[str, Any]) -> About:
    return [
        (
            f"parameter {name}",
            " ".join(map(str, cast("list[object]", value)))
            if isinstance(value, list)
            else str(value),
        )
        for name, value in parameters.items()
    ]


def _clocks(taken: Mapping[str, Any] | None, now: datetime) -> About:
    told = taken or {}
    return [
        ("as_of", str(told.get("as_of") or brussels_today(now))),
        ("known_at", str(told.get("known_at") or now.isoformat())),
        ("made_at", now.isoformat()),
    ]


def _fresh(freshness: Mapping[str, Any]) -> About:
    names = ("complete_until", "newest_position", "newest_recorded_at", "parked_pathways")
    return [(name, str(freshness[name])) for name in names if freshness.get(name) is not None]


def _definitions(definitions: list[Mapping[str, str]]) -> About:
    return [
        (f"definition {one['figure']} ({language})", one[language])
        for one in definitions
        for language in ("nl", "en")
    ]
