"""From a question to exactly one of five outcomes.

Ranking says which articles fit; what may be served today, in which language, and what the clinic
has stated about itself, decide the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from bot.effects import Option, Reason
from bot.knowledge import follow_up, parts, scoping, why
from bot.knowledge.content import Article, Content, Published
from bot.knowledge.costs import Costs
from bot.knowledge.index import Index
from bot.knowledge.lookups import ProfileFacts, person_needed
from bot.knowledge.outcomes import (
    Answer,
    Clarify,
    Context,
    NeedsFact,
    NeedsPerson,
    NoAnswer,
    Outcome,
)
from bot.knowledge.plans import PlanNames, normal
from bot.knowledge.ranking import Decision, Ranker
from bot.knowledge.render import MissingClinicFact, placeholders, render
from bot.knowledge.scoping import EVERYBODY, Standing
from bot.knowledge.standing import Shelf
from bot.knowledge.why import Why
from bot.language.words import word_set

# Words that begin a question which leans on the answer before it, and words that point back.
_GOES_ON = (("and",), ("but",), ("also",), ("or",), ("y",), ("e",), ("pero",), ("o",))
_GOES_ON_2 = (("what", "about"), ("how", "about"), ("what", "if"), ("que", "tal"), ("que", "hay"))
_POINTS_BACK = frozenset(
    ("it", "its", "that", "this", "these", "those", "them", "there", "one", "ones")
) | frozenset(("eso", "esa", "ese", "esto", "esta", "este", "esos", "esas", "ello", "lo", "la"))
# Words of a question that names no subject of its own: "and how much is it?", "¿y cuánto tarda?".
_OPEN = _POINTS_BACK | word_set(
    "and but also or y e o pero tambien so then well entonces pues what how when where who which "
    "why if much many long often soon far about happens que como cuando cuanto cuanta cuantos "
    "cuantas donde quien cual si tal pasa seguido is are do does did can could will would should "
    "have has to be i we you me my our your the a an of for in on at with by es son hay puedo "
    "puede pueden debo tengo tiene un el los las de del para por con mi mis su sus me se le yo "
    "cost costs take takes pay paid need work works cuesta cuestan tarda tardan toma dura pago "
    "pagar paga sirve funciona time tiempo money dinero price precio"
)
ENOUGH = np.float32(8)  # words with which a question is not called vague
SHORT = 8  # words; a longer question says itself what it is about


Elsewhere = Literal["show", "person"]


@dataclass(frozen=True, slots=True)
class Served:
    """What may be said on one day: per article its versions, which articles have any, and which
    of those are for some people only."""

    day: date
    versions: tuple[Mapping[str, Published], ...]
    allowed: npt.NDArray[np.bool_]
    scoped: tuple[int, ...] = ()


def served(content: Content, day: date, *, unreviewed: bool) -> Served:
    """Leave out what is expired, not yet in force, stale or, unless allowed, unreviewed."""
    versions = tuple(
        {
            language: version
            for language, version in article.versions.items()
            if version.words.current(day)
            and not version.stale
            and (unreviewed or version.words.reviewed_by)
        }
        for article in content.articles
    )
    allowed = np.array([bool(found) for found in versions], dtype=np.bool_)
    scoped = (at for at, one in enumerate(content.articles) if one.scope and allowed[at])
    return Served(day, versions, allowed, tuple(scoped))


class _Decided(NamedTuple):
    """The words that were decided on, the decision, and what else was surely asked."""

    words: str
    decision: Decision
    others: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Desk:
    """One question's surroundings: the index, what is served, the ranker, the moment, and whether
    an answer that is up to date in another language only is shown or a person offered instead."""

    index: Index
    served: Served
    ranker: Ranker
    plans: PlanNames
    now: datetime
    elsewhere: Elsewhere = "show"
    standing: Standing = EVERYBODY

    def answer(self, question: str, context: Context) -> Outcome:
        """How the question ends."""
        question = self._in_full(question, context)
        return self._for(question, context)._answer(question, context)

    def _answer(self, question: str, context: Context) -> Outcome:
        _said, decision, others = self._decided(question, context)
        if decision.verdict == "answer":
            # The clinic's facts are looked up for the whole message: a plan or day may stand
            # outside of the part that asks.
            outcome = self.say(decision.options[0], question, context, decision.probability)
            return replace(outcome, also=others) if isinstance(outcome, Answer) else outcome
        if decision.verdict == "clarify" and context.may_clarify:
            return Clarify(
                tuple(
                    self.index.articles[position].option(self._version(position, context)[0])
                    for position in decision.options
                ),
                decision.probability,
            )
        return NoAnswer()

    def decide(self, question: str, context: Context) -> Decision:
        """The verdict; a short question that leans on the last answer is read both ways."""
        return self._for(question, context)._decided(question, context).decision

    def explain(
        self, question: str, context: Context, costs: Costs, slug: str | None = None
    ) -> Why:
        """Why it is decided so, and why not in favour of `slug`. Raises `NotFound` for a name that
        no article has."""
        in_full = self._in_full(question, context)
        desk = self._for(in_full, context)
        said = desk._decided(in_full, context).words
        excluded = (self.position(one) for one in context.exclude)
        ruled_out = desk.standing.barred | {at for at in excluded if at is not None}
        shelf = Shelf(self.served.day, self.served.versions, ruled_out)
        model = self.ranker.of(context.language)
        explained = why.explain(self.index, shelf, model, costs, said, context.language, slug)
        return replace(explained, question=question)

    def _for(self, question: str, context: Context) -> Desk:
        """The desk for who asks: what is only for others is away."""
        if not self.served.scoped:
            return self
        who = scoping.asker(". ".join((question, *context.scope)), self.plans.names, self.now)
        articles, scoped = self.index.articles, self.served.scoped
        standing = scoping.standing(articles, scoped, who, self.plans.names, self.now)
        allowed = self.served.allowed.copy()
        allowed[list(standing.barred)] = False
        return replace(self, standing=standing, served=replace(self.served, allowed=allowed))

    def _in_full(self, question: str, context: Context) -> str:
        return follow_up.resolved(question, context, self.plans.names, self.now, self.index.content)

    def _decided(self, question: str, context: Context) -> _Decided:
        """A message that asks in parts is read whole and in parts; the first part that is surely
        meant goes before a whole that is not, and what others ask is kept for afterwards."""
        words, whole = self._read_on(question, context)
        found = [(part, self._read(part, context)) for part in parts.questions(question)]
        sure = [one for one in found if one[1].verdict == "answer"]
        if sure and (whole.verdict != "answer" or len(sure) > 1):
            words, whole = sure[0]
        elif whole.verdict == "no_answer":
            choices = [one for one in found if one[1].verdict == "clarify"]
            words, whole = choices[0] if choices else (words, whole)
        firsts = dict.fromkeys(one.options[0] for _, one in sure)
        others = [position for position in firsts if position not in whole.options[:1]]
        options = (self.index.articles[at].option(self._version(at, context)[0]) for at in others)
        return _Decided(words, whole, tuple(options))

    def _read_on(self, question: str, context: Context) -> tuple[str, Decision]:
        """The decision on the whole message, after the words that it was made on."""
        follows = bool(context.last_article) and leans_on_last(question)
        decision = self._read(question, context, told_before=follows)
        alone = question, decision
        last = context.last_article
        if not last or last in context.exclude or self._says_enough(decision, context):
            return alone
        if leans_on_last(question):
            position = self.position(last)
            if position is not None and self.served.allowed[position]:
                title = self._version(position, context)[0].words.title
                said = f"{title}: {question}"
                together = self._read(said, context, told_before=True)
                again = together.options[:1] == (position,)
                if again and not _OPEN.issuperset(normal(question)):
                    # Said again, the last answer is hardly what a question asks that names a
                    # subject of its own.
                    if self._has_something(decision, context):
                        return alone
                elif again and together.verdict != "no_answer":
                    return said, together
                return max(alone, (said, together), key=lambda one: one[1].probability)
        return alone

    def _has_something(self, alone: Decision, context: Context) -> bool:
        """Something to say that is not far-fetched: half as likely as a choice has to be."""
        least = self.ranker.of(context.language).thresholds.clarify / 2
        return alone.verdict != "no_answer" and alone.probability > least

    def _says_enough(self, alone: Decision, context: Context) -> bool:
        """Half the doubt an answer may have: what names its own subject needs no other."""
        doubt_allowed = 1 - self.ranker.of(context.language).thresholds.answer
        return 1 - alone.probability <= doubt_allowed / 2

    def say(
        self, position: int, question: str, context: Context, probability: float = 1.0
    ) -> Outcome:
        """The article's words with the clinic's facts in them, or what stands in the way."""
        article = self.index.articles[position]
        version, other_language = self._version(position, context)
        ref = article.ref(version)
        facts = ProfileFacts(
            self.index.content.profile,
            self.index.content.figures,
            self.plans,
            version.language,
            question,
            self.now,
        )
        try:
            lead = render(version.words.lead, facts)
            more = render(version.words.more or "", facts) or None
        except MissingClinicFact as missing:
            return NeedsFact(ref, missing.key)
        if not lead:
            return NeedsFact(ref, _first_place(version))
        reason = article.handoff or person_needed(facts, version.words.lead)
        outdated = other_language and self._outdated(article, context)
        withheld = other_language and self.elsewhere == "person"
        if reason or withheld:
            marks = (other_language, outdated, withheld)
            return NeedsPerson(reason or Reason.NO_ANSWER, ref, lead, more, article.topics, *marks)
        return Answer(ref, lead, more, probability, other_language, outdated)

    def _outdated(self, article: Article, context: Context) -> bool:
        """Whether there is a text in the patient's language that may not be served any more."""
        own = article.versions.get(context.language)
        return own is not None and (own.stale or own.words.ended(self.served.day))

    def position(self, slug: str) -> int | None:
        """Where the article stands in the index."""
        return position_of(self.index.articles, slug)

    def _read(self, question: str, context: Context, *, told_before: bool = False) -> Decision:
        """The decision on these words. With `told_before`, that they are few says nothing."""
        if not len(self.index.entries):
            return Decision("no_answer", (), 0.0)
        allowed = self.served.allowed
        excluded = [self.position(slug) for slug in context.exclude]
        if any(position is not None for position in excluded):
            allowed = allowed.copy()
            allowed[[position for position in excluded if position is not None]] = False
        ranker = self.ranker.of(context.language)
        evidence = self.index.evidence(self.index.asked(question, context.language))
        if told_before:
            evidence = replace(evidence, words=np.maximum(evidence.words, ENOUGH))
        decision = ranker.decide(ranker.rank(evidence, allowed))
        return scoping.settled(decision, self.standing)

    def _version(self, position: int, context: Context) -> tuple[Published, bool]:
        """The version in the patient's language, else in another; True when it is another."""
        versions = self.served.versions[position]
        if context.language in versions:
            return versions[context.language], False
        return next(iter(versions.values())), True


def leans_on_last(question: str) -> bool:
    """Whether a question may only make sense after the answer before it."""
    words = normal(question)
    if not words or len(words) > SHORT:
        return False
    begins = (words[0],) in _GOES_ON or tuple(words[:2]) in _GOES_ON_2
    return begins or not _POINTS_BACK.isdisjoint(words)


def position_of(articles: tuple[Article, ...], slug: str) -> int | None:
    """The place of an article in the order of slugs."""
    return next((at for at, article in enumerate(articles) if article.slug == slug), None)


def _first_place(version: Published) -> str:
    found = placeholders(version.words.lead)
    return ".".join(found[0]) if found else "lead"
