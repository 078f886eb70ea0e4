"""The people and systems of the demo: all invented, with the claims that ACM/IDM would give them."""

import re
from collections.abc import Collection
from dataclasses import dataclass

VDAB = "OVO000083"
PARTNER_KBO = "0692040065"
"""An organisation of the sample register, which goes on guiding people after WEP+."""

WEB_CLIENT = "vdab-pathway-web"

PROFILE, WHO, APPLICATION = "profile", "vo", "vdab_traject"
SCOPES = ("openid", PROFILE, WHO, APPLICATION)
"""What a client may ask for when people sign in; each but the first gives claims of its own."""


@dataclass(frozen=True)
class DemoPerson:
    """Someone who signs in; `rights` are without their context, such as `Bemiddelaar`."""

    code: str
    name: str
    label: str
    rights: tuple[str, ...]
    group: str = "GID"
    organisation: str = VDAB
    organisation_name: str = "VDAB"
    unit: str = ""

    def claims(self, scopes: Collection[str] = SCOPES) -> dict[str, object]:
        """The claims for an access token with these scopes: references and rights, no name."""
        told: dict[str, object] = {"sub": self.code}
        if WHO in scopes:
            told |= {
                "vo_id": self.code,
                "vo_doelgroepcode": self.group,
                "vo_orgcode": self.organisation,
                "vo_orgnaam": self.organisation_name,
            }
        if APPLICATION in scopes:
            rights = [f"VdabTraject-{right}:{self.organisation}" for right in self.rights]
            told |= {"vdab_traject_rol_3d": rights}
            told |= {"vdab_oe": self.unit} if self.unit else {}
        return told

    def profile(self, scopes: Collection[str]) -> dict[str, object]:
        """What an identity token with these scopes says of them."""
        given, _, family = self.name.partition(" ")
        named = {"given_name": given, "family_name": family} if PROFILE in scopes else {}
        return {"sub": self.code, **named}


@dataclass(frozen=True)
class DemoSystem:
    """A system that signs in with client credentials."""

    client_id: str
    secret: str
    label: str
    organisation: str
    scopes: tuple[str, ...]


def _counsellor(number: int, name: str, unit: str) -> DemoPerson:
    code = f"bemiddelaar-{number:02d}"
    return DemoPerson(code, name, f"bemiddelaar, {unit}", ("Bemiddelaar",), unit=unit)


PEOPLE = {
    person.code: person
    for person in (
        _counsellor(1, "Bea Voorbeeld", "OE-VOORBEELD-NOORD"),
        _counsellor(2, "Bert Verzonnen", "OE-VOORBEELD-NOORD"),
        _counsellor(3, "Bo Denkbeeld", "OE-VOORBEELD-NOORD"),
        _counsellor(4, "Bram Bedacht", "OE-VOORBEELD-ZUID"),
        _counsellor(5, "Britt Fictief", "OE-VOORBEELD-ZUID"),
        _counsellor(6, "Bas Proefmans", "OE-VOORBEELD-ZUID"),
        DemoPerson(
            "teamleider-01",
            "Tine Voorbeeld",
            "teamleider, OE-VOORBEELD-NOORD",
            ("Teamleider",),
            unit="OE-VOORBEELD-NOORD",
        ),
        DemoPerson(
            "vertrouwelijk-01",
            "Vera Verzonnen",
            "bemiddelaar, ook van vertrouwelijke dossiers, OE-VOORBEELD-NOORD",
            ("Bemiddelaar", "Vertrouwelijk"),
            unit="OE-VOORBEELD-NOORD",
        ),
        DemoPerson(
            "partner-01",
            "Piet Verzonnen",
            "partner (leerwerkbedrijf)",
            ("Partner",),
            group="EA",
            organisation=PARTNER_KBO,
            organisation_name="LWB Het Verzinsel",
        ),
        DemoPerson("rapporteur-01", "Rik Denkbeeld", "rapporteur", ("Rapporteur",)),
        DemoPerson("auditor-01", "An Bedacht", "auditor", ("Auditor",)),
        DemoPerson("operator-01", "Olga Fictief", "operator", ("Operator",)),
        DemoPerson("beheerder-01", "Hugo Proefmans", "beheerder", ("Beheerder",)),
    )
}

_UNITS = ("NOORD", "ZUID", "OOST", "WEST")
_IN_A_UNIT = 3


def demo_person(code: str) -> DemoPerson | None:
    """Who signs in by this code: one of `PEOPLE`, or a further counsellor of a large population.

    Those are `bemiddelaar-07` and on, three to a unit, and sign in by `/demo/token` alone.
    """
    if code in PEOPLE:
        return PEOPLE[code]
    further = re.fullmatch(r"bemiddelaar-([0-9]{2,4})", code)
    if further is None or f"bemiddelaar-{int(further[1]):02d}" != code or int(further[1]) == 0:
        return None
    number = int(further[1])
    group = (number - 1) // _IN_A_UNIT
    unit = _UNITS[group] if group < len(_UNITS) else f"{group + 1:02d}"
    return _counsellor(number, f"Bemiddelaar {number}", f"OE-VOORBEELD-{unit}")


SYSTEMS = {
    system.client_id: system
    for system in (
        DemoSystem("mlp", "demo-mlp", "Mijn Loopbaan Partners", VDAB, ("vdab_traject_lezen",)),
        DemoSystem("insz", "demo-insz", "Gegevensuitwisseling", VDAB, ("vdab_traject_insz",)),
        DemoSystem(WEB_CLIENT, "demo-web", "Webtoepassing", VDAB, ("vdab_traject_rechten",)),
    )
}
