"""What is not the clinic's business is declined politely."""

from __future__ import annotations

from actions.outcomes import tell
from actions.support import CarelineAction, Said, Turn, fixed, say
from bot.knowledge.outcomes import Answer


class Decline(CarelineAction):
    """The classifier may be wrong: an article that answers beats a refusal."""

    def name(self) -> str:
        """The name in `domain.yml`."""
        return "action_decline"

    def respond(self, turn: Turn) -> Said:
        """Look first, then decline."""
        outcome = self.knowledge.answer(turn.text, turn.context(may_clarify=False))
        if isinstance(outcome, Answer):
            return tell(turn, outcome, self.knowledge)
        return Said((say(fixed(turn, "decline", "decline")),), turn.before.settled())
