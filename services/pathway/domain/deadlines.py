"""Deadlines: days that pass without anybody doing anything, told so that others learn of them."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pathway.domain.codes import ExitType
from pathway.domain.commands import Moment, PathwayCommand
from pathway.domain.employment import way_out
from pathway.domain.facts import About, Fact, Label, Source, Text
from pathway.domain.guidance_codes import ReferralStatus
from pathway.domain.lengths import Part, Unit
from pathway.domain.state import Pathway
from pathway.domain.state_values import Deadline
from pathway.domain.values import Day, Kbo
from pathway.domain.work_codes import Checkpoint, DeadlineKind, ObligationStatus

_WORKS_NO_MORE = frozenset({ExitType.OVERLIJDEN, ExitType.PENSIOEN})


class DeadlineReached(Fact):
    """A day has passed by which something was due, or has come from which it is; `occurred_on` is that day.

    An announcement: whoever needs to know whether something is late derives it from the dates. When
    the day moves afterwards, as by an extension, it stays true that this one was reached.
    """

    about: ClassVar[About] = About(
        Text("Termijn bereikt", "Deadline reached"),
        Text(
            "Een dag ging voorbij zonder dat iemand iets deed: het geplande einde van een module, de "
            "aanwerving na een IBO, de termijn van een toeleiding, of een meetpunt na de uitstroom. Het "
            "systeem meldt dat één keer; aan de stand verandert niets, en een latere verlenging haalt het in.",
            "A day passed without anybody doing anything: the planned end of a module, the hire after an IBO, "
            "the term of a referral, or a checkpoint after the way out. The system tells it once; it changes "
            "nothing of the state, and a later extension overtakes it.",
        ),
        Source("0, 3.3, 4.4"),
    )
    kind: Literal["DeadlineReached"] = "DeadlineReached"
    counts: ClassVar[bool] = False
    after_closing: ClassVar[bool] = True
    announces: ClassVar[bool] = True
    deadline: Annotated[DeadlineKind, Label("Termijn", "Deadline")]
    module_id: Annotated[UUID | None, Label("Module", "Module")] = None
    checkpoint: Annotated[Checkpoint | None, Label("Meetpunt", "Checkpoint")] = None
    provider: Annotated[Kbo | None, Label("Begeleider (KBO)", "Guide (KBO)")] = None

    def after(self, pathway: Pathway) -> Pathway:
        return pathway.but(announced=(*pathway.announced, self.reached()))

    def reached(self) -> Deadline:
        """What it is known by."""
        return Deadline(
            kind=self.deadline,
            day=self.occurred_on,
            module_id=self.module_id,
            checkpoint=self.checkpoint,
            provider=self.provider,
        )


class AnnounceDeadlines(PathwayCommand):
    """Tell of the deadlines that were reached by the day `on`, each once. Only the scheduler asks it."""

    after_closing: ClassVar[bool] = True

    def follow(self, pathway: Pathway, moment: Moment) -> Sequence[Fact]:
        return [
            DeadlineReached(
                occurred_on=one.day,
                deadline=one.kind,
                module_id=one.module_id,
                checkpoint=one.checkpoint,
                provider=one.provider,
            )
            for one in pending(pathway)
            if one.announced_from <= self.on
        ]


def announced_from(pathway: Pathway) -> Day | None:
    """From which day on there is something to tell of this pathway; None when nothing is due."""
    return min((one.announced_from for one in pending(pathway)), default=None)


def pending(pathway: Pathway) -> list[Deadline]:
    """The deadlines of the pathway that nobody was told of yet, by their day."""
    if pathway.void:
        return []
    due = [
        *_planned_ends(pathway),
        *_hires_due(pathway),
        *_clock(pathway),
        *_checkpoints(pathway),
    ]
    # Sorting is stable: those of one day stay in this order.
    return sorted(
        (one for one in due if one not in pathway.announced), key=lambda deadline: deadline.day
    )


def _planned_ends(pathway: Pathway) -> Iterator[Deadline]:
    for module in pathway.running():
        # Of a module that pauses the end moves when it goes on.
        if module.interrupted_on is None:
            yield Deadline(
                kind=DeadlineKind.MODULE_EINDE,
                day=module.planned_until,
                module_id=module.module_id,
            )


def _hires_due(pathway: Pathway) -> Iterator[Deadline]:
    for one in pathway.obligations:
        if one.status is ObligationStatus.OPEN:
            yield Deadline(kind=DeadlineKind.AANWERVING, day=one.due_by, module_id=one.module_id)


def _clock(pathway: Pathway) -> Iterator[Deadline]:
    one = pathway.referral
    guides = one and pathway.open and pathway.guiding_organisation == one.provider
    if one and guides and one.status is ReferralStatus.DEFINITIEF and one.until:
        yield Deadline(kind=DeadlineKind.TOELEIDING, day=one.until, provider=one.provider)


def _checkpoints(pathway: Pathway) -> Iterator[Deadline]:
    since = way_out(pathway)
    if since is None or pathway.exit_type in _WORKS_NO_MORE:
        return
    checked = {check.checkpoint for check in pathway.checks if check.since == since}
    for point in Checkpoint:
        if point not in checked:
            last_day = Part(point.months, Unit.MONTHS).last_day(since)
            yield Deadline(
                kind=DeadlineKind.MEETPUNT,
                day=last_day + timedelta(days=1),
                checkpoint=point,
            )
