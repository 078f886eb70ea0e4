"""The pages over real HTTP, beside an issuer and a vault that tells invented names."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx2
from embedded.issuer import DemoIssuer, create_app as issuer_app
from fastapi import FastAPI
from httpx2 import Response
from joserfc.jwk import KeySet
from plumbing.access_reading import LooksAnswer, LooksAsked
from plumbing.callers import Caller
from plumbing.clock import utc_now
from plumbing.database import connect, open_pool
from plumbing.row_rights import Standing
from plumbing.running import Process
from plumbing.web_sign_in import WebSignInSettings
from projections.acting import Asked, Done, HandOverTold, NotDone, Offered, Why
from projections.counsellor import COUNSELLOR
from projections.counsellor.notes import NewNote, NotesTold
from projections.demo_control import Control
from projections.names import LEAST_LETTERS, FoundNames, Names
from projections.overrides import NotOpened, Opened, Reason, Refused
from projections.projector import Batch, Move, apply
from projections.reporting import REPORTING
from projections.running_asked import Proven, Waiting, WriteSideRunning
from projections.schema import use
from projections.standing import STANDING_AWAY
from projections.web import WriteSide, create_app
from projections.where_asked import NotTold, Published, WriteSideWhere
from starlette.testclient import TestClient

from tests.plumbing.served import ServedIssuer, a_key, bound_socket, served
from tests.projections.history import History, named, record


@dataclass
class InventedNames:
    """Where names come from in tests. `away`: as when the vault does not answer."""

    known: dict[UUID, str] = field(default_factory=dict)
    away: bool = False
    asked: list[UUID | None] = field(default_factory=list)

    def of(self, references: Iterable[UUID | None], access_token: str) -> Names:
        self.asked = list(references)
        told = {one: self.known[one] for one in self.asked if one in self.known}
        return Names({}, missing=True) if self.away else Names(told)

    def search(self, name: str, access_token: str) -> FoundNames:
        if len(name) < LEAST_LETTERS:
            return FoundNames(why="short")
        people = {ref: known for ref, known in self.known.items() if name.lower() in known.lower()}
        return FoundNames(why="away") if self.away else FoundNames(people)


@dataclass
class InventedStandings:
    """What stands between callers and people in tests, by the caller. `away`: nobody tells it."""

    known: dict[str, Standing] = field(default_factory=dict)
    away: bool = False
    asked: list[str] = field(default_factory=list)

    def of(self, caller: Caller) -> Standing:
        self.asked.append(caller.ref)
        if self.away:
            raise STANDING_AWAY.problem()
        return self.known.get(caller.ref, Standing())


@dataclass
class NoLooks:
    """A write side where nobody looked at anybody; each of `known` is a person's reference and pathway."""

    known: Sequence[tuple[UUID, UUID]] = ()

    def looks(self, asked: LooksAsked, access_token: str) -> LooksAnswer | None:
        under = [one for each in self.known if asked.about in each for one in each]
        return LooksAnswer(looks=[], next_cursor=None, under=under)


class NoNotes:
    """A vault in which nobody wrote anything, and nothing can be written."""

    def of(self, pathway_id: UUID, cursor: str | None, access_token: str) -> NotesTold:
        return NotesTold(notes=[], next_cursor=None)

    def write(self, pathway_id: UUID, note: NewNote, access_token: str) -> NotDone:
        return NotDone(Why.AWAY)


@dataclass
class InventedOverrides:
    """Where tests hand reasons to: it gives `answer`."""

    answer: Opened | Refused = field(default_factory=lambda: Refused(NotOpened.NOBODY))
    given: list[Reason] = field(default_factory=list)

    def give(self, reason: Reason, access_token: str) -> Opened | Refused:
        assert access_token
        self.given.append(reason)
        return self.answer


@dataclass
class InventedFacts:
    """Where the write side's half of where a fact is comes from: what is `known`, by how it is named."""

    known: dict[str, WriteSideWhere] = field(default_factory=dict)
    away: bool = False

    def of(self, fact: str, access_token: str) -> WriteSideWhere | NotTold:
        assert access_token
        return NotTold.AWAY if self.away else self.known.get(fact, NotTold.NO_SUCH_FACT)


@dataclass
class InventedRunning:
    """What of the write side runs in tests; None as when it does not answer."""

    told: WriteSideRunning | None = None

    def now(self, applied: Collection[int], access_token: str) -> WriteSideRunning | None:
        assert access_token
        unread = [Waiting(after=one, facts=0, oldest_recorded_at=None) for one in applied]
        return self.told.model_copy(update={"unread": unread}) if self.told else None


def all_runs(at: datetime) -> WriteSideRunning:
    """A demo's write side where all runs and everything is published and proven."""
    publisher = Process(
        process="pathway publisher", state="LEADS", processes=2, since=at, last_sign=at
    )
    return WriteSideRunning(
        demo=True,
        stored=4,
        published=4,
        processes=[publisher],
        waiting=Waiting(after=4, facts=0, oldest_recorded_at=None),
        unread=[],
        proven=Proven(position=4, at=at, differences=0, whole_at=None),
    )


@dataclass
class InventedControl:
    """Whom a demo's page asks to kill: it remembers the names."""

    names: list[str] = field(default_factory=list)

    def kill(self, process: str) -> bool:
        self.names.append(process)
        return True


@dataclass
class InventedCommands:
    """A write side that offers what is `known`, and answers each command with `answer`."""

    known: Offered | NotDone = field(default_factory=lambda: NotDone(Why.AWAY))
    answer: Done | NotDone = field(default_factory=lambda: NotDone(Why.AWAY))
    sent: list[Asked] = field(default_factory=list)

    def offered(
        self, pathway_id: UUID, access_token: str, fact_id: UUID | None = None
    ) -> Offered | NotDone:
        assert access_token
        return self.known

    def send(self, asked: Asked, access_token: str) -> Done | NotDone:
        assert access_token
        self.sent.append(asked)
        return self.answer

    def warnings(self, asked: Asked, access_token: str) -> Sequence[str]:
        assert access_token
        return ()

    def hand_over(
        self, body: Mapping[str, object], key: str, access_token: str
    ) -> HandOverTold | NotDone:
        assert access_token
        return NotDone(Why.AWAY)


def fact_of(pathway: str, version: int = 1, **published: object) -> WriteSideWhere:
    """What the write side tells of a published fact of an invented pathway; `published` is otherwise."""
    at = datetime(2015, 10, 1, 8, tzinfo=UTC)
    told = {"state": "PUBLISHED", "topic": "events", "partition": 0, "published_at": at}
    told |= {"first_offset": None, "last_offset": None, "withheld": False, "ahead": 0}
    told |= {"stopped_reason": None, "stopped_at": None}
    return WriteSideWhere(
        fact_id=named(f"fact {version} of {pathway}"),
        pathway_id=named(f"pathway {pathway}"),
        version=version,
        position=str(version),
        recorded_at=at,
        published=Published.model_validate({**told, **published}),
        groups=None,
        groups_unknown="no brokers here",
    )


def invented() -> WriteSide:
    """A write side that knows no name, no fact, and nothing that stands between anyone."""
    return WriteSide(
        InventedNames(),
        InventedStandings(),
        NoLooks(),
        InventedOverrides(),
        InventedFacts(),
        InventedRunning(),
        InventedCommands(),
        NoNotes(),
    )


@contextmanager
def served_issuer() -> Iterator[ServedIssuer]:
    at = bound_socket()
    own = DemoIssuer(f"http://127.0.0.1:{at.getsockname()[1]}", KeySet([a_key()]))
    with served(issuer_app(own), at):
        yield ServedIssuer(own)


@contextmanager
def web_app(
    url: str,
    issuer: ServedIssuer,
    names: InventedNames,
    address: str,
    now: datetime,
    *,
    control: Control | None = None,
    **others: object,
) -> Iterator[FastAPI]:
    """The app on the read models at `url`, on a day that stands still.

    `others` stand in the places of the invented write side.
    """
    settings = WebSignInSettings(oidc_issuer=issuer.url, web_public_url=address)
    # Tokens are as old as their issuer says, so that clock moves along.
    issuer.issuer.now = lambda: now
    with open_pool(url, "test", timeout=2) as pool:
        write_side = replace(invented(), names=names, **others)
        yield create_app(settings, pool, write_side, now=lambda: now, control=control)


def filled(url: str, histories: Sequence[History], complete_until: datetime | None = None) -> str:
    """The same `url`, a migrated database, when both read models have these histories."""
    events = [(history, v) for history in histories for v in range(1, len(history) + 1)]
    records = [record(history, v, offset) for offset, (history, v) in enumerate(events)]
    for projection in (COUNSELLOR, REPORTING):
        with connect(url, "test", autocommit=True) as connection:
            use(connection, projection)
            connection.execute("insert into partition_progress values (0, 0)")
            move = Move(0, len(records), complete_until)
            apply(connection, projection, Batch(records, {0: move}), at=utc_now())
    return url


def by_rest(app: FastAPI, issuer: ServedIssuer, address: str) -> Callable[[str], TestClient]:
    """`by_rest(...)("bemiddelaar-01")` asks by REST in that person's name."""

    def client(code: str) -> TestClient:
        headers = {"Authorization": f"Bearer {issuer.token(code)}"}
        return TestClient(app, base_url=address, headers=headers)

    return client


def sign_in(browser: httpx2.Client, user: str, page: str = "/caseload") -> Response:
    """From a page to the issuer, one click there, and back: the answer is where it ends."""
    start = browser.get(page, follow_redirects=False).headers["location"]
    address = browser.get(start, follow_redirects=False).headers["location"]
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    back = httpx2.post(address.partition("?")[0], data={**asked, "user": user})
    return browser.get(back.headers["location"])
