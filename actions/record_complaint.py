"""A complaint: thanked for, and read by a person."""

from __future__ import annotations

from actions.outcomes import look_first
from actions.support import CarelineAction, Said, Turn, hand_over
from bot.effects import Reason


class RecordComplaint(CarelineAction):
    """Hands the case over: with the rule that an article states for it, or as a complaint."""

    def name(self) -> str:
        """The name in `domain.yml`."""
        return "action_record_complaint"

    def respond(self, turn: Turn) -> Said:
        """Never argues, never asks for more before a person reads it."""
        ruled = look_first(turn, self.knowledge, answers=False)
        return ruled or hand_over(turn, Reason.COMPLAINT)
