"""Jobs in the regular labour market, from the hire to the end that was told; both read models ask this."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from projections.projection import Event, data_of
from schemas.events import EmploymentEnded, HiredInNec


@dataclass(frozen=True)
class Job:
    """A hire, and the last day of its job; None: no end was told."""

    hire: Event
    data: HiredInNec
    last_day: date | None = None

    @property
    def first_day(self) -> date:
        """The first day of work."""
        return self.hire.occurredon


def jobs_of(told: Sequence[Event]) -> list[Job]:
    """The jobs of a pathway; `told` is what stands, in the order of its days."""
    jobs: list[Job] = []
    for event in told:
        match data_of(event):
            case HiredInNec() as data:
                jobs.append(Job(event, data))
            case EmploymentEnded() as data:
                _end(jobs, data, event.occurredon)
            case _:
                pass
    return jobs


def _end(jobs: list[Job], ended: EmploymentEnded, last_day: date) -> None:
    """Put the last day on the job that ended: the one named, else the newest that goes on there."""
    for place, job in reversed(list(enumerate(jobs))):
        named = ended.hired_on in (None, job.first_day)
        if job.data.employer == ended.employer and job.last_day is None and named:
            jobs[place] = replace(job, last_day=last_day)
            return
