"""A question: knowledge answers it, offers a choice, or says that a person must."""

from __future__ import annotations

from actions.choose_option import meant_with_question
from actions.outcomes import looked_up, tell
from actions.support import CarelineAction, Said, Turn
from bot.knowledge.outcomes import NoAnswer


class AnswerQuestion(CarelineAction):
    """Also takes messages whose kind is unclear: looking them up is the better guess."""

    def name(self) -> str:
        """The name in `domain.yml`."""
        return "action_answer_question"

    def respond(self, turn: Turn) -> Said:
        """After a choice, a few words may only say which of the articles was meant."""
        outcome = looked_up(turn, self.knowledge)
        if isinstance(outcome, NoAnswer):
            outcome = meant_with_question(turn, self.knowledge) or outcome
        return tell(turn, outcome, self.knowledge)
