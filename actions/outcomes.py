"""From the five ways a question can end to what the patient reads and what the turn changes."""

from __future__ import annotations

from dataclasses import replace

from actions.looking import looked_up
from actions.support import KnowledgeBase, Said, State, Turn, fixed, hand_over, handoff_of, say
from actions.trust import trust
from bot.effects import (
    ArticleRef,
    Line,
    Reason,
    RecordGap,
    RecordMissingFact,
    Reply,
    RequestHandoff,
)
from bot.knowledge.outcomes import Answer, Clarify, NeedsFact, NeedsPerson, NoAnswer, Outcome
from bot.language.words import words_of
from bot.safety import clinical_text

MISSES_BEFORE_A_PERSON = 2
BARE_WORDS = 3
OUT_OF_SCOPE = "out_of_scope"
NURSE_LINE = "nurse_line_phone"


def tell(turn: Turn, outcome: Outcome, knowledge: KnowledgeBase) -> Said:
    """Say an outcome. Where a second clarification in a row would be due, a person takes over."""
    match outcome:
        case Answer():
            return _answer(turn, outcome)
        case Clarify() if not turn.before.clarified:
            return _clarify(turn, outcome)
        case NeedsFact():
            return _missing_fact(turn, outcome)
        case NeedsPerson():
            return _person(turn, outcome, knowledge)
        case _ if turn.before.clarified:
            gap = RecordGap(outcome="clarify")
            return hand_over(turn, Reason.REPEATED_FAILURE, gap, key="repeated_failure")
        case _:
            said = missed(turn, RecordGap(outcome="no_answer"))
            return replace(said, after=replace(said.after, last_question=turn.text))


def look_first(turn: Turn, knowledge: KnowledgeBase, *, answers: bool = True) -> Said | None:
    """What an article says to this message, if one is surely meant; else None.

    The kind of a turn is guessed from its words alone, and an approved answer is worth more than
    a general text. With `answers` false, only articles that end with a person count.
    """
    outcome = knowledge.answer(turn.text, turn.context(may_clarify=False))
    if isinstance(outcome, NeedsPerson) and outcome.article:
        return tell(turn, outcome, knowledge)
    if answers and isinstance(outcome, Answer):
        return tell(turn, outcome, knowledge)
    return None


def rather_a_question(turn: Turn, knowledge: KnowledgeBase) -> Said | None:
    """What is found for a message whose kind is only a guess; None when the guess must do.

    An answer counts always. A choice, which names the way to a person, counts where it is likely,
    where the classifier has doubts, and where there are hardly words to guess by.
    """
    outcome = looked_up(turn, knowledge)
    if isinstance(outcome, NoAnswer):
        return None
    if isinstance(outcome, Clarify):
        doubtful = turn.confidence < trust().doubtful_kind or bare(turn)
        if not doubtful and outcome.probability < trust().found:
            return None
    return tell(turn, outcome, knowledge)


def bare(turn: Turn) -> bool:
    """Whether a message is so short that it names a subject and hardly says what is wanted."""
    return len(words_of(turn.text)) <= BARE_WORDS


def perhaps_a_question(turn: Turn, knowledge: KnowledgeBase) -> Said | None:
    """What is found for what looks like courtesy or none of our business: an answer, or a likely
    choice where the classifier has doubts. None when the guess must do."""
    found = look_first(turn, knowledge)
    if found or turn.confidence >= trust().sure_kind:
        return found
    outcome = looked_up(turn, knowledge)
    if not isinstance(outcome, Clarify):
        return None
    if turn.intent == OUT_OF_SCOPE:
        # What is not ours is seldom far from something that is.
        likely = outcome.probability >= trust().ours
    else:
        likely = turn.confidence < trust().doubtful_kind or outcome.probability >= trust().found
    return tell(turn, outcome, knowledge) if likely else None


def and_a_person(stated: Said | None, asked: Said) -> Said:
    """What was found first, then the person; the article's own person, if it ends with one."""
    if stated is None:
        return asked
    if handoff_of(stated):
        return stated
    return Said((*stated.replies, *asked.replies), stated.after)


def missed(
    turn: Turn, gap: RecordGap | None = None, *, key: str = "not_understood", kind: str = "text"
) -> Said:
    """Nothing to say: offer a person the first time, ask for one the second time in a row."""
    effects = (gap,) if gap else ()
    misses = (turn.before.misses or 0) + 1
    if misses >= MISSES_BEFORE_A_PERSON:
        return hand_over(turn, Reason.REPEATED_FAILURE, *effects, key="repeated_failure")
    after = replace(turn.before.settled(), misses=misses, offered_person=True)
    return Said((say(fixed(turn, key, kind), *effects),), after)


def clinical(turn: Turn, knowledge: KnowledgeBase) -> Said:
    """The reviewed clinical text with the nurse line, and a person."""
    nurse_line = knowledge.profile.display(NURSE_LINE, turn.language)
    line = Line.fixed_words(clinical_text(turn.language, nurse_line), kind="clinical")
    return Said((say(line, RequestHandoff(reason=Reason.CLINICAL)),), turn.before.settled())


def _answer(turn: Turn, answer: Answer) -> Said:
    line = _article_line(answer.article, answer.lead, answer.more)
    replies: tuple[Reply, ...] = (*_elsewhere(turn, answer), say(line))
    after = _about(turn, answer.article)
    if answer.also:
        replies = (*replies, say(fixed(turn, "also_asked", options=answer.also)))
        after = replace(after, options=[option.slug for option in answer.also])
    return Said(replies, after)


def _clarify(turn: Turn, clarify: Clarify) -> Said:
    line = fixed(turn, "clarify", "clarify", options=clarify.options)
    slugs = [option.slug for option in clarify.options]
    # Misses stay: a question that needed a choice is neither answered nor failed yet.
    after = replace(turn.before, options=slugs, clarified=True, offered_person=None)
    return Said((say(line),), replace(after, last_question=turn.text))


def _missing_fact(turn: Turn, outcome: NeedsFact) -> Said:
    record = RecordMissingFact(key=outcome.key, article=outcome.article.slug)
    said = hand_over(turn, Reason.MISSING_FACT, record, topics=outcome.article.topics)
    return replace(said, after=_about(turn, outcome.article))


def _person(turn: Turn, outcome: NeedsPerson, knowledge: KnowledgeBase) -> Said:
    if outcome.withheld and outcome.reason is Reason.NO_ANSWER:
        return _offer_person(turn, outcome)
    if outcome.article and outcome.lead and not outcome.withheld:
        topics = outcome.topics or outcome.article.topics
        line = _article_line(outcome.article, outcome.lead, outcome.more)
        asked = RequestHandoff(reason=outcome.reason, topics=topics)
        return Said((*_elsewhere(turn, outcome), say(line, asked)), _about(turn, outcome.article))
    if outcome.reason is Reason.CLINICAL:
        return clinical(turn, knowledge)
    return hand_over(turn, outcome.reason, topics=outcome.topics)


def _elsewhere(turn: Turn, said: Answer | NeedsPerson) -> tuple[Reply, ...]:
    """An answer in the other language is never given without a word about it."""
    if not said.other_language:
        return ()
    key = "other_language_outdated" if said.outdated else "other_language"
    return (say(fixed(turn, key)),)


def _offer_person(turn: Turn, outcome: NeedsPerson) -> Said:
    """The answer stands in the other language only, and the clinic does not show it: editors
    learn of it as of any question without an answer."""
    key = "elsewhere_outdated" if outcome.outdated else "elsewhere"
    said = missed(turn, RecordGap(outcome="no_answer"), key=key)
    return replace(said, after=replace(said.after, last_question=turn.text))


def _article_line(article: ArticleRef, lead: str, more: str | None) -> Line:
    return Line(kind="answer", text=lead, more=more, language=article.language, article=article)


def _about(turn: Turn, article: ArticleRef) -> State:
    question = turn.before.last_question if turn.intent == "choose_option" else turn.text
    return replace(turn.before.settled(), last_article=article.slug, last_question=question)
