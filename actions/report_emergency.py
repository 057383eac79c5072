"""The second net under the safety gate: an emergency that only the classifier saw."""

from __future__ import annotations

from actions.looking import looked_up
from actions.outcomes import tell
from actions.route_clinical import harmless
from actions.support import CarelineAction, Said, Turn, say
from actions.trust import trust
from bot.effects import FixedRef, Line, Priority, Reason, RequestHandoff
from bot.knowledge.outcomes import Clarify, NoAnswer
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
        """Safety first, then an urgent case; a weak guess gives way to an answer or a choice."""
        found = assess(turn.text, locale=turn.language)
        if harmless(found) and (stated := self._rather_asked(turn)):
            return stated
        words = text_for(found if found.tier is Tier.FULL else UNKNOWN, turn.language)
        line = Line(
            text=words.text,
            language=words.language,
            fixed=FixedRef(id=words.id, hash=words.hash),
        )
        urgent = RequestHandoff(reason=Reason.EMERGENCY, priority=Priority.URGENT)
        return Said((say(line, urgent),), turn.before.settled())

    def _rather_asked(self, turn: Turn) -> Said | None:
        if turn.foreign or turn.confidence >= trust().sure_kind:
            return None
        outcome = looked_up(turn, self.knowledge)
        unlikely = isinstance(outcome, Clarify) and outcome.probability < trust().found
        nothing = unlikely or isinstance(outcome, NoAnswer)
        return None if nothing else tell(turn, outcome, self.knowledge)
