"""What every turn goes through around its action: a language we speak, and people first."""

from __future__ import annotations

from actions.people import people_first
from actions.support import CarelineAction, Said, Turn, hand_over
from bot.effects import Reason


def conduct(action: CarelineAction, turn: Turn) -> Said:
    """The action's answer, or what comes before it."""
    if turn.foreign and action.needs_language:
        return hand_over(turn, Reason.INTERPRETER, key="interpreter")
    said = action.respond(turn)
    if turn.pressed:
        return said
    return people_first(turn, said, action.knowledge)
