"""Both services on stores of their own, each with a person or more in it, for the tests of a module."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

import psycopg
import pytest
from embedded.issuer import DemoIssuer
from embedded.issuer_users import PARTNER_KBO
from joserfc.jwk import KeySet
from pathway.answering import Answers
from pathway.api import create_app
from pathway.api_rights import RIGHTS as COMMANDS_AND_NAMES
from pathway.application import Pathways
from pathway.identity import Vault
from pathway.store import Store
from plumbing.callers import Caller as CallerOfEither, Role
from plumbing.database import connect, open_pool
from plumbing.ids import new_id
from plumbing.row_rights import Rule, Standing
from projections import parking, schema
from projections.acting import Offered
from projections.counsellor import COUNSELLOR
from projections.parking import NewParking, Reason
from projections.reporting import REPORTING
from projections.web_rights import RIGHTS as READ_MODELS

from tests.conftest import TemporaryDatabase
from tests.pathway.api.client import EMPLOYER, Caller, anybody, tokens_of
from tests.pathway.conftest import migrated
from tests.pathway.given import MASTER, SetClock
from tests.plumbing.served import a_key
from tests.projections.history import History, named
from tests.projections.web.conftest import ADDRESS, NOW
from tests.projections.web.given import everyone
from tests.projections.web.served_pages import (
    InventedCommands,
    InventedFacts,
    InventedNames,
    NoLooks,
    fact_of,
    filled,
    served_issuer,
    web_app,
)
from tests.rights.doors import CONFIDENTIAL, OF_OTHERS, Door, Known, just

WEP_PLUS = {
    "on": "2015-01-12",
    "planned_until": "2015-09-30",
    "hours_per_week": 19,
    "promotor": EMPLOYER,
    "project": "WEP-2015-017",
}
TO_THE_PARTNER = {
    "on": "2015-07-13",
    "to_scheme": "IWPL_SUBSIDIE",
    "guiding_organisation": PARTNER_KBO,
}
SCHEMAS = "http://127.0.0.1:8401/schemas"


@pytest.fixture(scope="session")
def write_template(new_database: Callable[..., str]) -> str:
    url = new_database()
    migrated(url)
    return url


@pytest.fixture(scope="session")
def read_template(new_database: Callable[..., str]) -> str:
    url = new_database()
    schema.migrate(url, [COUNSELLOR, REPORTING], frozenset())
    return url


@pytest.fixture(scope="module")
def write_side(temporary_database: TemporaryDatabase, write_template: str) -> Iterator[Door]:
    """The write side in October 2015: somebody of no unit whom a partner guides, and people not shown."""
    issuer = DemoIssuer("https://issuer.example", KeySet([a_key()]))
    clock = SetClock(datetime(2015, 10, 1, 9, 0, tzinfo=UTC))
    with temporary_database(write_template) as url, open_pool(url, "tests") as pool:
        store = Store(url, clock=clock)
        vault = Vault(store, MASTER, new_id=new_id)
        answers = Answers(pool, vault.keyed_hash, clock)
        app = create_app(Pathways(store, vault), answers, tokens_of(issuer), SCHEMAS)
        caller = Caller(app, issuer)
        known = enrolled(caller, "Zichtbaar")
        hidden = {name: enrolled(caller, name) for name in (*OF_OTHERS, CONFIDENTIAL)}
        command(caller, known, "start-work-experience-module", WEP_PLUS)
        command(caller, known, "migrate-wep-plus", TO_THE_PARTNER, version=2)
        south = {"on": "2015-02-01", "counsellor": "bemiddelaar-04", "unit": "OE-VOORBEELD-ZUID"}
        for one in OF_OTHERS:
            command(caller, hidden[one], "assign-counsellor", south)
        door = Door(
            app, COMMANDS_AND_NAMES, url, "pathway", issuer, "http://testserver", known, hidden
        )
        barrier = {
            "kind": "VERTROUWELIJK",
            "person_ref": hidden[CONFIDENTIAL]["person_ref"],
            "motive": "INVENTED",
        }
        set_by = door.knock(just(Role.ADMINISTRATOR, "sets-barriers"))
        assert set_by.post("/v1/barriers", json=barrier).status_code == 201
        published(url, store.position())
        yield door
        store.close()


def published(url: str, position: int) -> None:
    """Let the log be published up to there, as the publisher notes it."""
    with psycopg.connect(url) as connection:
        connection.execute(
            "insert into pathway.publisher_status (leader, leader_since, position)"
            " values ('a test', now(), %s)",
            (position,),
        )


def enrolled(caller: Caller, last_name: str) -> Known:
    """Somebody new of that name, and what they are known by."""
    body = anybody() | {"last_name": last_name}
    pathway_id = str(caller.enrolled(body))
    found = caller.post("/v1/persons/look-up", {"insz": body["insz"]}).json()
    told = {name: str(body[name]) for name in ("insz", "last_name", "first_name")}
    return {"pathway_id": pathway_id, "person_ref": found["person_ref"], **told}


def command(
    caller: Caller, about: Known, name: str, body: Mapping[str, object], version: int = 1
) -> None:
    done = caller.command(UUID(about["pathway_id"]), name, body, version)
    assert done.status_code == 200, done.text


@dataclass
class CoraIsConfidential:
    """What stands between every caller and people, as the write side would tell it."""

    def of(self, caller: CallerOfEither) -> Standing:
        return Standing(barriers={Rule.CONFIDENTIAL: [named("person cora")]})


@pytest.fixture(scope="module")
def read_side(temporary_database: TemporaryDatabase, read_template: str) -> Iterator[Door]:
    """The read side on the same day: Els as there, Dirk another unit's, Cora confidential."""
    with served_issuer() as issuer, temporary_database(read_template) as url:
        els = History("els").enrolled(date(2015, 5, 4)).migrated(date(2015, 7, 1), to=PARTNER_KBO)
        filled(url, [els, *(one for one in everyone() if one.pathway_id != els.pathway_id)], NOW)
        with connect(url, "tests", autocommit=True) as connection:
            new = NewParking(named("pathway els"), 2, 0, 1, Reason.FAILED, "as these tests have it")
            connection.execute("set search_path to projections")
            parking.park(connection, "reporting", [new], NOW)
        names = InventedNames({named("person els"): "Els Verzonnen"})
        # As the write side has it, which tells of Cora as of nobody.
        looks = NoLooks(
            [(named(f"person {who}"), named(f"pathway {who}")) for who in ("els", "dirk")]
        )
        facts = InventedFacts(
            {f"{named(f'pathway {one}')}:1": fact_of(one) for one in ("els", "dirk")}
        )
        nothing = Offered(version=1, today=NOW.date(), fresh_from=NOW.date(), commands=[])
        others = {"standings": CoraIsConfidential(), "looks": looks, "facts": facts}
        others["commands"] = InventedCommands(nothing)
        with web_app(url, issuer, names, ADDRESS, NOW, **others) as app:
            known = {**ids("els"), "name": "Els Verzonnen"}
            hidden = {OF_OTHERS[0]: ids("dirk"), CONFIDENTIAL: ids("cora")}
            yield Door(app, READ_MODELS, url, "projections", issuer.issuer, ADDRESS, known, hidden)


def ids(name: str) -> Known:
    return {"pathway_id": str(named(f"pathway {name}")), "person_ref": str(named(f"person {name}"))}


@pytest.fixture(params=["write_side", "read_side"])
def door(request: pytest.FixtureRequest) -> Door:
    """Each of the two services."""
    return request.getfixturevalue(request.param)
