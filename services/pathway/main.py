"""The command line of the pathway service: `pathway --help`."""

from pathlib import Path
from typing import Annotated

import typer
from plumbing.database import MigrationFailed, connect, migrate
from plumbing.memory import collect_less_often
from plumbing.settings import load_or_exit

from pathway.access_main import access_commands
from pathway.api_main import api_command
from pathway.audit_main import audit_commands
from pathway.barriers_main import barriers_commands
from pathway.bulk_main import bulk_commands
from pathway.identity import add_master_key
from pathway.opening import Failed, open_pathways, open_store, say, telling
from pathway.publisher_main import publisher_commands, topics_commands
from pathway.register.main import commands as import_commands
from pathway.rules_main import rules_commands
from pathway.scheduler_main import scheduler_command
from pathway.settings import PathwaySettings
from pathway.simulation.main import simulate_command
from pathway.vault_main import add_vault_doors
from pathway.where_main import where_command

MIGRATIONS = Path(__file__).parent / "migrations"

app = typer.Typer(
    help="Jobseekers' pathways: commands in, facts on disk, events out.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    # A pretty traceback would show local variables, a database's password among them.
    pretty_exceptions_enable=False,
)
store_commands = typer.Typer(help="The store of facts.", no_args_is_help=True)
vault_commands = typer.Typer(help="The vault: who pathways are about.", no_args_is_help=True)
app.add_typer(store_commands, name="store")
app.add_typer(vault_commands, name="vault")
add_vault_doors(vault_commands)
app.add_typer(import_commands, name="import")
app.add_typer(bulk_commands, name="bulk")
app.add_typer(publisher_commands, name="publisher")
app.add_typer(topics_commands, name="topics")
app.add_typer(audit_commands, name="audit")
app.add_typer(access_commands, name="access")
app.add_typer(barriers_commands, name="barriers")
app.add_typer(rules_commands, name="rules")
app.command("api")(api_command)
app.command("scheduler")(scheduler_command)
app.command("simulate")(simulate_command)
app.command("where")(where_command)


@app.callback()
def every_command() -> None:
    """What every process of ours begins with."""
    collect_less_often()


@app.command("migrate")
def migrate_command() -> None:
    """Bring the write side's database to its newest shape; safe to run again.

    Example: `PATHWAY_DATABASE_URL=postgresql://127.0.0.1/pathway pathway migrate`
    """
    url = load_or_exit(PathwaySettings).pathway_database_url
    try:
        with telling(), connect(url, "pathway migrate", autocommit=True) as connection:
            connection.execute("create schema if not exists pathway")
        migrate(url, MIGRATIONS, "pathway")
    except MigrationFailed as failed:
        raise Failed(str(failed)) from None
    say.print("The pathway database is up to date. Next: `pathway api`.")


@store_commands.command("mark-demo")
def mark_demo() -> None:
    """Mark an empty store as a demo: only a demo may be simulated and use the demo sign-in."""
    with open_store() as store:
        try:
            store.mark_demo()
        except ValueError as refused:
            raise Failed(str(refused)) from None
    say.print("This store is a demo. Next: `pathway simulate --pathways 300 --seed 1`.")


@vault_commands.command("new-key")
def new_key(file: Annotated[Path, typer.Argument(help="The master key file.")]) -> None:
    """Put a new master key on the first line of FILE, for `pathway vault rotate`."""
    try:
        add_master_key(file)
    except OSError as failed:
        raise Failed(f"{failed.filename or file}: {failed.strerror}. FILE is as it was.") from None
    say.print(
        f"{file} has a new key, readable by its owner only. Keep a copy outside the backup. Next, "
        "where a vault is in use: start `pathway api` again, then `pathway vault rotate`.",
        markup=False,
        soft_wrap=True,
    )


@vault_commands.command("rotate")
def rotate() -> None:
    """Wrap every person's key under the newest master key, while everything goes on.

    A process knows the keys that were in the file when it started, so start them again first.
    """
    with open_pathways() as pathways:
        done = pathways.vault.rotate()
    say.print(
        f"{done} people's keys are under the newest master key. Older keys can go from the file, "
        "if every `pathway api` was started after the new one came: else its new people are under "
        "an older key, so start it again and run this once more.",
        soft_wrap=True,
    )


if __name__ == "__main__":
    app()
