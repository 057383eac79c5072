"""A question: knowledge answers it, offers a choice, or says that a person must."""

from __future__ import annotations

from actions.choose_option import chosen
from actions.outcomes import tell
from actions.support import CarelineAction, Said, Turn


class AnswerQuestion(CarelineAction):
    """Also takes messages whose kind is unclear: looking them up is the better guess."""

    def name(self) -> str:
        """The name in `domain.yml`."""
        return "action_answer_question"

    def respond(self, turn: Turn) -> Said:
        """After a clarification, words that name one of the options choose it."""
        outcome = chosen(turn, self.knowledge)
        if outcome is None:
            outcome = self.knowledge.answer(turn.text, turn.context())
        return tell(turn, outcome, self.knowledge)
