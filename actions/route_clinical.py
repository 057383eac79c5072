"""A clinical question: never answered here. The nurse line, the 911 line, and a person."""

from __future__ import annotations

from actions.outcomes import clinical
from actions.support import CarelineAction, Said, Turn


class RouteClinical(CarelineAction):
    """Says the reviewed clinical text."""

    decided = True

    def name(self) -> str:
        """The name in `domain.yml`."""
        return "action_route_clinical"

    def respond(self, turn: Turn) -> Said:
        """Hand over to clinicians."""
        return clinical(turn, self.knowledge)
