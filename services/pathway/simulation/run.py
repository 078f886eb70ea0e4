"""One run of a plan into a store that is a demo: with the simulation's own clock and ids, to its end."""

import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from typing import LiteralString

import psycopg
from cryptography.fernet import MultiFernet
from psycopg import Connection
from psycopg.rows import DictRow

from pathway.application import Pathways
from pathway.identity import Vault
from pathway.leader import OTHER_YEARS
from pathway.simulation.acts import Act
from pathway.simulation.arrivals import Plan
from pathway.simulation.chance import SeededIds, SimulatedClock
from pathway.simulation.population import Population
from pathway.simulation.recording import Recording, Summary
from pathway.store import OpenElsewhere, Outpaced, PersonKnown, Store

_SECONDS_BETWEEN_TRIES = 0.2


class NotHere(Exception):
    """This store does not take this simulation; the message says why and what to do."""


class Disturbed(Exception):
    """Somebody else recorded on the same pathways meanwhile; what is recorded stays valid."""


class Run:
    """A plan on its way into a store. Make one, then go through `acts` to the end."""

    def __init__(self, plan: Plan, database_url: str, master: MultiFernet) -> None:
        """Raises `NotHere`, and what `Store` and `Vault` raise. Nothing is recorded yet."""
        clock = SimulatedClock(plan.opens)
        ids = SeededIds(clock, plan.source("ids"))
        self.plan = plan
        self.store = Store(database_url, clock=clock, new_id=ids, new_salt=ids.salt, pool_size=3)
        try:
            vault = Vault(self.store, master, new_id=ids)
            self._population = Population(plan)
            _only_for_a_demo(self.store)
            _only_once(self._population, vault)
        except BaseException:
            self.store.close()
            raise
        self._recording = Recording(Pathways(self.store, vault, new_id=ids), clock, ids)

    @property
    def summary(self) -> Summary:
        return self._recording.summary

    @property
    def counsellors(self) -> int:
        """How many counsellors share the pathways."""
        return len(self._population.counsellors.everyone)

    def acts(self) -> Iterator[Act]:
        """Carry out the plan, act by act. Raises `Disturbed` and `StoreAway`."""
        try:
            with self._other_years():
                yield from self._population.live(self._recording)
                self._recording.end(self.plan.ends)
        except (Outpaced, OpenElsewhere, PersonKnown) as meanwhile:
            raise Disturbed(
                "These people are there already, or somebody else worked on the same pathways meanwhile, "
                "so the simulation stopped. What is recorded stays and is valid. For other people "
                f"choose another seed, as in --seed {self.plan.seed + 1}."
            ) from meanwhile
        self._refresh_statistics()

    @contextmanager
    def _other_years(self) -> Generator[None]:
        """While the scheduler, whose day is today's, leaves what is due in ours alone."""
        with self.store.connection() as connection:
            # Not a blocking lock, whose wait is bounded: a scheduler's first look may take minutes.
            while not _one(connection, "select pg_try_advisory_lock_shared(%s)"):
                time.sleep(_SECONDS_BETWEEN_TRIES)
            try:
                yield
            finally:
                # With a connection that is gone, so is the lock.
                with suppress(psycopg.Error):
                    _one(connection, "select pg_advisory_unlock_shared(%s)")

    def _refresh_statistics(self) -> None:
        # After so many rows at once the planner still reckons with an empty table.
        with self.store.connection() as connection:
            connection.execute("analyze pathway.pathway_events, pathway.open_pathway, vault.person")

    def close(self) -> None:
        """Give back every connection."""
        self.store.close()


def _one(connection: Connection[DictRow], question: LiteralString) -> object:
    """What this one value is, asked about the lock."""
    row = connection.execute(question, (OTHER_YEARS,)).fetchone()
    return next(iter(row.values())) if row else None


def simulate(plan: Plan, database_url: str, master: MultiFernet) -> Summary:
    """Carry out the whole plan; for tests and benchmarks. Raises as `Run` does."""
    run = Run(plan, database_url, master)
    try:
        for _ in run.acts():
            pass
        return run.summary
    finally:
        run.close()


def _only_for_a_demo(store: Store) -> None:
    if not store.mark()[1]:
        raise NotHere(
            "This store is not marked as a demo, so no invented people are put into it. "
            "For a new, empty store: `pathway store mark-demo`."
        )


def _only_once(population: Population, vault: Vault) -> None:
    # Of a run that was ended at once only the first one may be there.
    if vault.references([person.insz for person in population.first_people()]):
        seed = population.plan.seed
        raise NotHere(
            "The people of this very simulation are in this store already, perhaps of a run that "
            "was ended half-way: what it recorded is valid and stays. For more people choose "
            f"another seed, as in --seed {seed + 1}; for the same ones, an empty store."
        )
