"""Whom an article is for: a payer, a kind of plan, a site, an age.

An editor writes it in plain words, which are read as a question's words are read. A question that
names another payer, plan, site or age is not answered with the article; one that names none is not
answered with it at once either, because nothing is assumed: the article is only offered.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache

from bot.knowledge.content import Article
from bot.knowledge.names import ClinicNames
from bot.knowledge.ranking import Decision
from bot.language.entities import Entity
from bot.language.tokens import phrase
from bot.settings import ROOT

FILE = ROOT / "data" / "ages.toml"
AGE = "age_group"
# Which entities of a question each part of a scope is compared with.
KINDS = {"payer": "payer", "plan_type": "plan_type", "location": "place"}


@dataclass(frozen=True, slots=True)
class Asker:
    """What a question says of whom it is about, and its words."""

    named: Mapping[str, frozenset[str]]
    words: tuple[str, ...] = field(repr=False)


def asker(question: str, names: ClinicNames, now: datetime) -> Asker:
    """What a question says of whom it is about."""
    words = phrase(question)
    named = _by_kind(names.find(question, now)) | {AGE: ages(words)}
    return Asker(named, words)


def fits(scope: Mapping[str, str], who: Asker, names: ClinicNames, now: datetime) -> bool | None:
    """Whether the question is within the scope of an article; None when it does not say."""
    parts = [_fits(part, said, who, names, now) for part, said in scope.items()]
    if False in parts:
        return False
    return None if None in parts else True


def _fits(part: str, said: str, who: Asker, names: ClinicNames, now: datetime) -> bool | None:
    if part == AGE:
        meant: Collection[str] = ages(phrase(said))
    else:
        meant = _by_kind(names.find(said, now)).get(KINDS[part], frozenset())
    if not meant:
        # Words that name nothing known are looked for as they stand.
        return True if _holds(who.words, phrase(said)) else None
    named = who.named.get(KINDS.get(part, part), frozenset())
    return None if not named else not named.isdisjoint(meant)


def ages(words: Sequence[str]) -> frozenset[str]:
    """The ages that words speak of, each with the wider one that it is part of."""
    known = _ages()
    found = {age for age, (_, said) in known.items() if any(_holds(words, one) for one in said)}
    return frozenset(found | {wider for age in found if (wider := known[age][0])})


@cache
def _ages() -> dict[str, tuple[str, tuple[tuple[str, ...], ...]]]:
    read = tomllib.loads(FILE.read_text("utf-8"))
    return {
        age: (given.get("part_of", ""), tuple(phrase(word) for word in given["words"]))
        for age, given in read.items()
    }


def _holds(words: Sequence[str], wanted: Sequence[str]) -> bool:
    size = len(wanted)
    return bool(size) and any(
        tuple(words[at : at + size]) == tuple(wanted) for at in range(len(words) - size + 1)
    )


def _by_kind(found: Iterable[Entity]) -> dict[str, frozenset[str]]:
    kinds: dict[str, set[str]] = {}
    for one in found:
        kinds.setdefault(one.kind, set()).add(one.value)
    return {kind: frozenset(values) for kind, values in kinds.items()}


@dataclass(frozen=True, slots=True)
class Standing:
    """How articles stand under one question, by position: those that are only offered, because the
    question does not say whether it is about whom they are for, and those that are not said.

    Not said is what is for somebody else. Of two articles on the same subjects only the one for
    just these people is, and where the question does not say, the one for everybody.
    """

    offered: frozenset[int] = frozenset()
    barred: frozenset[int] = frozenset()


EVERYBODY = Standing()


def standing(
    articles: Sequence[Article],
    scoped: Sequence[int],
    who: Asker,
    names: ClinicNames,
    now: datetime,
) -> Standing:
    """How articles stand under what one person asks; `scoped` are for some people only."""
    fit = {at: fits(articles[at].scope, who, names, now) for at in scoped}
    for_all = {at: set(one.topics) for at, one in enumerate(articles) if not one.scope}
    theirs = [set(articles[at].topics) for at, held in fit.items() if held]
    barred = {at for at, topics in for_all.items() if any(topics <= own for own in theirs)}
    known = set().union(*for_all.values())
    unsaid = {at for at, held in fit.items() if held is None}
    offered = {at for at in unsaid if known.isdisjoint(articles[at].topics)}
    elsewhere = {at for at, held in fit.items() if held is False}
    return Standing(frozenset(offered), frozenset(barred | elsewhere | (unsaid - offered)))


def settled(decision: Decision, under: Standing) -> Decision:
    """The decision, but what may be for others is offered and not said."""
    if decision.verdict != "answer" or decision.options[0] not in under.offered:
        return decision
    several = len(decision.options) > 1
    return replace(decision, verdict="clarify" if several else "no_answer")
