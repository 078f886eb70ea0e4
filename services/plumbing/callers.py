"""Who calls and what they may: from the claims that ACM/IDM puts in a token to our roles."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import cast


class Role(StrEnum):
    """What someone does with pathways; each service says which of its endpoints are for whom."""

    COUNSELLOR = "COUNSELLOR"
    TEAM_LEADER = "TEAM_LEADER"
    PARTNER = "PARTNER"
    REPORTING_OFFICER = "REPORTING_OFFICER"
    AUDITOR = "AUDITOR"
    CONSUMING_SYSTEM = "CONSUMING_SYSTEM"
    ENTITLED_SYSTEM = "ENTITLED_SYSTEM"
    """A system that may learn which INSZ goes with which reference."""
    READ_SIDE = "READ_SIDE"
    """The pages' own service, which asks what stands between a caller and people; it sees no person."""
    CONFIDENTIAL = "CONFIDENTIAL"
    """Opens no endpoint; whoever has it beside another sees confidential files and colleagues'."""
    OPERATOR = "OPERATOR"
    ADMINISTRATOR = "ADMINISTRATOR"


class CallerKind(StrEnum):
    """Which sort of actor a token speaks for; the words are those of the event envelope."""

    BEMIDDELAAR = "BEMIDDELAAR"
    MEDEWERKER = "MEDEWERKER"
    PARTNER = "PARTNER"
    BURGER = "BURGER"
    SYSTEEM = "SYSTEEM"


@dataclass(frozen=True)
class Caller:
    """Who is calling, from a verified token; it holds no name and no INSZ.

    `ref` is ACM/IDM's vo_id, for a system its client id (sub). `organisation` is an OVO code for
    the Flemish government, a KBO number for a partner. `unit` is the VDAB unit, "" when not told.
    """

    ref: str
    kind: CallerKind
    organisation: str
    roles: frozenset[Role]
    scopes: frozenset[str] = field(default_factory=frozenset[str])
    unit: str = ""

    def is_one_of(self, roles: frozenset[Role]) -> bool:
        """Whether the caller has any of `roles`."""
        return not self.roles.isdisjoint(roles)


@dataclass(frozen=True)
class _Right:
    role: Role
    target_groups: frozenset[str]


STAFF = frozenset({"GID"})
PARTNERS = frozenset({"EA", "LB", "OV", "VER"})
CITIZENS = frozenset({"BUR"})

RIGHTS_CLAIM = "vdab_traject_rol_3d"

# A right counts only in the target group it is meant for: a counsellor is VDAB staff, and
# an organisation that was given the wrong right by its own administrator still is none.
RIGHTS: Mapping[str, _Right] = {
    "VdabTraject-Bemiddelaar": _Right(Role.COUNSELLOR, STAFF),
    "VdabTraject-Teamleider": _Right(Role.TEAM_LEADER, STAFF),
    "VdabTraject-Partner": _Right(Role.PARTNER, PARTNERS),
    "VdabTraject-Rapporteur": _Right(Role.REPORTING_OFFICER, STAFF),
    "VdabTraject-Auditor": _Right(Role.AUDITOR, STAFF),
    "VdabTraject-Vertrouwelijk": _Right(Role.CONFIDENTIAL, STAFF),
    "VdabTraject-Operator": _Right(Role.OPERATOR, STAFF),
    "VdabTraject-Beheerder": _Right(Role.ADMINISTRATOR, STAFF),
}

# What client credentials of a system carry; a person's token with this scope gains nothing.
SCOPES: Mapping[str, Role] = {
    "vdab_traject_lezen": Role.CONSUMING_SYSTEM,
    "vdab_traject_insz": Role.ENTITLED_SYSTEM,
    "vdab_traject_rechten": Role.READ_SIDE,
}


class NobodysToken(ValueError):
    """A token that names no caller, or in a way that may not stand in the log for ever."""


_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:@|=+/-]{0,127}")


def caller_of(claims: Mapping[str, object]) -> Caller:
    """The caller that verified `claims` speak of; rights unknown to us are passed over.

    A right counts for the organisation that the person signed in for (`vo_orgcode`) only. Raises
    `NobodysToken` when the caller's reference or organisation is no plain reference, or may be an
    INSZ: both are kept with every fact and every look.
    """
    group = _text(claims, "vo_doelgroepcode")
    organisation = _text(claims, "vo_orgcode")
    if group not in CITIZENS:
        _reference(organisation, "vo_orgcode")
    scopes = frozenset(_text(claims, "scope").split())
    if not group:
        return Caller(
            ref=_reference(_text(claims, "sub"), "sub"),
            kind=CallerKind.SYSTEEM,
            organisation=organisation,
            roles=frozenset(SCOPES[scope] for scope in scopes if scope in SCOPES),
            scopes=scopes,
        )
    roles = frozenset(_roles(_texts(claims, RIGHTS_CLAIM), group, organisation))
    return Caller(
        ref=_reference(_text(claims, "vo_id") or _text(claims, "sub"), "vo_id"),
        kind=_kind(group, roles),
        organisation=organisation,
        roles=roles,
        scopes=scopes,
        unit=_text(claims, "vdab_oe"),
    )


def _roles(rights: list[str], group: str, organisation: str) -> list[Role]:
    found: list[Role] = []
    for given in rights:
        name, _, code = given.partition(":")
        right = RIGHTS.get(name)
        if right and code == organisation and group in right.target_groups:
            found.append(right.role)
    return found


def _reference(told: str, claim: str) -> str:
    """What a claim refers to; the message names the claim only, never what stands in it."""
    if not _REFERENCE.fullmatch(told) or _like_an_insz(told):
        raise NobodysToken(f"its claim {claim} is missing or is no reference")
    return told


def _like_an_insz(told: str) -> bool:
    digits = re.sub("[^0-9]", "", told)
    return len(digits) == 11 and bool(re.fullmatch(r"[0-9.:_-]+", told))  # noqa: PLR2004


def _kind(group: str, roles: frozenset[Role]) -> CallerKind:
    if group in CITIZENS:
        return CallerKind.BURGER
    if group in PARTNERS:
        return CallerKind.PARTNER
    if roles & {Role.COUNSELLOR, Role.TEAM_LEADER}:
        return CallerKind.BEMIDDELAAR
    return CallerKind.MEDEWERKER


def _text(claims: Mapping[str, object], name: str) -> str:
    value = claims.get(name)
    return value if isinstance(value, str) else ""


def _texts(claims: Mapping[str, object], name: str) -> list[str]:
    """A claim with one value may come as text instead of a list of one."""
    value = claims.get(name)
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        return [item for item in cast("list[object]", value) if isinstance(item, str)]
    return []
