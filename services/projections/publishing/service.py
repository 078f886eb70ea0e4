"""Publishing and reading published figures, for REST, pages and sheets alike: rights, rows and traces."""

from typing import Annotated
from uuid import UUID

from fastapi import Request
from plumbing.callers import Caller
from plumbing.problems import ProblemType
from plumbing.row_rights import SCOPES
from plumbing.sign_in import NOT_ALLOWED
from pydantic import AwareDatetime, Field

from projections.counsellor import queries
from projections.pages import CursorUnreadable
from projections.publishing import registry, store
from projections.publishing.between import Between, Since
from projections.publishing.figures import Frozen, PublishAsked, Published, frozen
from projections.publishing.recalculating import Recalculated, recalculated
from projections.publishing.store import Listed
from projections.web_reading import CURSOR_UNREADABLE, ReadModels
from projections.web_rights import Rows, Trace, about, may, sees

MOST_FACTS = 100

NO_SUCH_FIGURE = ProblemType(
    "no-such-figure",
    404,
    "You can see no such published figure",
    "Check its address, or look for it in the list of published figures.",
)


class FactSince(Frozen):
    """A fact that came since, of somebody whom the caller may see."""

    pathway_id: UUID
    version: int
    event: Annotated[str, Field(description="Its type in the contract")]
    recorded_at: AwareDatetime
    late: Annotated[bool, Field(description="Recorded by then, and read afterwards")]


class Again(Recalculated):
    """A published figure counted again, with the facts that the caller may see."""

    facts: Annotated[
        tuple[FactSince, ...] | None,
        Field(description=f"The first {MOST_FACTS}; null for roles that see no person"),
    ]


class PublishedList(Frozen):
    """A page of published figures."""

    items: tuple[Listed, ...]
    next_cursor: str | None


class Figures:
    """What may be done with published figures."""

    def __init__(self, read_models: ReadModels, rows: Rows, trace: Trace) -> None:
        self._read_models = read_models
        self._rows = rows
        self._trace = trace

    def publish(self, caller: Caller, asked: PublishAsked) -> Published:
        """Freeze the figure and keep it, in one moment. Raises NOT_ALLOWED and the Problems of reports."""
        if not may(caller, registry.kind_of(asked.report).right):
            raise NOT_ALLOWED.problem("You may publish the reports that you may read.")
        with self._read_models.snapshot() as connection:
            return store.put(connection, frozen(connection, self._read_models, asked, caller))

    def list(
        self, caller: Caller, text: str | None, cursor: str | None, limit: int = 50
    ) -> PublishedList:
        """Those that the caller may read, the newest first. Raises CURSOR_UNREADABLE as a Problem."""
        hidden = frozenset(n for n, kind in registry.REPORTS.items() if not may(caller, kind.right))
        with self._read_models.snapshot() as connection:
            try:
                page = store.search(connection, text, hidden=hidden, limit=limit, cursor=cursor)
            except CursorUnreadable:
                raise CURSOR_UNREADABLE.problem() from None
        return PublishedList(items=tuple(page.items), next_cursor=page.next_cursor)

    def one(self, caller: Caller, published_id: UUID) -> Published:
        """The figure. Raises NO_SUCH_FIGURE as a Problem, also for a report that is not the caller's."""
        with self._read_models.snapshot() as connection:
            found = store.get(connection, published_id)
        if found is None or not may(caller, registry.kind_of(found.report).right):
            raise NO_SUCH_FIGURE.problem()
        return found

    def again(self, request: Request, caller: Caller, published_id: UUID) -> Again:
        """The figure counted again, each person in it traced. Raises as `one`, and those of reports."""
        told, came = recalculated(self._read_models, self.one(caller, published_id))
        facts = self._seen(request, caller, came)
        return Again(**dict(told), facts=facts)

    def _seen(
        self, request: Request, caller: Caller, came: Between
    ) -> tuple[FactSince, ...] | None:
        """Those facts that are of people whom the caller may see; None for who sees nobody."""
        if not caller.is_one_of(frozenset(SCOPES)):
            return None
        seen = self._rows.seen(request, caller)
        shown: list[Since] = []
        with self._read_models.snapshot() as connection:
            rules: dict[UUID, str] = {}
            for pathway_id in came.pathways:
                row = queries.pathway(connection, pathway_id, seen)
                if row is None or not sees(row):
                    continue
                rules[about(row)] = row.rule
                shown += (one for one in came.facts if one.pathway_id == pathway_id)
                if len(shown) >= MOST_FACTS:
                    break
            self._trace.permitted(connection, request, caller, rules)
        return tuple(
            FactSince.model_validate(one, from_attributes=True) for one in shown[:MOST_FACTS]
        )
