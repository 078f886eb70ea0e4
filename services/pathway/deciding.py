"""A pathway while commands decide on it, one after the other; nothing is recorded yet."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from uuid import UUID

from pathway.beside import Beside, Held, NewPerson
from pathway.domain.catalogue import PathwayFact
from pathway.domain.commands import Command, Moment
from pathway.domain.deadlines import announced_from
from pathway.domain.exclusion import exclusions
from pathway.domain.facts import Told, state_of
from pathway.domain.state import Pathway
from pathway.recorded import Judged, Recorded
from pathway.store import Context, NewFacts


class Deciding:
    """The facts of one pathway with those that commands add; a refused command adds none."""

    def __init__(self, pathway_id: UUID, facts: Sequence[Recorded], moment: Moment) -> None:
        self.pathway_id = pathway_id
        self._after = facts[-1] if facts else None
        self._told = [Told(f.fact_id, f.fact) for f in facts]
        self._new: list[Judged] = []
        self._moment = moment
        self._was_open: bool | None = None

    @property
    def pathway(self) -> Pathway | None:
        """The pathway as of now, with what was added; None before its enrolment."""
        return state_of(self._told)

    @property
    def new(self) -> Sequence[Judged]:
        """What commands added, in order."""
        return tuple(self._new)

    def take(self, command: Command) -> Sequence[PathwayFact]:
        """The facts that this command adds. Raises `Refused`, and then stays as it was."""
        before = self.pathway
        if self._was_open is None:
            self._was_open = bool(before and before.open)
        facts = command.decide(before, self._moment._replace(told=tuple(self._told)))
        self._told.extend(Told(None, fact) for fact in facts)
        self._new.extend(
            Judged(fact, fact.judged_by(before), fact.warnings(before)) for fact in facts
        )
        return facts

    @contextmanager
    def whole(self) -> Generator[None]:
        """What the commands of this block add stays when none of them is refused, else none of it."""
        told, new = len(self._told), len(self._new)
        try:
            yield
        except BaseException:
            del self._told[told:], self._new[new:]
            raise

    def new_facts(self, context: Context, person: NewPerson | None = None) -> NewFacts:
        """What was added, for `Store.append`, with what must be committed beside it."""
        pathway = self.pathway
        is_open = bool(pathway and pathway.open)
        begins = self._after is None and bool(self._new)
        # The reservation of the person's one open pathway: with its first fact, and when it is open again.
        opens = begins or (is_open and not self._was_open)
        closes = (begins or self._was_open) and not is_open
        beside = Beside(
            people=(person,) if person else (),
            opened=((pathway.person_ref, self.pathway_id),) if pathway and opens else (),
            closed=(self.pathway_id,) if closes else (),
            held=(held(self.pathway_id, pathway),) if pathway else (),
        )
        return NewFacts(self.pathway_id, self._after, self.new, context, beside)


def held(pathway_id: UUID, pathway: Pathway) -> Held:
    """Who holds this pathway, as its facts say."""
    return Held(
        pathway_id=pathway_id,
        person_ref=pathway.person_ref,
        counsellor=pathway.counsellor,
        unit=pathway.unit,
        partners={guide.organisation: guide.until for guide in pathway.guides},
        closed_on=pathway.closed_on,
        exit_type=pathway.exit_type,
        due_from=announced_from(pathway),
        excludes=tuple(one._asdict() for one in exclusions(pathway)),
    )
