"""What the state of a pathway is made of beside its modules and hires, as frozen values."""

from datetime import timedelta
from typing import Any, Self, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from pathway.domain.codes import AbsenceReason, Proof, Scheme, SuspensionReason
from pathway.domain.guidance_codes import (
    Advice,
    AppointmentChannel,
    AppointmentStatus,
    Distance,
    ExemptionKind,
    Need,
    PlanAction,
    ReferralRefusal,
    ReferralStatus,
    ScreeningMethod,
)
from pathway.domain.values import Day
from pathway.domain.work_codes import (
    BreachMotive,
    Checkpoint,
    ContractParty,
    DeadlineKind,
    ObligationStatus,
    WaiverMotive,
)

StateT = TypeVar("StateT", bound="State")

_put = object.__setattr__


class State(BaseModel):
    """A frozen value."""

    model_config = ConfigDict(frozen=True)

    def but(self, **changes: object) -> Self:
        """A changed copy, not validated again.

        As `model_copy` makes it, but sharing the set of fields that were told, which no state is asked for:
        copying that for each fact was a quarter of a fold.
        """
        changed = self.__class__.__new__(self.__class__)
        _put(changed, "__dict__", {**self.__dict__, **changes})
        _put(changed, "__pydantic_fields_set__", self.__pydantic_fields_set__)
        _put(changed, "__pydantic_extra__", None)
        _put(changed, "__pydantic_private__", None)
        return changed


def exchanged(values: tuple[StateT, ...], old: StateT, new: StateT) -> tuple[StateT, ...]:
    """These values with `new` in the place of `old`, one of them; looked for from the newest on.

    What changes is nearly always new, so a fact of a long pathway costs no more than one of a short one.
    """
    place = len(values) - 1
    while values[place] is not old:
        place -= 1
    return added(values[:place], new) + values[place + 1 :]


def added(values: tuple[Any, ...], one: object) -> tuple[Any, ...]:
    """These values and one more, in one copy where `(*values, one)` makes two."""
    return values + (one,)  # noqa: RUF005


class LegacyHistory(State):
    """A stretch of history that comes from an older system, both days inclusive; not all of it may be known."""

    since: Day
    source: str
    source_ref: str
    exported_on: Day
    incomplete_until: Day


class HireDecision(State):
    """What was decided about the obligation to hire after an IBO: waived, or breached."""

    on: Day
    status: ObligationStatus
    motive: WaiverMotive | BreachMotive
    decision_ref: str
    sanction_until: Day | None = None


class Screening(State):
    """What a screening on a day found."""

    on: Day
    distance: Distance
    needs: tuple[Need, ...]
    advice: Advice
    method: ScreeningMethod


class Plan(State):
    """What counsellor and person agreed on a day, and when they look at it again."""

    agreed_on: Day
    goals: tuple[str, ...]
    competent_version: str | None
    actions: tuple[PlanAction, ...]
    review_on: Day


class Referral(State):
    """A referral to a provider; once definitive, the provider guides, up to and including `until`."""

    referred_on: Day
    provider: str
    lot: str | None
    scheme: Scheme
    status: ReferralStatus = ReferralStatus.AANGEMELD
    answered_on: Day | None = None
    """The day on which it became definitive or was refused."""
    until: Day | None = None
    """The end of the scheme's clock; None while it does not run, or where the scheme has none."""
    extended: bool = False
    refusal: ReferralRefusal | None = None


class Appointment(State):
    """An appointment; its day is what it is known by."""

    day: Day
    channel: AppointmentChannel
    status: AppointmentStatus = AppointmentStatus.GEPLAND


class Exemption(State):
    """A time in which somebody need not look for work, up to and including `until`; None is open-ended."""

    since: Day
    ground: ExemptionKind
    until: Day | None = None


class Absence(State):
    """Days on which somebody was not in a module, both inclusive."""

    module_id: UUID
    since: Day
    last_day: Day
    reason: AbsenceReason


class Check(State):
    """Whether the person works so many months after the way out, by one source."""

    checkpoint: Checkpoint
    source: Proof
    measured_on: Day
    since: Day
    """The day from which the months are counted."""
    in_work: bool
    same_employer: bool | None
    counts: bool
    """Whether it is the best one of its checkpoint."""


class Signature(State):
    """That a party signed the contract of an IBO, also before that started."""

    module_id: UUID
    party: ContractParty
    on: Day
    plan_ref: str | None


class Obligation(State):
    """The obligation to hire after one IBO, as it stands."""

    module_id: UUID
    employer: str
    due_by: Day
    status: ObligationStatus
    hired_on: Day | None
    decision: HireDecision | None


class Deadline(State):
    """A day that something is due on, by what it is known: the same deadline on another day is another one."""

    kind: DeadlineKind
    day: Day
    module_id: UUID | None = None
    """The module that should have ended, or after which somebody was to be hired."""
    checkpoint: Checkpoint | None = None
    provider: str | None = None
    """KBO number of who guides until that day."""

    @property
    def announced_from(self) -> Day:
        """The first day on which nobody can still be in time; work can be checked on the day itself."""
        on_the_day = self.kind is DeadlineKind.MEETPUNT
        return self.day if on_the_day else self.day + timedelta(days=1)


class Suspension(State):
    """Guidance that waits, from `since` on."""

    since: Day
    reason: SuspensionReason
    expected_until: Day | None
