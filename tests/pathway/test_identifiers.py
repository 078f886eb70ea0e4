"""What may stand as a person's, an enterprise's, an establishment's or a commune's number."""

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given, settings, strategies as st
from pathway.identifiers import InvalidIdentifier, check_digits, establishment, insz, kbo, nis

from tests.people import invented_insz, invented_kbo

ANNA = invented_insz(date(1984, 5, 17), 24)

births = st.dates(date(1900, 1, 1), date(2024, 12, 31))
counters = st.integers(1, 998)


def with_check(base: str) -> str:
    return base + check_digits(base)


def test_an_insz_follows_from_birth_date_and_counter() -> None:
    assert insz(ANNA) == ANNA == "840517024" + ANNA[9:]


@pytest.mark.parametrize(
    "written",
    [
        f"{ANNA[:2]}.{ANNA[2:4]}.{ANNA[4:6]}-{ANNA[6:9]}.{ANNA[9:]}",
        f" {ANNA[:6]} {ANNA[6:9]} {ANNA[9:]}\t",
        f"{ANNA[:2]}/{ANNA[2:4]}/{ANNA[4:6]}-{ANNA[6:9]}/{ANNA[9:]}",
        f"{ANNA[:6]}\N{EN DASH}{ANNA[6:9]}\N{NO-BREAK SPACE}{ANNA[9:]}",
    ],
)
def test_separators_do_not_matter(written: str) -> None:
    assert insz(written) == ANNA


@settings(deadline=None)
@given(births, counters, st.booleans())
def test_everyone_ever_born_has_an_insz_or_a_bis_number(
    birth: date, counter: int, bis: bool
) -> None:
    assert insz(invented_insz(birth, counter, bis=bis)).isdigit()


@settings(deadline=None)
@given(
    # Whose year cannot be read as one of this century, which has check digits of its own.
    st.dates(date(1930, 1, 1), date(1999, 12, 31)),
    counters,
    st.integers(2, 10),
    st.integers(1, 9),
)
def test_one_mistyped_digit_is_found(birth: date, counter: int, place: int, change: int) -> None:
    right = invented_insz(birth, counter)
    wrong = right[:place] + str((int(right[place]) + change) % 10) + right[place + 1 :]

    with pytest.raises(InvalidIdentifier):
        insz(wrong)


def test_the_first_of_2000_and_the_first_of_1900_have_different_numbers() -> None:
    assert insz(invented_insz(date(1900, 1, 1), 1)) != insz(invented_insz(date(2000, 1, 1), 1))


@pytest.mark.parametrize(
    "base",
    ["840000024", "840500024", "840001024", "000001024", "844000024", "842500024", "842017024"],
    ids=["month and day", "day", "numbers ran out", "year", "BIS", "BIS day", "BIS month"],
)
def test_an_unknown_birth_date_is_a_real_one(base: str) -> None:
    assert insz(with_check(base)) == with_check(base)


def test_someone_born_on_a_29th_of_february_is_born_in_a_leap_year() -> None:
    assert insz(invented_insz(date(1984, 2, 29), 24))
    assert insz(invented_insz(date(2000, 2, 29), 24))
    with pytest.raises(InvalidIdentifier, match="in no calendar"):
        insz(with_check("850229024"))
    with pytest.raises(InvalidIdentifier, match="in no calendar"):
        insz(with_check("000229024"))  # 1900


@pytest.mark.parametrize(
    ("base", "why"),
    [
        ("840231024", "in no calendar"),
        ("840431024", "in no calendar"),
        ("840532024", "in no calendar"),
        ("844231024", "in no calendar"),
        ("840099024", "in no calendar"),
        ("841317024", "month"),
        ("843317024", "month"),
        ("845317024", "month"),
        ("849917024", "month"),
        ("840517000", "001 to 998"),
        ("840517999", "001 to 998"),
    ],
)
def test_what_python_stdnum_lets_through_is_refused(base: str, why: str) -> None:
    with pytest.raises(InvalidIdentifier, match=why) as refused:
        insz(with_check(base))
    assert refused.value.kind == "insz"


def test_counters_from_001_to_998_are_issued() -> None:
    assert insz(with_check("840517001"))
    assert insz(with_check("840517998"))


@pytest.mark.parametrize("n", [0, 1, 42, 9_999_999])
def test_a_kbo_number_has_ten_digits(n: int) -> None:
    number = invented_kbo(n)

    assert kbo(f"{number[:4]}.{number[4:7]}.{number[7:]}") == number


def test_numbers_of_public_bodies_are_kbo_numbers() -> None:
    assert kbo("0887.010.362") == "0887010362"
    assert kbo("0353.456.320") == "0353456320"
    assert kbo("0566 988 259") == "0566988259"


def test_a_kbo_number_may_begin_with_1_since_2023() -> None:
    assert kbo(with_check("10000000")) == with_check("10000000")


def test_a_kbo_number_with_00_where_the_rule_gives_97_is_refused() -> None:
    assert kbo("0400008697")
    with pytest.raises(InvalidIdentifier, match="last two digits"):
        kbo("0400008600")


def test_check_digits_run_from_01_to_97() -> None:
    base = next(b for b in range(4_000_000, 4_000_200) if check_digits(f"0{b}") == "01")

    assert kbo(f"0{base}01")
    with pytest.raises(InvalidIdentifier):
        kbo(f"0{base}98")


def test_a_kbo_number_is_not_an_establishments_number() -> None:
    with pytest.raises(InvalidIdentifier, match="establishment"):
        kbo("2.147.812.701")
    with pytest.raises(InvalidIdentifier, match="enterprise"):
        establishment("0887.010.362")


def test_establishments_begin_with_2_to_8() -> None:
    assert establishment("2.147.812.701") == "2147812701"
    assert establishment("2.147.812.897") == "2147812897"
    assert establishment(with_check("80000000"))
    with pytest.raises(InvalidIdentifier):
        establishment(with_check("90000000"))
    with pytest.raises(InvalidIdentifier, match="mistyped"):
        establishment("2.147.812.702")


def test_a_nis_code_names_a_commune() -> None:
    assert nis(" 44021 ") == "44021"


@pytest.mark.parametrize("text", ["4402", "440210", "44000", "40000", "04021", "4402A"])
def test_what_is_no_commune_is_refused(text: str) -> None:
    with pytest.raises(InvalidIdentifier, match="NIS"):
        nis(text)


@pytest.mark.parametrize("rule", [insz, kbo, establishment, nis])
@pytest.mark.parametrize("text", ["", "-", "x", "BE0887010362", "٠٨٨٧٠١٠٣٦٢", "²" * 11, "1" * 99])
def test_what_is_not_digits_is_refused(rule: Callable[[str], str], text: str) -> None:
    with pytest.raises(InvalidIdentifier):
        rule(text)


def refusal(rule: Callable[[str], str], text: str) -> InvalidIdentifier | None:
    try:
        rule(text)
    except InvalidIdentifier as refused:
        return refused
    return None


@settings(deadline=None)
@given(st.text())
def test_no_text_breaks_the_rules(text: str) -> None:
    for rule in (insz, kbo, establishment, nis):
        refused = refusal(rule, text)
        assert refused is None or refused.kind == rule.__name__


@settings(deadline=None)
@given(st.integers(0, 10**11 - 1))
def test_the_refusal_never_repeats_the_number(number: int) -> None:
    text = f"{number:011d}"

    assert text[6:] not in str(refusal(insz, text))
