"""Commits that share a call stand or fall by themselves; one whose answer was lost is looked up."""

import socket
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from threading import Event, Thread
from uuid import UUID

import pytest
from pathway.beside import Beside
from pathway.recorded import Recorded
from pathway.recorder import Commit, Violated
from pathway.store import AnsweredMeanwhile, NewFacts, Outpaced, Store
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.errors import NotNullViolation

from tests.pathway.new_facts import answered, assigned, enrolled


def answering(key: str) -> Beside:
    return Beside(answers=(answered(key),))


def tried(store: Store, new: NewFacts) -> Recorded | type[Exception]:
    try:
        return store.append(new)[0]
    except Outpaced as outpaced:
        return type(outpaced)


def commit_of(store: Store, new: NewFacts) -> Commit:
    """As the store would hand it on."""
    given: list[Commit] = []
    recorder, real = store.recorder, store.recorder.commit

    def kept(commit: Commit, _also: object = None) -> Sequence[int]:
        given.append(commit)
        return [1]

    recorder.commit = kept
    try:
        store.append(new)
    finally:
        recorder.commit = real
    return given[0]


def test_of_two_writers_on_each_pathway_one_wins_and_nobody_else_is_touched(store: Store) -> None:
    first = [store.append(enrolled())[0] for _ in range(40)]
    rivals = [assigned(one, counsellor) for one in first for counsellor in ("b-1", "b-2")]

    with ThreadPoolExecutor(32) as threads:
        came = list(threads.map(lambda new: tried(store, new), rivals))

    won = [one for one in came if isinstance(one, Recorded)]
    assert sorted(one.pathway_id for one in won) == sorted(one.pathway_id for one in first)
    assert came.count(Outpaced) == 40
    assert store.log() == sorted([*first, *won], key=lambda fact: fact.position)


def test_of_several_commits_in_one_call_only_what_conflicts_falls(store: Store) -> None:
    (known,) = store.append(enrolled(beside=answering("k-1")))
    commits = [
        commit_of(store, new)
        for new in (
            enrolled(beside=answering("k-2")),
            enrolled(beside=answering("k-1")),
            assigned(known, "b-1"),
            assigned(known, "b-2"),
            enrolled(),
        )
    ]

    came = store.recorder._each(commits)

    assert [str(one) for one in came if isinstance(one, Violated)] == [
        "command_answer_pkey",
        "pathway_events_pkey",
    ]
    positions = [one[0] for one in came if not isinstance(one, Exception)]
    assert [fact.position for fact in store.log(after=known.position)] == positions
    assert len(positions) == 3


def test_what_cannot_be_recorded_at_all_takes_nobody_with_it(store: Store) -> None:
    good, bad = (commit_of(store, enrolled()) for _ in range(2))
    hashes, ids, _days, instants = bad.columns
    broken = bad._replace(columns=(hashes, ids, [None], instants))

    came = store.recorder._each([broken, good])

    assert isinstance(came[0], NotNullViolation)
    assert [[fact.position for fact in store.log()]] == [came[1]]


class Relay:
    """A way to the server on which answers get lost when told, and the caller with them."""

    def __init__(self, url: str) -> None:
        parts = conninfo_to_dict(url)
        self._server = str(parts["host"]), int(str(parts.get("port", 5432)))
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = make_conninfo(url, host="127.0.0.1", port=self._listening.getsockname()[1])
        self.losing = Event()
        Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                caller, _ = self._listening.accept()
                server = self._to_server()
                Thread(target=self._asks, args=(caller, server), daemon=True).start()
                Thread(target=self._answers, args=(server, caller), daemon=True).start()

    def _to_server(self) -> socket.socket:
        host, port = self._server
        if not host.startswith("/"):
            return socket.create_connection((host, port))
        server = socket.socket(socket.AF_UNIX)
        server.connect(f"{host}/.s.PGSQL.{port}")
        return server

    def _asks(self, caller: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while told := caller.recv(65_536):
                server.sendall(told)

    def _answers(self, server: socket.socket, caller: socket.socket) -> None:
        with suppress(OSError):
            while told := server.recv(65_536):
                if self.losing.is_set():
                    self.losing.clear()
                    caller.shutdown(socket.SHUT_RDWR)
                    return
                caller.sendall(told)

    def close(self) -> None:
        self._listening.close()


@pytest.fixture
def relay(pathway_url: str) -> Iterator[Relay]:
    relay = Relay(pathway_url)
    yield relay
    relay.close()


@pytest.fixture
def far(relay: Relay) -> Iterator[Store]:
    """A store whose answers get lost when told."""
    store = Store(relay.url)
    yield store
    store.close()


def test_a_commit_whose_answer_is_lost_is_looked_up_and_stands_once(
    store: Store, far: Store, relay: Relay
) -> None:
    (first,) = far.append(enrolled())
    relay.losing.set()

    (second,) = far.append(replace(assigned(first, "b-1"), beside=answering("k-1")))

    assert not relay.losing.is_set()
    assert store.log() == [first, second]


def test_a_commit_whose_answer_is_lost_is_not_taken_for_somebody_elses(
    store: Store, far: Store, relay: Relay
) -> None:
    (first,) = far.append(enrolled(beside=answering("k-1")))
    (theirs,) = store.append(assigned(first, "b-2"))
    relay.losing.set()

    with pytest.raises(Outpaced):
        far.append(assigned(first, "b-1"))
    relay.losing.set()
    with pytest.raises(AnsweredMeanwhile):
        far.append(enrolled(beside=answering("k-1")))

    assert store.log() == [first, theirs]


def test_many_whose_answers_are_lost_at_once_are_all_looked_up(
    store: Store, far: Store, relay: Relay
) -> None:
    first = [far.append(enrolled())[0] for _ in range(20)]
    relay.losing.set()

    def assign(one: Recorded) -> UUID:
        return far.append(assigned(one, "b-1"))[0].fact_id

    with ThreadPoolExecutor(20) as threads:
        told = set(threads.map(assign, first))

    assert {fact.fact_id for fact in store.log(after=first[-1].position)} == told
    assert len(told) == 20
