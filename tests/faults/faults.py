"""The list of faults: how each is done to the stand, and how often in a run."""

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from embedded import process

from tests.faults import wrong_places
from tests.faults.stand import Stand

READ_MODELS = ("counsellor", "reporting")
PROCESSES = ("issuer", "api", "publisher", "scheduler", *READ_MODELS, "web")
AT_MOST_MB = 250
"""What a process of ours may keep in memory while it cannot go on."""

Strike = Callable[[Stand, Random], float]
"""Does it to the stand, and says how many seconds passed until all was well."""


@dataclass(frozen=True)
class Fault:
    """One line of the list. `often` is EACH or KILLS, as they are asked for, or some of EACH."""

    name: str
    strike: Strike
    often: str = "EACH"


def at_failpoint(names: tuple[str, ...], place: str) -> Strike:
    """One of these processes kills itself at that place, after it was there some times."""

    def strike(stand: Stand, chance: Random) -> float:
        return stand.killed_at(chance.choice(names), place, chance.randint(1, 4))

    return strike


def at_commit(how: str) -> Strike:
    """PostgreSQL loses a session, or one of its processes and so all sessions, between insert and commit."""

    def strike(stand: Stand, chance: Random) -> float:
        return stand.struck_at_commit(how, chance.randint(1, 4))

    return strike


def anybody_killed(stand: Stand, chance: Random) -> float:
    """`kill -9` of a process or server at any moment."""
    victims = [*PROCESSES, *stand.stack.own]
    time.sleep(chance.uniform(0, 0.5))
    return stand.killed(chance.choice(victims))


def broker_restarted(stand: Stand, chance: Random) -> float:
    """A broker ends in order, as in an upgrade, and comes back."""
    name = a_broker(stand, chance)
    since = time.monotonic()
    stand.stack.own[name].stop()
    stand.stack.start_again(name)
    took = stand.recovered(since)
    stand.settle()
    return took


def leaders_lost(stand: Stand, chance: Random) -> float:
    """A broker is killed, and stays away until others lead in its place and all is well with two."""
    name = a_broker(stand, chance)
    since = time.monotonic()
    stand.stack.kill(name)
    took = stand.recovered(since)
    stand.stack.start_again(name)
    stand.settle()
    return took


def leaders_moved(stand: Stand, chance: Random) -> float:
    """Partitions get other leaders while all brokers are there."""
    assert stand.cluster
    name = a_broker(stand, chance)
    stand.stack.own[name].stop()
    stand.stack.start_again(name)
    stand.settle()
    since = time.monotonic()
    stand.cluster.move_leaders()
    return stand.recovered(since)


def brokers_away(seconds: float) -> Strike:
    """All brokers are killed, and stay away for so long; counted from the moment that they are started."""

    def strike(stand: Stand, chance: Random) -> float:
        assert stand.cluster
        stand.cluster.kill()
        time.sleep(seconds)
        large = {name: mb for name in PROCESSES if (mb := resident_mb(stand, name)) > AT_MOST_MB}
        assert large == {}, f"too large while the brokers are away: {large}"
        since = time.monotonic()
        stand.cluster.start()
        took = stand.recovered(since)
        stand.settle()
        return took

    return strike


def postgres_restarted(stand: Stand, chance: Random) -> float:
    """PostgreSQL ends its sessions and comes back."""
    since = time.monotonic()
    stand.stack.own["postgres"].stop()
    stand.stack.start_again("postgres")
    return stand.recovered(since)


def postgres_killed(stand: Stand, chance: Random) -> float:
    """PostgreSQL is killed and comes back."""
    return stand.killed("postgres")


def postgres_lost(stand: Stand, chance: Random) -> float:
    """The primary is gone for good, and its standby takes over: what was acknowledged is there."""
    return stand.failed_over()


def two_publishers(stand: Stand, chance: Random) -> float:
    """A second publisher is started, and the one that leads is killed."""
    first = stand.stack.children["publisher"]
    stand.stack.start_again("publisher")
    second = stand.stack.children["publisher"]
    time.sleep(chance.uniform(0, 1))
    leader, other = (first, second) if stand.leads(first) else (second, first)
    since = time.monotonic()
    os.killpg(leader.pid, signal.SIGKILL)
    leader.wait()
    stand.stack.children["publisher"] = other
    return stand.recovered(since)


def publisher_frozen(stand: Stand, chance: Random) -> float:
    """The leader is frozen until another leads, and then thawed in the middle of that one's work."""
    frozen = stand.stack.freeze("publisher")
    since = time.monotonic()
    stand.stack.start_again("publisher")
    took = stand.recovered(since)
    frozen.send_signal(signal.SIGCONT)
    stand.recovered(time.monotonic())
    process.stop(frozen)
    return took


def consumer_added(stand: Stand, chance: Random) -> float:
    """A second consumer shares the work; then one of the two is killed, and the other has all of it."""
    name = chance.choice(READ_MODELS)
    both = [stand.stack.children[name]]
    stand.stack.start_again(name)
    both.append(stand.stack.children[name])
    stand.recovered(time.monotonic())
    victim = both.pop(chance.randrange(2))
    since = time.monotonic()
    os.killpg(victim.pid, signal.SIGKILL)
    victim.wait()
    stand.stack.children[name] = both[0]
    return stand.recovered(since)


def consumer_frozen(stand: Stand, chance: Random) -> float:
    """A consumer is frozen until another has its partitions, and then thawed."""
    name = chance.choice(READ_MODELS)
    frozen = stand.stack.freeze(name)
    since = time.monotonic()
    stand.stack.start_again(name)
    took = stand.recovered(since)
    frozen.send_signal(signal.SIGCONT)
    stand.recovered(time.monotonic())
    process.stop(frozen)
    return took


def switched(place: str) -> Strike:
    """A rebuilt read model takes the place of the live one, and who does that is killed there."""

    def strike(stand: Stand, chance: Random) -> float:
        name = chance.choice(READ_MODELS)
        stand.runs("projections", "rebuild", "build", name, "--workers", "1")
        switch = ("projections", "rebuild", "switch", name)
        stand.is_killed(*switch, place=place)
        took = stand.recovered(time.monotonic())
        if place == "before-switch":
            stand.runs(*switch)
        stand.runs("projections", "rebuild", "drop", name, "--before")
        return took

    return strike


def a_broker(stand: Stand, chance: Random) -> str:
    """One of the cluster's, by name."""
    assert stand.cluster
    return chance.choice(sorted(stand.cluster.servers))


def resident_mb(stand: Stand, name: str) -> float:
    """What this process keeps in memory; nothing when it has ended, to be started again."""
    child = stand.stack.children[name]
    if child.poll() is not None:
        return 0
    pages = int(Path(f"/proc/{child.pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def faults(seconds_away: float) -> list[Fault]:
    """The whole list, in the order of a run; brokers stay away for so many seconds."""
    commands = ("api",)
    return [
        Fault("api, before-append", at_failpoint(commands, "before-append")),
        Fault(
            "api, between-commit-and-answer", at_failpoint(commands, "between-commit-and-answer")
        ),
        Fault("session, between insert and commit", at_commit("session")),
        Fault("PostgreSQL, between insert and commit", at_commit("server")),
        *[
            Fault(f"publisher, {place}", at_failpoint(("publisher",), place))
            for place in (
                "between-commit-and-send",
                "between-send-and-receipt",
                "between-receipt-and-position",
            )
        ],
        Fault(
            "scheduler, between-commit-and-answer",
            at_failpoint(("scheduler",), "between-commit-and-answer"),
        ),
        *[
            Fault(f"consumer, {place}", at_failpoint(READ_MODELS, place))
            for place in ("between-rows-and-commit", "between-commit-and-offset")
        ],
        *[
            Fault(f"rebuild, {place}", switched(place), "SOME")
            for place in ("before-switch", "after-switch")
        ],
        Fault("anybody killed at any moment", anybody_killed, "KILLS"),
        Fault("a broker restarted", broker_restarted, "SOME"),
        Fault("a broker killed, its leaders move", leaders_lost, "SOME"),
        Fault("leaders moved", leaders_moved, "SOME"),
        Fault(f"all brokers away, {seconds_away:.0f} s", brokers_away(seconds_away), "SOME"),
        Fault("PostgreSQL restarted", postgres_restarted, "SOME"),
        Fault("PostgreSQL killed", postgres_killed, "SOME"),
        Fault("primary lost, its standby leads", postgres_lost, "SOME"),
        Fault("two publishers, the leader killed", two_publishers, "SOME"),
        Fault("a publisher frozen and thawed", publisher_frozen, "SOME"),
        Fault("a consumer added, one killed", consumer_added, "SOME"),
        Fault("a consumer frozen and thawed", consumer_frozen, "SOME"),
        Fault("records refused by the brokers", wrong_places.records_refused, "SOME"),
        Fault("another cluster", wrong_places.another_cluster, "ONCE"),
        Fault("a store older than the topics", wrong_places.older_store, "ONCE"),
        Fault("a read model older than its topic", wrong_places.older_read_model, "ONCE"),
        Fault("a read model newer than its topic", wrong_places.newer_read_model, "ONCE"),
        Fault("emptied topics, started over", wrong_places.emptied_topics, "ONCE"),
    ]
