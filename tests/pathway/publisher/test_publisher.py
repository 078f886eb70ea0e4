"""What reaches the topics: every fact once, in each pathway's order, whoever is killed or frozen."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from itertools import count
from random import Random

import psycopg
import pytest
from kafka.admin import ConfigResource, ConfigResourceType
from pathway import contract
from pathway.application import Pathways
from pathway.publisher import EXIT_STOPPED
from pathway.store import Store
from pathway.topics import partition_of
from plumbing.ids import new_id

import schemas
from tests.pathway.publishing import (
    WITHIN,
    Publishing,
    assert_exactly_once,
    assign,
    life,
    lives,
)


@contextmanager
def busy(pathways: Pathways, first: int = 1000) -> Iterator[None]:
    """Somebody who goes on recording facts for the length of the block."""
    enough = threading.Event()

    def record() -> None:
        for number in count(first):
            if enough.is_set():
                return
            life(pathways, number)

    recording = threading.Thread(target=record)
    recording.start()
    try:
        yield
    finally:
        enough.set()
        recording.join(WITHIN)


def test_every_fact_is_published_once_and_every_state_is_the_fold(
    publishing: Publishing, pathways: Pathways
) -> None:
    lives(pathways, 0, 20)
    with publishing.publishing():
        publishing.wait_for(80)
        lives(pathways, 20, 10)
        publishing.wait_for(120)

    assert_exactly_once(publishing, pathways.store)


def test_a_message_is_what_the_contract_makes_of_the_fact(
    publishing: Publishing, pathways: Pathways
) -> None:
    pathway_id = life(pathways, 1, facts=1)

    publishing.publish_all(pathways.store)

    (record,) = publishing.on(publishing.settings.events_topic)
    (fact,) = pathways.store.load(pathway_id)
    after = pathways.standing(pathway_id).pathway
    expected = contract.published(fact, after, publishing.settings.schemas_base)
    assert record.value == expected.to_bytes()
    assert record.key == str(pathway_id).encode()
    assert record.headers == [("content-type", schemas.CONTENT_TYPE.encode())]


def test_a_late_fact_is_folded_at_its_own_day_in_the_state(
    publishing: Publishing, pathways: Pathways
) -> None:
    pathway_id = life(pathways, 1, facts=1)
    assign(pathways, pathway_id, 9, on=date(2015, 6, 1))
    publishing.publish_all(pathways.store)
    assign(pathways, pathway_id, 1, on=date(2015, 2, 1))

    publishing.publish_all(pathways.store)

    state = publishing.states()[pathway_id]
    assert (state.streamversion, state.data.model_dump()["counsellor"]) == (3, "bemiddelaar-09")
    assert_exactly_once(publishing, pathways.store)


@pytest.mark.parametrize(
    ("key", "hash_of_kafkas_own_client"),
    [(b"21", -973932308), (b"foobar", -790332482), (b"a-little-bit-long-string", -985981536)],
)
def test_the_partition_of_a_key_is_the_one_that_kafkas_own_client_chooses(
    key: bytes, hash_of_kafkas_own_client: int
) -> None:
    assert partition_of(key) == (hash_of_kafkas_own_client & 0x7FFFFFFF) % 12


def test_a_publisher_killed_again_and_again_loses_and_doubles_nothing(
    publishing: Publishing, pathways: Pathways
) -> None:
    chance = Random(7)
    lives(pathways, 0, 60)
    with busy(pathways):
        for _ in range(5):
            before = publishing.status("position") or 0
            with publishing.publisher(PUBLISHER_WINDOW="5") as child:
                publishing.wait_for(before + chance.randint(1, 60))
                child.kill()
                child.wait(WITHIN)

    publishing.publish_all(pathways.store)

    assert_exactly_once(publishing, pathways.store)


def test_of_two_publishers_one_leads_and_the_other_takes_over(
    publishing: Publishing, pathways: Pathways
) -> None:
    with publishing.publisher() as first, publishing.publisher() as second:
        lives(pathways, 0, 5)
        publishing.wait_for(20)
        leads = publishing.status("leader")
        leader, standby = (first, second) if leads.endswith(f":{first.pid}") else (second, first)
        assert leads.endswith(f":{leader.pid}")
        leader.kill()
        lives(pathways, 5, 5)
        publishing.wait_for(40)

        assert publishing.status("leader").endswith(f":{standby.pid}")
    assert_exactly_once(publishing, pathways.store)


def test_a_leader_frozen_beyond_its_time_doubles_nothing_when_it_wakes(
    publishing: Publishing, pathways: Pathways
) -> None:
    # Long enough that the second one keeps its lead on a machine that is starved for some seconds.
    told = {"PUBLISHER_WINDOW": "3", "PUBLISHER_LEASE_SECONDS": "12"}
    with publishing.publisher(**told) as first, busy(pathways):
        publishing.wait_for(30)
        first.send_signal(signal.SIGSTOP)
        with publishing.publisher(**told) as second:
            publishing.wait_until(lambda: publishing.status("leader").endswith(f":{second.pid}"))
            publishing.wait_for(publishing.status("position") + 30)
            first.send_signal(signal.SIGCONT)
            publishing.wait_for(publishing.status("position") + 30)

            assert publishing.status("leader").endswith(f":{second.pid}")
            second.kill()
        publishing.wait_until(lambda: publishing.status("leader").endswith(f":{first.pid}"))
        publishing.wait_for(publishing.status("position") + 10)

    publishing.publish_all(pathways.store)
    assert_exactly_once(publishing, pathways.store)


@pytest.mark.parametrize(
    "change",
    [
        "delete from pathway.publisher_status",
        "update pathway.publisher_status set position = 3",
    ],
    ids=["lost", "behind"],
)
def test_a_noted_position_that_is_lost_or_behind_doubles_nothing(
    publishing: Publishing, pathways: Pathways, change: str
) -> None:
    lives(pathways, 0, 10)
    publishing.publish_all(pathways.store)
    publishing.tell(change)
    lives(pathways, 10, 5)

    publishing.publish_all(pathways.store)

    assert_exactly_once(publishing, pathways.store)


def test_a_commit_that_comes_late_is_not_passed_over(
    publishing: Publishing, pathways: Pathways
) -> None:
    url = publishing.settings.pathway_database_url
    append = """
        select pathway.append(
            array[gen_random_uuid()], array[1::bigint], array['Enrolled.v1'], %s::bytea[],
            %s::bytea[], array[gen_random_uuid()], array[current_date], array[now()], null)
    """
    life(pathways, 1, facts=1)
    with psycopg.connect(url) as late:
        copied = late.execute("select state, hash from pathway.pathway_events").fetchone()
        assert copied is not None
        # Inserted with position 2, and not committed.
        late.execute(append, ([copied[0]], [copied[1]]))
        after = threading.Thread(target=life, args=(pathways, 2, 1))
        after.start()
        with publishing.publishing():
            publishing.wait_for(1)
            late.commit()
            after.join(WITHIN)
            publishing.wait_for(3)

    positions = sorted(int(event.globalposition) for event in publishing.events())
    assert positions == [1, 2, 3]


def test_lost_sessions_of_the_database_lose_and_double_nothing(
    publishing: Publishing, pathways: Pathways
) -> None:
    with publishing.publishing(), busy(pathways):
        for position in (20, 60, 100):
            publishing.wait_for(position)
            publishing.tell(
                """
                select pg_terminate_backend(pid) from pg_stat_activity
                where application_name like 'pathway publisher%%' and datname = current_database()
                """
            )
        publishing.wait_for(150)

    publishing.publish_all(pathways.store)
    assert_exactly_once(publishing, pathways.store)


def test_a_publisher_that_is_told_to_end_finishes_its_window_and_ends(
    publishing: Publishing, pathways: Pathways
) -> None:
    with publishing.publisher() as child:
        lives(pathways, 0, 10)
        publishing.wait_for(1)
        child.send_signal(signal.SIGTERM)

        assert child.wait(WITHIN) == 0
    publishing.publish_all(pathways.store)
    assert_exactly_once(publishing, pathways.store)


def test_a_withheld_fact_goes_out_with_its_id_and_version_only(
    publishing: Publishing, pathways: Pathways
) -> None:
    pathway_id = life(pathways, 1)
    fact = pathways.store.load(pathway_id)[1]
    status, said = publishing.run(
        "publisher", "withhold", str(fact.fact_id), "--reason", "larger than the topic takes"
    )
    assert status == 0, said

    publishing.publish_all(pathways.store)

    event = publishing.events()[1]
    assert event.type == "be.vdab.pathway.withheld.v1"
    assert (event.id, event.streamversion) == (fact.fact_id, 2)
    assert set(event.data.model_dump()) == {"pathway_status"}
    assert_exactly_once(publishing, pathways.store)


def test_a_fact_that_is_withheld_while_the_publisher_leads_goes_out_so(
    publishing: Publishing, pathways: Pathways, pathway_url: str
) -> None:
    fact_id = new_id()
    with publishing.publishing():
        life(pathways, 1)
        publishing.wait_for(pathways.store.position())
        publishing.tell(
            """
            insert into pathway.publisher_decision (decided_at, decided_by, reason, decision, fact_id)
            values (now(), 'operator-01', 'larger than the topic takes', 'WITHHOLD', %s)
            """,
            fact_id,
        )
        ids = iter([fact_id])
        store = Store(pathway_url, new_id=lambda: next(ids))
        life(Pathways(store, pathways.vault), 2, facts=1)
        store.close()
        publishing.wait_for(pathways.store.position())

    [event] = [event for event in publishing.events() if event.id == fact_id]
    assert event.type == "be.vdab.pathway.withheld.v1"


def test_a_message_larger_than_the_topic_takes_stops_and_nothing_of_its_window_is_sent(
    publishing: Publishing, pathways: Pathways, store: Store
) -> None:
    life(pathways, 1)
    with publishing.admin() as admin:
        _limit(admin, publishing, 600)

    status, said = publishing.run("publisher")

    assert status == EXIT_STOPPED
    assert publishing.status("stopped_reason") == "TOO_LARGE"
    assert "max.message.bytes" in said
    assert "pathway publisher withhold" in said
    assert publishing.events() == []
    with publishing.admin() as admin:
        _limit(admin, publishing, 1_048_576)
    publishing.publish_all(store)
    assert publishing.status("stopped_reason") is None
    assert_exactly_once(publishing, store)


def _limit(admin: object, publishing: Publishing, size: int) -> None:
    admin.alter_configs(
        [
            ConfigResource(ConfigResourceType.TOPIC, name, {"max.message.bytes": str(size)})
            for name in publishing.settings.topics
        ]
    )


def test_without_a_signing_key_the_publisher_says_how_to_make_one(
    publishing: Publishing,
) -> None:
    publishing.settings.pathway_signing_key_file.unlink()

    status, said = publishing.run("publisher")

    assert status == 78
    assert "pathway audit new-key" in said
