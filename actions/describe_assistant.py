"""What the assistant is, and which language it speaks."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Literal

from actions.outcomes import perhaps_a_question
from actions.support import CarelineAction, Said, Turn, fixed, say
from bot.effects import SetLanguage

SPANISH = re.compile(r"\b(spanish|español|espanol|castellano)\b", re.IGNORECASE)
ENGLISH = re.compile(r"\b(english|ingl[eé]s)\b", re.IGNORECASE)


class DescribeAssistant(CarelineAction):
    """Never passes for a person."""

    def name(self) -> str:
        """The name in `domain.yml`."""
        return "action_describe_assistant"

    def respond(self, turn: Turn) -> Said:
        """Asked for a language, answer in it and keep it."""
        language = _asked_for(turn.text)
        if language is None:
            described = Said((say(fixed(turn, "describe", "chitchat")),), turn.before.settled())
            return perhaps_a_question(turn, self.knowledge) or described
        line = fixed(replace(turn, language=language), "language", "chitchat")
        return Said((say(line, SetLanguage(language=language)),), turn.before.settled())


def _asked_for(text: str) -> Literal["en", "es"] | None:
    spanish, english = bool(SPANISH.search(text)), bool(ENGLISH.search(text))
    if spanish == english:
        return None
    return "es" if spanish else "en"
