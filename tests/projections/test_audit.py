"""The audit finds what is not as a fresh fold of the topic has it, and nothing else."""

import re
from collections.abc import Callable

import psycopg
import pytest
from plumbing.access import Decision, look
from plumbing.callers import Caller, CallerKind, Role
from projections import audit as auditing, schema
from projections.audit import Audited, Difference
from projections.counsellor import COUNSELLOR
from projections.main import app
from projections.projection import Projection
from projections.reporting import REPORTING
from projections.settings import FollowSettings
from typer.testing import CliRunner, Result

from tests.projections.lives import JUNE, life

from .conftest import NOW
from .eventually import eventually
from .history import History, broken, named
from .kafka import following


@pytest.fixture
def people(topic, settings, rows) -> list[History]:
    """Twenty pathways that both read models have applied."""
    lives = [life(f"person {n}") for n in range(20)]
    topic.put(*lives)
    for projection in (COUNSELLOR, REPORTING):
        with following(projection, settings):
            progress = f"select sum(version) from {projection.name}.pathway_progress"
            eventually(lambda query=progress: rows(query), [(120,)])
    return lives


class Found(Audited):
    """An audit with the rows that differ."""

    def __init__(self, projection: Projection) -> None:
        self.differences: list[Difference] = []
        super().__init__(projection.name, self.differences.append)


def audit(projection: Projection, settings: FollowSettings, **told) -> Found:
    found = Found(projection)
    auditing.audit(projection, settings, found, at=NOW, **told)
    return found


def test_a_read_model_equals_a_fresh_fold(people, settings):
    for projection in (COUNSELLOR, REPORTING):
        audited = audit(projection, settings)

        assert audited.proven
        assert (audited.pathways, audited.events, audited.moving) == (20, 120, 0)
        assert audited.rows["pathway_event"] == 120
        assert audited.rows["module"] == 20


def test_a_tampered_row_is_found_and_shown(people, settings, rows):
    anna = people[3].pathway_id
    rows(
        f"update counsellor.caseload set counsellor = 'u666' where pathway_id = '{anna}' returning 1"
    )

    audited = audit(COUNSELLOR, settings)

    assert not audited.proven
    assert {d.table for d in audited.differences} == {"caseload"}
    assert {d.pathway_id for d in audited.differences} == {anna}
    assert {d.live["counsellor"] for d in audited.differences if d.live} == {"u666"}
    assert {d.fold["counsellor"] for d in audited.differences if d.fold} == {"u100"}


def test_a_removed_row_and_an_invented_one_are_found(people, settings, rows):
    anna = people[3].pathway_id
    rows(f"delete from reporting.hire where pathway_id = '{anna}' returning 1")
    rows(
        "insert into reporting.closing values "
        "(gen_random_uuid(), gen_random_uuid(), '2024-06-01', 'PENSIOEN', null) returning 1"
    )

    audited = audit(REPORTING, settings)

    assert sorted(d.table for d in audited.differences) == ["closing", "hire"]


def test_a_tampered_event_is_found(people, settings, rows):
    anna = people[3].pathway_id
    rows(
        'update counsellor.pathway_event set message = message || \'{"actorref": "u666"}\' '
        f"where pathway_id = '{anna}' and version = 1 returning 1"
    )

    audited = audit(COUNSELLOR, settings)

    assert {d.table for d in audited.differences} == {"pathway_event"}


def test_a_pathway_that_the_read_model_lost_is_behind(people, settings, rows, monkeypatch):
    monkeypatch.setattr("projections.audit.MOST_ROUNDS", 2)
    anna = people[3].pathway_id
    for table in ("pathway_event", "pathway_progress", "caseload", "module", "timeline"):
        rows(f"delete from counsellor.{table} where pathway_id = '{anna}' returning 1")

    audited = audit(COUNSELLOR, settings)

    assert [(b.pathway_id, b.live_version, b.fold_version) for b in audited.behind] == [
        (anna, 0, 6)
    ]


def test_an_event_that_the_topic_does_not_have_is_found(people, settings, rows):
    anna = people[3].pathway_id
    rows(
        "insert into counsellor.pathway_event select pathway_id, 7, gen_random_uuid(), position,"
        " occurred_on, recorded_at, type, message from counsellor.pathway_event"
        f" where pathway_id = '{anna}' and version = 6 returning 1"
    )
    rows(
        "update counsellor.pathway_progress set version = 7"
        f" where pathway_id = '{anna}' returning 1"
    )

    audited = audit(COUNSELLOR, settings)

    assert not audited.proven
    assert [(a.pathway_id, a.live_version, a.fold_version) for a in audited.ahead] == [(anna, 7, 6)]
    assert audited.moving == 0


def test_a_pathway_that_the_topic_does_not_have_is_found(people, command, rows):
    rows(
        "insert into counsellor.pathway_progress"
        " values (gen_random_uuid(), 1, gen_random_uuid()) returning 1"
    )

    done = command("audit", "counsellor")

    assert done.exit_code == 1
    assert "the read model has version 1, the topic 0" in done.output
    assert "counsellor: 1 differences" in done.output


def test_the_consumer_may_go_on_meanwhile(people, topic, settings):
    def more_comes(_told: str) -> None:
        topic.put(*(person.closed(JUNE) for person in people[:10]), from_version=7)

    with following(COUNSELLOR, settings):
        audited = audit(COUNSELLOR, settings, say=more_comes)

    assert audited.proven
    assert audited.moving == 0


def test_what_could_not_be_compared_is_not_proven_and_said_so(
    people, topic, settings, command, monkeypatch
):
    monkeypatch.setattr("projections.audit.MOST_ROUNDS", 1)
    url = settings.projections_database_url
    applied = "select sum(version) from counsellor.pathway_progress"

    def more_comes(_told: str) -> None:
        topic.put(*(person.closed(JUNE) for person in people[:10]), from_version=7)
        with following(COUNSELLOR, settings), psycopg.connect(url, autocommit=True) as reading:
            eventually(lambda: reading.execute(applied).fetchall(), [(130,)])

    monkeypatch.setattr("projections.main.say.print", more_comes)
    done = command("audit", "counsellor")

    assert done.exit_code == 1
    assert "counsellor: not proven: 10 pathways were not compared" in done.output
    assert "equal to a fresh fold" not in done.output


def test_what_is_poison_to_the_fold_too_is_no_difference(people, topic, settings, rows):
    person = people[0].closed(JUNE)
    topic.put_value(person, broken(person.values[-1]))
    with following(COUNSELLOR, settings):
        eventually(lambda: rows("select count(*) from projections.parked"), [(1,)])

    audited = audit(COUNSELLOR, settings)

    assert audited.proven
    assert audited.parked_in_fold == 1


SCRATCHES = "select nspname::text from pg_namespace where nspname like 'scratch%'"


def test_nothing_of_an_audit_stays_behind(people, settings, rows):
    audit(COUNSELLOR, settings)

    assert rows(SCRATCHES) == []


def test_what_a_killed_audit_left_goes_with_the_next_one_and_what_is_in_use_stays(
    people, settings, rows, read_models
):
    running = psycopg.connect(read_models, autocommit=True)
    killed = psycopg.connect(read_models, autocommit=True)
    with running, schema.scratch(running, COUNSELLOR) as in_use:
        with pytest.raises(psycopg.OperationalError), schema.scratch(killed, REPORTING):
            killed.close()
        assert len(rows(SCRATCHES)) == 2

        def audited_and_left() -> list[tuple]:
            # PostgreSQL ends a session, and frees its locks, a moment after its client is gone.
            audit(COUNSELLOR, settings)
            return rows(SCRATCHES)

        eventually(audited_and_left, [(in_use,)])
    assert rows(SCRATCHES) == []


@pytest.fixture
def command(settings, monkeypatch) -> Callable[..., object]:
    for name in ("projections_database_url", "kafka_bootstrap_servers", "events_topic"):
        monkeypatch.setenv(name.upper(), getattr(settings, name))
    return lambda *words: CliRunner().invoke(app, words)


def test_the_command_tells_what_it_compared(people, command):
    done = command("audit")

    assert done.exit_code == 0
    assert "counsellor: 20 pathways, 120 events; compared rows: 20 of caseload" in done.output
    assert "reporting: equal to a fresh fold" in done.output


def test_the_command_fails_on_a_difference(people, command, rows):
    rows("update reporting.inflow set commune = '44021' returning 1")

    done = command("audit", "reporting")

    assert done.exit_code == 1
    assert "inflow of" in done.output
    assert "reporting: 40 differences" in done.output


def test_the_command_shows_each_difference_however_many_there_are(people, command, rows):
    rows("update reporting.pathway_event set position = position + 1000 returning 1")

    done = command("audit", "reporting")

    shown = re.findall(
        "reporting: pathway_event of .* only in the (read model|fresh fold)", done.output
    )
    assert done.exit_code == 1
    assert sorted(shown) == ["fresh fold"] * 120 + ["read model"] * 120
    assert "reporting: 240 differences" in done.output


def test_status_tells_events_and_lag(people, command):
    done = command("status")

    assert done.exit_code == 0
    assert "counsellor: 120 events of 20 pathways applied; lag 0" in done.output
    assert "no consumer runs; start one: `projections consumer counsellor`" in done.output


def test_status_tells_that_a_consumer_runs(people, command, settings):
    with following(COUNSELLOR, settings):
        eventually(lambda: "1 of its consumers run, since" in command("status").output, True)


def test_status_fails_when_a_consumer_ended_and_says_why(people, command, rows):
    rows(
        "insert into projections.ended values"
        " ('reporting', now(), 'the topic was emptied') returning 1"
    )

    done = command("status")

    assert done.exit_code == 65
    assert "waits for a decision: the topic was emptied" in done.output


def test_a_database_that_is_away_is_told_in_one_line(command, monkeypatch):
    monkeypatch.setenv("PROJECTIONS_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nowhere")

    done = command("parked", "list")

    assert done.exit_code == 1
    assert "is PostgreSQL running?" in done.output
    assert "Traceback" not in done.output


def looked(read_models: str, times: int) -> None:
    """So many looks at people in the trace."""
    guide = Caller("bemiddelaar-01", CallerKind.BEMIDDELAAR, "OVO1", frozenset({Role.COUNSELLOR}))
    asked = {"caller": guide, "endpoint": "caseload", "purpose": "BEGELEIDING", "at": NOW}
    people = [named(f"person {n}") for n in range(times)]
    with psycopg.connect(read_models) as connection:
        look(connection, schema.KEPT, **asked, about=people, decision=Decision.PERMIT)


def audit_of_looks(read_models: str) -> Result:
    told = {"PROJECTIONS_DATABASE_URL": read_models}
    return CliRunner().invoke(app, ["audit", "looks"], env=told)


def test_the_trace_of_looks_is_proven_without_a_topic(read_models):
    looked(read_models, 3)

    done = audit_of_looks(read_models)

    assert done.exit_code == 0
    assert "looks: 3 compared; no differences" in done.output
    assert re.search("The newest is look 3: [0-9a-f]{64}", done.output)


def test_an_altered_look_is_named(read_models):
    looked(read_models, 3)
    with psycopg.connect(read_models) as connection:
        connection.execute("set session_replication_role = replica")
        connection.execute("update projections.access_row set caller_ref = 'x' where id = 2")

    done = audit_of_looks(read_models)

    assert done.exit_code == 1
    assert "look 2: its hash is not that of what it says" in done.output


def test_each_altered_look_is_named_however_many_there_are(read_models):
    looked(read_models, 70)
    with psycopg.connect(read_models) as connection:
        connection.execute("set session_replication_role = replica")
        connection.execute("update projections.access_row set caller_ref = 'x'")

    done = audit_of_looks(read_models)

    assert done.exit_code == 1
    assert re.findall(r"look (\d+): its hash is not that", done.output) == [
        str(number) for number in range(1, 71)
    ]
    assert "looks: 70 compared; 70 differences" in done.output


def test_a_trace_that_is_not_there_is_told_with_the_way_out(database_url):
    done = audit_of_looks(database_url)

    assert done.exit_code == 65
    assert "run `projections migrate` first" in done.output
