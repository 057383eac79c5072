"""A choice among the articles just offered: a pressed button, "2", "la segunda", or words."""

from __future__ import annotations

from dataclasses import replace

from actions.choices import by_place, by_words, is_none, is_place
from actions.looking import looked_up
from actions.outcomes import missed, tell
from actions.support import CarelineAction, KnowledgeBase, Said, Turn
from bot.effects import ArticleRef, RecordGap
from bot.knowledge.outcomes import Clarify, NoAnswer, Outcome


def reply_to_choice(turn: Turn, knowledge: KnowledgeBase) -> Said | None:
    """What a reply to the choices means; None when it is a message like any other."""
    options = turn.before.options or []
    if not options:
        return None
    if is_none(turn.text) and turn.before.clarified:
        return missed(turn, RecordGap(outcome="clarify"), key="none_of_these")
    place = by_place(turn.text, len(options))
    if place is None and is_place(turn.text):
        return missed(turn)
    outcome = _chosen(turn, knowledge, place)
    if outcome is None:
        return None
    said = tell(turn, outcome, knowledge)
    if _article(outcome) is None:
        return said
    # The question is what was asked before the choice: a correction goes back to it.
    return replace(said, after=replace(said.after, last_question=turn.before.last_question))


def _chosen(turn: Turn, knowledge: KnowledgeBase, place: int | None) -> Outcome | None:
    context = turn.context(may_clarify=False)
    options = turn.before.options or []
    if place is not None:
        return knowledge.article(options[place], context)
    outcomes = [knowledge.article(slug, context) for slug in options]
    named = by_words(turn.text, [_title(outcome) for outcome in outcomes])
    return None if named is None else outcomes[named]


def _article(outcome: Outcome) -> ArticleRef | None:
    return None if isinstance(outcome, Clarify | NoAnswer) else outcome.article


def _title(outcome: Outcome) -> str:
    found = _article(outcome)
    return found.title if found else ""


class ChooseOption(CarelineAction):
    """Words that choose nothing are a question like any other."""

    def name(self) -> str:
        """The name in `domain.yml`."""
        return "action_choose_option"

    def respond(self, turn: Turn) -> Said:
        """Answer the pressed button's article; `conduct` has read every other reply before."""
        if turn.pressed:
            context = turn.context(may_clarify=False)
            outcome = self.knowledge.article(turn.entities["option"], context)
            return tell(turn, outcome, self.knowledge)
        if is_place(turn.text):
            return missed(turn)
        return tell(turn, looked_up(turn, self.knowledge), self.knowledge)
