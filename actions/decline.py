"""What is not the clinic's business is declined politely."""

from __future__ import annotations

from actions.outcomes import perhaps_a_question
from actions.support import CarelineAction, Said, Turn, fixed, say


class Decline(CarelineAction):
    """The classifier may be wrong: an article that answers beats a refusal."""

    def name(self) -> str:
        """The name in `domain.yml`."""
        return "action_decline"

    def respond(self, turn: Turn) -> Said:
        """Look first, then decline."""
        declined = Said((say(fixed(turn, "decline", "decline")),), turn.before.settled())
        return perhaps_a_question(turn, self.knowledge) or declined
