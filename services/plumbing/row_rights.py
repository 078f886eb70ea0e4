"""Which people's rows a caller may see: ordered rules, as one SQL expression over who holds a row.

Rights by endpoint say what someone may do; these say about whom. They are the same for an answer
about one person and for a list, and a list is filtered by them before it is counted.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import LiteralString, cast
from uuid import UUID

from plumbing.callers import Caller, CallerKind, Role

AFTERWARDS = timedelta(days=40)
"""How long who held a row still sees it: a partner after its lot ended, anyone after the closing."""


class Scope(StrEnum):
    """How far a role sees, where no barrier stands before."""

    CASELOAD_AND_UNIT = "CASELOAD_AND_UNIT"
    """Their own caseload, their unit's, and what is of no unit yet."""
    LOTS = "LOTS"
    """What their organisation guides, and for 40 days afterwards."""
    ALL = "ALL"


SCOPES: Mapping[Role, Scope] = {
    Role.COUNSELLOR: Scope.CASELOAD_AND_UNIT,
    Role.TEAM_LEADER: Scope.CASELOAD_AND_UNIT,
    Role.PARTNER: Scope.LOTS,
    Role.AUDITOR: Scope.ALL,
    Role.CONSUMING_SYSTEM: Scope.ALL,
    Role.ENTITLED_SYSTEM: Scope.ALL,
    Role.ADMINISTRATOR: Scope.ALL,
}
"""How far each role sees; a role that is not here sees no person at all."""


class Rule(StrEnum):
    """What decided about a row, in the order in which they are asked; the first that holds decides."""

    OWN_FILE = "EIGEN_DOSSIER"
    RELATIVE = "VERWANT"
    CONFIDENTIAL = "VERTROUWELIJK"
    COLLEAGUE = "COLLEGA"
    EVERYTHING = "ALLES"
    OVERRIDE = "DOORBREKING"
    DECEASED = "OVERLEDEN"
    CLOSED = "AFGESLOTEN"
    OWN_CASELOAD = "EIGEN_CASELOAD"
    OWN_UNIT = "EIGEN_EENHEID"
    NO_UNIT = "ZONDER_EENHEID"
    OWN_LOT = "EIGEN_PERCEEL"
    OTHERS = "VAN_ANDEREN"


BARRIERS = frozenset({Rule.OWN_FILE, Rule.RELATIVE, Rule.CONFIDENTIAL, Rule.COLLEAGUE})
"""Refusals that nobody can override."""
OVERRIDABLE = frozenset({Rule.DECEASED, Rule.CLOSED, Rule.OTHERS})
"""Refusals that a written reason lifts, for 24 hours at most."""
PERMITTING = frozenset(Rule) - BARRIERS - OVERRIDABLE
LIFTED_BY_CONFIDENTIAL = frozenset({Rule.CONFIDENTIAL, Rule.COLLEAGUE})
"""Barriers that do not stand before those who have the right to confidential files."""


@dataclass(frozen=True)
class Standing:
    """What stands between a caller and people, by reference, and which refusals they lifted.

    `barriers` are people by the barrier that is before them; `overridden` are people whose
    overridable refusals the caller lifted, with a reason that still holds.
    """

    barriers: Mapping[Rule, Collection[UUID]] = field(default_factory=dict[Rule, Collection[UUID]])
    overridden: Collection[UUID] = ()


# Over a row with: person_ref uuid, counsellor text, unit text, partners jsonb (KBO numbers to the
# day until which they guided, or null while they do), closed_on date, exit_type text. A day in it
# is one of Brussels. Written as it is read: the first that holds decides. The read side may not
# know whose a row is: a barrier may stand before them, so only who sees everybody sees it.
RULE: LiteralString = """
    case
        when person_ref = any(%(row_own_file)s::uuid[]) then 'EIGEN_DOSSIER'
        when person_ref = any(%(row_relatives)s::uuid[]) then 'VERWANT'
        when person_ref = any(%(row_confidential)s::uuid[]) then 'VERTROUWELIJK'
        when person_ref = any(%(row_colleagues)s::uuid[]) then 'COLLEGA'
        when %(row_all)s then 'ALLES'
        when person_ref is null then 'VAN_ANDEREN'
        when person_ref = any(%(row_overridden)s::uuid[]) then 'DOORBREKING'
        when exit_type = 'OVERLIJDEN' then 'OVERLEDEN'
        when closed_on < %(row_ended_since)s::date then 'AFGESLOTEN'
        when %(row_staff)s and counsellor = %(row_caller)s then 'EIGEN_CASELOAD'
        when %(row_staff)s and unit = nullif(%(row_unit)s, '') then 'EIGEN_EENHEID'
        when %(row_staff)s and unit is null then 'ZONDER_EENHEID'
        when partners ? %(row_lots_of)s
             and coalesce((partners ->> %(row_lots_of)s)::date, 'infinity') >= %(row_ended_since)s
            then 'EIGEN_PERCEEL'
        else 'VAN_ANDEREN'
    end
"""
"""The Rule that decides about a row; its parameters come from `values`."""

# Not `= any(...)`: within one, PostgreSQL looks through the lists of people one by one, and not by hash.
PERMITTED: LiteralString = "array_position(%(row_permitting)s::text[], rule) is not null"
"""The same for a query that has the RULE as its column `rule`, written and read once."""
VISIBLE: LiteralString = f"array_position(%(row_permitting)s::text[], {RULE}) is not null"
"""Whether the caller sees the row, for the where of a list that is counted afterwards."""


def values(
    caller: Caller, roles: Collection[Role], standing: Standing, today: date
) -> dict[str, object]:
    """The parameters of `RULE` and `VISIBLE`.

    `roles` are those of the caller that open what they ask (`Rights`), because a right for one
    endpoint shows nobody at another. `today` is a Brussels day. Systems have no file, relatives or
    colleagues: barriers stand before people only.
    """
    scopes = {SCOPES[role] for role in roles if role in SCOPES and role in caller.roles}
    nobody: Mapping[Rule, Collection[UUID]] = {}
    told = nobody if caller.kind is CallerKind.SYSTEEM else standing.barriers
    lifted = LIFTED_BY_CONFIDENTIAL if Role.CONFIDENTIAL in caller.roles else frozenset[Rule]()

    def before(rule: Rule) -> list[UUID]:
        return [] if rule in lifted else list(told.get(rule, ()))

    return {
        "row_own_file": before(Rule.OWN_FILE),
        "row_relatives": before(Rule.RELATIVE),
        "row_confidential": before(Rule.CONFIDENTIAL),
        "row_colleagues": before(Rule.COLLEAGUE),
        "row_all": Scope.ALL in scopes,
        "row_overridden": list(standing.overridden) if scopes else [],
        "row_ended_since": today - AFTERWARDS,
        "row_staff": Scope.CASELOAD_AND_UNIT in scopes,
        "row_caller": caller.ref,
        "row_unit": caller.unit,
        "row_lots_of": caller.organisation if Scope.LOTS in scopes else "",
        "row_permitting": sorted(PERMITTING),
    }


def kept_from(values: Mapping[str, object]) -> dict[UUID, Rule]:
    """The people before whom a barrier stands by these parameters of `RULE`: the first of each.

    For what is told of people without a row of theirs, such as who looked at them.
    """
    told = {
        Rule.OWN_FILE: "row_own_file",
        Rule.RELATIVE: "row_relatives",
        Rule.CONFIDENTIAL: "row_confidential",
        Rule.COLLEAGUE: "row_colleagues",
    }
    return {
        person: rule
        for rule, name in reversed(told.items())
        for person in cast("Collection[UUID]", values[name])
    }
