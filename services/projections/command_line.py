"""What every command of the read side has: the read models by name, and plain words at the terminal."""

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from enum import StrEnum
from typing import NoReturn

import psycopg
import typer
from plumbing.database import InvalidDatabaseUrl, MigrationFailed
from rich.console import Console

from projections import healing, schema, topic
from projections.belonging import CannotFollow
from projections.counsellor import COUNSELLOR
from projections.projection import Projection
from projections.reporting import REPORTING

PROJECTIONS = {projection.name: projection for projection in (COUNSELLOR, REPORTING)}

say = Console(stderr=True, highlight=False)


class Name(StrEnum):
    """The read models by name."""

    COUNSELLOR = "counsellor"
    REPORTING = "reporting"

    @property
    def projection(self) -> Projection:
        """The projection of this name."""
        return PROJECTIONS[self.value]


def fail(message: object, status: int = 1) -> NoReturn:
    """End the command with one line for the person."""
    say.print(str(message), style="red", markup=False, soft_wrap=True)
    raise typer.Exit(status)


def show(lines: Iterable[str]) -> None:
    """Print lines to read or to pipe on."""
    for line in lines:
        typer.echo(line)


FOR_A_DECISION = (CannotFollow, schema.NotMigrated, schema.MadeFromOther)
"""A person has to decide or do something first; started again after that, all goes on by itself."""

EXIT_STOPPED = 65
"""What sysexits.h calls EX_DATAERR, as the publisher ends: no setting of this process is wrong."""

FOR_PEOPLE = (
    healing.NotParked,
    topic.BrokersAway,
    topic.TopicMissing,
    MigrationFailed,
    InvalidDatabaseUrl,
)
"""Errors whose message says what is wrong and what to do."""


@contextmanager
def told_plainly() -> Generator[None]:
    """Tell what went wrong in one line; a trace of our code would help nobody at a terminal."""
    try:
        yield
    except FOR_A_DECISION as failed:
        fail(failed, EXIT_STOPPED)
    except FOR_PEOPLE as failed:
        fail(failed)
    except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName):
        fail(
            "the read models have no tables yet; run `projections migrate` first",
            EXIT_STOPPED,
        )
    except psycopg.OperationalError:
        fail("the database of PROJECTIONS_DATABASE_URL cannot be reached; is PostgreSQL running?")
    except topic.KafkaFailed as failed:
        fail(f"Kafka at KAFKA_BOOTSTRAP_SERVERS failed ({type(failed).__name__}); try again")
