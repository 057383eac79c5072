"""Public sets: their formats, the comparison's numbers, and the recipe on a set made by hand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.errors import Invalid
from bot.evaluation.plain_rasa import diet
from bot.evaluation.public import compare, formats, recipe, rivals
from bot.evaluation.public.tasks import Guess, Predict, Task
from bot.settings import Settings

TASK = Task(
    "small",
    train=(
        *((f"{verb} my card", "card") for verb in ("I lost", "somebody stole", "please block")),
        *((f"what are your {word}", "hours") for word in ("hours", "opening times", "hours today")),
        *((f"I want to pay {how}", "pay") for how in ("my bill", "the invoice", "what I owe")),
    ),
    test=(("they stole my card", "card"), ("opening hours?", "hours"), ("a poem please", None)),
)


def put(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def test_clinc_keeps_what_belongs_to_no_intent(tmp_path: Path) -> None:
    data = {"train": [["a", "x"], ["b", "y"]], "test": [["c", "x"]], "oos_test": [["d", "oos"]]}
    put(tmp_path / "clinc" / "data_full.json", json.dumps(data))
    [task] = formats.read(tmp_path)

    assert task.labels == ["x", "y"]
    assert task.test == (("c", "x"), ("d", None))


def test_banking_is_read_whole_and_in_few_shots(tmp_path: Path) -> None:
    put(tmp_path / "b" / "train.csv", 'text,category\n"one, two",x\n')
    put(tmp_path / "b" / "test.csv", "text,category\nthree,x\n")
    for folder in ("train_5", "test"):
        put(tmp_path / "b" / "few" / folder / "seq.in", f"{folder} one\n{folder} two\n")
        put(tmp_path / "b" / "few" / folder / "label", "x\ny\n")
    whole, few = formats.read(tmp_path)

    assert (whole.name, whole.train, whole.test) == (
        "BANKING77", (("one, two", "x"),), (("three", "x"),)
    )  # fmt: skip
    assert (few.name, few.train[1]) == ("b, 5-shot", ("train_5 two", "y"))


def test_hint3_has_messages_without_a_label_and_its_subsets_are_left_out(tmp_path: Path) -> None:
    for name in ("train/bot_train.csv", "train/bot_subset_train.csv", "test/bot_test.csv"):
        put(tmp_path / "v1" / name, "sentence,label\nhello,GREET\nhm,NO_NODES_DETECTED\n")
    [task] = formats.read(tmp_path)

    assert task.name == "HINT3 v1 bot"
    assert task.test == (("hello", "GREET"), ("hm", None))


def test_stackfaq_asks_rephrasings_and_learns_from_paraphrases_and_answers(tmp_path: Path) -> None:
    pair = {"question": "Q?", "answer": ["word " * 80, "other"], "rephr": ["q one", "*", "q two"]}
    put(tmp_path / "stackExchange-FAQ.json", json.dumps({"root": {"qapair": [pair]}}))
    put(tmp_path / "StackFAQ-paraphrases.tsv", "Q?\tQ again?\nother\tnot of ours\n")
    [task] = formats.read(tmp_path)

    assert task.test == (("q one", "Q?"), ("q two", "Q?"))
    assert task.train == (("Q?", "Q?"), ("Q again?", "Q?"))
    assert task.learned[-1] == (" ".join(["word"] * 60), "Q?")


def test_a_folder_without_sets_is_refused_with_what_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as refused:
        formats.read(put(tmp_path / "readme.txt", "x").parent)
    assert refused.value.remedy and "data_full.json" in refused.value.remedy


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("data_full.json", '{"train": []}'),
        ("data_full.json", "{"),
        ("train.csv", "words,category\na,b\n"),
        ("train_5/seq.in", "one\n"),
        ("stackExchange-FAQ.json", "[]"),
    ],
)
def test_a_file_in_another_format_is_named(tmp_path: Path, name: str, text: str) -> None:
    path = put(tmp_path / name, text)
    with pytest.raises(Invalid, match=path.name.replace(".", r"\.")):
        formats.read(tmp_path)


def test_a_limit_keeps_every_label_and_draws_the_same_texts_every_time() -> None:
    limited = TASK.limited(4)

    assert limited == TASK.limited(4) != TASK.limited(5)
    assert len(limited.train) == 4
    assert TASK.limited(1).labels == TASK.labels
    assert len(TASK.limited(2).test) == 2
    assert TASK.limited(None) is TASK


def fixed(*guesses: Guess) -> Predict:
    def predict(texts: Sequence[str]) -> list[Guess]:
        return list(guesses)

    return predict


def test_a_system_is_judged_on_labels_and_on_knowing_that_none_fits() -> None:
    predict = fixed(Guess(("card", "pay"), 0.9), Guess(("pay", "hours"), 0.8), Guess(("pay",), 0.1))
    found = compare.run(TASK, "fixed", lambda task: predict)

    assert (found.accuracy, found.among, found.auroc) == (0.5, 1.0, 1.0)
    assert found.mcc is not None and 0 < found.mcc < 1


def test_a_system_that_is_surest_where_nothing_fits_has_no_area() -> None:
    predict = fixed(Guess(("card",), 0.2), Guess(("hours",), 0.1), Guess(("pay",), 0.9))

    assert compare.run(TASK, "fixed", lambda task: predict).auroc == 0.0


def test_without_strangers_only_labels_are_judged() -> None:
    known = Task("known", TASK.train, TASK.test[:2])
    predict = fixed(Guess(("card",), 0.9), Guess(("hours",), 0.9))
    found = compare.run(known, "fixed", lambda task: predict)

    assert (found.accuracy, found.auroc, found.mcc) == (1.0, None, None)
    assert len(compare.table([found]).rows) == 1


def test_the_recipe_and_the_plain_classifier_label_what_they_learned() -> None:
    settings = Settings(_env_file=None)
    for predict in (recipe.fitted(settings, TASK), rivals.tfidf(TASK)):
        card, hours, _ = predict([text for text, _ in TASK.test])
        assert (card.labels[0], hours.labels[0]) == ("card", "hours")
        assert len(card.labels) == 3


def test_brackets_of_rasas_own_format_are_taken_out() -> None:
    assert diet.clean("use [this](that)\n{x} now") == "use this (that) x now"
