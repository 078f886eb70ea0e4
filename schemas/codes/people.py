"""Codes about people and how they came in."""

from enum import StrEnum


class Category(StrEnum):
    """VDAB's registration category. ANDERE stands for several (OCMW, benefit for a handicap, ...)."""

    UVW_WZ = "00"
    BEROEPSINSCHAKELINGSTIJD = "02"
    VRIJ_INGESCHREVEN = "03"
    VRIJWILLIG_DEELTIJDS = "07"
    OPZEGPERIODE = "10"
    DEELTIJDS_LEREND = "11"
    CAMPUS = "18"
    STUDENT = "19"
    WIJK_WERKEN = "30"
    DEELTIJDS_IGU = "80"
    DEELTIJDS_BIT = "82"
    DEELTIJDS = "93"
    ANDERE = "ANDERE"


class Channel(StrEnum):
    """Where an enrolment came in."""

    LOKET = "LOKET"
    ONLINE = "ONLINE"
    TELEFOON = "TELEFOON"
    PARTNER = "PARTNER"
    IMPORT = "IMPORT"


class AgeGroup(StrEnum):
    """Age at entry."""

    UNDER_25 = "<25"
    FROM_25 = "25-49"
    FROM_50 = "50-54"
    FROM_55 = "55+"


class Gender(StrEnum):
    """As registered."""

    MAN = "M"
    VROUW = "V"
    X = "X"


class Education(StrEnum):
    """Highest diploma, in three groups."""

    KORT = "KORT"
    MIDDEN = "MIDDEN"
    HOOG = "HOOG"


class LegalStatus(StrEnum):
    """What someone is in law: employee of a promotor in WEP+, jobseeker otherwise."""

    DOELGROEPWERKNEMER = "DOELGROEPWERKNEMER"
    WERKZOEKENDE = "WERKZOEKENDE"


class ActorKind(StrEnum):
    """Who caused a fact. MEDEWERKER is staff of VDAB that guides nobody."""

    BEMIDDELAAR = "BEMIDDELAAR"
    MEDEWERKER = "MEDEWERKER"
    PARTNER = "PARTNER"
    WERKGEVER = "WERKGEVER"
    BURGER = "BURGER"
    SYSTEEM = "SYSTEEM"
    IMPORT = "IMPORT"
