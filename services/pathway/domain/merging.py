"""Merging: two references turn out to be one person, and one of the pathways goes on as both."""

from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar, Literal, cast
from uuid import UUID

from pydantic import Field

from pathway.domain import merge_refusals, refusals
from pathway.domain.carrying import Carried, carried_from, counting_as_there
from pathway.domain.codes import MergeReason, PathwayStatus
from pathway.domain.commands import Command, Moment, Terms
from pathway.domain.corrections import AmendmentCommand, AuthorityTerms, CorrectionTerms
from pathway.domain.facts import (
    About,
    Amendment,
    Fact,
    Label,
    Source,
    Text,
    Told,
    not_undone,
    standing,
    state_of,
)
from pathway.domain.judging import Verdict
from pathway.domain.modules import ModuleFact, NewModule
from pathway.domain.rules import Certainty, Instrument
from pathway.domain.state import Pathway
from pathway.domain.values import Code, DataClass, Day

_SOURCE = Source("7.5", "docs/decisions/0021")


class MergeTerms(AuthorityTerms):
    """Why two pathways are one."""

    reason: Annotated[MergeReason, Label("Reden", "Reason")]


class PathwaysMerged(Amendment, MergeTerms):
    """Another pathway of the person is a part of this one, with its modules and work in full."""

    about: ClassVar[About] = About(
        Text("Trajecten samengevoegd", "Pathways merged"),
        Text(
            "Een ander traject van dezelfde persoon hoort voortaan bij dit traject, met al zijn modules en "
            "werk op hun eigen dag; een vroegere inschrijving komt mee, wie begeleidt niet. Het geheel moet "
            "mogelijk zijn: ook samen hoogstens 38 uur per week.",
            "Another pathway of the same person is a part of this one from now on, with all its modules and "
            "work at their own days; an earlier enrolment comes along, who guides does not. The whole must "
            "be possible: also together at most 38 hours a week.",
        ),
        _SOURCE,
    )
    kind: Literal["PathwaysMerged"] = "PathwaysMerged"
    ruled_by: ClassVar[tuple[Instrument, ...]] = (Instrument.WEEK,)
    data_class: ClassVar[DataClass] = DataClass.SPECIAL
    absorbed: Annotated[UUID, Label("Opgenomen traject", "Absorbed pathway")]
    absorbed_person: Annotated[UUID, Label("Persoon van dat traject", "Person of that pathway")]
    absorbed_enrolled_on: Annotated[
        Day, Label("Ingeschreven in dat traject op", "Enrolled in that pathway on")
    ]
    facts: Annotated[
        tuple[Carried, ...],
        Label("Wat meekomt", "What comes along", Text("Modules en werk.", "Modules and work.")),
    ] = ()

    def amend(self, facts: dict[UUID, Fact]) -> None:
        facts |= {one.fact_id: one.fact for one in self.facts}

    def judged_by(self, pathway: Pathway | None) -> tuple[str, ...]:
        """Of modules that come along, the week judges the hours once more; the rest was judged there."""
        came = (one.fact for one in self.facts if isinstance(one.fact, NewModule))
        return sum((fact.in_place(pathway) for fact in came), Verdict()).judged_by

    def came_along(self) -> set[UUID]:
        """The ids of the facts and of the modules that came along."""
        modules = {one.fact.module_id for one in self.facts if isinstance(one.fact, ModuleFact)}
        return modules | {one.fact_id for one in self.facts}


class PathwayAbsorbed(Amendment, MergeTerms):
    """This pathway is a part of another one of the person from now on; here stays a pointer."""

    about: ClassVar[About] = About(
        Text("Traject opgenomen in een ander", "Pathway absorbed by another"),
        Text(
            "Dit traject hoort voortaan bij een ander traject van dezelfde persoon; hier blijft een "
            "verwijzing. Het telt nergens meer mee, neemt niets meer op en maakt de plaats van het ene open "
            "traject vrij.",
            "This pathway is a part of another pathway of the same person from now on; here stays a pointer. "
            "It counts nowhere any more, takes nothing more, and frees the place of the one open pathway.",
        ),
        _SOURCE,
    )
    kind: Literal["PathwayAbsorbed"] = "PathwayAbsorbed"
    ends: ClassVar[bool] = True
    survivor: Annotated[UUID, Label("Hoort bij traject", "Part of pathway")]

    def mark(self, pathway: Pathway) -> Pathway:
        closed_on = pathway.closed_on or self.occurred_on
        return pathway.but(
            status=PathwayStatus.SAMENGEVOEGD,
            merged_into=self.survivor,
            modules=(),
            absences=(),
            hires=(),
            checks=(),
            signatures=(),
            closed_on=closed_on,
            exit_type=None,
            guides=pathway.guided_until(closed_on),
        )


class MergeReverted(Amendment, CorrectionTerms):
    """A merge was wrong: both pathways stand as if it had never been, with what followed on each."""

    about: ClassVar[About] = About(
        Text("Samenvoeging ongedaan gemaakt", "Merge reverted"),
        Text(
            "Een samenvoeging was fout; beide trajecten staan er weer voor alsof ze er nooit was. Dat kan "
            "zolang niets wat erna kwam op het meegekomene steunt.",
            "A merge was wrong; both pathways stand again as if it had never been. That can be done as long "
            "as nothing that followed rests on what came along.",
        ),
        _SOURCE,
    )
    kind: Literal["MergeReverted"] = "MergeReverted"
    target: Annotated[UUID, Label("Samenvoeging (feit)", "Merge (fact)")]
    other: Annotated[UUID, Label("Ander traject", "Other pathway")]

    @property
    def undoes(self) -> UUID:
        return self.target


class NumberTerms(Terms):
    """Whose number, and on whose word."""

    person_ref: Annotated[UUID, Label("Persoon", "Person")]
    source: Annotated[Code, Label("Bron", "Source"), Field(examples=["KSZ"])]


class PersonIdentifierReplaced(Fact, NumberTerms):
    """The person's national number was replaced. Which numbers, only the vault knows."""

    about: ClassVar[About] = About(
        Text("Nummer van de persoon vervangen", "Identifier of the person replaced"),
        Text(
            "Het rijksregister- of bisnummer van de persoon is vervangen, zoals een bisnummer na een "
            "inschrijving in het rijksregister. De nummers staan alleen in de kluis; aan het traject "
            "verandert niets.",
            "The national or bis number of the person was replaced, such as a bis number after an entry in "
            "the national register. The numbers stand in the vault alone; nothing of the pathway changes.",
        ),
        Source("7.5", "KSZ, MAGDA: replacedBy", Certainty.MEDIUM),
    )
    kind: Literal["PersonIdentifierReplaced"] = "PersonIdentifierReplaced"
    counts: ClassVar[bool] = False

    def after(self, pathway: Pathway) -> Pathway:
        return pathway


class NoteReplacedNumber(Command, NumberTerms):
    """What the vault causes when it replaces a number; nobody asks for it by itself."""

    def decide(self, pathway: Pathway | None, moment: Moment) -> Sequence[Fact]:
        if pathway is None or not pathway.open:
            return []
        return [PersonIdentifierReplaced.model_validate(self.told())]


class MergePathways(AmendmentCommand, MergeTerms):
    """Merge another pathway of the person into this one, which goes on as both."""

    path: ClassVar[str] = "merge-pathways"
    nl: ClassVar[str] = (
        "Voeg een ander traject van de persoon bij dit traject, dat als beide verdergaat."
    )
    absorbed: Annotated[
        UUID,
        Label(
            "Op te nemen traject",
            "Pathway to absorb",
            Text("Het blijft als verwijzing bestaan.", "It stays as a pointer."),
        ),
    ]

    def counterpart(self, pathway_id: UUID) -> tuple[UUID, Command]:
        if self.absorbed == pathway_id:
            raise merge_refusals.NotMergeable(
                "This is the pathway itself. Give the id of the person's other one.", "absorbed"
            )
        told = self.model_dump(exclude={"absorbed"})
        return self.absorbed, BeAbsorbed(survivor=pathway_id, **told)

    def amendments(self, pathway: Pathway, moment: Moment) -> Sequence[Amendment]:
        if _merge_of(self.absorbed, moment.told):
            return []
        there = moment.elsewhere(self.absorbed)
        other = state_of(there)
        if other is None:
            raise refusals.UnknownPathway("There is no pathway with this id.", "absorbed")
        self._can_be_absorbed(other, pathway)
        stands = list(standing(moment.told).values())
        carried = [one for one in carried_from(there, other, pathway) if one.fact not in stands]
        merged = PathwaysMerged(
            occurred_on=self.on,
            absorbed=self.absorbed,
            absorbed_person=other.person_ref,
            absorbed_enrolled_on=other.enrolled_on,
            facts=tuple(carried),
            reason=self.reason,
            authority=self.authority,
        )
        whole = state_of([*moment.told, Told(None, merged)])
        facts = counting_as_there(merged.facts, other, whole)
        return [merged.model_copy(update={"facts": facts})]

    def _can_be_absorbed(self, other: Pathway, pathway: Pathway) -> None:
        if other.merged_into:
            raise merge_refusals.NotMergeable(
                f"That pathway was merged into {other.merged_into} before. Undo that one first.",
                "absorbed",
            )
        if other.void:
            raise merge_refusals.NotMergeable(
                "That pathway was annulled: nothing of it counts, and there is nothing to merge.",
                "absorbed",
            )
        if other.open and not pathway.open:
            raise merge_refusals.NotMergeable(
                f"That pathway is open, and this one was closed on {pathway.closed_on}. Merge the "
                f"other way round: this one into {self.absorbed}.",
                "absorbed",
            )


class BeAbsorbed(AmendmentCommand, MergeTerms):
    """The other side of a merge, decided in the same commit."""

    survivor: UUID

    def decide(self, pathway: Pathway | None, moment: Moment) -> Sequence[Fact]:
        if pathway and pathway.merged_into == self.survivor:
            return []
        return super().decide(pathway, moment)

    def amendments(self, pathway: Pathway, moment: Moment) -> Sequence[Amendment]:
        return [PathwayAbsorbed.model_validate(self.told())]


class RevertMerge(AmendmentCommand, CorrectionTerms):
    """Undo a merge: both pathways stand again as if it had never been."""

    path: ClassVar[str] = "revert-merge"
    nl: ClassVar[str] = (
        "Maak een samenvoeging ongedaan: beide trajecten staan er weer alsof ze er nooit was."
    )
    absorbed: Annotated[UUID, Label("Opgenomen traject", "Absorbed pathway")]

    def counterpart(self, pathway_id: UUID) -> tuple[UUID, Command]:
        told = self.model_dump(exclude={"absorbed"})
        return self.absorbed, BeFreed(survivor=pathway_id, **told)

    def amendments(self, pathway: Pathway, moment: Moment) -> Sequence[Amendment]:
        merge = _merge_of(self.absorbed, moment.told)
        if merge is None:
            if any(_merges(self.absorbed, one.fact) for one in moment.told):
                return []
            raise merge_refusals.NeverMerged(
                "That pathway was never merged into this one. Ask for this one's history.",
                "absorbed",
            )
        self._nothing_rests_on(merge, moment.told)
        self._apart_again(merge, moment)
        return [_reverted(self, merge.fact_id, self.absorbed)]

    def _nothing_rests_on(self, merge: Told, told: Sequence[Told]) -> None:
        """Refuse when something told after the merge speaks of what came along with it."""
        merged, stands = merge.fact, standing(told)
        came_along = merged.came_along() if isinstance(merged, PathwaysMerged) else set[UUID]()
        for one in not_undone(told[list(told).index(merge) + 1 :]):
            # What was corrected or annulled since counts as it stands now.
            stays = {one.fact_id: one.fact} if isinstance(one.fact, Amendment) else stands
            fact = stays.get(one.fact_id) if one.fact_id else None
            # A deadline that was told of it is true as long as the days are, and keeps nobody.
            if fact and not fact.announces and came_along & set(_ids_in(fact.model_dump())):
                raise merge_refusals.MergeInUse(
                    f"{fact.name} of {fact.occurred_on} came after the merge and is about what came "
                    f"along with it (fact {one.fact_id}). A fact can be annulled first; once what "
                    "came along was corrected or annulled itself, the merge stays.",
                    "absorbed",
                )

    def _apart_again(self, merge: Told, moment: Moment) -> None:
        """Refuse when both would be open on one day, and were not when they were merged."""
        there, told = not_undone(moment.elsewhere(self.absorbed)), list(moment.told)
        place = told.index(merge)
        other = state_of(one for one in there if not isinstance(one.fact, PathwayAbsorbed))
        before, after = state_of(told[:place]), state_of(told[:place] + told[place + 1 :])
        if other and before and after and after.meets(other) and not before.meets(other):
            raise refusals.AlreadyOpen(
                f"That pathway was open from {other.enrolled_on}, this one is from {after.enrolled_on}: "
                "both would be open on one day, which they were not before. Correct this one first.",
                "absorbed",
                self.absorbed,
            )


class BeFreed(Command, CorrectionTerms):
    """The other side of an undone merge, decided in the same commit."""

    survivor: UUID

    def decide(self, pathway: Pathway | None, moment: Moment) -> Sequence[Fact]:
        for one in reversed(not_undone(moment.told)):
            if isinstance(one.fact, PathwayAbsorbed) and one.fact.survivor == self.survivor:
                return [_reverted(self, one.fact_id, self.survivor)]
        return []


def _reverted(by: BeFreed | RevertMerge, target: UUID | None, other: UUID) -> MergeReverted:
    return MergeReverted(
        occurred_on=by.on,
        target=target or UUID(int=0),
        other=other,
        reason=by.reason,
        authority=by.authority,
    )


def _merges(absorbed: UUID, fact: Fact) -> bool:
    return isinstance(fact, PathwaysMerged) and fact.absorbed == absorbed


def _merge_of(absorbed: UUID, told: Sequence[Told]) -> Told | None:
    """The merge by which that pathway is a part of this one now."""
    return next((one for one in not_undone(told) if _merges(absorbed, one.fact)), None)


def _ids_in(told: object) -> Iterator[UUID]:
    """Every id that a fact speaks of, however deep."""
    if isinstance(told, UUID):
        yield told
    elif isinstance(told, dict):
        yield from _ids_in(list(cast("dict[str, object]", told).values()))
    elif isinstance(told, list | tuple):
        for value in cast("Sequence[object]", told):
            yield from _ids_in(value)
