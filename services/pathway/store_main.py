"""The commands `pathway migrate` and `pathway store`."""

from pathlib import Path

import typer
from plumbing.database import MigrationFailed, connect, migrate
from plumbing.settings import load_or_exit
from psycopg import OperationalError

from pathway.saying import Failed, database_away, say
from pathway.settings import PathwaySettings

MIGRATIONS = Path(__file__).parent / "migrations"

store_commands = typer.Typer(help="The store of facts.", no_args_is_help=True)


def migrate_command() -> None:
    """Bring the write side's database to its newest shape; safe to run again.

    Example: `PATHWAY_DATABASE_URL=postgresql://127.0.0.1/pathway pathway migrate`
    """
    url = load_or_exit(PathwaySettings).pathway_database_url
    try:
        with connect(url, "pathway migrate", autocommit=True) as connection:
            connection.execute("create schema if not exists pathway")
        migrate(url, MIGRATIONS, "pathway")
    except OperationalError as away:
        raise database_away(away) from None
    except MigrationFailed as failed:
        raise Failed(str(failed)) from None
    say.print("The pathway database is up to date. Next: `pathway api`.")


@store_commands.command("mark-demo")
def mark_demo() -> None:
    """Mark an empty store as a demo: only a demo may be simulated and use the demo sign-in."""
    # Not at the top: `pathway migrate` needs none of it.
    from pathway.opening import open_store  # noqa: PLC0415

    with open_store() as store:
        try:
            store.mark_demo()
        except ValueError as refused:
            raise Failed(str(refused)) from None
    say.print("This store is a demo. Next: `pathway simulate --pathways 300 --seed 1`.")
