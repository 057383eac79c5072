"""Where Rasa has no rule for what happened: say so, and the second time ask for a person."""

from __future__ import annotations

from actions.outcomes import missed
from actions.support import CarelineAction, Said, Turn
from bot.effects import RecordGap


class DefaultFallback(CarelineAction):
    """Stands for Rasa's own default, which would say nothing."""

    def name(self) -> str:
        """Rasa's reserved name."""
        return "action_default_fallback"

    def respond(self, turn: Turn) -> Said:
        """A miss like any other."""
        return missed(turn, RecordGap(outcome="no_answer"))
