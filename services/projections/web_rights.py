"""Who may see what of the read models: one table of endpoints and roles, and a trace of every look."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import cast
from uuid import UUID

from fastapi import Request
from plumbing import access, row_rights, web_app, web_sign_in
from plumbing.access import Decision
from plumbing.callers import Caller, CallerKind, Role
from plumbing.cef import cef_log_of_settings
from plumbing.rights import Open, Rights
from plumbing.row_rights import PERMITTING, SCOPES, Rule, Standing

from projections.counsellor import queries
from projections.counsellor.queries import CaseloadRow, Seen
from projections.schema import KEPT, Database
from projections.standing import Standings
from projections.web_reading import Hidden, Look, ReadModels

GUIDES = frozenset({Role.COUNSELLOR, Role.TEAM_LEADER})
NAMED = GUIDES | {Role.PARTNER}
"""Who works with people: the vault tells them names, and they may give a reason for a refused look."""
TIMELINE_READERS = NAMED | {Role.AUDITOR}
REPORT_READERS = GUIDES | {Role.REPORTING_OFFICER, Role.AUDITOR}
"""Reports name nobody, so whoever works with pathways may read them."""
PUBLISHERS = frozenset({Role.REPORTING_OFFICER})
"""Who speaks for VDAB with a figure; what they publish, whoever reads reports may read."""
BEHIND_FIGURES = GUIDES | {Role.AUDITOR}
"""Who may see people: they are told exact figures, and are led from one to those pathways behind it that
are theirs to see. All others are told figures of a protected population."""
FACT_FINDERS = frozenset({Role.OPERATOR, Role.AUDITOR})
"""Who may ask where a fact is, and learns nothing of what it says."""
KEEPERS = frozenset({Role.OPERATOR, Role.ADMINISTRATOR})
"""Who keeps the read models whole: they see which pathways wait, and no value of a row."""

RIGHTS: Rights = {
    "caseload": NAMED,
    "worklist": NAMED,
    "decide_alert": NAMED,
    "pathway_timeline": TIMELINE_READERS,
    "pathway_difference": TIMELINE_READERS,
    **dict.fromkeys(
        (
            "report_flow",
            "report_inflow",
            "report_modules",
            "report_durations",
            "report_outflow",
            "report_afterwards",
            "report_exits",
            "report_stops",
            "report_exceptions",
            "report_ibo",
            "report_retention",
            "report_work_floors",
            "report_reach",
            "report_counsellors",
            "report_stock",
            "report_time_to_work",
            "report_outcomes",
            "report_transition",
        ),
        REPORT_READERS,
    ),
    "report_special": frozenset({Role.REPORTING_OFFICER}),
    "page_special": frozenset({Role.REPORTING_OFFICER}),
    "tell_special": frozenset({Role.REPORTING_OFFICER}),
    "erase_special": frozenset({Role.REPORTING_OFFICER, Role.ADMINISTRATOR}),
    "page_start": Open.TO_EVERYONE,
    "page_caseload": NAMED,
    "put_off": NAMED,
    "search_names": NAMED,
    "keep_filter": NAMED,
    "page_open_timeline": TIMELINE_READERS,
    "page_timeline": TIMELINE_READERS,
    "page_difference": TIMELINE_READERS,
    **dict.fromkeys(
        (
            "page_commands",
            "page_command",
            "send_command",
            "page_enrol",
            "send_enrolment",
            "page_hand_over",
            "send_hand_over",
            "page_notes",
            "send_note",
        ),
        GUIDES,
    ),
    "page_override": NAMED,
    "give_reason": NAMED,
    **dict.fromkeys(
        (
            "page_flow",
            "page_counsellors",
            "page_stock",
            "page_reach",
            "page_exits",
            "page_stops",
            "page_exceptions",
            "page_ibo",
            "page_hire_obligations",
            "page_retention",
            "page_work_floors",
            "page_reports",
            "page_inflow",
            "page_modules",
            "page_durations",
            "page_outflow",
            "page_afterwards",
            "page_time_to_work",
            "page_outcomes",
            "page_transition",
            "page_providers",
        ),
        REPORT_READERS,
    ),
    **dict.fromkeys(
        (
            "published_figures",
            "published_figure",
            "published_again",
            "page_published_list",
            "page_published",
            "page_published_again",
            "answer_sheets",
            "answer_sheet",
            "sheet_again",
            "page_sheets",
            "page_sheet",
            "page_sheet_again",
            "download_report",
            "page_download_report",
            "download_published",
            "page_download_published",
        ),
        REPORT_READERS,
    ),
    "publish": PUBLISHERS,
    "publish_figure": PUBLISHERS,
    "make_sheet": PUBLISHERS,
    "download_caseload": NAMED,
    "page_download_caseload": NAMED,
    "make_sheet_page": PUBLISHERS,
    "page_behind": BEHIND_FIGURES,
    "access_looks": frozenset({Role.AUDITOR}),
    "page_access": frozenset({Role.AUDITOR}),
    "where_is_fact": FACT_FINDERS,
    "page_where": FACT_FINDERS,
    "parked_pathways": KEEPERS,
    "parked_pathway": KEEPERS,
    "ask_of_parked": KEEPERS,
    # Operators see no person, and these rows are somebody's.
    "parked_changes": frozenset({Role.ADMINISTRATOR}),
    "running": KEEPERS,
    "page_operations": KEEPERS,
    "page_running": KEEPERS,
    # In a demo store only.
    "kill_process": frozenset({Role.OPERATOR}),
    "page_parked": KEEPERS,
    "decide_parked": KEEPERS,
    "static": Open.TO_EVERYONE,
    **web_sign_in.ENDPOINTS,
    **web_app.OPEN_ENDPOINTS,
}

# Why someone of a role looks: Dutch codes, for the person who asks who saw their file.
PURPOSES = (
    (NAMED, "BEGELEIDING"),
    (frozenset({Role.AUDITOR}), "TOEZICHT"),
    (frozenset({Role.OPERATOR, Role.ADMINISTRATOR}), "BEHEER"),
)


def may(caller: Caller, endpoint: str) -> bool:
    """Whether the table lets this caller use the endpoint, for menus that show no dead ends."""
    roles = RIGHTS[endpoint]
    return isinstance(roles, Open) or caller.is_one_of(roles)


def counted_for(read_models: ReadModels, caller: Caller) -> ReadModels:
    """The read models as reports for this caller count them: exactly, or a protected population."""
    return read_models if caller.is_one_of(BEHIND_FIGURES) else replace(read_models, protected=True)


class Rows:
    """Whose rows a caller sees: their roles for the endpoint, and what stands between them and people."""

    def __init__(self, read_models: ReadModels, standings: Standings) -> None:
        self._read_models = read_models
        self._standings = standings

    def seen(self, request: Request, caller: Caller) -> Seen:
        """For the queries that answer this request. Raises STANDING_AWAY as a Problem (503).

        Before a snapshot begins: the write side is asked, once for each request.
        """
        known = cast("Seen | None", getattr(request.state, "seen", None))
        if known is None:
            roles = _roles_of(request, caller)
            standing = self._standing(caller, roles)
            known = row_rights.values(caller, roles, standing, self._read_models.today)
            request.state.seen = known
        return known

    def kept_from(self, request: Request, caller: Caller) -> Mapping[UUID, Rule]:
        """The people before whom a barrier stands, and which: the first of each. Raises as `seen`."""
        return row_rights.kept_from(self.seen(request, caller))

    def hidden(self, request: Request, caller: Caller, after: str | None) -> Hidden:
        """Which pathways the caller may not see, or not yet because nobody knows whose they are.

        For whoever waits for `after`: no other is asked about. Raises as `seen`, and only for them.
        """
        # Now, because whoever looks later holds a snapshot.
        seen: Seen = self.seen(request, caller) if after else {}

        def hidden(connection: Database, pathway_id: UUID) -> bool:
            row = queries.pathway(connection, pathway_id, seen)
            return row is None or not sees(row)

        return hidden

    def _standing(self, caller: Caller, roles: Collection[Role]) -> Standing:
        # Before systems stands no barrier, and who sees nobody has nothing to be kept from.
        if caller.kind is CallerKind.SYSTEEM or not any(role in SCOPES for role in roles):
            return Standing()
        return self._standings.of(caller)


def sees(row: CaseloadRow) -> bool:
    """Whether the caller for whom this row was read may see it."""
    return row.rule in PERMITTING


class Trace:
    """The access rows of the read side. A look that cannot be traced is a 503 Problem."""

    def __init__(self, read_models: ReadModels) -> None:
        self._read_models = read_models
        self._cef = cef_log_of_settings()

    def permitted(
        self, connection: Database, request: Request, caller: Caller, about: Mapping[UUID, str]
    ) -> None:
        """These people are about to be shown, each by a rule: a row each, when the reading is over."""
        for rule in dict.fromkeys(about.values()):
            people = [who for who, by in about.items() if by == rule]
            self._write(connection, request, caller, people, (Decision.PERMIT, rule))

    def denied(
        self,
        request: Request,
        caller: Caller,
        about: Collection[UUID] = (),
        rule: str = access.BY_ROW,
    ) -> None:
        """The caller asked about these people and is shown nothing, by that rule."""
        with self._read_models.snapshot() as connection:
            self._write(connection, request, caller, about, (Decision.DENY, rule))

    def kept(
        self,
        connection: Database,
        request: Request,
        caller: Caller,
        about: Collection[UUID],
        purpose: str,
    ) -> None:
        """Something is kept about these people, or erased, in `connection`'s transaction: a row each in it."""
        decided = (Decision.PERMIT, access.BY_ENDPOINT)
        self._look(request, caller, about, decided, purpose)(connection)

    def refused(self, request: Request, caller: Caller) -> None:
        """The caller lacks the right; traced under the person whose pathway the address names."""
        named = str(request.path_params.get("fact", "")).partition(":")[0]
        told = request.path_params.get("pathway_id") or named
        try:
            pathway_id = UUID(str(told)) if told else None
        except ValueError:
            pathway_id = None
        asked: list[UUID] = []
        if pathway_id is not None:
            with self._read_models.snapshot() as connection:
                asked = [queries.traced_under(connection, pathway_id)]
        self.denied(request, caller, asked, access.BY_ENDPOINT)

    def _write(
        self,
        connection: Database,
        request: Request,
        caller: Caller,
        about: Collection[UUID],
        decided: tuple[Decision, str],
    ) -> None:
        # Of two roles, the one that opens what was asked; of who may not ask it, any.
        used = _roles_of(request, caller) or caller.roles
        purpose = next((p for roles, p in PURPOSES if roles & used), "ONBEKEND")
        look = self._look(request, caller, about, decided, purpose)
        self._read_models.before_it_shows(connection, look)

    def _look(
        self,
        request: Request,
        caller: Caller,
        about: Collection[UUID],
        decided: tuple[Decision, str],
        purpose: str,
    ) -> Look:
        endpoint = _endpoint(request)
        decision, rule = decided

        def write(connection: Database) -> None:
            access.look(
                connection,
                KEPT,
                caller=caller,
                about=about,
                endpoint=endpoint,
                role=access.right_of(RIGHTS, endpoint, caller),
                rule=rule,
                purpose=purpose,
                decision=decision,
                at=self._read_models.now(),
                cef=self._cef,
            )

        return write


def about(row: CaseloadRow) -> UUID:
    """Under whom a look at this pathway is traced: its person, or itself when nobody is known."""
    return row.person_ref or row.pathway_id


def _endpoint(request: Request) -> str:
    return str(getattr(request.scope.get("route"), "name", ""))


def _roles_of(request: Request, caller: Caller) -> frozenset[Role]:
    """The roles by which the caller may use the endpoint that this request reached."""
    allowed = RIGHTS.get(_endpoint(request), frozenset[Role]())
    return frozenset() if isinstance(allowed, Open) else allowed & caller.roles
