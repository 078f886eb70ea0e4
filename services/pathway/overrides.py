"""Overrides: a written reason lifts a refusal about a person, for 24 hours at most."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from plumbing.callers import Caller, Role
from plumbing.clock import brussels_today
from plumbing.row_rights import BARRIERS, OVERRIDABLE, VISIBLE, Rule, values
from psycopg import Connection
from psycopg.rows import DictRow

from pathway import rows
from pathway.identity import Destroyed, Vault
from pathway.persons import pathways_of
from pathway.rows import Ruling
from pathway.standing import standing_of
from pathway.store import Store

MOST_OVERRIDES = 100
MOST_HOURS = 24

Ruled = Mapping[UUID, Rule]
"""The references of a person, with the rule that decided about them."""


@dataclass(frozen=True)
class Asked:
    """Whom a caller wants to see, why (free text), and for how many hours, 1 to 24.

    `about` is a person's reference, or with `pathway` one of their pathways.
    """

    about: UUID
    reason: str
    hours: int = MOST_HOURS
    pathway: bool = False

    def __repr__(self) -> str:
        return f"Asked({self.about})"

    __str__ = __repr__


@dataclass(frozen=True)
class Given:
    """A new override, and every pathway that it shows. `until` is UTC."""

    override_id: UUID
    person_ref: UUID
    pathways: tuple[UUID, ...]
    rule: Rule
    until: datetime


@dataclass(frozen=True)
class Override:
    """An override as it was given. Moments are UTC; no `reason` when its person was destroyed."""

    override_id: UUID
    caller_ref: str
    organisation: str
    person_ref: UUID
    rule: Rule
    reason: str | None
    since: datetime
    until: datetime
    ended_at: datetime | None

    def __repr__(self) -> str:
        return f"Override({self.override_id})"

    __str__ = __repr__


class NotToBeSeen(Exception):
    """Nobody, or somebody before whom a barrier stands; `about` is for the trace alone."""

    def __init__(self, about: Ruled) -> None:
        super().__init__("There is nobody here whom a reason would show.")
        self.about = about


class NothingToOverride(Exception):
    """The caller sees this already; `about` is for the trace."""

    def __init__(self, about: Ruled) -> None:
        super().__init__("You see this already, so no reason is needed.")
        self.about = about


class UnknownOverride(Exception):
    """The caller gave no override with this id."""


@dataclass(frozen=True)
class Overrides:
    """The overrides of a store. Safe to use from many threads."""

    store: Store
    vault: Vault

    def give(
        self,
        asked: Asked,
        caller: Caller,
        roles: Collection[Role],
        traced: Callable[[Ruled], None],
    ) -> Given:
        """From now on the caller sees whom they asked about, unless a barrier comes.

        `roles` are those that open the question. `traced` is called before anything is kept. Of two
        at once by one caller, the second is told that they see already. Raises `NotToBeSeen`,
        `NothingToOverride`, `Destroyed`, `StoreAway`, `WrongMasterKey`.
        """
        ruling = self._ruling(asked, caller, roles)
        references = self.vault.same_as([ruling.person_ref])[ruling.person_ref]
        about = dict.fromkeys(references, ruling.rule)
        if ruling.permits:
            raise NothingToOverride(about)
        if ruling.rule not in OVERRIDABLE:
            raise NotToBeSeen(about)
        traced(about)
        sealed = self.vault.seal_for(references[0], asked.reason)
        pathways = tuple(p for one in references for p in pathways_of(self.store, one))
        # Not before: one request holds one connection, so that many at once do not wait for each other.
        with self.store.connection() as connection, connection.transaction():
            connection.execute(
                "select pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"override {caller.ref}",)
            )
            now = self.store.clock()
            if standing_of(connection, caller, references, now).overridden:
                raise NothingToOverride(dict.fromkeys(references, Rule.OVERRIDE))
            until = now + timedelta(hours=min(asked.hours, MOST_HOURS))
            given = Given(self.store.new_id(), references[0], pathways, ruling.rule, until)
            _insert(connection, given, caller, sealed, now)
        return given

    def end(self, override_id: UUID, caller: Caller, traced: Callable[[Ruled], None]) -> Override:
        """End one of the caller's own, told without its reason; what is over stays as it is.

        `traced` is called before anything is changed. Raises `UnknownOverride` and `StoreAway`.
        """
        now = self.store.clock()
        traced(self._own(override_id, caller))
        with self.store.connection() as connection:
            connection.execute(
                """
                update pathway.override set ended_at = greatest(since, %s)
                where override_id = %s and caller_ref = %s and ended_at is null and until > %s
                """,
                (now, override_id, caller.ref, now),
            )
            row = connection.execute(
                "select * from pathway.override where override_id = %s and caller_ref = %s",
                (override_id, caller.ref),
            ).fetchone()
        if row is None:
            raise UnknownOverride("You gave no override with this id.")
        return _override(row, None)

    def newest(
        self,
        caller: Caller,
        roles: Collection[Role],
        *,
        before: UUID | None = None,
        limit: int = 50,
    ) -> list[Override]:
        """At most `limit` overrides, the newest first, older than `before`, about people whom `caller` sees.

        `roles` are those that open the question. Raises `StoreAway` and `WrongMasterKey`.
        """
        now = self.store.clock()
        with self.store.connection() as connection:
            standing = standing_of(connection, caller, None, now)
            found = connection.execute(
                f"""
                select o.* from pathway.override as o
                where (%(before)s::uuid is null or o.override_id < %(before)s)
                  and exists (select from pathway.holder
                              where pathway.holder.person_ref = o.person_ref and {VISIBLE})
                order by o.override_id desc limit %(limit)s
                """,
                values(caller, roles, standing, brussels_today(now))
                | {"before": before, "limit": limit},
            ).fetchall()
        reasons = self._opened(found)
        return [_override(row, reasons.get(row["override_id"])) for row in found]

    def _ruling(self, asked: Asked, caller: Caller, roles: Collection[Role]) -> Ruling:
        if asked.pathway:
            ruling = rows.of_pathways(self.store, caller, roles, [asked.about]).get(asked.about)
        else:
            told = rows.of_people(self.store, caller, roles, [asked.about]).get(asked.about)
            # Somebody who is seen by one pathway may have another that is hidden.
            barred = told and told[0].rule in BARRIERS
            hidden = [one for one in told or () if one.rule in OVERRIDABLE and not barred]
            ruling = next(iter(hidden or told or ()), None)
        if ruling is None:
            raise NotToBeSeen({})
        return ruling

    def _own(self, override_id: UUID, caller: Caller) -> Ruled:
        with self.store.connection() as connection:
            row = connection.execute(
                "select person_ref, rule from pathway.override"
                " where override_id = %s and caller_ref = %s",
                (override_id, caller.ref),
            ).fetchone()
        if row is None:
            raise UnknownOverride("You gave no override with this id.")
        return {row["person_ref"]: Rule(row["rule"])}

    def _opened(self, found: Collection[DictRow]) -> dict[UUID, str]:
        """The reasons that can be opened; nobody reads those about who was destroyed."""
        opened: dict[UUID, str] = {}
        for person in {row["person_ref"] for row in found}:
            sealed = {
                r["override_id"]: bytes(r["reason"]) for r in found if r["person_ref"] == person
            }
            try:
                texts = self.vault.open_for(person, list(sealed.values()))
            except Destroyed:
                continue
            opened |= dict(zip(sealed, texts, strict=True))
        return opened


def _insert(
    connection: Connection[DictRow], given: Given, caller: Caller, sealed: bytes, now: datetime
) -> None:
    connection.execute(
        """
        insert into pathway.override
            (override_id, caller_ref, organisation, person_ref, rule, reason, since, until)
        values (%s, %s, %s, %s, %s, %s, %s, %s)
        """,
        (
            given.override_id,
            caller.ref,
            caller.organisation,
            given.person_ref,
            given.rule,
            sealed,
            now,
            given.until,
        ),
    )


def _override(row: DictRow, reason: str | None) -> Override:
    told: dict[str, Any] = {**row, "rule": Rule(row["rule"]), "reason": reason}
    return Override(**told)
