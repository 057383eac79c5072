"""The wish for a visit: a person finds the time, and sees what was already said."""

from __future__ import annotations

from dataclasses import replace

from actions.outcomes import and_a_person, look_first
from actions.support import CarelineAction, Said, Turn, hand_over
from bot.effects import Reason, Reply, RequestHandoff

DETAILS = ("visit_type", "date", "time", "payer", "plan_type")


class StartBooking(CarelineAction):
    """Hands over with visit type and preferred times, so that nobody asks for them again."""

    def name(self) -> str:
        """The name in `domain.yml`."""
        return "action_start_booking"

    def respond(self, turn: Turn) -> Said:
        """Say what the clinic states about such visits, and ask for a person who books."""
        details = {key: turn.entities[key] for key in DETAILS if key in turn.entities}
        booking = hand_over(turn, Reason.BOOKING, details=details)
        said = and_a_person(look_first(turn, self.knowledge), booking)
        return replace(said, replies=tuple(_with_details(one, details) for one in said.replies))


def _with_details(reply: Reply, details: dict[str, str]) -> Reply:
    effects = tuple(
        effect.model_copy(update={"details": details})
        if isinstance(effect, RequestHandoff)
        else effect
        for effect in reply.effects
    )
    return reply.model_copy(update={"effects": effects})
