"""Who may do what by the REST API: one table of endpoints and roles, and a trace of every look."""

from collections.abc import Collection, Mapping
from typing import cast
from uuid import UUID

from fastapi import Request
from plumbing import access, web_app
from plumbing.access import Decision
from plumbing.callers import Caller, Role
from plumbing.cef import cef_log_of_settings
from plumbing.rights import Open, Rights
from plumbing.row_rights import Rule

from pathway.domain.catalogue import COMMANDS
from pathway.domain.enrolment import Enrol
from pathway.persons import people_of
from pathway.store import Store

GUIDES = frozenset({Role.COUNSELLOR, Role.TEAM_LEADER})
READERS = GUIDES | {Role.PARTNER, Role.AUDITOR, Role.CONSUMING_SYSTEM}
NAMED = GUIDES | {Role.PARTNER}
"""Who works with people, and so sees their names."""
ENTITLED = frozenset({Role.ENTITLED_SYSTEM})
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
SEE_SPECIAL = GUIDES | {Role.AUDITOR}
"""Who sees what is special-category data; other readers get the published form."""
SEE_REFUSED = frozenset({Role.AUDITOR, Role.OPERATOR, Role.ADMINISTRATOR})
SEE_REFUSED_DETAIL = frozenset({Role.AUDITOR})

COMMAND_ENDPOINTS = {
    command: command.path.replace("-", "_") for command in COMMANDS if command is not Enrol
}
RIGHTS: Rights = {
    "enrol": GUIDES,
    **dict.fromkeys(COMMAND_ENDPOINTS.values(), GUIDES),
    # Proof of work comes from a system that knows numbers, also long after the closing.
    "check_employment": GUIDES | ENTITLED,
    # It lies far back and is of a whole take-over: for the system that does it, and who may register so late.
    "record_legacy_import": frozenset({Role.TEAM_LEADER}) | ENTITLED,
    # What takes a whole file out of every count is not for one person alone to decide about their own.
    "annul_pathway": frozenset({Role.TEAM_LEADER}),
    # Two bis numbers may have been guided in two units: who sees both, an administrator does.
    "merge_pathways": frozenset({Role.TEAM_LEADER}) | ADMINISTRATORS,
    "revert_merge": frozenset({Role.TEAM_LEADER}) | ADMINISTRATORS,
    "hand_over": GUIDES,
    "pathway_commands": GUIDES,
    "pathway_state": READERS,
    "pathway_history": READERS,
    "pathway_difference": READERS,
    # People have the timeline, which is narrowed to whom they may see; versions cannot be left out here.
    "events": frozenset({Role.CONSUMING_SYSTEM}),
    "look_up_person": GUIDES,
    "person_names": NAMED,
    "search_people": GUIDES,
    "person_references": ENTITLED,
    "person_numbers": ENTITLED,
    "replace_number": ADMINISTRATORS,
    "cancel_number": ADMINISTRATORS,
    "link_people": ADMINISTRATORS,
    "write_note": GUIDES,
    "pathway_notes": GUIDES,
    "refused_commands": SEE_REFUSED,
    "where_is_fact": frozenset({Role.AUDITOR, Role.OPERATOR}),
    "running": ADMINISTRATORS | {Role.OPERATOR},
    "access_looks": frozenset({Role.AUDITOR}),
    "set_barrier": ADMINISTRATORS,
    "barriers": ADMINISTRATORS,
    "end_barrier": ADMINISTRATORS,
    "give_override": NAMED,
    "overrides": frozenset({Role.AUDITOR}),
    "end_override": NAMED,
    "standing": frozenset({Role.READ_SIDE}),
    "event_schema": Open.TO_EVERYONE,
    "docs": Open.TO_EVERYONE,
    **web_app.OPEN_ENDPOINTS,
}

# Why someone of a role looks: Dutch codes, for the person who asks who saw their file.
PURPOSES = (
    (NAMED, "BEGELEIDING"),
    (frozenset({Role.AUDITOR}), "TOEZICHT"),
    (frozenset({Role.CONSUMING_SYSTEM}) | ENTITLED, "UITWISSELING"),
    (ADMINISTRATORS | {Role.OPERATOR}, "BEHEER"),
    (frozenset({Role.READ_SIDE}), "RECHTEN"),
)


About = Collection[UUID | str] | Mapping[UUID, Rule]
"""People, with the rule about rows that decided on each where one did."""


class Trace:
    """The access rows of the API, each committed before the answer goes out."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._cef = cef_log_of_settings()

    def permitted(
        self, request: Request, caller: Caller, about: About, purpose: str | None = None
    ) -> None:
        """These people are about to be shown to the caller. Raises NOT_TRACED, `StoreAway`.

        `purpose` is what the caller stated; by itself it is the one that goes with the role.
        """
        self._write(request, caller, about, Decision.PERMIT, purpose=purpose)

    def denied(
        self, request: Request, caller: Caller, about: About = (), purpose: str | None = None
    ) -> None:
        """The caller asked about these people and is shown nothing."""
        self._write(request, caller, about, Decision.DENY, purpose=purpose)

    def standing(self, request: Request, caller: Caller, of: str) -> None:
        """The caller is about to be told what stands before the one whose reference is `of`."""
        self._write(request, caller, [f"{access.STANDING_OF}{of}"], Decision.PERMIT)

    def refused(self, request: Request, caller: Caller) -> None:
        """The caller lacks the right; traced under the person whose pathway the address names."""
        named = str(request.path_params.get("fact", "")).partition(":")[0]
        told = request.path_params.get("pathway_id") or named
        try:
            pathway_id = UUID(str(told)) if told else None
        except ValueError:
            pathway_id = None
        about = people_of(self._store, [pathway_id])
        asked = about or ([pathway_id] if pathway_id else [])
        self._write(request, caller, asked, Decision.DENY, rule=access.BY_ENDPOINT)

    def _write(
        self,
        request: Request,
        caller: Caller,
        about: About,
        decision: Decision,
        *,
        purpose: str | None = None,
        rule: str = access.BY_ROW,
    ) -> None:
        endpoint = endpoint_of(request)
        # Of two roles, the one that opens what was asked; of who may not ask it, any.
        used = roles_of(request, caller) or caller.roles
        of_role = next((p for roles, p in PURPOSES if roles & used), "ONBEKEND")
        with self._store.connection() as connection, connection.transaction():
            for decided_by, people in _by_rule(about, rule).items():
                access.look(
                    connection,
                    "pathway",
                    caller=caller,
                    about=people,
                    endpoint=endpoint,
                    role=access.right_of(RIGHTS, endpoint, caller),
                    rule=decided_by,
                    purpose=purpose or of_role,
                    decision=decision,
                    at=self._store.clock(),
                    cef=self._cef,
                )


def endpoint_of(request: Request) -> str:
    """The name in `RIGHTS` of the endpoint that this request reached."""
    return str(getattr(request.scope.get("route"), "name", ""))


def roles_of(request: Request, caller: Caller) -> frozenset[Role]:
    """The roles by which the caller may use the endpoint that this request reached."""
    roles = RIGHTS.get(endpoint_of(request), frozenset[Role]())
    return frozenset() if isinstance(roles, Open) else roles & caller.roles


def _by_rule(about: About, otherwise: str) -> dict[str, list[UUID | str]]:
    """People by the rule that decided about them; the empty answer has one too."""
    rules: dict[UUID | str, str] = dict.fromkeys(about, otherwise)
    if isinstance(about, Mapping):
        rules |= cast("Mapping[UUID | str, Rule]", about)
    people: dict[str, list[UUID | str]] = {} if rules else {otherwise: []}
    for person, rule in rules.items():
        people.setdefault(rule, []).append(person)
    return people
