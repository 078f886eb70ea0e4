"""The values that facts are made of: identifiers, days, hours, references."""

import re
from datetime import date
from decimal import Decimal
from enum import IntEnum
from typing import Annotated, TypeAlias

from pydantic import AfterValidator, Field, PlainSerializer

from pathway import identifiers

Day: TypeAlias = date
"""A business day, Europe/Brussels."""

Kbo = Annotated[
    str,
    AfterValidator(identifiers.kbo),
    Field(description="Enterprise number (KBO), ten digits", examples=["0887010362"]),
]
Establishment = Annotated[
    str,
    AfterValidator(identifiers.establishment),
    Field(description="Establishment unit number (KBO), ten digits", examples=["2147812701"]),
]
Nis = Annotated[
    str,
    AfterValidator(identifiers.nis),
    Field(description="NIS code of a commune on the day of the fact", examples=["44021"]),
]
Hours = Annotated[
    Decimal,
    Field(gt=0, le=38, max_digits=4, decimal_places=2, description="Hours a week", examples=[38]),
    PlainSerializer(float, return_type=float, when_used="json"),
]


_LIKE_AN_INSZ = re.compile(r"(?<![0-9])(?:[0-9]{2}[.:/ _-]?){3}[0-9]{3}[.:/ _-]?[0-9]{2}(?![0-9])")


def _nobodys_number(text: str) -> str:
    """Refuse an INSZ, alone or among other signs, where a reference belongs: the log is for ever."""
    for like in _LIKE_AN_INSZ.findall(text):
        try:
            identifiers.insz(re.sub("[^0-9]", "", like))
        except identifiers.InvalidIdentifier:
            continue
        raise ValueError("this holds the number of a person (INSZ); give a reference in its place")
    return text


Code = Annotated[
    str,
    Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$"),
    AfterValidator(_nobodys_number),
]
"""A reference of another system: letters, digits and . _ : - only, so no free text slips in."""


# Whatever signs stand between: a telephone or INSZ number stays one when it is written in groups.
_LONG_NUMBER = re.compile(r"[0-9](?:[^0-9A-Za-z]*[0-9]){8}")


def _no_long_number(text: str) -> str:
    if _LONG_NUMBER.search(text):
        raise ValueError("nine digits or more in a row look like the number of a person")
    return text


ProjectNumber = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z._/()+:-]*[0-9][A-Za-z0-9._/()+:-]*$",
        max_length=40,
        description="Number of a project: letters, digits and . _ / ( ) + : - only, no blanks, one "
        "digit at least",
    ),
    AfterValidator(_no_long_number),
]
"""A code, as its promotor writes it: free text could hold a person's name, and the log is for ever."""


class DataClass(IntEnum):
    """How sensitive a fact is: decides who may be told (GDPR art. 4, 9 and 10)."""

    NONE = 0
    PERSONAL = 1
    SPECIAL = 2
