"""One glance at a pathway: where it stands in a sentence, what is next, and its bars over time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from projections.counsellor.answers import Pathway
from projections.counsellor.course import Lane, Spell
from projections.labels import N_
from projections.words import Words
from schemas.codes import PathwayStatus

WIDE = 1000
"""Units from the first day of the drawing to its last; the picture itself is as wide as the screen."""
LEAST = 6
"""Units that even a day is drawn."""

LANES = {
    Lane.IBO: "IBO",
    Lane.STAGE: N_("Stage"),
    Lane.WEP_PLUS: "WEP+",
    Lane.SUSPENSION: N_("Geschorst"),
    Lane.WORK: N_("Aan het werk"),
}
AHEAD = {
    "planned_start": N_("Geplande start van een module"),
    "next_planned_end": N_("Gepland einde van wat loopt"),
    "guided_until": N_("Laatste dag van de begeleiding na toeleiding"),
    "suspended_until": N_("Einde van de schorsing, zoals verwacht"),
    "absent_until": N_("Einde van de afwezigheid"),
    "hire_due_by": N_("Aanwerving na een IBO tegen"),
    "plan_review_on": N_("Trajectplan opnieuw te bekijken op"),
    "exempt_until": N_("Vrijgesteld tot en met"),
    "check_due_on": N_("Na te gaan of de persoon werkt vanaf"),
}
"""The days that a pathway has ahead of it, by the column that tells them."""
_OVER = frozenset({PathwayStatus.AFGESLOTEN, PathwayStatus.GEANNULEERD, PathwayStatus.SAMENGEVOEGD})


@dataclass(frozen=True)
class Ahead:
    """A planned day, or that of a duty."""

    what: str
    on: date


@dataclass(frozen=True)
class Bar:
    """A bar in units of WIDE: what was or is, up to the day of the page, and the plan after it."""

    spell: Spell
    x: int
    width: int
    plan_x: int
    plan_width: int
    text: str


@dataclass(frozen=True)
class Drawing:
    """The bars of a pathway by lane, between two days; `at` is where the day of the page lies."""

    first: date
    last: date
    at: int
    years: tuple[int, ...]
    lanes: tuple[tuple[str, tuple[Bar, ...]], ...]


def ahead(pathway: Pathway, today: date) -> list[Ahead]:
    """What comes next in a pathway as of `today`, the first first. What is over and waits is an alert."""
    found = [
        Ahead(what, day)
        for column, what in AHEAD.items()
        if (day := getattr(pathway, column)) and day >= today
    ]
    if pathway.closed_on:
        found = [one for one in found if one.what == AHEAD["check_due_on"]]
    return sorted(found, key=lambda one: one.on)


def goes_on(pathway: Pathway, spells: Sequence[Spell]) -> list[Spell]:
    """The spells in which the person is now, which say where they stand; none while something else does."""
    if PathwayStatus(pathway.status) in _OVER or pathway.suspended_on:
        return []
    of_help = (one for one in spells if one.lane is not Lane.SUSPENSION)
    return [one for one in of_help if one.last_day is None and not one.planned]


def standing_sentence(pathway: Pathway, spells: Sequence[Spell], words: Words) -> str:
    """Where the person stands, in one plain sentence."""
    if pathway.merged_into:
        return words("Dit traject is samengevoegd met een ander en gaat daar verder.")
    if pathway.status == PathwayStatus.GEANNULEERD:
        return words("Dit traject is geannuleerd: het telt nergens mee.")
    if pathway.closed_on:
        way = words.label(pathway.exit_type) if pathway.exit_type else words.label(pathway.status)
        return words(
            "Afgesloten op {day}: {way}.", day=words.day(pathway.closed_on), way=_small(way)
        )
    if pathway.suspended_on:
        return words(
            "De begeleiding is geschorst sinds {day}.", day=words.day(pathway.suspended_on)
        )
    if started := goes_on(pathway, spells):
        each = "; ".join(told(one, words) for one in started)
        return f"{words.label(pathway.status)}: {each}."
    return {
        PathwayStatus.INGESCHREVEN: words("Ingeschreven; de begeleiding is nog niet begonnen."),
        PathwayStatus.IN_BEGELEIDING: words("In begeleiding; er loopt nu geen module."),
        PathwayStatus.NAZORG: words("In nazorg: aan het werk na begeleiding."),
    }.get(PathwayStatus(pathway.status), words.label(pathway.status))


def told(spell: Spell, words: Words) -> str:
    """A spell in words: what, where, from when and until when."""
    what = words.label(spell.what)
    where = words.organisation(spell.organisation) if spell.organisation else ""
    since, until = words.day(spell.first_day), spell.last_day or spell.planned_until
    place = words(" bij {organisation}", organisation=where) if where else ""
    if spell.planned:
        days = words(
            "gepland van {day} tot en met {until}",
            day=since,
            until=words.day(until or spell.first_day),
        )
    elif spell.last_day:
        days = words("van {day} tot en met {until}", day=since, until=words.day(spell.last_day))
    elif until:
        days = words("sinds {day}, gepland tot en met {until}", day=since, until=words.day(until))
    else:
        days = words("sinds {day}", day=since)
    return f"{what}{place}, {days}"


def drawing(pathway: Pathway, spells: Sequence[Spell], today: date, words: Words) -> Drawing | None:
    """The bars as of `today`; None where there is nothing to draw."""
    if not spells:
        return None
    ends = [day for one in spells for day in (one.last_day, one.planned_until) if day]
    first = min(one.first_day for one in spells)
    first = min(first, pathway.enrolled_on or first)
    last = max(*ends, today, *(one.first_day for one in spells)) + timedelta(days=1)
    scale = _Scale(first, last)
    lanes = tuple(
        (words(LANES[lane]), tuple(_bar(one, scale, today, words) for one in of_lane))
        for lane, of_lane in groupby(spells, key=lambda one: one.lane)
    )
    years = tuple(scale.x(date(year, 1, 1)) for year in range(first.year + 1, last.year + 1))
    return Drawing(first, last - timedelta(days=1), scale.x(today), years, lanes)


@dataclass(frozen=True)
class _Scale:
    first: date
    last: date

    def x(self, day: date) -> int:
        return round(WIDE * (day - self.first).days / (self.last - self.first).days)


def _bar(spell: Spell, scale: _Scale, today: date, words: Words) -> Bar:
    ended = spell.last_day or spell.planned_until
    was = spell.last_day or max(today, spell.first_day)
    x, past = scale.x(spell.first_day), scale.x(was + timedelta(days=1))
    if spell.planned:
        past = x
    goes_on = ended and ended > was and not spell.last_day
    end = scale.x(ended + timedelta(days=1)) if goes_on and ended else past
    width = 0 if spell.planned else max(past - x, LEAST)
    return Bar(spell, min(x, WIDE - LEAST), width, past, max(end - past, 0), told(spell, words))


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]
