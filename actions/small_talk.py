"""Greetings, thanks and goodbyes."""

from __future__ import annotations

from actions.support import CarelineAction, Said, Turn, fixed, say

TEXTS = {"greet": "greet", "thank": "thank", "goodbye": "goodbye"}


class SmallTalk(CarelineAction):
    """One fixed text for each courtesy."""

    def name(self) -> str:
        """The name in `domain.yml`."""
        return "action_small_talk"

    def respond(self, turn: Turn) -> Said:
        """A greeting says who is speaking, as the first line of a chat does."""
        key = TEXTS.get(turn.intent or "", "greet")
        return Said((say(fixed(turn, key, "chitchat")),), turn.before.settled())
