"""The five ways a question can end: exactly one of these comes back from `knowledge.answer`."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.effects import ArticleRef, Option, Reason


@dataclass(frozen=True, slots=True)
class Context:
    """What is known when the question is asked.

    `language` is the patient's, `last_article` the slug answered last and `last_question` what it
    answered (follow-ups build on both), `may_clarify` is False when the last turn already was a
    clarification, `unreviewed` says whether text that nobody qualified has reviewed may be served
    (the demo clinic only). `scope` are words that say whom the question is about, beside its own:
    a payer, a site.
    """

    language: str
    last_article: str | None = None
    may_clarify: bool = True
    exclude: tuple[str, ...] = ()
    kind: str | None = None
    last_question: str | None = field(default=None, repr=False)
    scope: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """A published version with its facts filled in. `more` is what stands behind "More"; `also`
    are articles for what else the message asks. `other_language` says that it is not the
    patient's, `outdated` that there is one in theirs which is out of date."""

    article: ArticleRef
    lead: str
    more: str | None
    probability: float
    other_language: bool = False
    outdated: bool = False
    also: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class Clarify:
    """Two to four articles to choose from, the likeliest first; `probability` is that of it being
    right."""

    options: tuple[Option, ...]
    probability: float = 0.0


@dataclass(frozen=True, slots=True)
class NeedsFact:
    """The right article is known, but the clinic profile lacks `key`."""

    article: ArticleRef
    key: str


@dataclass(frozen=True, slots=True)
class NeedsPerson:
    """A person has to take this; `lead` is the general rule to say first, when there is one, with
    the same two marks as an answer. `withheld`: it is up to date in another language only, and the
    clinic does not show such answers to patients; without a reason of its own, a person is
    offered."""

    reason: Reason
    article: ArticleRef | None = None
    lead: str | None = None
    more: str | None = None
    topics: tuple[str, ...] = field(default=())
    other_language: bool = False
    outdated: bool = False
    withheld: bool = False


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """Nothing fits well enough; the question belongs to a gap."""


Outcome = Answer | Clarify | NeedsFact | NeedsPerson | NoAnswer
