"""The patient wants a person, or is still waiting for one."""

from __future__ import annotations

from actions.outcomes import and_a_person, look_first
from actions.support import CarelineAction, Said, Turn, hand_over
from bot.effects import Reason


class RequestPerson(CarelineAction):
    """Asks for a person; the promise of a time is posted when the turn is committed."""

    def name(self) -> str:
        """The name in `domain.yml`."""
        return "action_request_person"

    def respond(self, turn: Turn) -> Said:
        """Hand over at once; what an article surely says to the matter comes first."""
        asked = hand_over(turn, Reason.ASKED, key="person_asked")
        return and_a_person(look_first(turn, self.knowledge), asked)
