"""The patient wants a person, or so the classifier thinks."""

from __future__ import annotations

from actions.outcomes import rather_a_question
from actions.support import CarelineAction, Said, Turn, hand_over
from bot.effects import Reason


class RequestPerson(CarelineAction):
    """Asks for a person; the promise of a time is posted when the turn is committed.

    Words that say it are heard by `actions/people.py` whatever the action. What only resembles
    them ("can somebody come with me") is looked up first.
    """

    def name(self) -> str:
        """The name in `domain.yml`."""
        return "action_request_person"

    def respond(self, turn: Turn) -> Said:
        """Answer what is found, else hand over."""
        found = rather_a_question(turn, self.knowledge)
        return found or hand_over(turn, Reason.ASKED, key="person_asked")
