"""The wish for a visit: a person finds the time, and sees what was already said."""

from __future__ import annotations

from actions.support import CarelineAction, Said, Turn, hand_over
from bot.effects import Reason

DETAILS = ("visit_type", "date", "time", "payer", "plan_type")


class StartBooking(CarelineAction):
    """Hands over with visit type and preferred times, so that nobody asks for them again."""

    def name(self) -> str:
        """The name in `domain.yml`."""
        return "action_start_booking"

    def respond(self, turn: Turn) -> Said:
        """Ask for a person who books."""
        said = {key: turn.entities[key] for key in DETAILS if key in turn.entities}
        return hand_over(turn, Reason.BOOKING, details=said)
