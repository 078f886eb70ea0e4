"""Numbers for people and enterprises that do not exist."""

from datetime import date

from pathway.identifiers import check_digits

_BORN_THIS_CENTURY = 2000


def invented_insz(birth: date, counter: int, *, bis: bool = False) -> str:
    """A valid INSZ; with `bis` a BIS number of someone whose sex is known."""
    month = birth.month + (40 if bis else 0)
    nine = f"{birth:%y}{month:02d}{birth:%d}{counter:03d}"
    return nine + check_digits("2" + nine if birth.year >= _BORN_THIS_CENTURY else nine)


def invented_kbo(n: int) -> str:
    """The n-th of a series of valid KBO numbers (n from 0 to 9,999,999)."""
    base = f"0{n:07d}"
    return base + check_digits(base)
