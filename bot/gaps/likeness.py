"""How alike two questions are, learned from questions that ask for the same.

Two encoders that read both languages measure a question. What differs between the training
questions of one article (its wording, its language, a story around it) says nothing of the
subject: the covariance within articles is turned into a unit ball, and with it those differences
count for little. What differs between the ways to ask for a thing that no article has (its price,
whether there is one, who does it) is learned from `data/training/gaps.jsonl`. It is fitted once for
an installation and kept beside the models.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bot.knowledge import utterances, vectors
from bot.knowledge.measuring import Asked, TextCache
from bot.knowledge.vectors import Floats
from bot.privacy.spans import Kind
from bot.replacing import replacing

FILE = "likeness.npz"
FORMAT = 1
# The language whose own encoder was trained on both, so that it reads all questions.
READER = "es"
# That encoder's vectors lie in a narrow cone: three times brings them to the spread of the other.
# What a question holds beside its subject is estimated from few thousands, hence the shrinkage.
# Both are flat around these values, on made-up gaps that were left out of the fitting.
STRETCH = np.float32(3.0)
SHRINKAGE = 0.45
# How much the few made-up gaps count beside the many questions of articles.
GAPS_SHARE = 0.3
GAPS = "training/gaps.jsonl"

_PLACEHOLDERS = re.compile("|".join(re.escape(kind.placeholder) for kind in Kind))

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Likeness:
    """A centre and a matrix: after both, the cosine of two questions says how alike they are."""

    centre: Floats
    matrix: Floats
    cache: TextCache

    def vectors(self, questions: Sequence[str]) -> Floats:
        """A unit vector a row. Takes milliseconds a question: not for the event loop."""
        if not questions:
            return np.zeros((0, self.matrix.shape[1]), np.float32)
        return self.turned(features(self.cache, questions))

    def turned(self, rows: Floats) -> Floats:
        """The same for questions whose features are known."""
        found: Floats = ((rows - self.centre) @ self.matrix).astype(np.float32)
        lengths = np.linalg.norm(found, axis=1, keepdims=True)
        found /= np.maximum(lengths, np.float32(1e-6))
        return found


def features(cache: TextCache, questions: Sequence[str]) -> Floats:
    """What both encoders say of each question; what redaction put in is not read."""
    bare = [_PLACEHOLDERS.sub(" ", question).strip() or question for question in questions]
    measured = cache.measure(bare, [READER] * len(bare))
    return np.stack([_row(one) for one in measured]).astype(np.float32)


def _row(one: Asked) -> Floats:
    # Where the second encoder cannot be had, the first one has to do.
    if one.native is None:
        return one.vector
    return np.concatenate([one.vector, one.native * STRETCH])


@dataclass(frozen=True, slots=True)
class Lessons:
    """Questions and what each of them asks for."""

    texts: tuple[str, ...]
    owners: tuple[str, ...]


def fitted(articles: Lessons, gaps: Lessons, cache: TextCache) -> Likeness:
    """Learn from questions of articles, and from questions that no article answers."""
    rows = features(cache, articles.texts)
    centre = rows.mean(axis=0)
    within = (1 - GAPS_SHARE) * _within(rows, articles.owners)
    within += GAPS_SHARE * _within(features(cache, gaps.texts), gaps.owners)
    spread = float(np.trace(within)) / len(within)
    within = (1 - SHRINKAGE) * within + SHRINKAGE * spread * np.eye(len(within))
    sizes, directions = np.linalg.eigh(within)
    matrix = (directions / np.sqrt(sizes)).astype(np.float32)
    return Likeness(centre, matrix, cache)


def _within(rows: Floats, owners: Sequence[str]) -> npt.NDArray[np.float64]:
    names, owner = np.unique(np.array(owners), return_inverse=True)
    means = np.stack([rows[owner == at].mean(axis=0) for at in range(len(names))])
    apart = (rows - means[owner]).astype(np.float64)
    found: npt.NDArray[np.float64] = apart.T @ apart / (len(apart) - len(names))
    return found


def load(model_dir: Path, data_dir: Path) -> Likeness:
    """The likeness of this installation; fitted now, within a minute, when none of it is kept."""
    cache = TextCache(model_dir / vectors.FILE, spare=10_000)
    articles, gaps = _uttered(data_dir), read_gaps(data_dir / GAPS)
    mark, path = _mark(articles, gaps), model_dir / FILE
    return _read(path, mark, cache) or _made(path, mark, fitted(articles, gaps, cache))


def is_due(model_dir: Path, data_dir: Path) -> bool:
    """Whether it is missing, or older than what it is learned from."""
    mark = _mark(_uttered(data_dir), read_gaps(data_dir / GAPS))
    return _read(model_dir / FILE, mark, TextCache()) is None


def read_gaps(path: Path) -> Lessons:
    """Made-up gaps: the thing asked for, and a way to ask for it."""
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return Lessons(tuple(row["text"] for row in rows), tuple(row["gap"] for row in rows))


def _uttered(data_dir: Path) -> Lessons:
    said = [(slug, one.text) for slug, own in utterances.load(data_dir).items() for one in own]
    return Lessons(tuple(text for _, text in said), tuple(slug for slug, _ in said))


def _read(path: Path, mark: str, cache: TextCache) -> Likeness | None:
    if not path.is_file():
        return None
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
            if str(kept["mark"]) != mark:
                return None
            return Likeness(kept["centre"], kept["matrix"], cache)
    except Exception as error:
        # As for the vectors: whatever is wrong with the file, fitting again is the remedy.
        log.warning("%s cannot be used: %s", path.name, type(error).__name__)
        return None


def _made(path: Path, mark: str, made: Likeness) -> Likeness:
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as partial, partial.open("wb") as file:
        np.savez(file, mark=np.array(mark), centre=made.centre, matrix=made.matrix)
    return made


def _mark(*lessons: Lessons) -> str:
    """Equal while the likeness would come out the same."""
    fixed = (FORMAT, vectors.MADE_BY, STRETCH, SHRINKAGE, GAPS_SHARE)
    digest = hashlib.sha256(repr(fixed).encode())
    digest.update(repr(lessons).encode())
    return digest.hexdigest()
