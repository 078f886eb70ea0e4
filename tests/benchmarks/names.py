"""Invented people with names as frequent as in Flanders or more so, put into a vault by COPY."""

from collections.abc import Iterator
from itertools import accumulate
from random import Random

import psycopg
from pathway.identity import Person, Vault
from plumbing.ids import new_id

_FIRST = (
    "Jan:9 Pieter:5 Jef:2 Marie:6 An:5 Mohamed:4 Fatima:2 Luc:4 Rita:4 Dirk:4 Els:3 Koen:3 Lotte:3"
    " Jean-Pierre:2 Anne-Marie:2 Sofie:3 Bart:3 Kris:3 Noor:2 Yasmina:1 Zoë:1 Hélène:1 Aïcha:1"
)
_LAST = (
    "Peeters:26 Janssens:12 Maes:8 Jacobs:7 Mertens:6 Willems:6 Claes:5 Goossens:5 De Smet:5"
    " Wouters:4 Vandenberghe:6 Van Damme:6 Van den Broeck:5 Vermeulen:4 Van de Velde:5 Jansen:3"
    " Van der Auwera:2 D'Hondt:2 Peersman:2 Van Vandenhoute:1 Yildiz:2 El Amrani:2"
)
_RARE = (
    "Bra Cou Dew Fie Ghe Hul Kes Lauw Moer Noy Ooge Roel Schou Tim Ver Wij Zwa",
    "den kel mans ter vel sche ber ghen lin rou stra wel",
    "aere boom court donck eyns gat hove kens laet mans nijs wege",
)
_RARE_SHARE = 0.5
UNITS = ("OE-VOORBEELD-NOORD", *(f"OE-VOORBEELD-{number:02d}" for number in range(1, 50)))


def _weighted(told: str) -> tuple[list[str], list[int]]:
    pairs = [one.rsplit(":", 1) for one in _split(told)]
    return [name for name, _ in pairs], list(accumulate(int(weight) for _, weight in pairs))


def _split(told: str) -> Iterator[str]:
    """Each name with its weight, which ends it: a name may be several words."""
    words: list[str] = []
    for word in told.split():
        words.append(word)
        if ":" in word:
            yield " ".join(words)
            words = []


_FIRST_NAMES, _FIRST_WEIGHTS = _weighted(_FIRST)
_LAST_NAMES, _LAST_WEIGHTS = _weighted(_LAST)


def invented(count: int, seed: int = 1) -> Iterator[Person]:
    """So many people; half of them have a last name that few others have."""
    chance = Random(seed)
    for number in range(count):
        rare = chance.random() < _RARE_SHARE
        last = _rare(chance) if rare else chance.choices(_LAST_NAMES, cum_weights=_LAST_WEIGHTS)[0]
        first = chance.choices(_FIRST_NAMES, cum_weights=_FIRST_WEIGHTS)[0]
        # A number of a day that there never was: nobody has it.
        yield Person(insz=f"{number:011d}", last_name=last, first_name=first)


def _rare(chance: Random) -> str:
    name = "".join(chance.choice(parts.split()) for parts in _RARE)
    return f"Van {name}" if chance.random() < 0.3 else name


def enter(url: str, vault: Vault, count: int) -> None:
    """Put so many people into an empty vault, sealed as the commands do, each with one open pathway.

    Each of `UNITS` has as many of them; the statistics are as autovacuum leaves them.
    """
    made = [vault.sealed(person) for person in invented(count)]
    with psycopg.connect(url) as session, session.cursor() as rows:
        with rows.copy(
            "copy vault.person (person_ref, insz_hash, sealed, data_key) from stdin"
        ) as to:
            for one in made:
                sealed = (_bytes(one.insz_hash), _bytes(one.sealed), _bytes(one.data_key))
                to.write_row((one.person_ref, *sealed))
        with rows.copy(
            "copy vault.number (person_ref, insz_hash, status, source) from stdin"
        ) as to:
            for one in made:
                to.write_row((one.person_ref, _bytes(one.insz_hash), "CURRENT", "INSCHRIJVING"))
        with rows.copy("copy vault.name_prefix (person_ref, hash) from stdin") as to:
            for one in made:
                for prefix in one.prefixes:
                    to.write_row((one.person_ref, _bytes(prefix)))
        held = "copy pathway.holder (pathway_id, person_ref, counsellor, unit, partners) from stdin"
        with rows.copy(held) as to:
            for number, one in enumerate(made):
                unit = UNITS[number % len(UNITS)]
                to.write_row((new_id(), one.person_ref, f"van-{unit}", unit, "{}"))
    with psycopg.connect(url, autocommit=True) as session:
        session.execute("vacuum analyze")


def _bytes(told: str) -> bytes:
    return bytes.fromhex(told)
