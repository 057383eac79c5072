"""How long one answer takes on a large knowledge base: retrieval and decision, nothing else.

The yardstick of the same run is the plainest search there is: one question's vector against one
vector a variant, in numpy, the nearest wins. It is given its vectors; ours encodes the question,
weighs all evidence and decides.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from bot.evaluation import made_up
from bot.evaluation.load import Load
from bot.knowledge import vectors
from bot.knowledge.base import KnowledgeBase
from bot.knowledge.content import Content
from bot.knowledge.measuring import SHARED
from bot.knowledge.outcomes import Context

ARTICLES, VARIANTS = 5000, 10
QUESTIONS, WARM_UP = 400, 20
DIMENSION = 384  # of the yardstick's vectors: that of most small sentence encoders
SEED = 7

Q = TypeVar("Q")
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Speed:
    """What was measured, in milliseconds; `build_seconds` is what loading the content took."""

    texts: int
    build_seconds: float
    ours: Load
    plain: Load


def measure(
    knowledge: KnowledgeBase,
    base: Content,
    *,
    articles: int = ARTICLES,
    variants: int = VARIANTS,
    questions: int = QUESTIONS,
    kept: Path | None = None,
) -> Speed:
    """Load made-up content of this size and ask.

    Loading encodes every text, many minutes the first time; the vectors are kept in `kept`.
    """
    started = time.perf_counter()
    if kept:
        SHARED.look_in(kept)
    knowledge.load(made_up.content(base, articles, variants))
    built = time.perf_counter() - started
    if kept and not vectors.usable(kept):
        SHARED.keep(kept)
    asked = made_up.questions(articles, questions + WARM_UP)

    def answer(question: tuple[str, str]) -> None:
        language, text = question
        knowledge.answer(text, Context(language))

    texts = articles * variants * len(made_up.WAYS)
    return Speed(texts, built, timed(answer, asked), timed(*_plain(texts, len(asked))))


def _plain(texts: int, count: int) -> tuple[Callable[[Floats], None], Iterable[Floats]]:
    chance = np.random.default_rng(SEED)
    table, asked = (
        chance.standard_normal((rows, DIMENSION), dtype=np.float32) for rows in (texts, count)
    )

    def nearest(question: Floats) -> None:
        int(np.argmax(table @ question))

    return nearest, list(asked)


def timed(answer: Callable[[Q], None], asked: Iterable[Q]) -> Load:
    """Each question on its own; the first few warm up and are not counted."""
    latencies = []
    for question in asked:
        started = time.perf_counter()
        answer(question)
        latencies.append((time.perf_counter() - started) * 1000)
    counted = tuple(latencies[WARM_UP:])
    return Load(1, counted, sum(counted) / 1000)
