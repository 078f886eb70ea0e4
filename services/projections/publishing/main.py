"""The commands `projections published`: which figures were published, and whether they are as they were."""

from typing import Annotated
from uuid import UUID

import typer
from plumbing.database import connect
from plumbing.settings import load_or_exit

from projections.publishing import store
from projections.settings import DatabaseSettings
from projections.terminal import fail, say, show, told_plainly

published_commands = typer.Typer(help="Figures that were published.", no_args_is_help=True)


@published_commands.command("list")
def published_list(
    text: Annotated[
        str | None, typer.Argument(help="In the question, report, publisher, id or digest.")
    ] = None,
) -> None:
    """Show the newest 50 published figures, or those that a text stands in.

    Example: `projections published list WEP+`
    """
    url = load_or_exit(DatabaseSettings).projections_database_url
    with told_plainly(), connect(url, "projections published", autocommit=True) as connection:
        found = store.search(connection, text)
    show(
        f"{one.id}  {one.published_at:%Y-%m-%d %H:%M}Z  {one.report:<12}  {one.published_by}  {one.question}"
        for one in found.items
    )
    say.print(f"{len(found.items)} shown. Next: `projections published show ID`.")


@published_commands.command("show")
def published_show(published_id: Annotated[UUID, typer.Argument(metavar="ID")]) -> None:
    """Print one published figure, whole, as the JSON that its digest is of.

    Example: `projections published show 01931f0a-7c1e-7bb2-9d0e-0c5b8a1e4f60 | sha256sum`
    """
    url = load_or_exit(DatabaseSettings).projections_database_url
    with told_plainly(), connect(url, "projections published", autocommit=True) as connection:
        document = store.document(connection, published_id)
    if document is None:
        fail(f"no figure {published_id} was published; see `projections published list`")
    # No line end: it is not a part of what was published.
    typer.echo(document, nl=False)


@published_commands.command("verify")
def published_verify() -> None:
    """Compare every published figure with its digest; exit 1 when one is not as it was published.

    Whoever could rewrite the whole table could rewrite digests too: those that were cited elsewhere
    are what tells.

    Example: `projections published verify`
    """
    url = load_or_exit(DatabaseSettings).projections_database_url
    verified = wrong = 0
    with told_plainly(), connect(url, "projections published", autocommit=True) as connection:
        for one in store.verify(connection):
            verified += 1
            if one.wrong:
                wrong += 1
                show([f"{one.id}  {_TOLD[one.wrong]}"])
    say.print(f"{verified} published figures verified, {wrong} not as they were published.")
    if wrong:
        raise typer.Exit(1)


_TOLD = {
    "DIGEST": "its digest is of something else: the document or the digest was changed",
    "UNREADABLE": "its document cannot be read by this release",
    "COLUMNS": "its columns say something else than its document",
}
