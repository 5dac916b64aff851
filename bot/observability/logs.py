"""Structured logs: one stream, one redaction, for our own loggers and for every library's.

Call :func:`configure_logging` once at a process's start. Then ``structlog.get_logger(__name__).info("turn_taken", inbox_id=42)``
and ``logging.getLogger("any.library")`` both end in the same processors, of which :func:`redact_event` is the last before
rendering: nothing reaches the stream around it.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import MutableMapping
from contextlib import AbstractContextManager
from types import TracebackType
from typing import IO, Any

import orjson
import structlog
from structlog.contextvars import bound_contextvars

from bot.observability.redaction import redact, redact_field, scrub

_FRAMES = 25
_CAUSES = 5

_TIME_STAMP = structlog.processors.TimeStamper(fmt="iso", utc=True)
_BEFORE: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    _TIME_STAMP,
]
_OWN = frozenset({"_record", "_from_structlog"})


def configure_logging(
    *, level: str = "INFO", style: str = "auto", process: str = "", stream: IO[str] | None = None
) -> None:
    """Send every log record of this process, redacted, to ``stream``.

    Args:
        level: DEBUG, INFO, WARNING or ERROR; libraries stay at WARNING unless DEBUG is asked for.
        style: ``json``, ``console``, or ``auto``: console on a terminal, else JSON lines.
        process: Name of this process in each record, such as ``app``.
        stream: Where to write; standard error unless given.
    """
    out = stream if stream is not None else sys.stderr
    console = style == "console" or (style == "auto" and out.isatty())
    renderer: Any = (
        structlog.dev.ConsoleRenderer(colors=out.isatty())
        if console
        else structlog.processors.JSONRenderer(serializer=_dumps)
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*_BEFORE, structlog.stdlib.ExtraAdder()],
            processors=[
                _Named(process),
                describe_exception,
                redact_event,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    logging.captureWarnings(capture=True)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        foreign = logging.getLogger(name)
        foreign.handlers.clear()
        foreign.propagate = True
    if level != "DEBUG":
        for name in (
            "uvicorn.access",
            "httpx",
            "httpcore",
            "procrastinate",
            "alembic",
            "sqlalchemy",
            "asyncio",
        ):
            logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_BEFORE,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def correlated(**ids: Any) -> AbstractContextManager[None]:
    """Put ids (``request_id``, ``inbox_id``, ``case_id``) into every record made inside the ``with`` block."""
    return bound_contextvars(**ids)


class _Named:
    """Adds the process's name and takes out what only the formatter needs."""

    def __init__(self, process: str) -> None:
        self._process = process

    def __call__(
        self, _logger: Any, _method: str, event: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        event.pop("_from_structlog", None)
        record = event.pop("_record", None)
        if record is not None and record.exc_info and "exc_info" not in event:
            event["exc_info"] = record.exc_info
        if self._process:
            event["process"] = self._process
        return event


def describe_exception(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Turn ``exc_info`` into type, scrubbed text and code places: no locals, no source lines, which may hold personal data."""
    info = event.pop("exc_info", None)
    event.pop("stack_info", None)
    error: BaseException | None = None
    if isinstance(info, BaseException):
        error = info
    elif isinstance(info, tuple):
        error = info[1]
    elif info:
        error = sys.exc_info()[1]
    if error is not None:
        event["exception"] = _described(error)
    return event


def _described(error: BaseException) -> list[dict[str, Any]]:
    chain: list[dict[str, Any]] = []
    seen: BaseException | None = error
    while seen is not None and len(chain) < _CAUSES:
        chain.append(
            {
                "type": f"{type(seen).__module__}.{type(seen).__qualname__}",
                "what": scrub(str(seen)),
                "frames": _places(seen.__traceback__),
            }
        )
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    return chain


def _places(trace: TracebackType | None) -> list[str]:
    frames = traceback.StackSummary.extract(
        traceback.walk_tb(trace), limit=-_FRAMES, lookup_lines=False, capture_locals=False
    )
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]


def redact_event(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The one place where personal data leaves every record; see :mod:`bot.observability.redaction`."""
    return {scrub(str(key)): redact_field(str(key), value) for key, value in event.items() if key not in _OWN}


def _dumps(value: Any, **_options: Any) -> str:
    return orjson.dumps(value, default=redact, option=orjson.OPT_NON_STR_KEYS).decode()
