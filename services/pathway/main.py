"""The command line of the pathway service: `pathway --help`."""

from importlib import import_module

import typer
from plumbing.failpoints import arm_or_exit
from plumbing.memory import collect_less_often
from typer._click import Command, Context
from typer.core import TyperGroup
from typer.main import get_command, get_group

COMMANDS = {
    "migrate": "pathway.store_main:migrate_command",
    "store": "pathway.store_main:store_commands",
    "vault": "pathway.vault_main:vault_commands",
    "import": "pathway.register.main:commands",
    "bulk": "pathway.bulk_main:bulk_commands",
    "publisher": "pathway.publisher_main:publisher_commands",
    "topics": "pathway.topics_main:topics_commands",
    "audit": "pathway.audit_main:audit_commands",
    "access": "pathway.access_main:access_commands",
    "barriers": "pathway.barriers_main:barriers_commands",
    "rules": "pathway.rules_main:rules_commands",
    "api": "pathway.api_main:api_command",
    "auditor": "pathway.auditor_main:auditor_command",
    "scheduler": "pathway.scheduler_main:scheduler_command",
    "simulate": "pathway.simulation.main:simulate_command",
    "where": "pathway.where_main:where_command",
}
"""Each command's module and name there: a group of commands, or a function that is one."""


class OnDemand(TyperGroup):
    """Loads a command when it is asked for: all together take three times as long as most of them."""

    def list_commands(self, ctx: Context) -> list[str]:
        """Every command, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:
        """The command of that name, loaded now."""
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name].partition(":")
        found = getattr(import_module(module), attribute)
        if isinstance(found, typer.Typer):
            found.rich_markup_mode = "markdown"
            command: Command = get_group(found)
        else:
            alone = typer.Typer(rich_markup_mode="markdown")
            alone.command()(found)
            command = get_command(alone)
        command.name = cmd_name
        return command


app = typer.Typer(
    cls=OnDemand,
    help="Jobseekers' pathways: commands in, facts on disk, events out.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    # A pretty traceback would show local variables, a database's password among them.
    pretty_exceptions_enable=False,
)


@app.callback()
def every_command() -> None:
    """What every process of ours begins with."""
    collect_less_often()
    arm_or_exit()


if __name__ == "__main__":
    app()
