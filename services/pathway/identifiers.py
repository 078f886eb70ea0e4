"""The numbers by which Belgium knows a person, an enterprise, an establishment and a commune.

The arithmetic is python-stdnum's; what it lets through although it cannot have been issued is
refused here. Each function takes what a person typed and returns the bare digits.
"""

from calendar import monthrange
from collections.abc import Callable
from datetime import date

from stdnum.be import bis, nn, ssn, vat
from stdnum.exceptions import InvalidChecksum, ValidationError

# Also the no-break spaces and long dashes that office programs put in by themselves.
_SEPARATORS = {
    ord(sign): None for sign in " \t.-/\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}"
    "\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{EN DASH}"
}  # fmt: skip

_SHORTEST_MONTH = 28
_LONGEST_MONTH = 31
_LEAP_YEAR = 2000


class InvalidIdentifier(ValueError):
    """A number that cannot be one of its kind; the message never repeats it.

    `kind` is "insz", "kbo", "establishment" or "nis"; `why` is the sentence for a person.
    """

    def __init__(self, kind: str, why: str) -> None:
        super().__init__(why)
        self.kind = kind
        self.why = why


def check_digits(base: str) -> str:
    """Return the two check digits ("01" to "97") that follow these digits.

    For someone born in 2000 or later, the base of an INSZ is "2" and its first nine digits.
    """
    return f"{97 - int(base) % 97:02d}"


def insz(text: str) -> str:
    """Return the eleven digits of a rijksregisternummer or BIS number; raises InvalidIdentifier.

    A month or day 00 is a birth date that nobody knows, and is accepted.
    """
    digits = _digits("insz", text, 11, "an INSZ has 11 digits, as in JJ.MM.DD-VVV.CC")
    kind = nn if int(digits[2:4]) < 20 else bis  # noqa: PLR2004 - a BIS number adds 20 or 40.
    try:
        kind.validate(digits)
        in_calendar = _in_calendar(digits, kind.get_birth_year)
    except InvalidChecksum:
        raise InvalidIdentifier(
            "insz",
            "the last two digits of the INSZ do not follow from the first nine: one of the digits "
            "is mistyped; copy the number again from the identity card",
        ) from None
    except ValidationError:
        raise InvalidIdentifier("insz", _NO_MONTH) from None
    if not in_calendar:
        raise InvalidIdentifier("insz", _NO_DAY)
    if digits[6:9] in {"000", "999"}:
        raise InvalidIdentifier(
            "insz",
            "digits 7 to 9 of an INSZ count the persons of one birth date and run from 001 to 998",
        )
    return digits


def kbo(text: str) -> str:
    """Return the ten digits of an enterprise number (KBO); raises InvalidIdentifier."""
    digits = _digits(
        "kbo", text, 10, "a KBO number has 10 digits, as in 0887.010.362 (Excel drops a first 0)"
    )
    if digits[0] not in "01":
        raise InvalidIdentifier(
            "kbo", "a KBO number begins with 0 or 1; 2 to 8 begin an establishment's number"
        )
    # python-stdnum counts modulo 97, and so takes 00, 98 and 99 for 97, 01 and 02.
    if not vat.is_valid(digits) or digits[8:] != check_digits(digits[:8]):
        raise InvalidIdentifier("kbo", _mistyped("KBO number"))
    return digits


def establishment(text: str) -> str:
    """Return the ten digits of a vestigingseenheidsnummer; raises InvalidIdentifier."""
    digits = _digits(
        "establishment", text, 10, "an establishment's number has 10 digits, as in 2.147.812.701"
    )
    if digits[0] not in "2345678":
        raise InvalidIdentifier(
            "establishment",
            "an establishment's number begins with 2 to 8; 0 or 1 begins an enterprise's number",
        )
    if digits[8:] != check_digits(digits[:8]):
        raise InvalidIdentifier("establishment", _mistyped("establishment's number"))
    return digits


def nis(text: str) -> str:
    """Return the five digits of a commune's NIS code, of any year; raises InvalidIdentifier."""
    form = "a NIS code has 5 digits, as in 44021: province, arrondissement, commune"
    digits = _digits("nis", text, 5, form)
    if "0" in digits[:2] or digits[2:] == "000":
        raise InvalidIdentifier(
            "nis", "this NIS code is not a commune's: its first two digits are 1 to 9 and its "
            "last three are not 000, as in 44021",
        )  # fmt: skip
    return digits


def _digits(kind: str, text: str, length: int, form: str) -> str:
    digits = text.translate(_SEPARATORS)
    if len(digits) != length or not (digits.isascii() and digits.isdigit()):
        raise InvalidIdentifier(kind, form)
    return digits


def _in_calendar(digits: str, birth_year: Callable[[str], int | None]) -> bool:
    month, day = int(digits[2:4]) % 20, int(digits[4:6])
    if day <= _SHORTEST_MONTH:
        return True
    if month == 0:
        # Beside an unknown month the day counts on when the numbers run out.
        return day <= _LONGEST_MONTH
    return day <= monthrange(birth_year(digits) or _LEAP_YEAR, month)[1]


def _mistyped(name: str) -> str:
    return (
        f"the last two digits of the {name} do not follow from the first eight: one of the "
        "digits is mistyped; copy the number again from the Crossroads Bank for Enterprises"
    )


_NO_MONTH = (
    "an INSZ begins with the birth date as JJMMDD, its month from 00 (unknown) to 12, in a BIS "
    "number 20 or 40 more"
)
_NO_DAY = (
    "an INSZ begins with the birth date as JJMMDD, and this day is in no calendar; 00 stands for "
    "an unknown month or day"
)


def birth_date(number: str) -> date | None:
    """Return when the bearer of this INSZ (bare digits) was born, None where it is unknown."""
    return ssn.get_birth_date(number)


def is_man(number: str) -> bool | None:
    """Tell by this INSZ (bare digits) whether its bearer is a man; None where it does not say."""
    gender = ssn.get_gender(number)
    return None if gender is None else gender == "M"
