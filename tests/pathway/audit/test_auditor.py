"""The auditor proves log and topics as they grow, finds what is wrong, names it, and goes on."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from uuid import uuid4

import pytest
from kafka import KafkaProducer
from pathway import proof
from pathway.application import Pathways
from pathway.auditor import AuditorSettings, Proving
from pathway.leader import Session
from pathway.proof import Kind, Proof
from psycopg.rows import dict_row

import schemas
from tests.pathway.given import SetClock
from tests.pathway.publishing import Publishing, assign, life, lives

PATIENCE = 1.0


class Auditing:
    """An auditor's term, step by step."""

    def __init__(self, publishing: Publishing, session: Session, clock: SetClock) -> None:
        self.settings = AuditorSettings(**publishing.settings.model_dump())
        self.session, self.clock = session, clock

    def catch_up(self, session: Session | None = None) -> Proof:
        """Prove all that is published, rounds that are due included; what following says."""
        with ExitStack() as opened:
            proving = Proving(self.settings, session or self.session, opened, PATIENCE)
            for _ in range(10):
                if proving.step(self.clock()):
                    continue
                proofs = self.proofs()
                if Kind.ROUND not in proofs and Kind.FOLLOWING in proofs:
                    break
            proving.step(self.clock())
        return self.proofs()[Kind.FOLLOWING]

    def proofs(self) -> dict[Kind, Proof]:
        return proof.stored(self.session)

    def round_again(self) -> Proof:
        """A complete round; what it found."""
        proof.want_round(self.session, self.clock())
        self.catch_up()
        return self.proofs()[Kind.COMPLETE]


@pytest.fixture
def auditing(publishing: Publishing, clock: SetClock) -> Iterator[Auditing]:
    url = publishing.settings.pathway_database_url
    with Session.connect(url, autocommit=True, row_factory=dict_row) as session:
        yield Auditing(publishing, session, clock)


@pytest.fixture
def proven(publishing: Publishing, pathways: Pathways, auditing: Auditing) -> Publishing:
    """Three pathways of four facts each, published and proven."""
    lives(pathways, 0, 3)
    publishing.publish_all(pathways.store)
    assert auditing.catch_up().position == 12
    return publishing


def test_a_sound_log_is_proven_up_to_its_end(
    publishing: Publishing, pathways: Pathways, auditing: Auditing
) -> None:
    lives(pathways, 0, 3)
    publishing.publish_all(pathways.store)

    following = auditing.catch_up()

    assert (following.position, following.differences) == (12, 0)
    complete = auditing.proofs()[Kind.COMPLETE]
    assert (complete.facts, complete.position, complete.differences) == (12, 12, 0)
