"""Logs tell where something failed, never what it failed on."""

from __future__ import annotations

import io
import logging
import sys

from bot.logs import PrivateFormatter

SECRET = "my rash is back"


def formatted() -> str:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(PrivateFormatter("%(message)s"))
    try:
        try:
            raise ValueError(SECRET)
        except ValueError as error:
            raise RuntimeError(f"cannot handle {SECRET}") from error
    except RuntimeError:
        record = logging.LogRecord("bot", logging.ERROR, "", 0, "failed", None, sys.exc_info())
    handler.emit(record)
    return stream.getvalue()


def test_a_traceback_names_types_and_places_through_every_cause() -> None:
    text = formatted()
    assert "RuntimeError" in text
    assert "ValueError" in text
    assert "test_logs.py" in text


def test_a_traceback_leaves_out_the_messages() -> None:
    assert SECRET not in formatted()
