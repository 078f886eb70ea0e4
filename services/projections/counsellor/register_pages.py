"""Pages to register something about a pathway: which commands there are, a form of each, what came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import RedirectResponse, Response
from plumbing.ids import new_id
from plumbing.problems import ProblemType
from plumbing.web_sessions import WebSession
from plumbing.web_sign_in import our_form, web_session

from projections.acting import Asked, Command, Commands, Done, NotDone, Offered, Why
from projections.counsellor import queries
from projections.counsellor.answers import Asked as Question, Pathway
from projections.counsellor.filling import Filled, begun, choice_words, filled, grouped, rule_words
from projections.counsellor.pathway_pages import Told, names_of, told_entries
from projections.counsellor.queries import CaseloadRow, Entry, Seen
from projections.counsellor.refused_words import refused_words
from projections.counsellor.web import Questions
from projections.names import NamesSource
from projections.schema import Database
from projections.web_pages import Pages, address, words_of
from projections.web_reading import RETRY_SOON, UNKNOWN_PATHWAY

Session = Annotated[WebSession, Depends(web_session)]
Named = Annotated[str, Path(pattern="^[a-z0-9-]{1,40}$")]
COMMANDS_AWAY = ProblemType(
    "commands-away",
    503,
    "It cannot be told now what can be registered",
    "The write side, which knows, does not answer. Try again in a moment.",
)
NO_SUCH_COMMAND = ProblemType(
    "no-such-command",
    404,
    "You can register no such thing about this pathway",
    "See what can be registered on the page of the pathway.",
)
TOLD_ANYHOW = frozenset({"backdated", "contract-not-signed"})
"""Warnings that need no second look: the form says beside its day from when on it is late, and a contract
is signed after its start is told, or is on the worklist."""
STATUS = {Why.MOVED: 409, Why.BUSY: 409, Why.AWAY: 503, Why.NOT_ALLOWED: 403}


async def _sent(request: Request) -> Mapping[str, list[str]]:
    """The fields of a form as they were sent; what is a file is passed over."""
    form = await request.form()
    return {name: [one for one in form.getlist(name) if isinstance(one, str)] for name in form}


Sent = Annotated[Mapping[str, list[str]], Depends(_sent)]


@dataclass(frozen=True)
class Form:
    """A form on its way: which command, about which fact, and what its sender saw."""

    command: Command
    version: int
    key: str
    fact_id: UUID | None
    filled: Filled
    refused: NotDone | None = None
    meanwhile: Sequence[Told] = ()
    warned: Sequence[str] = ()
    """What it would be warned of, which its sender has not seen yet or has agreed to."""


def register_pages(
    questions: Questions, pages: Pages, names: NamesSource, commands: Commands
) -> APIRouter:
    """`GET /pathways/{pathway_id}/register`, and a form under it for each command."""
    routes = APIRouter(include_in_schema=False)
    made = _Made(questions, pages, names, commands)

    @routes.get(
        "/pathways/{pathway_id}/register",
        name="page_commands",
        summary="Page: what can be registered about a pathway now",
    )
    def page_commands(pathway_id: UUID, request: Request, session: Session) -> Response:  # pyright: ignore[reportUnusedFunction]
        return made.all(request, session, pathway_id)

    @routes.get(
        "/pathways/{pathway_id}/register/{command}",
        name="page_command",
        summary="Page: the form of one command about a pathway",
    )
    def page_command(  # pyright: ignore[reportUnusedFunction]
        pathway_id: UUID,
        command: Named,
        request: Request,
        session: Session,
        fact_id: UUID | None = None,
    ) -> Response:
        return made.form(request, session, (pathway_id, command, fact_id))

    _add_sending(routes, made)
    return routes


def _add_sending(routes: APIRouter, made: "_Made") -> None:
    @routes.post(
        "/pathways/{pathway_id}/register/{command}",
        name="send_command",
        summary="Page: a form about a pathway was sent, and its command decided",
        dependencies=[Depends(our_form)],
    )
    def send_command(  # pyright: ignore[reportUnusedFunction]
        pathway_id: UUID, command: Named, request: Request, session: Session, sent: Sent
    ) -> Response:
        return made.sent(request, session, (pathway_id, command), sent)


@dataclass(frozen=True)
class _Made:
    questions: Questions
    pages: Pages
    names: NamesSource
    commands: Commands

    def all(self, request: Request, session: WebSession, pathway_id: UUID) -> Response:
        pathway, _ = self._about(request, session, pathway_id)
        told = self._offered(session, pathway_id)
        possible = [one for one in told.commands if one.why_not is None]
        return self.pages.show(
            request,
            "counsellor/register.html",
            pathway=pathway,
            names=names_of(self.names, session, pathway),
            groups=list(grouped(possible)),
            impossible=[one for one in told.commands if one.why_not],
            refused_words=refused_words,
        )

    def form(
        self, request: Request, session: WebSession, of: tuple[UUID, str, UUID | None]
    ) -> Response:
        pathway_id, name, fact_id = of
        pathway, entries = self._about(request, session, pathway_id)
        offered = self._offered(session, pathway_id, fact_id)
        command = _named(offered, name)
        form = Form(command, offered.version, str(new_id()), fact_id, begun(command))
        return self._shown(request, session, (pathway, entries), offered, form)

    def sent(
        self,
        request: Request,
        session: WebSession,
        of: tuple[UUID, str],
        sent: Mapping[str, list[str]],
    ) -> Response:
        pathway_id, name = of
        pathway, entries = self._about(request, session, pathway_id)
        fact_id = _uuid(_one(sent, "fact_id"))
        offered = self._offered(session, pathway_id, fact_id)
        command = _named(offered, name)
        version = int(told) if (told := _one(sent, "version")).isdecimal() else 0
        key = _one(sent, "key") or str(new_id())
        form = Form(command, version, key, fact_id, filled(command, sent))
        if form.filled.wrong:
            return self._shown(request, session, (pathway, entries), offered, form)
        asked = Asked(form.filled.body, key, pathway_id, name, version)
        warned = set(self.commands.warnings(asked, session.access_token)) - TOLD_ANYHOW
        if warned - set(sent.get("sure", ())):
            form = replace(form, warned=sorted(warned))
            return self._shown(request, session, (pathway, entries), offered, form)
        form = replace(form, warned=sorted(warned))
        answer = self.commands.send(asked, session.access_token)
        if isinstance(answer, Done):
            told = {"after": f"{pathway_id}:{answer.version}", "done": name}
            there = address(f"/pathways/{pathway_id}", {**told, "warned": answer.warnings})
            return RedirectResponse(there, status_code=303)
        if answer.why is Why.MOVED:
            return self._moved(request, session, (pathway, answer), form)
        # A form whose end is not known is sent again as it is; another one is another command.
        key = key if answer.why in (Why.AWAY, Why.BUSY) else str(new_id())
        form = replace(form, refused=answer, key=key)
        return self._shown(request, session, (pathway, entries), offered, form)

    def _moved(
        self, request: Request, session: WebSession, of: tuple[Pathway, NotDone], form: Form
    ) -> Response:
        """The form on the pathway as it is now, with what happened since it was made."""
        pathway, answer = of
        newest = f"{pathway.pathway_id}:{answer.version or 1}"
        question = Question(after=newest)
        self.questions.waited_for(request, session.caller, question, pathway.pathway_id)
        pathway, entries = self._about(request, session, pathway.pathway_id)
        offered = self._offered(session, pathway.pathway_id, form.fact_id)
        since = [one for one in entries if one.version > form.version]
        moved = replace(
            form,
            command=_named(offered, form.command.command),
            version=offered.version,
            key=str(new_id()),
            refused=answer,
            meanwhile=told_entries(request, since),
        )
        return self._shown(request, session, (pathway, entries), offered, moved)

    def _shown(
        self,
        request: Request,
        session: WebSession,
        of: tuple[Pathway, Sequence[Entry]],
        offered: Offered,
        form: Form,
    ) -> Response:
        pathway, entries = of
        about = [one for one in entries if one.event_id == form.fact_id]
        status = 422 if form.filled.wrong else 200
        if form.refused:
            status = STATUS.get(form.refused.why, 422)
        names = {one.name for one in form.command.fields}
        return self.pages.show(
            request,
            "counsellor/form.html",
            status=status,
            pathway=pathway,
            names=names_of(self.names, session, pathway),
            form=form,
            offered=offered,
            about=told_entries(request, about),
            others=[one for one in offered.commands if one.command != form.command.command]
            if form.fact_id
            else [],
            elsewhere=[told for at, told in form.refused.errors.items() if at not in names]
            if form.refused
            else [],
            **_words(request, form),
        )

    def _about(
        self, request: Request, session: WebSession, pathway_id: UUID
    ) -> tuple[Pathway, Sequence[Entry]]:
        """The pathway as the read model has it, for who may see it; the look is traced."""
        today = self.questions.read_models.today

        def answer(
            connection: Database, row: CaseloadRow, _seen: Seen
        ) -> tuple[Pathway, Sequence[Entry]]:
            return Pathway.of(row, today), queries.timeline(connection, pathway_id).items

        return self.questions.about_pathway(request, session.caller, pathway_id, answer)

    def _offered(
        self, session: WebSession, pathway_id: UUID, fact_id: UUID | None = None
    ) -> Offered:
        """What may be registered. Raises COMMANDS_AWAY, NO_SUCH_COMMAND and UNKNOWN_PATHWAY as Problems."""
        told = self.commands.offered(pathway_id, session.access_token, fact_id)
        if isinstance(told, Offered):
            return told
        if told.why is Why.AWAY:
            raise COMMANDS_AWAY.problem(headers=RETRY_SOON)
        raise (UNKNOWN_PATHWAY if told.why is Why.UNKNOWN else NO_SUCH_COMMAND).problem()


def _named(offered: Offered, name: str) -> Command:
    command = offered.named(name)
    if command is None:
        raise NO_SUCH_COMMAND.problem()
    return command


def _words(request: Request, form: Form) -> dict[str, Any]:
    words = words_of(request)
    return {
        "choice_words": partial(choice_words, words=words),
        "rule_words": partial(rule_words, words=words),
        "refused_words": refused_words,
        "told_wrong": {**(form.refused.errors if form.refused else {}), **form.filled.wrong},
    }


def _one(sent: Mapping[str, Sequence[str]], name: str) -> str:
    return next(iter(sent.get(name, ())), "").strip()


def _uuid(told: str) -> UUID | None:
    try:
        return UUID(told) if told else None
    except ValueError:
        return None
