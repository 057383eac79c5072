"""The patient wants a person, or is still waiting for one."""

from __future__ import annotations

import re

from actions.outcomes import and_a_person, look_first
from actions.support import CarelineAction, Said, Turn, hand_over
from bot.effects import Reason

# Somebody who was promised an answer and got none comes before one who asks for the first time.
STILL_WAITING = re.compile(
    r"called (me )?back|got (my|a) call ?back|still waiting|been waiting|no response yet"
    r"|no one (did|called|replied)|nobody (called|replied|answered)|never (called|replied|got)"
    r"|nadie me (ha )?(llam|contest|respond)|no me (han )?(regres|devolv|llamaron|contestaron)"
    r"|nunca me (llam|contest)|(sigo|estoy) esperando|me iban a (llamar|contestar)",
    re.IGNORECASE,
)


class RequestPerson(CarelineAction):
    """Asks for a person; the promise of a time is posted when the turn is committed."""

    def name(self) -> str:
        """The name in `domain.yml`."""
        return "action_request_person"

    def respond(self, turn: Turn) -> Said:
        """Hand over at once; what an article surely says to the matter comes first."""
        if STILL_WAITING.search(turn.text):
            return hand_over(turn, Reason.NO_FOLLOWUP)
        asked = hand_over(turn, Reason.ASKED, key="person_asked")
        return and_a_person(look_first(turn, self.knowledge), asked)
