"""From a register's rows to recorded pathways: enrolment, modules, their ends and the migration."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from pathway import identifiers
from pathway.application import Pathways, folded
from pathway.beside import NewPerson
from pathway.deciding import Deciding
from pathway.domain.codes import AgeGroup, Channel, Gender, StopReason
from pathway.domain.enrolment import Enrol, RecordCharacteristics
from pathway.domain.modules import ModuleStart, StopModule
from pathway.domain.refusals import AlreadyOpen, Refused
from pathway.domain.wep_plus import MigrateWepPlus, StartInsertionModule, StartWorkExperienceModule
from pathway.identity import KnownNumber, NumberStatus, Person
from pathway.recorded import Recorded
from pathway.refused import Why
from pathway.register.importing import CANCELLED, FileImport, Plan
from pathway.register.outcomes import Rule
from pathway.register.reading import PersonRows
from pathway.register.wep_plus import WEP_PLUS
from pathway.register.wep_plus.correcting import Correcting
from pathway.register.wep_plus.matching import (
    SCHEMES,
    Matched,
    commune_on,
    communes_of,
    imported_communes,
    matched,
)
from pathway.register.wep_plus.rules import RegisterRow

GOES_OVER_ONCE = Why(
    Rule.MIGRATION_CONFLICT,
    "A row of this person differs in measure, date or guide from what is recorded, or the person "
    "went over otherwise before: one person goes over once. Correct that first.",
)
OPEN_THEN = Why(
    AlreadyOpen.rule,
    "The row begins before the person's last closed pathway ended: no other one can start beside it.",
    "on",
)


@dataclass
class _Rows:
    """One person's rows, as they were sorted out, on their way to facts."""

    plan: Plan[RegisterRow]
    findings: Matched
    communes: dict[date, str] | None
    """What imports told of where the person lives; None of somebody who was known before."""

    @property
    def person(self) -> PersonRows[RegisterRow]:
        """Whose rows they are."""
        return self.plan.person

    @property
    def recorded(self) -> list[RegisterRow]:
        """The rows that become facts."""
        return [row for row in self.findings.new if row.line not in self.plan.refused]


class RegisterImport(FileImport[RegisterRow]):
    """One run of one register into a store; see `FileImport`."""

    def __init__(
        self, pathways: Pathways, source: str, *, corrections: bool = False, preview: bool = False
    ) -> None:
        super().__init__(pathways, WEP_PLUS, source, corrections=corrections, preview=preview)

    def plans(
        self, people: Sequence[PersonRows[RegisterRow]], known: Mapping[str, KnownNumber]
    ) -> list[Plan[RegisterRow]]:
        named = self.pathways.vault.people([one.person_ref for one in known.values()])
        return [self._plan(person, known.get(person.insz), named) for person in people]

    def _plan(
        self,
        person: PersonRows[RegisterRow],
        known: KnownNumber | None,
        names: Mapping[UUID, Person],
    ) -> Plan[RegisterRow]:
        reference = known.person_ref if known else None
        streams = self.streams(reference)
        plan, named = Plan(person), names.get(reference) if reference else None
        plan.about = next(reversed(streams), None)
        cancelled = known is not None and known.status is NumberStatus.CANCELLED
        if self.corrections and not cancelled:
            Correcting(self, plan, streams, named).each()
        facts = [fact for stream in streams.values() for fact in stream]
        rows = _Rows(plan, matched(person, facts, named), imported_communes(facts))
        plan.already = sum(row.line not in plan.corrected for row in rows.findings.already)
        plan.differs |= {
            line: columns
            for line, columns in rows.findings.differs.items()
            if line not in plan.refused
        }
        if cancelled:
            plan.refuse(rows.findings.new, CANCELLED)
        else:
            self._record_new(rows, reference, streams)
            plan.named_otherwise = _named_otherwise(rows, named)
        return plan

    def _record_new(
        self, rows: _Rows, reference: UUID | None, streams: Mapping[UUID, Sequence[Recorded]]
    ) -> None:
        plan, findings = rows.plan, rows.findings
        plan.refuse(findings.conflicting, GOES_OVER_ONCE)
        going_on = self.pathways.store.open_pathway(reference) if reference else None
        others = [stream for one, stream in streams.items() if one != going_on]
        plan.refuse(beside_another(findings.new, others), OPEN_THEN)
        if rows.recorded:
            self._decide(rows, reference, streams.get(going_on, ()) if going_on else ())

    def _decide(self, rows: _Rows, reference: UUID | None, stream: Sequence[Recorded]) -> None:
        unknown: NewPerson | None = None
        if reference is None:
            unknown = self.pathways.vault.sealed(_person(rows.person))
            reference = UUID(unknown.person_ref)
        where = stream[0].pathway_id if stream else self.pathways.new_pathway_id()
        deciding = self.pathways.deciding(where, stream)
        _enrol(deciding, rows, reference)
        _take(deciding, rows)
        # Somebody of whom no row could be recorded is not enrolled either.
        if rows.recorded:
            new = deciding.new_facts(self.context(rows.person.rows[0].line), unknown)
            rows.plan.record(self.pathways.store.enveloped(new), new)
            rows.plan.continued = bool(stream)


def _person(rows: PersonRows[RegisterRow]) -> Person:
    first = rows.rows[0]
    return Person(insz=first.insz, last_name=first.last_name, first_name=first.first_name)


def _named_otherwise(rows: _Rows, named: Person | None) -> int | None:
    """The first recorded line that gives the person another name than the vault keeps."""
    kept = named or _person(rows.person)
    others = (r for r in rows.recorded if not kept.is_named(r.last_name, r.first_name))
    return next((row.line for row in others), None)


def beside_another(
    rows: Iterable[RegisterRow], others: Iterable[Sequence[Recorded]]
) -> list[RegisterRow]:
    """The rows from before the person's last closed pathway ended: it was open then."""
    pathways = [pathway for facts in others if (pathway := folded(facts))]
    closed = [pathway.closed_on for pathway in pathways if pathway.closed]
    until = max((day for day in closed if day), default=date.min)
    return [row for row in rows if row.begins < until]


def _enrol(deciding: Deciding, theirs: _Rows, reference: UUID) -> None:
    """Enrol on the first module's begin, which is all that a register tells, and say so.

    Somebody who was enrolled in this way before is so sooner, when a row tells of an earlier begin.
    """
    first = min(theirs.recorded, key=lambda row: row.begins)
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
    commune = commune_on(communes_of(theirs.person), first.begins)
    characteristics = RecordCharacteristics(
        on=first.begins,
        commune=commune,
        age_group=_age_group(first.insz, first.begins),
        gender=_gender(first.insz),
    )
    if characteristics.model_dump(exclude={"on"}, exclude_none=True):
        deciding.take(characteristics)
    theirs.communes = {first.begins: commune} if commune else {}


def _take(deciding: Deciding, theirs: _Rows) -> None:
    """Start what is new, end what has ended, and migrate; a refused row is passed over whole."""
    rows = sorted(theirs.recorded, key=lambda row: (row.begins, row.line))
    before = dict(theirs.plan.refused)
    try:
        with deciding.whole():
            _start_each(deciding, theirs, rows)
            if naming := _naming_the_measure(theirs):
                deciding.take(_migration(naming))
    except Refused as refused:
        # Their modules would stay behind as running: without its migration a row is not there.
        theirs.plan.refused = before
        theirs.plan.refuse([row for row in rows if row.migrates], Why.of(refused))
        _start_each(deciding, theirs, [row for row in rows if not row.migrates])


def _naming_the_measure(theirs: _Rows) -> list[RegisterRow]:
    """The rows by which the modules that just started migrate; none where none started."""
    new = theirs.recorded
    return [row for row in (*new, *theirs.findings.already) if row.migrates] if new else []


def _start_each(deciding: Deciding, theirs: _Rows, rows: Iterable[RegisterRow]) -> None:
    """Start these rows' modules and end those that had no successor; refuse what is refused."""
    pathway = deciding.pathway
    inferred = pathway is not None and pathway.inferred
    # Where somebody lives who was known before, is not the register's to tell.
    lived = dict(theirs.communes) if inferred and theirs.communes is not None else None
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
            theirs.plan.refuse([row], Why.of(refused))


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
