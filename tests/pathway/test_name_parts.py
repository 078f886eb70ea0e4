"""How a name is searched for: without accents or capitals, by the first letters of its parts."""

import pytest
from pathway.name_parts import first_letters, fits, folded, parts, words


@pytest.mark.parametrize(
    ("written", "searched"),
    [
        ("Hélène", "helene"),
        ("ZÜLEYHA", "zuleyha"),
        ("Łukasz Ørsted", "lukasz orsted"),
        ("Weiß", "weiss"),
        ("Ça\u011fr\u0131", "cagri"),
    ],
)
def test_accents_and_capitals_do_not_count(written: str, searched: str) -> None:
    assert folded(written) == searched


def test_a_name_with_an_apostrophe_is_found_with_it_without_it_and_by_what_follows() -> None:
    names = parts("D'Hondt")

    assert all(fits(word, names) for word in ("dhondt", "hondt"))
    assert words("D\u2019Hondt") == words("d'hondt") == ["dhondt"]


def test_a_name_of_several_words_is_also_found_written_as_one() -> None:
    names = parts("Van den Berghe", "Jean-Pierre")

    assert {"van", "den", "berghe", "vandenberghe", "jean", "pierre", "jeanpierre"} == names
    assert words("jean-pierre VAN") == ["jean", "pierre", "van"]


def test_three_to_twenty_first_letters_of_each_part_are_kept_and_short_parts_whole() -> None:
    kept = first_letters(frozenset({"de", "verzon", "vandenverzonnenbergeheide"}))

    assert {one for one in kept if not one.startswith("vand")} == {
        *("de", "ver", "verz", "verzo", "verzon", "van")
    }
    assert max(kept, key=len) == "vandenverzonnenberge"


def test_a_short_word_has_to_be_a_whole_part() -> None:
    assert fits("de", parts("De Smet"))
    assert not fits("sm", parts("De Smet"))
