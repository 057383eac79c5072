"""Learns the weights of the second opinion: `python -m bot.safety.learning`.

One multinomial logistic regression a head, over the dangers, the clinical questions and all that
is harmless, each also blended with an ordinary message, as patients bury what they fear. Where the
tiers begin is set on messages left out in turn, near repeats and translations together.
Needs every encoder, the Spanish one too (`careline train` builds it).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from bot.language import encoder as bilingual
from bot.language.encoder import encoder
from bot.language.english import english_encoder
from bot.language.spanish import spanish_encoder
from bot.safety.lessons import HARMLESS, Lesson, fingerprint, read_lessons
from bot.safety.phrases import CLINICAL, DATA
from bot.safety.second import (
    BILINGUAL,
    DIMENSIONS,
    ENGLISH,
    ENGLISH_FINE,
    SPANISH_FINE,
    WEIGHTS,
    Bounds,
    Encodes,
    Judge,
    Opinion,
    pieces,
)

# A missed danger costs twenty false alarms and more, so a tier begins as low as these shares of
# ordinary messages, and of look-alikes, allow. Measured beside the patterns and their look-alikes,
# which spare many of them, the shares that remain are about half as large.
FULL_RATE, FULL_ALIKE, SOFT_RATE, SOFT_ALIKE, CLINICAL_RATE = 0.011, 0.14, 0.028, 0.25, 0.011
# No more of the messages that patterns were written for may lie where weak ones are doubted.
DOUBT_RATE = 0.015
PARTS, DIGITS = 3, 3
# A regression that a longer descent, or a weaker penalty, makes no better on what it has not seen.
PENALTY, MOST_STEPS, TOLERANCE = 1.0, 300, 1e-3
ALIKE_WEIGHT, PIECE_WEIGHT, OTHER_LANGUAGE, BLEND_WEIGHT, BLENDS = 8.0, 0.5, 0.3, 0.7, 1500
# The languages that a head is used for; where it reads others, it learns from them too.
USED_FOR = {ENGLISH_FINE: "en", SPANISH_FINE: "es", ENGLISH: "en", BILINGUAL: "es"}
LIKE = 0.82

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Examples:
    """Vectors with what they are, how much they count and which lesson they come from."""

    vectors: Floats
    kinds: npt.NDArray[np.str_]
    weight: Floats
    lesson: npt.NDArray[np.int64]


class Texts:
    """Vectors of texts, each encoded once."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], Floats] = {}

    def vectors(self, head: str, texts: Sequence[str]) -> Floats:
        if head == BILINGUAL:
            return self._encoded(BILINGUAL, encoder(), texts)
        if head == ENGLISH:
            beside = self._encoded(ENGLISH, english_encoder(), texts)
        else:
            beside = self._encoded(SPANISH_FINE, spanish_encoder(), texts)
        return np.hstack([self.vectors(BILINGUAL, texts), beside])

    def _encoded(self, which: str, model: Encodes, texts: Sequence[str]) -> Floats:
        for text in texts:
            if (which, text) not in self._known:
                self._known[which, text] = model.encode([text])[0]
        return np.stack([self._known[which, text] for text in texts])


def examples(head: str, lessons: Sequence[Lesson], texts: Texts) -> Examples:
    """What a head learns from. Of harmless messages the clauses are harmless too."""
    rows = []
    for at, one in enumerate(lessons):
        if head == ENGLISH and one.language != "en":
            continue
        weight = 1.0 if one.language == USED_FOR[head] else OTHER_LANGUAGE
        if one.kind != HARMLESS:
            rows.append((one.text, one.kind, weight, at))
            continue
        weight *= ALIKE_WEIGHT if one.own else 1.0
        rows.append((one.text, one.kind, weight, at))
        clauses = (part for part in pieces(one.text) if part != one.text)
        rows += [(part, one.kind, weight * PIECE_WEIGHT, at) for part in clauses]
    return Examples(
        texts.vectors(head, [text for text, *_ in rows]),
        np.array([kind for _, kind, *_ in rows]),
        np.array([weight for *_, weight, _ in rows], dtype=np.float32),
        np.array([at for *_, at in rows]),
    )


def blended(known: Examples) -> tuple[Floats, npt.NDArray[np.str_], Floats]:
    """The examples; what is not harmless also beside an ordinary message; and ordinary pairs.

    The vector of two texts side by side lies between their own.
    """
    draw = np.random.default_rng(1)
    harmless = np.flatnonzero(known.kinds == HARMLESS)
    others = np.flatnonzero(known.kinds != HARMLESS)
    share = draw.uniform(0.45, 0.75, (len(others), 1)).astype(np.float32)
    beside = known.vectors[draw.choice(harmless, len(others))]
    buried = share * known.vectors[others] + (1 - share) * beside
    one, other = (known.vectors[draw.choice(harmless, BLENDS)] for _ in range(2))
    vectors = np.vstack([known.vectors, _unit(buried), _unit((one + other) / 2)])
    pairs = np.full(BLENDS, HARMLESS)
    kinds = np.concatenate([known.kinds, known.kinds[others], pairs])
    weights = (known.weight, known.weight[others] * BLEND_WEIGHT, np.full(BLENDS, BLEND_WEIGHT))
    return vectors, kinds, np.concatenate(weights).astype(np.float32)


def _unit(vectors: Floats) -> Floats:
    parts = np.split(vectors, [bilingual.DIMENSION], axis=1)
    lengths = (np.maximum(np.linalg.norm(one, axis=1, keepdims=True), 1e-9) for one in parts)
    return np.hstack([one / length for one, length in zip(parts, lengths, strict=True)])


def fit(known: Examples) -> tuple[tuple[str, ...], Floats]:
    """The kinds and a row of weights for each, the offset last."""
    vectors, names, weight = blended(known)
    centre, scale = vectors.mean(axis=0), _scale(vectors)
    # Scaled, so that one penalty fits both encoders.
    model = LogisticRegression(C=PENALTY, max_iter=MOST_STEPS, tol=TOLERANCE)
    model.fit((vectors - centre) * scale, names, sample_weight=weight)
    slopes = (model.coef_ * scale).astype(np.float32)
    offsets = (model.intercept_ - slopes @ centre)[:, None]
    rows = np.hstack([slopes, offsets])
    return tuple(map(str, model.classes_)), np.round(rows, DIGITS).astype(np.float32)


def _scale(vectors: Floats) -> Floats:
    """A factor for each column, so that the vectors of each encoder are as far apart."""
    scale = np.empty(vectors.shape[1], np.float32)
    for columns in (slice(bilingual.DIMENSION), slice(bilingual.DIMENSION, None)):
        scale[columns] = 1 / np.sqrt(vectors[:, columns].var(axis=0).sum() + 1e-9)
    return scale


def groups(lessons: Sequence[Lesson], texts: Texts) -> list[int]:
    """A number for each lesson; near repeats and translations of the gate's own share theirs."""
    own = [at for at, one in enumerate(lessons) if one.own]
    vectors = texts.vectors(BILINGUAL, [lessons[at].text for at in own])
    found = list(range(len(lessons)))
    for row, vector in enumerate(vectors):
        for near in np.flatnonzero(vectors[:row] @ vector > LIKE):
            found[own[row]] = found[own[near]]
    return found


def left_out(
    head: str, lessons: Sequence[Lesson], known: Examples, group: Sequence[int], texts: Texts
) -> dict[int, Opinion]:
    """The opinion on each lesson of the head's language by weights that never saw its like."""
    part = np.array([one * 7919 % PARTS for one in group])
    language = USED_FOR[head]
    nowhere = Bounds(0, 0, 0, 0)
    found = {}
    for left in range(PARTS):
        kept = part[known.lesson] != left
        judge = Judge(*fit(Examples(known.vectors[kept], known.kinds[kept], known.weight[kept],
                                    known.lesson[kept])), nowhere)  # fmt: skip
        for at in np.flatnonzero(part == left):
            one = lessons[at]
            parts = pieces(one.text) if one.language == language else None
            if parts:
                found[int(at)] = judge.opinion(texts.vectors(head, parts))
    return found


def bounds(lessons: Sequence[Lesson], opinions: dict[int, Opinion]) -> Bounds:
    """Where the tiers begin, given opinions on messages that were left out."""

    def danger(which: Iterable[int]) -> Floats:
        return np.array([opinions[at].danger for at in which], dtype=np.float32)

    harmless = [at for at in opinions if lessons[at].kind == HARMLESS]
    plain = danger(at for at in harmless if not lessons[at].own)
    alike = danger(at for at in harmless if lessons[at].own)
    direct = danger(at for at in opinions if lessons[at].direct)
    asked = [opinions[at].clinical for at in harmless if not lessons[at].own]
    full = max(np.quantile(plain, 1 - FULL_RATE), np.quantile(alike, 1 - FULL_ALIKE))
    soft = max(np.quantile(plain, 1 - SOFT_RATE), np.quantile(alike, 1 - SOFT_ALIKE))
    return Bounds(
        full=round(float(full), DIGITS),
        soft=round(float(min(soft, full)), DIGITS),
        doubt=round(float(np.quantile(direct, DOUBT_RATE)), DIGITS),
        clinical=round(float(np.quantile(asked, 1 - CLINICAL_RATE)), DIGITS),
    )


def learn(head: str, lessons: Sequence[Lesson], texts: Texts) -> list[dict[str, object]]:
    """The lines of a head in the weights file."""
    known = examples(head, lessons, texts)
    opinions = left_out(head, lessons, known, groups(lessons, texts), texts)
    kinds, weights = fit(known)
    rows = zip(kinds, weights.astype(float).round(DIGITS).tolist(), strict=True)
    return [
        {"head": head, "bounds": asdict(bounds(lessons, opinions))},
        *({"head": head, "kind": kind, "weights": row} for kind, row in rows),
    ]


def main() -> None:
    lessons, texts = read_lessons(), Texts()
    lines: list[dict[str, object]] = [{"fingerprint": fingerprint()}]
    for head in DIMENSIONS:
        lines += learn(head, lessons, texts)
    path = DATA / WEIGHTS
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")
    dangers = sum(one.danger for one in lessons)
    clinical = sum(one.kind == CLINICAL for one in lessons)
    counts = f"{len(lessons)} lessons, {dangers} dangers, {clinical} clinical"
    found = [line["bounds"] for line in lines if "bounds" in line]
    sys.stdout.write(f"{path.name}: {counts}\n" + "".join(f"{one}\n" for one in found))


if __name__ == "__main__":
    main()
