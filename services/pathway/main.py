"""The command line of the pathway service: `pathway --help`."""

import typer
from plumbing.commands import on_demand
from plumbing.failpoints import arm_or_exit
from plumbing.memory import collect_less_often

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


app = typer.Typer(
    # All together take three times as long to load as most of them.
    cls=on_demand(COMMANDS),
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
