"""Deadlines: what time alone brings about."""

from typing import ClassVar
from uuid import UUID

from pydantic import Field

from schemas.codes import Checkpoint, DeadlineKind, ModuleKind
from schemas.events.frame import Data, Kbo


class DeadlineReached(Data):
    """Termijn bereikt: something was due on the event's day, or a check of work is due from it on.

    Told once for each pathway (after a merge the survivor tells of its own), as soon as nobody can be in
    time any more. It changes nothing of the pathway: when the
    day moves afterwards, as by `module-extended`, this one was reached all the same.
    """

    event: ClassVar[str] = "deadline-reached"
    deadline: DeadlineKind = Field(description="What was due")
    module_id: UUID | None = Field(
        default=None,
        description="The module that was to end, or after which somebody was to be hired; else null",
    )
    module_kind: ModuleKind | None = Field(default=None, description="What that module is")
    checkpoint: Checkpoint | None = Field(
        default=None, description="Of a check of work, how many months after the way out; else null"
    )
    provider: Kbo | None = Field(
        default=None, description="Of a referral, who guides until that day; else null"
    )
