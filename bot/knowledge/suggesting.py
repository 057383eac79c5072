"""Articles for the agent who answers: what the live search finds, and what became of its words.

The agent decides, so the search may offer what it would not say itself. What is sent is compared
with what is published: only the very words are called the article's.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from bot.effects import ArticleRef
from bot.errors import Invalid
from bot.knowledge.base import KnowledgeBase
from bot.knowledge.outcomes import Answer, Context, NeedsPerson
from bot.knowledge.ranking import NotTrained
from bot.language.weights import EncoderUnavailable

log = logging.getLogger(__name__)

LIMIT = 3
# Of the search's own certainty: what is further down is rather another subject.
LEAST_SHARE = 0.002
# So many words of an article in a row are no accident.
RUN = 6
_SOFT_BREAK = re.compile(r"(?<=\S)[ \t]*\n(?![ \t]*(?:\n|(?:[-*+]|\d+[.)])[ \t]))")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An article as the agent may send it: its lead, or everything."""

    article: ArticleRef
    lead: str
    more: str | None
    other_language: bool


@dataclass(frozen=True, slots=True)
class Suggested:
    """What was found for `question`, one of the patient's lines."""

    question: str = field(repr=False)
    articles: tuple[Suggestion, ...]


def suggest(knowledge: KnowledgeBase, questions: Sequence[str], language: str) -> Suggested:
    """Up to three articles for the latest of `questions` (oldest first) that any fits.

    "Thanks" or "yes" find nothing, so the line before them is what is still open.
    """
    try:
        for question in reversed(questions):
            found = tuple(islice(_found(knowledge, question, language), LIMIT))
            if found:
                return Suggested(question, found)
    except (NotTrained, EncoderUnavailable):
        log.warning("articles cannot be suggested without a trained search")
    return Suggested(questions[-1] if questions else "", ())


def _found(knowledge: KnowledgeBase, question: str, language: str) -> Iterator[Suggestion]:
    context = Context(language=language)
    why = knowledge.explain(question, context)
    # "Hello" is like something, but asks for nothing.
    unclear = why.verdict == "clarify" and len(question.split()) == 1
    if why.verdict == "no_answer" or unclear:
        return
    in_question = Context(language=language, last_question=question)
    for standing in why.best:
        if not standing.served or standing.share < LEAST_SHARE:
            continue
        said = knowledge.article(standing.slug, in_question)
        if isinstance(said, Answer | NeedsPerson) and said.article and said.lead:
            other = said.article.language != language
            more = _unwrapped(said.more) if said.more else None
            yield Suggestion(said.article, _unwrapped(said.lead), more, other)


def cited(
    knowledge: KnowledgeBase, slug: str, version_id: int, sent: str, questions: Sequence[str]
) -> tuple[ArticleRef, bool] | None:
    """The version that `sent` is made of, and whether it was changed; None when nothing of it is
    left. A version that is not the live one any more counts as changed. Raises `Invalid` for one
    that was never published."""
    version = knowledge.version(version_id)
    if version is None or version.slug != slug:
        raise Invalid("no such version of the article", field="article", remedy="Insert it again.")
    ref = ArticleRef(
        slug=slug, version_id=version_id, language=version.language, title=version.title
    )
    try:
        published = list(_published(knowledge, ref, questions))
    except NotTrained:
        published = []
    if not published:
        return ref, True
    if any(_words(sent) == _words(text) for text in published):
        return ref, False
    return (ref, True) if any(_shares(sent, text) for text in published) else None


def _published(
    knowledge: KnowledgeBase, ref: ArticleRef, questions: Sequence[str]
) -> Iterator[str]:
    """The live texts that could have been inserted; facts may depend on what was asked."""
    for question in ("", *questions):
        context = Context(language=ref.language, last_question=question)
        said = knowledge.article(ref.slug, context)
        if not isinstance(said, Answer | NeedsPerson) or not said.article or not said.lead:
            continue
        if said.article.version_id == ref.version_id:
            yield said.lead
            if said.more:
                yield f"{said.lead}\n\n{said.more}"


def _shares(sent: str, text: str) -> bool:
    words = _words(text)
    runs = {tuple(words[at : at + RUN]) for at in range(len(words) - RUN + 1)}
    mine = _words(sent)
    return any(tuple(mine[at : at + RUN]) in runs for at in range(len(mine) - RUN + 1))


def _words(text: str) -> list[str]:
    return text.split()


def _unwrapped(text: str) -> str:
    """Lines that only wrap become one: in an agent's text every line break is meant."""
    return _SOFT_BREAK.sub(" ", text)
