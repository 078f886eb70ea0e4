"""What becomes of work: the job ends, or somebody looks whether the person still works."""

from collections.abc import Sequence
from itertools import takewhile
from typing import Annotated, ClassVar, Literal

from pathway.domain import refusals
from pathway.domain.codes import PathwayStatus, Proof
from pathway.domain.commands import Moment, PathwayCommand, Terms
from pathway.domain.facts import About, Fact, Label, Source, Text, state_of
from pathway.domain.lengths import Part, Unit
from pathway.domain.rules import Certainty
from pathway.domain.state import Hire, Pathway
from pathway.domain.state_values import Check, added, exchanged
from pathway.domain.values import DataClass, Day, Kbo
from pathway.domain.work_codes import Checkpoint, JobEndReason

ENDED_INSIDE_PROTECTION = "ended-inside-protection"
BEST_FIRST = (Proof.DMFA, Proof.DIMONA, Proof.CONTRACT, Proof.VERKLARING)
"""Which source counts: what the employer declared to the State, before what somebody says."""


class EndTerms(Terms):
    """Which job ended, and why."""

    employer: Annotated[Kbo, Label("Werkgever (KBO)", "Employer (KBO)")]
    hired_on: Annotated[
        Day | None,
        Label(
            "Aangeworven op",
            "Hired on",
            Text(
                "Alleen nodig bij twee jobs bij deze werkgever.",
                "Only needed when the person has two jobs there.",
            ),
        ),
    ] = None
    reason: Annotated[JobEndReason, Label("Reden", "Reason")]
    returns_to_guidance: Annotated[bool, Label("Terug in begeleiding", "Returns to guidance")] = (
        False
    )


class EmploymentEnded(Fact, EndTerms):
    """A job in the NEC ended; `occurred_on` is its last day. Some reasons are health data."""

    about: ClassVar[About] = About(
        Text("Tewerkstelling geëindigd", "Employment ended"),
        Text(
            "Een job in het normaal economisch circuit eindigde; deze dag is de laatste. Binnen de "
            "bescherming na een IBO geeft dat een waarschuwing, en wie terugkomt, is weer in begeleiding.",
            "A job in the regular labour market ended; this day is its last. Inside the protection after an "
            "IBO that gives a warning, and who comes back is in guidance again.",
        ),
        Source("7.2, 7.5", "vdab.be/ibo; acv-online.be, IBO", Certainty.MEDIUM),
    )
    kind: Literal["EmploymentEnded"] = "EmploymentEnded"
    carried: ClassVar[bool] = True
    data_class: ClassVar[DataClass] = DataClass.SPECIAL

    def jobs(self, pathway: Pathway) -> list[Hire]:
        """Those that this can be about."""
        return [job for job in pathway.hires if self._fits_to(job)]

    def job(self, pathway: Pathway) -> Hire | None:
        """The one that it ends: of those that go on, the one that started last."""
        going_on = (job for job in reversed(pathway.hires) if job.ended_on is None)
        return next((job for job in going_on if self._fits_to(job)), None)

    def _fits_to(self, job: Hire) -> bool:
        here = job.employer == self.employer and job.started_on <= self.occurred_on
        return here and self.hired_on in (None, job.started_on)

    def fits(self, pathway: Pathway | None) -> None:
        if pathway is None:
            return
        jobs = self.jobs(pathway)
        if not jobs:
            raise refusals.UnknownHire(
                f"No hire by {self.employer} that began by {self.occurred_on} is registered. Register the "
                "hire first, or correct employer or day.",
                "employer",
            )
        going_on = [job for job in jobs if job.ended_on is None]
        if not going_on:
            raise refusals.JobEnded(
                f"The job at {self.employer} ended on {jobs[-1].ended_on}. "
                "Correct that registration if it is wrong.",
                "employer",
            )
        if len(going_on) > 1:
            days = " and ".join(str(job.started_on) for job in going_on)
            raise refusals.UnknownHire(
                f"Jobs at {self.employer} began on {days}. Say in hired_on which one ended.",
                "hired_on",
            )

    def after(self, pathway: Pathway) -> Pathway:
        job = self.job(pathway)
        hires = pathway.hires
        if job is not None:
            ended = job.but(ended_on=self.occurred_on, end_reason=self.reason)
            hires = exchanged(hires, job, ended)
        returns = self.returns_to_guidance and pathway.status == PathwayStatus.NAZORG
        return pathway.but(
            hires=hires,
            status=PathwayStatus.IN_BEGELEIDING if returns else pathway.status,
            aftercare_since=None if returns else pathway.aftercare_since,
        )

    def warnings(self, pathway: Pathway | None) -> tuple[str, ...]:
        job = self.job(pathway) if pathway else None
        until = pathway.protected_until(job) if pathway and job else None
        return (ENDED_INSIDE_PROTECTION,) if until and self.occurred_on < until else ()


class EndEmployment(PathwayCommand, EndTerms):
    """A job in the NEC ended; `on` is its last day."""

    path: ClassVar[str] = "end-employment"
    nl: ClassVar[str] = "Een job in het NEC eindigde; `on` is de laatste dag."

    def follow(self, pathway: Pathway, moment: Moment) -> Sequence[Fact]:
        ended = EmploymentEnded.model_validate(self.told())
        how = (self.on, self.reason)
        known = any((job.ended_on, job.end_reason) == how for job in ended.jobs(pathway))
        returned = not self.returns_to_guidance or pathway.status != PathwayStatus.NAZORG
        if known and returned and ended.job(pathway) is None:
            return []
        ended.fits(pathway)
        return [ended]


class CheckTerms(Terms):
    """What was found, and by which source."""

    checkpoint: Annotated[
        Checkpoint,
        Label(
            "Meetpunt",
            "Checkpoint",
            Text(
                "Zoveel maanden na de eerste werkdag, of na de afsluiting van wie niet aangeworven werd.",
                "So many months after the first day of work, or after the closing of who was not hired.",
            ),
        ),
    ]
    in_work: Annotated[bool, Label("Aan het werk", "In work")]
    same_employer: Annotated[
        bool | None, Label("Bij dezelfde werkgever", "With the same employer")
    ] = None
    source: Annotated[Proof, Label("Bron", "Source")]


class EmploymentChecked(Fact, CheckTerms):
    """Whether the person works on `occurred_on`, so many months after the way out."""

    about: ClassVar[About] = About(
        Text("Tewerkstelling nagegaan", "Employment checked"),
        Text(
            "Zoveel maanden na de uitstroom is nagegaan of de persoon werkt, één keer per meetpunt en bron, "
            "ook als het traject al afgesloten is. Spreken bronnen elkaar tegen, dan telt DmfA vóór Dimona, "
            "een contract en een verklaring.",
            "So many months after the way out it was looked at whether the person works, once for each "
            "checkpoint and source, also when the pathway is closed. Where sources differ, DmfA counts before "
            "Dimona, a contract and a declaration.",
        ),
        Source("4.4, 7.5"),
    )
    kind: Literal["EmploymentChecked"] = "EmploymentChecked"
    carried: ClassVar[bool] = True
    after_closing: ClassVar[bool] = True
    since: Annotated[
        Day | None,
        Label(
            "Telt vanaf",
            "Counts from",
            Text(
                "Alleen na een samenvoeging, als de uitstroom niet meekwam.",
                "Only after a merge, when the way out did not come along.",
            ),
        ),
    ] = None

    def fits(self, pathway: Pathway | None) -> None:
        if self.same_employer and not self.in_work:
            raise refusals.NotInWork(
                "Who does not work is with no employer. Leave same_employer out, or correct in_work.",
                "same_employer",
            )
        if pathway is None:
            return
        since = self.since or way_out(pathway)
        if since is None or self.occurred_on < since:
            raise refusals.NothingToCheck(
                f"Nobody was hired, and nothing closed, by {self.occurred_on}. Register the hire or the "
                "closing first, or correct the day.",
                "on",
            )
        last_day = Part(self.checkpoint.months, Unit.MONTHS).last_day(since)
        if self.occurred_on <= last_day:
            raise refusals.CheckTooEarly(
                f"The months of {self.checkpoint} count from {since} and run to {last_day}. Check on a "
                "later day.",
                "on",
            )
        before = self._told_before(pathway, since)
        if before is not None:
            raise refusals.AlreadyChecked(
                f"{self.source} told about {self.checkpoint} on {before.measured_on}. "
                "Correct that registration if it is wrong.",
                "checkpoint",
            )

    def after(self, pathway: Pathway) -> Pathway:
        told = self.check(self.since or way_out(pathway) or self.occurred_on)
        each = added(pathway.checks, told)
        # They stand in the order of their days, and none was made before the day it counts from.
        recent = takewhile(lambda c: c.measured_on >= told.since, reversed(pathway.checks))
        same = [told, *(c for c in recent if _point(c) == _point(told))]
        best = min(same, key=lambda c: BEST_FIRST.index(c.source))
        for one in same:
            each = exchanged(each, one, one.but(counts=one is best))
        return pathway.but(checks=each)

    def check(self, since: Day) -> Check:
        """What it is in the state."""
        told = {name: getattr(self, name) for name in CheckTerms.model_fields}
        return Check(measured_on=self.occurred_on, since=since, counts=True, **told)

    def counted_from(self, pathway: Pathway) -> Day:
        """From which day its months count, in a pathway that it was told of."""
        known = (
            check.since
            for check in reversed(pathway.checks)
            if self.check(check.since) == check.but(counts=True)
        )
        return self.since or next(known, self.occurred_on)

    def _told_before(self, pathway: Pathway, since: Day) -> Check | None:
        told = (since, self.checkpoint, self.source)
        return next((c for c in pathway.checks if (*_point(c), c.source) == told), None)


class CheckEmployment(PathwayCommand, CheckTerms):
    """Record whether the person works, so many months after the way out; also after the closing."""

    path: ClassVar[str] = "check-employment"
    nl: ClassVar[str] = (
        "Leg vast of de persoon werkt, zoveel maanden na de uitstroom; ook na het afsluiten."
    )
    after_closing: ClassVar[bool] = True

    def follow(self, pathway: Pathway, moment: Moment) -> Sequence[Fact]:
        checked = EmploymentChecked.model_validate(self.told())
        # Told late, it counts from the way out before its own day, not from a later one.
        then = (state_of(moment.told, self.on) or pathway).but(checks=pathway.checks)
        told = checked.check(way_out(then) or self.on)
        if told in (check.but(counts=True) for check in pathway.checks):
            return []
        checked.fits(then)
        return [checked]


def way_out(pathway: Pathway) -> Day | None:
    """From which day the months of checkpoints count."""
    return pathway.aftercare_since or pathway.closed_on


def _point(check: Check) -> tuple[Day, Checkpoint]:
    return check.since, check.checkpoint
