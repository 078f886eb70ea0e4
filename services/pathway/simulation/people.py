"""People who do not exist: a valid INSZ, a name that nobody takes for real, and what reports group by."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from pathway.domain.codes import AgeGroup, Education, Gender
from pathway.domain.enrolment import RecordCharacteristics
from pathway.identifiers import check_digits
from pathway.identity import Person
from pathway.simulation.chance import happens, one_of

_FIRST_NAMES = (  # noqa: SIM905 - Words read better than quotes.
    "Ada Alois Amina Anouk Aïcha Bart Bilal Celine Daan Dries Elif Emre Fatima Femke Gilles Greet "
    "Hamza Hanne Ilse Jef Jelle Kaat Karim Katrien Lien Lotte Luc Mehmet Mia Mohamed Nele Noor Olga "
    "Pieter Rachid Rik Saskia Sofie Stijn Tamara Tom Ulrike Victor Wout Yasmina Zoë"
).split()
_LAST_NAMES = (  # noqa: SIM905 - Words read better than quotes.
    "Bedenksel Denkbeeld Fantasma Fictief Hersenspin Nepnaam Niemandsland Ooitmaar Proefmans "
    "Proefpersoon Schijnbaar Sprookje Testers Toevalling Verdichtsel Verzinsel Verzonnen Voorbeeld "
    "Zogezegd Zomaar Vandenkbeeld Deproever Vanfantasie Devoorbeeld Testaert Proevenier"
).split()

COMMUNES = {
    "11002": 19, "12025": 6, "13040": 4, "13008": 3, "23088": 4, "23027": 4, "24062": 8, "24107": 3,
    "31005": 7, "34022": 6, "35013": 5, "36015": 4, "41002": 6, "42006": 3, "44021": 14, "46021": 5,
    "71016": 6, "71053": 4, "72020": 3,
}  # fmt: skip
"""NIS codes of communes that keep their code throughout, with how often people live there."""

_BORN_THIS_CENTURY = 2000
_YEAR = 365.25
_AGES = {(18, 24): 35, (25, 49): 48, (50, 54): 9, (55, 62): 8}
_WEP_PLUS_AGES = {(20, 24): 8, (25, 49): 68, (50, 54): 14, (55, 60): 10}
_EDUCATION = {Education.KORT: 44, Education.MIDDEN: 38, Education.HOOG: 18}
_WEP_PLUS_EDUCATION = {Education.KORT: 72, Education.MIDDEN: 24, Education.HOOG: 4}
_GENDERS = {Gender.MAN: 54, Gender.VROUW: 45.7, Gender.X: 0.3}


@dataclass(frozen=True)
class Jobseeker:
    """An invented person."""

    person: Person
    born_on: date
    gender: Gender
    education: Education
    commune: str

    def age_on(self, day: date) -> int:
        """Whole years."""
        birthday = (day.month, day.day) >= (self.born_on.month, self.born_on.day)
        return day.year - self.born_on.year - (not birthday)

    def characteristics(self, on: date, unemployed_since: date) -> RecordCharacteristics:
        """What is recorded of this person at entry."""
        return RecordCharacteristics(
            on=on,
            commune=self.commune,
            unemployed_since=unemployed_since,
            age_group=_age_group(self.age_on(on)),
            gender=self.gender,
            education=self.education,
        )


def invented(chance: Random, on: date, *, wep_plus: bool = False) -> Jobseeker:
    """Someone who comes in on this day."""
    youngest, oldest = one_of(chance, _WEP_PLUS_AGES if wep_plus else _AGES)
    born_on = on - timedelta(days=int(_YEAR * (youngest + chance.random() * (oldest - youngest))))
    gender = one_of(chance, _GENDERS)
    return Jobseeker(
        person=Person(
            insz=_insz(chance, born_on, gender),
            last_name=chance.choice(_LAST_NAMES),
            first_name=chance.choice(_FIRST_NAMES),
        ),
        born_on=born_on,
        gender=gender,
        education=one_of(chance, _WEP_PLUS_EDUCATION if wep_plus else _EDUCATION),
        commune=one_of(chance, COMMUNES),
    )


def under_another_number(chance: Random, who: Jobseeker) -> Jobseeker:
    """The same person, who came in with a BIS number of another kind than `invented` people have."""
    born_on = who.born_on
    nine = f"{born_on:%y}{born_on.month + 20:02d}{born_on:%d}{chance.randrange(1, 998):03d}"
    century = "2" if born_on.year >= _BORN_THIS_CENTURY else ""
    insz = nine + check_digits(century + nine)
    return replace(who, person=who.person.model_copy(update={"insz": insz}))


def _insz(chance: Random, born_on: date, gender: Gender) -> str:
    """A rijksregisternummer, odd for men, or for some a BIS number of known sex."""
    month = born_on.month + (40 if happens(chance, 0.07) else 0)
    odd = gender == Gender.MAN or (gender == Gender.X and happens(chance, 0.5))
    counter = 2 * chance.randrange(1, 499) - (1 if odd else 0)
    nine = f"{born_on:%y}{month:02d}{born_on:%d}{counter:03d}"
    century = "2" if born_on.year >= _BORN_THIS_CENTURY else ""
    return nine + check_digits(century + nine)


def _age_group(age: int) -> AgeGroup:
    bounds = {25: AgeGroup.UNDER_25, 50: AgeGroup.FROM_25, 55: AgeGroup.FROM_50}
    return next((group for bound, group in bounds.items() if age < bound), AgeGroup.FROM_55)
