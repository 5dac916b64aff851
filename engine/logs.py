"""The engine's logs: one JSON object a line, and nothing in it that a citizen said."""

from __future__ import annotations

import logging
import sys
import traceback
import warnings
from datetime import datetime, timezone
from typing import Any, Type

import orjson
import structlog


def where(error: BaseException) -> str:
    """Kinds and places of an error and its causes, without their texts: those may quote what a citizen said."""
    parts = []
    seen: "BaseException | None" = error
    while seen is not None:
        frames = traceback.extract_tb(seen.__traceback__)[-4:]
        path = " > ".join(
            f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}" for frame in frames
        )
        parts.append(f"{type(seen).__name__} at {path or 'unknown'}")
        seen = seen.__cause__ or seen.__context__
    return "; caused by ".join(parts)


class JsonLines(logging.Formatter):
    """Records of the engine's own modules as they are; of all others the level and the place once serving has begun.

    Rasa puts messages, slots and entities into its log texts. While the model loads there is no citizen yet, and the
    texts are needed.
    """

    serving = False

    def format(self, record: logging.LogRecord) -> str:
        """One line of JSON."""
        place = f"{record.name}:{record.funcName}:{record.lineno}"
        own = record.name.split(".", 1)[0] == "engine"
        line = {
            "at": datetime.fromtimestamp(record.created, timezone.utc).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage() if own or not self.serving else f"A message of {place} is withheld.",
        }
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = where(record.exc_info[1])
        return orjson.dumps(line).decode("utf-8", "replace")


def hush(name: str) -> None:
    """Let a library's logger speak through ours only, from warnings on; some install a handler when imported."""
    logger = logging.getLogger(name)
    logger.handlers.clear()
    logger.propagate = True
    logger.setLevel(logging.WARNING)


def _log_warning(message: Any, category: Type[Warning], filename: str, lineno: int, *_: Any) -> None:
    """What Rasa warns its users of; deprecations in parts that will never be upgraded help nobody."""
    if issubclass(category, UserWarning) and "/rasa/" in filename:
        logging.getLogger("rasa").warning("%s (%s:%s)", message, filename.rsplit("/", 1)[-1], lineno)


def set_up(level: str = "INFO") -> JsonLines:
    """Send all logs to standard error; Rasa and its parts speak from warnings on.

    Set ``serving`` of the returned formatter when the first citizen may write.
    """
    formatter = JsonLines()
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("engine").setLevel(level)
    for name in ("rasa", "sanic", "sanic.root", "sanic.access", "sanic.error", "apscheduler", "asyncio"):
        hush(name)
    warnings.showwarning = _log_warning
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.processors.KeyValueRenderer(key_order=["event"]),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        cache_logger_on_first_use=True,
    )
    return formatter
