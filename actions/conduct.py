"""What every turn goes through around its action.

A language we speak, a reply to the choices just offered, people first, and a word of sympathy.
"""

from __future__ import annotations

from actions.choose_option import reply_to_choice
from actions.people import due, people_first
from actions.support import CarelineAction, Said, Turn, hand_over, say
from actions.tone import with_tone
from bot.effects import Line, Reason
from bot.language.identify import third_language
from bot.safety import INTERPRETER, text_for_message


def conduct(action: CarelineAction, turn: Turn) -> Said:
    """The action's answer, or what comes before it."""
    if turn.foreign and action.needs_language:
        return _interpreter(turn)
    if turn.pressed or action.decided:
        return action.respond(turn)
    chosen = None if due(turn.text) else reply_to_choice(turn, action.knowledge)
    said = people_first(turn, chosen or action.respond(turn), action.knowledge)
    return with_tone(turn, said)


def _interpreter(turn: Turn) -> Said:
    """The emergency lines in the patient's own language, then a person who finds an interpreter."""
    language = third_language(turn.text)
    details = {"language": language} if language else {}
    handed = hand_over(turn, Reason.INTERPRETER, key="interpreter", details=details)
    words = text_for_message(INTERPRETER, turn.text)
    if words is None:
        return handed
    return Said((say(Line.fixed_words(words)), *handed.replies), handed.after)
