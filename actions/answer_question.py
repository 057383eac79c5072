"""A question: knowledge answers it, offers a choice, or says that a person must."""

from __future__ import annotations

from actions.looking import looked_up
from actions.outcomes import tell
from actions.support import CarelineAction, Said, Turn


class AnswerQuestion(CarelineAction):
    """Also takes messages whose kind is unclear: looking them up is the better guess."""

    def name(self) -> str:
        """The name in `domain.yml`."""
        return "action_answer_question"

    def respond(self, turn: Turn) -> Said:
        """Say what is found."""
        return tell(turn, looked_up(turn, self.knowledge), self.knowledge)
