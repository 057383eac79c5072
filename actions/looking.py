"""How a message ends when it is looked up: what knowledge says, and what the dialogue adds.

Knowledge reads one message. Here it is read with the question before where it is short, and the
likeliest article stands in for a choice where that is wiser.
"""

from __future__ import annotations

from dataclasses import replace

from actions.support import KnowledgeBase, Turn
from actions.trust import trust
from bot.effects import Option, Reason
from bot.knowledge.outcomes import Clarify, NeedsPerson, NoAnswer, Outcome
from bot.language.words import words_of

FOLLOW_UP_WORDS = 8
MOST_OPTIONS = 4
# A wish for a visit and a clinical question are acted on; they must be meant.
NOT_CHECKED = frozenset({Reason.BOOKING, Reason.CLINICAL, Reason.NO_ANSWER})


def looked_up(turn: Turn, knowledge: KnowledgeBase) -> Outcome:
    """How the question ends."""
    outcome = knowledge.answer(turn.text, turn.context(may_clarify=True))
    if isinstance(outcome, Clarify | NoAnswer):
        outcome = _with_question_before(turn, outcome, knowledge)
    return _chosen(turn, outcome, knowledge) if isinstance(outcome, Clarify) else outcome


def _with_question_before(
    turn: Turn, alone: Clarify | NoAnswer, knowledge: KnowledgeBase
) -> Outcome:
    """What a few words mean after the last question: an article that both together surely name.

    That the last article is named again says little; it joins the choices.
    """
    before = turn.before
    if not before.last_question or len(words_of(turn.text)) > FOLLOW_UP_WORDS:
        return alone
    context = turn.context(may_clarify=False, last_article=None)
    both = knowledge.answer(f"{before.last_question}. {turn.text}", context)
    if isinstance(both, Clarify | NoAnswer) or both.article is None:
        return alone
    article = both.article
    if article.slug != before.last_article or article.slug in (before.options or ()):
        return both
    if isinstance(alone, NoAnswer) or article.slug in [one.slug for one in alone.options]:
        return alone
    again = Option(slug=article.slug, title=article.title, topics=article.topics)
    return replace(alone, options=(*alone.options[: MOST_OPTIONS - 1], again))


def _chosen(turn: Turn, choice: Clarify, knowledge: KnowledgeBase) -> Outcome:
    """The choice, or the likeliest article in its place.

    A choice costs a turn. What a person looks at after the article, such as the patient's own
    account, is put right there. After a choice no second one is offered: what is likelier right
    than not is said, and else a person takes over.
    """
    likely = choice.probability
    if likely < min(trust().person_follows, trust().best_guess):
        return NoAnswer() if turn.before.clarified else choice
    first = knowledge.article(choice.options[0].slug, turn.context(last_question=turn.text))
    checked = isinstance(first, NeedsPerson) and first.reason not in NOT_CHECKED
    if checked and likely >= trust().person_follows:
        return first
    if turn.before.clarified:
        return first if likely >= trust().best_guess else NoAnswer()
    return choice
