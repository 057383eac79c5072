"""Public sets in the formats their authors publish them in.

CLINC150: `data_full.json`, an object whose lists `train`, `test` and `oos_test` hold
    `[text, intent]`; what is in `oos_test` belongs to no intent. The splits for validation and
    the out-of-scope training texts are not used.
BANKING77: `train.csv` and `test.csv` side by side, with the columns `text` and `category`. Few-shot
    splits: folders `train_5`, `train_10` beside a folder `test`, each with the files `seq.in`
    (one text a line) and `label` (its label, line by line).
HINT3: folders `train` and `test` with `<bot>_train.csv` and `<bot>_test.csv`, columns `sentence`
    and `label`; the label NO_NODES_DETECTED means that none fits. `<bot>_subset_train.csv` is left
    out.
StackFAQ: `stackExchange-FAQ.json`, `root.qapair` being a list of `question`, `answer` (a text or a
    list) and `rephr`, rephrasings by people, which are what is asked; "*" among them separates two
    groups. Beside it, if at all, `StackFAQ-paraphrases.tsv`: question, tab, machine-made
    paraphrase; these are learned from.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bot.errors import Invalid
from bot.evaluation.public.tasks import Labelled, Task

DEPTH = 3  # folders below the one that is named
ANSWER_WORDS = 60  # as long as the lead of one of our articles may be
NO_LABEL = "NO_NODES_DETECTED"
PARAPHRASES = "StackFAQ-paraphrases.tsv"
LOOKED_FOR = (
    "data_full.json (CLINC150), train.csv and test.csv (BANKING77), train_5 or train_10 and test "
    "with seq.in and label (few-shot), train/*_train.csv and test/*_test.csv (HINT3), "
    "stackExchange-FAQ.json (StackFAQ)"
)


def read(folder: Path) -> list[Task]:
    """The tasks of all sets in a folder, or a few folders below it.

    Raises `Invalid` when there is none, or when a file is not in its set's format.
    """
    tasks = [
        task
        for pattern, reader in READERS.items()
        for depth in range(DEPTH)
        for path in sorted(folder.glob("*/" * depth + pattern))
        for task in _guarded(reader, path)
    ]
    if not tasks:
        raise Invalid(
            f"{folder} holds no public set in a known format",
            field="public",
            remedy=f"Looked for: {LOOKED_FOR}.",
        )
    return tasks


def _guarded(reader: Callable[[Path], Iterator[Task]], path: Path) -> list[Task]:
    try:
        tasks = list(reader(path))
        if any(not task.train or not task.test for task in tasks):
            raise ValueError("nothing to learn from or to ask")
        return tasks
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        what = f"no {error}" if isinstance(error, KeyError) else str(error)
        raise Invalid(
            f"{path}: not in the format of its set: {what}",
            field=path.name,
            remedy="The formats are described in bot/evaluation/public/formats.py.",
        ) from None


def _clinc(path: Path) -> Iterator[Task]:
    data = json.loads(path.read_text("utf-8"))
    test = [*_pairs(data["test"]), *((text, None) for text, _ in _pairs(data["oos_test"]))]
    yield Task("CLINC150", tuple(_pairs(data["train"])), tuple(test))


def _pairs(rows: list[Any]) -> Iterator[Labelled]:
    return ((str(text), str(label)) for text, label in rows)


def _banking(path: Path) -> Iterator[Task]:
    train, test = _columns(path, "text", "category"), path.with_name("test.csv")
    yield Task("BANKING77", train, _columns(test, "text", "category"))


def _few(path: Path) -> Iterator[Task]:
    folder = path.parent
    train, test = _lines(folder), _lines(folder.with_name("test"))
    yield Task(f"{folder.parent.parent.name}, {folder.name.removeprefix('train_')}-shot",
               train, test)  # fmt: skip


def _lines(folder: Path) -> tuple[Labelled, ...]:
    texts, labels = (
        (folder / name).read_text("utf-8").splitlines() for name in ("seq.in", "label")
    )
    return tuple(zip(texts, labels, strict=True))


def _hint3(path: Path) -> Iterator[Task]:
    bot = path.name.removesuffix("_train.csv")
    if bot.endswith("_subset"):
        return
    version = path.parent.parent.name
    asked = _columns(path.parent.with_name("test") / f"{bot}_test.csv", "sentence", "label")
    test = tuple((text, None if label == NO_LABEL else label) for text, label in asked)
    yield Task(f"HINT3 {version} {bot}", _columns(path, "sentence", "label"), test)


def _columns(path: Path, text: str, label: str) -> tuple[Labelled, ...]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        missing = {text, label} - set(rows.fieldnames or ())
        if missing:
            raise ValueError(f"no column {', '.join(sorted(missing))}")
        return tuple((row[text], row[label]) for row in rows if (row[text] or "").strip())


def _stackfaq(path: Path) -> Iterator[Task]:
    pairs = json.loads(path.read_text("utf-8"))["root"]["qapair"]
    train = [(pair["question"], pair["question"]) for pair in pairs]
    known = {question for question, _ in train}
    paraphrases = path.with_name(PARAPHRASES)
    if paraphrases.is_file():
        for line in paraphrases.read_text("utf-8").splitlines():
            question, text = line.split("\t")
            if question in known:
                train.append((text, question))
    test = [(text, pair["question"]) for pair in pairs for text in pair["rephr"] if text != "*"]
    answers = {pair["question"]: _answer(pair["answer"]) for pair in pairs}
    yield Task("StackFAQ", tuple(train), tuple(test), answers)


def _answer(answer: str | list[str]) -> str:
    first = answer if isinstance(answer, str) else answer[0]
    return " ".join(first.split()[:ANSWER_WORDS])


READERS: dict[str, Callable[[Path], Iterator[Task]]] = {
    "data_full.json": _clinc,
    "train.csv": _banking,
    "train_5/seq.in": _few,
    "train_10/seq.in": _few,
    "train/*_train.csv": _hint3,
    "stackExchange-FAQ.json": _stackfaq,
}
