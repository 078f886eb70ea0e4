"""Parked pathways are looked after beside the consumer: what people ask is done, and gaps are tried again."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from plumbing.clock import utc_now
from projections import freshness, parked_requests, parking
from projections.counsellor import COUNSELLOR
from projections.main import app
from projections.parked_requests import Asked, New, Outcome, Request
from projections.parking import GiveUp, NewParking, Reason
from projections.settings import FollowSettings
from typer.testing import CliRunner

from .conftest import NOW
from .eventually import eventually
from .history import History
from .kafka import Topic, following

MARCH, APRIL, MAY = (date(2024, month, 1) for month in (3, 4, 5))
Connection = psycopg.Connection[tuple]


@pytest.fixture
def connection(read_models: str) -> Iterator[Connection]:
    with psycopg.connect(read_models, autocommit=True) as connection:
        connection.execute("set search_path to counsellor, projections")
        yield connection


@pytest.fixture
def anna(topic: Topic, settings: FollowSettings, connection: Connection) -> History:
    """Anna's pathway: of its two events the read model lost the second, and waits for it."""
    anna = History("anna").enrolled(MARCH).assigned(APRIL)
    topic.put(anna)
    with following(COUNSELLOR, settings):
        eventually(lambda: versions(connection), [(2,)])
    connection.execute("delete from pathway_event where version = 2")
    connection.execute("update pathway_progress set version = 1")
    connection.execute("update caseload set version = 1, status = 'INGESCHREVEN'")
    return anna


def versions(connection: Connection) -> list[tuple]:
    return connection.execute("select version from pathway_progress").fetchall()


def parks(connection: Connection, history: History, reason: Reason, since: datetime) -> None:
    [[partition]] = connection.execute(
        "select partition from partition_progress where next_offset > 0"
    ).fetchall()
    new = NewParking(history.pathway_id, 2, partition, 0, reason, "as a test has it")
    parking.park(connection, "counsellor", [new], since)


def asks(connection: Connection, pathway_id: UUID, asked: Asked, reason: str | None = None) -> UUID:
    new = New("counsellor", pathway_id, asked, reason, "operator-01", "OVO000083", utc_now())
    return parked_requests.ask(connection, uuid4(), new)


def done(connection: Connection, pathway_id: UUID) -> Request:
    """The newest request about the pathway, once something came of it."""
    newest = lambda: parked_requests.of_pathway(connection, "counsellor", pathway_id)[0]  # noqa: E731
    eventually(lambda: newest().done_at is not None, want=True)
    return newest()


def test_a_gap_is_healed_by_itself(
    anna: History, settings: FollowSettings, connection: Connection
) -> None:
    parks(connection, anna, Reason.GAP, utc_now())

    with following(COUNSELLOR, settings):
        eventually(lambda: versions(connection), [(2,)])

    assert parking.parked(connection) == []


def test_a_preview_tells_which_rows_change_and_changes_none(
    anna: History, settings: FollowSettings, connection: Connection
) -> None:
    parks(connection, anna, Reason.FAILED, utc_now())
    asks(connection, anna.pathway_id, Asked.PREVIEW)

    with following(COUNSELLOR, settings):
        request = done(connection, anna.pathway_id)

    assert (request.outcome, request.events) == (Outcome.APPLIED, 1)
    assert request.row_counts is not None
    assert request.row_counts["caseload"] == {"come": 1, "go": 1}
    changes = parked_requests.preview(connection, "counsellor", anna.pathway_id, utc_now())
    assert {one["table"] for one in changes or []} == {*request.row_counts}
    assert versions(connection) == [(1,)]
    later = utc_now() + parked_requests.SHOWN_FOR
    assert parked_requests.preview(connection, "counsellor", anna.pathway_id, later) is None
    parked_requests.forget_previews(connection, later + timedelta(seconds=1))
    assert connection.execute("select 1 from parked_preview").fetchall() == []


def test_a_retry_that_was_asked_is_done_and_told(
    anna: History, settings: FollowSettings, connection: Connection
) -> None:
    parks(connection, anna, Reason.FAILED, utc_now())
    first = asks(connection, anna.pathway_id, Asked.RETRY)
    assert asks(connection, anna.pathway_id, Asked.RETRY) == first

    with following(COUNSELLOR, settings):
        request = done(connection, anna.pathway_id)

    assert (request.outcome, request.asked_by) == (Outcome.APPLIED, "operator-01")
    assert versions(connection) == [(2,)]
    assert parking.parked(connection) == []


def test_what_does_not_wait_is_told_so(
    settings: FollowSettings, topic: Topic, connection: Connection
) -> None:
    topic.put(History("anna").enrolled(MARCH))
    nobody = uuid4()
    asks(connection, nobody, Asked.RETRY)

    with following(COUNSELLOR, settings):
        assert done(connection, nobody).outcome == Outcome.NOT_PARKED
        asks(connection, nobody, Asked.GIVE_UP, "Nobody.")
        assert done(connection, nobody).outcome == Outcome.NOT_PARKED


def test_a_pathway_that_is_given_up_waits_for_nobody_and_may_be_retried(
    anna: History, settings: FollowSettings, connection: Connection
) -> None:
    parks(connection, anna, Reason.GAP, utc_now() + timedelta(hours=1))
    connection.execute("update parked set next_try = now() + interval '1 hour'")
    asks(connection, anna.pathway_id, Asked.GIVE_UP, "A test wrote it.")

    with following(COUNSELLOR, settings):
        assert done(connection, anna.pathway_id).outcome == Outcome.GIVEN_UP
        [waits] = parking.parked(connection)
        assert (waits.given_up_by, waits.given_up_because) == ("operator-01", "A test wrote it.")
        fresh = freshness.freshness(connection, "counsellor")
        assert (fresh.parked_pathways, fresh.given_up_pathways) == (0, 1)
        assert freshness.reached(connection, "counsellor", anna.pathway_id, 2).parked
        connection.execute("update parked set next_try = null")
        assert parking.take_due_gap(connection, "counsellor", utc_now()) is None

        asks(connection, anna.pathway_id, Asked.RETRY)
        eventually(lambda: versions(connection), [(2,)])

    assert connection.execute("select 1 from parked_decision").fetchall() == []


def test_a_decision_holds_for_the_parking_that_was_seen(connection: Connection) -> None:
    anna = History("anna").enrolled(MARCH)
    new = NewParking(anna.pathway_id, 2, 0, 0, Reason.FAILED, "")
    parking.park(connection, "counsellor", [new], NOW)
    parking.give_up(connection, "counsellor", anna.pathway_id, GiveUp("why", "o", NOW))

    connection.execute("delete from parked")
    parking.park(connection, "counsellor", [new], NOW)
    assert parking.parked(connection)[0].given_up_by == "o"

    connection.execute("update parked set from_version = 3")
    assert parking.parked(connection)[0].given_up_by is None


def test_a_gap_is_tried_after_longer_and_longer_pauses(connection: Connection) -> None:
    anna = History("anna").enrolled(MARCH)
    new = NewParking(anna.pathway_id, 2, 0, 0, Reason.GAP, "")
    parking.park(connection, "counsellor", [new], NOW)
    now, pauses = NOW, list[float]()

    for _ in range(13):
        assert parking.take_due_gap(connection, "counsellor", now) == anna.pathway_id
        [waits] = parking.parked(connection)
        assert waits.next_try is not None
        early = waits.next_try - timedelta(milliseconds=1)
        assert parking.take_due_gap(connection, "counsellor", early) is None
        pauses.append((waits.next_try - now).total_seconds())
        now = waits.next_try

    assert pauses == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600, 600]


def test_a_gap_that_stays_keeps_its_count(
    topic: Topic, settings: FollowSettings, connection: Connection
) -> None:
    anna = History("anna").enrolled(MARCH).assigned(APRIL).closed(MAY)
    topic.put_value(anna, anna.values[0])
    topic.put_value(anna, anna.values[2])

    with following(COUNSELLOR, settings):
        eventually(lambda: [one.tried >= 2 for one in parking.parked(connection)], [True])

    [waits] = parking.parked(connection)
    assert (waits.reason, waits.from_version) == (Reason.GAP, 2)


def command(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["parked", *words])
    return done.exit_code, done.output


def test_the_commands_show_give_up_and_take_it_back(
    connection: Connection, settings: FollowSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROJECTIONS_DATABASE_URL", settings.projections_database_url)
    anna = str(History("anna").pathway_id)
    assert command("show", "counsellor", anna)[0] == 1
    assert command("give-up", "counsellor", anna, "--reason", "x")[0] == 1
    new = NewParking(UUID(anna), 2, 0, 0, Reason.FAILED, "in fold, projection.py:1")
    parking.park(connection, "counsellor", [new], NOW)
    asks(connection, UUID(anna), Asked.RETRY)

    assert command("give-up", "counsellor", anna, "--reason", " ")[0] == 1
    assert command("give-up", "counsellor", anna, "--reason", "A test wrote it.")[0] == 0
    status, said = command("show", "counsellor", anna)

    assert (status, "A test wrote it." in said) == (0, True)
    assert "operator-01: RETRY, not done yet" in said
