"""A choice among the articles just offered: a pressed button, "2", "la segunda", or words."""

from __future__ import annotations

from actions.choices import by_place, by_words, is_place
from actions.outcomes import missed, tell
from actions.support import CarelineAction, KnowledgeBase, Said, Turn
from bot.knowledge.outcomes import Clarify, NoAnswer, Outcome


def chosen(turn: Turn, knowledge: KnowledgeBase) -> Outcome | None:
    """The outcome of the option the turn names; None when it names none of those offered."""
    context = turn.context(may_clarify=False)
    if slug := turn.entities.get("option"):
        return knowledge.article(slug, context)
    options = turn.before.options or []
    if not options:
        return None
    place = by_place(turn.text, len(options))
    if place is not None:
        return knowledge.article(options[place], context)
    outcomes = [knowledge.article(slug, context) for slug in options]
    named = by_words(turn.text, [_title(outcome) for outcome in outcomes])
    return None if named is None else outcomes[named]


def _title(outcome: Outcome) -> str:
    if isinstance(outcome, Clarify | NoAnswer) or outcome.article is None:
        return ""
    return outcome.article.title


class ChooseOption(CarelineAction):
    """Words that choose nothing are a question like any other; a number is not."""

    def name(self) -> str:
        """The name in `domain.yml`."""
        return "action_choose_option"

    def respond(self, turn: Turn) -> Said:
        """Answer the chosen article."""
        outcome = chosen(turn, self.knowledge)
        if outcome is None and is_place(turn.text):
            return missed(turn)
        if outcome is None:
            outcome = self.knowledge.answer(turn.text, turn.context(may_clarify=False))
        return tell(turn, outcome, self.knowledge)
