"""Learns the weights of the second opinion: `python -m bot.safety.learning`.

A head tells the dangers, the clinical questions and all that is harmless apart, each also blended
with an ordinary message, as patients bury what they fear. The two that read with the finest encoder
are the mean of a few small networks, the same for either language; those for when it is missing are
logistic regressions. Where the tiers begin is set for each language on messages left out in turn,
near repeats and translations together.
Needs every encoder, the Spanish one too (`careline train` builds it).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace

import numpy as np

from bot.language.encoder import encoder
from bot.language.english import english_encoder
from bot.language.spanish import spanish_encoder
from bot.safety.fitting import DIGITS, Examples, fit
from bot.safety.lessons import HARMLESS, Lesson, fingerprint, read_lessons
from bot.safety.phrases import CLINICAL, DATA
from bot.safety.second import (
    BILINGUAL,
    ENGLISH,
    ENGLISH_FINE,
    FINE,
    HIDDEN,
    SPANISH_FINE,
    WEIGHTS,
    Bounds,
    Encodes,
    Floats,
    Judge,
    Opinion,
    pieces,
)

# A missed danger costs twenty false alarms and more, so a tier begins as low as these shares of
# ordinary messages, and of look-alikes, allow. Measured beside the patterns and their look-alikes,
# which spare many of them, the shares that remain are about half as large.
FULL_RATE, FULL_ALIKE, SOFT_RATE, SOFT_ALIKE, CLINICAL_RATE = 0.011, 0.14, 0.028, 0.25, 0.011
# No more of the messages that patterns were written for may lie where weak ones are doubted, and no
# more of the clinical questions where theirs are.
DOUBT_RATE = 0.015
PARTS, ALIKE_WEIGHT, PIECE_WEIGHT, OTHER_LANGUAGE = 3, 8.0, 0.5, 0.3
# The languages that a head is used for; where it reads others, it learns from them too.
USED_FOR = {ENGLISH_FINE: "en", SPANISH_FINE: "es", ENGLISH: "en", BILINGUAL: "es"}
LIKE = 0.82


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
        weight = 1.0 if head in FINE or one.language == USED_FOR[head] else OTHER_LANGUAGE
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
    """The opinion on each lesson of the head's languages by weights that never saw its like."""
    part = np.array([one * 7919 % PARTS for one in group])
    languages = {USED_FOR[one] for one in (FINE if head in FINE else (head,))}
    found = {}
    for left in range(PARTS):
        kept = part[known.lesson] != left
        judge = fit(head, Examples(known.vectors[kept], known.kinds[kept], known.weight[kept],
                                   known.lesson[kept]))  # fmt: skip
        for at in np.flatnonzero(part == left):
            one = lessons[at]
            parts = pieces(one.text) if one.language in languages else None
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
    questions = [opinions[at].clinical for at in opinions if lessons[at].kind == CLINICAL]
    full = max(np.quantile(plain, 1 - FULL_RATE), np.quantile(alike, 1 - FULL_ALIKE))
    soft = max(np.quantile(plain, 1 - SOFT_RATE), np.quantile(alike, 1 - SOFT_ALIKE))
    return Bounds(
        full=round(float(full), DIGITS),
        soft=round(float(min(soft, full)), DIGITS),
        doubt=round(float(np.quantile(direct, DOUBT_RATE)), DIGITS),
        clinical=round(float(np.quantile(asked, 1 - CLINICAL_RATE)), DIGITS),
        unclinical=round(float(np.quantile(questions, DOUBT_RATE)), DIGITS),
    )


def learn(heads: Sequence[str], lessons: Sequence[Lesson], texts: Texts) -> dict[str, Judge]:
    """What heads that share their weights learn from all lessons, each with bounds of its own from
    opinions on those of its language that were left out."""
    known = examples(heads[0], lessons, texts)
    opinions = left_out(heads[0], lessons, known, groups(lessons, texts), texts)
    judge = fit(heads[0], known)
    return {
        head: replace(judge, bounds=bounds(lessons, {
            at: one for at, one in opinions.items() if lessons[at].language == USED_FOR[head]
        }))
        for head in heads
    }  # fmt: skip


def lines(head: str, judge: Judge) -> list[dict[str, object]]:
    """The lines of a head in the weights file."""
    rows = zip(judge.kinds, judge.weights.astype(float).round(DIGITS).tolist(), strict=True)
    return [
        {"head": head, "bounds": asdict(judge.bounds)},
        *({"head": head, "kind": kind, "weights": row} for kind, row in rows),
    ]


def main() -> None:
    lessons, texts = read_lessons(), Texts()
    judges: dict[str, Judge] = {}
    for heads in (FINE, (ENGLISH,), (BILINGUAL,)):
        judges |= learn(heads, lessons, texts)
    written: list[dict[str, object]] = [{"fingerprint": fingerprint()}]
    for head, judge in judges.items():
        written += lines(head, judge)
    path = DATA / WEIGHTS
    path.write_text("".join(f"{json.dumps(line)}\n" for line in written), "utf-8")
    hidden = judges[FINE[0]].hidden
    assert hidden is not None  # noqa: S101 - the finest heads are networks
    np.savez_compressed(path.with_name(HIDDEN), hidden=hidden.astype(np.float16))
    dangers = sum(one.danger for one in lessons)
    clinical = sum(one.kind == CLINICAL for one in lessons)
    counts = f"{len(lessons)} lessons, {dangers} dangers, {clinical} clinical"
    found = [asdict(judge.bounds) for judge in judges.values()]
    sys.stdout.write(f"{path.name}: {counts}\n" + "".join(f"{one}\n" for one in found))


if __name__ == "__main__":
    main()
