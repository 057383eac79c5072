"""One public set as a task: texts with labels to learn from, texts to label."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

SEED = 11
Labelled = tuple[str, str]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Guess:
    """The likeliest label first, at most three, and how sure the first is (only the order of
    these numbers counts: systems differ in their scales)."""

    labels: tuple[str, ...]
    score: float


Predict = Callable[[Sequence[str]], list[Guess]]
Fit = Callable[["Task"], Predict]


@dataclass(frozen=True, slots=True)
class Task:
    """`test` has the label None where none of the labels fits. `answers` are the beginnings of the
    texts that labels stand for, where the set has any; every system learns from them too."""

    name: str
    train: tuple[Labelled, ...]
    test: tuple[tuple[str, str | None], ...]
    answers: Mapping[str, str] = field(default_factory=dict)

    @property
    def labels(self) -> list[str]:
        """All labels, sorted."""
        return sorted({label for _, label in self.train})

    @property
    def learned(self) -> list[Labelled]:
        """All texts to learn from, the answers among them."""
        return [*self.train, *((text, label) for label, text in self.answers.items() if text)]

    def limited(self, most: int | None) -> Task:
        """At most so many texts to learn from and to label, the same every time, and evenly over
        the labels; each label keeps at least one to learn from."""
        if most is None:
            return self
        test = random.Random(SEED).sample(self.test, min(most, len(self.test)))  # noqa: S311
        return replace(self, train=tuple(_even(self.train, most)), test=tuple(test))


def _even(train: Sequence[Labelled], most: int) -> list[Labelled]:
    """Round by round, one of each label."""
    shuffled = random.Random(SEED).sample(train, len(train))  # noqa: S311
    rounds: dict[str, int] = {}
    numbered = []
    for text, label in shuffled:
        rounds[label] = rounds.get(label, 0) + 1
        numbered.append((rounds[label], (text, label)))
    numbered.sort(key=lambda one: one[0])
    return [labelled for _, labelled in numbered[: max(most, len(rounds))]]
