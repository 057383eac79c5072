"""Questions of the last weeks, asked again of what is live and of what would be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from bot.knowledge.decide import Desk
from bot.knowledge.evidence import MANY
from bot.knowledge.gate import QUESTIONS, Tell, silent
from bot.knowledge.golden import BLOCK
from bot.knowledge.measuring import Asked as Measured
from bot.knowledge.outcomes import (
    Answer,
    Clarify,
    Context,
    NeedsFact,
    NeedsPerson,
    Outcome,
)
from bot.knowledge.parts import questions as parts_of

MOST = 1000  # different questions; the newest of them
# In a very large base, as many are asked again: those that the article's own texts are nearest to.
NEAREST = 256


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it was asked, redacted, and how often in the same words."""

    question: str = field(repr=False)
    language: str
    times: int = 1


@dataclass(frozen=True, slots=True)
class Ended:
    """How a question ends: `answer`, `clarify`, `needs_fact`, `person` or `no_answer`, with what
    is said or offered."""

    kind: str
    slugs: tuple[str, ...] = ()
    title: str = ""
    lead: str = ""
    options: tuple[str, ...] = ()
    version_id: int | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """A question that would end differently."""

    asked: Asked
    before: Ended
    after: Ended


@dataclass(frozen=True, slots=True)
class Moves:
    """What became of all of them. `reworded` counts questions that reach the same article and
    read its new text."""

    moved: tuple[Moved, ...]
    reworded: int
    asked: int


def moves(
    live: Desk,
    trial: Desk,
    slug: str,
    recent: Sequence[Asked],
    tell: Tell = silent,
) -> Moves:
    """Ask `recent` of both, which differ in the article `slug`. Those that a look at all of them
    together finds unmoved are not asked one by one."""
    moved: list[Moved] = []
    reworded = 0
    asked = recent[:MOST]
    few = _near((live, trial), slug, asked)
    for at, one in enumerate(_perhaps(live, trial, few, tell)):
        before, after = (ended(desk.answer(one.question, Context(one.language)))
                         for desk in (live, trial))  # fmt: skip
        if (before.kind, before.slugs) != (after.kind, after.slugs):
            moved.append(Moved(one, before, after))
        elif before.version_id != after.version_id:
            reworded += one.times
        if at % BLOCK == 0:
            tell("asked", len(asked), len(asked) + 1)
    moved.sort(key=lambda one: -one.asked.times)
    return Moves(tuple(moved), reworded, len(asked))


def _near(desks: Sequence[Desk], slug: str, asked: Sequence[Asked]) -> Sequence[Asked]:
    """The questions that a text of the article may win or lose: all but in a very large base."""
    if max(len(desk.index.entries) for desk in desks) <= MANY or len(asked) <= NEAREST:
        return asked
    own = [
        desk.index.vectors[desk.index.owner == place]
        for desk in desks
        if (place := desk.position(slug)) is not None
    ]
    measured = _measured(desks[0], asked)
    vectors = np.stack([one.vector for one in measured])
    likeness = (vectors @ np.concatenate(own).T).max(axis=1)
    return [asked[at] for at in sorted(np.argsort(-likeness)[:NEAREST].tolist())]


def _measured(desk: Desk, asked: Sequence[Asked]) -> list[Measured]:
    """As a patient's question is, with its words as they were meant."""
    meant = [desk.index.corrector.corrected(one.question, one.language) for one in asked]
    return QUESTIONS.measure(meant, [one.language for one in asked])


def _perhaps(live: Desk, trial: Desk, asked: Sequence[Asked], tell: Tell) -> Iterator[Asked]:
    """The questions that may end differently, and those that reach a text that changed."""
    for start in range(0, len(asked), BLOCK):
        some = asked[start : start + BLOCK]
        ways = [_ways(desk, some) for desk in (live, trial)]
        for one, before, after in zip(some, *ways, strict=True):
            if before != after or len(parts_of(one.question)) > 1:
                yield one
        tell("asked", min(start + BLOCK, len(asked)), len(asked))


def _ways(desk: Desk, asked: Sequence[Asked]) -> list[tuple[object, ...]]:
    """The decision on each, as what would be said."""
    if not len(desk.index.entries):
        return [()] * len(asked)
    evidence = desk.index.evidence_many(_measured(desk, asked))
    found: list[tuple[object, ...]] = []
    for at, one in enumerate(asked):
        model = desk.ranker.of(one.language)
        decision = model.decide(model.rank(evidence.at(at), desk.served.allowed))
        shown = {"answer": decision.options[:1], "clarify": decision.options}
        said = [
            (desk.index.articles[place].slug, _version(desk, place, one.language))
            for place in shown.get(decision.verdict, ())
        ]
        found.append((decision.verdict, *said))
    return found


def _version(desk: Desk, position: int, language: str) -> int | None:
    own = desk.served.versions[position]
    found = own.get(language) or next(iter(own.values()), None)
    return found.version_id if found else None


def ended(outcome: Outcome) -> Ended:
    """An outcome as a value to compare and to show."""
    match outcome:
        case Answer(article=article, lead=lead):
            return Ended(
                "answer", (article.slug,), article.title, lead, version_id=article.version_id
            )
        case Clarify(options=options):
            slugs = tuple(one.slug for one in options)
            return Ended("clarify", slugs, options=tuple(one.title for one in options))
        case NeedsFact(article=article):
            return Ended(
                "needs_fact", (article.slug,), article.title, version_id=article.version_id
            )
        case NeedsPerson(article=article, lead=lead) if article:
            return Ended(
                "person", (article.slug,), article.title, lead or "", version_id=article.version_id
            )
        case NeedsPerson():
            return Ended("person")
        case _:
            return Ended("no_answer")
