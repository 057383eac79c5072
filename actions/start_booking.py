"""The wish for a visit: a person finds the time, and sees what was already said."""

from __future__ import annotations

from dataclasses import replace

from actions.outcomes import and_a_person, look_first, rather_a_question
from actions.support import CarelineAction, Said, Turn, fixed, hand_over, handoff_of, say
from actions.trust import trust
from bot.effects import Reason, Reply, RequestHandoff

WHEN = frozenset({"date", "time"})
DETAILS = ("visit_type", "date", "time", "payer", "plan_type")


class StartBooking(CarelineAction):
    """Hands over with visit type and preferred times, so that nobody asks for them again."""

    def name(self) -> str:
        """The name in `domain.yml`."""
        return "action_start_booking"

    def respond(self, turn: Turn) -> Said:
        """Say what the clinic states about such visits; a person books, now or after a yes.

        Who names a day or time is booking already. Who does not may have asked about the visit,
        or mean another article: an answer is followed by the offer of a person, a choice names it.
        """
        details = {key: turn.entities[key] for key in DETAILS if key in turn.entities}
        booking = hand_over(turn, Reason.BOOKING, details=details)
        found = look_first(turn, self.knowledge)
        if WHEN.isdisjoint(details):
            if found and not handoff_of(found):
                return _offered(turn, found)
            found = found or rather_a_question(turn, self.knowledge)
            if found and not handoff_of(found):
                return found
        elif found is None and turn.confidence < trust().sure_kind:
            found = rather_a_question(turn, self.knowledge)
            if found:
                return found
        said = and_a_person(found, booking)
        return replace(said, replies=tuple(_with_details(one, details) for one in said.replies))


def _offered(turn: Turn, found: Said) -> Said:
    offer = say(fixed(turn, "offer_booking"))
    after = replace(found.after, offered_person=Reason.BOOKING.value)
    return Said((*found.replies, offer), after)


def _with_details(reply: Reply, details: dict[str, str]) -> Reply:
    effects = tuple(
        effect.model_copy(update={"details": details})
        if isinstance(effect, RequestHandoff)
        else effect
        for effect in reply.effects
    )
    return reply.model_copy(update={"effects": effects})
