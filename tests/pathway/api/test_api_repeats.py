"""A command repeated under its key, and two callers at once on one pathway."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psycopg
import pytest
from fastapi import FastAPI
from pathway.answering import Answers, InFlight, Pool
from pathway.api_rights import COMMAND_ENDPOINTS
from pathway.application import Pathways
from pathway.store import StoreAway

from tests.pathway.api.client import ASSIGN, ENROL, LEADER, START_IBO, Caller
from tests.pathway.given import SetClock

KEY = "8c0f6a5e-2f0b-4a52-9a8e-0f0a7c8a1f11"
APPEND_LOCK = 7249112015


@contextmanager
def appends_held(database_url: str) -> Iterator[psycopg.Connection]:
    """Nobody's facts get recorded in this block."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(%s)", (APPEND_LOCK,))
        try:
            yield connection
        finally:
            connection.execute("select pg_advisory_unlock(%s)", (APPEND_LOCK,))


def wait_until_somebody_waits(connection: psycopg.Connection) -> None:
    deadline = time.monotonic() + 10
    waiting = "select count(*) from pg_locks where locktype = 'advisory' and not granted"
    while not connection.execute(waiting).fetchone()[0]:
        assert time.monotonic() < deadline, "no command came to its append"
        time.sleep(0.005)


def test_the_same_command_again_gets_the_same_answer_and_no_second_fact(
    counsellor: Caller, pathways: Pathways
) -> None:
    first = counsellor.enrol(key=KEY)
    again = counsellor.enrol(key=KEY)

    assert (again.status_code, again.content) == (first.status_code, first.content)
    for header in ("etag", "location", "content-type"):
        assert again.headers[header] == first.headers[header]
    assert len(pathways.store.log()) == 1


def test_the_order_of_fields_and_how_numbers_are_written_make_no_other_command(
    counsellor: Caller,
) -> None:
    first = counsellor.enrol(key=KEY)
    insz = ENROL["insz"]
    written = f"{insz[:2]}.{insz[2:4]}.{insz[4:6]}-{insz[6:9]}.{insz[9:]}"
    again = counsellor.enrol(dict(reversed((ENROL | {"insz": written}).items())), key=KEY)

    assert again.content == first.content


def test_a_repeated_command_is_answered_though_the_pathway_moved_on(counsellor: Caller) -> None:
    pathway = counsellor.enrolled()
    first = counsellor.command(pathway, "assign-counsellor", ASSIGN, 1, key=KEY)
    counsellor.command(pathway, "start-ibo", START_IBO, 2)

    again = counsellor.command(pathway, "assign-counsellor", ASSIGN, 1, key=KEY)

    assert (first.status_code, again.status_code) == (200, 200)
    assert again.content == first.content


def test_a_refusal_by_the_state_is_repeated_too(counsellor: Caller) -> None:
    pathway = counsellor.enrolled()
    refused = counsellor.enrol(key=KEY)
    closing = {"on": "2015-02-01", "exit_type": "UITSCHRIJVING"}
    assert counsellor.command(pathway, "close", closing, 1).status_code == 200

    again = counsellor.enrol(key=KEY)

    assert (refused.status_code, again.status_code) == (409, 409)
    assert again.content == refused.content
    assert again.headers["content-type"] == "application/problem+json"


def test_what_the_request_got_wrong_may_be_mended_under_the_same_key(counsellor: Caller) -> None:
    assert counsellor.enrol(ENROL | {"on": "yesterday"}, key=KEY).status_code == 422

    assert counsellor.enrol(key=KEY).status_code == 201


def test_a_command_that_was_outpaced_may_be_sent_again_under_the_same_key(
    counsellor: Caller,
) -> None:
    pathway = counsellor.enrolled()
    assert counsellor.command(pathway, "start-ibo", START_IBO, 7, key=KEY).status_code == 412

    assert counsellor.command(pathway, "start-ibo", START_IBO, 1, key=KEY).status_code == 200


def test_a_key_for_another_body_or_another_command_is_refused(counsellor: Caller) -> None:
    pathway = counsellor.enrolled()
    counsellor.command(pathway, "assign-counsellor", ASSIGN, 1, key=KEY)

    other_body = ASSIGN | {"unit": "OE-AALST"}
    answers = [
        counsellor.command(pathway, "assign-counsellor", other_body, 2, key=KEY),
        counsellor.command(pathway, "record-characteristics", {"on": "2015-02-01"}, 2, key=KEY),
        counsellor.enrol(key=KEY),
    ]

    for answer in answers:
        assert answer.status_code == 422
        assert answer.json()["type"] == "/problems/idempotency-key-reused"


def test_a_key_is_the_callers_own(counsellor: Caller) -> None:
    pathway = counsellor.enrolled()
    leader = counsellor.signed_in_as(LEADER)
    first = counsellor.command(pathway, "assign-counsellor", ASSIGN, 1, key=KEY)
    other = leader.command(pathway, "start-ibo", START_IBO, 2, key=KEY)

    assert (first.status_code, other.status_code) == (200, 200)


def test_after_thirty_days_a_key_is_new(
    counsellor: Caller, clock: SetClock, pathways: Pathways, pool: Pool
) -> None:
    pathway = counsellor.enrolled()
    counsellor.command(pathway, "assign-counsellor", ASSIGN, 1, key=KEY)
    clock.forward(days=30, hours=-1)
    assert counsellor.command(pathway, "assign-counsellor", ASSIGN, 1, key=KEY).json()["facts"]
    clock.forward(hours=2)

    anew = counsellor.command(pathway, "start-ibo", START_IBO, 2, key=KEY)

    assert anew.status_code == 200
    # The enrolment's key is the only one left that is old.
    answers = Answers(pool, pathways.vault.keyed_hash, clock)
    assert (answers.forget(), answers.forget()) == (1, 0)


def test_a_command_still_being_decided_is_told_and_answered_later(
    counsellor: Caller, app: FastAPI, pathways: Pathways
) -> None:
    with (
        ThreadPoolExecutor(1) as beside,
        appends_held(pathways.store.database_url) as connection,
    ):
        under_way = beside.submit(counsellor.enrol, key=KEY)
        wait_until_somebody_waits(connection)
        meanwhile = counsellor.signed_in_as(counsellor.who).enrol(key=KEY)
        elsewhere = counsellor.signed_in_as(LEADER)
        connection.execute("select pg_advisory_unlock(%s)", (APPEND_LOCK,))
        first = under_way.result(timeout=10)
        connection.execute("select pg_advisory_lock(%s)", (APPEND_LOCK,))

    assert (meanwhile.status_code, meanwhile.json()["type"]) == (409, "/problems/in-flight")
    assert meanwhile.headers["retry-after"] == "1"
    assert first.status_code == 201
    assert counsellor.enrol(key=KEY).content == first.content
    assert elsewhere.enrol(key=KEY).json()["type"] == "/problems/already-open"


def test_a_key_is_free_again_when_its_holder_is_gone(
    pool: Pool, pathways: Pathways, clock: SetClock
) -> None:
    answers = Answers(pool, pathways.vault.keyed_hash, clock)
    seen = []

    def hold_and_be_gone() -> None:
        with answers.claim("me", KEY, "a") as held:
            with pytest.raises(InFlight), answers.claim("me", KEY, "a"):
                pass
            pid = held.connection.info.backend_pid
            with psycopg.connect(pathways.store.database_url, autocommit=True) as other:
                other.execute("select pg_terminate_backend(%s, 5000)", (pid,))
            with answers.claim("me", KEY, "a") as again:
                seen.append(again.first)

    with pytest.raises(StoreAway):
        hold_and_be_gone()
    assert seen == [None]


def test_the_same_command_many_times_at_once_is_done_once(
    app: FastAPI, counsellor: Caller, pathways: Pathways
) -> None:
    def enrol(_: int):
        return counsellor.signed_in_as(counsellor.who).enrol(key=KEY)

    with ThreadPoolExecutor(8) as together:
        answers = list(together.map(enrol, range(16)))

    done = [a for a in answers if a.status_code == 201]
    told = {a.json()["type"] for a in answers if a.status_code != 201}
    assert len({a.content for a in done}) == 1
    assert told <= {"/problems/in-flight"}
    assert len(pathways.store.log()) == 1
    assert counsellor.enrol(key=KEY).content == done[0].content


def test_neither_keys_nor_bodies_are_kept_readably(counsellor: Caller, pathways: Pathways) -> None:
    # Somebody takes the INSZ itself as the key.
    counsellor.enrol(key=ENROL["insz"])

    with pathways.store.connection() as connection:
        rows = connection.execute("select * from pathway.command_answer").fetchall()
    assert len(rows) == 1
    assert ENROL["insz"] not in str(rows)
    assert ENROL["last_name"] not in str(rows)
    assert ENROL["insz"] not in str([f.model_dump() for f in pathways.store.log()])


@pytest.mark.parametrize("key", [None, "", " ", "x" * 201, "a b", "é"])
def test_a_command_without_a_usable_key_is_refused(counsellor: Caller, key: str | None) -> None:
    headers = {} if key is None else {"Idempotency-Key": key.encode("latin-1")}
    answer = counsellor.http.post("/v1/pathways", json=ENROL, headers=headers)

    assert answer.status_code == 400
    assert answer.json()["type"] == "/problems/idempotency-key-missing"


def test_every_command_needs_a_key_and_a_version(counsellor: Caller) -> None:
    pathway = counsellor.enrolled()
    leader = counsellor.signed_in_as(LEADER)
    for command in COMMAND_ENDPOINTS:
        address = f"/v1/pathways/{pathway}/{command.path}"
        assert leader.post(address, {}, if_match='"1"').status_code == 400
        assert leader.post(address, {}, idempotency_key=KEY).status_code == 428


@pytest.mark.parametrize("told", ['"1"', "1", 'W/"1"'])
def test_the_version_that_was_seen_is_taken_as_an_etag(counsellor: Caller, told: str) -> None:
    pathway = counsellor.enrolled()
    address = f"/v1/pathways/{pathway}/assign-counsellor"

    answer = counsellor.post(address, ASSIGN, idempotency_key=KEY, if_match=told)

    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')


@pytest.mark.parametrize("told", ["", "*"])
def test_any_version_is_not_a_version(counsellor: Caller, told: str) -> None:
    pathway = counsellor.enrolled()
    address = f"/v1/pathways/{pathway}/assign-counsellor"

    answer = counsellor.post(address, ASSIGN, idempotency_key=KEY, if_match=told)

    assert (answer.status_code, answer.json()["type"]) == (428, "/problems/if-match-missing")


@pytest.mark.parametrize(
    "told", ['"2"', '"0"', '"abc"', '"1", "2"', '"1', '1"', '"99999999999999999999"', "é"]
)
def test_another_version_is_told_the_current_one(counsellor: Caller, told: str) -> None:
    pathway = counsellor.enrolled()

    answer = counsellor.http.post(
        f"/v1/pathways/{pathway}/assign-counsellor",
        json=ASSIGN,
        headers={"Idempotency-Key": KEY, "If-Match": told.encode("latin-1")},
    )

    assert (answer.status_code, answer.json()["type"]) == (412, "/problems/pathway-moved")
    assert (answer.json()["version"], answer.headers["etag"]) == (1, '"1"')


def test_of_two_counsellors_at_once_one_wins_and_the_other_is_told(
    counsellor: Caller, pathways: Pathways
) -> None:
    pathway = counsellor.enrolled()
    both = [counsellor, counsellor.signed_in_as(LEADER)]
    with (
        ThreadPoolExecutor(2) as beside,
        appends_held(pathways.store.database_url) as connection,
    ):
        # Both have decided on version 1 before either may record: one waits for the log's lock, and
        # the other, in the same process, for the call of the first.
        sent = [beside.submit(b.command, pathway, "start-ibo", START_IBO, 1) for b in both]
        deadline = time.monotonic() + 10
        waiting = "select count(*) from pg_locks where locktype = 'advisory' and not granted"
        in_the_process = pathways.store.recorder._shared._waiting
        while connection.execute(waiting).fetchone()[0] < 1 or len(in_the_process) < 1:
            assert time.monotonic() < deadline
            time.sleep(0.005)
        connection.execute("select pg_advisory_unlock(%s)", (APPEND_LOCK,))
        answers = [one.result(timeout=10) for one in sent]
        connection.execute("select pg_advisory_lock(%s)", (APPEND_LOCK,))

    assert sorted(a.status_code for a in answers) == [200, 412]
    assert counsellor.get(f"/v1/pathways/{pathway}").json()["version"] == 2
