"""The commands `pathway audit`: proofs that store and topics are as they must be, and the signing key."""

from pathlib import Path
from typing import Annotated

import psycopg
import typer
from plumbing import access_audit
from plumbing.clock import utc_now
from plumbing.database import connection_string
from plumbing.settings import load_or_exit
from psycopg.errors import UndefinedTable
from psycopg.rows import dict_row
from rich.console import Console

from pathway import (
    audit_chain,
    audit_holders,
    audit_topics,
    checkpoints,
    proof,
    publisher_position,
)
from pathway.auditing import Findings
from pathway.auditor_main import proof_lines
from pathway.checkpoints import KeyUnusable
from pathway.leader import Session
from pathway.opening import telling
from pathway.publisher import PublisherSettings
from pathway.saying import Failed
from pathway.settings import PathwaySettings
from pathway.topics import BrokersAway, KafkaFailed, TopicsWrong

audit_commands = typer.Typer(help="Prove the store and the topics.", no_args_is_help=True)
out = Console(highlight=False)

PublicKeys = Annotated[
    list[Path],
    typer.Option(
        "--public-key",
        help="A public key that signed checkpoints; give it again for each. "
        "Without: that of PATHWAY_SIGNING_KEY_FILE.",
    ),
]


@audit_commands.command("new-key")
def new_key(file: Annotated[Path, typer.Argument(help="The key file to make.")]) -> None:
    """Make the key that signs checkpoints; keep its public half for `pathway audit chain`."""
    try:
        checkpoints.new_key(file)
    except KeyUnusable as unusable:
        raise Failed(str(unusable)) from None
    out.print(f"{file} has a new key. Its public half: `pathway audit public-key`.", markup=False)


@audit_commands.command("public-key")
def public_key() -> None:
    """Print the public half of the signing key, for auditors who verify elsewhere."""
    try:
        key = checkpoints.read_signing_key(load_or_exit(PathwaySettings).pathway_signing_key_file)
    except KeyUnusable as unusable:
        raise Failed(str(unusable)) from None
    typer.echo(checkpoints.public_pem(key.public_key()), nl=False)


@audit_commands.command("chain")
def chain(public_keys: PublicKeys = []) -> None:  # noqa: B006 - typer reads it, nobody changes it.
    """Compare every stored fact with its hash, its neighbours and the signed checkpoints.

    Names each difference; ends with status 1 when there is one.
    """
    settings = load_or_exit(PathwaySettings)
    findings = Findings(out)
    try:
        own = settings.pathway_signing_key_file
        keys = [checkpoints.read_public_key(file) for file in public_keys] or [
            checkpoints.read_signing_key(own).public_key()
        ]
        by_id = {checkpoints.key_id(key): key for key in keys}
        audit_chain.audit(settings.pathway_database_url, by_id, findings)
    except KeyUnusable as unusable:
        raise Failed(str(unusable)) from None
    except psycopg.OperationalError as away:
        raise Failed(f"The database cannot be reached: {away}") from None
    raise typer.Exit(findings.conclude())


@audit_commands.command("holders")
def holders() -> None:
    """Compare who holds each pathway, on which it is decided who may see it, with its facts.

    Names each difference; ends with status 1 when there is one.
    """
    findings = Findings(out)
    try:
        audit_holders.audit(load_or_exit(PathwaySettings).pathway_database_url, findings)
    except psycopg.OperationalError as away:
        raise Failed(f"The database cannot be reached: {away}") from None
    raise typer.Exit(findings.conclude())


@audit_commands.command("topics")
def topics(
    patience: Annotated[
        float,
        typer.Option(
            min=0, help="Seconds that the publisher has to confirm what is stored at the beginning."
        ),
    ] = audit_topics.PATIENCE,
) -> None:
    """Compare every stored fact with the one message that must stand for it, and each newest state.

    Names each difference; ends with status 1 when there is one, and when facts are not published in
    time. The publisher may go on meanwhile.
    """
    findings = Findings(out)
    try:
        audit_topics.audit(load_or_exit(PublisherSettings), findings, patience=patience)
    except (BrokersAway, TopicsWrong, KafkaFailed) as wrong:
        raise Failed(str(wrong)) from None
    except psycopg.OperationalError as away:
        raise Failed(f"The database cannot be reached: {away}") from None
    raise typer.Exit(findings.conclude())


@audit_commands.command("proof")
def proof_command(
    *,
    again: Annotated[
        bool, typer.Option("--again", help="Have a complete round begin at the next look.")
    ] = False,
) -> None:
    """Say what `pathway auditor` has proven: up to where, when, and what differs (then with status 1).

    A difference stays until a complete round that began after it was found has found none.

    Example: `pathway audit proof`, and once all is mended `pathway audit proof --again`
    """
    settings = load_or_exit(PathwaySettings)
    conninfo = connection_string(settings.pathway_database_url, "pathway audit proof")
    with (
        telling(),
        Session.connect(conninfo, autocommit=True, row_factory=dict_row) as session,
    ):
        if again:
            proof.want_round(session, utc_now())
        found, there = proof.stored(session), publisher_position.confirmed(session)
    differs = any(one.differences for one in found.values())
    for line in proof_lines(found, there.position if there else 0):
        out.print(line, markup=False, soft_wrap=True)
    if again:
        out.print(
            "A complete round begins at the auditor's next look. Next: `pathway audit proof`."
        )
    elif not found:
        out.print("Nothing is proven yet. Next: `pathway auditor`.")
    else:
        out.print("There are differences." if differs else "No difference.")
    raise typer.Exit(1 if differs and not again else 0)


@audit_commands.command("looks")
def looks() -> None:
    """Compare every traced look at a person with its hash and its neighbours.

    Names each difference; ends with status 1 when there is one. Keep the newest look's number and
    hash elsewhere: whoever could rewrite the whole trace cannot rewrite what you kept.
    """
    findings, newest = Findings(out), access_audit.Newest()
    url = load_or_exit(PathwaySettings).pathway_database_url
    try:
        for one in access_audit.audit(url, "pathway", newest):
            findings.differs(one.where, one.what)
    except psycopg.OperationalError as away:
        raise Failed(f"The database cannot be reached: {away}") from None
    except UndefinedTable:
        raise Failed("The database lacks tables of ours. Run `pathway migrate` first.") from None
    findings.compared["looks"] = newest.rows
    out.print(f"The newest is look {newest.id}: {newest.hash.hex()}", soft_wrap=True)
    raise typer.Exit(findings.conclude())
