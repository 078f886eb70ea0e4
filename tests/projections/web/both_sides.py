"""Both services for the forms: commands go to the real write side, and what it records to the read models."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import UUID

from pathway import contract
from pathway.answering import Answers
from pathway.api import create_app as pathway_app
from pathway.application import Pathways, folded
from pathway.identity import Vault as WriteSideVault
from pathway.store import Store
from plumbing.clock import utc_now
from plumbing.database import connect, open_pool
from plumbing.ids import new_id
from plumbing.tokens import Issuer, Tokens
from plumbing.web_sign_in import WebSignInSettings
from projections import schema
from projections.acting import Asked, Done, NotDone, WriteSideCommands
from projections.counsellor import COUNSELLOR
from projections.counsellor.notes import WriteSideNotes
from projections.names import Vault
from projections.projection import Record
from projections.projector import Batch, Move, apply
from projections.reporting import REPORTING
from projections.schema import use
from projections.web import create_app

from tests.pathway.conftest import migrated
from tests.pathway.given import MASTER, SetClock
from tests.plumbing.served import bound_socket, served
from tests.projections.web.served_pages import invented, served_issuer

NOW = datetime(2015, 10, 1, 9, tzinfo=UTC)
SCHEMAS = "http://127.0.0.1:8401/schemas"


@dataclass
class Followed(WriteSideCommands):
    """The write side's commands; what comes of one is in the read models before it is answered."""

    api_url: str
    store: Store
    read_url: str
    offset: int = 0
    at: dict[UUID, int] = field(default_factory=dict[UUID, int])

    def __post_init__(self) -> None:
        super().__init__(self.api_url)

    def send(self, asked: Asked, access_token: str) -> Done | NotDone:
        answer = super().send(asked, access_token)
        if isinstance(answer, Done):
            self.follow(answer.pathway_id)
        return answer

    def follow(self, pathway_id: UUID) -> None:
        """Put what is new of this pathway in the read models, as publisher and consumers do."""
        facts = self.store.load(pathway_id)
        new = [one for one in facts if one.version > self.at.get(pathway_id, 0)]
        records: list[Record] = []
        for fact in new:
            after = folded(facts[: fact.version])
            assert after is not None
            value = contract.published(fact, after, SCHEMAS).to_bytes()
            place = self.offset + len(records)
            records.append(Record(0, place, str(pathway_id).encode(), value))
        for projection in (COUNSELLOR, REPORTING):
            with connect(self.read_url, "test", autocommit=True) as connection:
                use(connection, projection)
                move = Move(self.offset, self.offset + len(records), utc_now())
                apply(connection, projection, Batch(records, {0: move}), at=utc_now())
        self.offset += len(records)
        self.at[pathway_id] = facts[-1].version


@dataclass(frozen=True)
class BothSides:
    """Where the pages are, the write side behind them, and its clock."""

    address: str
    api_url: str
    commands: Followed
    clock: SetClock
    token: Callable[[str], str]


@contextmanager
def both_sides(new_database: Callable[..., str]) -> Generator[BothSides]:
    """The pages over real HTTP, with the real write side, in October 2015."""
    write_url, read_url = new_database(), new_database()
    migrated(write_url)
    schema.migrate(read_url, [COUNSELLOR, REPORTING], frozenset())
    for projection in (COUNSELLOR, REPORTING):
        with connect(read_url, "test", autocommit=True) as connection:
            use(connection, projection)
            connection.execute("insert into partition_progress values (0, 0)")
    clock, at, api_at = SetClock(NOW), bound_socket(), bound_socket()
    address = f"http://127.0.0.1:{at.getsockname()[1]}"
    api_url = f"http://127.0.0.1:{api_at.getsockname()[1]}"
    with (
        served_issuer() as issuer,
        open_pool(write_url, "tests") as write_pool,
        open_pool(read_url, "tests", timeout=2) as read_pool,
    ):
        issuer.issuer.now = lambda: NOW
        store = Store(write_url, clock=clock)
        vault = WriteSideVault(store, MASTER, new_id=new_id)
        tokens = Tokens(Issuer(issuer.url), "vdab-pathway", lambda: NOW)
        answers = Answers(write_pool, vault.keyed_hash, clock)
        api = pathway_app(Pathways(store, vault), answers, tokens, SCHEMAS)
        commands = Followed(api_url, store, read_url)
        names = Vault(api_url)
        settings = WebSignInSettings(oidc_issuer=issuer.url, web_public_url=address)
        notes = WriteSideNotes(api_url)
        write_side = replace(invented(), names=names, commands=commands, notes=notes)
        web = create_app(settings, read_pool, write_side, now=clock)
        with served(api, api_at), served(web, at):
            yield BothSides(address, api_url, commands, clock, issuer.token)
        names.close()
        store.close()
