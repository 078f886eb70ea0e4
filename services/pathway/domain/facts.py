"""What every fact is: something true of a pathway from a day on, declared once, and what it makes of the state.

A fact's name and fields are a storage format, for ever: change one only by adding a version (`docs/decisions`).
Endpoint, form, schema, guide and audit follow from the declaration.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, ClassVar, NamedTuple
from uuid import UUID

from pydantic import BaseModel, ConfigDict, GetJsonSchemaHandler
from pydantic_core import CoreSchema

from pathway.domain.judging import Verdict
from pathway.domain.rules import TABLE, Certainty, Instrument, Table
from pathway.domain.state import Pathway
from pathway.domain.values import DataClass, Day


class Text(NamedTuple):
    """The same in Dutch and in English."""

    nl: str
    en: str


@dataclass(frozen=True)
class Label:
    """A field's name and help for people, in Dutch and English; stands in `Annotated` beside the type."""

    nl: str
    en: str
    help: Text | None = None

    def __get_pydantic_json_schema__(
        self, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        told = {"title": self.en, "x-title-nl": self.nl}
        if self.help:
            told |= {"description": self.help.en, "x-description-nl": self.help.nl}
        return {**handler(core_schema), **told}


class Source(NamedTuple):
    """Where a fact's rule comes from; pages by names that are the same in both languages."""

    model: str
    """Sections of the domain model, which proposes the facts."""
    pages: str = ""
    certainty: Certainty | None = None
    """How sure public pages are of the rule; None where it is a proposal of ours."""


class About(NamedTuple):
    """What a fact is, for people: its title, two sentences of meaning and rule, and where they come from."""

    title: Text
    meaning: Text
    source: Source


class Fact(BaseModel):
    """Something that is true of a pathway from `occurred_on` (a Europe/Brussels day)."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    about: ClassVar[About]
    data_class: ClassVar[DataClass] = DataClass.PERSONAL
    counts: ClassVar[bool] = True
    """False for what only marks a place where a fact stood, or says nothing of the pathway's course."""
    after_closing: ClassVar[bool] = False
    """Whether it can also happen to a pathway that is closed; but for a reopening, that stays so."""
    carried: ClassVar[bool] = False
    """Whether it goes along when its pathway is merged into another: modules, work, where it comes from."""
    announces: ClassVar[bool] = False
    """Whether time alone brings it about: then it changes nothing that a caller has to have seen."""
    ruled_by: ClassVar[tuple[Instrument, ...]] = ()
    """What the rules by date are about that can judge or refuse it."""
    occurred_on: Day

    @property
    def name(self) -> str:
        """Its kind, as it is stored: the name of its class."""
        return type(self).__name__

    def after(self, pathway: Pathway) -> Pathway:
        """The pathway after this fact. It refuses nothing: the fact has happened."""
        raise NotImplementedError

    def begun(self) -> Pathway | None:
        """The pathway that begins with this fact; None for all but an enrolment."""
        return None

    def verdict(self, pathway: Pathway | None, table: Table = TABLE) -> Verdict:
        """What the rules of its own day say of this fact by itself, given the pathway before it."""
        return Verdict()

    def in_place(self, pathway: Pathway | None, table: Table = TABLE) -> Verdict:
        """What rules say of it beside all else: the full week, and how long a measure could run.

        Held by `fits`, so again whenever the history around it changes.
        """
        return Verdict()

    def whole_verdict(self, pathway: Pathway | None, table: Table = TABLE) -> Verdict:
        """All that the rules say of this fact, given the pathway before it."""
        return self.verdict(pathway, table) + self.in_place(pathway, table)

    def judged_by(self, pathway: Pathway | None) -> tuple[str, ...]:
        """The ids of the rule rows that judged this fact, given the pathway before it."""
        return self.whole_verdict(pathway).judged_by

    def fits(self, pathway: Pathway | None) -> None:
        """Whether the fact can have happened at its place, given the pathway just before it.

        For histories that change afterwards, by a correction or a late fact. Raises `Refused`.
        """

    def warnings(self, pathway: Pathway | None) -> tuple[str, ...]:
        """What is allowed but worth a look, as codes that are kept with the fact and answered."""
        return self.whole_verdict(pathway).warnings


class Amendment(Fact):
    """A fact about facts: it changes what stands, and stands for nothing by itself."""

    ends: ClassVar[bool] = False
    """True when nothing counts any more after it: then the history need not be possible."""

    @property
    def undoes(self) -> UUID | None:
        """The id of an amendment that is as if it had never been, from this one on."""
        return None

    def amend(self, facts: dict[UUID, Fact]) -> None:
        """Change what stands, by the ids of the facts; what it speaks of and is not there is passed over."""

    def after(self, pathway: Pathway) -> Pathway:
        return pathway

    def mark(self, pathway: Pathway) -> Pathway:
        """The pathway that came of it, as this leaves it."""
        return pathway


class Told(NamedTuple):
    """A fact as it was told; its id is None while it is not recorded yet."""

    fact_id: UUID | None
    fact: Fact


def standing(told: Iterable[Told]) -> dict[UUID, Fact]:
    """The facts that stand, by their ids, in the order in which they were told: amendments applied in place."""
    facts: dict[UUID, Fact] = {}
    for place, one in enumerate(not_undone(told)):
        if isinstance(one.fact, Amendment):
            one.fact.amend(facts)
        else:
            facts[one.fact_id or UUID(int=place)] = one.fact
    return facts


def not_undone(told: Iterable[Told]) -> list[Told]:
    """What was told, without the amendments that were undone afterwards."""
    told = list(told)
    undone = {one.fact.undoes for one in told if isinstance(one.fact, Amendment)} - {None}
    return [one for one in told if one.fact_id not in undone] if undone else told


def state_of(told: Iterable[Told], as_of: Day | None = None) -> Pathway | None:
    """The pathway after these facts, given in the order of their versions; with `as_of`, on that day.

    Amended first, then folded by day and on one day by version, those up to `as_of`.
    """
    told = not_undone(told)
    facts = list(standing(told).values())
    if as_of is not None:
        facts = [fact for fact in facts if fact.occurred_on <= as_of]
    # Sorting is stable: facts of one day stay in the order of their versions.
    pathway = fold(sorted(facts, key=attrgetter("occurred_on")))
    for one in told:
        if pathway is not None and isinstance(one.fact, Amendment):
            pathway = one.fact.mark(pathway)
    return pathway


def fold(facts: Iterable[Fact]) -> Pathway | None:
    """The pathway after these facts, given in the order of their day and then of their version."""
    pathway = None
    for fact in facts:
        pathway = evolve(pathway, fact)
    return pathway


def evolve(pathway: Pathway | None, fact: Fact) -> Pathway | None:
    """The pathway after one more fact. None only before the enrolment."""
    if pathway is None:
        return fact.begun()
    changed = fact.after(pathway)
    if not fact.counts:
        return changed
    latest = max(pathway.last_fact_on, fact.occurred_on)
    before_closing = pathway.closable_from
    if not fact.after_closing:
        before_closing = max(before_closing, fact.occurred_on)
    return changed.but(last_fact_on=latest, closable_from=before_closing)
