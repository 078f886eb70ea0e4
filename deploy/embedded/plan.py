"""What `make up` runs: its settings, the environment of each process, the table of processes."""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from plumbing.settings import Settings
from pydantic import Field, SecretStr

from embedded.issuer_users import PEOPLE, SYSTEMS, WEB_CLIENT
from embedded.steps import Step
from embedded.supervisor import Program

BIN = Path(sys.executable).parent
HOST = "127.0.0.1"
SAMPLE_REGISTER = Path(__file__).parent / "samples" / "wep_plus_register.csv"


Port = Annotated[int, Field(ge=1, le=65535)]


class UpSettings(Settings):
    """Where everything listens and keeps its data; a server named here is used and not started."""

    data_dir: Path = Field(default=Path(".data"), description="a directory that may be made")
    web_port: Port = Field(default=8400, description="a free port for the pages")
    api_port: Port = Field(default=8401, description="a free port for the API")
    issuer_port: Port = Field(default=8402, description="a free port for the sign-in issuer")
    kafka_port: Port = Field(default=8403, description="a free port for Kafka")
    kafka_controller_port: Port = Field(
        default=8404, description="a free port for Kafka's controller"
    )
    postgres_port: Port = Field(default=8405, description="a free port for PostgreSQL")
    pathway_database_url: SecretStr | None = Field(default=None, description="a PostgreSQL URL")
    projections_database_url: SecretStr | None = Field(default=None, description="a PostgreSQL URL")
    kafka_bootstrap_servers: str | None = Field(default=None, description="host:port of brokers")
    oidc_issuer: str | None = Field(default=None, description="an OpenID Connect issuer's address")
    simulated_pathways: int = Field(default=300, description="a number of invented pathways")

    @property
    def own_postgres(self) -> bool:
        """Whether a PostgreSQL has to be started: one of the databases is nobody else's."""
        return self.pathway_database_url is None or self.projections_database_url is None

    @property
    def own_kafka(self) -> bool:
        """Whether a Kafka has to be started."""
        return self.kafka_bootstrap_servers is None

    @property
    def own_issuer(self) -> bool:
        """Whether the demo's sign-in issuer has to be started."""
        return self.oidc_issuer is None

    def address(self, port: int, path: str = "") -> str:
        """The HTTP address of something of ours."""
        return f"http://{HOST}:{port}{path}"

    def ports(self) -> list[tuple[int, str, str]]:
        """Each port that we are about to listen on: number, what for, and its setting."""
        needed = [
            (self.web_port, "the pages", "WEB_PORT", True),
            (self.api_port, "the API", "API_PORT", True),
            (self.issuer_port, "the sign-in issuer", "ISSUER_PORT", self.own_issuer),
            (self.kafka_port, "Kafka", "KAFKA_PORT", self.own_kafka),
            (
                self.kafka_controller_port,
                "Kafka's controller",
                "KAFKA_CONTROLLER_PORT",
                self.own_kafka,
            ),
            (self.postgres_port, "PostgreSQL", "POSTGRES_PORT", self.own_postgres),
        ]
        return [(port, what, setting) for port, what, setting, wanted in needed if wanted]


@dataclass(frozen=True)
class Plan:
    """What is run with the servers; tests run something smaller."""

    preparations: Callable[[UpSettings], list[Step]]
    programs: Callable[[UpSettings], list[Program]]
    population: Callable[[UpSettings, Path], list[Step]]


def environment(
    settings: UpSettings, pathway_url: str, projections_url: str, kafka: str
) -> dict[str, str]:
    """The settings that our processes read, on top of what they inherit."""
    keys = settings.data_dir.resolve() / "keys"
    # Of another's issuer the secret is another's too: then it is in what the processes inherit.
    secret = {"OIDC_CLIENT_SECRET": SYSTEMS[WEB_CLIENT].secret} if settings.own_issuer else {}
    return {
        "PATHWAY_DATABASE_URL": pathway_url,
        "PROJECTIONS_DATABASE_URL": projections_url,
        "KAFKA_BOOTSTRAP_SERVERS": kafka,
        "OIDC_ISSUER": settings.oidc_issuer or settings.address(settings.issuer_port),
        "PATHWAY_API_URL": settings.address(settings.api_port),
        "WEB_PUBLIC_URL": settings.address(settings.web_port),
        "PATHWAY_MASTER_KEY_FILE": str(keys / "master.key"),
        "PATHWAY_SIGNING_KEY_FILE": str(keys / "signing.key"),
        "SCHEMAS_BASE_URL": settings.address(settings.api_port, "/schemas/"),
        "PYTHONUNBUFFERED": "1",
        **secret,
    }


def preparations(settings: UpSettings) -> list[Step]:
    """What has to be done, in order, before the processes can start."""
    keys = settings.data_dir.resolve() / "keys"
    master, signing = keys / "master.key", keys / "signing.key"
    pathway = BIN / "pathway"
    # Only our own store becomes a demo: what others named may be in earnest.
    demo = [Step("Marking the store as a demo", [pathway, "store", "mark-demo"])]
    # For the same reason: where it is not ours, somebody decides when answers may be short.
    upgrade = ["--upgrade"] if settings.projections_database_url is None else []
    return [
        Step("Making the vault's key", [pathway, "vault", "new-key", master], master),
        Step("Making the key of the checkpoints", [pathway, "audit", "new-key", signing], signing),
        Step("Migrating the write side", [pathway, "migrate"]),
        *(demo if settings.pathway_database_url is None else []),
        Step("Making the topics", [pathway, "topics", "create"]),
        Step("Migrating the read side", [BIN / "projections", "migrate", *upgrade]),
    ]


def first_population(settings: UpSettings, begun: Path) -> list[Step]:
    """What a first start loads into an empty store; folder `begun` remembers what was done."""
    pathway, count = BIN / "pathway", settings.simulated_pathways
    return [
        # The simulation first: its recorded times are of years ago, the register's are of today.
        Step(
            f"Simulating {count} pathways",
            [pathway, "simulate", "--pathways", str(count), "--seed", "1"],
            begun / "simulation",
        ),
        Step(
            "Loading the sample register",
            [pathway, "import", "wep-plus", SAMPLE_REGISTER],
            begun / "register",
        ),
        # Made once; when the read models take longer than this, the next start makes it.
        Step(
            "Making the first answer sheet", [BIN / "projections", "sheet", "demo", "--wait", "600"]
        ),
    ]


def programs(settings: UpSettings) -> list[Program]:
    """The table of processes, in the order of starting."""
    issuer = Program(
        "sign-in issuer",
        [
            *(BIN / "python", "-m", "embedded.issuer"),
            *("--port", str(settings.issuer_port)),
            *("--issuer", settings.address(settings.issuer_port)),
            *("--key-file", settings.data_dir.resolve() / "keys" / "issuer.json"),
        ],
        settings.address(settings.issuer_port, "/.well-known/openid-configuration"),
        settings.address(settings.issuer_port),
    )
    return [
        *([issuer] if settings.own_issuer else []),
        Program(
            "pathway api",
            [BIN / "pathway", "api", "--port", str(settings.api_port)],
            settings.address(settings.api_port, "/health/ready"),
            settings.address(settings.api_port, "/docs"),
        ),
        Program("pathway publisher", [BIN / "pathway", "publisher"]),
        Program("pathway scheduler", [BIN / "pathway", "scheduler"]),
        Program("pathway auditor", [BIN / "pathway", "auditor"]),
        Program("projections counsellor", [BIN / "projections", "consumer", "counsellor"]),
        Program("projections reporting", [BIN / "projections", "consumer", "reporting"]),
        Program("projections twin", [BIN / "projections", "twin"]),
        Program(
            "projections web",
            [BIN / "projections", "web", "--port", str(settings.web_port)],
            settings.address(settings.web_port, "/health/ready"),
            settings.address(settings.web_port, "/"),
        ),
    ]


def welcome(settings: UpSettings, brokers: str) -> str:
    """Where to look and how to sign in."""
    lines = [
        "",
        f"Pages             {settings.address(settings.web_port, '/')}",
        f"API               {settings.address(settings.api_port, '/docs')}",
        f"Kafka             {brokers}",
        f"Data, logs, keys  {settings.data_dir}",
        "Commands of your own, with these settings, such as `projections status`:",
        f"  {os.path.relpath(BIN)}/python -m embedded.inside projections status",
        "",
    ]
    if settings.own_issuer:
        lines.append("Sign in by choosing one of these (no password):")
        lines += [f"  {one.code:<16}  {one.name}, {one.label}" for one in PEOPLE.values()]
        lines += [
            f"  {one.client_id:<16}  {one.label}, a consuming system: client secret {one.secret}, "
            f"token from {settings.address(settings.issuer_port, '/token')}"
            for one in SYSTEMS.values()
            if one.client_id != WEB_CLIENT
        ]
    return "\n".join([*lines, ""])


WHOLE = Plan(preparations, programs, first_population)
