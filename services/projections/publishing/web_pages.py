"""Pages of published figures: the list, one figure, the same counted again, and the form that publishes."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, cast
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from plumbing.problems import INVALID_REQUEST, Problem, looks_like_insz
from plumbing.web_sessions import WebSession
from plumbing.web_sign_in import our_form, web_session
from pydantic import BaseModel

from projections.labels import N_
from projections.publishing import registry
from projections.publishing.figures import MOST_SIGNS, PublishAsked
from projections.publishing.recalculating import Why
from projections.publishing.service import Figures
from projections.publishing.tables import TOTAL, table_of
from projections.reporting.reports import GroupBy
from projections.reporting.titles import FIGURES, GROUPINGS
from projections.web_pages import Pages
from projections.words import Words

Session = Annotated[WebSession, Depends(web_session)]

ASKED = {"from": N_("Vanaf"), "until": N_("Tot en met"), "by": N_("Groeperen per")}
SAID: Mapping[str, str] = {
    "ended": N_("Beëindigd"),
    "persons_started": N_("Personen die begonnen"),
    "persons_migrated": N_("Personen die uit WEP+ overgingen"),
    "completion_rate": N_("Aandeel voltooid"),
    "inferred_left_out": N_("Niet meegeteld"),
    "share_in_nec": N_("Aandeel met werk"),
    "share_not_passed": N_("Aandeel nog niet voorbij"),
    "share_not_yet_in_nec": N_("Aandeel nog zonder werk"),
    **FIGURES,
}
"""What columns say in words: as on the pages of reports, and what only tables of files have."""
CLOCKS = frozenset({"as_of", "known_at", "known_by"})
WHY = {
    Why.DEFINITION_CHANGED: N_("De definitie van het cijfer is sindsdien veranderd."),
    Why.CODE_CHANGED: N_("De programmacode die telt, is sindsdien veranderd."),
    Why.READ_LATER: N_(
        "Feiten die toen al geregistreerd waren, waren bij de publicatie nog niet doorgegeven."
    ),
    Why.WAITED_THEN: N_("Bij de publicatie wachtten trajecten op een operator."),
    Why.HELD_NOW: N_("Bijzondere kenmerken tellen zoals ze nu bewaard zijn."),
    Why.UNEXPLAINED: N_("Daar is geen verklaring voor gevonden: laat het nakijken."),
}


class Sent(BaseModel):
    """What the form that publishes sends: the parameters as JSON."""

    report: str = ""
    parameters: str = "{}"
    question: str = ""


SHARES = frozenset({"share", "rate"})
"""A column with one of these words in its name is a share: told in percent."""


def label_of(words: Words, column: str) -> str:
    """What a column of a table of a report says, in words where we have them."""
    if column in SAID:
        return words(SAID[column])
    first, _, rest = column.partition("_")
    months, _, figure = rest.partition("m_")
    if months.isdigit() and figure in SAID:
        return words("{figure} ({n} maanden)", figure=words(SAID[figure]), n=months)
    if first == "by" and column.startswith("by_gender_"):
        return words.label(column.removeprefix("by_gender_"))
    return column.replace("_", " ")


def part_label(words: Words, part: str) -> str:
    """What a part of a group says."""
    months = part.removesuffix("m")
    return words("{n} maanden", n=months) if months.isdigit() else words.label(part)


def group_label(words: Words, group: str) -> str:
    """What a group of a report says."""
    if group == TOTAL:
        return words("Totaal")
    return words.label(words.organisation(group))


def value_of(words: Words, column: str, value: object) -> str:
    """A figure for people: shares in percent, what is not told as a dash."""
    if value is None:
        return "\N{EN DASH}"
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return words.label(value)
    told_as_share = SHARES & set(column.split("_"))
    return words.percent(value) if told_as_share else words.number(value)


def group_by(words: Words, by: str) -> str:
    """What a report groups by."""
    return words(GROUPINGS[GroupBy(by)]) if by in GROUPINGS else words.label(by)


def parameters_in_words(words: Words, parameters: Mapping[str, Any]) -> dict[str, str]:
    """What was asked, but for the two clocks, which are told apart."""
    return {
        words(ASKED[name]) if name in ASKED else words.label(name): _in_words(words, name, value)
        for name, value in parameters.items()
        if name not in CLOCKS
    }


def _in_words(words: Words, name: str, value: object) -> str:
    if name == "by":
        return group_by(words, str(value))
    if isinstance(value, list):
        return words.labels(cast("list[object]", value))
    try:
        return words.day(date.fromisoformat(str(value)))
    except ValueError:
        return words.label(words.organisation(str(value)))


_SHOWING: dict[str, Any] = {
    "parameters_in_words": parameters_in_words,
    "label_of": label_of,
    "group_label": group_label,
    "part_label": part_label,
    "value_of": value_of,
    "table_of": table_of,
    "reports": registry.REPORTS,
    "group_by": group_by,
    "why_words": WHY,
}


def showing(request: Request) -> dict[str, Any]:
    """What templates with published figures are given; `site` is how addresses of ours begin."""
    return {**_SHOWING, "show": _SHOWING, "site": str(request.base_url).rstrip("/")}


def published_pages(figures: Figures, pages: Pages) -> APIRouter:
    """`/published` and what stands under it."""
    routes = APIRouter(include_in_schema=False)
    _add_list(routes, figures, pages)
    _add_one(routes, figures, pages)
    _add_form(routes, figures, pages)
    return routes


def _add_list(routes: APIRouter, figures: Figures, pages: Pages) -> None:
    @routes.get(
        "/published", name="page_published_list", summary="Page: published figures, with a search"
    )
    def page_published_list(  # pyright: ignore[reportUnusedFunction]
        request: Request, session: Session, q: str = "", cursor: str | None = None
    ) -> Response:
        text = q.replace("\0", "").strip()[:100]
        told = figures.list(session.caller, text, cursor)
        return pages.show(request, "publishing/list.html", q=text, told=told, **showing(request))


def _add_one(routes: APIRouter, figures: Figures, pages: Pages) -> None:
    @routes.get(
        "/published/{published_id}",
        name="page_published",
        summary="Page: a published figure, as it was published",
    )
    def page_published(published_id: UUID, request: Request, session: Session) -> Response:  # pyright: ignore[reportUnusedFunction]
        told = figures.one(session.caller, published_id)
        return pages.show(request, "publishing/figure.html", told=told, **showing(request))

    @routes.get(
        "/published/{published_id}/recalculated",
        name="page_published_again",
        summary="Page: a published figure counted again, and what made the difference",
    )
    def page_published_again(  # pyright: ignore[reportUnusedFunction]
        published_id: UUID, request: Request, session: Session
    ) -> Response:
        again = figures.again(request, session.caller, published_id)
        return pages.show(
            request,
            "publishing/again.html",
            again=again,
            told=again.published,
            **showing(request),
        )


def _add_form(routes: APIRouter, figures: Figures, pages: Pages) -> None:
    @routes.post(
        "/published",
        name="publish_figure",
        summary="Page: a figure was published",
        dependencies=[Depends(our_form)],
    )
    def publish_figure(  # pyright: ignore[reportUnusedFunction]
        request: Request, session: Session, form: Annotated[Sent, Form()]
    ) -> Response:
        report = registry.ALSO_CALLED.get(form.report, form.report)
        title = registry.kind_of(report).title
        try:
            asked = PublishAsked.model_validate(
                {
                    "report": report,
                    "parameters": json.loads(form.parameters),
                    "question": form.question,
                }
            )
            told = figures.publish(session.caller, asked)
        except ValueError:
            return _not_published(pages, request, form, title)
        except Problem as problem:
            if problem.type != INVALID_REQUEST.slug:
                raise
            return _not_published(pages, request, form, title)
        return RedirectResponse(f"/published/{told.id}", status_code=303)


def _not_published(pages: Pages, request: Request, form: Sent, title: str) -> Response:
    """The form again, with what is wrong: nothing that was typed is lost, but what is of a person."""
    number = looks_like_insz(form.question)
    return pages.show(
        request,
        "publishing/publish.html",
        status=422,
        report=form.report,
        title=title,
        parameters=form.parameters,
        question="" if number else form.question,
        number=number,
        most_signs=MOST_SIGNS,
    )
