"""A caseload handed over over HTTP: a preview, each pathway decided by itself, and an answer by pathway."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated
from uuid import UUID, uuid5

from fastapi import APIRouter, Depends, Request
from plumbing import problems
from plumbing.callers import Caller
from plumbing.problems import INVALID_REQUEST, MALFORMED_JSON
from plumbing.row_rights import Rule
from plumbing.sign_in import signed_in

from pathway import api_problems
from pathway.api_commands import Asked, Using
from pathway.api_examples import body_documented
from pathway.api_hand_over_models import HandedOver, HandOverAnswer, HandOverAsked
from pathway.api_requests import KEY_PARAMETER, idempotency_key, parsed, read_body
from pathway.api_sight import UNKNOWN
from pathway.bulk import HandOver
from pathway.bulk_run import BulkRun, Outcome
from pathway.domain.refusals import AnotherGuides, UnknownPathway
from pathway.rows import Ruling

Raw = Annotated[bytes, Depends(read_body)]
SignedIn = Annotated[Caller, Depends(signed_in)]


def hand_over_routes(using: Using) -> APIRouter:
    """`POST /v1/hand-overs`."""
    routes = APIRouter(prefix="/v1", tags=["commands"])

    @routes.post(
        "/hand-overs",
        name="hand_over",
        operation_id="hand_over",
        summary="Hand many pathways of a counsellor over to another one, or tell what would come of it",
        responses=problems.responses(
            api_problems.KEY_MISSING,
            MALFORMED_JSON,
            api_problems.TOO_LARGE,
            api_problems.NOT_JSON,
            INVALID_REQUEST,
            api_problems.NOT_TRACED,
            api_problems.STORE_AWAY,
        ),
        openapi_extra={
            "parameters": [KEY_PARAMETER],
            "requestBody": body_documented(HandOverAsked),
        },
    )
    def hand_over(request: Request, raw: Raw, caller: SignedIn) -> HandOverAnswer:  # pyright: ignore[reportUnusedFunction]
        """Each is decided and recorded by itself, as `transfer-counsellor` would.

        What is refused is kept with its reason, and the rest goes on. The same under the same
        Idempotency-Key records nothing twice, so after a stop half-way it does the rest; a preview
        tells what of it is done.
        """
        asked = parsed(HandOverAsked, raw)
        return _Handing(using, request, caller, asked, idempotency_key(request)).answer()

    return routes


class _Handing:
    """One request."""

    def __init__(
        self, using: Using, request: Request, caller: Caller, asked: HandOverAsked, key: str
    ) -> None:
        bulk = HandOver(**{name: getattr(asked, name) for name in HandOver.model_fields})
        actor = Asked("hand-over", "", caller, key).actor
        # Its sender and their key too: what was handed over, back, and over again is asked twice.
        bulk_id = uuid5(bulk.bulk_id, f"{actor.kind}:{actor.organisation}:{actor.ref} {key}")
        self._bulk_id = bulk_id
        self._run = BulkRun(
            using.pathways,
            bulk,
            actor,
            preview=asked.preview,
            bulk_id=bulk_id,
            review=using.review(caller),
        )
        self._using = using
        self._request = request
        self._caller = caller
        self._asked = asked

    def answer(self) -> HandOverAnswer:
        """Decides about each, traces who is told of, and tells."""
        pathways = list(dict.fromkeys(self._asked.pathways))
        rulings = self._using.sight.rulings(self._request, self._caller, pathways)
        told = [self._one(one, rulings.get(one)) for one in pathways]
        self._trace(told, rulings)
        by = [one.outcome for one in told]
        return HandOverAnswer(
            preview=self._asked.preview,
            correlation_id=f"bulk:{self._bulk_id}",
            accepted=by.count(Outcome.ACCEPTED),
            warned=sum(bool(one.warnings) for one in told),
            already=by.count(Outcome.ALREADY),
            refused=by.count(Outcome.REFUSED) + by.count(Outcome.UNREADABLE),
            pathways=told,
        )

    def _one(self, pathway_id: UUID, ruling: Ruling | None) -> HandedOver:
        if ruling is None or not ruling.permits:
            return _refused(pathway_id, UnknownPathway.rule, UNKNOWN)
        if ruling.rule is Rule.OVERRIDE:
            only_seen = api_problems.ONLY_SEEN
            return _refused(pathway_id, only_seen.slug, only_seen.way_out)
        found = self._run.decide(pathway_id)
        if found is None:
            who = self._asked.from_counsellor
            return _refused(
                pathway_id,
                AnotherGuides.rule,
                f"It is closed, or {who} does not guide it now. See who does on its own page.",
            )
        (item,) = found.items
        return HandedOver(
            pathway_id=pathway_id,
            outcome=item.outcome,
            warnings=list(item.warnings),
            rule=item.why.rule if item.why else None,
            detail=item.why.detail if item.why else None,
        )

    def _trace(self, told: Sequence[HandedOver], rulings: Mapping[UUID, Ruling]) -> None:
        """Who is told of by no fact that this records, and whom the caller may not see."""
        trace = self._using.trace
        shown = list(self._shown(told, rulings))
        if shown:
            trace.permitted(self._request, self._caller, {r.person_ref: r.rule for r in shown})
        hidden = {r.person_ref: r.rule for r in rulings.values() if not r.permits}
        unknown = [one.pathway_id for one in told if one.pathway_id not in rulings]
        for about in (hidden, unknown):
            if about:
                trace.denied(self._request, self._caller, about)

    def _shown(
        self, told: Sequence[HandedOver], rulings: Mapping[UUID, Ruling]
    ) -> Iterator[Ruling]:
        for one in told:
            ruling = rulings.get(one.pathway_id)
            recorded = one.outcome is Outcome.ACCEPTED and not self._asked.preview
            if ruling and ruling.permits and not recorded:
                yield ruling


def _refused(pathway_id: UUID, rule: str, detail: str) -> HandedOver:
    return HandedOver(
        pathway_id=pathway_id, outcome=Outcome.REFUSED, warnings=[], rule=rule, detail=detail
    )
