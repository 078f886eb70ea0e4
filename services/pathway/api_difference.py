"""A question over HTTP about one pathway: what differs between two points, and by whom."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Self
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from plumbing import problems
from plumbing.callers import Caller
from pydantic import Field, model_validator

from pathway.api_models import ChangeView, DifferenceAnswer, PointView, PublishedDifferenceAnswer
from pathway.api_rights import SEE_SPECIAL, Trace
from pathway.api_sight import Sight
from pathway.api_state import (
    COMMON,
    AsOf,
    KnownAt,
    PointAsked,
    SignedIn,
    event_view,
    fact_view,
    json_answer,
    state_view,
)
from pathway.application import Pathways
from pathway.domain.refusals import UnknownPathway
from pathway.two_clocks import FieldChange, Point, Seen, changes, made_the_difference, seen_from


class DifferenceAsked(PointAsked):
    """Between which points: from `from_...` to `as_of` and `known_at`.

    What is left out of the first point is as in the second, and there it is now.
    """

    from_as_of: Annotated[
        AsOf | None, Field(description="The first point's day", examples=["2015-09-30"])
    ] = None
    from_known_at: Annotated[
        KnownAt | None,
        Field(description="The first point's moment", examples=["2015-10-01T00:00:00Z"]),
    ] = None

    @model_validator(mode="after")
    def _of_two_points(self) -> Self:
        if self.from_as_of is None and self.from_known_at is None:
            raise ValueError("give `from_as_of`, `from_known_at` or both: from where it differs")
        return self

    def points(self, today: date) -> tuple[Point, Point]:
        """Both points, on `today` (Brussels)."""
        day = self.as_of or today
        after = Point(day, self.known_at, self.known_by)
        known_at = self.from_known_at or self.known_at
        return Point(self.from_as_of or day, known_at, self.known_by), after


def difference_routes(
    pathways: Pathways, trace: Trace, sight: Sight, schemas_base: str
) -> APIRouter:
    """`GET /v1/pathways/{pathway_id}/difference`."""
    routes = APIRouter(prefix="/v1/pathways/{pathway_id}", tags=["state"])

    @routes.get(
        "/difference",
        name="pathway_difference",
        operation_id="pathway_difference",
        summary="What changed in what was known of the pathway between two points, and by whom",
        response_model=DifferenceAnswer | PublishedDifferenceAnswer,
        responses=problems.responses(*COMMON),
    )
    def pathway_difference(  # pyright: ignore[reportUnusedFunction]
        pathway_id: UUID,
        asked: Annotated[DifferenceAsked, Query()],
        request: Request,
        caller: SignedIn,
    ) -> Response:
        """Field by field, with the facts that made the difference. Systems get the published form."""
        ruling = sight.pathway(request, caller, pathway_id)
        facts = pathways.store.load(pathway_id)
        one, other = (seen_from(facts, point) for point in asked.points(pathways.point().as_of))
        if one.pathway is None and other.pathway is None:
            trace.denied(request, caller, [ruling.person_ref])
            raise UnknownPathway("There is no pathway with this id, or nothing was known of it.")
        trace.permitted(request, caller, {ruling.person_ref: ruling.rule})

        states = (_state(seen, caller, schemas_base) for seen in (one, other))
        about = _about(pathway_id, one, other, changes(*states))
        made = made_the_difference(facts, one, other)
        if caller.is_one_of(SEE_SPECIAL):
            return json_answer(DifferenceAnswer(**about, facts=[fact_view(fact) for fact in made]))
        events = [event_view(facts, fact, schemas_base) for fact in made]
        return json_answer(PublishedDifferenceAnswer(**about, events=events))

    return routes


def _state(seen: Seen, caller: Caller, schemas_base: str) -> dict[str, Any] | None:
    if seen.pathway is None:
        return None
    return state_view(seen.facts, seen.pathway, caller, schemas_base).model_dump(mode="json")


def _about(
    pathway_id: UUID, one: Seen, other: Seen, changed: Sequence[FieldChange]
) -> dict[str, Any]:
    return {
        "pathway_id": pathway_id,
        "known_by": other.point.known_by,
        "before": _point(one),
        "after": _point(other),
        "changes": [ChangeView.model_validate(change) for change in changed],
    }


def _point(seen: Seen) -> PointView:
    newest = max((fact.version for fact in seen.facts), default=None) if seen.pathway else None
    return PointView(as_of=seen.point.as_of, known_at=seen.point.known_at, version=newest)
