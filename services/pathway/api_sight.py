"""About whom a caller of the API may ask: what the rules about rows refuse is traced, and told as unknown."""

from collections.abc import Collection
from uuid import UUID

from fastapi import Request
from plumbing.callers import Caller
from plumbing.row_rights import BARRIERS

from pathway import rows
from pathway.api_rights import Trace, roles_of
from pathway.domain.refusals import UnknownPathway
from pathway.rows import Ruling
from pathway.store import Store

UNKNOWN = "There is no pathway with this id."


class Sight:
    """Who may be seen, by the endpoint's roles. What is permitted the caller of this traces, when shown."""

    def __init__(self, store: Store, trace: Trace) -> None:
        self._store = store
        self._trace = trace

    def pathway(
        self,
        request: Request,
        caller: Caller,
        pathway_id: UUID,
        *,
        again: bool = False,
        field: str | None = None,
    ) -> Ruling:
        """What lets the caller see this pathway; a barrier alone hides what they are told `again`.

        `field` is the one of the body that names it.
        Raises `UnknownPathway`, in the same words where there is none and where it is hidden.
        """
        ruling = self.rulings(request, caller, [pathway_id]).get(pathway_id)
        if ruling is None:
            self._trace.denied(request, caller, [pathway_id])
            raise UnknownPathway(UNKNOWN, field)
        if not ruling.permits and not (again and ruling.rule not in BARRIERS):
            self._trace.denied(request, caller, {ruling.person_ref: ruling.rule})
            raise UnknownPathway(UNKNOWN, field)
        return ruling

    def rulings(
        self, request: Request, caller: Caller, pathways: Collection[UUID]
    ) -> dict[UUID, Ruling]:
        """What is decided about each of these pathways; unknown ones are left out."""
        return rows.of_pathways(self._store, caller, roles_of(request, caller), pathways)

    def anybody(self, request: Request, caller: Caller) -> dict[str, object]:
        """Whom the caller may see, for the where of a list; whom it leaves out is no look."""
        return rows.of_anybody(self._store, caller, roles_of(request, caller))

    def hides_any(self, request: Request, caller: Caller, people: Collection[UUID]) -> bool:
        """Whether one of these people is known and may not be seen; each such leaves a denial."""
        rulings = rows.of_people(self._store, caller, roles_of(request, caller), people)
        hidden = rows.hidden(rulings)
        if hidden:
            self._trace.denied(request, caller, hidden)
        return bool(hidden)

    def person(self, request: Request, caller: Caller, person: UUID) -> list[Ruling]:
        """The rulings on the person's pathways, the decisive one first; a hidden person leaves a denial."""
        rulings = rows.of_people(self._store, caller, roles_of(request, caller), [person])
        if hidden := rows.hidden(rulings):
            self._trace.denied(request, caller, hidden)
        return rulings.get(person, [])

    def people(
        self, request: Request, caller: Caller, people: Collection[UUID]
    ) -> dict[UUID, list[Ruling]]:
        """The rulings on the pathways of those among these people who may be seen, as `rows.of_people`.

        Who may not be seen leaves a denial, and who is not known too.
        """
        rulings = rows.of_people(self._store, caller, roles_of(request, caller), people)
        if hidden := rows.hidden(rulings):
            self._trace.denied(request, caller, hidden)
        if unknown := [one for one in people if one not in rulings]:
            self._trace.denied(request, caller, unknown)
        return {person: rulings[person] for person in rows.visible(rulings)}
