"""Yes: to the offer of a person, to a list of answers, or to nothing in particular."""

from __future__ import annotations

from dataclasses import replace

from actions.support import CarelineAction, Said, Turn, fixed, hand_over, say
from bot.effects import Reason


class Affirm(CarelineAction):
    """A yes counts only for what the last line asked."""

    def name(self) -> str:
        """The name in `domain.yml`."""
        return "action_affirm"

    def respond(self, turn: Turn) -> Said:
        """Take the offer; a yes to several answers chooses none of them."""
        if turn.before.offered_person:
            return hand_over(turn, Reason.ASKED, key="person_asked")
        if turn.before.options:
            after = replace(turn.before, clarified=True)
            return Said((say(fixed(turn, "which_option", "chitchat")),), after)
        return Said((say(fixed(turn, "affirmed", "chitchat")),), turn.before.settled())
