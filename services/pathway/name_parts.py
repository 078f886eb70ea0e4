"""A name as it is searched for: its parts without accents or capitals, and their first letters."""

import unicodedata
from collections.abc import Iterator

SHORTEST, LONGEST = 3, 20
"""So many first letters of a part are kept, from the fewest to the most."""

# Letters that are no base letter with an accent, so that Unicode does not take them apart.
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "þ": "th", "\u0131": "i"}
)
_APOSTROPHES = str.maketrans(dict.fromkeys("'`\u00b4\u2018\u2019\u02bc", ""))


def folded(text: str) -> str:
    """Lower case, without accents: `"D'Hoë-Żak"` becomes `"d'hoe-zak"`."""
    apart = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


def words(text: str) -> list[str]:
    """The parts of what somebody typed, each once: an apostrophe joins, any other sign parts."""
    return list(dict.fromkeys(_letters(folded(text.translate(_APOSTROPHES)))))


def parts(*names: str) -> frozenset[str]:
    """What a person's names are found by: their parts, and each name written as one word.

    `"Van den D'Hondt"` is found as van, den, d, hondt, dhondt and vandendhondt.
    """
    found: set[str] = set()
    for name in names:
        apart = list(_letters(folded(name)))
        found.update(apart, words(name), ["".join(apart)] if apart else [])
    return frozenset(found)


def first_letters(names: frozenset[str]) -> frozenset[str]:
    """The first 3 to 20 letters of each of these parts; of a shorter one the whole."""
    return frozenset(
        part[:length]
        for part in names
        for length in range(min(SHORTEST, len(part)), min(LONGEST, len(part)) + 1)
    )


def fits(word: str, names: frozenset[str]) -> bool:
    """Whether a part begins with this word; one of fewer than three letters must be the whole."""
    if len(word) < SHORTEST:
        return word in names
    return any(part.startswith(word) for part in names)


def _letters(text: str) -> Iterator[str]:
    yield from "".join(sign if sign.isalpha() else " " for sign in text).split()
