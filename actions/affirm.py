"""Yes: to the offer of a person, to a list of answers, or to nothing in particular."""

from __future__ import annotations

from dataclasses import replace

from actions.outcomes import tell
from actions.support import CarelineAction, Said, Turn, fixed, hand_over, say
from bot.effects import Reason


class Affirm(CarelineAction):
    """A yes counts only for what the last line asked."""

    def name(self) -> str:
        """The name in `domain.yml`."""
        return "action_affirm"

    def respond(self, turn: Turn) -> Said:
        """Take the offer; a yes to several answers chooses none of them, to one that one."""
        if turn.before.offered_person == Reason.BOOKING.value:
            return hand_over(turn, Reason.BOOKING)
        if turn.before.offered_person:
            return hand_over(turn, Reason.ASKED, key="person_asked")
        options = turn.before.options or []
        if len(options) == 1:
            outcome = self.knowledge.article(options[0], turn.context(may_clarify=False))
            return tell(turn, outcome, self.knowledge)
        if options:
            after = replace(turn.before, clarified=True)
            return Said((say(fixed(turn, "which_option", "chitchat")),), after)
        return Said((say(fixed(turn, "affirmed", "chitchat")),), turn.before.settled())
