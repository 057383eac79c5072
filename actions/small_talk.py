"""Greetings, thanks and goodbyes."""

from __future__ import annotations

from actions.outcomes import perhaps_a_question
from actions.support import CarelineAction, Said, Turn, fixed, say
from actions.trust import trust
from bot.effects import EndConversation
from bot.language.words import words_of

# A courtesy is short and plain; what is longer, or less so, may have a question in it.
QUESTION_WORDS = 5
TEXTS = {"greet": "greet", "thank": "thank", "goodbye": "goodbye"}


class SmallTalk(CarelineAction):
    """One fixed text for each courtesy."""

    def name(self) -> str:
        """The name in `domain.yml`."""
        return "action_small_talk"

    def respond(self, turn: Turn) -> Said:
        """A greeting says who is speaking, as the first line of a chat does; a goodbye ends it."""
        key = TEXTS.get(turn.intent or "", "greet")
        over = (EndConversation(),) if key == "goodbye" else ()
        polite = Said((say(fixed(turn, key, "chitchat"), *over),), turn.before.settled())
        plain = turn.confidence >= trust().sure_kind
        if plain and len(words_of(turn.text)) < QUESTION_WORDS:
            return polite
        return perhaps_a_question(turn, self.knowledge) or polite
