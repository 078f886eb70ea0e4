"""What every command is: something asked of a pathway, which decides by itself which facts follow, or refuses.

`decide` is given the pathway as of today (None before the enrolment) and the moment; it returns the new
facts, none when there is nothing new to say. The commands themselves stand with their facts.
"""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, ClassVar, NamedTuple
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from pathway.domain import merge_refusals, refusals
from pathway.domain.codes import PathwayStatus
from pathway.domain.consistency import fitting
from pathway.domain.exclusion import Exclusion
from pathway.domain.facts import Fact, Label, Text, Told
from pathway.domain.state import Pathway
from pathway.domain.values import Day


class Moment(NamedTuple):
    """When a command is decided, and where new ids come from."""

    today: Day
    new_id: Callable[[], UUID]
    told: Sequence[Told] = ()
    """What was told of the pathway so far, in the order of versions."""
    elsewhere: Callable[[UUID], Sequence[Told]] = lambda _pathway_id: ()
    """What was told of another pathway, for a command about two."""
    excluded: Callable[[str], Sequence[Exclusion]] = lambda _employer: ()
    """When an employer gets no IBO, by what was decided in whichever pathway."""


class Terms(BaseModel):
    """Fields that a fact and its command share: declared once, the same in both."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Command(BaseModel):
    """Something that a person or system asks for. `on` is the day it is true for, Europe/Brussels."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    path: ClassVar[str]
    """Its name in the address, such as `start-ibo`."""
    nl: ClassVar[str]
    """What it asks, as its docstring says in English."""
    on: Annotated[
        Day,
        Label(
            "Dag",
            "Day",
            Text(
                "De dag waarop het waar is, in Belgische tijd.",
                "The day it is true for, Europe/Brussels",
            ),
        ),
        Field(examples=["2015-09-01"]),
    ]

    def decide(self, pathway: Pathway | None, moment: Moment) -> Sequence[Fact]:
        """The facts that follow. Raises a `Refused` that says which rule stands in the way."""
        raise NotImplementedError

    def counterpart(self, pathway_id: UUID) -> "tuple[UUID, Command] | None":
        """Another pathway, and the command that is decided on it in the same commit as this one here.

        Both pathways must be of one person. None for all but a few.
        """
        return None

    def told(self) -> dict[str, Any]:
        """The command's fields as its fact has them."""
        return {"occurred_on": self.on, **self.model_dump(exclude={"on"})}


class PathwayCommand(Command):
    """A command on an existing, open pathway."""

    after_closing: ClassVar[bool] = False
    """Whether a closed pathway takes it too, as the fact that it leads to."""

    def decide(self, pathway: Pathway | None, moment: Moment) -> Sequence[Fact]:
        if pathway is None:
            raise refusals.UnknownPathway("There is no pathway with this id. Check the address.")
        not_void(pathway)
        if pathway.closed and not self.after_closing:
            raise refusals.Closed(
                f"This pathway was closed on {pathway.closed_on}. Open it again (reopen), or enrol "
                "the person again."
            )
        not_in_the_future(self.on, moment)
        not_before_enrolment(self.on, pathway)
        facts = self.follow(pathway, moment)
        fitting(pathway, moment.told, facts)
        return facts

    def follow(self, pathway: Pathway, moment: Moment) -> Sequence[Fact]:
        """The facts that follow on this pathway."""
        raise NotImplementedError


def not_void(pathway: Pathway) -> None:
    """Refuse a pathway that was annulled, or is a part of another one now."""
    if pathway.merged_into:
        raise merge_refusals.Merged(
            f"This pathway was merged into {pathway.merged_into}. Go on with that one."
        )
    if pathway.status is PathwayStatus.GEANNULEERD:
        raise refusals.Annulled("This pathway was annulled. Enrol the person again to go on.")


def not_in_the_future(day: Day, moment: Moment) -> None:
    """Refuse a day after today: facts have happened; plans are fields of facts."""
    if day > moment.today:
        raise refusals.InTheFuture(
            f"{day} has not come yet (today is {moment.today}). Register it on the day itself.",
            "on",
        )


def not_before_enrolment(day: Day, pathway: Pathway) -> None:
    """Refuse a day on which the pathway did not exist yet."""
    if day < pathway.enrolled_on:
        raise refusals.BeforeEnrolment(
            f"The person was enrolled on {pathway.enrolled_on}; "
            f"{day} lies before it. Give a day on or after the enrolment.",
            "on",
        )
