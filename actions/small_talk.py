"""Greetings, thanks and goodbyes."""

from __future__ import annotations

from actions.outcomes import look_first
from actions.support import CarelineAction, Said, Turn, fixed, say
from bot.language.words import words_of

# A courtesy is short; what is longer may have a question in it.
QUESTION_WORDS = 5
TEXTS = {"greet": "greet", "thank": "thank", "goodbye": "goodbye"}


class SmallTalk(CarelineAction):
    """One fixed text for each courtesy."""

    def name(self) -> str:
        """The name in `domain.yml`."""
        return "action_small_talk"

    def respond(self, turn: Turn) -> Said:
        """A greeting says who is speaking, as the first line of a chat does."""
        key = TEXTS.get(turn.intent or "", "greet")
        polite = Said((say(fixed(turn, key, "chitchat")),), turn.before.settled())
        if len(words_of(turn.text)) < QUESTION_WORDS:
            return polite
        return look_first(turn, self.knowledge) or polite
