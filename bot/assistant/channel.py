"""Collects what a turn says and wants changed.

Rasa's collecting channel splits a text at blank lines and sends `custom` apart from it; here one
response stays one. A response without a valid `Reply` is text that nobody approved: a failure.
"""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError
from rasa.core.channels.channel import OutputChannel

from bot.effects import REPLY, Effect, Line


class TurnChannel(OutputChannel):
    """The output channel of one turn."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.effects: list[Effect] = []
        self.failures: list[str] = []

    @classmethod
    def name(cls) -> str:
        """The channel's name in Rasa."""
        return "careline"

    def fail(self, cause: str) -> None:
        """Record a code; any failure makes the whole turn one."""
        self.failures.append(cause)

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Take one response apart into its line and effects."""
        try:
            reply = REPLY.validate_python(message.get("custom"))
        except ValidationError:
            self.fail("unapproved_text")
            return
        if reply.line:
            self.lines.append(reply.line)
        self.effects.extend(reply.effects)
