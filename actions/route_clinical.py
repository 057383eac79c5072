"""A clinical question: never answered here. The nurse line, the 911 line, and a person."""

from __future__ import annotations

from actions.outcomes import clinical, look_first
from actions.support import CarelineAction, Said, Turn
from bot.safety import Assessment, Tier, assess

CERTAIN = 1.0


class RouteClinical(CarelineAction):
    """Says the reviewed clinical text."""

    decided = True

    def name(self) -> str:
        """The name in `domain.yml`."""
        return "action_route_clinical"

    def respond(self, turn: Turn) -> Said:
        """Hand over to clinicians; what only the classifier calls clinical is looked up first.

        The gate, which has read the lines before too, is certain of a kind; the classifier never.
        """
        certain = turn.confidence >= CERTAIN
        suspected = certain or not harmless(assess(turn.text, locale=turn.language))
        found = None if suspected else look_first(turn, self.knowledge)
        return found or clinical(turn, self.knowledge)


def harmless(found: Assessment) -> bool:
    """Whether the safety gate sees neither danger nor a clinical question."""
    return found.tier is Tier.NONE and not found.clinical
