"""No: to the offer of a person, to all of the answers offered, or to nothing in particular."""

from __future__ import annotations

from actions.outcomes import missed
from actions.support import CarelineAction, Said, Turn, fixed, say
from bot.effects import RecordGap


class Deny(CarelineAction):
    """None of the offered articles is a miss; no to a person is respected."""

    def name(self) -> str:
        """The name in `domain.yml`."""
        return "action_deny"

    def respond(self, turn: Turn) -> Said:
        """Record the failed clarification, or leave the patient in peace."""
        if turn.before.options and turn.before.clarified:
            return missed(turn, RecordGap(outcome="clarify"), key="none_of_these")
        return Said((say(fixed(turn, "denied", "chitchat")),), turn.before.settled())
