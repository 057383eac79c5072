"""People first: what must reach a person at the first message that says so, whatever its intent.

The words decide (`data/people`): a person asked for, a complaint, a matter of law or privacy, a
call that never came, an interpreter, an account to be looked at, an assistant that keeps failing.
What an article surely says comes first where it helps; it never stands in for the person.
"""

from __future__ import annotations

from actions.outcomes import look_first, missed, tell
from actions.support import KnowledgeBase, Said, Turn, hand_over, handoff_of
from actions.trust import trust
from bot.effects import Reason, Reply, RequestHandoff
from bot.knowledge.outcomes import Clarify, NeedsPerson
from bot.safety.books import people

# Of several reasons in one message the first here is the one that the person must know.
WEIGHT = (
    *(Reason.EMERGENCY, Reason.CLINICAL, Reason.LEGAL_PRIVACY, Reason.COMPLAINT),
    *(Reason.NO_FOLLOWUP, Reason.INTERPRETER, Reason.REPEATED_FAILURE, Reason.BOOKING),
    *(Reason.ASKED, Reason.ACCOUNT, Reason.ESTIMATE, Reason.RECORDS),
    *(Reason.MISSING_FACT, Reason.NO_ANSWER, Reason.ASSISTANT_DOWN),
)
# A patient who was wronged is heard, not informed: only the rule for such matters is said first.
WRONGED = frozenset({Reason.LEGAL_PRIVACY, Reason.COMPLAINT, Reason.NO_FOLLOWUP})
UNINFORMED = WRONGED | {Reason.REPEATED_FAILURE}
# What is said first to who waits in vain is the rule for what they wait for, as a person sees it.
HEARD = frozenset({Reason.LEGAL_PRIVACY, Reason.COMPLAINT})
HINTED = WRONGED | {Reason.ASKED}
ANGER = "anger"
RUDE = "rude"
PERSON_INTENTS = ("request_person", "complain")
KEYS = {Reason.ASKED: "person_asked", Reason.REPEATED_FAILURE: "repeated_failure"}


def due(text: str) -> Reason | None:
    """Why these words need a person; None when they do not ask for one."""
    found = {Reason(one) for one in people().meanings(text) - {ANGER, RUDE}}
    return min(found, key=WEIGHT.index, default=None)


def angry(text: str) -> bool:
    """Anger at the clinic without saying what happened."""
    return ANGER in people().meanings(text)


def rude(text: str) -> bool:
    """Rude words for whoever reads them, with no wish in them."""
    return RUDE in people().meanings(text)


def wronged(text: str) -> bool:
    """Whether the words themselves tell of a wrong, or of anger."""
    return due(text) in WRONGED or angry(text)


def people_first(turn: Turn, said: Said, knowledge: KnowledgeBase) -> Said:
    """What the action said, unless the words are a reason for a person that weighs more."""
    asked = handoff_of(said)
    reason = due(turn.text) or (None if asked else _hinted(turn, said, knowledge))
    if reason is None:
        return _unmoved(turn) if rude(turn.text) and not _helps(said) else said
    if asked and WEIGHT.index(asked.reason) <= WEIGHT.index(reason):
        return said
    return _handed(turn, reason, knowledge)


def _hinted(turn: Turn, said: Said, knowledge: KnowledgeBase) -> Reason | None:
    """Where nothing is answered: anger, or a choice that begins with a wrong or a wish for people.

    The choice alone is no reason: a question about voicemails is not a call that never came.
    """
    if _answers(said):
        return None
    if angry(turn.text):
        return Reason.COMPLAINT
    if turn.intent not in PERSON_INTENTS:
        return None
    offered = (option for one in said.replies if one.line for option in one.line.options)
    likeliest = next(offered, None)
    rule = knowledge.article(likeliest.slug, turn.context()) if likeliest else None
    return rule.reason if isinstance(rule, NeedsPerson) and rule.reason in HINTED else None


def _answers(said: Said) -> bool:
    return any(reply.line and reply.line.article for reply in said.replies)


def _helps(said: Said) -> bool:
    """An answer, or a person for another reason than that nothing was found."""
    handoff = handoff_of(said)
    return _answers(said) or bool(handoff and handoff.reason is not Reason.REPEATED_FAILURE)


def _unmoved(turn: Turn) -> Said:
    """Rude words are not argued with: what the assistant can do, and the offer of a person."""
    return missed(turn, key="rude", kind="chitchat")


def _handed(turn: Turn, reason: Reason, knowledge: KnowledgeBase) -> Said:
    # Who writes for the third time, but not here, may still be answered.
    failed_here = reason is not Reason.REPEATED_FAILURE or turn.before.last_article
    heard = reason in UNINFORMED and failed_here
    stated = look_first(turn, knowledge, answers=not heard)
    stated = stated or _among_choices(turn, reason, knowledge)
    handed = hand_over(turn, reason, key=KEYS.get(reason))
    rule = handoff_of(stated) if stated else None
    if stated is None or (reason in HEARD and (not rule or rule.reason not in WRONGED)):
        return handed
    if rule is None:
        return Said((*stated.replies, *handed.replies), stated.after)
    weightier = min(reason, rule.reason, key=WEIGHT.index)
    return Said(tuple(_because(one, weightier) for one in stated.replies), stated.after)


def _among_choices(turn: Turn, reason: Reason, knowledge: KnowledgeBase) -> Said | None:
    """Where a choice would be offered: the first article in it that is for just this reason."""
    outcome = knowledge.answer(turn.text, turn.context(may_clarify=True))
    if not isinstance(outcome, Clarify) or outcome.probability < trust().found:
        return None
    context = turn.context(last_question=turn.text)
    articles = (knowledge.article(option.slug, context) for option in outcome.options)
    rules = (one for one in articles if isinstance(one, NeedsPerson) and one.reason is reason)
    rule = next(rules, None)
    return tell(turn, rule, knowledge) if rule else None


def _because(reply: Reply, reason: Reason) -> Reply:
    effects = tuple(
        effect.model_copy(update={"reason": reason})
        if isinstance(effect, RequestHandoff)
        else effect
        for effect in reply.effects
    )
    return reply.model_copy(update={"effects": effects})
