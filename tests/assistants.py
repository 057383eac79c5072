"""Assistants that stand in for the trained model where a test is about what surrounds it."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from bot.assistant.turn import AssistantFailed, TurnInput, TurnOutput
from bot.effects import FixedRef, Line, Reason, RequestHandoff

EMPTY: dict[str, Any] = {"slots": {}, "loop": None}


def line(text: str, language: str = "en") -> Line:
    """A line with somebody's approval."""
    return Line(text=text, language=language, fixed=FixedRef(id="test.line", hash="0" * 16))


class Echo:
    """Answers with what it was asked; "person" brings a handoff, "slow" takes half a second."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def respond(self, turn: TurnInput) -> TurnOutput:
        self.asked.append(turn.text)
        if "slow" in turn.text:
            await asyncio.sleep(0.5)
        effects = (RequestHandoff(reason=Reason.ASKED),) if "person" in turn.text else ()
        return TurnOutput((line(f"You said: {turn.text}", "en"),), effects, EMPTY)


class Failing:
    """Fails every time."""

    async def respond(self, turn: TurnInput) -> TurnOutput:
        raise AssistantFailed("action_raised:ValueError")


class Hanging:
    """Awaits for ever."""

    async def respond(self, turn: TurnInput) -> TurnOutput:
        await asyncio.sleep(3600)
        raise AssertionError


class Stalled:
    """Computes on and on: nothing can cancel it."""

    async def respond(self, turn: TurnInput) -> TurnOutput:
        time.sleep(20)  # noqa: ASYNC251 - blocking the loop is the point
        raise AssertionError
