"""Each process's role does its process's work, and nothing else; tried as that role."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import psycopg
import pytest
from pathway import checkpoints, proof, publisher_position
from pathway.application import Pathways
from pathway.barriers import BarrierKind, Barriers, NewBarrier
from pathway.bulk import HandOver
from pathway.bulk_run import BulkRun, marked
from pathway.domain.codes import StageKind
from pathway.domain.guidance import AssignCounsellor
from pathway.domain.stage import StartStage
from pathway.identity import Vault
from pathway.leader import AUDITOR, SCHEDULER, leading
from pathway.overrides import Asked, NotToBeSeen, Overrides
from pathway.published_range import Range
from pathway.scheduler import announce_due
from pathway.store import Store
from pathway.topics import TopicIds
from plumbing import access, database
from plumbing.callers import Caller, CallerKind, Role
from plumbing.ids import new_id
from plumbing.proofs import Kind
from projections import comparing, parked_requests, parking, proof as twin_proof, schema
from projections.counsellor import COUNSELLOR
from projections.healing import Retried
from projections.parked_requests import Asked as AskedOfParked, Done, New, Outcome
from projections.parking import GiveUp, NewParking, Reason
from projections.rebuild.places import before_of, next_of
from projections.rebuild.switch import Exchange, exchange_within
from psycopg.errors import InsufficientPrivilege

from tests.hardening.conftest import LoginAs
from tests.pathway.given import ANNA, BRAM, MASTER, SetClock, enrolment, said
from tests.people import invented_kbo

NOW = datetime(2015, 10, 1, 9, 0, tzinfo=UTC)
STAGE = StartStage(
    on=date(2015, 9, 1),
    planned_until=date(2015, 10, 2),
    hours_per_week=Decimal(38),
    stage=StageKind.OS,
    host=invented_kbo(1),
)
APPEND = "select pathway.append('{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', null)"


@contextmanager
def refused(url: str, statement: str) -> Iterator[None]:
    with database.connect(url, "tests", autocommit=True) as connection:
        with pytest.raises(InsufficientPrivilege):
            connection.execute(statement)
        yield


@pytest.fixture(scope="session")
def enrolled(write_side: str, login_as: LoginAs) -> str:
    """Anna's pathway, recorded by the API's login."""
    with closing(Store(login_as(write_side, "pathway_api"), clock=SetClock(NOW))) as store:
        pathways = Pathways(store, Vault(store, MASTER, new_id=new_id))
        return str(pathways.enrol(enrolment(), said()).pathway_id)


def test_the_api_records_facts_and_opens_the_vault(
    write_side: str, login_as: LoginAs, enrolled: str
) -> None:
    with closing(Store(login_as(write_side, "pathway_api"))) as store:
        vault = Vault(store, MASTER, new_id=new_id)
        reference = vault.reference(ANNA.insz)

        assert reference is not None
        assert store.open_pathway(reference) is not None
        assert vault.people([reference])[reference].last_name == ANNA.last_name


def test_the_api_sets_and_ends_barriers_and_keeps_overrides(
    write_side: str, login_as: LoginAs, enrolled: str
) -> None:
    partner = Caller("p-1", CallerKind.PARTNER, "0692040065", frozenset({Role.PARTNER}))
    with closing(Store(login_as(write_side, "pathway_api"), clock=SetClock(NOW))) as store:
        vault = Vault(store, MASTER, new_id=new_id)
        barriers, overrides = Barriers(store, vault), Overrides(store, vault)
        person = vault.references([ANNA.insz])[ANNA.insz]
        why = Asked(UUID(enrolled), "De eigen begeleider is ziek.", pathway=True)

        given = overrides.give(why, partner, partner.roles, lambda _: None)
        assert overrides.end(given.override_id, partner, lambda _: None).ended_at == NOW
        new = NewBarrier(BarrierKind.RELATIVE, person, "p-1", "EIGEN_MELDING")
        barrier, _ = barriers.set(new, by="beheerder-01", traced=lambda _: None)
        with pytest.raises(NotToBeSeen):
            overrides.give(why, partner, partner.roles, lambda _: None)
        barriers.end(barrier.barrier_id, by="beheerder-01", traced=lambda _: None)


def test_a_bulk_finds_its_group_records_facts_and_keeps_refusals_as_the_api(
    write_side: str, login_as: LoginAs, enrolled: str
) -> None:
    as_api = login_as(write_side, "pathway_api")
    day = NOW.date()
    assign = AssignCounsellor(on=day, counsellor="b-21", unit="OE-GENT")
    before = day - timedelta(days=1)
    bulks = [
        HandOver(on=day, from_counsellor="b-21", counsellor="b-22"),
        HandOver(on=before, from_counsellor="b-22", counsellor="b-23"),
    ]
    with closing(Store(as_api, clock=SetClock(NOW))) as store:
        pathways = Pathways(store, Vault(store, MASTER, new_id=new_id))
        pathways.command(UUID(enrolled), [assign], said())

        outcomes: list[str] = []
        for bulk in bulks:
            run = BulkRun(pathways, bulk, said().actor)
            with marked(as_api, bulk.mark) as (_, ids):
                found = [one for pathway_id in ids if (one := run.decide(pathway_id))]
            outcomes += [item.outcome for one in found for item in one.items]

    assert outcomes == ["accepted", "refused"]


def test_the_publisher_leads_reads_facts_and_signs_checkpoints(
    write_side: str, login_as: LoginAs, enrolled: str
) -> None:
    key = checkpoints.Ed25519PrivateKey.generate()
    url = login_as(write_side, "pathway_publisher")

    with leading(url, 10, lambda: False) as session:
        assert session is not None
        publisher_position.lead(session, "tests", NOW)
        publisher_position.confirm(session, 1, NOW, [Range(0, 1, 1, 0, 0)])
        assert publisher_position.withheld(session) == frozenset()
        assert checkpoints.write(session, key, NOW) is not None


def test_the_scheduler_leads_and_records_what_is_due(write_side: str, login_as: LoginAs) -> None:
    with closing(Store(login_as(write_side, "pathway_api"), clock=SetClock(NOW))) as store:
        pathways = Pathways(store, Vault(store, MASTER, new_id=new_id))
        in_a_stage = pathways.enrol(enrolment(BRAM), said(), then=[STAGE]).pathway_id

    url = login_as(write_side, "pathway_scheduler")
    later = SetClock(NOW + timedelta(days=10))
    with (
        leading(url, 10, lambda: False, SCHEDULER) as session,
        closing(Store(url, clock=later)) as store,
    ):
        assert session is not None
        assert announce_due(store, session) == 1
        assert store.load(in_a_stage)[-1].fact.announces
        session.execute("update pathway.holder set due_from = '1970-01-01'")
        assert announce_due(store, session) == 0


def test_the_auditor_leads_reads_facts_and_keeps_what_it_proved(
    write_side: str, login_as: LoginAs, enrolled: str
) -> None:
    url = login_as(write_side, "pathway_auditor")

    with leading(url, 10, lambda: False, AUDITOR) as session:
        assert session is not None
        ids = TopicIds("cluster", new_id(), new_id())
        place = proof.Place(ids, {"events": {0: 7}})
        proof.keep(session, proof.Proof(NOW, place, kind=Kind.FOLLOWING, begun_at=NOW))
        proof.want_round(session, NOW)
        proof.grant_round(session)
        assert proof.stored(session)[Kind.FOLLOWING].place == place
        publisher_position.confirmed(session)
        publisher_position.withheld(session)
        session.execute("select * from pathway.pathway_events")
        proof.forget(session, Kind.FOLLOWING)


def test_the_twin_reads_the_read_models_and_keeps_what_it_proved(
    read_side: str, login_as: LoginAs
) -> None:
    url = login_as(read_side, "projections_auditor")
    with database.connect(url, "tests", autocommit=True) as connection:
        schema.use(connection, COUNSELLOR)
        kept = twin_proof.Proof(
            "counsellor", "c", new_id(), NOW, {0: 7}, kind=Kind.ROUND, begun_at=NOW
        )
        person = new_id()
        twin_proof.keep(connection, kept)
        twin_proof.keep_told(connection, "counsellor", Kind.ROUND, {person: twin_proof.Told()})
        twin_proof.follow_from(connection, kept)
        assert comparing.live(connection, COUNSELLOR, [person])[person].version == 0
        assert comparing.differences(connection, COUNSELLOR, {}) == {}
        assert comparing.strangers(connection, COUNSELLOR) == []
        twin_proof.forget(connection, "counsellor", *Kind)


READS = "select 1 from "
WRITE_SIDE = [
    ("pathway_api", "insert into pathway.pathway_events (topic) values (null)"),
    ("pathway_api", "update pathway.pathway_events set topic = 'x'"),
    ("pathway_api", "delete from pathway.pathway_events"),
    ("pathway_api", "truncate pathway.pathway_events"),
    ("pathway_api", "alter table pathway.pathway_events disable trigger all"),
    ("pathway_api", "update pathway.store_mark set demo = true"),
    ("pathway_api", "insert into pathway.checkpoint (number) values (null)"),
    ("pathway_api", "delete from pathway.access_row"),
    ("pathway_api", "delete from pathway.refused_command"),
    ("pathway_api", "update pathway.barrier set caller_ref = 'x'"),
    ("pathway_api", "delete from pathway.barrier"),
    ("pathway_api", "truncate pathway.barrier"),
    ("pathway_api", "update pathway.override set until = until"),
    ("pathway_api", "delete from pathway.override"),
    ("pathway_api", "create table pathway.mine (id int)"),
    ("pathway_api", "create temporary table mine (id int)"),
    ("pathway_api", "set role pathway_recorder"),
    ("pathway_publisher", READS + "vault.person"),
    ("pathway_publisher", READS + "vault.lookup_key"),
    ("pathway_publisher", READS + "pathway.command_answer"),
    ("pathway_publisher", READS + "pathway.barrier"),
    ("pathway_publisher", READS + "pathway.override"),
    ("pathway_publisher", APPEND),
    ("pathway_publisher", "delete from pathway.pathway_events"),
    ("pathway_publisher", "delete from pathway.checkpoint"),
    ("pathway_publisher", "delete from pathway.published_range"),
    ("pathway_api", "insert into pathway.published_range (partition) values (0)"),
    ("pathway_scheduler", READS + "vault.person"),
    ("pathway_scheduler", READS + "pathway.command_answer"),
    ("pathway_scheduler", "insert into pathway.pathway_events (topic) values (null)"),
    ("pathway_scheduler", "delete from pathway.pathway_events"),
    ("pathway_scheduler", "update pathway.holder set counsellor = 'x'"),
    ("pathway_auditor", READS + "vault.person"),
    ("pathway_auditor", READS + "pathway.command_answer"),
    ("pathway_auditor", READS + "pathway.barrier"),
    ("pathway_auditor", READS + "pathway.override"),
    ("pathway_auditor", APPEND),
    ("pathway_auditor", "insert into pathway.access_row (about) values (null)"),
    ("pathway_auditor", "update pathway.publisher_status set position = 0"),
    ("pathway_auditor", "update pathway.pathway_events set topic = 'x'"),
    ("pathway_api", "update pathway.proof set differences = 0"),
    ("pathway_publisher", READS + "pathway.proof"),
    ("pathway_scheduler", "delete from pathway.proof"),
]  # fmt: skip
READ_SIDE = [
    ("projections_consumer", READS + "projections.web_session"),
    ("projections_consumer", READS + "projections.access_row"),
    ("projections_consumer", "drop table counsellor.caseload"),
    ("projections_consumer", "create schema mine"),
    ("projections_consumer", READS + "projections.proof"),
    ("projections_auditor", "delete from counsellor.caseload"),
    ("projections_auditor", "update counsellor.partition_progress set next_offset = 0"),
    ("projections_auditor", "delete from projections.parked"),
    ("projections_auditor", READS + "projections.access_row"),
    ("projections_auditor", READS + "projections.web_session"),
    ("projections_auditor", READS + "projections.special_characteristic"),
    ("projections_auditor", READS + "projections.report_key"),
    ("projections_consumer", READS + "projections.report_key"),
    ("projections_web", "update projections.report_key set moved = 0"),
    ("projections_auditor", "create schema mine"),
    ("projections_web", "update projections.proof set differences = 0"),
    ("projections_web", "delete from counsellor.caseload"),
    ("projections_web", "update counsellor.made_from set topic = 'x'"),
    ("projections_web", "delete from projections.parked"),
    ("projections_web", "delete from projections.parked_request"),
    ("projections_web", "update projections.parked_request set outcome = 'APPLIED'"),
    ("projections_web", "insert into projections.parked_request (outcome) values ('APPLIED')"),
    ("projections_web", "insert into projections.parked_decision (reason) values ('x')"),
    ("projections_consumer", "insert into projections.parked_request (asked) values ('RETRY')"),
    ("projections_consumer", "update projections.parked_request set asked_by = 'x'"),
    ("projections_consumer", "delete from projections.parked_request"),
    ("projections_web", "update projections.access_row set about = 'x'"),
    ("projections_web", "delete from projections.access_row"),
]  # fmt: skip


@pytest.mark.parametrize(("role", "statement"), WRITE_SIDE)
def test_what_no_role_of_the_write_side_needs_is_refused(
    write_side: str, login_as: LoginAs, role: str, statement: str
) -> None:
    with refused(login_as(write_side, role), statement):
        pass


@pytest.mark.parametrize(("role", "statement"), READ_SIDE)
def test_what_no_role_of_the_read_side_needs_is_refused(
    read_side: str, login_as: LoginAs, role: str, statement: str
) -> None:
    with refused(login_as(read_side, role), statement):
        pass


@pytest.mark.parametrize("role", ["projections_consumer", "projections_web", "projections_auditor"])
def test_the_read_side_is_not_even_let_into_the_write_sides_database(
    write_side: str, login_as: LoginAs, role: str
) -> None:
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        database.connect(login_as(write_side, role), "tests")


def test_functions_that_write_belong_to_a_role_that_nobody_signs_in_with_and_pin_their_path(
    write_side: str,
) -> None:
    with database.connect(write_side, "tests") as connection:
        found = connection.execute(
            """
            select proname, rolname, rolcanlogin, rolsuper,
                   'search_path=pg_catalog, pg_temp' = any(proconfig)
            from pg_proc join pg_roles on pg_roles.oid = proowner
            where pronamespace = 'pathway'::regnamespace and prosecdef order by proname
            """
        ).fetchall()

    assert ("append", "pathway_recorder", False, False, True) in found
    assert {row[1:] for row in found} == {("pathway_recorder", False, False, True)}


def test_only_the_recorder_may_insert_facts(write_side: str) -> None:
    with database.connect(write_side, "tests") as connection:
        may = connection.execute(
            """
            select rolname from pg_roles
            where not rolsuper and has_table_privilege(oid, 'pathway.pathway_events', 'insert')
              and rolname !~ '^pg_'
            """
        ).fetchall()

    assert may == [("pathway_recorder",)]


def test_the_consumer_writes_read_models_and_parks(read_side: str, login_as: LoginAs) -> None:
    url = login_as(read_side, "projections_consumer")
    with database.connect(url, "tests") as connection:
        schema.use(connection, COUNSELLOR)
        connection.execute("delete from caseload")
        connection.execute("delete from parked")
        connection.execute("update made_from set topic = null")


def test_beside_read_models_the_consumer_may_park_and_say_why_it_ended(
    read_side: str,
) -> None:
    with database.connect(read_side, "tests") as connection:
        found = connection.execute(
            """
            select relname from pg_class
            where relnamespace = 'projections'::regnamespace and relkind = 'r'
              and has_table_privilege('projections_consumer', oid,
                                      'select, insert, update, delete, truncate')
            """
        ).fetchall()

    assert {name for (name,) in found} == {
        "ended", "parked", "parked_decision", "parked_preview", "parked_request",
    }  # fmt: skip


def test_the_pages_ask_of_parked_pathways_and_the_consumer_says_what_came_of_it(
    read_side: str, login_as: LoginAs
) -> None:
    pathway_id = new_id()
    new = New(
        "counsellor", pathway_id, AskedOfParked.PREVIEW, None, "operator-01", "OVO000083", NOW
    )
    with database.connect(login_as(read_side, "projections_web"), "tests") as connection:
        parked_requests.ask(connection, new_id(), new)

    with database.connect(login_as(read_side, "projections_consumer"), "tests") as connection:
        request = parked_requests.waiting(connection, "counsellor")
        assert request is not None
        parked = NewParking(pathway_id, 2, 0, 0, Reason.GAP, "")
        schema.use(connection, COUNSELLOR)
        parking.park(connection, "counsellor", [parked], NOW)
        assert parking.take_due_gap(connection, "counsellor", NOW) == pathway_id
        [waits] = parking.parked(connection, "counsellor", pathway_id)
        parked_requests.note(
            connection, request, Done(Outcome.APPLIED, NOW, Retried(waits, 1, (), None))
        )
        assert parking.give_up(connection, "counsellor", pathway_id, GiveUp("why", "o", NOW))
        parking.forget_decision(connection, "counsellor", pathway_id)
        parking.unpark(connection, "counsellor", pathway_id)

    with database.connect(login_as(read_side, "projections_web"), "tests") as connection:
        assert parked_requests.preview(connection, "counsellor", pathway_id, NOW) == []
        [told] = parked_requests.of_pathway(connection, "counsellor", pathway_id)
        assert told.outcome == Outcome.APPLIED


def test_the_pages_read_both_models_and_leave_a_trace(read_side: str, login_as: LoginAs) -> None:
    caller = Caller("bemiddelaar-01", CallerKind.BEMIDDELAAR, "OVO000083", frozenset())
    with database.connect(login_as(read_side, "projections_web"), "tests") as connection:
        schema.use(connection, COUNSELLOR)
        connection.execute("select * from caseload")
        connection.execute("select * from reporting.inflow")
        access.look(
            connection,
            "projections",
            caller=caller,
            about=[new_id()],
            endpoint="pathway_timeline",
            purpose="BEGELEIDING",
            decision=access.Decision.PERMIT,
            at=NOW,
        )


def test_a_read_model_made_anew_gives_the_same_rights(
    new_database: Callable[..., str], login_as: LoginAs
) -> None:
    url = new_database()
    schema.migrate(url, [COUNSELLOR], frozenset())
    schema.migrate(url, [COUNSELLOR], frozenset({"counsellor"}))

    with database.connect(login_as(url, "projections_web"), "tests") as connection:
        schema.use(connection, COUNSELLOR)
        assert connection.execute("select count(*) from caseload").fetchone() == (0,)


def test_a_read_model_that_was_switched_in_gives_the_same_rights(
    new_database: Callable[..., str], login_as: LoginAs
) -> None:
    url = new_database()
    schema.migrate(url, [COUNSELLOR], frozenset())
    coming = next_of(COUNSELLOR)
    with database.connect(url, "tests", autocommit=True) as connection:
        schema.make(connection, coming, coming.name)
        exchange = Exchange(COUNSELLOR, coming, before_of(COUNSELLOR))
        exchange_within(connection, exchange, None, patience=10)

    with database.connect(login_as(url, "projections_consumer"), "tests") as connection:
        schema.use_to_write(connection, COUNSELLOR)
        connection.execute("delete from caseload")
        connection.execute("update partition_progress set next_offset = 0")
    with database.connect(login_as(url, "projections_web"), "tests") as connection:
        assert connection.execute("select * from counsellor.caseload").fetchall() == []
        assert not schema.other_code(connection, COUNSELLOR)
