"""A published figure counted again: as known then, as known now, and what made the difference."""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import AwareDatetime, Field

from projections.points import PointAsked
from projections.publishing import registry
from projections.publishing.between import Between, between
from projections.publishing.figures import (
    Document,
    Frozen,
    Published,
    code_of,
    definitions_version,
    for_everybody,
    result_of,
    told_of,
)
from projections.publishing.tables import Cell, table_of
from projections.reporting.small_cells import LEAST_SHOWN
from projections.web_reading import ReadModels


class Why(StrEnum):
    """Why a figure differs that is counted again with the same parameters at the same two clocks."""

    DEFINITION_CHANGED = "DEFINITION_CHANGED"
    CODE_CHANGED = "CODE_CHANGED"
    READ_LATER = "READ_LATER"
    WAITED_THEN = "WAITED_THEN"
    HELD_NOW = "HELD_NOW"
    UNEXPLAINED = "UNEXPLAINED"


class Change(Frozen):
    """One figure that differs; null is not told, or hidden."""

    group: str
    part: str
    figure: str
    then: Cell
    as_known_then: Annotated[Cell, Field(description="Counted again, as known at `known_at`")]
    as_known_now: Cell


class Difference(Frozen):
    """How many facts made the difference; null where that is from 1 to 4."""

    facts: int | None
    pathways: int | None
    late: Annotated[int | None, Field(description="Recorded by then, and read afterwards")]
    whole: Annotated[bool, Field(description="Whether every pathway that changed was compared")]


class Recalculated(Frozen):
    """A published figure beside the same one counted again."""

    published: Published
    digest_holds: Annotated[bool, Field(description="Whether what was kept is as it was published")]
    recalculated_at: AwareDatetime
    as_known_then: dict[str, Any]
    as_known_now: dict[str, Any]
    same_as_known_then: bool
    same_as_known_now: bool
    why: Annotated[tuple[Why, ...], Field(description="Why not the same as known then")]
    changes: tuple[Change, ...]
    difference: Difference


def recalculated(read_models: ReadModels, published: Published) -> tuple[Recalculated, Between]:
    """The figure counted again, and the facts that came since. Raises the Problems of reports."""
    document = Document.model_validate(published.model_dump(exclude={"digest", "address"}))
    asked = registry.question(published.report, published.parameters)
    now = read_models.now()
    # Each at one moment of its own: both fold into temporary tables of the same names.
    counted = for_everybody(read_models)
    then = told_of(counted, published.report, asked)
    today = told_of(counted, published.report, as_known_now(asked))
    with read_models.snapshot() as connection:
        came = between(connection, document, now)
        code = code_of(connection, published.report)
    same = result_of(then) == published.result
    why: list[Why] = []
    if not same:
        if definitions_version(then["definitions"]) != published.definition_version:
            why.append(Why.DEFINITION_CHANGED)
        if code != published.code:
            why.append(Why.CODE_CHANGED)
        why += _of_the_rows(published, came)
    told = Recalculated(
        published=published,
        digest_holds=Published.of(document).digest == published.digest,
        recalculated_at=now,
        as_known_then=result_of(then),
        as_known_now=result_of(today),
        same_as_known_then=same,
        same_as_known_now=result_of(today) == published.result,
        why=tuple(why) or (() if same else (Why.UNEXPLAINED,)),
        changes=tuple(_changes(published.result, result_of(then), result_of(today))),
        difference=Difference(
            facts=not_small(len(came.facts)),
            pathways=not_small(len(came.pathways)),
            late=not_small(came.late),
            whole=came.whole,
        ),
    )
    return told, came


def as_known_now(asked: PointAsked) -> PointAsked:
    """The same question with all that is known now."""
    return asked.model_copy(update={"known_at": None})


def not_small(number: int) -> int | None:
    """The number, or None where it is one that is not told of persons."""
    return None if 0 < number < LEAST_SHOWN else number


def _of_the_rows(published: Published, came: Between) -> list[Why]:
    why: list[Why] = []
    if came.late:
        why.append(Why.READ_LATER)
    if published.log.parked_pathways or published.log.given_up_pathways:
        why.append(Why.WAITED_THEN)
    if published.report == "special":
        why.append(Why.HELD_NOW)
    return why


def _changes(*results: dict[str, Any]) -> list[Change]:
    told = [dict(table_of(result).cells()) for result in results]
    places = dict.fromkeys(place for cells in told for place in cells)
    return [
        Change(
            group=place[0],
            part=place[1],
            figure=place[2],
            then=values[0],
            as_known_then=values[1],
            as_known_now=values[2],
        )
        for place in places
        if len(set(values := [cells.get(place) for cells in told])) > 1
    ]
