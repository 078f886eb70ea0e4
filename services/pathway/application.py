"""The use cases: load a pathway, let a command decide, record what follows together with its answer."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache, partial
from uuid import UUID

from plumbing.clock import brussels_today
from plumbing.ids import new_id

from pathway.backdating import Review
from pathway.beside import CommandAnswer, together
from pathway.deciding import Deciding
from pathway.domain import merge_refusals, refusals
from pathway.domain.catalogue import PathwayFact
from pathway.domain.closing import PathwayReopened
from pathway.domain.codes import Category, Channel
from pathway.domain.commands import Command, Moment
from pathway.domain.enrolment import Enrol
from pathway.domain.facts import Amendment, Told, state_of
from pathway.domain.state import Pathway
from pathway.excluded import exclusions_of
from pathway.identity import KnownNumber, NumberStatus, Person, Vault
from pathway.persons import pathways_of, people_of
from pathway.recorded import Recorded, stood_at
from pathway.store import Context, NewFacts, OpenElsewhere, Outpaced, PersonKnown, Store
from pathway.two_clocks import KnownBy, Point, seen_from

NAME_DIFFERS = "name-differs"
ATTEMPTS = 5
"""How often a command without an expected version is decided anew when it was outpaced."""

Answering = Callable[["Done"], CommandAnswer]
"""Makes the answer that is committed with the facts, from what was done."""


class UnknownVersion(Exception):
    """The pathway has not come to this version yet."""


@dataclass(frozen=True)
class Done:
    """What a command came to: the pathway's version after it, and the new facts, if any."""

    pathway_id: UUID
    version: int
    facts: tuple[PathwayFact, ...]
    warnings: tuple[str, ...] = ()
    """What is allowed but worth a look, as codes."""


@dataclass(frozen=True)
class Enrolment:
    """A request to start a pathway for a person."""

    person: Person
    on: date
    category: Category | None
    channel: Channel
    inferred: bool = False

    def command(self, person_ref: UUID) -> Enrol:
        """The same, of a person known by reference only."""
        return Enrol(
            on=self.on,
            person_ref=person_ref,
            category=self.category,
            channel=self.channel,
            inferred=self.inferred,
        )


@dataclass(frozen=True)
class Standing:
    """A pathway as it stands, and its facts that say so. `version` counts all of its facts."""

    pathway_id: UUID
    version: int
    pathway: Pathway
    facts: tuple[Recorded, ...]


class Pathways:
    """Everything that can be done with pathways. Safe to use from many threads."""

    def __init__(self, store: Store, vault: Vault, *, new_id: Callable[[], UUID] = new_id) -> None:
        self.store = store
        self.vault = vault
        self._new_id = new_id

    def enrol(
        self,
        enrolment: Enrolment,
        context: Context,
        *,
        then: Sequence[Command] = (),
        answering: Answering | None = None,
        review: Review | None = None,
        hidden: bool = False,
    ) -> Done:
        """Start a pathway, with the commands `then` decided on it in the same commit.

        `hidden`: no warning tells whether the person is known.
        Raises `Refused`, and what `Store.append` raises. One person is one reference, also when
        two requests enrol the same INSZ at the same moment: the second finds the first.
        """
        pathway_id = self.new_pathway_id()
        for _ in range(ATTEMPTS):
            new = self.decide_enrolment(pathway_id, enrolment, context, then=then)
            new = review([], new) if review else new
            try:
                warnings = () if hidden else self._name_warnings(enrolment.person, new)
                return self._record(new, answering, warnings)
            except PersonKnown:
                continue
            except OpenElsewhere:
                (person_ref, _), *_ = new.beside.opened
                raise self._already_open(person_ref) from None
        raise Outpaced("the vault kept changing")

    def command(
        self,
        pathway_id: UUID,
        commands: Sequence[Command],
        context: Context,
        *,
        expected_version: int | None = None,
        answering: Answering | None = None,
        review: Review | None = None,
        preview: bool = False,
    ) -> Done:
        """Let these commands decide on the pathway, one after the other, and record what follows.

        With `expected_version` the pathway must stand there, but for deadlines that were announced
        (`Outpaced` otherwise); without it, the commands decide anew when somebody else was first. A
        `preview` records nothing. Raises `Refused`.
        """
        for _ in range(ATTEMPTS):
            facts = self.store.load(pathway_id)
            if not facts:
                raise refusals.UnknownPathway("There is no pathway with this id.")
            if expected_version is not None and not stood_at(expected_version, facts):
                raise Outpaced(f"the pathway is at version {facts[-1].version}")
            new, *beside = self._decide_all(pathway_id, facts, commands, context)
            new = review(facts, new) if review else new
            try:
                return _done(new) if preview else self._record(new, answering, beside=beside)
            except OpenElsewhere:
                (person_ref, _), *_ = together([one.beside for one in (new, *beside)]).opened
                raise self._already_open(person_ref) from None
            except Outpaced:
                # By what the caller need not have seen, or on the other of two pathways: look again.
                continue
        raise Outpaced("the pathway kept changing")

    def _decide_all(
        self,
        pathway_id: UUID,
        facts: Sequence[Recorded],
        commands: Sequence[Command],
        context: Context,
    ) -> list[NewFacts]:
        """What the commands come to on this pathway, and on others that change in the same commit."""
        others = [one for command in commands if (one := command.counterpart(pathway_id))]
        self._of_one_person([pathway_id, *(other_id for other_id, _ in others)])
        # Loaded once, so that both sides decide on the same: the commit tells when that was outpaced.
        load = cache(self.store.load)
        new = self.decide(pathway_id, facts, commands, context, elsewhere=load)
        decided = {pathway_id: (facts, new)}
        for other_id, command in others:
            there = load(other_id)
            decided[other_id] = there, self.decide(other_id, there, [command], context)
        for known, one in decided.values():
            self.alone(known, one, besides=decided)
        return [one for _, one in decided.values()]

    def decide_enrolment(
        self,
        pathway_id: UUID,
        enrolment: Enrolment,
        context: Context,
        *,
        then: Sequence[Command] = (),
    ) -> NewFacts:
        """What an enrolment comes to, for `Store.append`, which alone can tell who was first.

        Raises `Refused`. Nothing is recorded here.
        """
        known = self.vault.known([enrolment.person.insz]).get(enrolment.person.insz)
        if known:
            person_ref, people = known.person_ref, ()
        else:
            sealed = self.vault.sealed(enrolment.person)
            person_ref, people = UUID(sealed.person_ref), (sealed,)
        # What is wrong with the request by itself is told first: it tells nothing of the person.
        commands = [enrolment.command(person_ref), *then]
        new = self.decide(pathway_id, [], commands, context)
        if known:
            self._not_beside_another(known, enrolment.on)
        return replace(new, beside=replace(new.beside, people=people))

    def decide(
        self,
        pathway_id: UUID,
        facts: Sequence[Recorded],
        commands: Sequence[Command],
        context: Context,
        *,
        elsewhere: Callable[[UUID], Sequence[Recorded]] | None = None,
    ) -> NewFacts:
        """What these commands come to on a pathway with these facts, for `Store.append`.

        For callers that know a pathway's facts already and record many pathways in one go. Raises
        `Refused`. Nothing is recorded here.
        """
        deciding = self.deciding(pathway_id, facts, elsewhere)
        for command in commands:
            deciding.take(command)
        return deciding.new_facts(context)

    def deciding(
        self,
        pathway_id: UUID,
        facts: Sequence[Recorded] = (),
        elsewhere: Callable[[UUID], Sequence[Recorded]] | None = None,
        *,
        new_id: Callable[[], UUID] | None = None,
    ) -> Deciding:
        """A pathway with these facts, for commands to decide on at this moment.

        `elsewhere` loads the facts of another pathway, for a command about two.
        """
        load = elsewhere or self.store.load

        def told_elsewhere(other_id: UUID) -> Sequence[Told]:
            return as_told(load(other_id))

        today = brussels_today(self.store.clock())
        excluded = partial(exclusions_of, self.store)
        moment = Moment(today, new_id or self._new_id, (), told_elsewhere, excluded)
        return Deciding(pathway_id, facts, moment)

    def new_pathway_id(self) -> UUID:
        """An id for a pathway that is about to be enrolled."""
        return self._new_id()

    def standing(
        self,
        pathway_id: UUID,
        *,
        version: int | None = None,
        as_of: date | None = None,
        known_at: datetime | None = None,
        known_by: KnownBy = KnownBy.RECORDED,
    ) -> Standing:
        """The pathway as of day `as_of` (default today) as known at `known_at`, or at a version.

        Raises `UnknownPathway`, also when nothing was known or true of it then, and
        `UnknownVersion`.
        """
        facts = self.store.load(pathway_id, version)
        if facts and version is not None and facts[-1].version < version:
            raise UnknownVersion(f"The pathway is at version {facts[-1].version}.")
        seen = seen_from(facts, self.point(as_of, known_at, known_by))
        if seen.pathway is None:
            raise refusals.UnknownPathway(
                "There is no pathway with this id, or nothing was known of it then."
            )
        now = as_of is None and known_at is None
        newest = facts[-1].version if now else max(f.version for f in seen.facts)
        return Standing(pathway_id, newest, seen.pathway, seen.facts)

    def point(
        self,
        as_of: date | None = None,
        known_at: datetime | None = None,
        known_by: KnownBy = KnownBy.RECORDED,
    ) -> Point:
        """A point of the two clocks; what is not told is now."""
        return Point(as_of or brussels_today(self.store.clock()), known_at, known_by)

    def _record(
        self,
        new: NewFacts,
        answering: Answering | None,
        warnings: tuple[str, ...] = (),
        beside: Sequence[NewFacts] = (),
    ) -> Done:
        done = _done(new, warnings)
        if answering is not None:
            new = replace(new, beside=replace(new.beside, answers=(answering(done),)))
        if answering is not None or new.facts:
            self.store.append(new, *beside)
        return done

    def _name_warnings(self, person: Person, new: NewFacts) -> tuple[str, ...]:
        """That somebody who is enrolled again has another name in the vault, which keeps it."""
        if new.beside.people:
            return ()
        (person_ref, _), *_ = new.beside.opened
        known = self.vault.people([person_ref]).get(person_ref)
        if known is None or known.is_named(person.last_name, person.first_name):
            return ()
        return (NAME_DIFFERS,)

    def _not_beside_another(self, known: KnownNumber, on: date) -> None:
        if known.status is NumberStatus.CANCELLED:
            raise refusals.InszCancelled(
                "This number was cancelled. Enrol the person with the number that they have now.",
                "insz",
            )
        references = self.vault.same_as([known.person_ref])[known.person_ref]
        for one in references:
            if self.store.open_pathway(one):
                raise self._already_open(one)
        # A late enrolment is judged on its own day, on which a pathway that is closed now was open.
        for pathway_id in (each for one in references for each in pathways_of(self.store, one)):
            other = folded(self.store.load(pathway_id))
            if other and other.closed and other.closed_on and on < other.closed_on:
                raise refusals.AlreadyOpen(
                    f"This person's pathway {pathway_id} was open until {other.closed_on}; another "
                    f"one cannot start on {on}. Give the day of its closing or a later one.",
                    "on",
                    pathway_id,
                )

    def _of_one_person(self, pathways: Sequence[UUID]) -> None:
        """Refuse pathways that are to change in one commit, and are not known to be of one person."""
        people = people_of(self.store, pathways) if len(pathways) > 1 else []
        if len(people) > 1 and not set(people) <= set(self.vault.same_as(people[:1])[people[0]]):
            raise merge_refusals.NotOnePerson(
                "By what the vault knows, these pathways are of different people. When one number "
                "replaced the other, or both references are one person, an administrator registers "
                "that first (replace-number, link).",
                "absorbed",
            )

    def alone(
        self, facts: Sequence[Recorded], new: NewFacts, besides: Collection[UUID] = ()
    ) -> None:
        """Refuse what would leave two pathways of one person open on one day: an amendment, a reopening.

        Those that change in the same commit, `besides`, are decided about by their command.
        """
        amending = (Amendment, PathwayReopened)
        if not any(isinstance(judged.fact, amending) for judged in new.facts):
            return
        told = as_told(facts)
        before = state_of(told)
        after = state_of([*told, *(Told(None, judged.fact) for judged in new.facts)])
        if after is None or after.void:
            return
        decided = {new.pathway_id, *besides}
        for one in self.vault.same_as([after.person_ref])[after.person_ref]:
            for other_id in pathways_of(self.store, one):
                other = None if other_id in decided else folded(self.store.load(other_id))
                if other is None or other.void:
                    continue
                # Two that overlapped already, as of two references, may be put right bit by bit; what
                # was closed is not opened again beside another.
                opened = after.open and not (before and before.open)
                did = before and not before.void and before.meets(other) and not opened
                if after.meets(other) and not did:
                    raise refusals.AlreadyOpen(
                        f"This person's pathway {other_id} was open from {other.enrolled_on}"
                        f"{f' to {other.closed_on}' if other.closed_on else ''}; both would be open "
                        "on one day. Correct or annul that one first.",
                        "on",
                        other_id,
                    )

    def _already_open(self, person_ref: UUID) -> refusals.AlreadyOpen:
        where = self.store.open_pathway(person_ref)
        return refusals.AlreadyOpen(
            f"This person has an open pathway ({where}). Go on with that one, or close it first.",
            pathway_id=where,
        )


def _done(new: NewFacts, warnings: tuple[str, ...] = ()) -> Done:
    """What a command comes to when these are recorded."""
    before = new.after.version if new.after else 0
    facts = tuple(judged.fact for judged in new.facts)
    told = [*warnings, *(one for judged in new.facts for one in judged.warnings)]
    # Several facts of one command may be warned of alike.
    return Done(new.pathway_id, before + len(facts), facts, tuple(dict.fromkeys(told)))


def folded(facts: Iterable[Recorded], as_of: date | None = None) -> Pathway | None:
    """The pathway that these facts add up to, given in the order of their versions; see `state_of`."""
    return state_of(as_told(facts), as_of)


def as_told(facts: Iterable[Recorded]) -> list[Told]:
    """Recorded facts as what was told, without their envelopes."""
    return [Told(one.fact_id, one.fact) for one in facts]
