"""The events over REST: only what was published, in the log's order, each look traced; and waiting for more."""

import json
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import httpx2
import psycopg
import pytest
from embedded import process
from pathway import api_events, feed, news, outgoing
from pathway.leader import Session
from pathway.states import States
from pathway.store import Store
from plumbing.hardening import SERVING
from plumbing.metrics import REGISTRY
from psycopg.rows import dict_row

from tests.pathway.api.client import ASSIGN, SYSTEM, Caller, anybody
from tests.pathway.api.conftest import SCHEMAS
from tests.plumbing.served import bound_socket, served

SOON = 20.0
EVENTS = "/v1/events"

Publish = Callable[[int], None]


@pytest.fixture
def publish(pathway_url: str) -> Publish:
    """Let the log be published up to a position, as the publisher notes it."""

    def note(position: int) -> None:
        with psycopg.connect(pathway_url) as connection:
            connection.execute(
                "insert into pathway.publisher_status (leader, leader_since, position)"
                " values ('a test', now(), %(to)s) on conflict (one) do update set position = %(to)s",
                {"to": position},
            )

    return note


@pytest.fixture
def reader(counsellor: Caller) -> Caller:
    return counsellor.signed_in_as(SYSTEM)


def waiting_now() -> float:
    return REGISTRY.get_sample_value("pathway_events_waiting") or 0


def lives(counsellor: Caller, people: int) -> list[str]:
    """So many people who are enrolled, and then each assigned."""
    ids = [counsellor.enrolled(anybody()) for _ in range(people)]
    for pathway_id in ids:
        assert counsellor.command(pathway_id, "assign-counsellor", ASSIGN, 1).status_code == 200
    return [str(one) for one in ids]


def messages(store: Store) -> list[bytes]:
    """What the publisher makes of the log."""
    log = store.log()
    with Session.connect(store.database_url, autocommit=True, row_factory=dict_row) as session:
        after = States(session).after_each(log)
    told = zip(log, after, strict=True)
    return [outgoing.event(one, then, frozenset(), SCHEMAS).to_bytes() for one, then in told]


def looks(url: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(
            "select endpoint, rule, decision, about from pathway.access_row"
            " where caller_ref = 'mlp' order by id"
        ).fetchall()


class Served:
    """A caller over a real connection for each request."""

    def __init__(self, caller: Caller, port: int) -> None:
        self._address = f"http://127.0.0.1:{port}{EVENTS}"
        self._headers = {"Authorization": caller.http.headers["Authorization"]}

    def get(self, **asked: object) -> Any:
        return httpx2.get(self._address, params=asked, headers=self._headers, timeout=SOON * 2)


def test_what_is_published_is_told_in_the_logs_order_byte_for_byte(
    counsellor: Caller, reader: Caller, store: Store, publish: Publish
) -> None:
    lives(counsellor, 3)
    publish(4)

    answer = reader.get(EVENTS)

    assert answer.json()["next"] == answer.json()["position"] == "4"
    assert answer.content == (
        b'{"events":[' + b",".join(messages(store)[:4]) + b'],"next":"4","position":"4"}'
    )
    assert answer.headers["cache-control"] == "no-store"


def test_a_reader_that_goes_on_with_next_gets_each_event_once(
    counsellor: Caller, reader: Caller, store: Store, publish: Publish
) -> None:
    lives(counsellor, 3)
    publish(store.position())
    found, after = list[Any](), "0"

    while events := (answer := reader.get(EVENTS, after=after, limit=2).json())["events"]:
        found, after = found + events, answer["next"]

    assert found == [json.loads(one) for one in messages(store)]
    assert answer == {"events": [], "next": after, "position": str(store.position())}


def test_nothing_is_told_before_a_publisher_confirmed_it(
    counsellor: Caller, reader: Caller
) -> None:
    lives(counsellor, 1)

    assert reader.get(EVENTS).json() == {"events": [], "next": "0", "position": "0"}


def test_a_large_answer_ends_early_and_never_empty(
    counsellor: Caller,
    reader: Caller,
    store: Store,
    publish: Publish,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lives(counsellor, 1)
    publish(store.position())
    monkeypatch.setattr(feed, "MOST_BYTES", 10)

    answer = reader.get(EVENTS).json()

    assert ([one["streamversion"] for one in answer["events"]], answer["next"]) == ([1], "1")


def test_what_an_operator_withheld_is_told_as_withheld(
    counsellor: Caller, reader: Caller, store: Store, publish: Publish, pathway_url: str
) -> None:
    lives(counsellor, 1)
    publish(store.position())
    with psycopg.connect(pathway_url) as connection:
        connection.execute(
            "insert into pathway.publisher_decision (decided_at, decided_by, reason, decision, fact_id)"
            " values (now(), 'a test', 'too large', 'WITHHOLD', %s)",
            (store.log()[1].fact_id,),
        )

    types = [one["type"] for one in reader.get(EVENTS).json()["events"]]

    assert types == ["be.vdab.pathway.enrolled.v1", "be.vdab.pathway.withheld.v1"]


def test_one_pathway_is_told_by_its_versions(
    counsellor: Caller, reader: Caller, store: Store, publish: Publish
) -> None:
    _, wanted, _ = lives(counsellor, 3)
    publish(store.position())

    answer = reader.get(EVENTS, pathway=wanted).json()
    rest = reader.get(EVENTS, pathway=wanted, after=answer["events"][0]["globalposition"]).json()

    assert {one["subject"] for one in answer["events"]} == {wanted}
    assert [one["streamversion"] for one in answer["events"]] == [1, 2]
    assert rest["events"] == answer["events"][1:]
    assert rest["next"] == answer["next"] == answer["events"][1]["globalposition"]


def test_a_pathway_that_nobody_has_is_a_denied_look(reader: Caller, pathway_url: str) -> None:
    nobodys = str(uuid4())

    answer = reader.get(EVENTS, pathway=nobodys)

    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/unknown-pathway")
    assert looks(pathway_url) == [("events", "RIJ", "DENY", nobodys)]


def test_each_person_in_an_answer_is_one_look_and_an_empty_answer_is_none(
    counsellor: Caller, reader: Caller, store: Store, publish: Publish, pathway_url: str
) -> None:
    lives(counsellor, 2)
    publish(store.position())
    people = {
        str(one["data"]["person_ref"])
        for one in map(json.loads, messages(store))
        if "person_ref" in one["data"]
    }

    reader.get(EVENTS)
    reader.get(EVENTS, after=str(store.position()))

    found = looks(pathway_url)
    assert {look[:3] for look in found} == {("events", "ALLES", "PERMIT")}
    assert sorted(str(look[3]) for look in found) == sorted(people)


def test_who_read_further_than_the_log_is_told_to_stop(
    counsellor: Caller, reader: Caller, publish: Publish
) -> None:
    lives(counsellor, 1)
    publish(2)

    answer = reader.get(EVENTS, after="3")

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/beyond-the-log")
    assert "this log ends at 2" in answer.json()["detail"]


def test_while_topics_are_filled_anew_a_reader_keeps_its_place(
    counsellor: Caller, reader: Caller, publish: Publish
) -> None:
    lives(counsellor, 1)
    publish(0)

    answer = reader.get(EVENTS, after="2")

    assert answer.json() == {"events": [], "next": "2", "position": "0"}


def test_a_store_that_is_not_as_recorded_is_told_and_shows_nothing(
    counsellor: Caller, reader: Caller, store: Store, publish: Publish, pathway_url: str
) -> None:
    (pathway_id,) = lives(counsellor, 1)
    publish(store.position())
    with psycopg.connect(pathway_url) as connection:
        connection.execute("set session_replication_role = replica")
        connection.execute("delete from pathway.pathway_events where originator_version = 1")

    answer = reader.get(EVENTS)

    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/event-untellable")
    assert f"{pathway_id}: version 2 stands after 0" in answer.json()["detail"]
    assert looks(pathway_url) == []


@pytest.mark.parametrize(
    "asked",
    [
        {"after": "-1"},
        {"after": "01"},
        {"limit": 501},
        {"wait": 26},
        {"since": "1"},
        {"pathway": 1},
    ],
)
def test_what_cannot_be_asked_is_told(reader: Caller, asked: dict[str, object]) -> None:
    answer = reader.get(EVENTS, **asked)

    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid-request")


def test_who_waits_is_answered_once_the_next_is_published(
    counsellor: Caller, reader: Caller, publish: Publish
) -> None:
    with ThreadPoolExecutor(1) as beside:
        waiting = beside.submit(reader.get, EVENTS, wait=25)
        lives(counsellor, 1)
        publish(2)

        answer = waiting.result(timeout=SOON).json()

    assert [one["streamversion"] for one in answer["events"]] == [1, 2]


def test_who_waits_for_one_pathway_is_not_answered_for_another(
    counsellor: Caller, reader: Caller, publish: Publish
) -> None:
    mine, _ = lives(counsellor, 2)
    publish(2)
    with ThreadPoolExecutor(1) as beside:
        waiting = beside.submit(reader.get, EVENTS, wait=25, pathway=mine, after="1")
        publish(2 + 1)
        assert not waiting.done()
        publish(4)

        answer = waiting.result(timeout=SOON).json()

    assert [(one["subject"], one["streamversion"]) for one in answer["events"]] == [(mine, 2)]


def test_who_waits_in_vain_is_answered_in_time(
    reader: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api_events, "LONGEST_WAIT", 0.05)

    assert reader.get(EVENTS, wait=25).json() == {"events": [], "next": "0", "position": "0"}


@pytest.mark.parametrize("limit", ["MOST_OF_ONE", "MOST_WAITING"])
def test_beyond_so_many_nobody_may_wait_and_everybody_may_ask(
    counsellor: Caller,
    reader: Caller,
    publish: Publish,
    monkeypatch: pytest.MonkeyPatch,
    limit: str,
) -> None:
    monkeypatch.setattr(news, limit, 1)
    at = bound_socket()
    with served(reader.app, at, **SERVING), ThreadPoolExecutor(1) as beside:
        one = Served(reader, at.getsockname()[1])
        waiting = beside.submit(one.get, wait=25)
        assert process.eventually(waiting_now, within=SOON)

        refused, asked = one.get(wait=1), one.get()

        lives(counsellor, 1)
        publish(2)
        assert len(waiting.result(timeout=SOON).json()["events"]) == 2
    assert refused.json()["type"] == "/problems/too-many-wait"
    assert int(refused.headers["retry-after"]) > 0
    assert asked.status_code == 200


def test_many_wait_and_hold_no_worker_thread(
    counsellor: Caller,
    reader: Caller,
    publish: Publish,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(news, "MOST_OF_ONE", 100)
    many = 60  # There are 40 worker threads.
    at = bound_socket()
    with served(reader.app, at, **SERVING), ThreadPoolExecutor(many) as beside:
        one = Served(reader, at.getsockname()[1])
        waiting = [beside.submit(one.get, wait=25) for _ in range(many)]
        assert process.eventually(lambda: waiting_now() == many, within=SOON)

        asked = one.get()
        lives(counsellor, 1)
        publish(2)
        answers = [each.result(timeout=SOON).json() for each in waiting]

    assert asked.status_code == 200
    assert [len(answer["events"]) for answer in answers] == [2] * many


def test_a_server_that_stops_lets_nobody_wait(reader: Caller) -> None:
    at = bound_socket()
    with ThreadPoolExecutor(1) as beside:
        with served(reader.app, at, **SERVING):
            waiting = beside.submit(Served(reader, at.getsockname()[1]).get, wait=25)
            assert process.eventually(waiting_now, within=SOON)
        # By itself the wait would last longer than that, and than a stop may take.
        answer = waiting.result(timeout=10)

    assert answer.json()["events"] == []


def test_who_goes_away_gives_the_place_back(reader: Caller) -> None:
    at = bound_socket()
    with served(reader.app, at, **SERVING):
        port = at.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)) as connection:
            authorization = reader.http.headers["Authorization"]
            ask = f"GET {EVENTS}?wait=25 HTTP/1.1\r\nHost: x\r\nAuthorization: {authorization}\r\n\r\n"
            connection.sendall(ask.encode())
            assert process.eventually(waiting_now, within=SOON)

        assert process.eventually(lambda: not waiting_now(), within=SOON)
