"""What the recipe is compared with: word and letter n-grams with logistic regression, and Rasa."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline, make_union

from bot.evaluation.public.tasks import Guess, Predict, Task

FIRST = 3
STRENGTH = 30.0  # C; between 10 and 100 it matters little


def tfidf(task: Task) -> Predict:
    """TF-IDF of words, word pairs and letters, logistic regression on it."""
    model = make_pipeline(
        make_union(
            TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True),
            TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True),
        ),
        LogisticRegression(C=STRENGTH, max_iter=1000),
    )
    texts, labels = zip(*task.learned, strict=True)
    model.fit(texts, labels)

    def predict(asked: Sequence[str]) -> list[Guess]:
        shares = model.predict_proba(list(asked))
        best = np.argsort(-shares, axis=1)[:, :FIRST]
        names = model.classes_
        return [
            Guess(tuple(str(names[at]) for at in row), float(own[row[0]]))
            for row, own in zip(best, shares, strict=True)
        ]

    return predict


def diet(task: Task) -> Predict:
    """Rasa's default pipeline around its DIET classifier. Minutes."""
    from bot.evaluation.plain_rasa.diet import parser, train

    labels = task.labels
    places = {label: at for at, label in enumerate(labels)}
    examples = [(text, places[label]) for text, label in task.learned]
    with tempfile.TemporaryDirectory(prefix="careline-diet-") as folder:
        parse = parser(train(examples, Path(folder)))

    def predict(asked: Sequence[str]) -> list[Guess]:
        return [Guess(tuple(labels[at] for at in found), sure) for found, sure in parse(asked)]

    return predict
