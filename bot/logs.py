"""Logging that cannot quote a patient.

Rasa and its libraries log texts, slots and events at the lower levels, and an exception's message
may repeat what it failed on. So libraries speak from WARNING up, and a traceback is printed with
the type of its exception and its places, but without its message and without locals.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import threading
import traceback
import warnings
from types import TracebackType
from typing import Any

import structlog

log = logging.getLogger(__name__)

OURS = ("bot", "actions")
NOISY = (
    "rasa",
    "rasa_sdk",
    "sanic",
    "asyncio",
    "aiohttp",
    "sqlalchemy",
    "apscheduler",
    "matplotlib",
)
ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class PrivateFormatter(logging.Formatter):
    """Formats a traceback as places and types only."""

    def formatException(self, ei: ExcInfo) -> str:
        """Where it went wrong, through every cause."""
        lines: list[str] = []
        error: BaseException | None = ei[1]
        while error is not None:
            lines.append(type(error).__qualname__)
            lines += [
                f"  {place.filename}:{place.lineno} in {place.name}"
                for place in traceback.extract_tb(error.__traceback__)
            ]
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\n".join(lines)


def quiet_failures(loop: asyncio.AbstractEventLoop) -> None:
    """Log what a task or callback of this loop died of by type and place, never by its message."""

    def handle(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        log.error("a task failed unseen", exc_info=error)

    loop.set_exception_handler(handle)


def _quiet_thread(args: threading.ExceptHookArgs) -> None:
    log.error("a thread died", exc_info=args.exc_value)


class _OursOrGrave(logging.Filter):
    """Lets our own records through, and warnings of everybody else."""

    def filter(self, record: logging.LogRecord) -> bool:
        ours = record.name.split(".", 1)[0] in OURS
        return ours or (record.levelno >= logging.WARNING and not _quotes(record))


def _quotes(record: logging.LogRecord) -> bool:
    # Rasa warns about odd messages by printing them.
    return record.name.split(".", 1)[0] in NOISY and record.levelno < logging.ERROR


def configure(level: str) -> None:
    """Set up logging for this process. No level makes a patient's words appear."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(PrivateFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    handler.addFilter(_OursOrGrave())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    for name in OURS:
        logging.getLogger(name).setLevel(level)
    for name in NOISY:
        logging.getLogger(name).setLevel(logging.ERROR)
    # Rasa warns about odd messages by printing them, and its libraries about each other.
    warnings.simplefilter("ignore")
    logging.captureWarnings(True)
    threading.excepthook = _quiet_thread
    logging.getLogger("py.warnings").setLevel(logging.ERROR)
    # TensorFlow is imported with Rasa and tells of the graphics cards it did not find.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            _drop_values,
            structlog.dev.ConsoleRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def _drop_values(
    logger: object, method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Keep the event's name; its values may hold texts and slots."""
    return {"event": event.get("event", "")}
