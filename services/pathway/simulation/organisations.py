"""Organisations that do not exist: employers, hosts of stages and the promotors of WEP+, by KBO number."""

from random import Random

from pathway.identifiers import check_digits

# Numbers from 0.900 on were not issued before the register went on with a first digit 1.
_EMPLOYERS = 9000000
_HOSTS = 9100000
_PROMOTORS = 9200000
_ESTABLISHMENTS = 29000000

EMPLOYERS = 400
HOSTS = 150
PROMOTORS = 25


def employer(chance: Random) -> str:
    """A company that hires and trains; a few large ones are met often."""
    return _kbo(_EMPLOYERS + _mostly_the_first(chance, EMPLOYERS))


def host(chance: Random) -> str:
    """An organisation where people do a stage."""
    return _kbo(_HOSTS + _mostly_the_first(chance, HOSTS))


def promotor(chance: Random) -> str:
    """One of the vzw's, communes and OCMW's that ran WEP+ projects."""
    return _kbo(_PROMOTORS + chance.randrange(PROMOTORS))


def project(chance: Random, kbo: str) -> str:
    """The number of one of this promotor's WEP+ projects."""
    year = chance.randint(2012, 2014)
    return f"WEP-{year}-{int(kbo[4:8]) % PROMOTORS:02d}{chance.randint(1, 3)}"


def establishment(kbo: str) -> str:
    """The seat of exploitation of this company, as an establishment's number."""
    base = str(_ESTABLISHMENTS + int(kbo[2:8]))
    return base + check_digits(base)


def _kbo(number: int) -> str:
    base = f"{number:08d}"
    return base + check_digits(base)


def _mostly_the_first(chance: Random, count: int) -> int:
    return int(count * chance.random() ** 2)
