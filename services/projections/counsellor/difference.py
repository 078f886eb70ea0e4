"""What differs in a pathway between two points of both clocks, and the events that made the difference."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from plumbing.access import NOT_TRACED
from plumbing.callers import Caller
from pydantic import BaseModel, ConfigDict, Field, model_validator

from projections.counsellor import queries
from projections.counsellor.answers import Asked, Pathway
from projections.counsellor.course import Spell, spells
from projections.counsellor.projection import COUNSELLOR
from projections.counsellor.queries import CaseloadRow, Entry, Seen
from projections.counsellor.then import counsellor_rows_at, events_of, pathway_at
from projections.counsellor.web import UNSEEN, Questions, SignedIn
from projections.freshness import Freshness, freshness
from projections.labels import N_
from projections.points import NOTHING_THEN, Moment, Point, PointAsked, Taken, point_of
from projections.projection import Event, Row, Rows
from projections.schema import Database
from projections.then import events_at, made_the_difference
from projections.web_openapi import documented
from projections.web_reading import UNKNOWN_PATHWAY, Day, json_answer

OF_PATHWAY: Mapping[str, str] = {
    "status": N_("Status"),
    "enrolled_on": N_("Ingeschreven op"),
    "enrolment_inferred": N_("Inschrijvingsdag afgeleid"),
    "legacy_sources": N_("Overgenomen uit"),
    "incomplete_until": N_("Misschien onvolledig tot en met"),
    "category": N_("Categorie"),
    "commune": N_("Gemeente (NIS)"),
    "counsellor": N_("Bemiddelaar"),
    "unit": N_("Eenheid"),
    "counsellor_since": N_("Bemiddelaar sinds"),
    "distance": N_("Afstand tot de arbeidsmarkt"),
    "screened_on": N_("Ingeschat op"),
    "plan_agreed_on": N_("Trajectplan afgesproken op"),
    "plan_review_on": N_("Trajectplan opnieuw te bekijken op"),
    "referral_provider": N_("Toegeleid naar"),
    "referral_status": N_("Stand van de toeleiding"),
    "guided_until": N_("Klok van de toeleiding tot en met"),
    "referral_extended": N_("Toeleiding verlengd"),
    "scheme": N_("Na WEP+"),
    "guiding_organisation": N_("Begeleidende organisatie"),
    "planned_start": N_("Geplande start van een module"),
    "absent_until": N_("Afwezig tot en met"),
    "first_contact_on": N_("Eerste contact"),
    "without_counsellor_since": N_("Zonder bemiddelaar sinds"),
    "referred_on": N_("Toegeleid op"),
    "hard_maximum_on": N_("Harde maximum"),
    "missed_appointments": N_("Afspraken gemist zonder geldige reden"),
    "exempt_since": N_("Vrijgesteld sinds"),
    "exempt_until": N_("Vrijgesteld tot en met"),
    "suspended_on": N_("Geschorst sinds"),
    "suspended_until": N_("Schorsing verwacht tot en met"),
    "unsigned_ibos": N_("IBO's zonder drie handtekeningen"),
    "hire_due_by": N_("Aanwerving na een IBO tegen"),
    "hires": N_("Aanwervingen"),
    "last_hired_on": N_("Aan het werk sinds"),
    "last_employer": N_("Werkgever"),
    "check_due_on": N_("Na te gaan of de persoon werkt vanaf"),
    "ended_in_protection_on": N_("Job geëindigd tijdens bescherming op"),
    "closed_on": N_("Afgesloten op"),
    "exit_type": N_("Manier van afsluiten"),
    "merged_into": N_("Hoort bij traject"),
}
"""The columns of the caseload row that are compared, in the order in which they are told, with their words."""

OF_MODULE: Mapping[str, str] = {
    "kind": N_("Soort module"),
    "form": N_("Vorm"),
    "organisation": N_("Organisatie"),
    "establishment": N_("Vestiging"),
    "occupation": N_("Beroep"),
    "project": N_("Projectnummer"),
    "work_floor": N_("Werkvloer"),
    "started_on": N_("Eerste dag"),
    "planned_until": N_("Gepland einde"),
    "last_day": N_("Laatste dag"),
    "hours_per_week": N_("Uren per week"),
    "status": N_("Status"),
    "reason": N_("Reden"),
    "migrated": N_("Uit WEP+ gemigreerd"),
    "past_soft_maximum": N_("Voorbij het zachte maximum"),
}
"""Likewise of a module."""

_BY_MODULE = "it follows from the modules, which are compared one by one"
_HOW_FAR = "it tells how far the row goes, and nothing of the person"
NOT_COMPARED: Mapping[str, str] = {
    "person_ref": "whose pathway it is never changes",
    "partners": "it is for rights; who guides is told as guiding_organisation",
    "running_kinds": _BY_MODULE,
    "running_organisations": _BY_MODULE,
    "running_since": _BY_MODULE,
    "next_planned_end": _BY_MODULE,
    "soft_maximum_passed": _BY_MODULE,
    "modules": _BY_MODULE,
    "last_fact_on": _HOW_FAR,
    "last_recorded_at": _HOW_FAR,
    "version": _HOW_FAR,
    "module_id": "it says which module is compared",
}
"""The columns of both that are left out, and why; a column that is nowhere here fails a test."""


class DifferenceAsked(Asked, PointAsked):
    """Between which points: from `from_...` to `as_of` and `known_at`.

    What is left out of the first point is as in the second, and there it is now.
    """

    from_as_of: Annotated[Day | None, Field(description="The first point's day")] = None
    from_known_at: Annotated[Moment | None, Field(description="The first point's moment")] = None

    @model_validator(mode="after")
    def _of_two_points(self) -> Self:
        if self.from_as_of is None and self.from_known_at is None:
            raise ValueError("give `from_as_of`, `from_known_at` or both: from where it differs")
        return self

    def points(self, now: datetime) -> tuple[Point, Point]:
        """Both points, at the moment `now` (UTC). Raises INVALID_REQUEST as a Problem."""
        after = self.point(now)
        day, known_at = self.from_as_of or after.as_of, self.from_known_at or self.known_at
        return point_of("from_", day, known_at, self.known_by, now), after


class Change(BaseModel):
    """A field that differs; null where it has no value. Of a module where one is named."""

    model_config = ConfigDict(frozen=True)
    module_id: UUID | None = None
    module_kind: str | None = None
    module_organisation: str | None = None
    field: str
    before: Any
    after: Any


class Side(BaseModel):
    """A pathway as it was at one of the two points."""

    model_config = ConfigDict(frozen=True)
    pathway: Pathway
    spells: list[Spell]


class DifferenceAnswer(BaseModel):
    """What differs in one pathway, field by field, and the events by which it does, oldest first."""

    model_config = ConfigDict(frozen=True)
    pathway: Annotated[Pathway, Field(description="As it is now")]
    before: Taken
    after: Taken
    was: Annotated[Side | None, Field(description="At the first point; null: nothing was known")]
    became: Annotated[Side | None, Field(description="At the second point")]
    changes: list[Change]
    same: Annotated[list[Change], Field(description="Fields with one value at both points")]
    entries: list[Entry]
    freshness: Freshness


def difference(
    questions: Questions,
    request: Request,
    caller: Caller,
    pathway_id: UUID,
    asked: DifferenceAsked,
) -> DifferenceAnswer:
    """What the caller asks of a pathway that they may see. Raises as `Questions.about_pathway`."""
    before, after = asked.points(questions.read_models.now())

    def answer(connection: Database, row: CaseloadRow, seen: Seen) -> DifferenceAnswer | None:
        events = events_of(connection, pathway_id)
        had, has = (counsellor_rows_at(events, point) for point in (before, after))
        if not (had["caseload"] or has["caseload"]):
            return None
        made = {event.streamversion for event in made_the_difference(events, before, after)}
        timeline = COUNSELLOR.fold(events)["timeline"]
        sides = [_side(connection, (pathway_id, events), seen, point) for point in (before, after)]
        return DifferenceAnswer(
            pathway=Pathway.of(row, questions.read_models.today),
            before=Taken.model_validate(before),
            after=Taken.model_validate(after),
            was=sides[0],
            became=sides[1],
            changes=[one for one in _compared(had, has) if one.before != one.after],
            same=[one for one in _compared(had, has) if one.before == one.after],
            entries=[Entry(**entry) for entry in timeline if entry["version"] in made],  # pyright: ignore[reportArgumentType]
            freshness=freshness(connection, "counsellor"),
        )

    return questions.about_pathway(request, caller, pathway_id, answer)


def _side(
    connection: Database, of: tuple[UUID, Sequence[Event]], seen: Seen, point: Point
) -> Side | None:
    """The pathway with these events as it was at the point; None when there was nothing of it."""
    pathway_id, events = of
    tables = pathway_at(pathway_id, events, point)
    row = queries.pathway(connection, pathway_id, seen, tables) if tables else None
    if row is None:
        return None
    return Side(pathway=Pathway.of(row, point.as_of), spells=spells(events_at(events, point)))


def _compared(had: Rows, has: Rows) -> Iterator[Change]:
    nothing: Row = {}
    one, other = (next(iter(rows["caseload"]), nothing) for rows in (had, has))
    yield from _fields(OF_PATHWAY, one, other, {})
    before, after = ({row["module_id"]: row for row in rows["module"]} for rows in (had, has))
    for module_id in dict.fromkeys([*after, *before]):
        old, new = before.get(module_id, nothing), after.get(module_id, nothing)
        module = new or old
        about = {
            "module_id": module_id,
            "module_kind": module["form"] or module["kind"],
            "module_organisation": module["organisation"],
        }
        yield from _fields(OF_MODULE, old, new, about)


def _fields(
    fields: Iterable[str], old: Row, new: Row, about: Mapping[str, Any]
) -> Iterator[Change]:
    for field in fields:
        # No hires at all are no value.
        before, after = old.get(field) or None, new.get(field) or None
        if before is not None or after is not None:
            yield Change(**about, field=field, before=before, after=after)


def difference_routes(questions: Questions) -> APIRouter:
    """`GET /v1/pathways/{pathway_id}/difference`."""
    routes = APIRouter(prefix="/v1", tags=["counsellor"])

    @routes.get(
        "/pathways/{pathway_id}/difference",
        name="pathway_difference",
        operation_id="pathway_difference",
        summary="What changed in what was known of one pathway between two points, and by whom",
        response_model=DifferenceAnswer,
        responses=documented(NOT_TRACED, UNKNOWN_PATHWAY, NOTHING_THEN),
    )
    def pathway_difference(  # pyright: ignore[reportUnusedFunction]
        pathway_id: UUID,
        asked: Annotated[DifferenceAsked, Query()],
        request: Request,
        caller: SignedIn,
    ) -> Response:
        """Field by field, with the events that made the difference."""
        questions.require(request, caller, asked, pathway_id)
        answer = difference(questions, request, caller, pathway_id, asked)
        return json_answer(request, answer, unseen=UNSEEN)

    return routes
