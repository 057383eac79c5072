"""The second net under the safety gate: an emergency that only the classifier saw."""

from __future__ import annotations

from actions.support import CarelineAction, Said, Turn, say
from bot.effects import FixedRef, Line, Priority, Reason, RequestHandoff
from bot.safety import Assessment, Tier, assess, text_for

# The text that fits when the gate finds no pattern of its own.
UNKNOWN = Assessment(Tier.FULL, "saf.medical")


class ReportEmergency(CarelineAction):
    """Says the reviewed safety text, in whatever language the message seems to be."""

    needs_language = False
    decided = True

    def name(self) -> str:
        """The name in `domain.yml`."""
        return "action_report_emergency"

    def respond(self, turn: Turn) -> Said:
        """Safety first, then an urgent case."""
        found = assess(turn.text, locale=turn.language)
        words = text_for(found if found.tier is Tier.FULL else UNKNOWN, turn.language)
        line = Line(
            text=words.text,
            language=words.language,
            fixed=FixedRef(id=words.id, hash=words.hash),
        )
        urgent = RequestHandoff(reason=Reason.EMERGENCY, priority=Priority.URGENT)
        return Said((say(line, urgent),), turn.before.settled())
