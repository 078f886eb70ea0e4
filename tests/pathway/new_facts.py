"""Facts to record and what goes beside them, for tests of the store, which decide nothing."""

from datetime import date
from uuid import UUID

from pathway.beside import Beside, CommandAnswer
from pathway.domain.codes import Category, Channel
from pathway.domain.enrolment import Enrolled
from pathway.domain.guidance import CounsellorAssigned
from pathway.recorded import Judged, Recorded
from pathway.store import NewFacts
from plumbing.ids import new_id

from tests.pathway.given import said

DAY = date(2015, 1, 5)


def enrolled(
    person_ref: UUID | None = None, pathway_id: UUID | None = None, beside: Beside | None = None
) -> NewFacts:
    """The first fact of a pathway, as somebody's enrolment comes to it."""
    fact = Enrolled(
        occurred_on=DAY,
        person_ref=person_ref or new_id(),
        category=Category.UVW_WZ,
        channel=Channel.LOKET,
    )
    return NewFacts(pathway_id or new_id(), None, [Judged(fact)], said(), beside or Beside())


def assigned(after: Recorded, counsellor: str = "bemiddelaar-01") -> NewFacts:
    """One more fact of the pathway of this one."""
    fact = CounsellorAssigned(occurred_on=DAY, counsellor=counsellor, unit="OE-GENT")
    return NewFacts(after.pathway_id, after, [Judged(fact)], said())


def answered(key: str) -> CommandAnswer:
    """What a command under this key was answered."""
    return CommandAnswer(
        actor="bemiddelaar-01",
        key=key,
        body_hash="00" * 32,
        status=201,
        answer={"version": 1},
        answered_at="2015-10-01T09:00:00+00:00",
    )
