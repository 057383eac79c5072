"""The second net under the safety gate: an emergency that only the classifier saw.

The gate has read the words and their meaning, and saw nothing: so the classifier alone fetches
nobody for a message that an article answers. What cannot be answered, it may.
"""

from __future__ import annotations

from actions.looking import looked_up
from actions.outcomes import tell
from actions.people import people_first
from actions.route_clinical import harmless
from actions.support import CarelineAction, Said, Turn, say
from actions.tone import with_tone
from actions.trust import trust
from bot.effects import Line, Priority, Reason, RequestHandoff
from bot.knowledge.outcomes import NoAnswer
from bot.safety import Assessment, Tier, assess, only_sounds_dangerous, text_for

# The text that fits when the gate finds no pattern of its own.
UNKNOWN = Assessment(Tier.FULL, "saf.medical")
CAREFUL = Assessment(Tier.SOFT, "saf.medical")


class ReportEmergency(CarelineAction):
    """Says the reviewed safety text, in whatever language the message seems to be."""

    needs_language = False
    decided = True

    def name(self) -> str:
        """The name in `domain.yml`."""
        return "action_report_emergency"

    def respond(self, turn: Turn) -> Said:
        """Safety first, then an urgent case; a guess that the gate does not share gives way to an
        answer or a choice, with the 911 line after it where the classifier is sure."""
        found = assess(turn.text, locale=turn.language)
        if turn.foreign or not harmless(found):
            return self._urgent(turn, found)
        outcome = looked_up(turn, self.knowledge)
        sure = turn.confidence >= trust().sure_kind
        if sure and isinstance(outcome, NoAnswer) and not only_sounds_dangerous(turn.text):
            return self._urgent(turn, found)
        said = people_first(turn, tell(turn, outcome, self.knowledge), self.knowledge)
        if not sure:
            return with_tone(turn, said)
        return Said((*said.replies, say(_safety_line(CAREFUL, turn))), said.after)

    def _urgent(self, turn: Turn, found: Assessment) -> Said:
        line = _safety_line(found if found.tier is Tier.FULL else UNKNOWN, turn)
        urgent = RequestHandoff(reason=Reason.EMERGENCY, priority=Priority.URGENT)
        return Said((say(line, urgent),), turn.before.settled())


def _safety_line(found: Assessment, turn: Turn) -> Line:
    return Line.fixed_words(text_for(found, turn.language))
