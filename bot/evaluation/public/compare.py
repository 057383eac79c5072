"""Each system on each public task, one after the other, and the table of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from rich.table import Table
from sklearn.metrics import matthews_corrcoef, roc_auc_score

from bot.evaluation.public.tasks import Fit, Guess, Task

NOTHING = "(nothing)"


@dataclass(frozen=True, slots=True)
class Result:
    """How a system did.

    `accuracy`: of the texts that have a label, the first guess was right, whatever its score;
    `among`: the label was among the first three guesses. `auroc`: how often a text with a label
    scores higher than one without. `mcc`: Matthews correlation over all labels and "none of them",
    at the threshold that is best on the test texts, picked so for every system. The last two are
    None where every text has a label.
    """

    task: Task
    system: str
    accuracy: float
    among: float
    auroc: float | None
    mcc: float | None
    fit_seconds: float
    ask_seconds: float


def compare(
    tasks: Sequence[Task], systems: dict[str, Fit], say: Callable[[str], None]
) -> Iterator[Result]:
    """Fit and ask every system on every task."""
    for task in tasks:
        for name, fit in systems.items():
            say(f"{task.name}: {name}")
            yield run(task, name, fit)


def run(task: Task, name: str, fit: Fit) -> Result:
    """One system on one task."""
    started = time.perf_counter()
    predict = fit(task)
    fitted = time.perf_counter()
    guesses = predict([text for text, _ in task.test])
    asked = time.perf_counter()
    wanted = [label for _, label in task.test]
    inside = [(one, label) for one, label in zip(guesses, wanted, strict=True) if label is not None]
    outside = any(label is None for label in wanted)
    return Result(
        task=task,
        system=name,
        accuracy=float(np.mean([one.labels[0] == label for one, label in inside])),
        among=float(np.mean([label in one.labels for one, label in inside])),
        auroc=auroc(guesses, wanted) if outside else None,
        mcc=best_mcc(guesses, wanted) if outside else None,
        fit_seconds=fitted - started,
        ask_seconds=asked - fitted,
    )


def auroc(guesses: Sequence[Guess], wanted: Sequence[str | None]) -> float:
    """The area under the curve of the scores: a label fits, or none does."""
    return float(roc_auc_score([one is not None for one in wanted], [one.score for one in guesses]))


def best_mcc(guesses: Sequence[Guess], wanted: Sequence[str | None]) -> float:
    """The highest correlation of any threshold below which a guess counts as "none of them"."""
    names = [one or NOTHING for one in wanted]
    scores = np.array([one.score for one in guesses])
    thresholds = np.unique(np.quantile(scores, np.linspace(0, 1, 101)))
    return max(
        float(
            matthews_corrcoef(
                names,
                [one.labels[0] if one.score >= least else NOTHING for one in guesses],
            )
        )
        for least in thresholds
    )


def table(results: Sequence[Result]) -> Table:
    """One row a task and system."""
    shown = Table(
        *("set", "texts learned", "asked", "system", "accuracy", "among 3"),
        *("AUROC, none fits", "best MCC", "fit s", "ms a text"),
    )
    for one in results:
        learned, asked = f"{len(one.task.train):,}", f"{len(one.task.test):,}"
        numbers = (one.accuracy, one.among, one.auroc, one.mcc)
        shown.add_row(
            *(one.task.name, learned, asked, one.system),
            *("" if number is None else f"{number:.3f}" for number in numbers),
            f"{one.fit_seconds:.0f}",
            f"{one.ask_seconds / len(one.task.test) * 1000:.1f}",
        )
    return shown
