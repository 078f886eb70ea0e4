"""From a register's rows to recorded pathways: person by person, each one whole or not at all."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from itertools import islice
from uuid import UUID

from pathway import identifiers
from pathway.application import Pathways, folded
from pathway.beside import NewPerson
from pathway.deciding import Deciding
from pathway.domain.codes import (
    AgeGroup,
    Channel,
    Gender,
    StopReason,
)
from pathway.domain.enrolment import Enrol, RecordCharacteristics
from pathway.domain.modules import ModuleStart, StopModule
from pathway.domain.refusals import Refused
from pathway.domain.wep_plus import MigrateWepPlus, StartInsertionModule, StartWorkExperienceModule
from pathway.identity import KnownNumber, NumberStatus, Person
from pathway.persons import pathways_of
from pathway.recorded import Actor, Recorded
from pathway.register.matching import (
    SCHEMES,
    Matched,
    commune_on,
    communes_of,
    imported_communes,
    matched,
)
from pathway.register.reading import PersonRows, Register
from pathway.register.refusing import (
    CANCELLED,
    GOES_OVER_ONCE,
    OPEN_THEN,
    RefusedLine,
    keep_once,
    refused_line,
)
from pathway.register.rules import RegisterRow
from pathway.store import Context, NewFacts, OpenElsewhere, Outpaced, PersonKnown
from schemas.codes import ActorKind

PEOPLE_AT_ONCE = 100
VDAB = "OVO000083"
_CONFLICTS = (Outpaced, OpenElsewhere, PersonKnown)


@dataclass
class StoreFindings:
    """What the store already had, differed from or refused; the file's own report knows nothing of it."""

    already: int = 0
    """Rows that were there."""
    continued: int = 0
    """People whose open pathway was gone on with."""
    differs: dict[int, list[str]] = field(default_factory=dict[int, list[str]])
    """Line -> columns in which it differs from what was imported before; nothing was written."""
    refused: dict[int, str] = field(default_factory=dict[int, str])
    """Line -> the rule by which the store refused it."""
    name_differs: list[int] = field(default_factory=list[int])
    """Each person's first recorded line under another name than the vault keeps."""

    def told(self) -> dict[str, object]:
        """For the report's key `store`: what is not empty."""
        return {name: value for name, value in vars(self).items() if value}


@dataclass
class _Plan:
    """What one person's rows come to."""

    person: PersonRows
    findings: Matched
    named: Person | None = None
    """Who the vault says they are, where it knows them."""
    about: UUID | None = None
    """The person's newest pathway, if there is one before this."""
    communes: dict[date, str] | None = None
    """What imports told of where the person lives; None of somebody who was known before."""
    refused: dict[int, RefusedLine] = field(default_factory=dict[int, RefusedLine])
    new: NewFacts | None = None

    @property
    def recorded(self) -> list[RegisterRow]:
        """The rows that become facts."""
        return [row for row in self.findings.new if row.line not in self.refused]

    @property
    def continued(self) -> bool:
        """Whether an open pathway is gone on with."""
        return self.new is not None and self.new.after is not None

    @property
    def named_otherwise(self) -> int | None:
        """The first recorded line that gives the person another name than the vault keeps."""
        kept = self.named or _person(self.person)
        others = (r for r in self.recorded if not kept.is_named(r.last_name, r.first_name))
        return next((row.line for row in others), None)

    def refuse(self, rows: Sequence[RegisterRow], why: RefusedLine) -> None:
        """Leave these rows out."""
        self.refused |= {row.line: why for row in rows}


class RegisterImport:
    """One run of one register into a store; `source` is the file's digest, kept with each fact."""

    def __init__(self, pathways: Pathways, source: str) -> None:
        self.findings = StoreFindings()
        self.facts = 0
        self._pathways = pathways
        self._source = source

    def run(self, register: Register) -> Iterator[int]:
        """Record everybody in the register; yields how many people are done, now and then.

        A person's facts are committed together, so that a run that was cut off is finished by the
        next one, which finds what is there. Raises `StoreAway` and `UnreadableRegister`.
        """
        people = register.persons()
        done = 0
        while chunk := list(islice(people, PEOPLE_AT_ONCE)):
            self._record(chunk)
            done += len(chunk)
            yield done

    def _record(self, people: Sequence[PersonRows]) -> None:
        plans = self._plans(people)
        try:
            self._append(plans)
        except _CONFLICTS:
            # Somebody else works on one of them at this moment: take them one by one.
            plans = [self._recorded_alone(person) for person in people]
        for plan in plans:
            self._note(plan)

    def _recorded_alone(self, person: PersonRows) -> _Plan:
        while True:
            plans = self._plans([person])
            try:
                self._append(plans)
            except _CONFLICTS:
                continue
            return plans[0]

    def _append(self, plans: Sequence[_Plan]) -> None:
        store = self._pathways.store
        new = [plan.new for plan in plans if plan.new]
        refused = [
            kept
            for plan in plans
            for line, why in plan.refused.items()
            for kept in [refused_line(store, self._context(line), plan.about, why)]
        ]
        if new or refused:
            keep = partial(keep_once, refused=refused) if refused else None
            self.facts += len(store.append(*new, also=keep))

    def _note(self, plan: _Plan) -> None:
        self.findings.already += len(plan.findings.already)
        self.findings.continued += plan.continued
        self.findings.differs.update(plan.findings.differs)
        self.findings.refused.update((line, why.rule) for line, why in plan.refused.items())
        if line := plan.named_otherwise:
            self.findings.name_differs.append(line)

    def _plans(self, people: Sequence[PersonRows]) -> list[_Plan]:
        known = self._pathways.vault.known([person.insz for person in people])
        references = [one.person_ref for one in known.values()]
        named = self._pathways.vault.people(references)
        theirs = self._pathways.vault.same_as(references)
        return [self._plan(person, known.get(person.insz), named, theirs) for person in people]

    def _plan(
        self,
        person: PersonRows,
        known: KnownNumber | None,
        names: Mapping[UUID, Person],
        theirs: Mapping[UUID, Sequence[UUID]],
    ) -> _Plan:
        reference = known.person_ref if known else None
        references = theirs[reference] if reference else ()
        streams = self._streams(references)
        facts = [fact for stream in streams for fact in stream]
        named = names.get(reference) if reference else None
        plan = _Plan(person, matched(person, facts, named), named)
        plan.about = streams[-1][0].pathway_id if streams else None
        plan.communes = imported_communes(facts)
        if known and known.status is NumberStatus.CANCELLED:
            plan.refuse(plan.findings.new, CANCELLED)
            return plan
        plan.refuse(plan.findings.conflicting, GOES_OVER_ONCE)
        # Who is known by two references may go on in the pathway of either.
        open_ones = map(self._pathways.store.open_pathway, references)
        going_on = next((one for one in open_ones if one), None)
        others = [s for s in streams if s[0].pathway_id != going_on]
        plan.refuse(_beside_another(plan.findings.new, others), OPEN_THEN)
        if plan.recorded:
            stream = next((s for s in streams if s[0].pathway_id == going_on), None) or []
            self._decide(plan, reference, stream)
        return plan

    def _streams(self, references: Sequence[UUID]) -> list[list[Recorded]]:
        store = self._pathways.store
        theirs = sorted(one for reference in references for one in pathways_of(store, reference))
        return [store.load(pathway_id) for pathway_id in theirs]

    def _decide(self, plan: _Plan, reference: UUID | None, stream: Sequence[Recorded]) -> None:
        unknown: NewPerson | None = None
        if reference is None:
            unknown = self._pathways.vault.sealed(_person(plan.person))
            reference = UUID(unknown.person_ref)
        where = stream[0].pathway_id if stream else self._pathways.new_pathway_id()
        deciding = self._pathways.deciding(where, stream)
        _enrol(deciding, plan, reference)
        _take(deciding, plan)
        # Somebody of whom no row could be recorded is not enrolled either.
        if plan.recorded:
            context = self._context(plan.person.rows[0].line)
            plan.new = deciding.new_facts(context, unknown)

    def _context(self, line: int) -> Context:
        command = f"wep-plus:{self._source}:{line}"
        return Context(
            actor=Actor(kind=ActorKind.IMPORT, ref="wep-plus", organisation=VDAB),
            command_id=command,
            correlation_id=f"wep-plus:{self._source}",
            causation_id=command,
        )


def _person(rows: PersonRows) -> Person:
    first = rows.rows[0]
    return Person(insz=first.insz, last_name=first.last_name, first_name=first.first_name)


def _beside_another(
    rows: Iterable[RegisterRow], others: Iterable[Sequence[Recorded]]
) -> list[RegisterRow]:
    """The rows from before the person's last closed pathway ended: it was open then."""
    pathways = [pathway for facts in others if (pathway := folded(facts))]
    closed = [pathway.closed_on for pathway in pathways if pathway.closed]
    until = max((day for day in closed if day), default=date.min)
    return [row for row in rows if row.begins < until]


def _enrol(deciding: Deciding, plan: _Plan, reference: UUID) -> None:
    """Enrol on the first module's begin, which is all that a register tells, and say so.

    Somebody who was enrolled in this way before is so sooner, when a row tells of an earlier begin.
    """
    first = min(plan.recorded, key=lambda row: row.begins)
    known = deciding.pathway
    if known and not (known.inferred and first.begins < known.enrolled_on):
        return
    deciding.take(
        Enrol(
            on=first.begins,
            person_ref=reference,
            category=None,
            channel=Channel.IMPORT,
            inferred=True,
        )
    )
    if known:
        return
    commune = commune_on(communes_of(plan.person), first.begins)
    characteristics = RecordCharacteristics(
        on=first.begins,
        commune=commune,
        age_group=_age_group(first.insz, first.begins),
        gender=_gender(first.insz),
    )
    if characteristics.model_dump(exclude={"on"}, exclude_none=True):
        deciding.take(characteristics)
    plan.communes = {first.begins: commune} if commune else {}


def _take(deciding: Deciding, plan: _Plan) -> None:
    """Start what is new, end what has ended, and migrate; a refused row is passed over whole."""
    rows = sorted(plan.recorded, key=lambda row: (row.begins, row.line))
    before = dict(plan.refused)
    try:
        with deciding.whole():
            _start_each(deciding, plan, rows)
            if naming := _naming_the_measure(plan):
                deciding.take(_migration(naming))
    except Refused as refused:
        # Their modules would stay behind as running: without its migration a row is not there.
        plan.refused = before
        plan.refuse([row for row in rows if row.migrates], RefusedLine.by(refused))
        _start_each(deciding, plan, [row for row in rows if not row.migrates])


def _naming_the_measure(plan: _Plan) -> list[RegisterRow]:
    """The rows by which the modules that just started migrate; none where none started."""
    new = plan.recorded
    return [row for row in (*new, *plan.findings.already) if row.migrates] if new else []


def _start_each(deciding: Deciding, plan: _Plan, rows: Iterable[RegisterRow]) -> None:
    """Start these rows' modules and end those that had no successor; refuse what is refused."""
    pathway = deciding.pathway
    inferred = pathway is not None and pathway.inferred
    # Where somebody lives who was known before, is not the register's to tell.
    lived = dict(plan.communes) if inferred and plan.communes is not None else None
    for row in rows:
        try:
            with deciding.whole():
                (started,) = deciding.take(_start(row))
                if row.scheme == "GEEN" and isinstance(started, ModuleStart):
                    ended = StopReason.EINDE_MAATREGEL
                    deciding.take(
                        StopModule(on=row.ends, module_id=started.module_id, reason=ended)
                    )
                if lived is not None:
                    _move(deciding, lived, row)
        except Refused as refused:
            plan.refuse([row], RefusedLine.by(refused))


def _move(deciding: Deciding, lived: dict[date, str], row: RegisterRow) -> None:
    """Tell of the commune in which the person lives by the begin of a later module."""
    if row.nis and row.begins not in lived and commune_on(lived, row.begins) != row.nis:
        deciding.take(RecordCharacteristics(on=row.begins, commune=row.nis))
        lived[row.begins] = row.nis


def _start(row: RegisterRow) -> StartWorkExperienceModule | StartInsertionModule:
    kind = StartWorkExperienceModule if row.module == "W" else StartInsertionModule
    return kind(
        on=row.begins,
        planned_until=row.ends,
        hours_per_week=row.hours,
        promotor=row.promotor,
        project=row.project,
        work_floor=row.work_floor,
        aftercare_premium=row.aftercare,
    )


def _migration(rows: Sequence[RegisterRow]) -> MigrateWepPlus:
    first = rows[0]
    return MigrateWepPlus.model_validate(
        {
            "on": first.transition,
            "to_scheme": SCHEMES[first.scheme or ""],
            "guiding_organisation": first.guide,
            "host_organisation": next((row.work_floor for row in rows if row.work_floor), None),
            "aftercare_premium": first.aftercare,
        }
    )


def _age_group(insz: str, on: date) -> AgeGroup | None:
    born = identifiers.birth_date(insz)
    if born is None:
        return None
    age = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
    for group, below in ((AgeGroup.UNDER_25, 25), (AgeGroup.FROM_25, 50), (AgeGroup.FROM_50, 55)):
        if age < below:
            return group
    return AgeGroup.FROM_55


def _gender(insz: str) -> Gender | None:
    man = identifiers.is_man(insz)
    return None if man is None else Gender.MAN if man else Gender.VROUW
