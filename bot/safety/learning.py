"""Learns the weights of the second opinion: `python -m bot.safety.learning`.

Danger: the examples of the phrase book and `prototypes.jsonl`, each also beside an ordinary
question, as patients write. No danger: every way to ask that the articles and the assistant's
training list, and the look-alikes. Where the tiers begin is set on messages left out in turn.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import frontmatter
import numpy as np
import numpy.typing as npt
import yaml

from bot.language.encoder import encoder
from bot.safety.phrases import CLINICAL, DATA, FULL, LOOKALIKE, read_book, read_lines
from bot.safety.second import DANGER, WEIGHTS, pieces

ROOT = DATA.parents[1]
# Intents whose examples are no ordinary questions.
NOT_ORDINARY = ("report_emergency",)
# How many of 1000 ordinary messages may get the soft line, and the full interrupt.
SOFT_RATE, FULL_RATE = 0.005, 0.001
RIDGE, LOOKALIKE_WEIGHT, PAIRS, PARTS, STEPS, DIGITS = 1 / 3, 3.0, 2500, 3, 12, 3

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Corpus:
    """Texts to learn from; a danger has its category and language."""

    dangers: list[tuple[str, str, str]]
    ordinary: list[tuple[str, str]]
    lookalikes: list[str]


def read_corpus(root: Path = ROOT) -> Corpus:
    """Everything the repository knows about danger, and about what is none."""
    rules = read_book(root / "data" / "safety").rules
    dangers = [(one.example, one.category, one.language) for one in rules if one.tier == FULL]
    lookalikes = [one.example for one in rules if one.tier in (LOOKALIKE, CLINICAL)]
    for row in read_lines(root / "data" / "safety" / "prototypes.jsonl"):
        if row["category"] == "none":
            lookalikes.append(row["text"])
        else:
            dangers.append((row["text"], row["category"], row["language"]))
    ordinary = sorted({*_articles(root), *_intents(root)})
    return Corpus(dangers, ordinary, lookalikes)


def _articles(root: Path) -> Iterator[tuple[str, str]]:
    for path in sorted((root / "data" / "knowledge").glob("*/*.md")):
        meta = frontmatter.load(str(path)).metadata
        for field in ("variants", "golden"):
            asked = meta.get(field)
            for text in asked if isinstance(asked, list) else ():
                yield str(text), str(meta["language"])


def _intents(root: Path) -> Iterator[tuple[str, str]]:
    for path in sorted((root / "data" / "nlu").glob("*/*.yml")):
        for block in yaml.safe_load(path.read_text("utf-8")).get("nlu", ()):
            if block.get("intent") in NOT_ORDINARY or "intent" not in block:
                continue
            for line in str(block.get("examples", "")).splitlines():
                yield _spoken(line), path.parent.name


def _spoken(line: str) -> str:
    """An example without its marks: "my [gold plan]{...}" is "my gold plan"."""
    text, depth = "", 0
    for letter in line.strip().removeprefix("- "):
        depth += (letter == "{") - (letter == "}")
        text += letter if not depth and letter not in "[]}" else ""
    return text


def mixed(corpus: Corpus, seed: int = 1) -> tuple[list[str], list[str]]:
    """Dangers beside an ordinary question, and two ordinary questions side by side."""
    draw = random.Random(seed)  # noqa: S311 – picks texts, no secret
    by_language = {
        one: [text for text, language in corpus.ordinary if language == one] for one in ("en", "es")
    }
    dangers = []
    for text, _, language in corpus.dangers:
        other = draw.choice(by_language[language])
        shapes = (f"{other}? {text}", f"{text}. {other}?", f"{text}, {other}", f"{text} {other}")
        dangers.append(draw.choice(shapes))
    pairs = (draw.sample(by_language[draw.choice(("en", "es"))], 2) for _ in range(PAIRS))
    return dangers, [". ".join(pair) for pair in pairs]


def fit(vectors: Numbers, truth: Numbers, weight: Numbers) -> Numbers:
    """Ridge logistic regression by Newton's method; the last number is the offset."""
    inputs = np.hstack([vectors, np.ones((len(vectors), 1))])
    ridge = np.full(inputs.shape[1], RIDGE)
    ridge[-1] = 1e-6
    found = np.zeros(inputs.shape[1])
    for _ in range(STEPS):
        likely = 1 / (1 + np.exp(-inputs @ found))
        slope = inputs.T @ (weight * (likely - truth)) + ridge * found
        bend = (inputs * (weight * likely * (1 - likely))[:, None]).T @ inputs + np.diag(ridge)
        found -= np.linalg.solve(bend, slope)
    return found


def _stack(groups: Sequence[tuple[Numbers, float, float]]) -> tuple[Numbers, Numbers, Numbers]:
    vectors = np.vstack([one for one, _, _ in groups])
    truth = np.concatenate([np.full(len(one), value) for one, value, _ in groups])
    weight = np.concatenate([np.full(len(one), value) for one, _, value in groups])
    return vectors, truth, weight


def encode(texts: Sequence[str]) -> Numbers:
    return encoder().encode(texts).astype(np.float64)


def learn(corpus: Corpus) -> list[dict[str, object]]:
    """The lines of the weights file."""
    beside, pairs = mixed(corpus)
    danger = np.vstack([encode([text for text, _, _ in corpus.dangers]), encode(beside)])
    known = [(danger, 1.0, 1.0), (encode(corpus.lookalikes), 0.0, LOOKALIKE_WEIGHT)]
    known.append((encode(pairs), 0.0, 1.0))
    texts = [text for text, _ in corpus.ordinary]
    ordinary = encode(texts)
    highest = _left_out(known, texts, ordinary)
    weights = fit(*_stack([*known, (ordinary, 0.0, 1.0)]))
    soft, full = np.quantile(highest, (1 - SOFT_RATE, 1 - FULL_RATE))
    first = {"category": DANGER, "soft": round(soft, DIGITS), "full": round(full, DIGITS)}
    return [first | {"weights": _short(weights)}, *_kinds(corpus, danger)]


def _left_out(
    known: list[tuple[Numbers, float, float]], texts: Sequence[str], ordinary: Numbers
) -> list[float]:
    """The score each ordinary message gets from weights that never saw it."""
    highest = []
    part = np.arange(len(texts)) * 7919 % PARTS
    for left in range(PARTS):
        weights = fit(*_stack([*known, (ordinary[part != left], 0.0, 1.0)]))
        for at in np.flatnonzero(part == left):
            found = pieces(texts[at])
            vectors = encode(found)
            highest.append(max(vectors @ weights[:-1] + weights[-1]) if found else -np.inf)
    return highest


def _kinds(corpus: Corpus, danger: Numbers) -> Iterator[dict[str, object]]:
    """For each danger, the weights that tell it from the others."""
    names = [category for _, category, _ in corpus.dangers] * 2
    for name in sorted(set(names)):
        truth = np.array([float(one == name) for one in names])
        yield {"category": name, "weights": _short(fit(danger, truth, np.ones(len(truth))))}


def _short(weights: Numbers) -> list[float]:
    return [round(float(one), DIGITS) for one in weights]


def main() -> None:
    corpus = read_corpus()
    lines = learn(corpus)
    path = DATA / WEIGHTS
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")
    counts = f"{len(corpus.dangers)} dangers, {len(corpus.ordinary)} ordinary messages"
    sys.stdout.write(f"{path.name}: {counts}, soft {lines[0]['soft']}, full {lines[0]['full']}\n")


if __name__ == "__main__":
    main()
