"""Looks after parked pathways beside a consumer: does what people ask, and tries each GAP again by itself."""

import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from plumbing import database
from plumbing.clock import Clock
from plumbing.logs import logger

from projections import healing, parked_requests, parking
from projections.healing import NotParked, Retried
from projections.parked_requests import Asked, Done, Outcome, Request
from projections.parking import GiveUp
from projections.projection import Projection
from projections.schema import Database
from projections.settings import FollowSettings

SECONDS_BETWEEN_LOOKS = 0.5
SECONDS_AWAY = 5.0
SECONDS_TO_END = 5.0
REST = 4
"""So many times as long as a try of a GAP took, no other is tried: each reads a whole partition."""

log = logger(__name__)


@contextmanager
def attending(projection: Projection, settings: FollowSettings, *, clock: Clock) -> Generator[None]:
    """Look after the parked pathways of a read model in a thread of its own, for the length of the block.

    Several processes may: each request and each GAP is taken by one.
    """
    attendant = _Attendant(projection, settings, clock)
    thread = threading.Thread(target=attendant.run, name="parked pathways", daemon=True)
    thread.start()
    try:
        yield
    finally:
        attendant.ended.set()
        # Whatever is not over then is undone by the database.
        thread.join(SECONDS_TO_END)


@dataclass
class _Attendant:
    projection: Projection
    settings: FollowSettings
    clock: Clock

    def __post_init__(self) -> None:
        self.ended = threading.Event()
        self._next_heal = 0.0

    def run(self) -> None:
        while not self.ended.is_set():
            try:
                self._attend()
            except Exception as why:
                told = {"projection": self.projection.name, "why": type(why).__name__}
                log.warning("parked not attended", **told)
                self.ended.wait(SECONDS_AWAY)

    def _attend(self) -> None:
        name = f"projections parked {self.projection.name}"
        url = self.settings.projections_database_url
        with database.connect(url, name, autocommit=True) as connection:
            while not self.ended.is_set():
                did = self._carry_out(connection) or self._heal(connection)
                if not did:
                    parked_requests.forget_previews(connection, self.clock())
                    self.ended.wait(SECONDS_BETWEEN_LOOKS)

    def _carry_out(self, connection: Database) -> bool:
        with connection.transaction():
            request = parked_requests.waiting(connection, self.projection.name)
            if request is None:
                return False
            done = self._done(connection, request)
            parked_requests.note(connection, request, done)
        log.info(
            "asked of a parked pathway",
            projection=request.projection,
            pathway=str(request.pathway_id),
            asked=request.asked,
            by=request.asked_by,
            outcome=done.outcome,
        )
        return True

    def _done(self, connection: Database, request: Request) -> Done:
        if request.asked == Asked.GIVE_UP:
            decision = GiveUp(request.reason or "", request.asked_by, self.clock())
            given = parking.give_up(connection, request.projection, request.pathway_id, decision)
            return Done(Outcome.GIVEN_UP if given else Outcome.NOT_PARKED, self.clock())
        try:
            retried = self._retry(request.pathway_id, dry_run=request.asked == Asked.PREVIEW)
        except NotParked:
            return Done(Outcome.NOT_PARKED, self.clock())
        outcome = Outcome.WAITS_ON if retried.still else Outcome.APPLIED
        return Done(outcome, self.clock(), retried)

    def _heal(self, connection: Database) -> bool:
        began = time.monotonic()
        if began < self._next_heal:
            return False
        pathway_id = parking.take_due_gap(connection, self.projection.name, self.clock())
        if pathway_id is None:
            return False
        try:
            self._heal_one(pathway_id)
        finally:
            now = time.monotonic()
            self._next_heal = now + REST * (now - began)
        return True

    def _heal_one(self, pathway_id: UUID) -> None:
        told = {"projection": self.projection.name, "pathway": str(pathway_id)}
        try:
            retried = self._retry(pathway_id)
        except NotParked:
            return  # Somebody was there before us.
        if retried.still:
            log.error("not healed", **told, why=retried.still.reason, error=retried.still.error)
        else:
            log.info("healed", **told, applied=retried.applied)

    def _retry(self, pathway_id: UUID, *, dry_run: bool = False) -> Retried:
        return healing.retry(
            self.projection, self.settings, pathway_id, dry_run=dry_run, clock=self.clock
        )
