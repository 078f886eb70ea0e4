"""Everything that pages say, in Dutch and in English."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from enum import StrEnum
from importlib.resources import files
from pathlib import Path

import pytest
from babel.messages.extract import extract, extract_python
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract
from projections.labels import LABELS
from projections.words import TRANSLATIONS, words

from schemas import codes

ROOT = Path(str(files("projections")))
KEYWORDS = {"_": None, "N_": None, "words": None, "told": None, "many": (1, 2)}


def said() -> Iterator[str]:
    """Each sentence in code and templates."""
    for path in sorted([*ROOT.rglob("*.html"), *ROOT.rglob("*.py")]):
        method = babel_extract if path.suffix == ".html" else extract_python
        with path.open("rb") as source:
            for _, messages, _, _ in extract(method, source, KEYWORDS):
                yield messages[0] if isinstance(messages, tuple) else messages


def translated() -> dict[str, str | tuple[str, ...]]:
    with (TRANSLATIONS / "en.po").open("rb") as source:
        catalogue = read_po(source, locale="en", abort_invalid=True)
    return {
        (m.id[0] if isinstance(m.id, tuple) else m.id): m.string
        for m in catalogue
        if m.id and not m.fuzzy
    }


def test_every_sentence_is_told_in_english_too() -> None:
    known = translated()

    assert sorted({one for one in said() if not known.get(one)}) == []


def test_no_translation_is_of_a_sentence_that_nobody_says() -> None:
    assert sorted(set(translated()) - set(said())) == []


def test_every_code_of_the_contract_has_a_label() -> None:
    kinds = [kind for kind in vars(codes).values() if isinstance(kind, type)]
    wire = {
        str(code)
        for kind in kinds
        if issubclass(kind, StrEnum) and kind is not codes.Category
        for code in kind
    }

    assert wire - set(LABELS) - {"DOELGROEPWERKNEMER", "WERKZOEKENDE"} == set()


def test_days_and_numbers_are_belgian_in_both_languages() -> None:
    for language in ("nl", "en"):
        told = words(language)

        assert told.day(date(2015, 9, 3)) == "03/09/2015"
        assert told.instant(datetime(2015, 9, 3, 22, 30, tzinfo=UTC)) == "04/09/2015 00:30"
        assert told.number(12345.6) == "12.345,6"
        assert told.percent(0.425) == "42 %"
        assert told.organisation("0400000148") == "0400.000.148"


@pytest.mark.parametrize(
    ("n", "dutch", "english"), [(1, "1 module", "1 module"), (2, "2 modules", "2 modules")]
)
def test_one_is_told_apart_from_more(n: int, dutch: str, english: str) -> None:
    assert words("nl").many("{n} module", "{n} modules", n) == dutch
    assert words("en").many("{n} module", "{n} modules", n) == english


def test_a_code_without_a_label_is_shown_as_it_is() -> None:
    assert words("nl").label("IETS_NIEUWS") == "IETS_NIEUWS"
