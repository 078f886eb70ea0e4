"""Dutch and English as people in Belgium read them: sentences, labels of codes, days and numbers."""

from collections.abc import Iterable
from datetime import date, datetime
from functools import cache, lru_cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel.dates import format_date, format_datetime
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from plumbing.clock import BRUSSELS

from projections.labels import LABELS

LANGUAGES = ("nl", "en")
"""Dutch first: its sentences stand in the code, the others in `translations/LANGUAGE.po`."""

TRANSLATIONS = Path(__file__).parent / "translations"
DASH = "\N{EN DASH}"
"""What stands where there is nothing to tell."""

_KBO_DIGITS = 10


class Words:
    """What a page says in one language. Call it with a Dutch sentence, and what stands in its braces."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._locale = f"{language}_BE"
        self._translations = _translations(language)

    def __call__(self, sentence: str, **values: object) -> str:
        """The sentence in this language, with `values` in the places that it names."""
        told = self._translations.gettext(sentence)
        return told.format(**values) if values else told

    def many(self, one: str, more: str, n: int, **told: object) -> str:
        """The sentence for one or for more; `{n}` in it is the number, `told` what else it names."""
        return self._translations.ngettext(one, more, n).format(n=self.number(n), **told)

    def label(self, code: object) -> str:
        """What a code means in a few words; a code that nobody labelled as it is."""
        return self(LABELS[str(code)]) if str(code) in LABELS else str(code)

    def labels(self, codes: Iterable[object]) -> str:
        """Several codes in words, after each other."""
        return ", ".join(map(self.label, codes))

    def day(self, day: date) -> str:
        """Such as 01/09/2015."""
        return _day(day, self._locale)

    def instant(self, at: datetime) -> str:
        """A moment as clocks in Belgium showed it, such as 01/09/2015 14:05."""
        return format_datetime(at, "dd/MM/yyyy HH:mm", tzinfo=BRUSSELS, locale=self._locale)

    def second(self, at: datetime) -> str:
        """The same with its seconds, such as 01/09/2015 14:05:09."""
        return format_datetime(at, "dd/MM/yyyy HH:mm:ss", tzinfo=BRUSSELS, locale=self._locale)

    def lasted(self, seconds: float) -> str:
        """How long something took or waits, in its largest unit, such as 12 s or 3 min."""
        told = self
        days, hours, minutes = (int(seconds // one) for one in (86400, 3600, 60))
        if days > 1:
            return told("{n} dagen", n=self.number(days))
        if hours > 1:
            return told("{n} uur", n=hours)
        if minutes > 1:
            return told("{n} min", n=minutes)
        return told("{n} s", n=max(0, round(seconds)))

    def clock(self, at: datetime) -> str:
        """A moment as a browser's field for it wants it, as clocks in Belgium showed it."""
        return at.astimezone(BRUSSELS).strftime("%Y-%m-%dT%H:%M")

    def number(self, number: float) -> str:
        """Such as 12.345,6, with one decimal at most."""
        return _number(number, self._locale)

    def percent(self, share: float | None) -> str:
        """A share from 0 to 1 in whole percents; a dash where there is none."""
        if share is None:
            return DASH
        return f"{format_decimal(share * 100, '0', self._locale)} %"

    def organisation(self, code: str) -> str:
        """An enterprise number with its dots; any other code as it is."""
        plain = len(code) == _KBO_DIGITS and code.isdigit()
        return f"{code[:4]}.{code[4:7]}.{code[7:]}" if plain else code


@cache
def words(language: str) -> Words:
    """The words of one of LANGUAGES."""
    return Words(language)


# A page says the same days and numbers many times, and to take a pattern apart costs more than the rest.
@lru_cache(maxsize=4096)
def _day(day: date, locale: str) -> str:
    return format_date(day, "dd/MM/yyyy", locale=locale)


@lru_cache(maxsize=4096)
def _number(number: float, locale: str) -> str:
    return format_decimal(number, "#,##0.#", locale=locale)


def _translations(language: str) -> NullTranslations:
    if language == LANGUAGES[0]:
        return NullTranslations()
    with (TRANSLATIONS / f"{language}.po").open("rb") as source:
        catalogue = read_po(source, locale=language, abort_invalid=True)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)
