"""Our own recipe on a foreign task: each label becomes an article, its texts the variants.

The same functions as for the clinic's articles: what an index measures, how the ranker is fitted
(with our costs), how it ranks, and how probable it says the first is.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace

from bot.evaluation.public.tasks import Guess, Predict, Task
from bot.knowledge.content import Article, Content, Published, Words, from_files
from bot.knowledge.index import build
from bot.knowledge.measuring import TextCache, asked
from bot.knowledge.training import train
from bot.settings import Settings

LANGUAGE = "en"
FIRST = 3


def fitted(settings: Settings, task: Task) -> Predict:
    """The recipe, fitted on what the task has to learn from."""
    content = _content(from_files(settings.data_dir), task)
    cache = TextCache(spare=sys.maxsize)
    trained = train(content, settings.data_dir, cache)
    index, own = build(content, cache, learned=trained.learned), trained.of(LANGUAGE)
    labels = task.labels

    def guess(text: str) -> Guess:
        ranked = own.rank(index.evidence(asked(text, LANGUAGE)))
        first = tuple(labels[int(at)] for at in ranked.order[:FIRST])
        return Guess(first, own.probabilities(ranked)[0])

    def predict(texts: Sequence[str]) -> list[Guess]:
        return [guess(text) for text in texts]

    return predict


def _content(base: Content, task: Task) -> Content:
    """The task as content; the articles stand in the order of the labels."""
    texts: dict[str, dict[str, None]] = {label: {} for label in task.labels}
    for text, label in task.train:
        texts[label][text] = None
    articles = (
        _article(at, list(own), task.answers.get(label, "")) for at, (label, own) in
        enumerate(texts.items())
    )  # fmt: skip
    return replace(base, articles=tuple(articles))


def _article(at: int, texts: Sequence[str], answer: str) -> Article:
    words = Words(
        title=texts[0],
        lead=answer.replace("{", " "),  # two of them would be a place to fill in
        more=None,
        variants=tuple(texts[1:]),
        golden=(),
        sources=(),
        verified_on=None,
        expires_on=None,
    )
    versions = {LANGUAGE: Published(-at - 1, LANGUAGE, words)}
    return Article(f"public-{at:05}", "coverage", (f"public.{at:05}",), versions=versions)
