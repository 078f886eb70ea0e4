"""The counsellor's questions and answers as they go over HTTP, for programs and pages alike."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from plumbing.callers import Caller, Role
from plumbing.row_rights import Rule
from pydantic import BaseModel, ConfigDict, Field

from projections.counsellor.alerts import Alert, Attention, Urgency, attention
from projections.counsellor.course import Spell
from projections.counsellor.queries import (
    CaseloadFilter,
    CaseloadRow,
    CaseloadSort,
    Counters,
    Entry,
    ModuleRow,
)
from projections.freshness import Freshness
from projections.points import PointAsked, Taken
from projections.web_reading import After, Day, Kbo, Reference
from schemas.codes import ModuleKind, PathwayStatus

MOST_ROWS = 200
Cursor = Annotated[
    str, Field(max_length=500, description="`next_cursor` of the answer before this one")
]


class Asked(BaseModel):
    """Parameters of a question; a mistyped name is told, and never passed over."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    after: After | None = None


class CaseloadAsked(Asked, PointAsked):
    """Which pathways, in which order. Each parameter narrows; days are inclusive.

    Without `counsellor`, `unit`, `unassigned`, `guided_by` and `person_ref` it is the caller's own
    caseload, for a team leader that of the unit, for a partner all that it guides. Of what is asked,
    it is what the caller may see.
    """

    counsellor: Annotated[
        Reference | None,
        Field(description="Reference of a counsellor", examples=["bemiddelaar-01"]),
    ] = None
    unit: Annotated[Reference | None, Field(description="Reference of the caller's unit")] = None
    unassigned: Annotated[bool | None, Field(description="Whether nobody guides it yet")] = None
    guided_by: Annotated[
        Kbo | None, Field(description="An organisation that guides it, or guided it before")
    ] = None
    person_ref: Annotated[UUID | None, Field(description="Every pathway of one person")] = None
    status: Annotated[
        list[PathwayStatus], Field(max_length=10, description="Any of these; repeat the parameter")
    ] = []
    running_kind: Annotated[ModuleKind | None, Field(description="A module of it runs")] = None
    organisation: Annotated[
        Kbo | None, Field(description="A module runs with this employer, host or promotor")
    ] = None
    planned_end_from: Annotated[
        Day | None, Field(description="First planned last day of what runs, from this day")
    ] = None
    planned_end_until: Day | None = None
    enrolled_from: Day | None = None
    enrolled_until: Day | None = None
    closed: Annotated[bool | None, Field(description="Closed ones only, or open ones only")] = None
    sort: CaseloadSort = CaseloadSort.ENROLLED
    descending: bool = False
    limit: Annotated[int, Field(ge=1, le=MOST_ROWS)] = 50
    cursor: Cursor | None = None

    def with_defaults(self, caller: Caller) -> Self:
        """The same question, about the caller's own caseload where it names none."""
        named = (self.counsellor, self.unit, self.guided_by, self.person_ref)
        if any(named) or self.unassigned is not None:
            return self
        if caller.is_one_of(frozenset({Role.PARTNER})):
            return self.model_copy(update={"guided_by": caller.organisation})
        if caller.is_one_of(frozenset({Role.COUNSELLOR})) or not caller.unit:
            return self.model_copy(update={"counsellor": caller.ref})
        return self.model_copy(update={"unit": caller.unit})

    def as_filter(self) -> CaseloadFilter:
        """The part of it that narrows."""
        narrowed = CaseloadFilter.__dataclass_fields__
        return CaseloadFilter(**{name: getattr(self, name) for name in narrowed})


class Pathway(BaseModel):
    """One pathway as its counsellor sees it. Names are in the vault: ask them by `person_ref`."""

    model_config = ConfigDict(frozen=True)
    pathway_id: UUID
    person_ref: Annotated[UUID | None, Field(description="Null: the enrolment is not told")]
    status: Annotated[str, Field(description="See the codes of PathwayStatus in the contract")]
    counsellor: str | None
    unit: str | None
    counsellor_since: date | None
    enrolled_on: date | None
    enrolment_inferred: bool
    legacy_sources: Annotated[list[str], Field(description="Older systems it was imported from")]
    incomplete_until: Annotated[
        date | None, Field(description="Last day of which these may not have known everything")
    ]
    category: str | None
    commune: str | None
    scheme: str | None
    guiding_organisation: str | None
    distance: Annotated[str | None, Field(description="What the newest screening found")]
    screened_on: date | None
    plan_agreed_on: Annotated[date | None, Field(description="Of the newest plan")]
    plan_review_on: Annotated[date | None, Field(description="When that is looked at again")]
    referral_provider: Annotated[str | None, Field(description="Of the newest referral")]
    referral_status: str | None
    guided_until: Annotated[
        date | None, Field(description="End of the clock of the newest definitive referral")
    ]
    referral_extended: Annotated[
        bool, Field(description="That clock was extended, and so past its soft maximum")
    ]
    running_kinds: list[str]
    running_organisations: list[str]
    running_since: date | None
    next_planned_end: date | None
    absent_until: Annotated[
        date | None, Field(description="Last day of the newest absence from a module that runs")
    ]
    modules: int
    hires: int
    last_hired_on: date | None
    last_employer: str | None
    suspended_on: date | None
    suspended_until: date | None
    planned_start: date | None
    soft_maximum_passed: Annotated[
        bool,
        Field(
            description="A module runs, or is planned, longer than its soft maximum; of an IBO that of an "
            "ordinary one, because its form is not told"
        ),
    ]
    hire_due_by: Annotated[date | None, Field(description="Null: no hire after an IBO is due")]
    ended_in_protection_on: Annotated[
        date | None, Field(description="Last day of a job that ended inside its protection")
    ]
    unsigned_ibos: Annotated[
        int, Field(description="IBOs that run without the signatures of all three parties")
    ]
    check_due_on: Annotated[
        date | None,
        Field(
            description="From when the first check of work that nobody told is due; null: none is"
        ),
    ]
    first_contact_on: Annotated[
        date | None, Field(description="First day on which more was done than to assign it")
    ]
    without_counsellor_since: Annotated[
        date | None, Field(description="While nobody guides it; null: somebody does")
    ]
    referred_on: Annotated[date | None, Field(description="Day of the newest referral")]
    hard_maximum_on: Annotated[
        date | None,
        Field(description="The first hard maximum of what runs that its planned end reaches"),
    ]
    missed_appointments: Annotated[
        int, Field(description="Without an excuse, since the last transmission")
    ]
    exempt_since: Annotated[date | None, Field(description="Of the newest exemption")]
    exempt_until: Annotated[
        date | None, Field(description="Its last day; null: none, or open-ended")
    ]
    closed_on: date | None
    exit_type: str | None
    merged_into: Annotated[UUID | None, Field(description="The pathway it is a part of now")]
    last_fact_on: date
    last_recorded_at: datetime
    version: Annotated[int, Field(description="Up to which fact this is told")]
    waits_from: Annotated[int | None, Field(description="Parked: facts from here on are not in it")]
    attention: list[Attention]

    @classmethod
    def of(cls, row: CaseloadRow, today: date) -> Self:
        """What a row tells on `today` (Brussels)."""
        return cls.model_validate({**row._asdict(), "attention": attention(row, today)})


class CaseloadAnswer(BaseModel):
    """A page of pathways, and how many of all that the question lets through need something."""

    model_config = ConfigDict(frozen=True)
    asked: CaseloadAsked
    taken: Taken
    today: Annotated[date, Field(description="The day of attention and counters: that of `taken`")]
    items: list[Pathway]
    counters: Counters
    next_cursor: str | None
    freshness: Freshness


class AlertTold(BaseModel):
    """One reason to look at a pathway."""

    model_config = ConfigDict(frozen=True)
    reason: Attention
    day: Annotated[date | None, Field(description="The day that it speaks of")]
    days: Annotated[int | None, Field(description="How many days from today until that day")]
    urgency: Urgency
    snoozed_until: Annotated[date | None, Field(description="Null: it is not put off")] = None
    because: Annotated[str | None, Field(description="Why it was put off, or the reminder")] = None

    @classmethod
    def of(cls, alert: Alert, today: date) -> Self:
        """What an alert tells on `today` (Brussels)."""
        return cls(
            reason=alert.reason,
            day=alert.day,
            days=(alert.day - today).days if alert.day else None,
            urgency=alert.urgency(today),
        )


class TimelineAsked(Asked, PointAsked):
    """Which part of a timeline."""

    limit: Annotated[int, Field(ge=1, le=MOST_ROWS)] = MOST_ROWS
    cursor: Cursor | None = None


class TimelineAnswer(BaseModel):
    """One pathway: where it stands, its modules, and what happened, newest day first."""

    model_config = ConfigDict(frozen=True)
    taken: Taken
    pathway: Pathway
    alerts: Annotated[
        list[AlertTold],
        Field(description="What somebody has to do, the most pressing first; put off by nobody"),
    ]
    modules: list[ModuleRow]
    spells: Annotated[list[Spell], Field(description="What lasted: modules, suspensions, work")]
    set_by: Annotated[
        dict[str, int],
        Field(description="The version of the fact by which fields of `pathway` stand as they do"),
    ]
    days: Annotated[
        list[date],
        Field(description="The days on which something happened, also after `as_of`; first first"),
    ]
    entries: list[Entry]
    next_cursor: str | None
    freshness: Freshness
    seen_by: Annotated[Rule, Field(exclude=True)] = Rule.OWN_CASELOAD
