"""The twin proves the read models as they grow, finds what is not as a fresh fold has it, and goes on."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from plumbing import database
from plumbing.proofs import Kind
from projections import proof, schema, topic as topics
from projections.counsellor import COUNSELLOR
from projections.main import app
from projections.projection import Projection
from projections.proof import Proof
from projections.reporting import REPORTING
from projections.settings import FollowSettings, TwinSettings
from projections.twin import Twin
from typer.testing import CliRunner

from tests.projections.conftest import Rows
from tests.projections.lives import JUNE, life

from .eventually import eventually
from .history import History, broken
from .kafka import Topic, following

NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)


class Twinning:
    """A twin's term, step by step, with a clock that stands still until told."""

    def __init__(self, settings: FollowSettings, connection: schema.Database) -> None:
        self.settings = TwinSettings(**settings.model_dump())
        self.connection, self.now = connection, NOW

    def catch_up(self, projection: Projection = COUNSELLOR) -> Proof:
        """Prove all that the read model has, rounds that are due included; what following says."""
        identity = topics.identify(self.settings)
        twin = Twin(projection, self.settings, self.connection, identity)
        idle = 0
        try:
            while idle < 3:
                idle = 0 if twin.step(self.now) else idle + 1
        finally:
            twin.close()
        return self.proofs(projection)[Kind.FOLLOWING]

    def proofs(self, projection: Projection = COUNSELLOR) -> dict[Kind, Proof]:
        return proof.stored(self.connection, projection.name)

    def round_again(self, projection: Projection = COUNSELLOR) -> Proof:
        """A complete round; what it found."""
        self.now += timedelta(minutes=1)
        proof.want_round(self.connection, projection.name, self.now)
        self.catch_up(projection)
        return self.proofs(projection)[Kind.COMPLETE]


@pytest.fixture
def twinning(settings, read_models) -> Iterator[Twinning]:
    with database.connect(read_models, "tests", autocommit=True) as connection:
        yield Twinning(settings, connection)


@pytest.fixture
def people(topic, settings, rows) -> list[History]:
    """Ten pathways that both read models have applied."""
    lives = [life(f"person {n}") for n in range(10)]
    topic.put(*lives)
    for projection in (COUNSELLOR, REPORTING):
        with following(projection, settings):
            applied(rows, projection, 60)
    return lives


@pytest.fixture
def proven(people, twinning) -> list[History]:
    """The same, proven."""
    assert twinning.catch_up().differences == 0
    return people


def applied(rows: Rows, projection: Projection, events: int) -> None:
    query = f"select sum(version) from {projection.name}.pathway_progress"
    eventually(lambda: rows(query), [(events,)])


def more_of(
    people: list[History], topic: Topic, settings: FollowSettings, rows: Rows
) -> list[History]:
    """The first three are closed, and the counsellor's read model has applied that."""
    closed = [person.closed(JUNE) for person in people[:3]]
    topic.put(*closed, from_version=7)
    with following(COUNSELLOR, settings):
        applied(rows, COUNSELLOR, 63)
    return closed


def assert_found(one: Proof, *sentences: str) -> None:
    found = "\n".join(one.first_differences)
    assert one.differences, "no difference"
    assert one.found_at is not None
    for sentence in sentences:
        assert sentence in found, found


def test_sound_read_models_are_proven_up_to_their_end(people, twinning):
    for projection in (COUNSELLOR, REPORTING):
        following = twinning.catch_up(projection)

        assert following.differences == 0
        assert following.position > 0
        complete = twinning.proofs(projection)[Kind.COMPLETE]
        assert (complete.events, complete.pathways, complete.differences) == (60, 10, 0)
        assert Kind.ROUND not in twinning.proofs(projection)


def test_where_nothing_was_told_yet_there_is_nothing_wrong(topic, twinning, settings, rows):
    assert twinning.catch_up().differences == 0
    assert twinning.proofs()[Kind.COMPLETE].differences == 0

    topic.put(life("the first"))
    with following(COUNSELLOR, settings):
        applied(rows, COUNSELLOR, 6)

    assert twinning.catch_up().differences == 0
    assert twinning.proofs()[Kind.FOLLOWING].events == 6


def test_what_came_since_is_proven_at_the_next_look(proven, twinning, topic, settings, rows):
    before = twinning.proofs()[Kind.FOLLOWING]
    more_of(proven, topic, settings, rows)
    twinning.now += timedelta(minutes=1)

    following = twinning.catch_up()

    assert following.events == before.events + 3
    assert (following.differences, following.at) == (0, twinning.now)


def test_a_read_model_that_is_behind_is_waited_for(proven, twinning, topic, settings, rows):
    topic.put(*[person.closed(JUNE) for person in proven[:3]], from_version=7)
    before = twinning.proofs()[Kind.FOLLOWING]
    twinning.now += timedelta(minutes=1)

    waiting = twinning.catch_up()
    with following(COUNSELLOR, settings):
        applied(rows, COUNSELLOR, 63)
    after = twinning.catch_up()

    assert (waiting.at, waiting.events, waiting.differences) == (before.at, before.events, 0)
    assert (after.events, after.differences) == (before.events + 3, 0)


def test_another_process_goes_on_where_one_was_killed(people, twinning):
    twinning.settings = twinning.settings.model_copy(update={"auditor_facts_per_second": 7})
    identity = topics.identify(twinning.settings)
    for _ in range(12):
        # A new one for each step: nothing but the rows is left of the one before.
        twin = Twin(COUNSELLOR, twinning.settings, twinning.connection, identity)
        twin.step(NOW)
        twin.close()

    twinning.catch_up()

    complete = twinning.proofs()[Kind.COMPLETE]
    assert (complete.events, complete.pathways, complete.differences) == (60, 10, 0)


# What is planted, by whoever may write into the read side's database.

DAMAGE = [
    ("update {0}.caseload set counsellor = 'u666' where {1}", "caseload: counsellor not as a fresh fold"),
    ("delete from {0}.caseload where {1}", "caseload: 0 rows that a fresh fold does not have, and 1 of"),
    ("delete from {0}.timeline where {1} and version = 3", "timeline: 0 rows"),
    ("update {0}.pathway_progress set event_id = gen_random_uuid() where {1}", "pathway_progress: is not"),
    ("update {0}.pathway_event set message = message - 'actorref' where {1}", "its events are not those"),
    ("update {0}.pathway_event set type = 'x' where {1} and version = 1", "pathway_event: version 1"),
    ("delete from {0}.pathway_event where {1} and version = 2", "its events are not those of the topic"),
    ("update {0}.pathway_progress set version = version + 1 where {1}", "has events that the topic does"),
    ("delete from {0}.pathway_progress where {1}", "lacks events: version 0 here"),
]  # fmt: skip


@pytest.fixture
def closed(proven, topic, settings, rows) -> list[History]:
    """Three pathways that got an event since they were proven."""
    return more_of(proven, topic, settings, rows)


@pytest.mark.parametrize(("statement", "sentence"), DAMAGE)
def test_damage_is_found_when_its_pathway_comes_by_and_by_a_round(
    closed, twinning, rows, statement, sentence
):
    anna = closed[0]
    where = f"pathway_id = '{anna.pathway_id}'"
    rows(statement.format("counsellor", where) + " returning 1")

    following = twinning.catch_up()

    assert_found(following, f"pathway {anna.pathway_id}: {sentence}")
    assert "u666" not in "".join(following.first_differences)
    assert_found(twinning.round_again(), f"pathway {anna.pathway_id}: {sentence}")


def test_damage_to_what_was_proven_is_found_by_the_next_round(proven, twinning, rows):
    anna = proven[5].pathway_id
    rows(f"delete from counsellor.module where pathway_id = '{anna}' returning 1")
    assert twinning.catch_up().differences == 0

    assert_found(twinning.round_again(), f"pathway {anna}: module: 0 rows")


def test_a_pathway_that_nobody_told_of_is_found_by_a_round(proven, twinning, rows):
    rows(
        "insert into counsellor.pathway_progress values"
        " ('ffffffff-0000-4000-8000-000000000000', 1, gen_random_uuid()) returning 1"
    )
    rows(
        "insert into reporting.closing values ('ffffffff-0000-4000-8000-000000000000',"
        " gen_random_uuid(), '2024-06-01', 'PENSIOEN', null) returning 1"
    )

    assert_found(twinning.round_again(), "has events that the topic does not: version 1 here and 0")
    twinning.catch_up(REPORTING)
    found = twinning.proofs(REPORTING)[Kind.COMPLETE]
    assert_found(found, "closing: has rows, and the read model does not know the pathway")


def test_a_pathway_that_waits_for_a_person_is_no_difference(
    proven, twinning, topic, settings, rows
):
    person = proven[0].closed(JUNE)
    topic.put_value(person, broken(person.values[-1]))
    with following(COUNSELLOR, settings):
        eventually(lambda: rows("select count(*) from projections.parked"), [(1,)])

    assert twinning.catch_up().differences == 0
    assert twinning.round_again().differences == 0


def test_a_pathway_without_its_first_event_is_found_when_nobody_has_to_look_at_it(
    proven, twinning, topic, settings, rows
):
    topic.put(life("a latecomer"), from_version=2)
    with following(COUNSELLOR, settings):
        eventually(lambda: rows("select count(*) from projections.parked"), [(1,)])
    rows("delete from projections.parked returning 1")

    assert_found(twinning.round_again(), "the topic has events of it, and not its first")


def test_events_that_come_while_a_round_compares_are_no_difference(
    proven, twinning, topic, settings, rows
):
    proof.want_round(twinning.connection, "counsellor", NOW)
    identity = topics.identify(twinning.settings)
    twin = Twin(COUNSELLOR, twinning.settings, twinning.connection, identity)
    twin.step(NOW)
    while not twinning.proofs()[Kind.ROUND].has_read:
        twin.step(NOW)
    twin.close()
    more_of(proven, topic, settings, rows)

    twinning.catch_up()

    complete = twinning.proofs()[Kind.COMPLETE]
    assert (complete.pathways, complete.differences) == (10, 0)


def test_a_difference_stays_until_a_round_that_began_after_it_finds_none(closed, twinning, rows):
    anna = closed[0]
    where = f"where pathway_id = '{anna.pathway_id}' returning 1"
    rows(f"update counsellor.caseload set version = version + 1 {where}")
    assert twinning.catch_up().differences == 1

    rows(f"update counsellor.caseload set version = version - 1 {where}")
    assert twinning.catch_up().differences == 1

    assert twinning.round_again().differences == 0
    assert twinning.proofs()[Kind.FOLLOWING].differences == 0


def test_a_read_model_that_was_made_anew_is_proven_anew(
    proven, twinning, settings, rows, read_models
):
    schema.migrate(read_models, [COUNSELLOR], frozenset({"counsellor"}))
    with ExitStack() as opened:
        opened.enter_context(following(COUNSELLOR, settings))
        applied(rows, COUNSELLOR, 60)

    assert twinning.catch_up().differences == 0
    assert twinning.round_again().differences == 0


def test_a_round_begins_once_a_day_by_itself(proven, twinning):
    twinning.now = NOW + timedelta(hours=23)
    twinning.catch_up()
    assert twinning.proofs()[Kind.COMPLETE].begun_at == NOW

    twinning.now = NOW + timedelta(hours=24)
    twinning.catch_up()

    assert twinning.proofs()[Kind.COMPLETE].begun_at == twinning.now


def test_one_leads_another_stands_by_and_takes_over(people, twinning, topic, settings, rows):
    told = {
        **os.environ,
        "PROJECTIONS_DATABASE_URL": settings.projections_database_url,
        "KAFKA_BOOTSTRAP_SERVERS": settings.kafka_bootstrap_servers,
        "EVENTS_TOPIC": settings.events_topic,
        "AUDITOR_SECONDS": "0.2",
    }
    program = [Path(sys.executable).parent / "projections", "twin"]
    with ExitStack() as ending:
        twins = [subprocess.Popen(program, env=told) for _ in range(2)]
        for one in twins:
            ending.callback(one.wait)
            ending.callback(one.kill)
        complete = "select sum(pathways) from projections.proof where kind = 'complete'"
        eventually(lambda: rows(complete), [(20,)])
        twins[0].kill()
        twins[0].wait()
        before = rows("select sum(events) from projections.proof where kind = 'following'")[0][0]
        more_of(people, topic, settings, rows)
        query = (
            "select events from projections.proof"
            " where kind = 'following' and projection = 'counsellor'"
        )
        eventually(lambda: rows(query), [(before // 2 + 3,)])
        assert twins[1].poll() is None


def test_the_command_says_what_is_proven_and_what_differs(proven, twinning, rows, read_models):
    told = {"PROJECTIONS_DATABASE_URL": read_models}
    position = twinning.proofs()[Kind.FOLLOWING].position

    done = CliRunner().invoke(app, ["audit", "proof"], env=told)
    assert done.exit_code == 0, done.output
    assert f"counsellor: proven up to position {position} at 2026-11-23 15:00:00 UTC" in done.output
    assert "counsellor: no differences" in done.output
    assert "reporting: nothing is proven yet" in done.output

    anna = proven[5].pathway_id
    rows(f"delete from counsellor.module where pathway_id = '{anna}' returning 1")
    twinning.round_again()

    done = CliRunner().invoke(app, ["audit", "proof"], env=told)
    assert done.exit_code == 1
    assert f"counsellor: complete: pathway {anna}: module: 0 rows" in done.output
