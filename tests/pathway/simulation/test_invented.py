"""People and organisations who do not exist, with numbers that could."""

from dataclasses import replace
from datetime import date
from random import Random

from pathway import identifiers
from pathway.domain.codes import AgeGroup, Gender
from pathway.simulation import organisations
from pathway.simulation.people import invented

BEFORE_THE_WAVE = date(2014, 6, 2)
LATELY = date(2026, 6, 1)


def test_an_invented_persons_number_is_valid_and_tells_their_birth_and_sex() -> None:
    chance = Random("people")
    for on in (BEFORE_THE_WAVE, LATELY):
        for _ in range(300):
            who = invented(chance, on)

            insz = who.person.insz
            assert identifiers.insz(insz) == insz
            assert insz[:2] == f"{who.born_on:%y}"
            assert int(insz[2:4]) % 20 == who.born_on.month
            if who.gender != Gender.X:
                assert (int(insz[6:9]) % 2 == 1) == (who.gender == Gender.MAN)


def test_people_of_this_century_are_among_the_invented() -> None:
    chance = Random("young")
    people = [invented(chance, LATELY) for _ in range(300)]

    assert {who.born_on.year >= 2000 for who in people} == {True, False}


def test_age_is_counted_in_whole_years_and_reported_in_groups() -> None:
    who = replace(invented(Random("age"), LATELY), born_on=date(2001, 2, 14))
    eve, birthday = date(2026, 2, 13), date(2026, 2, 14)

    assert (who.age_on(eve), who.age_on(birthday)) == (24, 25)
    assert who.characteristics(eve, eve).age_group == AgeGroup.UNDER_25
    assert who.characteristics(birthday, eve).age_group == AgeGroup.FROM_25


def test_invented_organisations_have_valid_numbers_that_nobody_was_given() -> None:
    chance = Random("organisations")
    for kind in (organisations.employer, organisations.host, organisations.promotor):
        for _ in range(100):
            kbo = kind(chance)
            assert identifiers.kbo(kbo) == kbo
            assert kbo.startswith("09")
            where = organisations.establishment(kbo)
            assert identifiers.establishment(where) == where
