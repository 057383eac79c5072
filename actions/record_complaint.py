"""A complaint: thanked for, and read by a person."""

from __future__ import annotations

from actions.outcomes import look_first, rather_a_question
from actions.people import wronged
from actions.support import CarelineAction, Said, Turn, hand_over
from bot.effects import Reason


class RecordComplaint(CarelineAction):
    """Hands the case over: with the rule that an article states for it, or as a complaint."""

    def name(self) -> str:
        """The name in `domain.yml`."""
        return "action_record_complaint"

    def respond(self, turn: Turn) -> Said:
        """Never argues; what tells of no wrong is answered like a question first."""
        told = wronged(turn.text)
        found = None if told else rather_a_question(turn, self.knowledge)
        ruled = found or look_first(turn, self.knowledge, answers=False)
        return ruled or hand_over(turn, Reason.COMPLAINT)
