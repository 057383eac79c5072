"""What goes into the assistant for one patient message, and what comes out.

No Rasa here: these types are what the rest of Careline knows of the assistant.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bot.effects import Effect, Line
from bot.errors import CarelineError


class AssistantFailed(CarelineError):
    """The assistant gave no usable answer. `cause` is a code, never words of a patient."""

    code = "assistant_failed"
    status = 503

    def __init__(self, cause: str):
        super().__init__(f"the assistant failed: {cause}")
        self.cause = cause


@dataclass(frozen=True, slots=True)
class TurnInput:
    """One message. `choice` is the article slug behind a pressed button.

    `intent` is the kind of turn when the safety gate has decided it; Rasa then decides none.
    `spoken_before` is the conversation's own language, which answers a message in a third one.
    """

    conversation_id: str
    text: str = field(repr=False)
    language: str
    snapshot: dict[str, Any] | None = field(default=None, repr=False)
    choice: str | None = None
    intent: str | None = None
    spoken_before: str | None = None


@dataclass(frozen=True, slots=True)
class Guess:
    """A kind of turn that a message may be, and how sure the classifier is of it."""

    intent: str
    confidence: float


@dataclass(frozen=True, slots=True)
class TurnOutput:
    """What to say, what to change, and the dialogue state to keep."""

    lines: tuple[Line, ...]
    effects: tuple[Effect, ...]
    snapshot: dict[str, Any]
