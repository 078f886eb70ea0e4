"""Mistakes as they come out: what was registered wrongly is corrected or annulled, days or months later."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from random import Random
from uuid import UUID

from plumbing.clock import brussels_today
from pydantic_core import to_jsonable_python

from pathway.domain.closing import Close, Reopen
from pathway.domain.codes import AnnulmentReason, CorrectionReason
from pathway.domain.commands import Command
from pathway.domain.corrections import AnnulModule, AnnulPathway, AnnulRegistration, CorrectData
from pathway.domain.employment import EmploymentChecked
from pathway.domain.enrolment import ParticipantCharacteristicsRecorded
from pathway.domain.facts import Fact, Told, standing
from pathway.domain.guidance import Screened, UnassignCounsellor
from pathway.domain.modules import NewModule
from pathway.recorded import Actor
from pathway.simulation.acts import Act, Dossier, Life
from pathway.simulation.chance import happens, office_hours, one_of
from pathway.simulation.changes import AFTERWARDS, ON_THE_WAY, Change
from pathway.simulation.counsellors import STAFF

# After so many of a hundred acts: by trial, so that one pathway in five has a correction.
_NOTICED = 0.037
_NOTICED_AFTERWARDS = 0.1
_AGAIN = 0.2
_ANNULLED, _ANNULLED_AFTERWARDS = 0.14, 0.3
_WRONG_PERSON = 0.008
_SOON, _MUCH_LATER = (1, 25), (3, 200)

_WHY = {
    CorrectionReason.INVOERFOUT: 52, CorrectionReason.NIEUW_BEWIJS: 26,
    CorrectionReason.VRAAG_BETROKKENE: 13, CorrectionReason.LAAT_GEMELD: 9,
}  # fmt: skip
_EVIDENCE = {CorrectionReason.NIEUW_BEWIJS: "BEWIJS", CorrectionReason.VRAAG_BETROKKENE: "VRAAG"}
_WHY_ANNULLED = {
    AnnulmentReason.DUBBEL: 60, AnnulmentReason.VERKEERDE_PERSOON: 32, AnnulmentReason.TEST: 8,
}  # fmt: skip
_WHY_NO_MODULE = {AnnulmentReason.VERKEERD_INSTRUMENT: 60, AnnulmentReason.DUBBEL: 40}
_ANNULLED_ALONE = (ParticipantCharacteristicsRecorded, Screened, EmploymentChecked)

Wrong = Mapping[type[Fact], tuple[Change, ...]]


def with_mistakes(d: Dossier, life: Life, chance: Random) -> Life:
    """This life, in which now and then something turns out to have been registered wrongly."""
    act = next(life)
    if happens(chance, _WRONG_PERSON):
        yield act
        yield _of_the_wrong_person(act, chance)
        return
    closed = False
    while True:
        before, came = act, (yield act)
        for command in before.commands:
            closed = isinstance(command, Close) or (closed and not isinstance(command, Reopen))
        # Who guided does not see for long what was closed.
        by = STAFF if closed else d.counsellor.actor
        try:
            act = life.send(came)
        except StopIteration:
            break
        # While nobody guides, nobody is there to notice.
        left = any(isinstance(command, UnassignCounsellor) for command in before.commands)
        if happens(chance, _NOTICED) and not left:
            yield from _put_right(_Noticed(by, chance, ON_THE_WAY), before.at, _SOON, act.at)
    if happens(chance, _NOTICED_AFTERWARDS):
        yield from _put_right(_Noticed(by, chance, AFTERWARDS), before.at, _MUCH_LATER, None)


def _put_right(
    noticed: "_Noticed", since: datetime, within: tuple[int, int], until: datetime | None
) -> Life:
    """The correction so many days after `since`, and for some another one of the same; none past `until`."""
    while True:
        at = noticed.moment(since, within)
        if until is not None and at >= until:
            return
        yield noticed.act(at)
        if not happens(noticed.chance, _AGAIN):
            return
        since = at


def _of_the_wrong_person(enrolling: Act, chance: Random) -> Act:
    at = office_hours(chance, brussels_today(enrolling.at) + timedelta(days=chance.randint(1, 9)))
    annul = AnnulPathway(on=brussels_today(at), reason=AnnulmentReason.VERKEERDE_PERSOON)
    return Act(at=at, actor=STAFF, commands=(annul,), may_be_refused=True)


class _Noticed:
    """Something is noticed: chosen among what stands when somebody gets to it, and then remembered."""

    def __init__(self, by: Actor, chance: Random, wrong: Wrong) -> None:
        self.chance = chance
        self._by = by
        self._wrong = wrong
        self._about: UUID | None = None

    def moment(self, since: datetime, within: tuple[int, int]) -> datetime:
        """When somebody gets to it (UTC)."""
        return office_hours(
            self.chance, brussels_today(since) + timedelta(days=self.chance.randint(*within))
        )

    def act(self, at: datetime) -> Act:
        """It is put right at this moment."""
        share = _ANNULLED_AFTERWARDS if self._wrong is AFTERWARDS else _ANNULLED
        annuls = self._about is None and happens(self.chance, share)
        chosen = partial(self._annulled, brussels_today(at)) if annuls else self._corrected
        return Act(at=at, actor=self._by, commands=(), chosen=chosen, may_be_refused=True)

    def _corrected(self, told: Sequence[Told]) -> Sequence[Command]:
        stands = standing(told)
        if self._about not in stands:
            self._about = self._one_of({i: f for i, f in stands.items() if type(f) in self._wrong})
        if self._about is None:
            return ()
        fact = stands[self._about]
        fields = self.chance.choice(self._wrong[type(fact)])(self.chance, fact)
        if not fields:
            return ()
        reason = one_of(self.chance, _WHY)
        asked = {
            "on": fields.pop("occurred_on", fact.occurred_on),
            "fact_id": self._about,
            "changes": to_jsonable_python(fields),
            "reason": reason,
            "authority": self._authority(reason, fact.occurred_on),
        }
        return [CorrectData.model_validate(asked)]

    def _annulled(self, on: date, told: Sequence[Told]) -> Sequence[Command]:
        kinds = (NewModule,) if self._wrong is AFTERWARDS else _ANNULLED_ALONE
        stands = standing(told)
        about = self._one_of({i: f for i, f in stands.items() if isinstance(f, kinds)})
        if about is None:
            return ()
        fact = stands[about]
        if isinstance(fact, NewModule):
            reason = one_of(self.chance, _WHY_NO_MODULE)
            return [AnnulModule(on=on, module_id=fact.module_id, reason=reason)]
        reason = one_of(self.chance, _WHY_ANNULLED)
        return [AnnulRegistration(on=on, fact_id=about, reason=reason)]

    def _one_of(self, facts: Mapping[UUID, Fact]) -> UUID | None:
        """One of these: a kind first, so that the seldom ones are not left out, then a fact of it."""
        if not facts:
            return None
        kind = self.chance.choice(list(dict.fromkeys(map(type, facts.values()))))
        return self.chance.choice([i for i, fact in facts.items() if type(fact) is kind])

    def _authority(self, reason: CorrectionReason, day: date) -> str | None:
        number = self.chance.randint(1, 99999)
        return f"{_EVIDENCE[reason]}-{day.year}-{number:05d}" if reason in _EVIDENCE else None
