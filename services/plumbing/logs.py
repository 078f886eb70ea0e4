"""Logs: one JSON line for each unit of work, with identifiers and never with what people typed."""

import logging
import sys
import traceback
from collections.abc import Mapping, MutableMapping
from types import TracebackType
from typing import TextIO, cast

import structlog
from structlog.stdlib import BoundLogger, ProcessorFormatter
from structlog.typing import Processor

from plumbing import correlation

Event = MutableMapping[str, object]
_ExceptionInfo = tuple[type[BaseException], BaseException, TracebackType | None]


def configure(
    service: str, *, level: str = "INFO", pretty: bool | None = None, stream: TextIO | None = None
) -> None:
    """Send every log of this process, the libraries' too, to `stream` (standard error).

    JSON lines, or aligned and in colour when `pretty` or when the stream is a terminal. Every line
    names `service`. Raises ValueError for a level that there is not.
    """
    to = stream or sys.stderr
    shared: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _with_name(service),
        _with_correlation,
        _with_failure,
    ]
    as_text: Processor = (
        structlog.dev.ConsoleRenderer()
        if (to.isatty() if pretty is None else pretty)
        else structlog.processors.JSONRenderer(default=str)
    )
    output = logging.StreamHandler(to)
    output.setFormatter(
        ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.PositionalArgumentsFormatter(), *shared],
            processors=[ProcessorFormatter.remove_processors_meta, as_text],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [output]
    root.setLevel(level.upper())
    # Kafka's client tells each connection, and HTTP's each request with its address.
    for talkative in ("kafka", "httpx2", "httpcore2"):
        logging.getLogger(talkative).setLevel(max(root.level, logging.WARNING))
    structlog.configure(
        processors=[*shared, ProcessorFormatter.wrap_for_formatter],
        wrapper_class=BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )


def logger(name: str) -> BoundLogger:
    """A logger: `log.info("projected", projection=name, applied=3)`, a word and then fields."""
    return cast("BoundLogger", structlog.get_logger(name))


def failure(error: BaseException) -> dict[str, object]:
    """What may be logged of an error: its kind, where it came from, and the same of its causes.

    Not its message: a database's or a validator's may quote what it was given.
    """
    told: dict[str, object] = {
        "kind": f"{type(error).__module__}.{type(error).__qualname__}",
        "at": [
            f"{frame.filename}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(error.__traceback__)
        ],
    }
    for name in ("sqlstate", "errno"):
        code: object = getattr(error, name, None)
        if code is not None:
            told[name] = code
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        told["because_of"] = failure(cause)
    return told


def _with_name(service: str) -> Processor:
    def add(_logger: object, _method: str, event: Event) -> Mapping[str, object]:
        event["service"] = service
        event.pop("color_message", None)  # Uvicorn's own line again, for a terminal.
        return event

    return add


def _with_correlation(_logger: object, _method: str, event: Event) -> Mapping[str, object]:
    if correlation.is_correlated():
        event.setdefault("correlation_id", correlation.current().correlation_id)
    return event


def _with_failure(_logger: object, _method: str, event: Event) -> Mapping[str, object]:
    given = event.pop("exc_info", None)
    error = given if isinstance(given, BaseException) else None
    if isinstance(given, tuple):
        error = cast("_ExceptionInfo", given)[1]
    elif given and error is None:
        error = sys.exc_info()[1]
    if error is not None:
        event["failure"] = failure(error)
    return event
